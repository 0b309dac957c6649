use axum::Json;
use axum::http::StatusCode;
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
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// A refusal as JSON.
pub fn refuse(error: impl Into<ApiError>) -> Response {
    let error = error.into();
    (status(error.code), Json(error)).into_response()
}
