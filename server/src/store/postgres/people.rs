//! People as administrators see them, and what is done to their accounts. Everything here is part of administration's
//! port.

use super::{audit, invitations, leaving, rooms};
use crate::store::folding::folded;
use crate::store::records::{self, Doer, Line, Subject};
use crate::store::rows;
use domain::ports::{Act, Acted, PeopleSearch, PersonRecord, Refusal, Shut};
use protocol::{Change, UserId, Username};
use sqlx::PgConnection;

/// Every account, in the columns of [`records::person_record`].
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select u.id as user_id, u.username, u.display_name,
               u.bot_of is not null as is_bot, u.is_admin, u.disabled_at, u.bot_of, u.created_at,
               case when u.bot_of is null then u.email else '' end as email,
               (
                 select max(seen_at)
                 from sessions
                 where user_id = u.id
                   and (proof <> 'token' or seen_at > created_at)
               ) as seen_at
             from users u ",
            $rest
        )
    };
}

pub async fn search(db: &mut PgConnection, search: PeopleSearch, limit: u32) -> sqlx::Result<Vec<PersonRecord>> {
    let found = sqlx::query(select!(
        "where u.username > $1
           and (
             strpos(u.folded_name, $2) > 0
             or strpos('@' || u.username, $2) > 0
             or (u.bot_of is null and strpos(u.email, $5) > 0)
           )
           and case $3
             when 'open' then u.bot_of is null and u.disabled_at is null
             when 'disabled' then u.disabled_at is not null
             when 'administrators' then u.is_admin
             when 'bots' then u.bot_of is not null
             else true
           end
         order by u.username
         limit $4"
    ))
    .bind(search.after.as_ref().map_or("", Username::as_str))
    .bind(folded(&search.words))
    .bind(records::filter_name(search.filter))
    .bind(i64::from(limit))
    .bind(search.words.to_lowercase())
    .fetch_all(db)
    .await?;
    found.iter().map(records::person_record).collect()
}

pub async fn find(db: &mut PgConnection, user: UserId) -> sqlx::Result<Option<PersonRecord>> {
    let row = sqlx::query(select!("where u.id = $1")).bind(user.get()).fetch_optional(db).await?;
    row.as_ref().map(records::person_record).transpose()
}

pub async fn called(db: &mut PgConnection, login: String) -> sqlx::Result<Option<PersonRecord>> {
    let row = sqlx::query(select!("where u.username = $1 or (u.email = $1 and u.bot_of is null)"))
        .bind(login.to_lowercase())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(records::person_record).transpose()
}

pub async fn disable(db: &mut PgConnection, doer: Doer, user: UserId) -> sqlx::Result<Acted<Shut>> {
    let Some(person) = subject(db, user).await? else { return Ok(Err(Refusal::NotThere)) };
    if person.is_shut {
        return Ok(Ok(Shut::default()));
    }
    if is_last(db, &person).await? {
        return Ok(Err(Refusal::LastAdministrator));
    }
    // The bots that there are, and no new one until the end: that takes its owner's row.
    let all = sqlx::query("select id as user_id from users where id = $1 or bot_of = $1 order by id for update")
        .bind(user.get())
        .fetch_all(&mut *db)
        .await?;
    let all: Vec<UserId> = all.iter().map(|row| rows::number(row, "user_id")).collect::<sqlx::Result<_>>()?;
    // Nobody passes a room to the person meanwhile, and the bots leave theirs.
    rooms::lock_of(db, &all).await?;
    let shut = sqlx::query(
        "update users
         set disabled_at = $2, is_shut_with_owner = id <> $1
         where (id = $1 or bot_of = $1)
           and disabled_at is null
         returning id as user_id",
    )
    .bind(user.get())
    .bind(doer.at.get())
    .fetch_all(&mut *db)
    .await?;
    sqlx::query("delete from sessions where user_id in (select id from users where id = $1 or bot_of = $1)")
        .bind(user.get())
        .execute(&mut *db)
        .await?;
    sqlx::query("delete from password_resets where user_id = $1").bind(user.get()).execute(&mut *db).await?;
    invitations::end_links_of(db, user, doer.at).await?;
    audit::tell(db, &doer, Line::of(Act::Disable).to(user, &person.username)).await?;
    let accounts: Vec<UserId> = shut.iter().map(|row| rows::number(row, "user_id")).collect::<sqlx::Result<_>>()?;
    let bots: Vec<_> = accounts.iter().copied().filter(|account| person.is_bot || *account != user).collect();
    let changes = leaving::remove_bots(db, &bots).await?;
    Ok(Ok(Shut { accounts, changes }))
}

