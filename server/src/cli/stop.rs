/// Why a task is not begun.
#[derive(Debug)]
pub struct Stop {
    pub message: String,
    pub code: u8,
}

impl Stop {
    pub(super) fn wrong(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 2 }
    }
}

impl From<clap::Error> for Stop {
    fn from(error: clap::Error) -> Self {
        let text = error.render().to_string();
        if error.exit_code() == 0 {
            return Self { message: text, code: 0 };
        }
        let sentence = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        Self::wrong(sentence)
    }
}
