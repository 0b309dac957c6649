//! The room list as it is in a page: once, as HTML. Where the client runs, its own list takes the place of this one as soon
//! as the server has told it the rooms.

use crate::workspace::{RoomLabel, Zone, alike_rooms, path, shown};
use domain::{Error, contacts, rooms};
use leptos::prelude::*;
use protocol::{Kind, Person, RoomId, RoomView, UserId};
use std::collections::HashSet;

/// Maximum number of rooms in a page, besides the open one, and of contacts.
const MAX_LISTED: usize = 100;

/// The rooms and contacts of a person that are in a page.
#[derive(Clone, Debug, Default)]
pub struct RoomList {
    /// Newest activity first.
    pub rooms: Vec<RoomView>,
    /// The contacts with whom there is no direct room yet.
    pub contacts: Vec<Person>,
    /// The direct rooms whose names look like those of others.
    pub alike: Vec<RoomId>,
    /// There are rooms that are not in the page.
    pub has_more: bool,
    /// How many messages are unread in all rooms.
    pub unread: u32,
}

impl RoomList {
    /// What a page with this room open shows.
    pub async fn read(me: UserId, open: Option<RoomId>, is_whole: bool) -> Result<Self, Error> {
        let env = super::env();
        let all = rooms::list(&env, me).await?;
        let known: HashSet<UserId> = all.iter().filter_map(|room| room.other.as_ref().map(|other| other.id)).collect();
        let mut contacts = contacts::list(&env, me).await?;
        contacts.retain(|person| !known.contains(&person.id));
        contacts.truncate(MAX_LISTED);
        let (count, unread) = (all.len(), all.iter().map(RoomView::unread).sum());
        let alike = alike_rooms(all.iter());
        let rooms = if is_whole { all } else { listed(all, open) };
        Ok(Self { has_more: rooms.len() < count, rooms, contacts, alike, unread })
    }

    /// The room list's HTML.
    pub fn html(&self, me: UserId, open: Option<RoomId>, zone: &Zone) -> String {
        let of = |kind: Kind| self.rooms.iter().filter(move |room| room.kind == kind);
        let list = |kind: Kind| {
            let links = of(kind).map(|room| {
                let current = (open == Some(room.id)).then_some("page");
                let class = if room.unread() > 0 { "room-link room-link--unread" } else { "room-link" };
                let href = path(Some(room.id));
                let (shown, room, zone) = (shown(room, &self.alike), room.clone(), zone.clone());
                view! {
                    <li>
                        <a class=class href=href aria-current=current><RoomLabel room shown me zone/></a>
                    </li>
                }
            });
            view! { <ul>{links.collect_view()}</ul> }
        };
        let (no_groups, no_people) = (of(Kind::Group).next().is_none(), of(Kind::Direct).next().is_none());
        let is_unused = no_groups && no_people && self.contacts.is_empty();
        view! {
            {is_unused.then(|| view! { <p class="side__hint">"Your conversations will appear here. "<a href="/people">"Find people"</a></p> })}
            {(!no_groups).then(|| view! { <h2 class="side__section">"Rooms"</h2> })}
            {list(Kind::Group)}
            {(!(no_people && self.contacts.is_empty())).then(|| view! { <h2 class="side__section">"People"</h2> })}
            {list(Kind::Direct)}
            {self.has_more.then(|| view! { <p class="unscripted"><a href="/rooms?all">"Show all rooms"</a></p> })}
        }
        .to_html()
    }

    /// The HTML of the contacts without a room: one click makes it.
    pub fn contacts_html(&self) -> String {
        let person = |Person { id, username, name, .. }: Person| {
            let label = format!("Message {name}, @{username}");
            view! {
                <li id=format!("contact-{id}")>
                    <form method="post" action="/form/open_direct">
                        <input type="hidden" name="page" value="/rooms"/>
                        <input type="hidden" name="user" value=id.to_string()/>
                        <button class="room-link" type="submit" aria-label=label>
                            <span class="room-link__name"><bdi>{name.clone()}</bdi></span>
                            <span class="room-link__preview">{format!("@{username}")}</span>
                            <crate::avatar::Avatar name id=id.get()/>
                        </button>
                    </form>
                </li>
            }
        };
        self.contacts.iter().cloned().map(person).collect_view().to_html()
    }
}

/// The open room, the unread ones, and those with the newest activity: no more than a page holds.
fn listed(all: Vec<RoomView>, open: Option<RoomId>) -> Vec<RoomView> {
    let is_open = |room: &&RoomView| Some(room.id) == open;
    let unread = all.iter().filter(|room| room.unread() > 0).take(MAX_LISTED);
    let read = all.iter().filter(|room| room.unread() == 0);
    let kept: HashSet<_> =
        unread.chain(read).take(MAX_LISTED).chain(all.iter().filter(is_open)).map(|room| room.id).collect();
    all.into_iter().filter(|room| kept.contains(&room.id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{At, No, ReadMarker, Rev, Role};

    fn room(id: i64, unread: i64) -> RoomView {
        RoomView {
            id: RoomId::try_from(id).unwrap(),
            kind: Kind::Group,
            name: format!("Room {id}"),
            other: None,
            role: Role::Member,
            members: 2,
            rev: Rev::ZERO,
            last_no: No::try_from(unread).unwrap(),
            read: ReadMarker::default(),
            last: None,
            active_at: At::try_from(1).unwrap(),
        }
    }

    fn ids(rooms: &[RoomView]) -> Vec<i64> {
        rooms.iter().map(|room| room.id.get()).collect()
    }

    #[test]
    fn a_page_lists_the_open_room_the_unread_ones_and_the_newest_in_their_order() {
        let all: Vec<_> = (1..=2000).map(|id| room(id, i64::from(id == 1500))).collect();
        let open = RoomId::try_from(1900).ok();
        let newest: Vec<i64> = (1..=99).collect();
        assert_eq!(ids(&listed(all.clone(), open)), [newest.clone(), vec![1500, 1900]].concat());
        assert_eq!(ids(&listed(all, None)), [newest, vec![1500]].concat());
    }

    #[test]
    fn a_page_lists_no_more_rooms_when_all_are_unread() {
        let all: Vec<_> = (1..=2000).map(|id| room(id, 3)).collect();
        assert_eq!(ids(&listed(all, None)), (1..=100).collect::<Vec<_>>());
    }
}
