use super::bucket::{Bucket, Taken};
use super::codes;
use super::line::Line;
use super::resume::give_up;
use crate::http::{Parts, Server};
use crate::hub::{BROKEN, Connection, Opener, Slot, Task, wire};
use bytes::Bytes;
use domain::access::{Place, Seats};
use domain::ports::{Key, Limit, Unavailable};
use domain::{Error, Seat};
use futures::future::{BoxFuture, ready};
use futures::stream::{FuturesOrdered, StreamExt};
use protocol::{Command, Event, Frame, PROTOCOL_VERSION, Request, Rev, RoomId, close};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{self, Message};

/// As many messages of one socket as may wait for their commit together.
const PIPELINE: usize = 64;

/// As often the rooms are read anew when so much happens meanwhile that memory does not hold it.
const READINGS: usize = 3;

/// How long a farewell may take on a line that does not read.
const FAREWELL: Duration = Duration::from_secs(1);

/// One open socket, from the first frame to the last.
pub struct Session<'a> {
    pub(super) server: &'a Server,
    pub(super) connection: Arc<Connection>,
    /// The hub knows of the connection.
    is_in: bool,
    line: Line,
    /// The rooms that this socket hears, and where it is in their audiences. What reads or writes in a room checks the
    /// seat once more, in its transaction.
    pub(super) seats: Seats<Slot>,
    /// How the rooms stood for the person when the socket was opened, for the first `hello`.
    pub(super) opened: Option<Vec<Place>>,
    /// What the client knows of these rooms, from the parts of a `hello` that is not complete.
    pub(super) parts: HashMap<RoomId, Rev>,
    /// The messages that wait for their commit, in the order in which they came.
    pub(super) posts: FuturesOrdered<BoxFuture<'static, String>>,
    bucket: Bucket,
}

enum Step {
    Heard(Result<Message, tungstenite::Error>),
    Do(Task),
    Answer(String),
}

/// Whether a session goes on, or with which code it ends; `None` on a dead line.
pub type Flow = ControlFlow<Option<u16>>;

impl<'a> Session<'a> {
    /// Serves a socket until it is closed from either side; what was being stored is finished and announced.
    pub async fn run(server: &'a Server, opener: Opener, line: Line) {
        let bus = server.env.bus.as_ref();
        let connection = Arc::new(Connection::new(opener, line.stream()));
        let bucket = Bucket::full(server.rate);
        let (seats, posts) = (Seats::of(connection.caller(), []), FuturesOrdered::new());
        let (opened, parts) = (None, HashMap::new());
        let mut session = Self { server, connection, is_in: false, line, seats, opened, parts, posts, bucket };
        session.is_in = server.hub.enter(bus, &session.connection, session.welcome());
        if !session.is_in {
            server.metrics.closed(Some(close::TOO_MANY));
            return Box::pin(session.farewell(close::TOO_MANY)).await;
        }
        let end = session.serve().await;
        // Nothing follows a close frame, whoever sent the first one (RFC 6455, 5.5.1).
        session.connection.close(end.unwrap_or(BROKEN));
        server.metrics.closed(end);
        match end {
            Some(BROKEN) => {}
            Some(code) => Box::pin(session.farewell(code)).await,
            None => Box::pin(session.agree()).await,
        }
        while session.posts.next().await.is_some() {}
    }

    async fn serve(&mut self) -> Option<u16> {
        match self.take_places().await {
            // The hub can reach the socket now; what ended before that has to be asked for.
            _ if self.server.is_stopping() => return Some(close::RESTART),
            Err(Error::Unauthenticated) => return Some(close::LOGGED_OUT),
            Err(error) => {
                tracing::warn!(%error, "A socket could not be opened");
                return Some(close::RESTART);
            }
            Ok(()) => self.connection.takes_its_seats(),
        }
        loop {
            let step = tokio::select! {
                heard = self.line.next(&self.connection), if self.posts.len() < PIPELINE => Step::Heard(heard),
                task = self.connection.next() => Step::Do(task),
                Some(answer) = self.posts.next() => Step::Answer(answer),
            };
            // Boxed, because a task is as large as the longest of its ways, and most sockets stand idle.
            let flow = match step {
                Step::Heard(Ok(message)) => Box::pin(self.hear(message)).await,
                Step::Heard(Err(error)) => ControlFlow::Break(codes::of(&error)),
                Step::Do(task) => Box::pin(self.perform(task)).await,
                Step::Answer(text) => self.send(text).await,
            };
            if let ControlFlow::Break(end) = flow {
                return end;
            }
        }
    }

