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
    let mut spans = Vec::new();
    for piece in text.split_inclusive(ends_an_address) {
        let address = piece.trim_end_matches(ends_an_address);
        // linkify knows no IPv6 addresses (RFC 3986, 3.2.2): it reads a plain name of the same length in their place.
        let masked = without_brackets(address);
        for part in finder.spans(&masked) {
            let end = part.end();
            let (text, rest) = (&address[part.start()..end], &address[end..]);
            spans.extend(cut(text, rest, part.kind()).into_iter().flatten());
        }
        if let Some(end) = piece.get(address.len()..).filter(|end| !end.is_empty()) {
            spans.push(Span::Text(end.to_owned()));
        }
    }
    spans
}

/// What linkify takes for parts of an address: wide spaces, what turns text round, and the quotation marks, brackets and
/// stops of other scripts.
fn ends_an_address(c: char) -> bool {
    let is_mark = matches!(c, '«' | '»' | '“'..='‟' | '‹' | '›' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{301f}');
    let is_wide = matches!(
        c,
        '！' | '＂'
            | '＇'
            | '（'
            | '）'
            | '，'
            | '．'
            | '：'
            | '；'
            | '＜'
            | '＞'
            | '？'
            | '［'
            | '］'
            | '｛'
            | '｝'
            | '｟'..='･'
    );
    is_mark || is_wide || !c.is_ascii() && (c.is_whitespace() || is_unfit_for_a_line(c))
}

/// The text with a plain name in the place of each IPv6 address of a host, byte for byte as long.
fn without_brackets(text: &str) -> String {
    let mut parts = text.split("://[");
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let host = part.split_once(']').map_or("", |(host, _)| host);
        let is_address =
            host.contains(':') && host.bytes().all(|byte| byte.is_ascii_hexdigit() || b":.".contains(&byte));
        masked += "://";
        masked.extend(std::iter::repeat_n(
            if is_address { 'x' } else { '[' },
            if is_address { host.len() + 2 } else { 1 },
        ));
        masked += if is_address { &part[host.len() + 1..] } else { part };
    }
    masked
}

/// A part of a text as it is shown; `rest` follows it.
fn cut(text: &str, rest: &str, kind: Option<&LinkKind>) -> [Option<Span>; 2] {
    let lower = text.to_ascii_lowercase();
    let is_web = lower.starts_with("http://") || lower.starts_with("https://");
    // `git@host:path` is where a repository is, no mailbox.
    let is_path = rest.strip_prefix(':').is_some_and(|path| path.starts_with(|c: char| !c.is_whitespace()));
    let scheme = match kind {
        Some(LinkKind::Email) if !is_path => "mailto:",
        Some(LinkKind::Url) if is_web => "",
        _ => return [Some(Span::Text(text.to_owned())), None],
    };
    let link = text.trim_end_matches(['’', '‘', '…', '–', '—']);
    let end = Some(&text[link.len()..]).filter(|end| !end.is_empty());
    [
        Some(Span::Link { href: format!("{scheme}{link}"), text: link.to_owned() }),
        end.map(|end| Span::Text(end.to_owned())),
    ]
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
    fn what_is_put_around_an_address_is_no_part_of_it() {
        for around in [
            "“https://x.example/a”",
            "„https://x.example/a“",
            "»https://x.example/a«",
            "«https://x.example/a»",
            "‹https://x.example/a›",
            "（https://x.example/a）",
            "「https://x.example/a」",
            "【https://x.example/a】",
            "看https://x.example/a。",
            "https://x.example/a，好",
            "‘https://x.example/a’",
            "https://x.example/a…",
            "https://x.example/a！",
            "(https://x.example/a)",
            "\"https://x.example/a\"",
        ] {
            assert_eq!(links(around), ["https://x.example/a"], "{around}");
        }
        assert_eq!(links("https://x.example/Köln-’n-京都"), ["https://x.example/Köln-’n-京都"]);
    }

    #[test]
    fn hosts_may_be_ipv6_addresses() {
        for address in ["http://[::1]:3000/x", "https://[2001:db8::1]/", "http://[::ffff:127.0.0.1]/a?b"] {
            assert_eq!(links(&format!("see {address}, or http://a.example/[b]")), [address, "http://a.example/[b]"]);
        }
        for text in ["http://[x]/y", "http://[", "http://[::1", "://[é]", "://[:]"] {
            assert!(links(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_repository_is_no_mailbox() {
        assert!(links("git clone git@github.com:a/b").is_empty());
        assert_eq!(links("b@c.example: hello"), ["mailto:b@c.example"]);
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
        let text = "<b>https://a.example</b>\n明日 x@y.example ! “http://[::1]/a…” git@h.example:x ://[é]";
        let all: String = spans(text)
            .into_iter()
            .map(|span| match span {
                Span::Text(text) | Span::Link { text, .. } => text,
            })
            .collect();
        assert_eq!(all, text);
    }
}
