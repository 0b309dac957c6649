//! Log-ins: beginning, renewing and ending them.

use super::input::{Asker, Machine, Place, Told};
use super::moment::Moment;
use super::page::List;
use super::problem::Problem;
use super::{schema, text};
use crate::http::{LIFETIME_S, PASSWORD_FORM_BYTES, Peer, Server};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::ports::{Proof, SessionId, SessionView};
use domain::sessions::{self, Grant};
use domain::{Attempt, Error, accounts};
use serde::{Deserialize, Serialize};
use tower_http::limit::RequestBodyLimitLayer;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(begin, all, end_others))
        .routes(routes!(renew))
        .routes(routes!(leave))
        .routes(routes!(end))
        .layer(RequestBodyLimitLayer::new(PASSWORD_FORM_BYTES))
}

/// What a log-in is carried on by.
#[derive(Serialize, ToSchema)]
pub struct LogIn {
    /// Goes with every request: `Authorization: Bearer …`.
    #[schema(example = "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl")]
    access_token: String,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// For how many seconds the access token serves.
    #[schema(example = 900)]
    expires_in: i64,
    /// Renews the log-in, once; the answer brings the next one.
    #[schema(example = "natter_r_3b1f…")]
    refresh_token: String,
}

/// The tokens of a log-in.
pub fn log_in(server: &Server, Grant { caller, refresh }: Grant) -> LogIn {
    let access_token = server.access_tokens.issue(caller.user, &caller.session, server.env.clock.now());
    let refresh_token = refresh.as_str().to_owned();
    LogIn { access_token, token_type: "Bearer", expires_in: LIFETIME_S, refresh_token }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Credentials {
    /// The username or the e-mail address.
    #[schema(max_length = 254, example = "robin")]
    login: String,
    #[schema(value_type = schema::Known)]
    password: String,
}

/// Log in
#[utoipa::path(post, path = "/sessions", operation_id = "log_in", tag = "sessions", request_body = Credentials, security(()),
    responses((status = 201, description = "The tokens of a new log-in.", body = LogIn)))]
async fn begin(
    State(server): State<Server>,
    Peer(from): Peer,
    Machine(device): Machine,
    Told(told): Told<Credentials>,
) -> Result<impl IntoResponse, Problem> {
    let (login, password) = (text::login(&told.login)?, text::known(&told.password)?);
    let attempt = Attempt { from, route: "/api/v1/sessions", devices: Vec::new() };
    let entrant = accounts::log_in(&server.env, &attempt, login, password).await?;
    let grant = sessions::open(&server.env, entrant.user, device).await?;
    if let Err(error) = entrant.confirm(&server.env).await {
        sessions::leave(&server.env, &grant.caller).await?;
        return Err(error.into());
    }
    Ok((StatusCode::CREATED, Json(log_in(&server, grant))))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Renewal {
    #[schema(example = "natter_r_3b1f…")]
    refresh_token: String,
}

/// Refresh a log-in
///
/// A refresh token serves once.
/// One that comes a second time is in two hands: the log-in ends, with its tokens and sockets.
/// A log-in that nobody refreshes ends after 90 days.
#[utoipa::path(post, path = "/sessions/refresh", operation_id = "refresh", tag = "sessions", request_body = Renewal, security(()),
    responses((status = 200, description = "The next tokens of the same log-in.", body = LogIn)))]
async fn renew(State(server): State<Server>, Told(told): Told<Renewal>) -> Result<Json<LogIn>, Problem> {
    let grant = sessions::renew(&server.env, &told.refresh_token).await?;
    Ok(Json(log_in(&server, grant)))
}

/// Log out
///
/// Ends what asks, log-in or token, with its sockets on every node.
#[utoipa::path(delete, path = "/sessions/current", operation_id = "log_out", tag = "sessions", responses((status = 204, description = "Ended.")))]
async fn leave(State(server): State<Server>, Asker(caller): Asker) -> Result<StatusCode, Problem> {
    sessions::leave(&server.env, &caller).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A log-in as its person sees it.
#[derive(Serialize, ToSchema)]
struct Session {
    #[schema(value_type = schema::SessionName)]
    id: String,
    /// It is the one that asks.
    is_current: bool,
    kind: SessionKind,
    /// Such as "Firefox on Linux", or what a program calls itself.
    #[schema(example = "curl/8.5.0")]
    device: String,
    /// The network address at the log-in.
    #[schema(example = "192.0.2.7")]
    address: String,
    created_at: Moment,
    /// The last use, to some minutes.
    seen_at: Moment,
    expires_at: Moment,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SessionKind {
    /// By cookie.
    Browser,
    /// By access and refresh token.
    Program,
}

/// List one's log-ins
///
/// The last used first. For somebody logged in; a token cannot.
#[utoipa::path(get, path = "/sessions", operation_id = "list_sessions", tag = "sessions",
    responses((status = 200, description = "All that have not ended.", body = List<Session>)))]
async fn all(State(server): State<Server>, Asker(caller): Asker) -> Result<Json<List<Session>>, Problem> {
    let sessions = sessions::list(&server.env, &caller).await?;
    let log_ins = sessions.into_iter().filter(|session| session.proof != Proof::Token);
    Ok(List::of(log_ins.map(|session| Session::of(session, &caller.session))))
}

impl Session {
    fn of(view: SessionView, current: &SessionId) -> Self {
        let kind = if view.proof == Proof::Cookie { SessionKind::Browser } else { SessionKind::Program };
        Self {
            is_current: view.id == *current,
            id: view.id.0,
            kind,
            device: view.device.name,
            address: view.device.address,
            created_at: view.created.into(),
            seen_at: view.seen.into(),
            expires_at: view.expires.into(),
        }
    }
}

/// End a log-in
///
/// With its sockets on every node. For somebody logged in; a token cannot.
#[utoipa::path(delete, path = "/sessions/{id}", operation_id = "end_session", tag = "sessions",
    params(("id" = schema::SessionName, Path, description = "The log-in.")),
    responses((status = 204, description = "Ended.")))]
async fn end(
    State(server): State<Server>,
    Asker(caller): Asker,
    Place(id): Place<String>,
) -> Result<StatusCode, Problem> {
    sessions::end(&server.env, &caller, &named(id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End all other log-ins
///
/// All but the one that asks; tokens stay. For somebody logged in; a token cannot.
#[utoipa::path(delete, path = "/sessions", operation_id = "end_other_sessions", tag = "sessions", responses((status = 204, description = "Ended.")))]
async fn end_others(State(server): State<Server>, Asker(caller): Asker) -> Result<StatusCode, Problem> {
    sessions::end_others(&server.env, &caller).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A session's id from a path. What cannot be one is asked of no database.
pub fn named(id: String) -> Result<SessionId, Error> {
    let is_one = id.len() == 64 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if is_one { Ok(SessionId(id)) } else { Err(Error::NotFound) }
}