    fn welcome(&self) -> Bytes {
        let (user, epoch, build) = (self.connection.user(), self.server.epoch, self.server.build.clone());
        wire::text(Frame::from(Event::Welcome { user, epoch, protocol: PROTOCOL_VERSION, build }).encode())
    }

    async fn take_places(&mut self) -> Result<(), Error> {
        let mut places = self.connection.caller().places(&self.server.env).await?;
        for _ in 0..READINGS {
            if self.watch(&places).await? {
                self.opened = Some(places);
                return Ok(());
            }
            places = self.connection.caller().places(&self.server.env).await?;
        }
        Err(Unavailable::new("a room changes faster than it can be read").into())
    }

    /// From now on hears the rooms that were read. What has changed between the reading and the watching is told from
    /// memory; false when memory does not reach back that far.
    async fn watch(&mut self, places: &[Place]) -> Result<bool, Error> {
        let Parts { env, hub, .. } = &**self.server;
        let bus = env.bus.as_ref();
        let caller = self.connection.caller();
        let before = std::mem::replace(&mut self.seats, Seats::of(caller, []));
        let wanted = || places.iter().filter(|place| self.connection.wants(place.seat.room()));
        let watch = |place: &Place| {
            let room = place.seat.room();
            (place.seat, hub.watch(bus, &self.connection, room, before.get(room).map(|(_, slot)| slot)))
        };
        self.seats = Seats::of(caller, wanted().map(watch));
        for (left, slot) in before.iter().filter(|(seat, _)| self.seats.get(seat.room()).is_none()) {
            hub.unwatch(bus, &self.connection, left.room(), slot);
        }
        hub.knows_own(caller.user, wanted().map(Place::own));
        let unsettled = hub.unsettled(self.seats.iter().map(|(seat, _)| seat.room()));
        if !unsettled.is_empty() {
            for (room, head) in env.store.heads(&unsettled).await? {
                hub.settle(room, head);
            }
        }
        let admit = |place: &Place| {
            let slot = self.seats.get(place.seat.room()).map(|(_, slot)| slot);
            slot.is_none_or(|slot| hub.admit(&self.connection, place.seat.room(), slot, place.rev))
        };
        Ok(places.iter().all(admit))
    }

    pub(super) fn leave_room(&mut self, room: RoomId) {
        if let Some(slot) = self.seats.remove(room) {
            self.server.hub.unwatch(self.server.env.bus.as_ref(), &self.connection, room, slot);
        }
    }

    async fn hear(&mut self, message: Message) -> Flow {
        self.connection.heard();
        let request = if let Message::Text(text) = &message { Some(Request::parse(text)) } else { None };
        let is_light = match &request {
            Some(Ok(request)) => matches!(request.command, Command::Seen { .. } | Command::Ping),
            _ => matches!(message, Message::Ping(_) | Message::Pong(_)),
        };
        let (taken, account) = (self.bucket.take(is_light), Key::Account(self.connection.user()));
        // Charge the account too: opening another socket must not raise its rate.
        let is_within = match taken {
            Taken::Nothing => false,
            Taken::Part => true,
            Taken::One => self.server.env.limits.take_here(Limit::Command, account).is_ok(),
        };
        if !is_within {
            return ControlFlow::Break(Some(close::TOO_FAST));
        }
        match message {
            Message::Text(_) => match request {
                Some(Ok(request)) => self.obey(request).await,
                Some(Err((id, error))) => self.write(&Frame { id, event: Event::Error(error) }).await,
                None => ControlFlow::Continue(()),
            },
            Message::Binary(_) => ControlFlow::Break(Some(close::UNSUPPORTED)),
            Message::Close(_) => ControlFlow::Break(None),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => ControlFlow::Continue(()),
        }
    }

