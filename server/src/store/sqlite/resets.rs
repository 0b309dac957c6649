//! Links for a new password. Everything here is part of the invitations' port.

use super::{audit, people, rows};
use crate::store::records::{self, Doer, Line, Subject};
use domain::ports::{Act, Acted, Digest, Named, NewReset, Refusal, ResetRecord};
use protocol::{At, Person, UserId};
use sqlx::{SqliteConnection, SqliteExecutor};

pub async fn insert(db: &mut SqliteConnection, doer: Doer, new: NewReset) -> sqlx::Result<Acted> {
    let person = match people::subject(db, new.user).await? {
        None => return Ok(Err(Refusal::NotThere)),
        Some(Subject { is_bot: true, .. }) => return Ok(Err(Refusal::Bot)),
        Some(Subject { is_shut: true, .. }) => return Ok(Err(Refusal::Disabled)),
        Some(person) => person,
    };
    sqlx::query(
        "insert into password_resets (user_id, digest, made_by, created_at, expires)
         values ($1, $2, $3, $4, $5)
         on conflict (user_id) do update
         set digest = excluded.digest, made_by = excluded.made_by, created_at = excluded.created_at,
           expires = excluded.expires",
    )
    .bind(new.user.get())
    .bind(new.digest.0.as_slice())
    .bind(doer.who.as_ref().map(|who| who.id.get()))
    .bind(doer.at.get())
    .bind(new.expires.get())
    .execute(&mut *db)
    .await?;
    audit::tell(db, &doer, Line::of(Act::MakeReset).to(new.user, &person.username)).await.map(Ok)
}

/// Those that serve, the newest first.
pub async fn list(db: impl SqliteExecutor<'_>, now: At, limit: u32) -> sqlx::Result<Vec<ResetRecord>> {
    let found = sqlx::query(
        "select p.created_at, p.expires, u.id as user_id, u.username, u.display_name, false as is_bot,
           o.id as owner_id, o.username as owner_username, o.display_name as owner_name
         from password_resets p
         join users u on u.id = p.user_id
         left join users o on o.id = p.made_by
         where p.expires >= $1
           and u.disabled_at is null
         order by p.created_at desc, p.user_id desc
         limit $2",
    )
    .bind(now.get())
    .bind(limit)
    .fetch_all(db)
    .await?;
    found.iter().map(records::reset).collect()
}

pub async fn revoke(db: &mut SqliteConnection, doer: Doer, user: UserId) -> sqlx::Result<Acted> {
    let Some(person) = people::subject(db, user).await? else { return Ok(Err(Refusal::NotThere)) };
    let ended =
        sqlx::query("delete from password_resets where user_id = $1").bind(user.get()).execute(&mut *db).await?;
    if ended.rows_affected() == 0 {
        return Ok(Ok(()));
    }
    audit::tell(db, &doer, Line::of(Act::RevokeReset).to(user, &person.username)).await.map(Ok)
}

pub async fn person(db: impl SqliteExecutor<'_>, reset: Digest, now: At) -> sqlx::Result<Option<Person>> {
    let row = sqlx::query(
        "select u.id as user_id, u.username, u.display_name, u.bot_of is not null as is_bot
         from password_resets p
         join users u on u.id = p.user_id
         where p.digest = $1
           and p.expires >= $2
           and u.disabled_at is null",
    )
    .bind(reset.0.as_slice())
    .bind(now.get())
    .fetch_optional(db)
    .await?;
    row.as_ref().map(rows::person).transpose()
}

pub async fn take(db: &mut SqliteConnection, reset: Digest, hash: String, now: At) -> sqlx::Result<Option<UserId>> {
    let Some(person) = person(&mut *db, reset, now).await? else { return Ok(None) };
    let user = person.id.get();
    sqlx::query("delete from password_resets where user_id = $1").bind(user).execute(&mut *db).await?;
    sqlx::query("update users set password_hash = $2 where id = $1").bind(user).bind(hash).execute(&mut *db).await?;
    sqlx::query("delete from sessions where user_id = $1").bind(user).execute(&mut *db).await?;
    let themselves = Doer { who: Some(Named { id: person.id, name: person.username.clone() }), at: now };
    audit::tell(db, &themselves, Line::of(Act::UseReset).to(person.id, &person.username)).await?;
    Ok(Some(person.id))
}
