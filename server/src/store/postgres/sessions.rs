use super::{PostgresStore, grants};
use crate::store::rows;
use async_trait::async_trait;
use domain::ports::{
    Digest, Living, NewSession, Renewed, SessionId, SessionRecord, SessionView, Sessions, Tokens, Unavailable,
};
use domain::sessions::LIFETIME_MS;
use futures::FutureExt;
use protocol::{At, UserId};
use sqlx::postgres::PgConnection;

#[async_trait]
impl Sessions for PostgresStore {
    async fn create_session(&self, record: &SessionRecord) -> Result<bool, Unavailable> {
        let query = sqlx::query(
            "insert into sessions
               (id, user_id, proof, data, access, is_limited, name, address, created_at, seen_at, expires)
             values ($1, $2, 'cookie', $3, null, false, $4, $5, $6, $6, $7)
             on conflict (id) do nothing",
        )
        .bind(&record.id.0)
        .bind(record.user.map(UserId::get))
        .bind(&record.data)
        .bind(&record.device.name)
        .bind(&record.device.address)
        .bind(record.created.get())
        .bind(record.expires.get());
        let inserted = self.run(|db| query.execute(db).boxed()).await?;
        Ok(inserted.rows_affected() == 1)
    }

    async fn save_session(&self, record: &SessionRecord) -> Result<(), Unavailable> {
        let query = sqlx::query(
            "update sessions
             set user_id = $2, data = $3, expires = $4, name = $5, address = $6
             where id = $1
               and proof = 'cookie'",
        )
        .bind(&record.id.0)
        .bind(record.user.map(UserId::get))
        .bind(&record.data)
        .bind(record.expires.get())
        .bind(&record.device.name)
        .bind(&record.device.address);
        self.run(|db| query.execute(db).boxed()).await.map(drop)
    }

    async fn session(&self, id: &SessionId, now: At) -> Result<Option<SessionRecord>, Unavailable> {
        let query = sqlx::query(
            "select s.id, s.user_id, s.data, s.name, s.address, s.created_at, s.seen_at, s.expires
             from sessions s
             left join users u on u.id = s.user_id
             where s.id = $1
               and s.proof = 'cookie'
               and s.expires >= $2
               and u.disabled_at is null",
        )
        .bind(&id.0)
        .bind(now.get());
        let row = self.run(|db| query.fetch_optional(db).boxed()).await?;
        row.as_ref().map(rows::session).transpose().map_err(Unavailable::new)
    }

    async fn open_session(&self, new: &NewSession) -> Result<bool, Unavailable> {
        let new = new.clone();
        self.write(move |db| grants::open(db, new).boxed()).await
    }

    async fn living(&self, id: &SessionId, now: At) -> Result<Option<Living>, Unavailable> {
        let id = id.clone();
        self.run(move |db| async move { grants::living(db, &id, now).await }.boxed()).await
    }

    async fn living_sessions(&self, ids: &[SessionId], now: At) -> Result<Vec<SessionId>, Unavailable> {
        let ids: Vec<_> = ids.iter().map(|id| id.0.clone()).collect();
        let query = sqlx::query_scalar(
            "select s.id
             from sessions s
             join users u on u.id = s.user_id
             where s.id = any($1)
               and s.expires >= $2
               and u.disabled_at is null",
        )
        .bind(ids)
        .bind(now.get());
        let living: Vec<String> = self.run(|db| query.fetch_all(db).boxed()).await?;
        Ok(living.into_iter().map(SessionId).collect())
    }

    async fn sessions_of(&self, user: UserId, now: At) -> Result<Vec<SessionView>, Unavailable> {
        self.run(move |db| grants::all_of(db, user, now).boxed()).await
    }

