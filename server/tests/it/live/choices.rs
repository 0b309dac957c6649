//! Choosing people, for a new room and for one that there is.

use super::support::{Answer, Person, Server, Tag, Tags};
use protocol::RoomId;

const CUT: &str = "Only the first 50. Search for more.";

/// Whom a page offers, and whether they are ticked.
fn boxes(answer: &Answer) -> Vec<(String, bool)> {
    let boxes = Tags::of(&answer.body).filter(|tag| tag.attribute("name").as_deref() == Some("members[]"));
    let is_ticked = |tag: &Tag| tag.names().any(|name| name == "checked");
    boxes.map(|tag| (tag.attribute("value").unwrap(), is_ticked(&tag))).collect()
}

/// The values of the fields of that name.
fn values(answer: &Answer, name: &str) -> Vec<String> {
    let fields = Tags::of(&answer.body).filter(|tag| tag.attribute("name").as_deref() == Some(name));
    fields.filter_map(|tag| tag.attribute("value")).collect()
}

async fn makes_bots(owner: &Person, numbers: std::ops::RangeInclusive<usize>) {
    for number in numbers {
        let (username, name) = (format!("helper{number}"), format!("Helper {number:02}"));
        let fields = [("username", username.as_str()), ("display_name", &name), ("page", "/settings/bots")];
        owner.does("create_bot", &fields).await;
    }
}

#[tokio::test]
async fn a_search_keeps_the_name_of_the_room_and_who_is_ticked() {
    let server = Server::start().await;
    let (ines, jona, robin) = (server.person("ines").await, server.person("jona").await, server.person("robin").await);
    let offered = [(jona.id.to_string(), true), (robin.id.to_string(), false)];
    let query = format!("room_name=Pot+%26+pan&members%5B%5D={}&members%5B%5D={}", jona.id, ines.id);
    let found = ines.get(&format!("/rooms/new?{query}&members%5B%5D=4711&members%5B%5D=x&q=rob")).await;
    assert_eq!(boxes(&found), offered);
    assert_eq!(values(&found, "room_name"), ["Pot & pan"]);
    assert_eq!(values(&found, "q"), ["rob"]);
    // Enter sends the form by its first button: it searches for other words, and creates the room otherwise.
    let (_, form) = found.body.split_once("action=\"/form/create_room\"").unwrap();
    let first = Tags::of(form).find(|tag| tag.name == "button").unwrap();
    assert_eq!(first.attribute("name").as_deref(), Some("by_key"));
    assert_eq!(values(&found, "searched"), ["rob"]);
    let id = jona.id.to_string();
    let enter = async |words| {
        let entered =
            [("room_name", "Pot & pan"), ("members[]", &id), ("searched", "rob"), ("q", words), ("by_key", "true")];
        ines.form("create_room", &entered).await
    };
    let searched = ines.get(enter("jon").await.location()).await;
    assert_eq!(
        (values(&searched, "room_name"), values(&searched, "q")),
        (vec!["Pot & pan".into()], vec!["jon".into()])
    );
    assert_eq!(boxes(&searched), offered[..1]);
    let created = enter("rob").await;
    assert!(created.location().trim_start_matches("/rooms/").parse::<RoomId>().is_ok(), "{}", created.location());

    let page = values(&found, "page").into_iter().find(|page| page.contains('?')).unwrap();
    let (id, fields) = (jona.id.to_string(), [("room_name", " "), ("page", page.as_str())]);
    let refused = ines.form("create_room", &[&fields[..], &[("members[]", id.as_str())]].concat()).await;
    assert_eq!((refused.status, boxes(&refused)), (422, offered.to_vec()));
    assert_eq!(values(&refused, "q"), ["rob"]);
}

#[tokio::test]
async fn people_who_are_not_let_in_stay_ticked() {
    let server = Server::start().await;
    let (ines, jona, robin) = (server.person("ines").await, server.person("jona").await, server.person("robin").await);
    let room = ines.room_with(&[&jona]).await.to_string();
    let found = ines.get(&format!("/rooms/{room}/members?q=rob")).await;
    assert_eq!(boxes(&found), [(robin.id.to_string(), false)]);
    let page = values(&found, "page").into_iter().find(|page| page.contains('?')).expect("the form keeps the search");
    let (id, nobody) = (robin.id.to_string(), ("members[]", "4711"));
    let fields = [("room", room.as_str()), ("members[]", &id), nobody, ("page", &page)];
    let refused = ines.form("add_members", &fields).await;
    assert_eq!((refused.status, boxes(&refused)), (404, vec![(id, true)]));
    assert_eq!(values(&refused, "q"), ["rob"]);
}

#[tokio::test]
async fn a_list_that_is_cut_says_so_and_only_that_one() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = jona.room_with(&[&ines]).await.to_string();
    let members = format!("/rooms/{room}/members");
    assert!(jona.get(&members).await.body.contains("Everybody is here already."));
    let paths = ["/people", "/people?q=e", "/rooms/new", &members];
    makes_bots(&ines, 1..=49).await;
    for path in paths {
        assert!(!jona.get(path).await.body.contains(CUT), "{path}: there are 50 beside oneself");
    }
    makes_bots(&ines, 50..=50).await;
    for path in paths {
        assert!(jona.get(path).await.body.contains(CUT), "{path}");
    }

    let helpers = boxes(&jona.get("/rooms/new").await);
    let helpers = helpers.iter().map(|(id, _)| ("members[]", id.as_str())).chain([("room", room.as_str())]);
    let helpers: Vec<_> = helpers.collect();
    assert_eq!(helpers.len(), 51, "the test's own premise: the bots are the first by name");
    jona.does("add_members", &helpers).await;
    let robin = server.person("robin").await;
    let full = jona.get(&members).await.body;
    assert!(full.contains("The first 50 are here already. Search for more."), "{full}");
    assert!(!full.contains("Everybody is here already."));
    assert_eq!(boxes(&jona.get(&format!("{members}?q=robin")).await), [(robin.id.to_string(), false)]);
    let none = jona.get(&format!("{members}?q=ines")).await.body;
    assert!(none.contains("Nobody of that name can be added."), "{none}");
}
