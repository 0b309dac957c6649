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
        Self::from(&error)
    }
}

impl From<&clap::Error> for Stop {
    fn from(error: &clap::Error) -> Self {
        let text = error.render().to_string();
        if error.exit_code() == 0 {
            return Self { message: text, code: 0 };
        }
        // What is missing stands in lines of its own.
        let lines: Vec<_> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
        Self::wrong(lines.join(" ").trim_start_matches("error: "))
    }
}
