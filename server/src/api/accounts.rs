//! Accounts: making one, and one's own.

use super::input::{Asker, Machine, Told};
use super::problem::Problem;
use super::schema;
use super::sessions::{LogIn, log_in};
use super::text;
use crate::http::{IsLocal, PASSWORD_FORM_BYTES, Peer, Server};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use domain::access::{Caller, Scope};
use domain::accounts::{self, Applicant, Entered};
use domain::registration::Asking;
use domain::{Attempt, ports, sessions};
use protocol::{ApiError, Field};
use serde::{Deserialize, Serialize};
use tower_http::limit::RequestBodyLimitLayer;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(register))
        .routes(routes!(me, set_me))
        .routes(routes!(set_password))
        .layer(RequestBodyLimitLayer::new(PASSWORD_FORM_BYTES))
}

/// One's own account.
#[derive(Serialize, ToSchema)]
struct Account {
    #[schema(value_type = schema::Id)]
    id: i64,
    #[schema(value_type = schema::Username)]
    username: String,
    #[schema(value_type = schema::Name64)]
    display_name: String,
    /// For somebody logged in; a token is not told, and a bot has none.
    #[schema(required)]
    email: Option<String>,
    is_admin: bool,
    /// Of a bot: whose it is.
    #[schema(required, value_type = Option<schema::Id>)]
    bot_of: Option<i64>,
}

impl Account {
    fn of(account: ports::Account, caller: &Caller) -> Self {
        let email = Some(account.email).filter(|email| caller.scope == Scope::Person && !email.is_empty());
        let ports::Account { person, is_admin, bot_of, .. } = account;
        let bot_of = bot_of.map(|user| user.get());
        Self { id: person.id.get(), username: person.username, display_name: person.name, email, is_admin, bot_of }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAccount {
    #[schema(value_type = schema::Username)]
    username: String,
    #[schema(value_type = schema::Name64)]
    display_name: String,
    /// In ASCII.
    #[schema(value_type = schema::Email)]
    email: String,
    #[schema(value_type = schema::Password)]
    password: String,
    /// Where registration is by invitation: the secret of one, from the link. One use of it is taken.
    #[serde(default)]
    invitation: Option<String>,
    /// For the first account of all, when it is not made from the server's own machine: the code that the server prints
    /// when it starts.
    #[serde(default)]
    setup_code: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Registered {
    account: Account,
    #[serde(flatten)]
    log_in: LogIn,
}

/// Make an account
///
/// And log in with it.
/// The first account of all is the administrator's. It can be made even where registration is closed, and takes
/// `setup_code` unless it is made from the server's own machine.
#[utoipa::path(
    post, path = "/accounts", operation_id = "register", tag = "accounts", request_body = NewAccount, security(()),
    responses((status = 201, description = "The account and its first log-in.", body = Registered,
        headers(("Location" = String, description = "The account: /api/v1/me"))))
)]
async fn register(
    State(server): State<Server>,
    Peer(from): Peer,
    IsLocal(is_local): IsLocal,
    Machine(device): Machine,
    Told(new): Told<NewAccount>,
) -> Result<impl IntoResponse, Problem> {
    let (invitation, setup_code) = (new.invitation.as_deref(), new.setup_code.as_deref());
    let asking = Asking { from, is_local, invitation, setup_code };
    let user = accounts::register(&server.env, asking, new.applicant()?).await?;
    let account = accounts::account(&server.env, user).await?;
    let grant = sessions::open(&server.env, user, device).await?;
    let account = Account::of(account, &grant.caller);
    let registered = Registered { account, log_in: log_in(&server, grant) };
    Ok((StatusCode::CREATED, [(header::LOCATION, "/api/v1/me")], Json(registered)))
}

impl NewAccount {
    /// Every field at fault is told at once.
    fn applicant(&self) -> Result<Applicant, ApiError> {
        let told = (
            text::username(&self.username),
            text::display_name(&self.display_name),
            text::email(&self.email),
            protocol::Password::parse(&self.password, Field::Password),
        );
        match told {
            (Ok(username), Ok(display_name), Ok(email), Ok(password)) => {
                Ok(Applicant { username, display_name, email, password })
            }
            (username, name, email, password) => {
                let faults = [username.err(), name.err(), email.err(), password.err()];
                Err(ApiError::of_all(faults).expect("one of the four is at fault"))
            }
        }
    }
}

/// Read one's own account
#[utoipa::path(get, path = "/me", operation_id = "get_me", tag = "accounts", responses((status = 200, description = "Who asks.", body = Account)))]
async fn me(State(server): State<Server>, Asker(caller): Asker) -> Result<Json<Account>, Problem> {
    let account = accounts::account(&server.env, caller.user).await?;
    Ok(Json(Account::of(account, &caller)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewProfile {
    #[schema(value_type = schema::Name64)]
    display_name: String,
}

/// Change one's display name
///
/// Everybody who shares a room with you sees it at once. For somebody logged in; a token cannot.
#[utoipa::path(patch, path = "/me", operation_id = "set_me", tag = "accounts", request_body = NewProfile,
    responses((status = 204, description = "Changed.")))]
async fn set_me(
    State(server): State<Server>,
    Asker(caller): Asker,
    Told(new): Told<NewProfile>,
) -> Result<StatusCode, Problem> {
    accounts::rename(&server.env, caller.account()?, text::display_name(&new.display_name)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    /// The one that is to be replaced.
    #[schema(value_type = schema::Known)]
    password: String,
    #[schema(value_type = schema::Password)]
    new_password: String,
    /// Whether your tokens end as well.
    #[serde(default)]
    revoke_tokens: bool,
}

/// Change one's password
///
/// All other log-ins end, with their sockets; tokens stay unless `revoke_tokens` says otherwise. For somebody logged in; a token cannot.
#[utoipa::path(put, path = "/me/password", operation_id = "set_password", tag = "accounts", request_body = NewPassword,
    responses((status = 204, description = "Changed.")))]
async fn set_password(
    State(server): State<Server>,
    Asker(caller): Asker,
    Peer(from): Peer,
    Told(new): Told<NewPassword>,
) -> Result<StatusCode, Problem> {
    let (user, password) = (caller.account()?, text::known(&new.password)?);
    let tokens = if new.revoke_tokens { ports::Tokens::Revoke } else { ports::Tokens::Keep };
    let attempt = Attempt { from, route: "/api/v1/me/password", devices: Vec::new() };
    let current = Entered { password, attempt: &attempt };
    let new = protocol::Password::parse(&new.new_password, Field::NewPassword)?;
    let entered = accounts::NewPassword { current, new, tokens };
    accounts::change_password(&server.env, user, &caller.session, entered).await?;
    Ok(StatusCode::NO_CONTENT)
}
