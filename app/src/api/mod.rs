//! What a form can ask of the server; each is `POST /form/{endpoint}` with a urlencoded body.
//!
//! The answer of success is a `303` to a page; or a `200` with a [`Made`](crate::form::Made) as JSON, which the server's
//! form layer turns into the page that the form stands on, with the secret on it.
//! The answer of failure, provided that the request does not accept `text/html` (see [`crate::ssr`]), is a `500` with the
//! header `serverfnerror: /form/{endpoint}` and an [`ApiError`](protocol::ApiError) as JSON; the server's form layer turns
//! it into the page that the form stands on.

mod accounts;
mod administration;
mod bots;
mod contacts;
mod instance;
mod invitations;
mod messages;
mod refused;
mod rooms;
mod sessions;
mod settings;
mod tokens;

pub use accounts::*;
pub use administration::*;
pub use bots::*;
pub use contacts::*;
pub use instance::*;
pub use invitations::*;
pub use messages::*;
pub use refused::Refused;
pub use rooms::*;
pub use sessions::*;
pub use settings::*;
pub use tokens::*;
