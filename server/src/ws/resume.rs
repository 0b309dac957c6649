//! What a socket has missed, told room by room: from memory where that reaches back, else from the database.

use super::session::{Flow, Session};
use crate::http::Parts;
use crate::hub::{Slot, wire};
use crate::metrics::{Outcome, Purpose};
use domain::ports::Missed;
use domain::{Error, Seat, messages, rooms};
use protocol::{CatchUp, Change, Epoch, Event, Frame, Known, OwnState, RequestId, Rev, RoomId, RoomView, What, close};
use std::collections::HashMap;
use std::mem;
use std::ops::ControlFlow;

/// As many bytes of text as are told as changes; beyond that the client reads the room anew, page by page.
const CATCH_UP_BYTES: usize = 512 * 1024;

/// Maximum of rooms that are read one by one; for more, the person's list is read at once.
const FEW_ROOMS: usize = 10;

impl Session<'_> {
    /// Notes what the client knows of its rooms, and tells it of those that are not its own.
    pub(super) fn hello_part(&mut self, known: &[Known]) {
        for &Known { room, rev } in known {
            if self.seats.get(room).is_some() {
                self.parts.insert(room, rev);
            } else if self.connection.wants(room) {
                self.connection.write(wire::text(Frame::from(Event::RoomGone { room }).encode()));
            }
        }
    }

    /// Tells what was missed since the client's revisions, room by room, and then `ready`.
    pub(super) async fn hello(&mut self, id: Option<RequestId>, epoch: Option<Epoch>, known: Vec<Known>) -> Flow {
        let is_same_life = epoch.is_none_or(|epoch| epoch == self.server.epoch);
        self.hello_part(&known);
        let known = mem::take(&mut self.parts);
        let places = match self.opened.take() {
            Some(places) => Ok(places),
            None => self.connection.caller().places(&self.server.env).await,
        };
        let places: HashMap<_, _> = match places {
            Ok(places) => places.iter().map(|place| (place.seat.room(), place.own())).collect(),
            Err(error) => return fail(&error),
        };
        let mut unknown = Vec::new();
        let seats: Vec<_> = self.seats.iter().collect();
        for (seat, slot) in seats {
            let room = seat.room();
            self.server.hub.pause(&self.connection, room, slot);
            let since = known.get(&room).filter(|_| is_same_life);
            match since.zip(places.get(&room)) {
                Some((since, own)) => self.catch_up(seat, slot, *since, *own).await?,
                None => unknown.push(seat),
            }
        }
        self.tell_rooms(unknown).await?;
        self.write(&Frame { id, event: Event::Ready }).await
    }

    /// The same for one room.
    pub(super) async fn resume_room(&mut self, id: Option<RequestId>, room: RoomId, since: Rev) -> Flow {
        let place = match self.seats.get(room) {
            Some((_, slot)) => {
                self.connection.caller().place(&self.server.env, room).await.map(|place| place.zip(Some(slot)))
            }
            None => Ok(None),
        };
        let event = match place {
            Ok(Some((place, slot))) => {
                self.server.hub.pause(&self.connection, room, slot);
                self.catch_up(place.seat, slot, since, place.own()).await?;
                Event::Ok
            }
            Ok(None) => Event::Error(Error::NotFound.into()),
            Err(error) => return fail(&error),
        };
        self.write(&Frame { id, event }).await
    }

    async fn catch_up(&mut self, seat: Seat, slot: Slot, since: Rev, own: OwnState) -> Flow {
        let room = seat.room();
        if self.server.hub.resume(&self.connection, room, slot, since) {
            self.server.metrics.resumed(Outcome::Memory);
            // The read marker has no revision: another device may have moved it.
            return self.write(&Event::OwnState(own).into()).await;
        }
        self.server.metrics.read(Purpose::Resume, 1);
        let (event, rev) = match messages::missed(&self.server.env, &seat, since).await {
            Ok(Missed::Changes(CatchUp { room, .. })) if room.rev == since => {
                (Event::OwnState(OwnState { room: room.id, rev: room.rev, read: room.read }), since)
            }
            Ok(Missed::Changes(missed)) if weight(&missed) > CATCH_UP_BYTES => {
                (Event::Room { room: missed.room.clone() }, missed.room.rev)
            }
            Ok(Missed::Changes(missed)) => (Event::Changes(missed.clone()), missed.room.rev),
            Ok(Missed::TooFar(room)) => (Event::Room { room: room.clone() }, room.rev),
            Err(Error::NotFound) => return ControlFlow::Continue(()), // `Gone` waits in the queue
            Err(error) => {
                self.server.metrics.resumed(Outcome::Failed);
                return give_up(&error);
            }
        };
        self.server.metrics.resumed(Outcome::of(&event));
        self.write(&event.into()).await?;
        self.admit(room, slot, rev)
    }

    /// Tells rooms whole to a client that does not know them.
    async fn tell_rooms(&mut self, unknown: Vec<Seat>) -> Flow {
        self.server.metrics.read(Purpose::Open, unknown.len());
        if unknown.len() > FEW_ROOMS {
            let list = rooms::list(&self.server.env, self.connection.user()).await;
            let mut views: HashMap<_, _> = match list {
                Ok(views) => views.into_iter().map(|view| (view.id, view)).collect(),
                Err(error) => return give_up(&error),
            };
            for seat in unknown {
                self.tell_room(seat.room(), views.remove(&seat.room())).await?;
            }
            return ControlFlow::Continue(());
        }
        for seat in unknown {
            let view = match rooms::view(&self.server.env, &seat).await {
                Ok(view) => Some(view),
                Err(Error::NotFound) => None,
                Err(error) => return give_up(&error),
            };
            self.tell_room(seat.room(), view).await?;
        }
        ControlFlow::Continue(())
    }

    async fn tell_room(&mut self, id: RoomId, view: Option<RoomView>) -> Flow {
        // A person who was removed meanwhile hears nothing more.
        let Some(room) = view else {
            self.leave_room(id);
            return ControlFlow::Continue(());
        };
        let Some((_, slot)) = self.seats.get(id) else { return ControlFlow::Continue(()) };
        let rev = room.rev;
        self.write(&Event::Room { room }.into()).await?;
        self.admit(id, slot, rev)
    }

    /// The person has a seat in a room now: watch it, then tell it as it stands.
    pub(super) async fn joined(&mut self, room: RoomId) -> Flow {
        let Parts { env, hub, .. } = &**self.server;
        let known = self.seats.get(room).map(|(_, slot)| slot);
        let slot = hub.watch(env.bus.as_ref(), &self.connection, room, known);
        hub.pause(&self.connection, room, slot);
        let told = match self.connection.caller().place(env, room).await {
            Ok(Some(place)) => {
                self.seats.insert(place.seat, slot);
                hub.knows_own(self.connection.user(), [place.own()]);
                self.server.metrics.read(Purpose::Open, 1);
                rooms::view(env, &place.seat).await.map(Some)
            }
            Ok(None) => Ok(None),
            Err(error) => Err(error),
        };
        if !matches!(told, Ok(Some(_))) {
            // Without a seat, or without knowing of one, the socket hears nothing more of the room.
            self.seats.remove(room);
            hub.unwatch(env.bus.as_ref(), &self.connection, room, slot);
        }
        match told {
            Ok(Some(view)) => self.tell_room(room, Some(view)).await,
            Ok(None) | Err(Error::NotFound) => ControlFlow::Continue(()),
            Err(error) => fail(&error),
        }
    }

    fn admit(&self, room: RoomId, slot: Slot, rev: Rev) -> Flow {
        if self.server.hub.admit(&self.connection, room, slot, rev) {
            return ControlFlow::Continue(());
        }
        give_up(&"so much has changed meanwhile that it has to be read again")
    }
}

/// Why a socket cannot go on: its session has ended, or the database does not answer.
fn fail(error: &Error) -> Flow {
    match error {
        Error::Unauthenticated => ControlFlow::Break(Some(close::LOGGED_OUT)),
        error => give_up(error),
    }
}

/// The database does not answer, or not fast enough: the client comes back and resumes, and nothing is missed.
pub(super) fn give_up(cause: &dyn std::fmt::Display) -> Flow {
    tracing::warn!(%cause, "A socket could not be told what it missed; it is asked to come back");
    ControlFlow::Break(Some(close::RESTART))
}

/// About how many bytes the texts of a catch-up hold.
fn weight(missed: &CatchUp) -> usize {
    let text = |change: &Change| match &change.what {
        What::Message(message) => message.text.as_str().len(),
        _ => 0,
    };
    missed.changes.iter().map(text).sum()
}
