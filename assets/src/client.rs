//! The browser's half of Natter: the WASM, the JavaScript around it, and the module that starts both.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::name::{Asset, hash, hashed};

/// What wasm-bindgen makes of the compiled client.
pub struct Client {
    pub js: Vec<u8>,
    pub wasm: Vec<u8>,
}

/// Runs wasm-bindgen over the compiled client.
pub fn bind(wasm: &Path) -> Result<Client> {
    let mut output = Bindgen::new()
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(true)
        .input_path(wasm)
        .out_name("client")
        .generate_output()
        .with_context(|| format!("cannot bind {}", wasm.display()))?;
    // A snippet is a file of its own beside the client; none of our crates has one.
    ensure!(
        output.snippets().values().all(Vec::is_empty) && output.local_modules().is_empty(),
        "the client brings JavaScript snippets, which are not served"
    );
    Ok(Client { js: output.js().into(), wasm: output.wasm_mut().emit_wasm() })
}

/// The three files of the client. JavaScript and WASM share one hash, because neither works with another build's half.
pub fn files(client: Client) -> [Asset; 3] {
    let hash = hash(&[&client.js, &client.wasm]);
    [
        Asset::new("boot.js", boot(&hash)),
        Asset { name: hashed("client.js", &hash), bytes: client.js },
        Asset { name: hashed("client.wasm", &hash), bytes: client.wasm },
    ]
}

/// Starts the client and hydrates the one island, as leptos' own `island_script.js` does for many, but from a file: the
/// policy of our pages allows no other script.
/// `data-hydrated` tells tests that the page answers to clicks.
fn boot(hash: &str) -> String {
    format!(
        r#"import init, {{ hydrate }} from "./client-{hash}.js";
await init({{ module_or_path: new URL("./client-{hash}.wasm", import.meta.url) }});
hydrate(document.querySelector("leptos-island"));
document.documentElement.dataset.hydrated = "";
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boot_module_names_the_files_beside_it() {
        let [boot, js, wasm] = files(Client { js: "js".into(), wasm: "wasm".into() });
        let text = String::from_utf8(boot.bytes).expect("the script is text");
        assert!(text.contains(&format!("\"./{}\"", js.name)));
        assert!(text.contains(&format!("\"./{}\"", wasm.name)));
    }

    #[test]
    fn a_new_wasm_renames_the_javascript_too() {
        let name = |wasm: &str| files(Client { js: "js".into(), wasm: wasm.into() }).map(|asset| asset.name);
        let (old, new) = (name("old"), name("new"));
        assert!(old.iter().all(|name| !new.contains(name)));
    }
}
