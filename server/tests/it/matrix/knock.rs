use super::cast::{Cast, SECRET, Visitor};
use super::commands::{self, Socket, outcome};
use crate::live::support::{Answer, Browser, Server, forms, is_guarded};
use protocol::RoomId;
use reqwest::Method;
use std::fmt;

/// A row of the matrix, read.
pub enum Row {
    /// A page, a file, or what only answers.
    Get(String),
    Form(String),
    Upgrade(String),
    Command(Socket, String, String),
}

impl Row {
    pub fn named(name: &str, server: &Server) -> Self {
        if let Some((socket, command)) = commands::read(name) {
            return Self::Command(socket, command, name.to_owned());
        }
        let is_known = server.doors().iter().any(|door| door.to_string() == name);
        match name.split_once(' ') {
            _ if !is_known => panic!("matrix.md: the server has no door {name}"),
            Some(("GET", path)) if path.starts_with("/ws") => Self::Upgrade(path.to_owned()),
            Some(("GET", path)) => Self::Get(path.to_owned()),
            Some(("POST", path)) if path.starts_with("/form/") => Self::Form(path["/form/".len()..].to_owned()),
            _ => panic!("say in server/tests/it/matrix/knock.rs how one knocks at {name}"),
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Get(path) | Self::Upgrade(path) => write!(f, "GET {path}"),
            Self::Form(form) => write!(f, "POST /form/{form}"),
            Self::Command(_, _, name) => f.write_str(name),
        }
    }
}

/// What becomes of this visitor at this door.
pub async fn knock(cast: &Cast, visitor: &Visitor, row: &Row) -> String {
    match row {
        Row::Get(path) => {
            let path = filled(path, cast.room, visitor).await;
            told(visitor, &path, &visitor.get(&path).await)
        }
        Row::Upgrade(path) => match visitor.upgrade(&filled(path, cast.room, visitor).await).await {
            Ok(_) => "101".to_owned(),
            Err(status) => status.to_string(),
        },
        Row::Form(form) => submit(cast, visitor, form, cast.room_for(visitor).await).await,
        Row::Command(socket, name, _) => outcome(cast, visitor, *socket, name, cast.room_for(visitor).await).await,
    }
}

async fn submit(cast: &Cast, visitor: &Visitor, form: &str, room: RoomId) -> String {
    let before = cast.state(room).await;
    let browser = match visitor {
        // These end the session that asks.
        Visitor::Known { person, .. } if ["login", "logout", "register"].contains(&form) => {
            (*cast.server.again(person).await).clone()
        }
        visitor => visitor.copy(),
    };
    let all = forms(room, &cast.friend);
    let fields = match all.into_iter().find(|(name, _)| *name == form) {
        Some((_, fields)) => fields,
        None if form == "{endpoint}" => Vec::new(),
        None => panic!("say in server/tests/it/live/support/forms.rs with which fields {form} succeeds"),
    };
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = browser.form(form, &fields).await;
    if !matches!(visitor, Visitor::Known { is_member: true, .. }) {
        assert_eq!(cast.state(room).await, before, "{form}: somebody outside has changed the room");
    }
    told(visitor, form, &answer)
}

/// The answer in a word, once it has been seen to tell nobody what is not theirs.
fn told(visitor: &Visitor, what: &str, answer: &Answer) -> String {
    is_guarded(what, answer);
    let is_member = matches!(visitor, Visitor::Known { is_member: true, .. });
    assert!(is_member || !answer.body.contains(SECRET), "{what}: the room's words are shown to somebody outside");
    match answer.location().split('?').next() {
        Some("/login") => format!("{} /login", answer.status),
        _ => answer.status.to_string(),
    }
}

/// The path with what stands for something in it.
async fn filled(path: &str, room: RoomId, visitor: &Browser) -> String {
    let path = path.replace("{room}", &room.to_string()).replace("{endpoint}", "login").replace("{*}", "nowhere");
    if path != "/assets/{name}" {
        return path;
    }
    let login = visitor.answer(visitor.request(Method::GET, "/nowhere")).await.body;
    let (_, rest) = login.split_once("/assets/").expect("a page that needs a style");
    format!("/assets/{}", rest.split('"').next().unwrap_or_default())
}
