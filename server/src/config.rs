//! How the server is configured: flags, or environment variables of the same meaning.

use crate::bus::redis;
use crate::http::Network;
use crate::limits::LimitSettings;
use crate::span::Span;
use crate::tls;
use clap::{Args, ValueEnum};
use domain::Registration;
use std::net::SocketAddr;
use std::path::PathBuf;

/// The settings, which every task reads alike.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// The address to listen on.
    #[arg(long, env = "NATTER_ADDR", default_value = "127.0.0.1:3000")]
    pub addr: SocketAddr,

    /// The folder of the database and the secrets; made on the first start; with PostgreSQL used for
    /// certificates by ACME only.
    #[arg(long, env = "NATTER_DATA", default_value = "./data")]
    pub data: PathBuf,

    /// Where messages are stored: sqlite: or postgres://; by default SQLite in the data folder.
    #[arg(long, env = "NATTER_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// Carries events between nodes: redis:// or rediss://; for one node leave it unset.
    #[arg(long, env = "NATTER_REDIS_URL", hide_env_values = true)]
    pub redis_url: Option<String>,

    /// The address in people's browsers, such as https://chat.example.org; https makes cookies secure.
    #[arg(long, env = "NATTER_ORIGIN", value_parser = origin)]
    pub origin: Option<String>,

    #[command(flatten)]
    pub tls: tls::Settings,

    /// Sites whose pages may use the API, such as https://one.example.org,https://two.example.org; never by cookie.
    #[arg(long, env = "NATTER_CORS_ORIGINS", value_delimiter = ',', value_parser = origin)]
    pub cors_origins: Vec<String>,

    /// Tells the metrics there to whoever asks; by default they are at /metrics, for this machine only.
    #[arg(long, env = "NATTER_METRICS_ADDR")]
    pub metrics_addr: Option<SocketAddr>,

    /// The proxies in front: networks or addresses, with commas between; only they are believed in X-Forwarded-For.
    #[arg(long, env = "NATTER_TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxies: Vec<Network>,

    /// The folder in which the server makes backups by itself; without one it makes none.
    #[arg(long, env = "NATTER_BACKUP_DIR")]
    pub backup_dir: Option<PathBuf>,

    /// How much time lies between two of these backups: a number and s, m, h or d.
    #[arg(long, env = "NATTER_BACKUP_EVERY", default_value = "24h")]
    pub backup_every: Span,

    /// As many of these backups are kept, the newest.
    #[arg(long, env = "NATTER_BACKUP_KEEP", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..))]
    pub backup_keep: u32,

    /// Who may create an account, where administrators are not to choose; the first one can always be made.
    #[arg(long, env = "NATTER_REGISTRATION", value_enum)]
    registration: Option<Door>,

    /// How log lines are written, on standard error.
    #[arg(long, env = "NATTER_LOG_FORMAT", value_enum, default_value = "human")]
    pub log_format: LogFormat,

    /// What is logged: a level, or a filter such as `warn,server=debug`.
    #[arg(long, env = "NATTER_LOG", default_value = "warn,server=info,domain=info")]
    pub log: String,

    /// Open pages load again when the server has restarted; `make dev` sets it, and only its builds can.
    #[arg(long, env = "NATTER_RELOAD", hide = true)]
    pub reload: bool,

    #[command(flatten)]
    pub limits: LimitSettings,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Door {
    Open,
    Invitation,
    Closed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For a terminal.
    Human,
    /// One JSON object a line.
    Json,
}

impl Config {
    /// Who may create an account, where it is fixed here.
    pub fn registration(&self) -> Option<Registration> {
        self.registration.map(|door| match door {
            Door::Open => Registration::Open,
            Door::Invitation => Registration::Invitation,
            Door::Closed => Registration::Closed,
        })
    }

    /// The database's URL, also when none is configured.
    pub fn database_url(&self) -> String {
        self.database_url.clone().unwrap_or_else(|| format!("sqlite:{}", self.data.join("natter.db").display()))
    }

