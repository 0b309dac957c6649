//! Browsers that have logged in before, each known by a signed cookie: wrong passwords from elsewhere do not lock them out
//! (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").

use super::context::{address, env, parts, response};
use axum::http::{HeaderValue, header};
use domain::ports::DeviceId;
use domain::{Attempt, KnownDevice};
use leptos::prelude::expect_context;
use protocol::UserId;
use std::sync::Arc;
use tower_sessions::cookie::{Cookie, CookieJar, Key};

/// How long a browser is known after its last log-in, in seconds: a year.
const LIFETIME_S: u32 = 365 * 24 * 3600;

/// Signs these cookies.
#[derive(Clone)]
pub struct DeviceKey {
    pub key: Key,
    /// What their names begin with.
    pub prefix: Arc<str>,
    /// Browsers reach the server by https.
    pub is_secure: bool,
}

/// A try of a password by the form at `route`.
pub fn attempt(route: &'static str) -> Attempt {
    Attempt { from: address(), route, devices: known_devices() }
}

/// Lets the browser be known to this account the next time.
pub(super) fn remember(user: UserId) {
    let known = known_devices().into_iter().find(|device| device.user == user);
    let id = known.map_or_else(|| env().random.uuid(), |KnownDevice { id: DeviceId(id), .. }| id);
    let DeviceKey { key, prefix, is_secure } = expect_context();
    let name = format!("{prefix}{user}");
    let mut jar = CookieJar::new();
    jar.signed_mut(&key).add(Cookie::new(name.clone(), format!("{user}.{}", id.simple())));
    let signed = jar.get(&name).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
    let secure = if is_secure { "; Secure" } else { "" };
    let cookie = format!("{name}={signed}; Path=/; Max-Age={LIFETIME_S}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response().append_header(header::SET_COOKIE, cookie);
    }
}

fn known_devices() -> Vec<KnownDevice> {
    let DeviceKey { key, prefix, .. } = expect_context();
    let headers = parts().headers;
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let ours = pairs.filter(|(name, _)| name.starts_with(&*prefix));
    ours.filter_map(|(name, value)| read(&key, name, value)).collect()
}

fn read(key: &Key, name: &str, value: &str) -> Option<KnownDevice> {
    let mut jar = CookieJar::new();
    jar.add_original(Cookie::new(name.to_owned(), value.to_owned()));
    let verified = jar.signed(key).get(name)?;
    let (user, id) = verified.value().split_once('.')?;
    Some(KnownDevice { user: user.parse().ok()?, id: DeviceId(id.parse().ok()?) })
}
