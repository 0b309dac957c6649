//! What a request brings along.

use super::{FormState, caller};
use axum::http::{header, request::Parts};
use domain::{Address, Env, Error, Seat, access, accounts::Applicant, administration::instance, registration::Asking};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use protocol::{ApiError, Code, DisplayName, Email, Field, Invalid, Password, RoomId, RoomName, UserId, Username};
use std::sync::Arc;

/// Where the browser finds the site's files; absolute paths like `/assets/style-HASH.css`.
#[derive(Clone, Debug)]
pub struct Assets {
    pub style: String,
    /// The module that loads the client and starts it.
    pub boot: String,
    pub client_js: String,
    pub client_wasm: String,
    /// The module that says what a log-out discards.
    pub logout: Option<String>,
    /// The module that copies the text of a field.
    pub copy: Option<String>,
    /// The module that keeps the page above an on-screen keyboard.
    pub viewport: Option<String>,
    pub favicon: String,
    /// The icon for home screens, a square of pixels.
    pub touch_icon: String,
    /// What a browser needs to keep the site like a program.
    pub manifest: String,
    /// A script that loads the page again after a build; in development only.
    pub reload: Option<String>,
}

impl Assets {
    /// Which client the pages load: the hash in the names of its files.
    pub fn build(&self) -> String {
        self.client_js.trim_start_matches("/assets/client-").trim_end_matches(".js").to_owned()
    }
}

/// Where the server is met.
#[derive(Clone, Debug)]
pub struct Site {
    /// The address that browsers use, such as `https://chat.example.org`, where it is configured.
    pub origin: Option<String>,
    /// How it is reached otherwise: `http` or `https`.
    pub scheme: &'static str,
}

/// What this server is called, for the page that is being rendered.
#[derive(Clone, Debug)]
pub struct Called(String);

impl Called {
    /// The product's own name where the server's cannot be read: a page that tells of trouble has a title as well.
    pub async fn now() -> Self {
        // A form that could not reach the database has waited for it already.
        let is_away = use_context::<FormState>().is_some_and(|state| state.error.code == Code::Unavailable);
        let name = if is_away { None } else { instance::name(&env()).await.ok() };
        Self(name.map_or_else(|| "Natter".to_owned(), |name| name.to_string()))
    }

    /// The name on the page around.
    pub fn here() -> String {
        use_context::<Self>().map_or_else(|| "Natter".to_owned(), |Self(name)| name)
    }
}

/// Who is logged in, once that has been asked for the page that is being rendered.
#[derive(Clone, Copy, Debug)]
pub struct Reader(pub UserId);

impl Reader {
    /// Whose log-out the page offers: its script removes what the browser keeps for that person.
    pub fn user() -> String {
        use_context::<Self>().map(|Self(user)| user.to_string()).unwrap_or_default()
    }
}

/// Counts the sockets that are open on this node.
#[derive(Clone)]
pub struct Sockets(pub Arc<dyn Fn() -> usize + Send + Sync>);

impl Sockets {
    pub fn count(&self) -> usize {
        (self.0)()
    }
}

/// What administrators should know about the server's surroundings, a sentence each.
#[derive(Clone)]
pub struct Troubles(pub Arc<dyn Fn() -> Vec<&'static str> + Send + Sync>);

impl Troubles {
    pub fn now(&self) -> Vec<&'static str> {
        (self.0)()
    }
}

/// The ports.
pub fn env() -> Env {
    expect_context()
}

/// Where the request comes from.
pub fn address() -> Address {
    *parts().extensions.get().expect("the server tells it with every request")
}

/// Whether the request comes from this machine, and through no proxy.
#[derive(Clone, Copy, Debug)]
pub struct IsLocal(pub bool);

/// Whether it does, as the server tells with every request.
pub fn is_local() -> bool {
    parts().extensions.get().is_some_and(|IsLocal(is_local)| *is_local)
}

/// The caller's seat in a room.
///
/// # Errors
/// [`Error::Unauthenticated`], [`Error::NotFound`].
pub async fn seat(room: RoomId) -> Result<Seat, Error> {
    access::seat(&env(), caller().await?, room).await
}

