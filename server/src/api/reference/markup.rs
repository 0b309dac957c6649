//! Text as HTML.

/// A text in which nothing is markup but `code` between backticks.
pub fn text(raw: &str) -> String {
    let mut html = String::with_capacity(raw.len());
    for (at, part) in raw.split('`').enumerate() {
        let part = escaped(part);
        if at % 2 == 1 { html += &format!("<code>{part}</code>") } else { html += &part }
    }
    html
}

/// Paragraphs, between which a line is empty.
pub fn paragraphs(raw: &str) -> String {
    raw.split("\n\n").filter(|part| !part.is_empty()).map(|part| format!("<p>{}</p>", text(part))).collect()
}

/// What an element or an attribute in double quotes may hold.
pub fn escaped(raw: &str) -> String {
    raw.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_code_is_markup() {
        assert_eq!(text("a <b> & `c < \"d\"` e"), "a &lt;b&gt; &amp; <code>c &lt; &quot;d&quot;</code> e");
        assert_eq!(paragraphs("one\ntwo\n\nthree"), "<p>one\ntwo</p><p>three</p>");
        assert_eq!(paragraphs(""), "");
    }
}
