use super::kind::Kind;
use super::problem::Problem;
use super::{schema, text};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::Env;
use protocol::ClientId;
use utoipa::IntoParams;

/// The name of the header.
const HEADER: &str = "idempotency-key";

/// The draft's name, as the header may say it.
#[derive(IntoParams)]
#[into_params(parameter_in = Header, names("Idempotency-Key"))]
pub struct Key(
    /// Your name for the draft, a UUID, as `client_id` in the body.
    #[param(value_type = schema::Uuid, required = false)]
    Option<ClientId>,
);

impl Key {
    /// The name of the draft: of the header, of the body or, where neither has one, a new one.
    ///
    /// # Errors
    /// [`Kind::Conflict`] when they have two.
    pub fn or(self, told: Option<&str>, env: &Env) -> Result<ClientId, Problem> {
        let told = told.map(|raw| text::client_id(raw).ok_or_else(|| Problem::at("client_id", UUID))).transpose()?;
        match (self.0, told) {
            (Some(header), Some(body)) if header != body => {
                Err(Problem::new(Kind::Conflict, "Idempotency-Key and client_id name two drafts. Send one of them."))
            }
            (Some(id), _) | (None, Some(id)) => Ok(id),
            (None, None) => Ok(ClientId::new(env.clock.now(), env.random.uuid())),
        }
    }
}

const UUID: &str = "Send a UUID, such as 3f2a51a6-6e7b-4a3c-9d0e-1c2b3a4d5e6f.";

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(key) = parts.headers.get(HEADER) else { return Ok(Self(None)) };
        // The draft of the standard writes it in quotes.
        let key = key.to_str().ok().map(|key| key.trim_matches('"')).and_then(text::client_id);
        key.map(|key| Self(Some(key))).ok_or_else(|| Problem::at("Idempotency-Key", UUID))
    }
}
