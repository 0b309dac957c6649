//! Browser sessions: tower-sessions' cookie over our own store.

use super::Server;
use async_trait::async_trait;
use domain::Env;
use domain::ports::{Device, SessionId, SessionRecord};
use domain::secrets;
use protocol::{At, UserId};
use std::fmt;
use time::{Duration, OffsetDateTime};
use tower_sessions::cookie::{Key, SameSite};
use tower_sessions::service::SignedCookie;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Expiry, SessionManagerLayer, SessionStore};

/// How long a log-in lasts, however much it is used: tower-sessions counts from the last change of a session, and after
/// the log-in there is none.
const LIFETIME: Duration = Duration::days(90);

/// Reads and writes the session cookie.
pub fn layer(server: &Server) -> SessionManagerLayer<Sessions, SignedCookie> {
    SessionManagerLayer::new(Sessions(server.env.clone()))
        .with_name(server.cookie_name())
        .with_secure(server.is_secure())
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(LIFETIME))
        .with_signed(Key::from(&server.secret))
}

/// tower-sessions' store over ours.
#[derive(Clone)]
pub struct Sessions(Env);

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        while !self.0.store.create_session(&to_row(record, self.0.clock.now())?).await.map_err(backend)? {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        self.0.store.save_session(&to_row(record, self.0.clock.now())?).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = self.0.clock.now();
        let Some(row) = self.0.store.session(&name(id), now).await.map_err(backend)? else { return Ok(None) };
        domain::sessions::used(&self.0, &row.id, row.seen);
        from_row(*id, &row).map(Some)
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.0.store.delete_session(&name(id)).await.map_err(backend)
    }
}

/// How the store knows the session of a cookie.
pub fn name(id: &Id) -> SessionId {
    secrets::session_of(&id.to_string())
}

fn to_row(record: &Record, now: At) -> Result<SessionRecord> {
    let user = record.data.get(app::ssr::SESSION_USER).and_then(serde_json::Value::as_i64);
    let expires = record.expiry_date.unix_timestamp_nanos() / 1_000_000;
    Ok(SessionRecord {
        id: name(&record.id),
        user: user.and_then(|id| UserId::try_from(id).ok()),
        device: Device {
            name: text(record, app::ssr::SESSION_DEVICE),
            address: text(record, app::ssr::SESSION_ADDRESS),
        },
        created: now,
        seen: now,
        data: serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?,
        expires: i64::try_from(expires)
            .ok()
            .and_then(|ms| At::try_from(ms).ok())
            .ok_or_else(|| Error::Encode("the expiry is out of range".into()))?,
    })
}

fn text(record: &Record, key: &str) -> String {
    record.data.get(key).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

fn from_row(id: Id, row: &SessionRecord) -> Result<Record> {
    let data = serde_json::from_str(&row.data).map_err(|error| Error::Decode(error.to_string()))?;
    let expiry_date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(row.expires.get()) * 1_000_000)
        .map_err(|error| Error::Decode(error.to_string()))?;
    Ok(Record { id, data, expiry_date })
}

fn backend(error: impl fmt::Display) -> Error {
    Error::Backend(error.to_string())
}
