//! What goes wrong, in one shape: `application/problem+json` (RFC 9457).

use super::kind::Kind;
use super::schema;
use app::ssr::RequestId;
use axum::body;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::Error;
use protocol::{ApiError, Field, Invalid};
use serde::Serialize;
use utoipa::ToSchema;

pub const PROBLEM_JSON: &str = "application/problem+json";

/// After how many seconds it is worth asking again when the store was away.
const RETRY_S: u32 = 1;

/// Why a request was refused.
#[derive(Clone, Debug)]
pub struct Problem {
    kind: Kind,
    /// A sentence for a person.
    detail: String,
    errors: Vec<Fault>,
    /// After how many seconds it is worth asking again.
    retry_after: Option<u32>,
}

/// The body of a refusal.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Body<'a> {
    /// The address of the kind's description.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference", example = "/api/docs#errors-invalid")]
    type_: String,
    /// The kind in a few words, always the same.
    #[schema(example = "A value breaks its rule")]
    title: &'static str,
    #[schema(minimum = 400, maximum = 599, example = 422)]
    status: u16,
    /// What is wrong this time and what to do next, in a sentence for a person.
    #[schema(example = "Choose a username of 2 to 32 characters.")]
    detail: &'a str,
    /// The kind, for a program to branch on.
    #[schema(value_type = schema::Code)]
    code: &'static str,
    /// The values at fault, where there are some.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Vec<Fault>, required = false)]
    errors: &'a [Fault],
    /// What the request is called in the server's log; also in the header `x-request-id` of every answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, example = "9f86d081884c7d65")]
    request_id: Option<&'a str>,
}

/// A value at fault.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Fault {
    /// Its name in the body or in the query.
    #[schema(example = "username")]
    field: String,
    /// What to change, in a sentence for a person.
    #[schema(example = "Choose a username of 2 to 32 characters.")]
    detail: String,
}

impl Problem {
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        let retry_after = (kind == Kind::Unavailable).then_some(RETRY_S);
        Self { kind, detail: detail.into(), errors: Vec::new(), retry_after }
    }

    fn body(&self, id: Option<&RequestId>) -> String {
        let (status, code) = (self.kind.status().as_u16(), self.kind.code());
        let body = Body {
            type_: format!("/api/docs#errors-{code}"),
            title: self.kind.title(),
            status,
            detail: &self.detail,
            code,
            errors: &self.errors,
            request_id: id.map(RequestId::as_str),
        };
        serde_json::to_string(&body).expect("text and numbers become JSON")
    }

    /// Of one value.
    pub fn at(field: impl Into<String>, detail: impl Into<String>) -> Self {
        let fault = Fault { field: field.into(), detail: detail.into() };
        Self { errors: vec![fault.clone()], ..Self::new(Kind::Invalid, fault.detail) }
    }
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self::new(kind, kind.meaning())
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let kind = Kind::of(&error);
        Self { kind, ..ApiError::from(error).into() }
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        ApiError::from(invalid).into()
    }
}

impl From<ApiError> for Problem {
    fn from(error: ApiError) -> Self {
        let ApiError { code, message, field, also, retry_after } = error;
        let fault = |field, detail: String| Fault { field: name(field).to_owned(), detail };
        let first = field.map(|field| fault(field, message.clone()));
        let errors = first.into_iter().chain(also.into_iter().map(|other| fault(other.field, other.message)));
        let problem = Self::new(code.into(), message);
        Self { errors: errors.collect(), retry_after: retry_after.or(problem.retry_after), ..problem }
    }
}

/// What a field is called in the API; forms say which name it is, and an address says that already.
fn name(field: Field) -> &'static str {
    match field {
        Field::RoomName => "name",
        other => other.name(),
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.kind.status();
        let mut answer = (status, [(header::CONTENT_TYPE, PROBLEM_JSON)], self.body(None)).into_response();
        let headers = answer.headers_mut();
        if status == axum::http::StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        answer.extensions_mut().insert(self);
        answer
    }
}

/// Gives the one shape to refusals from below: of the router, of the gate, of a handler that took too long.
/// And names the request in each.
pub async fn in_one_shape(request: Request, next: Next) -> Response {
    /// What such an answer says by its headers and its new body would lose.
    const KEPT: [HeaderName; 2] = [header::ALLOW, header::RETRY_AFTER];
    let is_ours = request.uri().path().starts_with("/api/");
    let id = request.extensions().get::<RequestId>().cloned();
    let mut answer = next.run(request).await;
    let status = answer.status();
    if let Some(problem) = answer.extensions_mut().remove::<Problem>() {
        return named(answer, &problem, id.as_ref());
    }
    let is_refusal = status.is_client_error() || status.is_server_error();
    if !is_ours || !is_refusal {
        return answer;
    }
    let problem = Problem::from(Kind::of_status(status));
    let mut shaped = named(problem.clone().into_response(), &problem, id.as_ref());
    *shaped.status_mut() = status;
    for name in KEPT {
        if let Some(value) = answer.headers().get(&name) {
            shaped.headers_mut().insert(name, value.clone());
        }
    }
    shaped
}

/// The same refusal, with the request's name in its body.
fn named(answer: Response, problem: &Problem, id: Option<&RequestId>) -> Response {
    let (mut parts, _) = answer.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, body::Body::from(problem.body(id)))
}
