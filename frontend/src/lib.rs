//! The browser's entry point.

use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the page's island; all the rest is the server's.
#[wasm_bindgen]
pub fn hydrate(island: &web_sys::HtmlElement) {
    app::workspace::hydrate(island);
}
