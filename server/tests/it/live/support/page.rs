use super::Answer;
use protocol::Workspace;

/// What a page of the workspace gives to its island.
pub fn workspace(answer: &Answer) -> Workspace {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let props = Tags::of(&answer.body).find_map(|tag| tag.attribute("data-props")).expect("a page with an island");
    let props: serde_json::Value = serde_json::from_str(&props).unwrap();
    serde_json::from_value(props["workspace"].clone()).unwrap()
}

/// A tag with its attributes, as they stand in the source.
pub struct Tag {
    pub name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    pub fn attribute(&self, name: &str) -> Option<String> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.attributes.iter().map(|(name, _)| name.as_str())
    }
}

/// The opening tags of a document, read as a browser reads them: a `>` within quotes ends nothing.
pub struct Tags<'a>(&'a str);

impl<'a> Tags<'a> {
    pub fn of(html: &'a str) -> Self {
        Self(html)
    }
}

impl Iterator for Tags<'_> {
    type Item = Tag;

    fn next(&mut self) -> Option<Tag> {
        loop {
            let from = self.0.find('<')?;
            self.0 = &self.0[from + 1..];
            if self.0.starts_with(|c: char| c.is_ascii_alphabetic()) {
                let (tag, rest) = read(self.0);
                self.0 = rest;
                return Some(tag);
            }
        }
    }
}

fn read(html: &str) -> (Tag, &str) {
    let end = html.find(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/').unwrap();
    let name = html[..end].to_ascii_lowercase();
    let (mut rest, mut attributes) = (&html[end..], Vec::new());
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if let Some(rest) = rest.strip_prefix('>') {
            return (Tag { name, attributes }, rest);
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/')).unwrap();
        let key = rest[..end].to_ascii_lowercase();
        rest = &rest[end..];
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
            let start = usize::from(quote.is_some());
            let is_end = |c: char| quote.map_or(c.is_ascii_whitespace() || c == '>', |quote| c == quote);
            let end = start + after[start..].find(is_end).unwrap();
            value = &after[start..end];
            rest = &after[end + start..];
        }
        attributes.push((key, unescaped(value)));
    }
}

fn unescaped(value: &str) -> String {
    let entities = [("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    entities.iter().fold(value.to_owned(), |value, (entity, sign)| value.replace(entity, sign))
}
