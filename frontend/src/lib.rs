//! The browser's entry point.

use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the page's island; the server has written all the rest for good.
#[wasm_bindgen]
pub fn hydrate(island: &web_sys::HtmlElement) {
    leptos::mount::hydrate_islands();
    app::workspace::hydrate(island);
}
