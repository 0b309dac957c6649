//! What a socket has missed, told room by room: from memory where that reaches back, else from the database.

use super::session::{Flow, Session, Watched};
use crate::http::Parts;
use crate::hub::{Slot, wire};
use crate::metrics::{Outcome, Purpose};
use domain::ports::Missed;
use domain::{Error, messages, rooms};
use protocol::{CatchUp, Change, Epoch, Event, Frame, Known, OwnState, RequestId, Rev, RoomId, What, close};
use std::collections::HashMap;
use std::ops::ControlFlow;

/// As many bytes of text as are told as changes; beyond that the client reads the room anew, page by page.
const CATCH_UP_BYTES: usize = 512 * 1024;

impl Session<'_> {
    /// Tells what was missed since the client's revisions, room by room, and then `ready`.
    pub(super) async fn hello(&mut self, id: Option<RequestId>, epoch: Option<Epoch>, known: Vec<Known>) -> Flow {
        let is_same_life = epoch.is_none_or(|epoch| epoch == self.server.epoch);
        let mut known: HashMap<RoomId, Rev> = known.into_iter().map(|known| (known.room, known.rev)).collect();
        let all: Vec<_> = self.places.values().copied().collect();
        let mut unknown = Vec::new();
        for watched in all {
            let room = watched.place.seat.room();
            self.server.hub.pause(&self.connection, room, watched.slot);
            match known.remove(&room).filter(|_| is_same_life) {
                Some(since) => self.catch_up(watched, since).await?,
                None => unknown.push(room),
            }
        }
        self.tell_rooms(&unknown).await?;
        for room in known.into_keys().filter(|room| self.connection.wants(*room)) {
            self.connection.write(wire::text(Frame::from(Event::RoomGone { room }).encode()));
        }
        self.write(&Frame { id, event: Event::Ready }).await
    }

    async fn catch_up(&mut self, Watched { place, slot }: Watched, since: Rev) -> Flow {
        let room = place.seat.room();
        if self.server.hub.resume(&self.connection, room, slot, since) {
            self.server.metrics.resumed(Outcome::Memory);
            // The read marker has no revision: another device may have moved it.
            return self.write(&Event::OwnState(place.own()).into()).await;
        }
        self.server.metrics.read(Purpose::Resume, 1);
        let (event, rev) = match messages::missed(&self.server.env, &place.seat, since).await {
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
    async fn tell_rooms(&mut self, ids: &[RoomId]) -> Flow {
        if ids.is_empty() {
            return ControlFlow::Continue(());
        }
        self.server.metrics.read(Purpose::Open, ids.len());
        let views = match rooms::list(&self.server.env, self.connection.user()).await {
            Ok(views) => views,
            Err(error) => return give_up(&error),
        };
        for &id in ids {
            // Whoever was removed meanwhile is not in the list and hears nothing more.
            let Some(room) = views.iter().find(|view| view.id == id) else {
                self.leave_room(id);
                continue;
            };
            let Some(slot) = self.places.get(&id).map(|watched| watched.slot) else { continue };
            self.write(&Event::Room { room: room.clone() }.into()).await?;
            self.admit(id, slot, room.rev)?;
        }
        ControlFlow::Continue(())
    }

    /// The person has a seat in a room now: watch it, then tell it as it stands.
    pub(super) async fn joined(&mut self, room: RoomId) -> Flow {
        let Parts { env, hub, .. } = &**self.server;
        let known = self.places.get(&room).map(|watched| watched.slot);
        let slot = hub.watch(env.bus.as_ref(), &self.connection, room, known);
        hub.pause(&self.connection, room, slot);
        let told = match self.connection.caller().place(env, room).await {
            Ok(Some(place)) => {
                self.places.insert(room, Watched { place, slot });
                hub.knows_own(self.connection.user(), [place.own()]);
                self.server.metrics.read(Purpose::Open, 1);
                rooms::view(env, &place.seat).await.map(Some)
            }
            Ok(None) => Ok(None),
            Err(error) => Err(error),
        };
        if !matches!(told, Ok(Some(_))) {
            // Without a seat, or without knowing of one, the socket hears nothing more of the room.
            self.places.remove(&room);
            hub.unwatch(env.bus.as_ref(), &self.connection, room, slot);
        }
        match told {
            Ok(Some(room)) => {
                let (id, rev) = (room.id, room.rev);
                self.write(&Event::Room { room }.into()).await?;
                self.admit(id, slot, rev)
            }
            Ok(None) | Err(Error::NotFound) => ControlFlow::Continue(()),
            Err(Error::Unauthenticated) => ControlFlow::Break(Some(close::LOGGED_OUT)),
            Err(error) => give_up(&error),
        }
    }

    fn admit(&self, room: RoomId, slot: Slot, rev: Rev) -> Flow {
        if self.server.hub.admit(&self.connection, room, slot, rev) {
            return ControlFlow::Continue(());
        }
        give_up(&"so much has changed meanwhile that it has to be read again")
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
