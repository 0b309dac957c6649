use anyhow::{Context, Result, bail};
use futures::{SinkExt, StreamExt};
use protocol::{Command, Event, Frame, Request, RoomId, UserId};
use reqwest::header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Client, redirect};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Somebody who is logged in.
pub struct Person {
    origin: String,
    cookie: String,
}

impl Person {
    pub async fn register(origin: &str, username: &str) -> Result<Self> {
        let email = format!("{username}@bench.example");
        let fields = [("username", username), ("display_name", username), ("email", &email), ("password", "benchmark")];
        let answer = post(origin, "register", None, &fields).await?;
        let cookie = answer.headers().get(SET_COOKIE).context("no cookie came with the account")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(Self { origin: origin.to_owned(), cookie })
    }

    /// The direct room with somebody.
    pub async fn direct_room(&self, other: UserId) -> Result<RoomId> {
        let answer = post(&self.origin, "open_direct", Some(&self.cookie), &[("user", &other.to_string())]).await?;
        let place = answer.headers().get(LOCATION).context("no room was opened")?.to_str()?;
        let room = place.rsplit('/').next().and_then(|id| id.parse().ok());
        room.with_context(|| format!("{place} is no room"))
    }

    pub async fn socket(&self) -> Result<Socket> {
        let mut request = format!("{}/ws", self.origin.replace("http", "ws")).into_client_request()?;
        request.headers_mut().insert("cookie", self.cookie.parse()?);
        request.headers_mut().insert("origin", self.origin.parse()?);
        let (mut stream, _) = connect_async(request).await?;
        let Event::Welcome { user, .. } = next(&mut stream).await?.event else { bail!("no welcome") };
        Ok(Socket { stream, user })
    }
}

async fn post(origin: &str, form: &str, cookie: Option<&str>, fields: &[(&str, &str)]) -> Result<reqwest::Response> {
    let client = Client::builder().redirect(redirect::Policy::none()).build()?;
    let mut request = client.post(format!("{origin}/form/{form}")).header(ORIGIN, origin).form(fields);
    if let Some(cookie) = cookie {
        request = request.header(COOKIE, cookie);
    }
    let answer = request.send().await?;
    if !answer.status().is_redirection() {
        bail!("{form} was answered with {}", answer.status());
    }
    Ok(answer)
}

/// An open socket.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub user: UserId,
}

impl Socket {
    pub async fn ask(&mut self, command: Command) -> Result<()> {
        let request = Request { id: Some(1), command };
        Ok(self.stream.send(Message::text(serde_json::to_string(&request)?)).await?)
    }

    pub async fn next(&mut self) -> Result<Frame> {
        next(&mut self.stream).await
    }
}

async fn next(stream: &mut WebSocketStream<MaybeTlsStream<TcpStream>>) -> Result<Frame> {
    loop {
        match stream.next().await.context("the socket was closed")?? {
            Message::Text(text) => return Ok(serde_json::from_str(&text)?),
            Message::Close(reason) => bail!("the socket was closed: {reason:?}"),
            _ => {}
        }
    }
}
