//! Attachments, as Alertmanager, Grafana, Jenkins and many others send them.

use super::output::Output;
use super::{blocks, items, words};
use serde_json::Value;

pub fn write(attachments: &Value, output: &mut Output) {
    for attachment in items(attachments) {
        output.gap();
        let before = output.len();
        one(attachment, output);
        // The fallback is for those who cannot show the rest.
        if output.len() == before {
            output.line(&words(&attachment["fallback"]));
        }
    }
}

fn one(attachment: &Value, output: &mut Output) {
    output.line(&words(&attachment["pretext"]));
    output.line(&words(&attachment["author_name"]));
    output.link(&words(&attachment["title"]), url(attachment, "title_link"));
    output.line(&words(&attachment["text"]));
    for field in items(&attachment["fields"]) {
        output.line(&pair(&words(&field["title"]), &value(&field["value"])));
    }
    blocks::write(&attachment["blocks"], output);
    for action in items(&attachment["actions"]).filter(|action| !url(action, "url").is_empty()) {
        output.link(&words(&action["text"]), url(action, "url"));
    }
    output.link("", url(attachment, "image_url"));
}

/// `title: value`, on two lines where the value has several.
pub fn pair(title: &str, value: &str) -> String {
    let (title, value) = (title.trim().trim_end_matches(':'), value.trim());
    match (title.is_empty() || value.is_empty(), value.contains('\n')) {
        (true, _) => format!("{title}{value}"),
        (false, true) => format!("{title}:\n{value}"),
        (false, false) => format!("{title}: {value}"),
    }
}

/// Some senders write a number or a truth as what it is.
fn value(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        _ => words(value),
    }
}

fn url<'a>(object: &'a Value, member: &str) -> &'a str {
    object[member].as_str().unwrap_or_default()
}