    /// Whether the database is one that several nodes can use.
    pub fn is_shared(&self) -> bool {
        let database = self.database_url();
        database.starts_with("postgres://") || database.starts_with("postgresql://")
    }

    /// Whether the settings go together.
    ///
    /// # Errors
    /// One sentence that names those which do not.
    pub fn check(&self) -> Result<(), String> {
        self.tls.check(self.origin.as_deref())?;
        if self.tls.is_for_one_node() && self.redis_url.is_some() {
            return Err("NATTER_ACME_DOMAIN is for one node, and NATTER_REDIS_URL for several; \
                        put a proxy in front that gets the certificate."
                .into());
        }
        let is_shared = self.is_shared();
        match &self.redis_url {
            Some(_) if !is_shared => {
                Err("NATTER_REDIS_URL is for several nodes, and SQLite serves one; leave it unset, \
                 or set NATTER_DATABASE_URL to a PostgreSQL database, postgres://…"
                    .into())
            }
            Some(url) => redis::client(url).map(drop).map_err(|malformed| format!("NATTER_REDIS_URL: {malformed}.")),
            None if is_shared || self.database_url().starts_with("sqlite:") => Ok(()),
            None => Err("NATTER_DATABASE_URL must begin with sqlite: or postgres://.".into()),
        }
    }
}

/// Reads the address of a site.
///
/// # Errors
/// How to write one.
pub(crate) fn origin(raw: &str) -> Result<String, String> {
    let uri: axum::http::Uri = raw.parse().map_err(|_| ORIGIN)?;
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    let is_bare = uri.path() == "/" && uri.query().is_none() && !raw.contains('@');
    match uri.authority() {
        Some(_) if is_web && is_bare => Ok(raw.trim_end_matches('/').to_ascii_lowercase()),
        _ => Err(ORIGIN.into()),
    }
}

