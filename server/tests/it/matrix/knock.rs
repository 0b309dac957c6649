use super::calls::call;
use super::cast::{Cast, Group};
use super::commands::{self, Socket, outcome};
use super::visitor::{Guest, Visitor};
use crate::live::support::{Answer, Browser, Server, Subjects, forms, is_guarded};
use reqwest::Method;
use std::fmt;

/// A row of the matrix, read.
pub enum Row {
    /// A page, a file, or what only answers.
    Get(String),
    Call(Method, String),
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
            Some((method, path)) if path.starts_with("/api/") => Self::Call(method.parse().unwrap(), path.to_owned()),
            Some(("GET", path)) if path.starts_with("/ws") => Self::Upgrade(path.to_owned()),
            Some(("GET", path)) => Self::Get(path.to_owned()),
            Some(("POST", path)) if path.starts_with("/form/") => Self::Form(path["/form/".len()..].to_owned()),
            _ => panic!("say in server/tests/it/matrix/knock.rs how one knocks at {name}"),
        }
    }

    /// Programs come by token to the API and to sockets; pages and forms know cookies only.
    pub fn is_for_programs(name: &str) -> bool {
        name.contains(" /api/") || name.contains("/ws")
    }

    /// A ticket opens sockets and nothing else.
    pub fn is_for_tickets(name: &str) -> bool {
        name.contains("/ws")
    }

    pub fn changes_the_room(&self) -> bool {
        match self {
            Self::Get(_) | Self::Upgrade(_) => false,
            Self::Call(method, path) => method != Method::GET && (path.contains("{room}") || self.is_a_hook()),
            Self::Form(_) | Self::Command(..) => true,
        }
    }

    pub fn ends_the_log_in(&self) -> bool {
        match self {
            Self::Call(method, path) => method == Method::DELETE && path == "/api/v1/sessions/current",
            Self::Form(form) => ["login", "logout", "register"].contains(&form.as_str()),
            Self::Get(_) | Self::Upgrade(_) | Self::Command(..) => false,
        }
    }

    /// What administrators may do to a room without being in it.
    pub fn is_for_administrators(&self) -> bool {
        matches!(self, Self::Form(form) if form == "delete_group")
    }

    /// Whose link alone lets people in.
    pub fn is_by_a_link(&self) -> bool {
        matches!(self, Self::Form(form) if form == "reset_password")
    }

    /// Whose address alone lets people in.
    pub fn is_a_hook(&self) -> bool {
        matches!(self, Self::Call(_, path) if path.starts_with("/api/hooks/"))
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Get(path) | Self::Upgrade(path) => write!(f, "GET {path}"),
            Self::Call(method, path) => write!(f, "{method} {path}"),
            Self::Form(form) => write!(f, "POST /form/{form}"),
            Self::Command(_, _, name) => f.write_str(name),
        }
    }
}

/// What becomes of this visitor at this door.
pub async fn knock(cast: &Cast, group: &Group, visitor: &Visitor, row: &Row) -> String {
    let mut guest = visitor.comes(cast, group, row).await;
    guest.browser = cast.ground.leads(guest.browser);
    match row {
        Row::Get(path) => {
            let path = filled(path, cast, &guest).await;
            let answer = cast.drawing(&row.to_string(), guest.browser.get(&path)).await;
            told(&guest, &path, &answer)
        }
        Row::Upgrade(path) => {
            let path = filled(path, cast, &guest).await;
            match cast.drawing(&row.to_string(), guest.browser.upgrade(&path)).await {
                Ok(_) => "101".to_owned(),
                Err(status) => status.to_string(),
            }
        }
        Row::Form(form) => submit(cast, &guest, row, form).await,
        Row::Call(method, path) => {
            let answer = call(cast, &guest, row, (method, path)).await;
            told(&guest, path, &answer)
        }
        Row::Command(socket, name, row) => outcome(cast, &guest, (*socket, name), row).await,
    }
}

async fn submit(cast: &Cast, guest: &Guest<'_>, row: &Row, form: &str) -> String {
    let belongings = cast.belongings_of(guest.member).await;
    let link = if row.is_by_a_link() { Some(cast.link().await) } else { None };
    let before = guest.before(cast).await;
    let all =
        forms(Subjects { room: guest.room, other: &cast.friend, subject: &cast.subject, belongings: &belongings });
    let fields = match all.into_iter().find(|(name, _)| *name == form) {
        Some((_, fields)) => fields,
        None if form == "{endpoint}" => Vec::new(),
        None => panic!("say in server/tests/it/live/support/forms.rs with which fields {form} succeeds"),
    };
    let known = |name: &str| link.as_deref().filter(|_| name == "secret");
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, known(name).unwrap_or(value))).collect();
    let answer = cast.drawing(&row.to_string(), guest.browser.form(form, &fields)).await;
    guest.is_harmless(cast, row, before).await;
    told(guest, form, &answer)
}

/// The answer in a word, once it has been seen to tell nobody what is not theirs.
fn told(guest: &Guest<'_>, what: &str, answer: &Answer) -> String {
    is_guarded(what, answer);
    guest.is_told(what, &answer.body);
    match answer.location().split('?').next() {
        // After a log-in it leads on, by way of that page where no cookie was sent.
        Some("/login") if !answer.location().ends_with("done=in") => format!("{} /login", answer.status),
        _ => answer.status.to_string(),
    }
}

/// The path with what stands for something in it.
async fn filled(path: &str, cast: &Cast, guest: &Guest<'_>) -> String {
    let rooms = path.replace("{room}", &guest.room.to_string());
    let people = rooms.replace("{user}", &guest.member.id.to_string());
    let path = people.replace("{endpoint}", "login").replace("{*}", "nowhere");
    if path.contains("{bot}") {
        return path.replace("{bot}", &cast.belongings_of(guest.member).await.bot.to_string());
    }
    if path == "/assets/{name}" { style(&guest.browser).await } else { path }
}

/// A file that a page needs.
async fn style(browser: &Browser) -> String {
    let page = browser.get("/nowhere").await.body;
    let (_, rest) = page.split_once("/assets/").expect("a page that needs a style");
    format!("/assets/{}", rest.split('"').next().unwrap_or_default())
}
