//! What a request brings along, read strictly: what is not understood is told in the one shape.

use super::kind::Kind;
use super::problem::Problem;
use crate::http::{FORM_BYTES, Peer, Server, Visitor};
use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::{HeaderMap, header, request::Parts};
use domain::access::Caller;
use domain::ports::Device;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

/// Who asks, by whatever proof.
pub struct Asker(pub Caller);

impl FromRequestParts<Server> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        Ok(Self(Visitor::known(parts, server).await?))
    }
}

/// Ids in the path; what is no id leads nowhere.
pub struct Place<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Place<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(place) = Path::from_request_parts(parts, state).await.map_err(|_| Kind::NotFound)?;
        Ok(Self(place))
    }
}

/// The parameters after the question mark.
pub struct Asked<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Query(asked) = Query::try_from_uri(&parts.uri)
            .map_err(|error| Problem::new(Kind::Invalid, format!("{}.", error.body_text())))?;
        Ok(Self(asked))
    }
}

/// A JSON body.
pub struct Told<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Told<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Kind::UnsupportedMediaType.into());
        }
        read(&body(request).await?).map(Self)
    }
}

/// A body, whatever it says it is.
pub struct Raw(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        body(request).await.map(Self)
    }
}

/// From where somebody logs in.
pub struct Machine(pub Device);

impl FromRequestParts<Server> for Machine {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        let Ok(Peer(address)) = Peer::from_request_parts(parts, server).await;
        let agent = parts.headers.get(header::USER_AGENT).and_then(|name| name.to_str().ok()).unwrap_or_default();
        Ok(Self(Device::of(agent, address.to_string())))
    }
}

/// Reads JSON; an error says which value it is about.
///
/// # Errors
/// [`Kind::BadRequest`] for what is no JSON, [`Kind::Invalid`] for a value of the wrong form.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        match error.classify() {
            Category::Data if path == "." => Problem::new(Kind::Invalid, sentence(&error)),
            Category::Data => Problem::at(path, sentence(&error)),
            Category::Io | Category::Syntax | Category::Eof => Problem::new(Kind::BadRequest, sentence(&error)),
        }
    })?;
    json.end().map_err(|error| Problem::new(Kind::BadRequest, sentence(&error)))?;
    Ok(read)
}

/// What serde says, without the place, which tells a person little.
fn sentence(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let told = text.rsplit_once(" at line ").map_or(text.as_str(), |(told, _)| told);
    let mut letters = told.chars();
    let first = letters.next().unwrap_or_default().to_uppercase();
    let end = if told.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

async fn body(request: Request) -> Result<Bytes, Problem> {
    // A client that breaks off in the middle hears nothing of this.
    to_bytes(request.into_body(), FORM_BYTES).await.map_err(|_| Kind::TooLarge.into())
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}
