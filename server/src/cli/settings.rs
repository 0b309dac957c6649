//! `natter config`: the settings in force, without their secrets.

use super::output::Shape;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};
use serde_json::{Map, Value, json};
use url::Url;

/// One setting as it is in force.
#[derive(Debug)]
pub struct Setting {
    /// Its environment variable.
    pub name: String,
    /// Without what is secret in it; `None` when it is not set.
    pub value: Option<String>,
    pub source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Flag,
    Environment,
    Default,
}

/// Every setting of the command, in the order of its help.
pub fn in_force(command: &Command, matches: &ArgMatches) -> Vec<Setting> {
    command.get_arguments().filter(|arg| !arg.is_hide_set()).filter_map(|arg| setting(arg, matches)).collect()
}

pub fn print(settings: &[Setting], shape: Shape) -> anyhow::Result<()> {
    shape.tell(&lines(settings), &json(settings))
}

/// In the form of a file for systemd's `EnvironmentFile=`; what is not set stands in a comment.
fn lines(settings: &[Setting]) -> String {
    let line = |setting: &Setting| match (&setting.value, setting.source) {
        (None, _) => format!("# {}=", setting.name),
        (Some(value), Source::Default) => format!("# {}={value}", setting.name),
        (Some(value), _) => format!("{}={value}", setting.name),
    };
    settings.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn json(settings: &[Setting]) -> Value {
    let entry = |setting: &Setting| {
        let source = match setting.source {
            Source::Flag => "flag",
            Source::Environment => "environment",
            Source::Default => "default",
        };
        (setting.name.clone(), json!({ "value": setting.value, "source": source }))
    };
    Value::Object(settings.iter().map(entry).collect::<Map<_, _>>())
}

fn setting(arg: &Arg, matches: &ArgMatches) -> Option<Setting> {
    let name = arg.get_env()?.to_str()?.to_owned();
    let id = arg.get_id().as_str();
    let source = match matches.value_source(id) {
        Some(ValueSource::CommandLine) => Source::Flag,
        Some(ValueSource::EnvVariable) => Source::Environment,
        _ => Source::Default,
    };
    let raw =
        matches.get_raw(id).map(|values| values.map(|value| value.to_string_lossy()).collect::<Vec<_>>().join(","));
    let value = raw.map(|raw| if arg.is_hide_env_values_set() { without_secrets(&raw) } else { raw });
    Some(Setting { name, value, source })
}

/// A URL without its password; what is not understood is not shown at all.
fn without_secrets(raw: &str) -> String {
    const HIDDEN: &str = "hidden";
    let Ok(mut url) = Url::parse(raw) else { return HIDDEN.to_owned() };
    if url.password().is_some() && url.set_password(Some(HIDDEN)).is_err() {
        return HIDDEN.to_owned();
    }
    let is_secret = |name: &str| name.contains("pass");
    if url.query_pairs().any(|(name, _)| is_secret(&name)) {
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        let shown = pairs.iter().map(|(name, value)| (name, if is_secret(name) { HIDDEN } else { value }));
        url.query_pairs_mut().clear().extend_pairs(shown);
    }
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::command;

    fn of(flags: &[&str]) -> Vec<Setting> {
        let command = command();
        let matches = command.clone().try_get_matches_from([&["natter"], flags].concat()).unwrap();
        in_force(&command, &matches)
    }

    #[test]
    fn each_setting_says_where_it_comes_from() {
        let settings = of(&["--addr", "127.0.0.1:1"]);
        let lines = lines(&settings);
        assert!(
            lines.contains("\nNATTER_ADDR=127.0.0.1:1\n") || lines.starts_with("NATTER_ADDR=127.0.0.1:1\n"),
            "{lines}"
        );
        assert!(lines.contains("# NATTER_DATA=./data\n"), "{lines}");
        assert!(lines.contains("# NATTER_ORIGIN=\n"), "{lines}");
        assert_eq!(json(&settings)["NATTER_ADDR"]["source"], "flag");
    }

    #[test]
    fn no_password_is_shown() {
        for (raw, shown) in [
            ("postgres://me:pw@host/db", "postgres://me:hidden@host/db"),
            ("postgres:///db?host=/run&password=pw", "postgres:///db?host=%2Frun&password=hidden"),
            ("redis://:pw@host", "redis://:hidden@host"),
            ("pw", "hidden"),
            ("sqlite:here.db", "sqlite:here.db"),
        ] {
            assert_eq!(without_secrets(raw), shown);
        }
    }
}
