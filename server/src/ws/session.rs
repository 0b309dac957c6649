use super::{bucket::Bucket, codes};
use crate::http::Server;
use crate::hub::{Caller, Connection, Out};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes};
use domain::{Error, Seat, access};
use futures::future::BoxFuture;
use futures::stream::{FuturesOrdered, StreamExt};
use futures::{Sink, SinkExt, Stream};
use protocol::{Event, Frame, Request, RoomId, close};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// As many messages of one socket as may wait for their commit together.
const PIPELINE: usize = 64;

/// How long a farewell may take on a line that does not read.
const FAREWELL: Duration = Duration::from_secs(1);

/// A WebSocket, or channels in a test.
pub trait Socket:
    Stream<Item = Result<Message, axum::Error>> + Sink<Message, Error = axum::Error> + Unpin + Send
{
}

impl<T> Socket for T where
    T: Stream<Item = Result<Message, axum::Error>> + Sink<Message, Error = axum::Error> + Unpin + Send
{
}

/// One open socket, from the first frame to the last.
pub struct Session<'a> {
    pub(super) server: &'a Server,
    pub(super) connection: Arc<Connection>,
    /// The rooms that this socket hears. What writes checks the seat once more in its transaction.
    pub(super) seats: HashMap<RoomId, Seat>,
    /// The messages that wait for their commit, in the order in which they came.
    pub(super) posts: FuturesOrdered<BoxFuture<'static, String>>,
    bucket: Bucket,
}

enum Step {
    Heard(Option<Result<Message, axum::Error>>),
    Tell(Out),
    Answer(String),
}

/// Why a session ends: with a code to tell the client, or without a word on a dead line.
type End = Option<u16>;

impl<'a> Session<'a> {
    /// Serves a socket until it is closed from either side; what was being stored is finished and announced.
    pub async fn run(server: &'a Server, caller: Caller, mut socket: impl Socket) {
        let bus = server.env.bus.as_ref();
        let Some(connection) = server.hub.enter(bus, caller) else {
            farewell(&mut socket, close::TOO_MANY).await;
            return;
        };
        let bucket = Bucket::full(server.rate);
        let mut session = Self { server, connection, seats: HashMap::new(), posts: FuturesOrdered::new(), bucket };
        let end = session.serve(&mut socket).await;
        if end == Some(close::RESTART) {
            session.finish(&mut socket).await;
        }
        if let Some(code) = end {
            farewell(&mut socket, code).await;
        }
        drop(socket);
        while session.posts.next().await.is_some() {}
        server.hub.leave(bus, &session.connection, session.seats.into_keys());
    }

    async fn serve(&mut self, socket: &mut impl Socket) -> End {
        match self.take_seats().await {
            // The hub can reach the socket now; what ended before that has to be asked for.
            _ if self.server.is_stopping() => return Some(close::RESTART),
            Err(Error::Unauthenticated) => return Some(close::LOGGED_OUT),
            Err(error) => {
                tracing::warn!(%error, "A socket could not be opened");
                return Some(close::RESTART);
            }
            Ok(()) => {}
        }
        let welcome = Event::Welcome { user: self.connection.user(), epoch: self.server.epoch };
        if let ControlFlow::Break(end) = self.write(socket, &welcome.into()).await {
            return end;
        }
        loop {
            let connection = self.connection.clone();
            let step = tokio::select! {
                heard = socket.next(), if self.posts.len() < PIPELINE => Step::Heard(heard),
                out = connection.next() => Step::Tell(out),
                Some(answer) = self.posts.next() => Step::Answer(answer),
            };
            let flow = match step {
                Step::Heard(heard) => self.hear(socket, heard).await,
                Step::Tell(out) => self.tell(socket, out).await,
                Step::Answer(text) => self.send(socket, Message::Text(text.into())).await,
            };
            if let ControlFlow::Break(end) = flow {
                return end;
            }
        }
    }

    /// Watches the rooms first and reads afterwards what they are, so that nothing falls between.
    async fn take_seats(&mut self) -> Result<(), Error> {
        let server = self.server;
        let session = server.env.store.session(self.connection.session(), server.env.clock.now()).await?;
        session.ok_or(Error::Unauthenticated)?;
        for seat in self.read_seats().await? {
            server.hub.watch(server.env.bus.as_ref(), &self.connection, seat.room());
            self.seats.insert(seat.room(), seat);
        }
        let ids: Vec<_> = self.seats.keys().copied().collect();
        let unsettled = server.hub.unsettled(&ids);
        if !unsettled.is_empty() {
            for (room, head) in server.env.store.heads(&unsettled).await? {
                server.hub.settle(room, head);
            }
        }
        let still: HashMap<_, _> = self.read_seats().await?.into_iter().map(|seat| (seat.room(), seat)).collect();
        for room in ids.into_iter().filter(|room| !still.contains_key(room)) {
            self.leave_room(room);
        }
        Ok(())
    }

