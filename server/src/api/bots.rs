//! Bots: accounts that speak by tokens only.

use super::input::{Asker, Place, Told};
use super::page::List;
use super::people::Person;
use super::problem::Problem;
use super::sessions::named;
use super::tokens::{Minted, NewToken, Token};
use super::{schema, text};
use crate::http::{PASSWORD_FORM_BYTES, Peer, Server};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::{Attempt, tokens};
use protocol::{ApiError, DisplayName, UserId, Username};
use serde::{Deserialize, Serialize};
use tower_http::limit::RequestBodyLimitLayer;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(retire))
        .routes(routes!(list_tokens, create_token))
        .routes(routes!(revoke_token))
        .layer(RequestBodyLimitLayer::new(PASSWORD_FORM_BYTES))
}

/// List one's bots
///
/// Those at work, by id. For somebody logged in; a token cannot.
#[utoipa::path(get, path = "/bots", operation_id = "list_bots", tag = "bots",
    responses((status = 200, description = "All of them.", body = List<Person>)))]
async fn list(State(server): State<Server>, Asker(caller): Asker) -> Result<Json<List<Person>>, Problem> {
    Ok(List::of(tokens::bots(&server.env, &caller).await?))
}

/// The names of a bot.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBot {
    #[schema(value_type = schema::Username)]
    username: String,
    #[schema(value_type = schema::Name64)]
    display_name: String,
}

impl NewBot {
    /// Every field at fault is told at once.
    pub fn parse(&self) -> Result<(Username, DisplayName), ApiError> {
        match (text::username(&self.username), text::display_name(&self.display_name)) {
            (Ok(username), Ok(name)) => Ok((username, name)),
            (username, name) => {
                Err(ApiError::of_all([username.err(), name.err()]).expect("one of the two is at fault"))
            }
        }
    }
}

/// A bot that was made.
#[derive(Serialize, ToSchema)]
struct BotRef {
    #[schema(value_type = schema::Id)]
    id: i64,
}

/// Make a bot
///
/// Bring it into a room as you would a person, and make a token for it.
/// You may have 50. For somebody logged in; a token cannot.
#[utoipa::path(post, path = "/bots", operation_id = "create_bot", tag = "bots", request_body = NewBot,
    responses((status = 201, description = "The bot.", body = BotRef)))]
async fn create(
    State(server): State<Server>,
    Asker(caller): Asker,
    Told(new): Told<NewBot>,
) -> Result<impl IntoResponse, Problem> {
    let (username, name) = new.parse()?;
    let bot = tokens::create_bot(&server.env, &caller, username, name).await?;
    Ok((StatusCode::CREATED, Json(BotRef { id: bot.get() })))
}

/// Retire a bot
///
/// Its tokens and sockets end, and it leaves its groups; what it wrote stays. For somebody logged in; a token cannot.
#[utoipa::path(delete, path = "/bots/{user}", operation_id = "retire_bot", tag = "bots",
    params(("user" = schema::Id, Path, description = "The bot.")),
    responses((status = 204, description = "Retired for good.")))]
async fn retire(
    State(server): State<Server>,
    Asker(caller): Asker,
    Place(bot): Place<UserId>,
) -> Result<StatusCode, Problem> {
    tokens::retire_bot(&server.env, &caller, bot).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List a bot's tokens
///
/// The last used first. For somebody logged in; a token cannot.
#[utoipa::path(get, path = "/bots/{user}/tokens", operation_id = "list_bot_tokens", tag = "bots",
    params(("user" = schema::Id, Path, description = "The bot.")),
    responses((status = 200, description = "All that serve.", body = List<Token>)))]
async fn list_tokens(
    State(server): State<Server>,
    Asker(caller): Asker,
    Place(bot): Place<UserId>,
) -> Result<Json<List<Token>>, Problem> {
    Ok(List::of(tokens::list(&server.env, &caller, bot).await?))
}

/// Make a token for a bot
///
/// Shown once. For somebody logged in, with their own password; a token cannot.
/// A webhook's bot has the token of its address and gets no other.
#[utoipa::path(post, path = "/bots/{user}/tokens", operation_id = "create_bot_token", tag = "bots", request_body = NewToken,
    params(("user" = schema::Id, Path, description = "The bot.")),
    responses((status = 201, description = "The token.", body = Minted)))]
async fn create_token(
    State(server): State<Server>,
    Asker(caller): Asker,
    Place(bot): Place<UserId>,
    Peer(from): Peer,
    Told(new): Told<NewToken>,
) -> Result<impl IntoResponse, Problem> {
    let attempt = Attempt { from, route: "/api/v1/bots/{user}/tokens", devices: Vec::new() };
    let secret = tokens::create(&server.env, &caller, bot, new.entered(&attempt)?, new.parse()?).await?;
    Ok((StatusCode::CREATED, Json(Minted::from(secret))))
}

/// Revoke a bot's token
///
/// Its sockets close on every node. For somebody logged in; a token cannot.
#[utoipa::path(delete, path = "/bots/{user}/tokens/{id}", operation_id = "revoke_bot_token", tag = "bots",
    params(
        ("user" = schema::Id, Path, description = "The bot."),
        ("id" = schema::SessionName, Path, description = "The token's id."),
    ),
    responses((status = 204, description = "Revoked.")))]
async fn revoke_token(
    State(server): State<Server>,
    Asker(caller): Asker,
    Place((bot, id)): Place<(UserId, String)>,
) -> Result<StatusCode, Problem> {
    tokens::revoke(&server.env, &caller, bot, &named(id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
