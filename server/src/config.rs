//! How the server is configured: flags, or environment variables of the same meaning.

use crate::bus::redis;
use crate::http::Network;
use crate::limits::LimitSettings;
use crate::span::Span;
use crate::store;
use crate::tls;
use axum::http::Uri;
use clap::{Args, ValueEnum};
use domain::Registration;
use protocol::RoomName;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The settings, which every task reads alike.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// The address to listen on.
    #[arg(long, env = "NATTER_ADDR", default_value = "127.0.0.1:3000", value_parser = socket_address)]
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
    #[arg(long, env = "NATTER_METRICS_ADDR", value_parser = socket_address)]
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

    /// Name of the room that the first account creates and every other one joins; off for none.
    #[arg(long, env = "NATTER_FIRST_ROOM", default_value = "General")]
    pub first_room: FirstRoom,

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

/// A room's name, or `off`.
#[derive(Clone, Debug)]
pub struct FirstRoom(pub Option<RoomName>);

impl FromStr for FirstRoom {
    type Err = String;

    fn from_str(raw: &str) -> Result<Self, String> {
        match raw {
            off if off.eq_ignore_ascii_case("off") => Ok(Self(None)),
            name => RoomName::parse(name).map(|name| Self(Some(name))).map_err(|invalid| invalid.problem),
        }
    }
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
        self.database_url.clone().unwrap_or_else(|| file_url(&self.data.join("natter.db")))
    }

    /// Whether the database is one that several nodes can use.
    pub fn is_shared(&self) -> bool {
        let database = self.database_url();
        database.starts_with("postgres://") || database.starts_with("postgresql://")
    }

    /// The port that tells this server's cookies from those of others on its host: browsers keep cookies by host, not by
    /// port. `None` where the port goes without saying, and for nodes, which may listen on several.
    pub fn cookie_port(&self) -> Option<u16> {
        let of_origin = |origin: &str| origin.parse::<Uri>().ok()?.port_u16();
        match &self.origin {
            Some(origin) => of_origin(origin),
            None => Some(self.addr.port()).filter(|port| !self.is_shared() && ![0, 80, 443].contains(port)),
        }
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
        if is_shared {
            store::check_url(&self.database_url()).map_err(|refused| format!("NATTER_DATABASE_URL: {refused}"))?;
        }
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

/// The URL of a SQLite file, whatever characters are in its path.
fn file_url(path: &Path) -> String {
    // SQLite takes a name that begins with `file:` for a URL of its own.
    let path = if path.is_relative() { Path::new(".").join(path) } else { path.to_owned() };
    // The components leave out what would read as the beginning of a host.
    let path: PathBuf = path.components().collect();
    let mut url = "sqlite:".to_owned();
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => url.push(char::from(*byte)),
            byte => url += &format!("%{byte:02X}"),
        }
    }
    url
}

/// Reads an address to listen on.
///
/// # Errors
/// How to write one.
pub(crate) fn socket_address(raw: &str) -> Result<SocketAddr, &'static str> {
    let local = raw.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    local.as_deref().unwrap_or(raw).parse().map_err(|_| SOCKET_ADDRESS)
}

const SOCKET_ADDRESS: &str =
    "write an IP address and a port, such as 127.0.0.1:3000 for this machine or 0.0.0.0:3000 for every network";

/// Reads the address of a site, as browsers write it: without the port that goes without saying.
///
/// # Errors
/// How to write one.
pub(crate) fn origin(raw: &str) -> Result<String, String> {
    let uri: Uri = raw.parse().map_err(|_| ORIGIN)?;
    let is_bare = uri.path() == "/" && uri.query().is_none();
    let (Some(authority), true) = (uri.authority(), is_bare) else { return Err(ORIGIN.into()) };
    let (scheme, usual) = match uri.scheme_str() {
        Some("http") => ("http", 80),
        Some("https") => ("https", 443),
        _ => return Err(ORIGIN.into()),
    };
    let host = authority.host().to_ascii_lowercase();
    let port = authority.port_u16().map(|port| format!(":{port}")).unwrap_or_default();
    if !authority.as_str().eq_ignore_ascii_case(&format!("{host}{port}")) {
        return Err(ORIGIN.into());
    }
    let port = if authority.port_u16() == Some(usual) { "" } else { &port };
    Ok(format!("{scheme}://{host}{port}"))
}

const ORIGIN: &str = "write scheme and host only, such as https://chat.example.org";

#[cfg(test)]
mod tests;
