//! Slack's message format, read as plain text: `text`, `blocks` and `attachments`.
//!
//! Members of another type than Slack's are ignored, as Slack ignores them; senders disagree about many.

mod attachments;
mod blocks;
mod mrkdwn;
mod output;
mod rich_text;

use output::Output;
use serde_json::Value;

/// The words of a payload, short enough for one message; empty when it holds none.
pub fn text(payload: &Value) -> String {
    let mut output = Output::default();
    blocks::write(&payload["blocks"], &mut output);
    // Beside blocks, Slack shows `text` in notifications only.
    if output.is_empty() {
        output.announce(&words(&payload["text"]));
    }
    attachments::write(&payload["attachments"], &mut output);
    output.finish()
}

/// The text of a string or of a text object.
fn words(value: &Value) -> String {
    match value {
        Value::String(text) => mrkdwn::plain(text),
        Value::Object(object) => {
            let text = object.get("text").and_then(Value::as_str).unwrap_or_default();
            let is_plain = object.get("type").is_some_and(|kind| kind == "plain_text");
            if is_plain { mrkdwn::decoded(text) } else { mrkdwn::plain(text) }
        }
        _ => String::new(),
    }
}

/// The items of an array; nothing of any other value.
fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests;
