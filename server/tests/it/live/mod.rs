//! The whole server in this process, spoken to as browsers do: over HTTP and over sockets.

mod accounts;
mod again;
mod answers;
mod bidi;
mod compression;
mod confusion;
mod doors;
mod headers;
mod health;
mod hostile;
mod large;
mod limits;
mod markup;
mod messages;
mod names;
mod order;
mod origins;
mod removal;
mod resume;
mod sessions;
mod settings;
mod state;
mod stopping;
pub mod support;
mod swapped;
mod tabs;
mod tries;
