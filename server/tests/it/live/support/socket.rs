use super::{Person, client_id, text, within};
use futures::{SinkExt, StreamExt};
use protocol::{ClientId, Command, Epoch, Event, Frame, Message as Said, Need, Request, Rev, RoomId, What, Workspace};
use rustls::ClientConfig;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite::{Error, Message, client::IntoClientRequest, http::HeaderMap, http::HeaderName};
use tokio_tungstenite::{WebSocketStream, client_async};
use tokio_util::either::Either;

/// A client of the socket, with the reducer that browsers have.
pub struct Socket {
    line: WebSocketStream<Either<TcpStream, TlsStream<TcpStream>>>,
    asked: u64,
    /// Heard, and not yet asked about.
    inbox: VecDeque<Frame>,
    /// Everything heard, in order.
    pub log: Vec<Frame>,
    pub state: Workspace,
    pub epoch: Option<Epoch>,
    /// How often a change did not follow the one before.
    pub gaps: usize,
    /// The code in the server's close frame, once it came.
    pub code: Option<u16>,
    /// The words beside it.
    pub reason: String,
    /// The headers of the answer that opened it.
    pub headers: HeaderMap,
}

pub fn hello(epoch: Option<Epoch>, state: &Workspace) -> Command {
    Command::Hello { epoch, rooms: state.known() }
}

