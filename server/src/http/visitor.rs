use super::{Server, refuse};
use app::ssr::SESSION_USER;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use domain::Error;
use domain::ports::{SessionId, Unavailable};
use protocol::UserId;
use tower_sessions::Session;

/// Somebody who is logged in.
pub struct Visitor {
    pub user: UserId,
    pub session: SessionId,
}

impl FromRequestParts<Server> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &Server) -> Result<Self, Response> {
        let session = parts.extensions.get::<Session>().ok_or_else(|| refuse(Error::Unauthenticated))?;
        let user = session.get::<UserId>(SESSION_USER).await;
        let user = user.map_err(|error| refuse(Error::Unavailable(Unavailable::new(error))))?;
        match (user, session.id()) {
            (Some(user), Some(id)) => Ok(Self { user, session: SessionId(id.to_string()) }),
            _ => Err(refuse(Error::Unauthenticated)),
        }
    }
}
