use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::{ApiError, Code};

/// The status that goes with a code.
pub const fn status(code: Code) -> StatusCode {
    match code {
        Code::BadRequest | Code::UnknownCommand => StatusCode::BAD_REQUEST,
        Code::Invalid | Code::LoginFailed => StatusCode::UNPROCESSABLE_ENTITY,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::RegistrationClosed | Code::Forbidden => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::Taken | Code::Conflict => StatusCode::CONFLICT,
        Code::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// A refusal as JSON.
pub fn refuse(error: impl Into<ApiError>) -> Response {
    let error = error.into();
    (status(error.code), retry_after(&error), Json(error)).into_response()
}

/// Tells programs how long to wait, where that is known.
pub fn retry_after(error: &ApiError) -> HeaderMap {
    error.retry_after.map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds))).into_iter().collect()
}
