//! How much of a person's rooms is in a page.

use crate::live::support::{Server, Tags};
use protocol::RoomId;

/// The bound of a room page, as long as the page is short itself.
const PAGE_BYTES: usize = 60 * 1024;

/// More than a page lists.
const ROOMS: usize = 130;

/// The rooms to which a page links.
fn links(html: &str) -> Vec<RoomId> {
    let links = Tags::of(html).filter(|tag| tag.name == "a").filter_map(|tag| tag.attribute("href"));
    links.filter_map(|link| link.strip_prefix("/rooms/")?.parse().ok()).collect()
}

#[tokio::test]
async fn a_page_lists_some_rooms_once_and_the_rest_is_a_link_away() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let mut rooms = Vec::new();
    for _ in 0..ROOMS {
        rooms.push(ines.room_with(&[&jona]).await);
    }
    let (oldest, unread) = (rooms[0], rooms[1]);
    for &room in &rooms {
        ines.posts(room, &"A word or two about what is for supper tonight. ".repeat(2)).await;
    }
    for &room in rooms.iter().filter(|room| **room != unread) {
        let (room, page) = (room.to_string(), format!("/rooms/{room}"));
        jona.does("mark_read", &[("room", &room), ("no", "1"), ("page", &page)]).await;
    }
    let page = jona.get(&format!("/rooms/{oldest}")).await;
    let list = page.body.split("class=\"side__rooms\"").nth(1).and_then(|rest| rest.split("</nav>").next()).unwrap();
    let listed = links(list);
    assert_eq!(listed.len(), 101, "the unread one, the newest, and the open one: {listed:?}");
    assert!(listed.contains(&oldest) && listed.contains(&unread));
    assert!(page.body.len() <= PAGE_BYTES, "{} bytes", page.body.len());
    let named = page.body.matches("Kitchen").count();
    assert!((101..=101 + 10).contains(&named), "each room is in the page once, but for the open one: {named}");
    assert!(page.body.contains("<title>(1) Kitchen"), "all rooms count in the title");
    assert!(page.body.contains("/rooms?all"));
    let all = links(&jona.get("/rooms?all").await.body);
    assert!(rooms.iter().all(|room| all.contains(room)));
    assert_eq!(jona.sees("/rooms").await.rooms().len(), ROOMS, "the socket tells the rest");
}
