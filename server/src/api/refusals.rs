//! How each operation refuses, for the document.

use super::kind::Kind;
use super::problem::PROBLEM_JSON;
use axum::http::StatusCode;
use serde_json::json;
use std::collections::BTreeSet;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};

/// Adds the refusals that an operation can give.
pub fn complete(path: &str, operation: &mut Operation) {
    for status in statuses(path, operation) {
        let answer = RefOr::Ref(Ref::from_response_name(name(status)));
        operation.responses.responses.insert(status.as_u16().to_string(), answer);
    }
}

/// An answer for each status, which operations refer to by its name.
pub fn responses() -> impl Iterator<Item = (String, Response)> {
    let statuses: BTreeSet<_> = Kind::ALL.into_iter().map(Kind::status).collect();
    statuses.into_iter().map(|status| (name(status), response(status)))
}

fn statuses(path: &str, operation: &Operation) -> BTreeSet<StatusCode> {
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let has = |place: ParameterIn| parameters.iter().any(|parameter| parameter.parameter_in == place);
    let id = operation.operation_id.as_deref().unwrap_or_default();
    let (is_open, has_body) = (operation.security.is_some(), operation.request_body.is_some());
    let mut kinds = vec![Kind::TooMany, Kind::Unavailable];
    if !is_open {
        kinds.extend([Kind::Unauthenticated, Kind::Forbidden]);
    }
    if has_body {
        kinds.extend([Kind::BadRequest, Kind::TooLarge, Kind::UnsupportedMediaType, Kind::Invalid]);
    }
    if has(ParameterIn::Query) {
        kinds.push(Kind::Invalid);
    }
    if has(ParameterIn::Path) {
        kinds.push(Kind::NotFound);
    }
    kinds.extend(particular(id));
    let never = |status: &StatusCode| {
        let takes_all = path.starts_with("/api/hooks/") && *status == StatusCode::UNSUPPORTED_MEDIA_TYPE;
        takes_all || (matches!(id, "get_me" | "log_out") && *status == StatusCode::FORBIDDEN)
    };
    kinds.into_iter().map(Kind::status).filter(|status| !never(status)).collect()
}

/// What does not follow from an operation's form.
fn particular(operation_id: &str) -> &'static [Kind] {
    match operation_id {
        "register" => &[Kind::RegistrationClosed, Kind::NotInvited, Kind::Taken],
        "log_in" => &[Kind::LoginFailed],
        "refresh" => &[Kind::Unauthenticated],
        // People or rooms that a body names.
        "create_room" => &[Kind::NotFound, Kind::Conflict],
        "create_token" => &[Kind::NotFound],
        "add_members" | "create_bot_token" => &[Kind::Conflict],
        "create_bot" | "create_hook" => &[Kind::Taken],
        "send_message" | "post_by_hook" => &[Kind::Conflict],
        _ => &[],
    }
}

fn name(status: StatusCode) -> String {
    let words = status.canonical_reason().unwrap_or_default();
    words.split(' ').collect()
}

fn response(status: StatusCode) -> Response {
    let kinds = || Kind::ALL.into_iter().filter(|kind| kind.status() == status);
    let titles: Vec<_> = kinds().map(Kind::title).collect();
    let examples = kinds().map(|kind| (kind.code(), ExampleBuilder::new().value(Some(example(kind))).build()));
    let content: Content =
        ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).examples_from_iter(examples).build();
    let mut response =
        ResponseBuilder::new().description(format!("{}.", titles.join(". "))).content(PROBLEM_JSON, content);
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let seconds = || ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
    response = match status {
        StatusCode::UNAUTHORIZED => {
            response.header("WWW-Authenticate", HeaderBuilder::new().schema(text()).description(Some("Bearer")).build())
        }
        StatusCode::METHOD_NOT_ALLOWED => response.header(
            "Allow",
            HeaderBuilder::new().schema(text()).description(Some("The methods that there are.")).build(),
        ),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => response.header(
            "Retry-After",
            HeaderBuilder::new().schema(seconds()).description(Some("After how many seconds to ask again.")).build(),
        ),
        _ => response,
    };
    response.build()
}

fn example(kind: Kind) -> serde_json::Value {
    json!({
        "type": format!("/api/docs#errors-{}", kind.code()),
        "title": kind.title(),
        "status": kind.status().as_u16(),
        "detail": kind.meaning(),
        "code": kind.code(),
    })
}
