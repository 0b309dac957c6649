//! Which passwords nobody may choose: those that are guessed first (OWASP ASVS 5.0, 6.2.4, 6.2.11 and 6.2.12).

use crate::administration::instance;
use crate::ports::Account;
use crate::{Env, Error};
use protocol::{Field, Invalid, Password};
use std::collections::HashSet;
use std::sync::LazyLock;

const EASY: &str = "This password is too easy to guess. Choose another one, for example four random words.";
const OWN: &str = "This password contains little more than your name, e-mail address or the server’s name. \
                   Choose another one.";

/// Minimum length of what counts as a secret: the minimum length of a password.
const MIN_CHARS: usize = 8;

/// Minimum number of characters beside somebody's own data: more than a year has.
const MIN_BESIDE: usize = 5;

/// Names shorter than this occur in any password by chance.
const MIN_NAME: usize = 3;

static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("passwords/common.txt").lines().filter(|line| !line.starts_with('#')).collect());

/// The account's own data, which attackers try first.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    pub username: &'a str,
    pub display_name: &'a str,
    pub email: &'a str,
}

impl<'a> From<&'a Account> for About<'a> {
    fn from(Account { person, email, .. }: &'a Account) -> Self {
        Self { username: &person.username, display_name: &person.name, email }
    }
}

/// Checks a password that somebody chooses.
///
/// # Errors
/// [`Error::Invalid`] at `field` for one that is easy to guess.
pub async fn check(env: &Env, password: &Password, field: Field, about: About<'_>) -> Result<(), Error> {
    let server = instance::name(env).await?;
    let problem = problem(password.expose(), about, server.as_str());
    problem.map_or(Ok(()), |problem| Err(Invalid::new(field, problem).into()))
}

fn problem(password: &str, about: About<'_>, server: &str) -> Option<&'static str> {
    let folded = password.to_lowercase();
    let secret = secret(&folded);
    if secret.chars().count() < MIN_CHARS || is_sequence(secret) || COMMON.contains(secret) {
        return Some(EASY);
    }
    is_own(&folded, about, server).then_some(OWN)
}

/// The part an attacker must guess: trimmed, and one unit of a repetition.
fn secret(password: &str) -> &str {
    let trimmed = password.trim();
    let mut lengths = trimmed.char_indices().map(|(at, _)| at).skip(1).take_while(|at| at * 2 <= trimmed.len());
    let unit = lengths.find(|at| trimmed.starts_with(&trimmed[*at..]));
    unit.map_or(trimmed, |at| &trimmed[..at])
}

/// Whether each character is the one after, or before, the last: `abcdefgh`, `87654321`.
fn is_sequence(secret: &str) -> bool {
    let codes = || secret.chars().map(u32::from);
    [1, -1]
        .iter()
        .any(|step| codes().zip(codes().skip(1)).all(|(one, next)| one.checked_add_signed(*step) == Some(next)))
}

/// Whether little is left beside the account's own data, however that is punctuated.
fn is_own(password: &str, About { username, display_name, email }: About<'_>, server: &str) -> bool {
    let letters = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let local = email.split('@').next().unwrap_or_default();
    let whole = [email, local, username, display_name, server, "natter"].into_iter();
    let mut names: Vec<_> = whole.chain(display_name.split_whitespace()).map(letters).collect();
    names.retain(|name| name.chars().count() >= MIN_NAME);
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let password = letters(password);
    let left = names.iter().fold(password.clone(), |left, name| left.replace(name, ""));
    left != password && left.chars().count() < MIN_BESIDE
}

#[cfg(test)]
mod tests {
    use super::*;

    const INES: About<'_> =
        About { username: "ines.w", display_name: "Inês Weber-Lang", email: "office42@weber.example" };

    fn told(password: &str) -> Option<&'static str> {
        Password::parse(password, Field::Password).unwrap();
        problem(password, INES, "Rowing Club")
    }

    #[test]
    fn the_list_holds_what_is_guessed_first_and_long_enough() {
        assert_eq!(COMMON.len(), 10_000);
        assert!(COMMON.iter().all(|common| common.len() >= MIN_CHARS && common.to_lowercase() == *common));
    }

    #[test]
    fn common_passwords_are_refused_in_any_case() {
        for common in ["password", "12345678", "PassWord1", "qwertyuiop", " iloveyou ", "passw0rd"] {
            assert_eq!(told(common), Some(EASY), "{common}");
        }
    }

    #[test]
    fn repetitions_and_sequences_are_refused() {
        for easy in
            ["aaaaaaaa", "abcabcabc", "        ", "abcabcab", "passwordpassword", "ééééééééé", "xy      ", "ABCDEFGHIJ"]
        {
            assert_eq!(told(easy), Some(EASY), "{easy}");
        }
        assert_eq!(told("98765432"), Some(EASY));
    }

    #[test]
    fn what_everybody_knows_of_the_account_is_refused() {
        for own in ["Ines.W12", "ines-w-ines-w", "inês weber lang", "weberlang!", "office42", "office42@weber.example"]
        {
            assert_eq!(told(own), Some(OWN), "{own}");
        }
        for server in ["rowingclub", "Rowing Club 24", "natter2026"] {
            assert_eq!(told(server), Some(OWN), "{server}");
        }
    }

    #[test]
    fn a_password_that_takes_finding_is_taken() {
        for good in
            ["correct horse battery", "weberei mit vier Worten", "hunter22hunter", "!!!!@@@@####", "natter in the dark"]
        {
            assert_eq!(told(good), None, "{good}");
        }
    }
}
