//! Block Kit: those blocks that hold words. An unknown block is left out.

use super::attachments::pair;
use super::output::Output;
use super::{items, rich_text, words};
use serde_json::Value;

pub fn write(blocks: &Value, output: &mut Output) {
    for block in items(blocks) {
        match block["type"].as_str().unwrap_or_default() {
            "header" => output.line(&words(&block["text"])),
            "section" => section(block, output),
            "context" => {
                let elements = items(&block["elements"]).map(words).filter(|words| !words.is_empty());
                output.line(&elements.collect::<Vec<_>>().join(" "));
            }
            "divider" => output.gap(),
            "actions" => items(&block["elements"]).for_each(|element| button(element, output)),
            "image" => image(block, output),
            "markdown" => output.line(block["text"].as_str().unwrap_or_default()),
            "rich_text" => rich_text::write(block, output),
            _ => {}
        }
    }
}

fn section(block: &Value, output: &mut Output) {
    output.line(&words(&block["text"]));
    for field in items(&block["fields"]) {
        output.line(&labelled(&words(field)));
    }
    button(&block["accessory"], output);
}

/// A field whose first line is bold is a name and its value.
fn labelled(field: &str) -> String {
    let named = field.split_once('\n').and_then(|(name, value)| {
        let name = name.trim().strip_prefix('*')?.strip_suffix('*').or_else(|| name.trim().strip_suffix("*:"))?;
        Some(pair(name.trim_start_matches('*'), value))
    });
    named.unwrap_or_else(|| field.to_owned())
}

/// A button that leads somewhere; others ask Slack for something.
fn button(element: &Value, output: &mut Output) {
    if let Some(url) = element["url"].as_str() {
        output.link(&words(&element["text"]), url);
    }
}

fn image(block: &Value, output: &mut Output) {
    let title = words(&block["title"]);
    let name = if title.is_empty() { words(&block["alt_text"]) } else { title };
    output.link(&name, block["image_url"].as_str().unwrap_or_default());
}
