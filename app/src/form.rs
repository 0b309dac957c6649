//! Forms that work without JavaScript, and how they look after they failed.
//!
//! A form names the page it stands on; when it fails, the server renders that page again with a [`FormState`].
//! The components here find the state as context; they are never hydrated.

mod confirm;
mod field;
mod made;
mod markup;
mod options;
mod post;
mod select;
mod state;
mod this_form;

pub use confirm::Confirm;
pub use field::{FieldError, PasswordOf, TextField};
pub use made::{Made, Trial};
pub use markup::{Content, written};
pub use options::Options;
pub use post::{Claim, PostButton, PostForm, hidden_inputs};
pub use select::SelectField;
pub use state::{FormState, keep};
