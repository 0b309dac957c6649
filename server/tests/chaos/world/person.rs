use super::client::{Client, Start};
use super::line::Line;
use super::link::Link;
use crate::seed::Seed;
use protocol::{RoomId, UserId};
use reqwest::{Response, redirect};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::sync::watch;

/// Maximum number of times that a form is sent while the server asks to come again.
const TRIES: usize = 10;

/// An account, logged in.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: UserId,
    pub username: String,
    pub cookie: String,
}

impl Person {
    pub const PASSWORD: &str = "correct horse battery";

    /// Makes an account. Ids are given in the order of registration, but people may come at once: the socket tells.
    pub async fn registers(at: SocketAddr, username: &str) -> Self {
        let email = format!("{username}@example.org");
        let fields = [
            ("username", username),
            ("display_name", username),
            ("email", &email),
            ("password", Self::PASSWORD),
            ("page", "/register"),
        ];
        let answer = form_with_password(at, "register", &fields).await;
        assert_eq!(answer.status(), 303, "{username} could not register");
        let cookie = cookie_of(&answer);
        let id = Line::open(at, &cookie, "/ws").await.expect("a socket").user;
        Self { id, username: username.to_owned(), cookie }
    }

    /// Logs in once more, as on another device; the cookie of that session.
    pub async fn logs_in(&self, at: SocketAddr) -> String {
        let fields = [("login", self.username.as_str()), ("password", Self::PASSWORD), ("page", "/login")];
        let answer = form_with_password(at, "login", &fields).await;
        assert_eq!(answer.status(), 303, "{} could not log in", self.username);
        cookie_of(&answer)
    }

    /// Makes a group with these people.
    pub async fn makes_room(&self, at: SocketAddr, people: &[UserId]) -> RoomId {
        let ids: Vec<_> = people.iter().map(ToString::to_string).collect();
        let mut fields = vec![("room_name", "Kitchen"), ("page", "/rooms/new")];
        fields.extend(ids.iter().map(|id| ("members[]", id.as_str())));
        let answer = form(at, &self.cookie, "create_room", &fields).await;
        assert_eq!(answer.status(), 303, "the room could not be made");
        let location = answer.headers()["location"].to_str().expect("ASCII");
        location.trim_start_matches("/rooms/").parse().expect("the room's number")
    }

    /// A device of theirs with a line of its own.
    pub async fn device(
        &self,
        nodes: Vec<watch::Receiver<Option<SocketAddr>>>,
        seed: Seed,
        number: usize,
        acks: watch::Sender<usize>,
    ) -> Client {
        let link = Link::to(nodes).await;
        let dice = seed.dice(("client", &self.username, number));
        Client::start(Start { name: format!("{}/{number}", self.username), person: self.clone(), link, dice, acks })
    }
}

fn cookie_of(answer: &Response) -> String {
    let mut cookies = answer.headers().get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    let cookie = cookies.find(|cookie| cookie.starts_with("natter=")).expect("the cookie of a session");
    cookie.split(';').next().expect("a cookie has a value").to_owned()
}

/// Posts a form as our own page would.
pub async fn form(at: SocketAddr, cookie: &str, endpoint: &str, fields: &[(&str, &str)]) -> Response {
    let body: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = http()
        .post(format!("http://{at}/form/{endpoint}"))
        .header("origin", format!("http://{at}"))
        .header("connection", "close")
        .header("cookie", cookie)
        .header("accept", "text/html,*/*;q=0.8")
        .header("content-type", "application/x-www-form-urlencoded");
    request.body(body).send().await.expect("an answer")
}

/// A form whose password is hashed: a machine that has too many of these to do says when to come again.
async fn form_with_password(at: SocketAddr, endpoint: &str, fields: &[(&str, &str)]) -> Response {
    for _ in 1..TRIES {
        let answer = form(at, "", endpoint, fields).await;
        let seconds = answer.headers().get("retry-after").and_then(|seconds| seconds.to_str().ok()?.parse().ok());
        match seconds.filter(|_| answer.status() == 503) {
            Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
            None => return answer,
        }
    }
    form(at, "", endpoint, fields).await
}

/// The status of a page.
pub async fn page(at: SocketAddr, cookie: &str, path: &str) -> u16 {
    let request = http().get(format!("http://{at}{path}")).header("cookie", cookie).header("connection", "close");
    request.send().await.expect("an answer").status().as_u16()
}

fn http() -> reqwest::Client {
    let http = reqwest::Client::builder().redirect(redirect::Policy::none()).no_proxy();
    http.timeout(Duration::from_secs(30)).build().expect("a client")
}
