//! Turns the browser's WASM and the `style/` folder into the files that the server sends.

pub mod client;
pub mod manifest;
pub mod modules;
pub mod name;
pub mod reload;
pub mod site;
pub mod style;
