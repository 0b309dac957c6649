use super::{SqliteStore, rows};
use async_trait::async_trait;
use domain::ports::{SessionId, SessionRecord, Sessions, Unavailable};
use futures::FutureExt;
use protocol::{At, UserId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

#[async_trait]
impl Sessions for SqliteStore {
    async fn create_session(&self, record: &SessionRecord) -> Result<bool, Unavailable> {
        let record = record.clone();
        self.write_one(move |db| create(db, record).boxed()).await
    }

    async fn save_session(&self, record: &SessionRecord) -> Result<(), Unavailable> {
        let record = record.clone();
        self.write_one(move |db| save(db, record).boxed()).await
    }

    async fn session(&self, id: &SessionId, now: At) -> Result<Option<SessionRecord>, Unavailable> {
        let row = sqlx::query(
            "select id, user_id, data, expires
             from sessions
             where id = $1
               and expires >= $2",
        )
        .bind(&id.0)
        .bind(now.get())
        .fetch_optional(&self.readers)
        .await
        .map_err(Unavailable::new)?;
        row.as_ref().map(session).transpose().map_err(Unavailable::new)
    }

    async fn living_sessions(&self, ids: &[SessionId], now: At) -> Result<Vec<SessionId>, Unavailable> {
        let ids: Vec<_> = ids.iter().map(|id| id.0.as_str()).collect();
        let living: Vec<String> = sqlx::query_scalar(
            "select id
             from sessions
             where id in (select value from json_each($1))
               and user_id is not null
               and expires >= $2",
        )
        .bind(serde_json::to_string(&ids).map_err(Unavailable::new)?)
        .bind(now.get())
        .fetch_all(&self.readers)
        .await
        .map_err(Unavailable::new)?;
        Ok(living.into_iter().map(SessionId).collect())
    }

    async fn delete_session(&self, id: &SessionId) -> Result<(), Unavailable> {
        let id = id.clone();
        self.write_one(move |db| delete(db, id).boxed()).await
    }

    async fn delete_expired_sessions(&self, now: At) -> Result<(), Unavailable> {
        self.write_one(move |db| delete_expired(db, now).boxed()).await
    }
}

fn session(row: &SqliteRow) -> sqlx::Result<SessionRecord> {
    let user: Option<i64> = row.try_get("user_id")?;
    Ok(SessionRecord {
        id: SessionId(row.try_get("id")?),
        user: user.map(|_| rows::number::<UserId>(row, "user_id")).transpose()?,
        data: row.try_get("data")?,
        expires: rows::number(row, "expires")?,
    })
}

async fn create(db: &mut SqliteConnection, record: SessionRecord) -> sqlx::Result<bool> {
    let inserted = sqlx::query(
        "insert into sessions (id, user_id, data, expires)
         values ($1, $2, $3, $4)
         on conflict (id) do nothing",
    )
    .bind(record.id.0)
    .bind(record.user.map(UserId::get))
    .bind(record.data)
    .bind(record.expires.get())
    .execute(db)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

async fn save(db: &mut SqliteConnection, record: SessionRecord) -> sqlx::Result<()> {
    sqlx::query(
        "update sessions
         set user_id = $2, data = $3, expires = $4
         where id = $1",
    )
    .bind(record.id.0)
    .bind(record.user.map(UserId::get))
    .bind(record.data)
    .bind(record.expires.get())
    .execute(db)
    .await
    .map(drop)
}

async fn delete(db: &mut SqliteConnection, id: SessionId) -> sqlx::Result<()> {
    sqlx::query("delete from sessions where id = $1").bind(id.0).execute(db).await.map(drop)
}

async fn delete_expired(db: &mut SqliteConnection, now: At) -> sqlx::Result<()> {
    sqlx::query("delete from sessions where expires < $1").bind(now.get()).execute(db).await.map(drop)
}
