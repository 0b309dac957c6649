use std::collections::HashSet;

/// Maximum length of a message, in characters.
pub const MAX_CHARACTERS: usize = 8000;

/// Bytes of the longest message that is kept whole; lines after that would be cut off.
const MAX_BYTES: usize = 4 * MAX_CHARACTERS;

const CUT: &str = "\n\n[Cut off: a message holds 8,000 characters.]";

/// A plain-text message in the making.
#[derive(Default)]
pub struct Output {
    text: String,
    /// The lines of `text`, the member, which many senders repeat as a title.
    announced: HashSet<String>,
}

impl Output {
    /// Adds the member `text`.
    pub fn announce(&mut self, text: &str) {
        self.line(text);
        self.announced = self.text.lines().map(str::to_owned).chain([self.text.clone()]).collect();
    }

    /// Adds one line or several, unless the announcement has said it.
    pub fn line(&mut self, line: &str) {
        let line = line.trim();
        if line.is_empty() || self.is_full() || self.announced.contains(line) {
            return;
        }
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        self.text.push_str(line);
    }

    /// Adds a name with its address; after the name alone, only the address.
    pub fn link(&mut self, name: &str, url: &str) {
        let (name, link) = (name.trim(), super::mrkdwn::link(name, url));
        match link.strip_prefix(name) {
            Some(url) if self.ends_with_line(name) && !self.is_full() => {
                self.gap_closed();
                self.text.push_str(url);
            }
            _ => self.line(&link),
        }
    }

    /// Starts a paragraph.
    pub fn gap(&mut self) {
        self.gap_closed();
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
        }
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub fn len(&self) -> usize {
        self.text.trim_end().len()
    }

    /// The message, cut off with a note where it is too long: an idempotency key names one message, not several.
    pub fn finish(mut self) -> String {
        self.gap_closed();
        if self.text.chars().count() <= MAX_CHARACTERS {
            return self.text;
        }
        let kept: String = self.text.chars().take(MAX_CHARACTERS - CUT.chars().count()).collect();
        kept.trim_end().to_owned() + CUT
    }

    fn gap_closed(&mut self) {
        self.text.truncate(self.text.trim_end().len());
    }

    fn ends_with_line(&self, name: &str) -> bool {
        let before = self.text.trim_end().strip_suffix(name);
        !name.is_empty() && before.is_some_and(|before| before.is_empty() || before.ends_with('\n'))
    }

    fn is_full(&self) -> bool {
        self.text.len() > MAX_BYTES
    }
}