    async fn perform(&mut self, task: Task) -> Flow {
        match task {
            Task::Close(code) => ControlFlow::Break(Some(code)),
            Task::Joined(room) => self.joined(room).await,
            Task::Gone(room) => self.gone(room).await,
            Task::Ended(room) => self.ended(room).await,
        }
    }

    /// The person has left a room, unless they are back already.
    async fn gone(&mut self, room: RoomId) -> Flow {
        self.leave_room(room);
        match self.read_seat(room).await {
            Ok(_) => return self.joined(room).await,
            Err(Error::NotFound) => {}
            // Nobody knows whether the person is back: the client reconnects and learns it.
            Err(error) => return give_up(&error),
        }
        self.ended(room).await
    }

    /// The person is in a room no more, and will not be again.
    async fn ended(&mut self, room: RoomId) -> Flow {
        self.leave_room(room);
        if self.connection.only().is_some() {
            return ControlFlow::Break(Some(close::ROOM_GONE));
        }
        self.write(&Event::RoomGone { room }.into()).await
    }

    /// The seat that is known, or the one that there is.
    pub(super) async fn seat(&mut self, room: RoomId) -> Result<Seat, Error> {
        match self.seats.get(room) {
            Some((seat, _)) => Ok(seat),
            None => self.read_seat(room).await,
        }
    }

    async fn read_seat(&mut self, room: RoomId) -> Result<Seat, Error> {
        if !self.connection.wants(room) {
            return Err(Error::NotFound);
        }
        self.connection.caller().seat(&self.server.env, room).await
    }

    pub(super) async fn write(&mut self, frame: &Frame) -> Flow {
        self.send(frame.encode()).await
    }

    /// Writes a text, and waits while too much of what was written is still on its way.
    async fn send(&mut self, text: String) -> Flow {
        if let Err(late) = self.connection.answer(text) {
            // Stored while the socket is being told to come back: the farewell says so.
            self.posts.push_front(Box::pin(ready(late)));
        }
        self.connection.calm().await;
        ControlFlow::Continue(())
    }

    /// Answers the peer's close frame.
    async fn agree(&mut self) {
        let answer = self.line.answer();
        // Whoever has gone without waiting for it needs none.
        let _ = timeout(FAREWELL, self.connection.finish(answer)).await;
    }

    /// Says why the socket closes and waits for the peer's own close frame, which ends the exchange (RFC 6455, 7.1.1):
    /// leaving at once could cut ours off. A server that stops answers first what is being stored.
    async fn farewell(&mut self, code: u16) {
        let goodbye = async {
            let mut last = Vec::new();
            while code == close::RESTART
                && let Some(answer) = self.posts.next().await
            {
                last.extend(wire::text(answer));
            }
            last.extend(wire::close(code, &self.reason(code)));
            self.connection.finish(Bytes::from(last)).await?;
            self.line.end(&self.connection).await
        };
        // Whoever does not read in this time asks again with the same client_id.
        let _ = timeout(FAREWELL, goodbye).await;
    }
}

impl Session<'_> {
    fn reason(&self, code: u16) -> String {
        match code {
            close::RESTART => format!("come back within {} ms and resume", self.server.hub.spread_ms()),
            code => codes::reason(code).to_owned(),
        }
    }
}

/// However a session ends, in a panic as well, nothing of it stays in the hub.
impl Drop for Session<'_> {
    fn drop(&mut self) {
        if self.is_in {
            let rooms = self.seats.iter().map(|(seat, slot)| (seat.room(), slot));
            self.server.hub.leave(self.server.env.bus.as_ref(), &self.connection, rooms);
        }
    }
}