/// Reads what somebody entered to create an account.
///
/// # Errors
/// Names every field that breaks its rule.
pub fn applicant(username: &str, display_name: &str, email: &str, password: &str) -> Result<Applicant, ApiError> {
    let fields = (
        Username::parse(username),
        DisplayName::parse(display_name),
        Email::parse(email),
        Password::parse(password, Field::Password),
    );
    match fields {
        (Ok(username), Ok(display_name), Ok(email), Ok(password)) => {
            Ok(Applicant { username, display_name, email, password })
        }
        (username, name, email, password) => {
            let faults = [username.err(), name.err(), email.err(), password.err()];
            Err(ApiError::of_all(faults).expect("one of the four is at fault"))
        }
    }
}

/// How somebody asks for an account; what is empty was not given.
pub fn asking<'a>(invitation: &'a str, setup_code: &'a str) -> Asking<'a> {
    let given = |secret: &'a str| Some(secret).filter(|secret| !secret.is_empty());
    let (invitation, setup_code) = (given(invitation), given(setup_code));
    Asking { from: address(), is_local: is_local(), invitation, setup_code }
}

/// What a form for a new room says: its name and its members.
///
/// # Errors
/// Names every field that breaks its rule.
pub fn new_room<'a>(name: &str, members: &'a [UserId]) -> Result<(RoomName, &'a [UserId]), ApiError> {
    match (RoomName::parse(name), chosen(members)) {
        (Ok(name), Ok(members)) => Ok((name, members)),
        (name, members) => Err(ApiError::of_all([name.err(), members.err()]).expect("one of the two is at fault")),
    }
}

/// What a form for a new bot says: its username and its name.
///
/// # Errors
/// Names every field that breaks its rule.
pub fn new_bot(username: &str, display_name: &str) -> Result<(Username, DisplayName), ApiError> {
    match (Username::parse(username), DisplayName::parse(display_name)) {
        (Ok(username), Ok(name)) => Ok((username, name)),
        (username, name) => Err(ApiError::of_all([username.err(), name.err()]).expect("one of the two is at fault")),
    }
}

/// The page of a new room with a search, and with what was entered already.
pub fn search_for_members(name: &str, members: &[UserId], words: &str) -> String {
    let chosen = members.iter().map(|member| ("members[]", member.to_string()));
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("room_name", name).append_pair("q", words).extend_pairs(chosen);
    format!("/rooms/new?{}", query.finish())
}

/// The people ticked in a form.
///
/// # Errors
/// [`Invalid`] when there is none.
pub fn chosen(people: &[UserId]) -> Result<&[UserId], Invalid> {
    if people.is_empty() { Err(Invalid::new(Field::Members, "Choose at least one person.")) } else { Ok(people) }
}

pub(super) fn parts() -> Parts {
    expect_context()
}

/// The address that a program can use too: the configured one, or the host that was asked.
pub(super) fn site() -> String {
    let host = || parts().headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default().to_owned();
    let Site { origin, scheme } = expect_context();
    origin.unwrap_or_else(|| format!("{scheme}://{}", host()))
}

pub(super) fn response() -> ResponseOptions {
    expect_context()
}

/// The value of the request's cookie of that name.
pub(super) fn cookie(name: &str) -> Option<String> {
    let headers = use_context::<Parts>()?.headers;
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

/// The path and query that were asked for.
pub(super) fn here() -> String {
    parts().uri.path_and_query().map_or_else(|| "/".into(), ToString::to_string)
}

/// The value of a query parameter, trimmed; empty when it is not there.
pub(super) fn query(name: &str) -> String {
    queries(name).first().map(|value| value.trim().to_owned()).unwrap_or_default()
}

/// A secret of a link, without what was put around the link in a text.
pub(super) fn secret(name: &str) -> String {
    query(name).trim_end_matches(|c: char| !c.is_ascii_alphanumeric()).to_owned()
}

/// All values of a query parameter, such as `members[]`.
pub(super) fn queries(name: &str) -> Vec<String> {
    // Not the router's map, which decodes twice (leptos_router 0.8.17).
    let parts = parts();
    let pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    pairs.filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect()
}
