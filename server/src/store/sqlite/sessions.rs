use super::{SqliteStore, grants, rows};
use async_trait::async_trait;
use domain::ports::{
    Digest, Living, NewSession, Renewed, SessionId, SessionRecord, SessionView, Sessions, Tokens, Unavailable,
};
use domain::sessions::LIFETIME_MS;
use futures::FutureExt;
use protocol::{At, UserId};
use sqlx::SqliteConnection;

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
            "select s.id, s.user_id, s.data, s.name, s.address, s.created_at, s.seen_at, s.expires
             from sessions s
             left join users u on u.id = s.user_id
             where s.id = $1
               and s.proof = 'cookie'
               and s.expires >= $2
               and u.disabled_at is null",
        )
        .bind(&id.0)
        .bind(now.get())
        .fetch_optional(self.readers.get())
        .await
        .map_err(Unavailable::new)?;
        row.as_ref().map(rows::session).transpose().map_err(Unavailable::new)
    }

    async fn open_session(&self, new: &NewSession) -> Result<bool, Unavailable> {
        let new = new.clone();
        self.write(move |db| grants::open(db, new).boxed()).await
    }

    async fn living(&self, id: &SessionId, now: At) -> Result<Option<Living>, Unavailable> {
        grants::living(self.readers.get(), id, now).await.map_err(Unavailable::new)
    }

    async fn living_sessions(&self, ids: &[SessionId], now: At) -> Result<Vec<SessionId>, Unavailable> {
        let ids: Vec<_> = ids.iter().map(|id| id.0.as_str()).collect();
        let living: Vec<String> = sqlx::query_scalar(
            "select s.id
             from sessions s
             join users u on u.id = s.user_id
             where s.id in (select value from json_each($1))
               and s.expires >= $2
               and u.disabled_at is null",
        )
        .bind(serde_json::to_string(&ids).map_err(Unavailable::new)?)
        .bind(now.get())
        .fetch_all(self.readers.get())
        .await
        .map_err(Unavailable::new)?;
        Ok(living.into_iter().map(SessionId).collect())
    }

    async fn sessions_of(&self, user: UserId, now: At) -> Result<Vec<SessionView>, Unavailable> {
        grants::all_of(self.readers.get(), user, now).await.map_err(Unavailable::new)
    }

    async fn touch_sessions(&self, ids: &[SessionId], now: At) -> Result<(), Unavailable> {
        let ids: Vec<_> = ids.iter().map(|id| id.0.as_str()).collect();
        let ids = serde_json::to_string(&ids).map_err(Unavailable::new)?;
        self.write_one(move |db| touch(db, ids, now).boxed()).await
    }

    async fn user_of_refresh(&self, refresh: Digest) -> Result<Option<UserId>, Unavailable> {
        grants::user_of_refresh(self.readers.get(), refresh).await.map_err(Unavailable::new)
    }

    async fn renew_session(&self, old: Digest, new: Digest, now: At, expires: At) -> Result<Renewed, Unavailable> {
        self.write(move |db| grants::renew(db, old, new, now, expires).boxed()).await
    }

    async fn delete_session(&self, id: &SessionId) -> Result<(), Unavailable> {
        let id = id.clone();
        self.write_one(move |db| delete(db, id).boxed()).await
    }

    async fn end_session(&self, user: UserId, id: &SessionId) -> Result<bool, Unavailable> {
        let id = id.clone();
        self.write_one(move |db| end(db, user, id).boxed()).await
    }

    async fn end_other_sessions(&self, user: UserId, kept: &SessionId) -> Result<(), Unavailable> {
        let kept = kept.clone();
        self.write_one(move |db| async move { end_others(db, user, &kept, Tokens::Keep).await }.boxed()).await
    }

    async fn insert_ticket(&self, ticket: Digest, session: &SessionId, expires: At) -> Result<(), Unavailable> {
        let session = session.clone();
        self.write_one(move |db| grants::insert_ticket(db, ticket, session, expires).boxed()).await
    }

    async fn take_ticket(&self, ticket: Digest, now: At) -> Result<Option<Living>, Unavailable> {
        self.write(move |db| grants::take_ticket(db, ticket, now).boxed()).await
    }

    async fn delete_expired_sessions(&self, now: At, limit: u32) -> Result<bool, Unavailable> {
        self.write(move |db| delete_expired(db, now, limit).boxed()).await
    }
}

