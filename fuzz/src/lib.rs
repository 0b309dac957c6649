//! What must hold for whatever comes over a wire or out of a form; each module is a target.
//!
//! A new target is a module with a function `hold`, a line in [`TARGETS`], a file in `fuzz_targets` with its `[[bin]]` in
//! `Cargo.toml`, and some inputs in `corpus/<target>`.

#![forbid(unsafe_code)]

pub mod commands;
pub mod cursors;
pub mod frames;
pub mod json;
pub mod links;
pub mod requests;
pub mod slack;
pub mod texts;

/// Panics when something does not hold for a text.
pub type Property = fn(&str);

pub const TARGETS: [(&str, Property); 8] = [
    ("commands", commands::hold),
    ("cursors", cursors::hold),
    ("frames", frames::hold),
    ("json", json::hold),
    ("links", links::hold),
    ("requests", requests::hold),
    ("slack", slack::hold),
    ("texts", texts::hold),
];
