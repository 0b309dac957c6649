//! Messages: posted once, read in pages, caught up with by revision.

use crate::ports::{Charge, Key, Limit, Missed, Posted};
use crate::{Env, Error, Seat, events};
use protocol::{At, Change, ClientId, Message, MessageText, No, Page, Request, Rev, Slice, What};

/// What somebody wants to say; the `client_id` makes saying it twice harmless.
#[derive(Clone, Debug)]
pub struct Draft {
    pub client_id: ClientId,
    pub text: MessageText,
}

/// The proof that a message is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub no: No,
    pub rev: Rev,
    pub at: At,
}

/// What became of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    New(Receipt),
    /// The same draft was stored before, with this receipt.
    Again(Receipt),
}

/// As many missed changes as are told one by one; whoever missed more gets the room as it stands.
pub const RESUME_WINDOW: u32 = 500;

/// Maximum of revisions that a client may be behind: beyond it gets the room as it stands, whatever has changed.
pub const RESUME_HORIZON: i64 = 5000;

/// Stores a message that a socket has paid for by [`charge`], and tells everybody in the room.
/// The same draft again returns the first receipt, tells nobody and costs nothing.
///
/// # Errors
/// [`Error::ClientIdReused`] when the `client_id` stands on another text or in another room;
/// [`Error::NotFound`] when the author has left the room meanwhile.
pub async fn post(env: &Env, seat: &Seat, draft: Draft) -> Result<Receipt, Error> {
    match send(env, seat, draft).await? {
        Sent::New(receipt) => Ok(receipt),
        Sent::Again(receipt) => {
            env.limits.give_back_here(Limit::Send, Key::Account(seat.user()));
            Ok(receipt)
        }
    }
}

pub(crate) async fn send(env: &Env, seat: &Seat, draft: Draft) -> Result<Sent, Error> {
    seat.writes()?;
    match env.store.insert_message(seat, draft, env.clock.now()).await? {
        Posted::New { message, rev } => {
            let receipt = Receipt { no: message.no, rev, at: message.at };
            events::changed(env, &[Change { room: seat.room(), rev, what: What::Message(message) }]);
            Ok(Sent::New(receipt))
        }
        Posted::Again(receipt) => Ok(Sent::Again(receipt)),
        Posted::Conflict => Err(Error::ClientIdReused),
        Posted::NotInRoom => Err(Error::NotFound),
    }
}

/// As [`post`], for forms, the API and webhooks: draws on the budget that a socket draws on by [`charge`], at all nodes
/// together, and tells a repeat, which costs nothing, from the first time.
///
/// # Errors
/// Those of [`post`]; [`Error::TooMany`] of this person.
pub async fn submit(env: &Env, seat: &Seat, draft: Draft) -> Result<Sent, Error> {
    let charge = [Charge::one(Limit::Send, Key::Account(seat.user()))];
    env.limits.take(&charge).await?;
    let sent = send(env, seat, draft).await?;
    if matches!(sent, Sent::Again(_)) {
        env.limits.give_back(&charge).await;
    }
    Ok(sent)
}

/// Takes one message from the budget of its author, as this node counts it, without waiting for anybody.
///
/// # Errors
/// [`Error::TooMany`] of this person.
pub fn charge(env: &Env, seat: &Seat) -> Result<(), Error> {
    Ok(env.limits.take_here(Limit::Send, Key::Account(seat.user()))?)
}

/// A page of a room's messages; `limit` is brought into 1–100, 15 by default.
///
/// # Errors
/// [`Error::NotFound`] when the person is no longer in the room, [`Error::OutOfScope`] for a token that may not read.
pub async fn page(env: &Env, seat: &Seat, page: Page, limit: Option<u32>) -> Result<Slice, Error> {
    seat.reads()?;
    let limit = limit.unwrap_or(Request::PAGE).clamp(1, Request::PAGE_MAX);
    env.store.messages(seat, page, limit).await?.ok_or(Error::NotFound)
}

/// The message with that number.
///
/// # Errors
/// [`Error::NotFound`] when the room has none; those of [`page`].
pub async fn one(env: &Env, seat: &Seat, no: No) -> Result<Message, Error> {
    let slice = page(env, seat, Page::Around(no), Some(1)).await?;
    slice.messages.into_iter().find(|message| message.no == no).ok_or(Error::NotFound)
}

/// What changed in the room after `since`, told with the room as it stands.
///
/// # Errors
/// [`Error::NotFound`] when the person is no longer in the room.
pub async fn missed(env: &Env, seat: &Seat, since: Rev) -> Result<Missed, Error> {
    seat.reads()?;
    env.store.missed(seat, since, RESUME_WINDOW).await?.ok_or(Error::NotFound)
}
