//! Message text as people read it: words, and links that can be clicked.

use linkify::{LinkFinder, LinkKind};
use protocol::is_unfit_for_a_line;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    Text(String),
    Link { text: String, href: String },
}

/// Cuts a text at its links: only `http`, `https` and e-mail addresses become any.
pub fn spans(text: &str) -> Vec<Span> {
    let mut finder = LinkFinder::new();
    finder.url_must_have_scheme(true);
    // linkify takes wide spaces and what turns text round for parts of an address.
    let ends_an_address = |c: char| !c.is_ascii() && (c.is_whitespace() || is_unfit_for_a_line(c));
    let mut spans = Vec::new();
    for piece in text.split_inclusive(ends_an_address) {
        let address = piece.trim_end_matches(ends_an_address);
        for part in finder.spans(address) {
            spans.push(span(&part));
        }
        if let Some(end) = piece.get(address.len()..).filter(|end| !end.is_empty()) {
            spans.push(Span::Text(end.to_owned()));
        }
    }
    spans
}

fn span(part: &linkify::Span<'_>) -> Span {
    let text = part.as_str().to_owned();
    let lower = text.to_ascii_lowercase();
    match part.kind() {
        Some(LinkKind::Email) => Span::Link { href: format!("mailto:{text}"), text },
        Some(LinkKind::Url) if lower.starts_with("http://") || lower.starts_with("https://") => {
            Span::Link { href: text.clone(), text }
        }
        _ => Span::Text(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<String> {
        let href = |span| match span {
            Span::Link { href, .. } => Some(href),
            Span::Text(_) => None,
        };
        spans(text).into_iter().filter_map(href).collect()
    }

    #[test]
    fn web_and_mail_addresses_become_links() {
        assert_eq!(
            links("see https://a.example/x, or mail b@c.example."),
            ["https://a.example/x", "mailto:b@c.example"]
        );
        assert_eq!(links("HTTP://A.example"), ["HTTP://A.example"]);
    }

    #[test]
    fn an_address_ends_before_what_is_no_part_of_one() {
        assert_eq!(links("https://a.example/\u{202e}gpj.exe"), ["https://a.example/"]);
        assert_eq!(links("https://a.example/x\u{3000}\u{660e}\u{65e5}"), ["https://a.example/x"]);
    }

    #[test]
    fn nothing_else_becomes_a_link() {
        for text in [
            "javascript:alert(1)",
            "javascript://x.example/%0aalert(1)",
            "data:text/html,x",
            "ftp://a.example",
            "a.example",
            "x@\u{2067}y.example",
        ] {
            assert!(links(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn no_letter_is_lost() {
        let text = "<b>https://a.example</b>\n明日 x@y.example !";
        let all: String = spans(text)
            .into_iter()
            .map(|span| match span {
                Span::Text(text) | Span::Link { text, .. } => text,
            })
            .collect();
        assert_eq!(all, text);
    }
}