    async fn read_seats(&mut self) -> Result<Vec<Seat>, Error> {
        let env = &self.server.env;
        let user = self.connection.user();
        match self.connection.only() {
            None => access::seats(env, user).await,
            Some(room) => match access::seat(env, user, room).await {
                Ok(seat) => Ok(vec![seat]),
                Err(Error::NotFound) => Ok(Vec::new()),
                Err(error) => Err(error),
            },
        }
    }

    pub(super) fn leave_room(&mut self, room: RoomId) {
        self.seats.remove(&room);
        self.server.hub.unwatch(self.server.env.bus.as_ref(), &self.connection, room);
    }

    async fn hear(
        &mut self,
        socket: &mut impl Socket,
        heard: Option<Result<Message, axum::Error>>,
    ) -> ControlFlow<End> {
        let message = match heard {
            None => return ControlFlow::Break(None),
            Some(Ok(Message::Close(_))) => {
                // Sends the answer to it, which waits for the next write.
                let _ = timeout(FAREWELL, socket.flush()).await;
                return ControlFlow::Break(None);
            }
            Some(Err(error)) => return ControlFlow::Break(codes::of(error)),
            Some(Ok(message)) => message,
        };
        self.connection.heard();
        if !self.bucket.take() {
            return ControlFlow::Break(Some(close::TOO_FAST));
        }
        match message {
            Message::Text(text) => self.command(socket, &text).await,
            Message::Binary(_) => ControlFlow::Break(Some(close::UNSUPPORTED)),
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => ControlFlow::Continue(()),
        }
    }

    async fn command(&mut self, socket: &mut impl Socket, text: &Utf8Bytes) -> ControlFlow<End> {
        match Request::parse(text) {
            Ok(request) => self.obey(socket, request).await,
            Err((id, error)) => self.write(socket, &Frame { id, event: Event::Error(error) }).await,
        }
    }

    async fn tell(&mut self, socket: &mut impl Socket, out: Out) -> ControlFlow<End> {
        match out {
            Out::Frame(text) => self.send(socket, Message::Text(text)).await,
            Out::Ping => self.send(socket, Message::Ping(Default::default())).await,
            Out::Close(code) => ControlFlow::Break(Some(code)),
            Out::Joined(room) => self.joined(socket, room).await,
            Out::Gone(room) => self.gone(socket, room).await,
        }
    }

    /// The person has left a room, unless they are back already.
    async fn gone(&mut self, socket: &mut impl Socket, room: RoomId) -> ControlFlow<End> {
        self.seats.remove(&room);
        if self.seat(room).await.is_ok() {
            return self.joined(socket, room).await;
        }
        if self.connection.only().is_some() {
            return ControlFlow::Break(Some(close::ROOM_GONE));
        }
        self.write(socket, &Event::RoomGone { room }.into()).await
    }

    /// Answers what is being stored before the server goes.
    async fn finish(&mut self, socket: &mut impl Socket) {
        let answers = async {
            while let Some(answer) = self.posts.next().await {
                socket.send(Message::Text(answer.into())).await?;
            }
            Ok::<_, axum::Error>(())
        };
        // Whoever does not read in this time asks again with the same client_id.
        let _ = timeout(FAREWELL, answers).await;
    }

    pub(super) async fn write(&mut self, socket: &mut impl Socket, frame: &Frame) -> ControlFlow<End> {
        self.send(socket, Message::Text(frame.encode().into())).await
    }

    /// Writes one message, unless the connection is to be closed meanwhile.
    async fn send(&mut self, socket: &mut impl Socket, message: Message) -> ControlFlow<End> {
        tokio::select! {
            sent = socket.send(message) => if sent.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(None) },
            code = self.connection.closed() => ControlFlow::Break(Some(code)),
        }
    }
}

async fn farewell(socket: &mut impl Socket, code: u16) {
    let reason = match code {
        close::RESTART => "come back in a moment and resume",
        close::LOGGED_OUT => "the session has ended; log in again",
        close::ROOM_GONE => "this room is no longer yours",
        close::TOO_FAST => "too many commands; wait, then resume",
        close::TOO_SLOW => "too slow; reconnect and resume",
        close::TOO_MANY => "too many sockets; close one",
        close::SILENT => "nothing was heard; reconnect and resume",
        close::TOO_LARGE => "a frame holds 64 KiB at most",
        close::UNSUPPORTED => "send text frames",
        _ => "",
    };
    let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
    let goodbye = async {
        socket.send(Message::Close(Some(frame))).await?;
        // The peer's own close frame ends the exchange (RFC 6455, 7.1.1); leaving at once could cut ours off.
        while let Some(Ok(_)) = socket.next().await {}
        Ok::<_, axum::Error>(())
    };
    let _ = timeout(FAREWELL, goodbye).await;
}