impl Socket {
    /// Opens a line with these headers; the answer's status when it is refused.
    pub async fn open(addr: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Result<Self, u16> {
        let tcp = TcpStream::connect(addr).await.map_err(|_| 0_u16)?;
        Self::over(tcp, path, headers).await
    }

    /// The same by https.
    pub async fn encrypted(
        addr: SocketAddr,
        tls: Arc<ClientConfig>,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<Self, u16> {
        let tcp = TcpStream::connect(addr).await.map_err(|_| 0_u16)?;
        tcp.set_nodelay(true).unwrap();
        let line = TlsConnector::from(tls).connect(addr.ip().into(), tcp).await.map_err(|_| 0_u16)?;
        Self::handshake(Either::Right(line), &format!("wss://{addr}{path}"), headers).await
    }

    /// Opens a line whose own buffer is small, for whoever does not mean to read.
    pub async fn narrow(person: &Person) -> Self {
        let tcp = TcpSocket::new_v4().unwrap();
        tcp.set_recv_buffer_size(4096).unwrap();
        let tcp = tcp.connect(person.addr()).await.unwrap();
        Self::over(tcp, "/ws", &[("cookie", &person.cookie()), ("origin", &person.origin())]).await.unwrap()
    }

    async fn over(tcp: TcpStream, path: &str, headers: &[(&str, &str)]) -> Result<Self, u16> {
        tcp.set_nodelay(true).unwrap();
        let url = format!("ws://{}{path}", tcp.peer_addr().map_err(|_| 0_u16)?);
        Self::handshake(Either::Left(tcp), &url, headers).await
    }

    async fn handshake(
        line: Either<TcpStream, TlsStream<TcpStream>>,
        url: &str,
        headers: &[(&str, &str)],
    ) -> Result<Self, u16> {
        let mut request = url.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        let (line, headers) = match within("an upgrade", client_async(request, line)).await {
            Ok((line, answer)) => (line, answer.headers().clone()),
            Err(Error::Http(answer)) => return Err(answer.status().as_u16()),
            Err(_) => return Err(0),
        };
        let state = Workspace::new(1.try_into().unwrap(), Vec::new());
        let (inbox, log) = (VecDeque::new(), Vec::new());
        let (epoch, code, reason) = (None, None, String::new());
        Ok(Self { line, asked: 0, inbox, log, state, epoch, gaps: 0, code, reason, headers })
    }

    pub async fn is_welcomed(&mut self) {
        match self.hears(|event| matches!(event, Event::Welcome { .. })).await {
            Event::Welcome { user, epoch, .. } => {
                self.state.me = user;
                self.epoch = Some(epoch);
            }
            other => panic!("{other:?}"),
        }
    }

    /// Says how far it knows the rooms, and hears the rest.
    pub async fn catches_up(&mut self, epoch: Option<Epoch>) {
        let answer = self.ask(hello(epoch, &self.state)).await;
        assert_eq!(answer, Event::Ready);
        // What was live before the catch-up may have been too new.
        self.gaps = 0;
    }

    /// Sends a command; the id that its answer will carry.
    pub async fn send(&mut self, command: Command) -> u64 {
        self.asked += 1;
        let request = Request { id: Some(self.asked), command };
        self.raw(Message::text(serde_json::to_string(&request).unwrap())).await;
        self.asked
    }

    /// Sends a frame as it is; a line that has been closed meanwhile takes nothing.
    pub async fn raw(&mut self, message: Message) {
        let _ = within("a send", self.line.send(message)).await;
    }

    /// Sends a command and hears its answer.
    pub async fn ask(&mut self, command: Command) -> Event {
        let id = self.send(command).await;
        self.answer(id).await
    }

    pub async fn answer(&mut self, id: u64) -> Event {
        self.find(|frame| frame.id == Some(id)).await.event
    }

    /// Sends a text frame as it is and hears the answer to request 7, or to none.
    pub async fn ask_raw(&mut self, frame: &str) -> Event {
        self.raw(Message::text(frame)).await;
        self.find(|frame| frame.id == Some(7) || matches!(frame.event, Event::Error(_))).await.event
    }

    /// Posts a message and hears its acknowledgement, or a refusal.
    pub async fn says(&mut self, room: RoomId, words: &str) -> Event {
        self.says_as(room, client_id(), words).await
    }

    pub async fn says_as(&mut self, room: RoomId, client_id: ClientId, words: &str) -> Event {
        self.ask(Command::NewMessage { room, client_id, text: text(words) }).await
    }

    /// The newest messages of a room.
    pub async fn fetches(&mut self, room: RoomId) -> Event {
        self.ask(Command::FetchMessages { room, before: None, after: None, around: None, limit: Some(100) }).await
    }

    /// The first event of which `is_it` holds and which has not been asked about.
    pub async fn hears(&mut self, is_it: impl Fn(&Event) -> bool) -> Event {
        self.find(|frame| is_it(&frame.event)).await.event
    }

    /// The message with these words.
    pub async fn hears_words(&mut self, words: &str) -> Said {
        match self.hears(|event| said(event).is_some_and(|message| message.text.as_str() == words)).await {
            Event::Change(change) => match change.what {
                What::Message(message) => message,
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    }

    /// Listens until it knows the room up to `rev`.
    pub async fn reaches(&mut self, room: RoomId, rev: Rev) {
        within("a revision", async {
            while self.state.room(room).is_none_or(|timeline| timeline.room.rev < rev) {
                self.listen().await.expect("an open socket");
            }
        })
        .await;
    }

    /// Listens to the end; the code of the close frame, if there was one.
    pub async fn ends(&mut self) -> Option<u16> {
        within("the end of a socket", async { while self.listen().await.is_some() {} }).await;
        self.code
    }

    /// The messages of a room that it heard live, in order.
    pub fn heard(&self, room: RoomId) -> impl Iterator<Item = (Rev, &Said)> {
        let change = move |frame| match frame {
            &Frame { event: Event::Change(ref change), .. } if change.room == room => Some(change),
            _ => None,
        };
        self.log.iter().filter_map(change).filter_map(|change| match &change.what {
            What::Message(message) => Some((change.rev, message)),
            _ => None,
        })
    }

    async fn find(&mut self, is_it: impl Fn(&Frame) -> bool) -> Frame {
        if let Some(at) = self.inbox.iter().position(&is_it) {
            return self.inbox.remove(at).unwrap();
        }
        within("an event", async {
            loop {
                if self.listen().await.is_none() {
                    panic!("the socket ended ({:?})", self.code);
                }
                if self.inbox.back().is_some_and(&is_it) {
                    return self.inbox.pop_back().unwrap();
                }
            }
        })
        .await
    }

    /// Takes the next frame; `None` at the end.
    pub async fn listen(&mut self) -> Option<&Frame> {
        loop {
            match self.line.next().await? {
                Ok(Message::Text(text)) => {
                    let frame: Frame = serde_json::from_str(&text).unwrap();
                    self.gaps += usize::from(self.state.apply(&frame.event).need == Need::Resume);
                    self.log.push(frame.clone());
                    self.inbox.push_back(frame);
                    return self.inbox.back();
                }
                Ok(Message::Close(Some(close))) => {
                    (self.code, self.reason) = (Some(close.code.into()), close.reason.to_string());
                }
                Ok(Message::Close(None)) => {}
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    }
}

fn said(event: &Event) -> Option<&Said> {
    match event {
        Event::Change(change) => match &change.what {
            What::Message(message) => Some(message),
            _ => None,
        },
        _ => None,
    }
}
