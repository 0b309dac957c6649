//! The server's half: what a request brings along, the pages, and the document around them.
//!
//! The server crate provides [`domain::Env`] and [`Assets`] as context for pages and server functions alike;
//! `leptos_axum` provides the request's `Parts`, whose extensions carry the [`tower_sessions::Session`], the
//! [`domain::Address`] of whoever asks and, after a failed form, the [`FormState`].
//!
//! A failed form: the server's form layer calls the server function with `Accept: application/json`, since `server_fn`
//! redirects a failure to the Referer as soon as `text/html` is accepted. It knows a failure by the header
//! `serverfnerror`, reads the `ApiError`, and renders the page that the form names with [`keep`]'s state.

mod administration_form;
mod app;
mod clock;
mod context;
mod device;
mod invite;
mod island;
mod landing;
mod layout;
mod load;
mod moment;
mod page;
mod pages;
mod panel;
mod qr;
mod redirect;
mod request_id;
mod room_list;
mod session;
mod snapshot;
mod tag;
mod theme;
mod token_form;
mod unsent;
mod words;

pub use crate::form::{FormState, Made, keep};
pub use administration_form::{offer, person_page, refusal, registration_named};
pub use app::{App, shell};
pub use clock::civil;
pub use context::{
    Assets, IsLocal, Site, Sockets, Troubles, address, applicant, asking, chosen, env, is_local, new_bot, new_room,
    search_for_members, seat,
};
pub use device::{DeviceKey, attempt};
pub use landing::landing;
pub use layout::raw_text;
pub use page::after_log_in;
pub use redirect::{redirect, safe_next};
pub use request_id::RequestId;
pub use room_list::RoomList;
pub use session::{
    SESSION_ADDRESS, SESSION_DEVICE, SESSION_USER, SessionUnreadable, administrator, caller, leave, me, session_id,
    sign_in, sign_out,
};
pub use theme::Theme;
pub use token_form::{TokenForm, hook_name, session_named, token_page};
pub use unsent::has_ended;
