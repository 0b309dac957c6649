//! What each command does: a thin layer over the domain.

use super::session::{Session, Socket};
use domain::messages::Draft;
use domain::ports::Missed;
use domain::{Error, Seat, access, messages, receipts, rooms};
use futures::FutureExt;
use protocol::{
    ApiError, CatchUp, Change, Command, Epoch, Event, Frame, Known, Page, Request, RequestId, Rev, RoomId, What,
};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::task::Poll;

/// As many bytes of text as are told as changes; beyond that the client reads the room anew, page by page.
const CATCH_UP_BYTES: usize = 512 * 1024;

type Flow = ControlFlow<Option<u16>>;

impl Session<'_> {
    pub(super) async fn obey(&mut self, socket: &mut impl Socket, Request { id, command }: Request) -> Flow {
        let answer = match command {
            Command::Hello { epoch, rooms } => return self.hello(socket, id, epoch, rooms).await,
            Command::NewMessage { room, client_id, text } => {
                return self.new_message(socket, id, room, Draft { client_id, text }).await;
            }
            Command::FetchMessages { room, before, after, limit } => {
                let page = before.map(Page::Before).or(after.map(Page::After)).unwrap_or(Page::Newest);
                self.fetch(room, page, limit).await
            }
            Command::Seen { room, no } => match self.seat(room).await {
                Ok(seat) => receipts::seen_up_to(&self.server.env, &seat, no).await.map(|()| Event::Ok),
                Err(error) => Err(error),
            },
            Command::Ping => Ok(Event::Pong),
        };
        let event = answer.unwrap_or_else(|error| Event::Error(error.into()));
        self.write(socket, &Frame { id, event }).await
    }

    async fn fetch(&mut self, room: RoomId, page: Page, limit: Option<u32>) -> Result<Event, Error> {
        let seat = self.seat(room).await?;
        let slice = messages::page(&self.server.env, &seat, page, limit).await?;
        Ok(Event::Messages { room, slice })
    }

    /// Hands the message to the store and goes on; the answer follows its commit.
    /// A seat that is known already keeps a sender's own order.
    async fn new_message(
        &mut self,
        socket: &mut impl Socket,
        id: Option<RequestId>,
        room: RoomId,
        draft: Draft,
    ) -> Flow {
        let seat = match self.seats.get(&room) {
            Some(seat) => Ok(*seat),
            None => self.seat(room).await,
        };
        let seat = match seat {
            Ok(seat) => seat,
            Err(error) => return self.write(socket, &Frame { id, event: Event::Error(error.into()) }).await,
        };
        let env = self.server.env.clone();
        let post = async move {
            let client_id = draft.client_id;
            let event = match messages::post(&env, &seat, draft).await {
                Ok(receipt) => Event::Ack { room, client_id, no: receipt.no, rev: receipt.rev, at: receipt.at },
                Err(error) => Event::Error(ApiError::from(error)),
            };
            Frame { id, event }.encode()
        };
        // Its first poll takes its place in the store's queue, so it is polled here, in the order of arrival, and without
        // tokio's budget, which could put it behind the next one.
        let mut post = tokio::task::unconstrained(post).boxed();
        match futures::poll!(post.as_mut()) {
            Poll::Ready(answer) => self.posts.push_back(futures::future::ready(answer).boxed()),
            Poll::Pending => self.posts.push_back(post),
        }
        ControlFlow::Continue(())
    }

    pub(super) async fn seat(&mut self, room: RoomId) -> Result<Seat, Error> {
        if !self.connection.wants(room) {
            return Err(Error::NotFound);
        }
        access::seat(&self.server.env, self.connection.user(), room).await
    }

    /// Tells what was missed since the client's revisions, room by room, and then `ready`.
    async fn hello(
        &mut self,
        socket: &mut impl Socket,
        id: Option<RequestId>,
        epoch: Option<Epoch>,
        known: Vec<Known>,
    ) -> Flow {
        let connection = self.connection.clone();
        let is_same_life = epoch.is_none_or(|epoch| epoch == self.server.epoch);
        let mut known: HashMap<RoomId, Rev> = known.into_iter().map(|known| (known.room, known.rev)).collect();
        let seats: Vec<_> = self.seats.values().copied().collect();
        let mut unknown = Vec::new();
        for seat in seats {
            match known.remove(&seat.room()).filter(|_| is_same_life) {
                Some(since) => self.tell_missed(socket, &seat, since).await?,
                None => unknown.push(seat.room()),
            }
        }
        self.tell_rooms(socket, &unknown).await?;
        for room in known.into_keys().filter(|room| connection.wants(*room)) {
            self.write(socket, &Event::RoomGone { room }.into()).await?;
        }
        connection.push(crate::hub::Out::Frame(Frame { id, event: Event::Ready }.encode().into()));
        ControlFlow::Continue(())
    }

    async fn tell_missed(&mut self, socket: &mut impl Socket, seat: &Seat, since: Rev) -> Flow {
        let (event, rev) = match messages::missed(&self.server.env, seat, since).await {
            // The read mark has no revision: another device may have moved it.
            Ok(Missed::Changes(CatchUp { room, .. })) if room.rev == since => {
                (Event::Seen { room: room.id, no: room.read_no }, since)
            }
            Ok(Missed::Changes(missed)) if weight(&missed) > CATCH_UP_BYTES => {
                (Event::Room { room: missed.room.clone() }, missed.room.rev)
            }
            Ok(Missed::Changes(missed)) => (Event::Changes(missed.clone()), missed.room.rev),
            Ok(Missed::TooFar(room)) => (Event::Room { room: room.clone() }, room.rev),
            Err(Error::NotFound) => return ControlFlow::Continue(()), // `Gone` waits in the queue
            Err(error) => return self.give_up(&error),
        };
        self.write(socket, &event.into()).await?;
        self.server.hub.replay(&self.connection, seat.room(), rev);
        ControlFlow::Continue(())
    }

    /// Tells rooms whole to a client that does not know them.
    async fn tell_rooms(&mut self, socket: &mut impl Socket, ids: &[RoomId]) -> Flow {
        if ids.is_empty() {
            return ControlFlow::Continue(());
        }
        let views = match rooms::list(&self.server.env, self.connection.user()).await {
            Ok(views) => views,
            Err(error) => return self.give_up(&error),
        };
        for &id in ids {
            // Whoever was removed meanwhile is not in the list and hears nothing more.
            let Some(room) = views.iter().find(|view| view.id == id) else {
                self.leave_room(id);
                continue;
            };
            self.write(socket, &Event::Room { room: room.clone() }.into()).await?;
            self.server.hub.replay(&self.connection, id, room.rev);
        }
        ControlFlow::Continue(())
    }

    /// The person has a seat in a room now: watch it, then tell it as it stands.
    pub(super) async fn joined(&mut self, socket: &mut impl Socket, room: RoomId) -> Flow {
        self.server.hub.watch(self.server.env.bus.as_ref(), &self.connection, room);
        match self.seat(room).await {
            Ok(seat) => {
                self.seats.insert(room, seat);
                self.tell_rooms(socket, &[room]).await
            }
            Err(Error::NotFound) => {
                self.leave_room(room);
                ControlFlow::Continue(())
            }
            Err(error) => self.give_up(&error),
        }
    }

    /// The database does not answer: the client comes back and resumes, and nothing is missed.
    fn give_up(&self, error: &Error) -> Flow {
        tracing::warn!(%error, "A socket could not be told what it missed; it is asked to come back");
        ControlFlow::Break(Some(protocol::close::RESTART))
    }
}

/// About how many bytes the texts of a catch-up hold.
fn weight(missed: &CatchUp) -> usize {
    let text = |change: &Change| match &change.what {
        What::Message(message) => message.text.as_str().len(),
        _ => 0,
    };
    missed.changes.iter().map(text).sum()
}