const ORIGIN: &str = "write scheme and host only, such as https://chat.example.org";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{CommandLine, Stop};
    use crate::ws::Rate;
    use domain::ports::Limit;
    use std::ffi::OsString;
    use std::time::Duration;

    fn read(flags: &[&str], environment: &[(&str, &str)]) -> Result<Config, Stop> {
        let flags = std::iter::once("natter").chain(flags.iter().copied()).map(OsString::from);
        let environment = environment.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
        CommandLine::read(flags, environment).map(|line| line.config)
    }

    fn refusal(flags: &[&str], environment: &[(&str, &str)]) -> String {
        let stop = read(flags, environment).unwrap_err();
        assert_eq!(stop.code, 2);
        assert_eq!(stop.message.lines().count(), 1, "{}", stop.message);
        stop.message
    }

    #[test]
    fn without_a_word_it_serves_this_machine_from_the_data_folder() {
        let config = read(&[], &[]).unwrap();
        assert_eq!(config.addr.to_string(), "127.0.0.1:3000");
        assert_eq!(config.database_url(), "sqlite:./data/natter.db");
        assert_eq!(config.limits.rate(), Rate { burst: 20, per_minute: 120 });
    }

    #[test]
    fn a_malformed_value_stops_the_start_with_one_sentence() {
        assert!(refusal(&["--addr", "here"], &[]).contains("--addr"));
        assert!(refusal(&["--registration", "maybe"], &[]).contains("maybe"));
        assert!(refusal(&["--colour"], &[]).contains("--colour"));
        for bad in ["chat.example.org", "ftp://x", "https://x/path", "https://a@b", "null"] {
            assert!(refusal(&["--origin", bad], &[]).contains("https://chat.example.org"), "{bad}");
        }
    }

    #[test]
    fn limits_are_on_and_nobody_is_believed_unless_it_is_said() {
        let config = read(&[], &[]).unwrap();
        let send = config.limits.quotas().unwrap().of(Limit::Send);
        assert_eq!((send.burst, send.every), (20, Duration::from_millis(500)));
        assert!(config.trusted_proxies.is_empty());
        assert!(read(&["--limits", "off"], &[]).unwrap().limits.quotas().is_none());
        assert_eq!(
            read(&["--trusted-proxies", "127.0.0.1,10.0.0.0/8, fd00::/8"], &[]).unwrap().trusted_proxies.len(),
            3
        );
        assert!(refusal(&["--trusted-proxies", "127.0.0.1,nginx"], &[]).contains("10.0.0.0/8"));
    }

    #[test]
    fn an_unknown_setting_stops_the_start() {
        assert!(refusal(&[], &[("NATTER_ADR", "x")]).contains("NATTER_ADR"));
        assert!(read(&[], &[("NATTERING", "x"), ("PATH", "y")]).is_ok());
    }

    #[test]
    fn sqlite_serves_one_node_only() {
        let sentence = refusal(&["--redis-url", "redis://localhost"], &[]);
        assert!(sentence.contains("SQLite serves one") && sentence.contains("postgres://"), "{sentence}");
    }

    #[test]
    fn several_nodes_meet_at_a_redis_address() {
        let read = |url| self::read(&["--database-url", "postgres://localhost/natter", "--redis-url", url], &[]);
        for good in ["redis://localhost", "rediss://:pass@redis.example.org:6380/1"] {
            assert!(read(good).is_ok(), "{good}");
        }
        for bad in ["localhost:6379", "http://:secret@localhost", "redis://", "redis://:secret@host:port"] {
            let sentence = read(bad).unwrap_err().message;
            assert!(sentence.contains("redis://host:port") && !sentence.contains("secret"), "{sentence}");
        }
    }

    #[test]
    fn the_database_is_one_that_there_is() {
        for url in ["sqlite:here.db", "postgres://localhost/natter", "postgresql:///natter?host=/run/postgresql"] {
            assert_eq!(read(&["--database-url", url], &[]).unwrap().database_url(), url);
        }
        for url in ["natter.db", "mysql://localhost/natter", "postgres"] {
            assert!(refusal(&["--database-url", url], &[]).contains("postgres://"), "{url}");
        }
    }

    #[test]
    fn a_certificate_needs_its_key_and_an_origin_that_is_https() {
        let files = ["--tls-cert", "crt", "--tls-key", "key"];
        assert!(read(&files, &[("NATTER_ORIGIN", "https://chat.example.org")]).is_ok());
        assert!(refusal(&files[..2], &[]).contains("NATTER_TLS_KEY is missing"));
        assert!(refusal(&files[2..], &[]).contains("NATTER_TLS_CERT is missing"));
        let plain = refusal(&[&files[..], &["--origin", "http://chat.example.org"]].concat(), &[]);
        assert!(plain.contains("NATTER_ORIGIN is http://chat.example.org"), "{plain}");
        let acme = ["--acme-domain", "chat.example.org, Talk.example.org"];
        assert!(read(&acme, &[]).is_ok());
        assert!(refusal(&[acme, ["--tls-cert", "crt"], ["--tls-key", "key"]].concat(), &[]).contains("one of them"));
        let nodes = ["--database-url", "postgres:///x", "--redis-url", "redis://x"];
        assert!(refusal(&[&acme[..], &nodes].concat(), &[]).contains("is for one node"));
        assert!(refusal(&["--acme-email", "a@example.org"], &[]).contains("NATTER_ACME_DOMAIN, which is not set"));
        for bad in ["*.example.org", "localhost", "127.0.0.1", "chat.example.org:443", "", "a..org", "https://a.org"] {
            assert!(refusal(&["--acme-domain", bad], &[]).contains("acme-domain"), "{bad}");
        }
        assert!(refusal(&["--http-redirect", "127.0.0.1:80"], &[]).contains("NATTER_TLS_CERT"));
    }

    #[test]
    fn an_origin_is_scheme_and_host() {
        let config = read(&["--origin", "https://Chat.example.org/"], &[]).unwrap();
        assert_eq!(config.origin.as_deref(), Some("https://chat.example.org"));
    }
}