async fn create(db: &mut SqliteConnection, record: SessionRecord) -> sqlx::Result<bool> {
    let inserted = sqlx::query(
        "insert into sessions
           (id, user_id, proof, data, access, is_limited, name, address, created_at, seen_at, expires)
         values ($1, $2, 'cookie', $3, null, 0, $4, $5, $6, $6, $7)
         on conflict (id) do nothing",
    )
    .bind(record.id.0)
    .bind(record.user.map(UserId::get))
    .bind(record.data)
    .bind(record.device.name)
    .bind(record.device.address)
    .bind(record.created.get())
    .bind(record.expires.get())
    .execute(db)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

async fn save(db: &mut SqliteConnection, record: SessionRecord) -> sqlx::Result<()> {
    sqlx::query(
        "update sessions
         set user_id = $2, data = $3, expires = $4, name = $5, address = $6
         where id = $1
           and proof = 'cookie'",
    )
    .bind(record.id.0)
    .bind(record.user.map(UserId::get))
    .bind(record.data)
    .bind(record.expires.get())
    .bind(record.device.name)
    .bind(record.device.address)
    .execute(db)
    .await
    .map(drop)
}

/// `ids` is a JSON array.
async fn touch(db: &mut SqliteConnection, ids: String, now: At) -> sqlx::Result<()> {
    sqlx::query(
        "update sessions
         set seen_at = max(seen_at, $2)
         where id in (select value from json_each($1))",
    )
    .bind(ids)
    .bind(now.get())
    .execute(db)
    .await
    .map(drop)
}

async fn delete(db: &mut SqliteConnection, id: SessionId) -> sqlx::Result<()> {
    sqlx::query("delete from sessions where id = $1").bind(id.0).execute(db).await.map(drop)
}

async fn end(db: &mut SqliteConnection, user: UserId, id: SessionId) -> sqlx::Result<bool> {
    let ended = sqlx::query("delete from sessions where id = $1 and user_id = $2")
        .bind(id.0)
        .bind(user.get())
        .execute(db)
        .await?;
    Ok(ended.rows_affected() == 1)
}

/// Ends a person's log-ins but one, and their tokens if these are not kept.
pub async fn end_others(db: &mut SqliteConnection, user: UserId, kept: &SessionId, tokens: Tokens) -> sqlx::Result<()> {
    sqlx::query("delete from sessions where user_id = $1 and id <> $2 and (proof <> 'token' or $3)")
        .bind(user.get())
        .bind(&kept.0)
        .bind(tokens == Tokens::Revoke)
        .execute(db)
        .await
        .map(drop)
}

async fn delete_expired(db: &mut SqliteConnection, now: At, limit: u32) -> sqlx::Result<bool> {
    const EXPIRED: [&str; 5] = [
        "delete from tickets where digest in (select digest from tickets where expires < $1 limit $2)",
        "delete from password_resets where digest in (select digest from password_resets where expires < $1 limit $2)",
        "delete from invitations where id in (select id from invitations where expires < $1 limit $2)",
        "delete from sessions where id in (select id from sessions where expires < $1 limit $2)",
        "delete from refresh_secrets where digest in (select digest from refresh_secrets where used_at < $1 limit $2)",
    ];
    let (now, lifetime) = (now.get(), now.get() - LIFETIME_MS);
    let mut is_done = true;
    for (expired, before) in EXPIRED.into_iter().zip([now, now, now, now, lifetime]) {
        let deleted = sqlx::query(expired).bind(before).bind(limit).execute(&mut *db).await?;
        is_done &= deleted.rows_affected() < u64::from(limit);
    }
    Ok(is_done)
}
