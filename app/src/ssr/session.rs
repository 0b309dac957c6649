//! Who is asking, told by the session cookie.

use super::context::{Reader, address, env, parts};
use super::device;
use axum::http::header;
use domain::access::{Administrator, Caller, Scope};
use domain::ports::{Device, SessionId, Unavailable};
use domain::{Error, events, secrets};
use leptos::prelude::provide_context;
use protocol::{ApiError, Code, UserId};
use tower_sessions::Session;

/// The key under which a session keeps its person's id.
pub const SESSION_USER: &str = "user";

/// The keys under which it keeps where that person is logged in.
pub const SESSION_DEVICE: &str = "device";
pub const SESSION_ADDRESS: &str = "address";

const STILL_LOGGED_IN: &str =
    "You are still logged in: the server cannot store or read just now. Try again in a moment.";

/// Stands in the extensions of a request whose session was asked for and could not be read: nobody waits for that twice.
#[derive(Clone, Debug)]
pub struct SessionUnreadable(pub String);

impl From<&SessionUnreadable> for Error {
    fn from(SessionUnreadable(cause): &SessionUnreadable) -> Self {
        Self::Unavailable(Unavailable::new(cause.as_str()))
    }
}

/// Who is logged in.
///
/// # Errors
/// [`Error::Unauthenticated`]; [`Error::Unavailable`] when the session cannot be read.
pub async fn caller() -> Result<UserId, Error> {
    let user = session()?.get(SESSION_USER).await.map_err(unavailable)?.ok_or(Error::Unauthenticated)?;
    provide_context(Reader(user));
    Ok(user)
}

/// Who is logged in, and by which session.
///
/// # Errors
/// As for [`caller`].
pub async fn me() -> Result<Caller, Error> {
    Ok(Caller { user: caller().await?, session: session_id()?, scope: Scope::Person })
}

/// Who is logged in, as somebody who looks after the server.
///
/// # Errors
/// As for [`caller`]; [`Error::NotFound`] for everybody who does not.
pub async fn administrator() -> Result<Administrator, Error> {
    me().await?.administers(&env()).await
}

/// The id of the session that is asking.
///
/// # Errors
/// [`Error::Unauthenticated`] when there is none.
pub fn session_id() -> Result<SessionId, Error> {
    session()?.id().map(|id| secrets::session_of(&id.to_string())).ok_or(Error::Unauthenticated)
}

/// Logs a person in under a new session id, so that an id planted before is worth nothing; it is stored by then.
/// A session that was logged in ends, with its sockets.
///
/// # Errors
/// [`Error::Unavailable`].
pub async fn sign_in(user: UserId) -> Result<(), Error> {
    let session = session()?;
    let before = logged_in().await?;
    session.clear().await;
    session.cycle_id().await.map_err(unavailable)?;
    session.insert(SESSION_USER, user).await.map_err(unavailable)?;
    let Device { name, address } = device();
    session.insert(SESSION_DEVICE, name).await.map_err(unavailable)?;
    session.insert(SESSION_ADDRESS, address).await.map_err(unavailable)?;
    session.save().await.map_err(unavailable)?;
    device::remember(user);
    if let Some(before) = before {
        events::session_ended(&env(), before.user, &before.session);
    }
    Ok(())
}

/// Ends the session for good, with its sockets; without one it does nothing.
///
/// # Errors
/// [`Error::Unavailable`].
pub async fn sign_out() -> Result<(), Error> {
    let Some(me) = logged_in().await? else { return Ok(()) };
    session()?.flush().await.map_err(unavailable)?;
    events::session_ended(&env(), me.user, &me.session);
    Ok(())
}

/// Ends the session of somebody who logs out.
///
/// # Errors
/// Says that the session goes on, and its cookie with it, when it cannot be ended.
pub async fn leave() -> Result<(), ApiError> {
    sign_out().await.map_err(|error| match ApiError::from(error) {
        error if error.code == Code::Unavailable => ApiError::new(error.code, STILL_LOGGED_IN),
        error => error,
    })
}

/// Who is logged in, if anybody. A session that cannot be read is an error: it may well be somebody's.
async fn logged_in() -> Result<Option<Caller>, Error> {
    match me().await {
        Ok(me) => Ok(Some(me)),
        Err(Error::Unauthenticated) => Ok(None),
        Err(error) => Err(error),
    }
}

fn device() -> Device {
    let parts = parts();
    let user_agent = parts.headers.get(header::USER_AGENT).and_then(|name| name.to_str().ok()).unwrap_or_default();
    Device::of(user_agent, address().to_string())
}

fn session() -> Result<Session, Error> {
    let parts = parts();
    match parts.extensions.get::<SessionUnreadable>() {
        Some(unreadable) => Err(unreadable.into()),
        None => parts.extensions.get::<Session>().cloned().ok_or(Error::Unauthenticated),
    }
}

fn unavailable(error: tower_sessions::session::Error) -> Error {
    Error::Unavailable(Unavailable::new(error))
}
