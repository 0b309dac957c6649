//! What programs carry: log-ins that are renewed, tokens, tickets. Everything here is part of the sessions' port.

use super::members;
use crate::store::rows;
use domain::access::Scope;
use domain::ports::{Digest, Living, NewSession, Renewed, SessionId, SessionView};
use protocol::{At, RoomId, UserId};
use sqlx::PgExecutor;
use sqlx::postgres::PgConnection;

pub async fn open(db: &mut PgConnection, new: NewSession) -> sqlx::Result<bool> {
    let rooms: Vec<RoomId> = match &new.scope {
        Scope::Token { rooms: Some(rooms), .. } => rooms.iter().copied().collect(),
        _ => Vec::new(),
    };
    if !is_open(db, new.user).await? || !members::is_in_all(db, new.user, &rooms).await? {
        return Ok(false);
    }
    insert(db, &new).await?;
    sqlx::query("insert into session_rooms (session_id, room_id) select $1, unnest($2)")
        .bind(&new.id.0)
        .bind(rooms.iter().map(|room| room.get()).collect::<Vec<_>>())
        .execute(&mut *db)
        .await?;
    if let Some(refresh) = new.refresh {
        insert_refresh(db, refresh, &new.id).await?;
    }
    Ok(true)
}

/// Whether an account is open; until the transaction ends it stays so.
async fn is_open(db: &mut PgConnection, user: UserId) -> sqlx::Result<bool> {
    sqlx::query_scalar("select id from users where id = $1 and disabled_at is null for share")
        .bind(user.get())
        .fetch_optional(db)
        .await
        .map(|found: Option<i64>| found.is_some())
}

async fn insert(db: &mut PgConnection, new: &NewSession) -> sqlx::Result<()> {
    sqlx::query(
        "insert into sessions
           (id, user_id, proof, data, access, is_limited, name, address, created_at, seen_at, expires)
         values ($1, $2, $3, '{}', $4, $5, $6, $7, $8, $8, $9)",
    )
    .bind(&new.id.0)
    .bind(new.user.get())
    .bind(rows::proof_name(new.proof))
    .bind(rows::access_name(&new.scope))
    .bind(matches!(new.scope, Scope::Token { rooms: Some(_), .. }))
    .bind(&new.device.name)
    .bind(&new.device.address)
    .bind(new.created.get())
    .bind(new.expires.get())
    .execute(db)
    .await
    .map(drop)
}

async fn insert_refresh(db: &mut PgConnection, refresh: Digest, session: &SessionId) -> sqlx::Result<()> {
    sqlx::query("insert into refresh_secrets (digest, session_id) values ($1, $2)")
        .bind(refresh.0.as_slice())
        .bind(&session.0)
        .execute(db)
        .await
        .map(drop)
}

pub async fn living(db: impl PgExecutor<'_>, id: &SessionId, now: At) -> sqlx::Result<Option<Living>> {
    let row = sqlx::query(
        "select s.id, s.user_id, s.proof, s.access, s.is_limited, s.created_at, s.seen_at,
           (select coalesce(json_agg(room_id), '[]')::text from session_rooms where session_id = s.id) as rooms
         from sessions s
         join users u on u.id = s.user_id
         where s.id = $1
           and s.expires >= $2
           and u.disabled_at is null",
    )
    .bind(&id.0)
    .bind(now.get())
    .fetch_optional(db)
    .await?;
    row.as_ref().map(rows::living).transpose()
}

pub async fn all_of(db: impl PgExecutor<'_>, user: UserId, now: At) -> sqlx::Result<Vec<SessionView>> {
    let found = sqlx::query(
        "select s.id, s.proof, s.access, s.is_limited, s.name, s.address, s.created_at, s.seen_at, s.expires,
           (select coalesce(json_agg(room_id), '[]')::text from session_rooms where session_id = s.id) as rooms
         from sessions s
         join users u on u.id = s.user_id
         where s.user_id = $1
           and s.expires >= $2
           and u.disabled_at is null
         order by s.seen_at desc, s.created_at desc, s.id",
    )
    .bind(user.get())
    .bind(now.get())
    .fetch_all(db)
    .await?;
    found.iter().map(rows::session_view).collect()
}

pub async fn user_of_refresh(db: &mut PgConnection, refresh: Digest) -> sqlx::Result<Option<UserId>> {
    let row = sqlx::query(
        "select s.user_id
         from refresh_secrets r
         join sessions s on s.id = r.session_id
         where r.digest = $1
           and r.used_at is null",
    )
    .bind(refresh.0.as_slice())
    .fetch_optional(db)
    .await?;
    row.map(|row| rows::number(&row, "user_id")).transpose()
}

pub async fn renew(db: &mut PgConnection, old: Digest, new: Digest, now: At, expires: At) -> sqlx::Result<Renewed> {
    let Some(session) = hold(db, old).await? else { return Ok(Renewed::Unknown) };
    let Some(living) = living(&mut *db, &session, now).await? else { return Ok(Renewed::Unknown) };
    let spent = sqlx::query("update refresh_secrets set used_at = $2 where digest = $1 and used_at is null")
        .bind(old.0.as_slice())
        .bind(now.get())
        .execute(&mut *db)
        .await?;
    if spent.rows_affected() == 0 {
        sqlx::query("delete from sessions where id = $1").bind(&session.0).execute(db).await?;
        return Ok(Renewed::Stolen { user: living.caller.user, session });
    }
    insert_refresh(db, new, &session).await?;
    sqlx::query("update sessions set seen_at = greatest(seen_at, $2), expires = $3 where id = $1")
        .bind(&session.0)
        .bind(now.get())
        .bind(expires.get())
        .execute(db)
        .await?;
    Ok(Renewed::Session(living.caller))
}

/// The session that a secret renews, locked: before its secrets, in which order its end takes them away too.
async fn hold(db: &mut PgConnection, refresh: Digest) -> sqlx::Result<Option<SessionId>> {
    let session = sqlx::query_scalar(
        "select id
         from sessions
         where id = (select session_id from refresh_secrets where digest = $1)
         for update",
    )
    .bind(refresh.0.as_slice())
    .fetch_optional(db)
    .await?;
    Ok(session.map(SessionId))
}

pub async fn insert_ticket(db: &mut PgConnection, ticket: Digest, session: SessionId, expires: At) -> sqlx::Result<()> {
    sqlx::query(
        "insert into tickets (digest, session_id, expires)
         select $1, id, $3
         from sessions
         where id = $2
         for key share",
    )
    .bind(ticket.0.as_slice())
    .bind(session.0)
    .bind(expires.get())
    .execute(db)
    .await
    .map(drop)
}

pub async fn take_ticket(db: &mut PgConnection, ticket: Digest, now: At) -> sqlx::Result<Option<Living>> {
    let session = sqlx::query_scalar("delete from tickets where digest = $1 and expires >= $2 returning session_id")
        .bind(ticket.0.as_slice())
        .bind(now.get())
        .fetch_optional(&mut *db)
        .await?;
    match session {
        Some(session) => living(db, &SessionId(session), now).await,
        None => Ok(None),
    }
}
