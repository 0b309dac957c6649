//! A password that somebody enters: unseen at a terminal, else a line of the standard input; never an argument, which
//! everybody on the machine could read.

use anyhow::{Context, bail};
use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};
use protocol::{Field, Password};
use std::io::{self, IsTerminal, Stdin, Write};

/// Asks for a new password.
pub fn read() -> anyhow::Result<Password> {
    let stdin = io::stdin();
    let entered = if stdin.is_terminal() { ask_twice(&stdin)? } else { line(&stdin)? };
    Ok(Password::parse(&entered, Field::Password)?)
}

fn ask_twice(terminal: &Stdin) -> anyhow::Result<String> {
    let unseen = Unseen::on(terminal)?;
    let first = ask(terminal, "Password: ")?;
    let second = ask(terminal, "Once more: ")?;
    drop(unseen);
    if first != second {
        bail!("The two passwords are not the same; nothing was done.");
    }
    Ok(first)
}

fn ask(terminal: &Stdin, words: &str) -> anyhow::Result<String> {
    let mut prompt = io::stderr();
    write!(prompt, "{words}")?;
    prompt.flush()?;
    let entered = line(terminal);
    writeln!(prompt)?;
    entered
}

fn line(stdin: &Stdin) -> anyhow::Result<String> {
    let mut line = String::new();
    stdin.read_line(&mut line).context("The password could not be read")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// A terminal that shows nothing of what is typed, as long as this lives.
struct Unseen<'a> {
    terminal: &'a Stdin,
    before: Termios,
}

impl<'a> Unseen<'a> {
    fn on(terminal: &'a Stdin) -> anyhow::Result<Self> {
        let before = tcgetattr(terminal).context("The terminal cannot be asked")?;
        let mut unseen = before.clone();
        unseen.local_flags.remove(LocalFlags::ECHO);
        tcsetattr(terminal, SetArg::TCSAFLUSH, &unseen).context("The terminal cannot hide what is typed")?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Unseen<'_> {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing.
        let _ = tcsetattr(self.terminal, SetArg::TCSAFLUSH, &self.before);
    }
}
