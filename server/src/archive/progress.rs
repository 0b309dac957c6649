use indicatif::{ProgressBar, ProgressStyle};

/// How far long work has come, for whoever watches on a terminal.
#[derive(Clone, Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// Told on standard error; nothing where that is no terminal.
    pub fn shown() -> Self {
        Self(ProgressBar::no_length())
    }

    /// Told to nobody.
    pub fn hidden() -> Self {
        Self(ProgressBar::hidden())
    }

    /// Begins a part of the work.
    pub fn begin(&self, what: &'static str, rows: u64) {
        let style = ProgressStyle::with_template("{msg:10} {wide_bar} {human_pos} of {human_len} rows, {eta}");
        self.0.set_style(style.expect("a template without a fault"));
        self.0.reset();
        self.0.set_length(rows);
        self.0.set_message(what);
    }

    pub fn advance(&self, rows: u64) {
        self.0.inc(rows);
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.0.finish_and_clear();
    }
}
