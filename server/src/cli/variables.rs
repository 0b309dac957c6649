//! Environment variables: which are settings, and what is wrong with one.

use super::Stop;
use crate::sabotage;
use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Command};
use std::ffi::OsString;

/// Refuses a variable that looks like a setting and is none.
///
/// # Errors
/// Names it.
pub fn check(command: &Command, environment: &[(String, OsString)]) -> Result<(), Stop> {
    let is_setting = |name: &str| command.get_arguments().any(|arg| arg.get_env().is_some_and(|env| env == name));
    let is_known = |name: &str| is_setting(name) || sabotage::is_setting(name) || is_of_kubernetes(name, environment);
    let mut ours = environment.iter().map(|(name, _)| name).filter(|name| name.starts_with("NATTER_"));
    match ours.find(|name| !is_known(name)) {
        None => Ok(()),
        Some(name) => Err(Stop::wrong(format!("{name} is not a setting of Natter; `natter --help` lists them."))),
    }
}

/// Kubernetes describes each Service to the containers beside it: one called natter in NATTER_SERVICE_HOST, NATTER_PORT and
/// others.
fn is_of_kubernetes(name: &str, environment: &[(String, OsString)]) -> bool {
    let services = environment.iter().filter_map(|(other, _)| other.strip_suffix("_SERVICE_HOST"));
    let mut rests = services.filter_map(|service| name.strip_prefix(service));
    rests.any(|rest| rest == "_PORT" || rest.starts_with("_PORT_") || rest.starts_with("_SERVICE_"))
}

/// Takes empty variables for ones that are not set, as Compose and units of systemd write them.
pub fn without_empty(command: Command, environment: &[(String, OsString)]) -> Command {
    let is_empty = |arg: &Arg| {
        arg.get_env()
            .is_some_and(|env| environment.iter().any(|(name, value)| env == name.as_str() && value.is_empty()))
    };
    command.mut_args(|arg| if is_empty(&arg) { arg.env(Resettable::Reset) } else { arg })
}

/// What is wrong with a value, by the name of its variable when it does not stand in a flag.
pub fn named(error: &clap::Error, command: &Command, flags: &[OsString]) -> Stop {
    let stop = Stop::from(error);
    let Some(ContextValue::String(shown)) = error.get(ContextKind::InvalidArg) else { return stop };
    // As in `--addr <ADDR>`.
    let flag = shown.split([' ', '=', '[']).next().unwrap_or_default();
    let arg = command.get_arguments().find(|arg| arg.get_long().is_some() && arg.get_long() == flag.strip_prefix("--"));
    let is_given = |given: &OsString| given.to_string_lossy().split('=').next() == Some(flag);
    match arg.and_then(|arg| arg.get_env()?.to_str()) {
        Some(name) if !flags.iter().any(is_given) => {
            Stop { message: stop.message.replace(&format!("'{shown}'"), name), ..stop }
        }
        _ => stop,
    }
}
