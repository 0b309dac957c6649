//! What is wrong with the database, for the operator: PostgreSQL's own words and what to do, never a statement or a URL.

use crate::store::Refused;
use sqlx::migrate::MigrateError;
use url::Url;

/// The cause of a failure.
pub fn cause(error: &sqlx::Error) -> String {
    let error = match error {
        sqlx::Error::Database(error) => error,
        sqlx::Error::Configuration(error) => return error.to_string(),
        sqlx::Error::PoolTimedOut => return "it has not answered in time".to_owned(),
        other => return other.to_string(),
    };
    let told = error.message();
    remedy(error.code().as_deref().unwrap_or_default(), told)
        .map_or_else(|| told.to_owned(), |act| format!("{told}; {act}"))
}

/// The cause of a failed migration.
pub fn of_migration(error: &MigrateError) -> String {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => cause(error),
        other => other.to_string(),
    }
}

/// What to do about an error with this SQLSTATE (PostgreSQL, Appendix A).
fn remedy(code: &str, told: &str) -> Option<&'static str> {
    match code {
        "42501" => Some("make Natter's user the owner of the database: alter database … owner to …"),
        "53300" => Some(
            "a node needs 15 connections: raise max_connections, or the connection limit of the user or the database",
        ),
        "08P01" if told.contains("startup parameter") => Some(POOLER),
        // Prepared statements that are missing or there already.
        "26000" | "42P05" => Some(POOLER),
        _ => None,
    }
}

pub const POOLER: &str = "a pooler such as PgBouncer takes away the sessions that Natter needs: give Natter the address of PostgreSQL itself";

/// Refuses a URL in which a part of the password is taken for something else, which would be shown.
///
/// # Errors
/// Says how to write it.
pub fn check_url(raw: &str) -> Result<(), Refused> {
    let Ok(url) = Url::parse(raw) else {
        return Err(Refused::new(format!("The database URL is not understood; {PERCENT}.")));
    };
    let is_without_user = url.username().is_empty() && url.host_str().is_some_and(|host| !host.is_empty());
    let is_cut = url.path().contains('@')
        || url.fragment().is_some()
        || url.query_pairs().any(|(name, value)| name.contains('@') || is_without_user && value.contains('@'));
    if is_cut {
        Err(Refused::new(format!("The database URL has an @ or # in the wrong place; {PERCENT}.")))
    } else {
        Ok(())
    }
}

const PERCENT: &str = "write it as postgres://user:password@host/database, with other characters than letters and digits of \
    the password in percent form, such as %2F for / and %40 for @";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_piece_of_a_password_is_taken_for_a_host_or_a_database() {
        for good in [
            "postgres://natter:s%2Fcret%40@db.example.org/natter",
            "postgres://natter:p@ss@db.example.org:5432/natter?sslmode=require",
            "postgres:///natter?host=/run/postgresql&user=me@host",
            "postgres://natter@%2Frun%2Fpostgresql/natter",
        ] {
            assert!(check_url(good).is_ok(), "{good}");
        }
        for bad in ["12/secret", "12?secret", "12#secret", "12?x=secret", "a@1/secret", "a@1?secret", "pa/secret"] {
            let sentence = check_url(&format!("postgres://natter:{bad}@db/natter")).unwrap_err().to_string();
            assert!(sentence.contains("percent form") && !sentence.contains("secret"), "{sentence}");
        }
    }
}
