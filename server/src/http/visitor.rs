use super::{Gate, Server, budgets, refuse, sessions};
use app::ssr::{SESSION_USER, SessionUnreadable};
use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, header, request::Parts};
use axum::response::Response;
use domain::access::{Caller, Scope};
use domain::ports::{Key, Limit, Unavailable};
use domain::{Error, secrets};
use protocol::UserId;
use tower_sessions::Session;

/// Somebody who has proved who they are: a program by its bearer token (RFC 6750), or a browser by its cookie.
///
/// Whoever shows a token is known by that alone: a wrong one is refused, whatever cookie comes with it.
pub struct Visitor(pub Caller);

impl FromRequestParts<Server> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Response> {
        Self::known(parts, server).await.map(Self).map_err(refuse)
    }
}

impl Visitor {
    /// Who it is.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Unavailable`] when nobody can be asked.
    pub async fn known(parts: &Parts, server: &Server) -> Result<Caller, Error> {
        if let Some(known) = parts.extensions.get::<Caller>() {
            return Ok(known.clone());
        }
        if let Some(unreadable) = parts.extensions.get::<SessionUnreadable>() {
            return Err(unreadable.into());
        }
        match bearer(&parts.headers) {
            Some(token) => of_token(server, token).await,
            None => of_cookie(parts).await,
        }
    }
}

/// Somebody who may open a socket: by bearer token, by ticket, or by cookie from one of our own pages.
pub struct AtTheSocket {
    pub caller: Caller,
    /// The WebSocket subprotocol to answer with: of those who came by ticket, which stands beside it.
    pub subprotocol: Option<&'static str>,
}

/// What a browser elsewhere asks for beside its ticket: `new WebSocket(url, ["natter", ticket])`.
const SUBPROTOCOL: &str = "natter";

impl FromRequestParts<Server> for AtTheSocket {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Response> {
        let admitted = Self::admitted(parts, server).await;
        let limits = &server.env.limits;
        let drawn = match &admitted {
            Ok(socket) => limits.take_here(Limit::Socket, Key::Account(socket.caller.user)),
            Err(_) => limits.take_here(Limit::Address, Key::Address(budgets::address(&parts.extensions))),
        };
        drawn.map_err(|wait| refuse(Error::from(wait)))?;
        admitted
    }
}

impl AtTheSocket {
    async fn admitted(parts: &mut Parts, server: &Server) -> Result<Self, Response> {
        let (caller, subprotocol) = match ticket(&parts.headers) {
            Some(ticket) => {
                let caller = domain::sessions::redeem(&server.env, ticket).await.map_err(refuse)?;
                (caller, Some(SUBPROTOCOL))
            }
            None => {
                // A page elsewhere brings the person's cookie along, and never a token.
                if bearer(&parts.headers).is_none() {
                    Gate::from_request_parts(parts, server).await?;
                }
                (Visitor::from_request_parts(parts, server).await?.0, None)
            }
        };
        caller.hears().map_err(refuse)?;
        Ok(Self { caller, subprotocol })
    }
}

/// What stands behind `Authorization: Bearer`; empty for another scheme.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().unwrap_or_default();
    let (scheme, token) = value.split_once(' ').unwrap_or_default();
    Some(if scheme.eq_ignore_ascii_case("bearer") { token.trim() } else { "" })
}

/// The second of two subprotocols, of which the first is ours.
fn ticket(headers: &HeaderMap) -> Option<&str> {
    let offered = headers.get(header::SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
    let (ours, ticket) = offered.split_once(',')?;
    (ours.trim() == SUBPROTOCOL).then(|| ticket.trim())
}

async fn of_token(server: &Server, token: &str) -> Result<Caller, Error> {
    let session = if secrets::is_token(token) {
        secrets::session_of(token)
    } else {
        server.access_tokens.read(token, server.env.clock.now()).ok_or(Error::Unauthenticated)?
    };
    domain::sessions::caller(&server.env, &session).await
}

async fn of_cookie(parts: &Parts) -> Result<Caller, Error> {
    let session = parts.extensions.get::<Session>().ok_or(Error::Unauthenticated)?;
    let user = session.get::<UserId>(SESSION_USER).await;
    let user = user.map_err(|error| Error::Unavailable(Unavailable::new(error)))?;
    match (user, session.id()) {
        (Some(user), Some(id)) => Ok(Caller { user, session: sessions::name(&id), scope: Scope::Person }),
        _ => Err(Error::Unauthenticated),
    }
}
