//! Links in messages: no letter is lost, and nothing but an address that is shown whole can be clicked.

// The module itself: the crate that it belongs to would bring the whole of leptos along.
#[path = "../../app/src/workspace/text.rs"]
mod text;

use text::{Span, spans};

pub fn hold(words: &str) {
    let mut all = String::new();
    for span in spans(words) {
        match span {
            Span::Text(text) => all += &text,
            Span::Link { text, href } => {
                leads_where_it_says(&text, &href);
                all += &text;
            }
        }
    }
    assert_eq!(all, words, "no letter is lost");
}

fn leads_where_it_says(text: &str, href: &str) {
    let lower = href.to_ascii_lowercase();
    assert!(["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme)), "{href:?}");
    assert_eq!(href.strip_prefix("mailto:").unwrap_or(href), text, "{href:?}");
    let is_unfit = |c: char| c.is_whitespace() || c.is_control() || "<>\"".contains(c);
    assert!(!href.contains(is_unfit), "{href:?}");
    let is_reversing =
        |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    assert!(!href.contains(is_reversing), "a link reads as it is written: {href:?}");
}
