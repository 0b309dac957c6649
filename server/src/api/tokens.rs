//! Tokens that people make for programs.

use super::input::{Asker, Place, Told};
use super::integer::{Integer, Seconds};
use super::moment::Moment;
use super::page::List;
use super::problem::Problem;
use super::sessions::named;
use super::{schema, text};
use crate::http::{PASSWORD_FORM_BYTES, Peer, Server};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::Attempt;
use domain::access::{self, Scope};
use domain::accounts::Entered;
use domain::ports::SessionView;
use domain::secrets::{Secret, session_of};
use domain::tokens::{self, FOR_GOOD_MS};
use protocol::{Invalid, RoomId};
use serde::{Deserialize, Serialize};
use tower_http::limit::RequestBodyLimitLayer;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(revoke))
        .layer(RequestBodyLimitLayer::new(PASSWORD_FORM_BYTES))
}

/// What a token may do in its rooms.
#[derive(Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Access {
    Read,
    Write,
    ReadAndWrite,
}

#[derive(Serialize, ToSchema)]
pub struct Token {
    #[schema(value_type = schema::SessionName)]
    id: String,
    #[schema(value_type = schema::Name64)]
    name: String,
    access: Access,
    /// The rooms that it reaches; nothing for all of them.
    #[schema(required, value_type = Option<Vec<schema::Id>>)]
    rooms: Option<Vec<i64>>,
    created_at: Moment,
    /// The last use, to some minutes.
    seen_at: Moment,
    /// Nothing for a token that serves until it is revoked.
    #[schema(required)]
    expires_at: Option<Moment>,
}

impl From<SessionView> for Token {
    fn from(view: SessionView) -> Self {
        let is_for_good = view.expires.get() - view.created.get() >= FOR_GOOD_MS;
        let (rooms, access) = match view.scope {
            Scope::Person => (None, access::Access::ReadAndWrite),
            Scope::Token { rooms, access } => (rooms, access),
        };
        Self {
            id: view.id.0,
            name: view.device.name,
            access: access.into(),
            rooms: rooms.map(|rooms| rooms.into_iter().map(RoomId::get).collect()),
            created_at: view.created.into(),
            seen_at: view.seen.into(),
            expires_at: (!is_for_good).then(|| view.expires.into()),
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// For you to know it by.
    #[schema(value_type = schema::Name64)]
    name: String,
    access: Access,
    /// The rooms that it reaches; all of them, and making new ones, without it.
    #[schema(value_type = Option<Vec<schema::Id>>, min_items = 1, max_items = 100)]
    rooms: Option<Vec<Integer<RoomId>>>,
    /// For how many seconds it serves; until it is revoked without it.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 3_153_600_000_u32)]
    expires_in: Option<Integer<Seconds>>,
    /// Your password, once more: the token works without it.
    #[schema(value_type = schema::Known)]
    password: String,
}

impl NewToken {
    /// The password of the one who asks.
    pub fn entered<'a>(&'a self, attempt: &'a Attempt) -> Result<Entered<'a>, Problem> {
        Ok(Entered { password: text::known(&self.password)?, attempt })
    }

    pub fn parse(&self) -> Result<tokens::NewToken, Problem> {
        let long = self.rooms.as_ref().map_or(1, Vec::len);
        if long > tokens::ROOMS_OF_A_TOKEN {
            let problem = format!("Choose 1 to {} rooms, or all of them.", tokens::ROOMS_OF_A_TOKEN);
            return Err(Invalid::new(protocol::Field::Rooms, problem).into());
        }
        let seconds = self.expires_in.as_ref().map(|Integer(Seconds(seconds))| *seconds);
        if seconds.is_some_and(|seconds| !(1..=FOR_GOOD_MS / 1000).contains(&seconds)) {
            return Err(Problem::at("expires_in", "Choose 1 to 3,153,600,000 seconds, or leave it out."));
        }
        let lifetime_ms = seconds.map(|seconds| seconds * 1000);
        let rooms = self.rooms.as_ref().map(|rooms| rooms.iter().map(|Integer(room)| *room).collect());
        Ok(tokens::NewToken { name: text::name(&self.name)?, rooms, access: self.access.into(), lifetime_ms })
    }
}

/// A token, shown once.
#[derive(Serialize, ToSchema)]
pub struct Minted {
    #[schema(value_type = schema::SessionName)]
    id: String,
    /// Goes with every request: `Authorization: Bearer …`.
    #[schema(example = "natter_p_5c0e…")]
    token: String,
}

impl From<Secret> for Minted {
    fn from(secret: Secret) -> Self {
        Self { id: session_of(secret.as_str()).0, token: secret.as_str().to_owned() }
    }
}

/// List one's tokens
///
/// The last used first. For somebody logged in; a token cannot.
#[utoipa::path(get, path = "/tokens", operation_id = "list_tokens", tag = "tokens",
    responses((status = 200, description = "All that serve.", body = List<Token>)))]
async fn list(State(server): State<Server>, Asker(caller): Asker) -> Result<Json<List<Token>>, Problem> {
    Ok(List::of(tokens::list(&server.env, &caller, caller.user).await?))
}

/// Make a token
///
/// Shown once. For somebody logged in, with their password; a token cannot.
#[utoipa::path(post, path = "/tokens", operation_id = "create_token", tag = "tokens", request_body = NewToken,
    responses((status = 201, description = "The token.", body = Minted)))]
async fn create(
    State(server): State<Server>,
    Asker(caller): Asker,
    Peer(from): Peer,
    Told(new): Told<NewToken>,
) -> Result<impl IntoResponse, Problem> {
    let attempt = Attempt { from, route: "/api/v1/tokens", devices: Vec::new() };
    let secret = tokens::create(&server.env, &caller, caller.user, new.entered(&attempt)?, new.parse()?).await?;
    Ok((StatusCode::CREATED, Json(Minted::from(secret))))
}

/// Revoke a token
///
/// Its sockets close on every node. For somebody logged in; a token cannot.
#[utoipa::path(delete, path = "/tokens/{id}", operation_id = "revoke_token", tag = "tokens",
    params(("id" = schema::SessionName, Path, description = "The token's id.")),
    responses((status = 204, description = "Revoked.")))]
async fn revoke(
    State(server): State<Server>,
    Asker(caller): Asker,
    Place(id): Place<String>,
) -> Result<StatusCode, Problem> {
    tokens::revoke(&server.env, &caller, caller.user, &named(id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<Access> for access::Access {
    fn from(access: Access) -> Self {
        match access {
            Access::Read => Self::Read,
            Access::Write => Self::Write,
            Access::ReadAndWrite => Self::ReadAndWrite,
        }
    }
}

impl From<access::Access> for Access {
    fn from(access: access::Access) -> Self {
        match access {
            access::Access::Read => Self::Read,
            access::Access::Write => Self::Write,
            access::Access::ReadAndWrite => Self::ReadAndWrite,
        }
    }
}
