//! What is typed after `natter`: a task, which is to serve when none is named, and settings.

mod archives;
mod desk;
mod health;
mod invite;
mod manual;
mod output;
mod password;
mod serve;
mod settings;
mod stop;
mod user;
mod variables;

pub use settings::{Setting, Source};
pub use stop::Stop;

use crate::background;
use crate::config::Config;
use clap::{Command, CommandFactory, FromArgMatches, Parser, Subcommand};
use output::Shape;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

/// A self-hosted, real-time chat for teams and communities.
///
/// Every setting can be given as the environment variable named beside it; the flag wins.
#[derive(Debug, Parser)]
#[command(name = "natter", version, disable_help_subcommand = true)]
pub struct CommandLine {
    #[command(subcommand)]
    task: Option<Task>,

    #[command(flatten, next_help_heading = "Settings")]
    pub config: Config,

    /// Each setting as it is in force, and where it comes from.
    #[arg(skip)]
    settings: Vec<Setting>,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Serve the chat; so does `natter` alone.
    Serve,
    /// Write what is in the database into one file, also while Natter runs.
    Backup {
        /// The archive, or - for the standard output; a file that stands there is replaced when the new one is whole.
        file: PathBuf,
        /// Tell the result as one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Fill an empty data folder or database from an archive.
    Restore {
        /// The archive, of this or an earlier version and of either database, or - for the standard input.
        file: PathBuf,
        /// Tell the result as one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Verify the database, also while Natter runs, or an archive.
    Check {
        /// The archive, or - for the standard input; without one it is the database.
        file: Option<PathBuf>,
        /// Tell the result as one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Ask the running server whether it is alive; the exit code says it.
    Health,
    /// Print the settings in force, one environment variable a line; secrets are hidden.
    Config {
        /// As one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// See and change people's accounts, also while the server runs.
    #[command(subcommand)]
    User(user::Task),
    /// Make an invitation and print its link, by which people create their accounts.
    Invite(invite::Offer),
    /// Print a script that lets a shell complete Natter's commands.
    Completions {
        /// Whose script it is.
        shell: clap_complete::Shell,
    },
    /// Print the manual page, in the form that `man` reads.
    Man,
}

impl CommandLine {
    /// Reads flags and environment.
    ///
    /// # Errors
    /// One sentence that names the value at fault; for `--help` and `--version` their text, with exit code 0.
    pub fn read(
        flags: impl IntoIterator<Item = OsString>,
        environment: impl Iterator<Item = (OsString, OsString)>,
    ) -> Result<Self, Stop> {
        let environment: Vec<_> =
            environment.filter_map(|(name, value)| Some((name.into_string().ok()?, value))).collect();
        variables::check(&command(), &environment)?;
        let flags: Vec<_> = flags.into_iter().collect();
        let matches = variables::without_empty(command(), &environment)
            .try_get_matches_from(&flags)
            .map_err(|error| variables::named(&error, &command(), &flags))?;
        let mut line = Self::from_arg_matches(&matches)?;
        line.config.check().map_err(Stop::wrong)?;
        line.settings = settings::in_force(&command(), &matches);
        Ok(line)
    }

    /// Carries the task out.
    pub fn run(self) -> ExitCode {
        let task = self.task.unwrap_or(Task::Serve);
        if let Task::Backup { .. } | Task::Check { .. } = task {
            background::step_far_back();
        }
        let done = match task {
            Task::Serve => serve::serve(&self.config),
            Task::Backup { file, json } => archives::backup(&self.config, &file, Shape::of(json)),
            Task::Restore { file, json } => archives::restore(&self.config, &file, Shape::of(json)),
            Task::Check { file, json } => archives::check(&self.config, file.as_deref(), Shape::of(json)),
            Task::Health => health::ask(&self.config),
            Task::Config { json } => settings::print(&self.settings, Shape::of(json)),
            Task::User(task) => user::run(&self.config, task),
            Task::Invite(offer) => invite::run(&self.config, offer),
            Task::Completions { shell } => manual::completions(command(), shell),
            Task::Man => manual::page(command()),
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("natter: {error:#}");
                ExitCode::FAILURE
            }
        }
    }
}

/// Settings stand before or after the task, as one likes.
fn command() -> Command {
    CommandLine::command().mut_args(|setting| setting.global(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<CommandLine, Stop> {
        CommandLine::read(line.split(' ').map(OsString::from), std::iter::empty())
    }

    #[test]
    fn a_setting_stands_before_or_after_the_task() {
        for line in ["natter --data here serve", "natter serve --data here", "natter --data here"] {
            assert_eq!(read(line).unwrap().config.data.to_str(), Some("here"), "{line}");
        }
    }

    #[test]
    fn an_unknown_task_is_named() {
        let stop = read("natter surf").unwrap_err();
        assert!(stop.message.contains("surf"), "{}", stop.message);
        assert_eq!(stop.code, 2);
    }

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }
}
