//! Which of several nodes does what only one should do.

use super::{open, snapshot};
use crate::store::Refused;
use sqlx::Connection;
use sqlx::postgres::PgConnection;

const LOCK: i64 = 0x6e61_7474_6572_0002;

/// Held by one node as long as its connection lasts.
pub struct PostgresTurn(PgConnection);

impl PostgresTurn {
    /// `None` while another node has it.
    pub async fn take(url: &str) -> Result<Option<Self>, Refused> {
        let options = snapshot::options(url)?;
        let place = open::place(&options);
        let fail = |error: sqlx::Error| open::failed(&place, &error);
        let mut db = open::connect(&options).await.map_err(fail)?;
        let taken: bool =
            sqlx::query_scalar("select pg_try_advisory_lock($1)").bind(LOCK).fetch_one(&mut db).await.map_err(fail)?;
        Ok(taken.then_some(Self(db)))
    }

    /// Whether the connection has lasted.
    pub async fn is_kept(&mut self) -> bool {
        matches!(tokio::time::timeout(open::PATIENCE, self.0.ping()).await, Ok(Ok(())))
    }
}
