//! Message text as people read it: words, and links that can be clicked.

use linkify::{LinkFinder, LinkKind};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    Text(String),
    Link { text: String, href: String },
}

/// Cuts a text at its links: only `http`, `https` and e-mail addresses become any.
pub fn spans(text: &str) -> Vec<Span> {
    let mut finder = LinkFinder::new();
    finder.url_must_have_scheme(true);
    let link = |part: &linkify::Span<'_>| {
        let word = part.as_str();
        let lower = word.to_ascii_lowercase();
        match part.kind()? {
            LinkKind::Email => Some(format!("mailto:{word}")),
            LinkKind::Url if lower.starts_with("http://") || lower.starts_with("https://") => Some(word.to_owned()),
            _ => None,
        }
    };
    finder
        .spans(text)
        .map(|part| match link(&part) {
            Some(href) => Span::Link { text: part.as_str().to_owned(), href },
            None => Span::Text(part.as_str().to_owned()),
        })
        .collect()
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
    fn nothing_else_becomes_a_link() {
        for text in [
            "javascript:alert(1)",
            "javascript://x.example/%0aalert(1)",
            "data:text/html,x",
            "ftp://a.example",
            "a.example",
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
