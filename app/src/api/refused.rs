use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use protocol::{ApiError, Code};
use serde::{Deserialize, Serialize};

/// Why a server function refuses: an [`ApiError`] in the form that `server_fn` asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Refused(pub ApiError);

impl<E> From<E> for Refused
where
    ApiError: From<E>,
{
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl FromServerFnError for Refused {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let (code, message) = match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                (Code::BadRequest, "The form did not arrive whole. Load the page again and repeat it.")
            }
            _ => (Code::Unavailable, "The server cannot be reached just now. Try again in a moment."),
        };
        Self(ApiError::new(code, message))
    }
}
