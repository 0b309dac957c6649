use super::PostgresStore;
use crate::store::rows;
use async_trait::async_trait;
use domain::ports::{SessionId, SessionRecord, Sessions, Unavailable};
use futures::FutureExt;
use protocol::{At, UserId};
use sqlx::Row;
use sqlx::postgres::PgRow;

#[async_trait]
impl Sessions for PostgresStore {
    async fn create_session(&self, record: &SessionRecord) -> Result<bool, Unavailable> {
        let query = sqlx::query(
            "insert into sessions (id, user_id, data, expires)
             values ($1, $2, $3, $4)
             on conflict (id) do nothing",
        )
        .bind(&record.id.0)
        .bind(record.user.map(UserId::get))
        .bind(&record.data)
        .bind(record.expires.get());
        let inserted = self.run(|db| query.execute(db).boxed()).await?;
        Ok(inserted.rows_affected() == 1)
    }

    async fn save_session(&self, record: &SessionRecord) -> Result<(), Unavailable> {
        let query = sqlx::query(
            "update sessions
             set user_id = $2, data = $3, expires = $4
             where id = $1",
        )
        .bind(&record.id.0)
        .bind(record.user.map(UserId::get))
        .bind(&record.data)
        .bind(record.expires.get());
        self.run(|db| query.execute(db).boxed()).await.map(drop)
    }

    async fn session(&self, id: &SessionId, now: At) -> Result<Option<SessionRecord>, Unavailable> {
        let query = sqlx::query(
            "select id, user_id, data, expires
             from sessions
             where id = $1
               and expires >= $2",
        )
        .bind(&id.0)
        .bind(now.get());
        let row = self.run(|db| query.fetch_optional(db).boxed()).await?;
        row.as_ref().map(session).transpose().map_err(Unavailable::new)
    }

    async fn living_sessions(&self, ids: &[SessionId], now: At) -> Result<Vec<SessionId>, Unavailable> {
        let ids: Vec<_> = ids.iter().map(|id| id.0.clone()).collect();
        let query = sqlx::query_scalar(
            "select id
             from sessions
             where id = any($1)
               and user_id is not null
               and expires >= $2",
        )
        .bind(ids)
        .bind(now.get());
        let living: Vec<String> = self.run(|db| query.fetch_all(db).boxed()).await?;
        Ok(living.into_iter().map(SessionId).collect())
    }

    async fn delete_session(&self, id: &SessionId) -> Result<(), Unavailable> {
        let query = sqlx::query("delete from sessions where id = $1").bind(&id.0);
        self.run(|db| query.execute(db).boxed()).await.map(drop)
    }

    async fn delete_expired_sessions(&self, now: At) -> Result<(), Unavailable> {
        // What somebody else is deleting just now is gone anyway; waiting for it could end in a deadlock.
        let query = sqlx::query(
            "delete from sessions
             where id in (select id from sessions where expires < $1 for update skip locked)",
        )
        .bind(now.get());
        self.run(|db| query.execute(db).boxed()).await.map(drop)
    }
}

fn session(row: &PgRow) -> sqlx::Result<SessionRecord> {
    let user: Option<i64> = row.try_get("user_id")?;
    Ok(SessionRecord {
        id: SessionId(row.try_get("id")?),
        user: user.map(|_| rows::number::<UserId>(row, "user_id")).transpose()?,
        data: row.try_get("data")?,
        expires: rows::number(row, "expires")?,
    })
}
