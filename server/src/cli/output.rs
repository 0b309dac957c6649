//! What the tasks tell on the standard output. A reader that goes away early is no fault.

use serde_json::Value;
use std::io::{self, ErrorKind, Write};

/// How a task tells its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// For people.
    Words,
    /// For programs: one JSON object.
    Json,
}

impl Shape {
    pub fn of(json: bool) -> Self {
        if json { Self::Json } else { Self::Words }
    }

    pub fn tell(self, words: &str, result: &Value) -> anyhow::Result<()> {
        print(&self.text(words, result))
    }

    /// Tells it on the standard error, where the standard output holds something else.
    pub fn tell_aside(self, words: &str, result: &Value) -> anyhow::Result<()> {
        match io::stderr().write_all(format!("{}\n", self.text(words, result)).as_bytes()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn text(self, words: &str, result: &Value) -> String {
        match self {
            Self::Words => words.to_owned(),
            Self::Json => format!("{result:#}"),
        }
    }
}

/// Writes a line, or several.
pub fn print(text: &str) -> anyhow::Result<()> {
    write(format!("{text}\n").as_bytes())
}

/// Writes what is complete already.
pub fn write(bytes: &[u8]) -> anyhow::Result<()> {
    match io::stdout().write_all(bytes) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
