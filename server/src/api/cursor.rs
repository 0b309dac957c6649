//! Pages of the room list. Its key is the last activity, and the id where two are equal.

use super::page::Page;
use super::problem::Problem;
use super::room::Room;
use super::rooms::Part;
use protocol::RoomView;
use std::str::FromStr;

/// A place between two rooms of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cursor {
    active_at: i64,
    room: i64,
}

impl Cursor {
    fn of(room: &RoomView) -> Self {
        Self { active_at: room.active_at.get(), room: room.id.get() }
    }
}

impl FromStr for Cursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let number = |text: &str| {
            let is_plain = (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|_| is_plain).ok_or(())
        };
        let (active_at, room) = text.split_once('-').ok_or(())?;
        Ok(Self { active_at: number(active_at)?, room: number(room)? })
    }
}

/// A part of all rooms, which come with the newest activity first.
pub fn page(mut rooms: Vec<RoomView>, part: &Part, limit: u32) -> Result<Page<Room>, Problem> {
    let (after, before) = (read("after", part.after.as_deref())?, read("before", part.before.as_deref())?);
    let limit = limit as usize;
    let (from, to) = match (after, before) {
        (Some(after), _) => {
            let from = rooms.partition_point(|room| Cursor::of(room) >= after);
            (from, from.saturating_add(limit).min(rooms.len()))
        }
        (None, Some(before)) => {
            let to = rooms.partition_point(|room| Cursor::of(room) > before);
            (to.saturating_sub(limit), to)
        }
        (None, None) => (0, limit.min(rooms.len())),
    };
    let link = |side: &str, room: Option<&RoomView>| {
        let Cursor { active_at, room } = Cursor::of(room?);
        Some(format!("/api/v1/rooms?{side}={active_at}-{room}&limit={limit}"))
    };
    let shown = &rooms[from..to];
    let next = if to < rooms.len() { link("after", shown.last()) } else { None };
    let prev = if from > 0 { link("before", shown.first()) } else { None };
    Ok(Page { items: rooms.drain(from..to).map(Room::from).collect(), next, prev })
}

fn read(name: &str, cursor: Option<&str>) -> Result<Option<Cursor>, Problem> {
    let cursor = cursor.map(str::parse).transpose();
    cursor.map_err(|()| Problem::at(name, "Take the address of a page from next or prev as it is."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{At, Kind, No, ReadMarker, Rev, Role, RoomId};

    fn room(id: i64, active_at: i64) -> RoomView {
        RoomView {
            id: RoomId::try_from(id).unwrap(),
            kind: Kind::Group,
            name: "Kitchen".into(),
            other: None,
            role: Role::Member,
            members: 2,
            rev: Rev::ZERO,
            last_no: No::ZERO,
            read: ReadMarker::default(),
            last: None,
            active_at: At::try_from(active_at).unwrap(),
        }
    }

    /// The ids on each page, as the links lead from the first one.
    fn pages(rooms: &[RoomView], mut part: Part) -> Vec<Vec<i64>> {
        let mut pages = Vec::new();
        loop {
            let page = page(rooms.to_vec(), &part, 2).unwrap();
            let ids = page.items.iter().map(|room| serde_json::to_value(room).unwrap()["id"].as_i64().unwrap());
            pages.push(ids.collect());
            let link = if part.before.is_some() { page.prev } else { page.next };
            let Some(link) = link else { return pages };
            let cursor = link.split(['=', '&']).nth(1).map(str::to_owned);
            part = if part.before.is_some() {
                Part { before: cursor, after: None, limit: None }
            } else {
                Part { before: None, after: cursor, limit: None }
            };
        }
    }

    #[test]
    fn links_lead_through_all_rooms_and_back() {
        let rooms = [room(9, 50), room(8, 40), room(7, 40), room(2, 30), room(1, 10)];
        let first = Part { after: None, before: None, limit: None };
        assert_eq!(pages(&rooms, first), [vec![9, 8], vec![7, 2], vec![1]]);
        let last = Part { after: None, before: Some("10-1".into()), limit: None };
        assert_eq!(pages(&rooms, last), [vec![7, 2], vec![9, 8]]);
        // A place whose room has moved to the front meanwhile.
        let gone = Part { after: Some("35-4".into()), before: None, limit: None };
        assert_eq!(pages(&rooms, gone), [[2, 1]]);
        assert_eq!(
            page(Vec::new(), &Part { after: None, before: Some("0-0".into()), limit: None }, 2).unwrap().items.len(),
            0
        );
    }

    #[test]
    fn a_place_that_no_page_has_named_is_refused() {
        for bad in ["", "-", "1", "1-", "-1", "+1-1", "1-1-1", "1-1000000000000000000", "a-b", "1 -1"] {
            assert!(bad.parse::<Cursor>().is_err(), "{bad:?}");
        }
        assert!("999999999999999999-1".parse::<Cursor>().is_ok());
    }
}