pub async fn enable(db: &mut PgConnection, doer: Doer, user: UserId) -> sqlx::Result<Acted<Vec<Change>>> {
    let Some(person) = subject(db, user).await? else { return Ok(Err(Refusal::NotThere)) };
    if !person.is_shut {
        return Ok(Ok(Vec::new()));
    }
    if person.is_orphan {
        return Ok(Err(Refusal::Disabled));
    }
    sqlx::query(
        "update users
         set disabled_at = null, is_shut_with_owner = false
         where id = $1
            or (bot_of = $1 and is_shut_with_owner)",
    )
    .bind(user.get())
    .execute(&mut *db)
    .await?;
    audit::tell(db, &doer, Line::of(Act::Enable).to(user, &person.username)).await?;
    rooms::lock_of(db, &[user]).await?;
    leaving::succeed_where_nobody_owns(db, user).await.map(Ok)
}

pub async fn make_administrator(db: &mut PgConnection, doer: Doer, user: UserId) -> sqlx::Result<Acted> {
    match subject(db, user).await? {
        None => Ok(Err(Refusal::NotThere)),
        Some(Subject { is_bot: true, .. }) => Ok(Err(Refusal::Bot)),
        Some(Subject { is_shut: true, .. }) => Ok(Err(Refusal::Disabled)),
        Some(Subject { is_admin: true, .. }) => Ok(Ok(())),
        Some(person) => {
            sqlx::query("update users set is_admin = true where id = $1").bind(user.get()).execute(&mut *db).await?;
            audit::tell(db, &doer, Line::of(Act::MakeAdministrator).to(user, &person.username)).await.map(Ok)
        }
    }
}

pub async fn remove_administrator(db: &mut PgConnection, doer: Doer, user: UserId) -> sqlx::Result<Acted> {
    let Some(person) = subject(db, user).await? else { return Ok(Err(Refusal::NotThere)) };
    if !person.is_admin {
        return Ok(Ok(()));
    }
    if is_last(db, &person).await? {
        return Ok(Err(Refusal::LastAdministrator));
    }
    sqlx::query("update users set is_admin = false where id = $1").bind(user.get()).execute(&mut *db).await?;
    invitations::end_links_of(db, user, doer.at).await?;
    audit::tell(db, &doer, Line::of(Act::RemoveAdministrator).to(user, &person.username)).await.map(Ok)
}

pub async fn end_log_ins(db: &mut PgConnection, doer: Doer, user: UserId) -> sqlx::Result<Acted> {
    let Some(person) = subject(db, user).await? else { return Ok(Err(Refusal::NotThere)) };
    sqlx::query("delete from sessions where user_id = $1 and proof <> 'token'")
        .bind(user.get())
        .execute(&mut *db)
        .await?;
    audit::tell(db, &doer, Line::of(Act::EndLogIns).to(user, &person.username)).await.map(Ok)
}

/// Logged even if nothing was open.
pub async fn end_access(db: &mut PgConnection, doer: Doer, user: UserId) -> sqlx::Result<Acted<Vec<UserId>>> {
    let Some(person) = subject(db, user).await? else { return Ok(Err(Refusal::NotThere)) };
    let accounts = sqlx::query("select id as user_id from users where id = $1 or bot_of = $1 order by id for update")
        .bind(user.get())
        .fetch_all(&mut *db)
        .await?;
    sqlx::query("delete from sessions where user_id in (select id from users where id = $1 or bot_of = $1)")
        .bind(user.get())
        .execute(&mut *db)
        .await?;
    sqlx::query("delete from password_resets where user_id = $1").bind(user.get()).execute(&mut *db).await?;
    invitations::end_links_of(db, user, doer.at).await?;
    audit::tell(db, &doer, Line::of(Act::EndAccess).to(user, &person.username)).await?;
    accounts.iter().map(|row| rows::number(row, "user_id")).collect::<sqlx::Result<_>>().map(Ok)
}

/// The account to which something is about to be done.
pub async fn subject(db: &mut PgConnection, user: UserId) -> sqlx::Result<Option<Subject>> {
    let row = sqlx::query(
        "select u.id as user_id, u.username, u.is_admin, u.bot_of is not null as is_bot,
           u.disabled_at is not null as is_shut,
           o.disabled_at is not null as is_orphan
         from users u
         left join users o on o.id = u.bot_of
         where u.id = $1",
    )
    .bind(user.get())
    .fetch_optional(db)
    .await?;
    row.as_ref().map(records::subject).transpose()
}

/// Whether nobody would look after the server without this person.
async fn is_last(db: &mut PgConnection, person: &Subject) -> sqlx::Result<bool> {
    if !person.is_admin || person.is_shut {
        return Ok(false);
    }
    sqlx::query_scalar("select not exists (select 1 from users where is_admin and disabled_at is null and id <> $1)")
        .bind(person.id.get())
        .fetch_one(db)
        .await
}
