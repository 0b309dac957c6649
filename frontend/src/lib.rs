//! The browser's entry point: leptos finds the island's functions by name.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
pub fn hydrate() {
    // Keeps the island in the binary.
    use app as _;
    leptos::mount::hydrate_islands();
}
