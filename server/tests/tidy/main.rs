//! The invariants of docs/ARCHITECTURE.md that can be read off the sources. Each test says what to do when it fails.

mod code;
mod crates;
mod docs;
mod queries;
mod security;
mod store;
mod tree;
