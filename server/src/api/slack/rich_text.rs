//! The block `rich_text`, whose texts are neither marked up nor escaped.

use super::items;
use super::mrkdwn::link;
use super::output::Output;
use serde_json::Value;

pub fn write(block: &Value, output: &mut Output) {
    for element in items(&block["elements"]) {
        match element["type"].as_str().unwrap_or_default() {
            "rich_text_list" => list(element, output),
            "rich_text_quote" => {
                let quote = inline(element);
                output.line(&quote.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n"));
            }
            _ => output.line(&inline(element)),
        }
    }
}

fn list(element: &Value, output: &mut Output) {
    let is_ordered = element["style"] == "ordered";
    for (item, no) in items(&element["elements"]).zip(1..) {
        let mark = if is_ordered { format!("{no}.") } else { "•".to_owned() };
        output.line(&format!("{mark} {}", inline(item)));
    }
}

fn inline(element: &Value) -> String {
    items(&element["elements"]).map(piece).collect()
}

fn piece(element: &Value) -> String {
    let member = |name: &str| element[name].as_str().unwrap_or_default();
    match member("type") {
        "text" => member("text").to_owned(),
        "link" => link(member("text"), member("url")),
        "emoji" => emoji(element),
        "user" => format!("@{}", member("user_id")),
        "usergroup" => format!("@{}", member("usergroup_id")),
        "channel" => format!("#{}", member("channel_id")),
        "broadcast" => format!("@{}", member("range")),
        "date" => member("fallback").to_owned(),
        "color" => member("value").to_owned(),
        _ => String::new(),
    }
}

/// Slack gives the signs of an emoji as `1f44d-1f3fd` beside its name.
fn emoji(element: &Value) -> String {
    let signs = element["unicode"].as_str().unwrap_or_default().split('-');
    let emoji =
        signs.map(|sign| u32::from_str_radix(sign, 16).ok().and_then(char::from_u32)).collect::<Option<String>>();
    emoji.unwrap_or_else(|| format!(":{}:", element["name"].as_str().unwrap_or_default()))
}
