use futures::{SinkExt, StreamExt};
use protocol::{Command, Epoch, Event, Frame, Message as Said, No, Request, RoomId, UserId};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// As long as anything may take on a line that works.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// An open socket that has been welcomed.
pub struct Line {
    socket: WebSocketStream<TcpStream>,
    /// The code in the server's close frame, once it came.
    code: Option<u16>,
    /// Reads as a client does that does not know one of the kinds of changes.
    pub is_older: bool,
    pub user: UserId,
    pub epoch: Epoch,
}

/// What came over a line.
pub enum Heard {
    Frame(Box<Frame>),
    /// The end, with the server's code if it gave one.
    End(Option<u16>),
}

/// Why there is no line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The answer's status.
    Refused(u16),
    /// Closed with this code before a welcome.
    Code(u16),
    Lost,
}

impl Line {
    pub async fn open(at: SocketAddr, cookie: &str, path: &str) -> Result<Self, Closed> {
        let tcp = TcpStream::connect(at).await.map_err(|_| Closed::Lost)?;
        Self::over(tcp, at, cookie, path).await
    }

    async fn over(tcp: TcpStream, at: SocketAddr, cookie: &str, path: &str) -> Result<Self, Closed> {
        let _ = tcp.set_nodelay(true);
        let mut request = format!("ws://{at}{path}").into_client_request().expect("an address");
        let headers = request.headers_mut();
        headers.insert("cookie", cookie.parse().expect("ASCII"));
        headers.insert("origin", format!("http://{at}").parse().expect("ASCII"));
        let mut socket = match timeout(PATIENCE, client_async(request, tcp)).await {
            Ok(Ok((socket, _))) => socket,
            Ok(Err(Error::Http(answer))) => return Err(Closed::Refused(answer.status().as_u16())),
            _ => return Err(Closed::Lost),
        };
        match timeout(PATIENCE, socket.next()).await {
            Ok(Some(Ok(Message::Text(text)))) => match Frame::parse(&text).expect("a frame").event {
                Event::Welcome { user, epoch, .. } => Ok(Self { socket, code: None, is_older: false, user, epoch }),
                other => panic!("a socket that does not begin with a welcome: {other:?}"),
            },
            Ok(Some(Ok(Message::Close(Some(close))))) => Err(Closed::Code(close.code.into())),
            _ => Err(Closed::Lost),
        }
    }

    /// A line with a small buffer of its own, for whoever does not mean to read.
    pub async fn narrow(at: SocketAddr, cookie: &str) -> Result<Self, Closed> {
        let socket = TcpSocket::new_v4().map_err(|_| Closed::Lost)?;
        socket.set_recv_buffer_size(4096).map_err(|_| Closed::Lost)?;
        let tcp = socket.connect(at).await.map_err(|_| Closed::Lost)?;
        Self::over(tcp, at, cookie, "/ws").await
    }

    /// Says hello as somebody who knows nothing yet, and hears all rooms.
    pub async fn greets(&mut self) {
        let hello = Command::Hello { epoch: None, rooms: Vec::new() };
        assert_eq!(self.asks(1, hello).await, Some(Event::Ready), "a greeting is answered");
    }

    /// Sends a command; false when the line is gone.
    pub async fn send(&mut self, id: u64, command: Command) -> bool {
        let request = serde_json::to_string(&Request { id: Some(id), command }).expect("a command is JSON");
        self.send_raw(Message::text(request)).await
    }

    pub async fn send_raw(&mut self, message: Message) -> bool {
        matches!(timeout(PATIENCE, self.socket.send(message)).await, Ok(Ok(())))
    }

    /// Puts a command into the line's own buffer; [`Line::flush`] sends it on.
    pub async fn feed(&mut self, id: u64, command: Command) -> bool {
        let request = serde_json::to_string(&Request { id: Some(id), command }).expect("a command is JSON");
        matches!(timeout(PATIENCE, self.socket.feed(Message::text(request))).await, Ok(Ok(())))
    }

    pub async fn flush(&mut self) -> bool {
        matches!(timeout(PATIENCE, self.socket.flush()).await, Ok(Ok(())))
    }

    pub fn code(&self) -> Option<u16> {
        self.code
    }

    /// The next frame, or the end. Cancel safe.
    pub async fn hears(&mut self) -> Heard {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    // For that client it is a word as any other.
                    let unknown = self.is_older.then(|| text.replace("\"room_changed\"", "\"painted\""));
                    let text = unknown.as_deref().unwrap_or(text.as_str());
                    let frame = Frame::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"));
                    return Heard::Frame(Box::new(frame));
                }
                Some(Ok(Message::Close(close))) => self.code = close.map(|close| close.code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Heard::End(self.code),
            }
        }
    }

    /// The next event, whatever it answers; `None` at the end.
    pub async fn next(&mut self) -> Option<Event> {
        match timeout(PATIENCE, self.hears()).await {
            Ok(Heard::Frame(frame)) => Some(frame.event),
            _ => None,
        }
    }

    /// Asks, and hears the answer; what comes between is passed over.
    pub async fn asks(&mut self, id: u64, command: Command) -> Option<Event> {
        self.send(id, command).await;
        let answer = async {
            loop {
                match self.hears().await {
                    Heard::Frame(frame) if frame.id == Some(id) => return Some(frame.event),
                    Heard::Frame(_) => {}
                    Heard::End(_) => return None,
                }
            }
        };
        timeout(PATIENCE, answer).await.ok().flatten()
    }

    /// Everything that was ever said in a room, page by page.
    pub async fn reads(&mut self, room: RoomId) -> Option<Vec<Said>> {
        let mut said: Vec<Said> = Vec::new();
        loop {
            let after = Some(said.last().map_or(No::ZERO, |message| message.no));
            let page =
                Command::FetchMessages { room, before: None, after, around: None, limit: Some(Request::PAGE_MAX) };
            let Some(Event::Messages { slice, .. }) = self.asks(1, page).await else { return None };
            said.extend(slice.messages);
            if !slice.later {
                return Some(said);
            }
        }
    }
}
