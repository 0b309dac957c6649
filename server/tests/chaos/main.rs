//! Real servers under every fault that the promises name, and a checker of what their clients saw (docs/chaos.md).

#![allow(clippy::unwrap_used, reason = "clippy takes only what bears #[test] for a test")]

mod checker;
mod rows;
mod seed;
mod world;
