//! Pages of the room list. Its key is the last activity, and the id where two are equal.

use super::page::Page;
use super::problem::Problem;
use super::room::Room;
use super::rooms::Part;
use domain::ports::{RoomPage, RoomPlace};
use domain::rooms::RoomsPage;
use protocol::{At, RoomId, RoomView};

/// The largest number of a cursor that there can be (2^53 - 1).
const LARGEST: i64 = (1 << 53) - 1;

/// Which page is asked for.
pub fn read(part: &Part) -> Result<RoomPage, Problem> {
    let place = |name, cursor: Option<&str>| match cursor {
        None => Ok(None),
        Some(text) => match place(text) {
            Some(place) => Ok(Some(place)),
            None => Err(Problem::at(name, "Take the address of a page from next or prev as it is.")),
        },
    };
    let (after, before) = (place("after", part.after.as_deref())?, place("before", part.before.as_deref())?);
    Ok(after.map(RoomPage::After).or(before.map(RoomPage::Before)).unwrap_or(RoomPage::First))
}

/// The page with links to its neighbours.
pub fn linked(page: RoomsPage, limit: u32) -> Page<Room> {
    let link = |side: &str, room: Option<&RoomView>| {
        let RoomView { active_at, id, .. } = room?;
        Some(format!("/api/v1/rooms?{side}={}-{id}&limit={limit}", active_at.get()))
    };
    let RoomsPage { rooms, has_newer, has_older } = page;
    let next = if has_older { link("after", rooms.last()) } else { None };
    let prev = if has_newer { link("before", rooms.first()) } else { None };
    Page { items: rooms.into_iter().map(Room::from).collect(), next, prev }
}

fn place(cursor: &str) -> Option<RoomPlace> {
    let number = |text: &str| {
        let is_plain = (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i64>().ok().filter(|_| is_plain).map(|number| number.min(LARGEST))
    };
    let (active_at, room) = cursor.split_once('-')?;
    let (active_at, room) = (At::try_from(number(active_at)?).ok()?, number(room)?);
    Some(RoomPlace { active_at, room: RoomId::try_from(room.max(1)).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_no_page_has_named_is_refused() {
        for bad in ["", "-", "1", "1-", "-1", "+1-1", "1-1-1", "1-1000000000000000000", "a-b", "1 -1"] {
            assert!(place(bad).is_none(), "{bad:?}");
        }
        for good in ["0-0", "999999999999999999-1", "1767225600000-999999999999999999"] {
            assert!(place(good).is_some(), "{good:?}");
        }
    }
}
