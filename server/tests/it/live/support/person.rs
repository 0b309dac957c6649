use super::{Browser, Socket, client_id, page};
use protocol::{RoomId, UserId, Workspace};
use std::ops::Deref;

/// Somebody who is logged in.
#[derive(Clone)]
pub struct Person {
    browser: Browser,
    pub id: UserId,
    pub username: String,
}

impl Deref for Person {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        &self.browser
    }
}

impl Person {
    pub const PASSWORD: &str = "correct horse battery";

    pub async fn arrived(browser: Browser, username: &str) -> Self {
        let id = page::workspace(&browser.get("/rooms").await).me;
        Self { browser, id, username: username.to_owned() }
    }

    /// The same person, in another browser or by a program.
    pub fn by(&self, browser: Browser) -> Self {
        Self { browser, ..self.clone() }
    }

    /// Makes a group room with these people.
    pub async fn room_with(&self, people: &[&Self]) -> RoomId {
        let ids: Vec<_> = people.iter().map(|person| person.id.to_string()).collect();
        let mut fields = vec![("room_name", "Kitchen"), ("page", "/rooms/new")];
        fields.extend(ids.iter().map(|id| ("members[]", id.as_str())));
        let answer = self.form("create_room", &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.location().strip_prefix("/rooms/").unwrap().parse().unwrap()
    }

    /// Posts a form that has to succeed.
    pub async fn does(&self, endpoint: &str, fields: &[(&str, &str)]) {
        let answer = self.form(endpoint, fields).await;
        assert_eq!(answer.status, 303, "{endpoint}: {}", answer.body);
    }

    /// Posts a message by the plain form.
    pub async fn posts(&self, room: RoomId, text: &str) {
        let (page, room, id) = (format!("/rooms/{room}"), room.to_string(), client_id().to_string());
        self.does("send_message", &[("room", &room), ("client_id", &id), ("text", text), ("page", &page)]).await;
    }

    pub async fn removes(&self, other: &Self, room: RoomId) {
        self.does("remove_member", &[("room", &room.to_string()), ("user", &other.id.to_string())]).await;
    }

    pub async fn adds(&self, other: &Self, room: RoomId) {
        self.seats(other.id, room).await;
    }

    pub async fn seats(&self, user: UserId, room: RoomId) {
        self.does("add_members", &[("room", &room.to_string()), ("members[]", &user.to_string())]).await;
    }

    /// What the island of the page at `path` shows, once the server has told it the rooms.
    pub async fn sees(&self, path: &str) -> Workspace {
        self.resumes(page::workspace(&self.get(path).await)).await.state
    }

    /// A socket that has been told all rooms.
    pub async fn socket(&self) -> Socket {
        self.socket_at("/ws").await
    }

    pub async fn socket_at(&self, path: &str) -> Socket {
        let mut socket = self.line(path).await;
        socket.catches_up(None).await;
        socket
    }

    /// A socket that has been welcomed, no more.
    pub async fn line(&self, path: &str) -> Socket {
        let mut socket = self.upgrade(path).await.unwrap();
        socket.is_welcomed().await;
        socket
    }

    /// A socket that goes on from what another one knew.
    pub async fn resumes(&self, state: Workspace) -> Socket {
        let mut socket = self.line("/ws").await;
        let epoch = socket.epoch;
        socket.state = state;
        socket.catches_up(epoch).await;
        socket
    }
}
