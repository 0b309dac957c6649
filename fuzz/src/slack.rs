//! Webhook payloads in Slack's format: their text fits into a message and is trimmed, whatever they hold.

use protocol::MessageText;
use server::api::slack_text;

pub fn hold(text: &str) {
    let Ok(payload) = serde_json::from_str(text) else { return };
    let said = slack_text(&payload);
    assert_eq!(said, said.trim());
    assert!(said.chars().count() <= 8000, "{}", said.len());
    // Refused are only texts in which nothing can be seen, or with NUL.
    if said.contains(|c: char| c.is_ascii_graphic()) && !said.contains('\0') {
        assert!(MessageText::parse(&said).is_ok(), "{said:?}");
    }
}