    async fn touch_sessions(&self, ids: &[SessionId], now: At) -> Result<(), Unavailable> {
        let ids: Vec<_> = ids.iter().map(|id| id.0.clone()).collect();
        let query = sqlx::query(
            "update sessions
             set seen_at = greatest(seen_at, $2)
             where id = any($1)",
        )
        .bind(ids)
        .bind(now.get());
        self.run(|db| query.execute(db).boxed()).await.map(drop)
    }

    async fn user_of_refresh(&self, refresh: Digest) -> Result<Option<UserId>, Unavailable> {
        self.run(move |db| grants::user_of_refresh(db, refresh).boxed()).await
    }

    async fn renew_session(&self, old: Digest, new: Digest, now: At, expires: At) -> Result<Renewed, Unavailable> {
        self.write(move |db| grants::renew(db, old, new, now, expires).boxed()).await
    }

    async fn delete_session(&self, id: &SessionId) -> Result<(), Unavailable> {
        let query = sqlx::query("delete from sessions where id = $1").bind(&id.0);
        self.run(|db| query.execute(db).boxed()).await.map(drop)
    }

    async fn end_session(&self, user: UserId, id: &SessionId) -> Result<bool, Unavailable> {
        let query = sqlx::query("delete from sessions where id = $1 and user_id = $2").bind(&id.0).bind(user.get());
        let ended = self.run(|db| query.execute(db).boxed()).await?;
        Ok(ended.rows_affected() == 1)
    }

    async fn end_other_sessions(&self, user: UserId, kept: &SessionId) -> Result<(), Unavailable> {
        let kept = kept.clone();
        self.run(move |db| async move { end_others(db, user, &kept, Tokens::Keep).await }.boxed()).await
    }

    async fn insert_ticket(&self, ticket: Digest, session: &SessionId, expires: At) -> Result<(), Unavailable> {
        let session = session.clone();
        self.run(move |db| grants::insert_ticket(db, ticket, session, expires).boxed()).await
    }

    async fn take_ticket(&self, ticket: Digest, now: At) -> Result<Option<Living>, Unavailable> {
        self.write(move |db| grants::take_ticket(db, ticket, now).boxed()).await
    }

    async fn delete_expired_sessions(&self, now: At, limit: u32) -> Result<bool, Unavailable> {
        // What somebody else is deleting just now is gone anyway; waiting for it could end in a deadlock.
        const EXPIRED: [&str; 5] = [
            "delete from tickets
             where digest = any(array(
               select digest from tickets where expires < $1 limit $2 for update skip locked
             ))",
            "delete from password_resets
             where digest = any(array(
               select digest from password_resets where expires < $1 limit $2 for update skip locked
             ))",
            "delete from invitations
             where id = any(array(
               select id from invitations where expires < $1 limit $2 for update skip locked
             ))",
            "delete from sessions
             where id = any(array(
               select id from sessions where expires < $1 limit $2 for update skip locked
             ))",
            "delete from refresh_secrets
             where digest = any(array(
               select digest from refresh_secrets where used_at < $1 limit $2 for update skip locked
             ))",
        ];
        let (now, lifetime) = (now.get(), now.get() - LIFETIME_MS);
        let mut is_done = true;
        for (expired, before) in EXPIRED.into_iter().zip([now, now, now, now, lifetime]) {
            let query = sqlx::query(expired).bind(before).bind(i64::from(limit));
            let deleted = self.run(|db| query.execute(db).boxed()).await?;
            is_done &= deleted.rows_affected() < u64::from(limit);
        }
        Ok(is_done)
    }
}

/// Ends a person's log-ins but one, and their tokens if these are not kept.
pub async fn end_others(db: &mut PgConnection, user: UserId, kept: &SessionId, tokens: Tokens) -> sqlx::Result<()> {
    sqlx::query("delete from sessions where user_id = $1 and id <> $2 and (proof <> 'token' or $3)")
        .bind(user.get())
        .bind(&kept.0)
        .bind(tokens == Tokens::Revoke)
        .execute(db)
        .await
        .map(drop)
}
