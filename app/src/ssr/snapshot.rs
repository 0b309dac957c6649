//! What the workspace shows first.

use super::clock::zone;
use super::context::{Assets, Called, queries, query};
use super::invite::{self, Invite};
use super::landing::remember_room;
use super::panel::{Candidate, Panel};
use super::{FormState, RoomList, caller, env, load};
use crate::form::Claim;
use crate::workspace::{DraftForm, First, Snapshot, Zone};
use domain::{Error, Seat, access, accounts, messages, rooms};
use leptos::prelude::*;
use protocol::{ClientId, Code, Kind, No, Page, Person, Request, RoomId, RoomView, Slice, Timeline, Workspace};

/// The rooms without an open one; all of them when the query asks for that.
pub async fn closed() -> Result<Snapshot, Error> {
    let me = caller().await?;
    let is_whole = !queries("all").is_empty();
    around(Workspace::new(me, Vec::new()), None, RoomList::read(me, None, is_whole).await?).await
}

/// The rooms and one of them open.
///
/// # Errors
/// [`Error::NotFound`] when `room` is none of the caller's.
pub async fn open(room: Option<RoomId>) -> Result<Snapshot, Error> {
    let seat = seat(room).await?;
    // The list first: a message that comes in between is in the window already when the island hears of it, which is harmless.
    let list = RoomList::read(seat.user(), Some(seat.room()), false).await?;
    let view = list.rooms.iter().find(|view| view.id == seat.room()).ok_or(Error::NotFound)?;
    let mut timeline = Timeline::new(seat.user(), view.clone());
    let window = window(&seat, view).await?;
    timeline.merge(window);
    remember_room(seat.room());
    let is_empty = timeline.room.kind == Kind::Group && timeline.room.members == 1 && timeline.room.last_no == No::ZERO;
    let mode = if is_empty { invite::registration().await? } else { None };
    let mut snapshot = around(Workspace::new(seat.user(), vec![timeline]), Some(seat.room()), list).await?;
    snapshot.invitation = mode.map(|mode| view! { <Invite mode/> }.to_html());
    Ok(snapshot)
}

/// The same with the room's members beside it.
///
/// # Errors
/// [`Error::NotFound`] when `room` is none of the caller's.
pub async fn with_members(room: Option<RoomId>) -> Result<(Snapshot, Panel), Error> {
    let mut snapshot = open(room).await?;
    let seat = seat(room).await?;
    let members = rooms::members(&env(), &seat).await?;
    let room = snapshot.workspace.room(seat.room()).ok_or(Error::NotFound)?.room.clone();
    let words = query("q");
    let (candidates, is_cut): (Vec<Candidate>, bool) = match room.kind {
        Kind::Direct => (Vec::new(), false),
        Kind::Group => {
            let mut found = load::people(&words).await?;
            let is_new = |person: &Person| members.iter().all(|known| known.member.person.id != person.id);
            let (is_cut, owners) = (found.is_cut, std::mem::take(&mut found.owners));
            let candidate = |person: Person| {
                let owner = owners.iter().find(|(bot, _)| *bot == person.id).map(|(_, owner)| owner.clone());
                Candidate { person, owner }
            };
            (found.all().into_iter().filter(is_new).map(candidate).collect(), is_cut)
        }
    };
    snapshot.has_panel = true;
    Ok((snapshot, Panel { me: seat.user(), room, members, candidates, is_cut, words }))
}

async fn seat(room: Option<RoomId>) -> Result<Seat, Error> {
    let me = caller().await?;
    access::seat(&env(), me, room.ok_or(Error::NotFound)?).await
}

/// The page of messages that the query asks for; else, as for a message that does not exist, the newest, so many that the
/// first unread is among them.
async fn window(seat: &Seat, room: &RoomView) -> Result<Slice, Error> {
    let asked = |name: &str| query(name).parse::<No>().ok();
    let (page, limit) = if let Some(no) = asked("before") {
        (Page::Before(no), Request::PAGE)
    } else if let Some(no) = asked("after") {
        (Page::After(no), Request::PAGE)
    } else if let Some(no) = asked("around").filter(|no| (No::ZERO.next()..=room.last_no).contains(no)) {
        (Page::Around(no), 2 * Request::PAGE)
    } else {
        (Page::Newest, room.unread().saturating_add(5).clamp(Request::PAGE, Request::PAGE_MAX))
    };
    messages::page(&env(), seat, page, Some(limit)).await
}

async fn around(workspace: Workspace, open: Option<RoomId>, list: RoomList) -> Result<Snapshot, Error> {
    let env = env();
    let (now, name) = (env.clock.now(), zone());
    let shown = Zone { name: name.clone(), now };
    let rooms = list.html(workspace.me, open, &shown);
    let draft = draft(open, ClientId::new(env.clock.now(), env.random.uuid()));
    Ok(Snapshot {
        called: Called::here(),
        me: accounts::account(&env, workspace.me).await?.person,
        epoch: env.store.epoch().await?,
        build: expect_context::<Assets>().build(),
        is_alike: open.is_some_and(|room| list.alike.contains(&room)),
        has_rooms: !list.rooms.is_empty(),
        has_contacts: !list.contacts.is_empty(),
        first: First { rooms, contacts: list.contacts_html(), unread: list.unread },
        open,
        now,
        zone: name,
        around: query("around").parse().ok(),
        has_panel: false,
        invitation: None,
        draft,
        workspace,
    })
}

/// The composer. A draft that failed keeps its id, so that sending it again is harmless even when it was stored after all;
/// unless the id itself was the fault.
fn draft(open: Option<RoomId>, fresh: ClientId) -> DraftForm {
    let failed = use_context::<FormState>();
    let is_ours =
        |state: &FormState| open.is_some_and(|room| state.is_of("send_message", &[("room", room.to_string())]));
    let Some(state) = failed.filter(is_ours) else {
        return DraftForm { client_id: fresh, text: String::new(), error: None };
    };
    Claim::take();
    let id = state.value("client_id").and_then(|id| id.parse().ok()).filter(|_| state.error.code != Code::Conflict);
    let text = state.value("text").unwrap_or_default().to_owned();
    DraftForm { client_id: id.unwrap_or(fresh), text, error: Some(state.error) }
}
