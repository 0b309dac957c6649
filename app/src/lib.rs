//! What people see: pages and forms rendered by the server, and the one live island, the workspace.
//!
//! Compiled twice: with `ssr` into the server, with `hydrate` into the browser's WASM.

// The type of a view nests as deep as its elements.
#![recursion_limit = "256"]

pub mod api;
pub mod avatar;
pub mod form;
pub mod live;
pub mod log_out;
pub mod workspace;

#[cfg(feature = "ssr")]
pub mod ssr;
