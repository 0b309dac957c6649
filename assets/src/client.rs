//! The browser's half of Natter: the WASM, the JavaScript around it, and the module that starts both.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use walrus::Module;
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
    let mut js = bare(&without_classes(output.js()));
    js = without_unused(output.wasm_mut(), js);
    for (number, import) in output.wasm_mut().imports.iter_mut().enumerate() {
        let name = format!("i{number}");
        js = renamed(&js, &import.name, &name)?;
        import.name = name;
    }
    Ok(Client { js: js.into(), wasm: output.wasm_mut().emit_wasm() })
}

/// The script without the classes that a library of leptos' exports for its own use elsewhere: ours has none.
fn without_classes(js: &str) -> String {
    let mut rest = js.to_owned();
    while let Some(start) = rest.find("export class ") {
        let name: String =
            rest[start + "export class ".len()..].chars().take_while(char::is_ascii_alphanumeric).collect();
        rest = format!("{}{}", &rest[..start], after_block(&rest[start..]));
        rest = cut(&rest, &format!("if (Symbol.dispose) {name}."), ";\n");
        rest = cut(&rest, &format!("const {name}Finalization = "), ";\n");
    }
    rest
}

/// What follows the first block in braces.
fn after_block(js: &str) -> &str {
    let mut depth = 0;
    let end = js.find(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == '}' && depth == 0
    });
    end.map_or("", |end| &js[end + 1..])
}

/// Takes out what the two halves do not ask of each other any more.
fn without_unused(module: &mut Module, js: String) -> String {
    let is_used = |name: &str| js.contains(&format!("wasm.{name}"));
    let unused: Vec<_> =
        module.exports.iter().filter(|export| !is_used(&export.name)).map(|export| export.id()).collect();
    unused.into_iter().for_each(|export| module.exports.delete(export));
    let before: Vec<_> = module.imports.iter().map(|import| import.name.clone()).collect();
    walrus::passes::gc::run(module);
    let is_gone = |name: &&String| module.imports.iter().all(|import| import.name != **name);
    before.iter().filter(is_gone).fold(js, |js, name| cut(&js, &format!("\n{name}: "), "\n},"))
}

/// The text without the first piece that starts so, to the end of what ends it.
fn cut(text: &str, start: &str, end: &str) -> String {
    let piece = text.split_once(start).and_then(|(before, rest)| Some((before, rest.split_once(end)?.1)));
    piece.map_or_else(|| text.to_owned(), |(before, after)| format!("{before}{after}"))
}

/// The script without comments and indentation; wasm-bindgen writes neither within a line.
fn bare(js: &str) -> String {
    let is_comment = |line: &str| ["/*", "*", "//"].iter().any(|start| line.starts_with(start));
    let is_code = |line: &&str| !(line.is_empty() || is_comment(line));
    js.lines().map(str::trim).filter(is_code).map(|line| format!("{line}\n")).collect()
}

/// Gives an import another name in the script. The hash in the first one says nothing, and does not compress: 4 KB in all.
fn renamed(js: &str, from: &str, to: &str) -> Result<String> {
    let (from, to) = (format!("\n{from}: "), format!("\n{to}: "));
    ensure!(js.contains(&from), "wasm-bindgen's script does not define {}", from.trim());
    Ok(js.replacen(&from, &to, 1))
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
/// A page at another address than the configured one is refused its socket: it says why, and what to mend.
fn boot(hash: &str) -> String {
    format!(
        r#"import init, {{ hydrate }} from "./client-{hash}.js";
const {{ origin }} = document.documentElement.dataset;
if (origin && origin !== location.origin) {{
  const told = document.createElement("p");
  told.className = "alert alert--over";
  told.setAttribute("role", "alert");
  told.textContent = `This page stands at ${{location.origin}}, and Natter takes what is sent from ${{origin}} only: open it there. If you run this server and this is its right address, set NATTER_ORIGIN=${{location.origin}} and start it anew.`;
  document.body.prepend(told);
}}
await init({{ module_or_path: new URL("./client-{hash}.wasm", import.meta.url) }});
hydrate(document.querySelector("leptos-island"));
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_indentation_go() {
        assert_eq!(bare("/**\n * @param {any} a\n */\nf(a) {\n\n    // twice\n    a *= 2;\n}"), "f(a) {\na *= 2;\n}\n");
    }

    #[test]
    fn classes_go_with_all_that_is_theirs() {
        let js = "let a;\nexport class Sink {\n    get free() {\n        if (a) {}\n    }\n}\n\
                  if (Symbol.dispose) Sink.prototype[Symbol.dispose] = Sink.prototype.free;\n\
                  export function hydrate() {}\n\
                  const SinkFinalization = (typeof FinalizationRegistry === 'undefined')\n    ? { a: () => {} }\n    : b;\nlet c;\n";
        assert_eq!(without_classes(js), "let a;\n\nexport function hydrate() {}\nlet c;\n");
    }

    #[test]
    fn an_import_is_renamed_where_it_is_defined_and_must_be_there() {
        let js = "{\n__wbg_a_1: function() {},\n__wbg_ab_2: a,\n}";
        assert_eq!(renamed(js, "__wbg_a_1", "i0").unwrap(), "{\ni0: function() {},\n__wbg_ab_2: a,\n}");
        assert!(renamed(js, "__wbg_b_3", "i1").is_err());
    }

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
