//! The log of what administrators do. One writer at a time: lines are committed in the order of their ids.

use super::readers::Lane;
use super::{SqliteStore, rows};
use crate::store::records::{self, Doer, Line};
use async_trait::async_trait;
use domain::ports::{
    Act, ActId, Acted, Actor, Acts, Audit, AuditEntry, AuditSearch, Named, Order, Refusal, Unavailable,
};
use protocol::At;
use sqlx::SqliteConnection;

#[async_trait]
impl Audit for SqliteStore {
    async fn audit(&self, search: &AuditSearch, limit: u32) -> Result<Vec<AuditEntry>, Unavailable> {
        list(self.readers.get(), search, limit).await.map_err(Unavailable::new)
    }

    async fn acts(&self, since: Option<ActId>) -> Result<Acts, Unavailable> {
        acts(self.readers.get(), since).await.map_err(Unavailable::new)
    }
}

/// In whose name an order is carried out; refused when they are no administrator (any more).
pub async fn begin(db: &mut SqliteConnection, Order { by, at }: Order) -> sqlx::Result<Acted<Doer>> {
    let Some(user) = by.user() else { return Ok(Ok(Doer { who: None, at })) };
    let name = sqlx::query_scalar("select username from users where id = $1 and is_admin = 1 and disabled_at is null")
        .bind(user.get())
        .fetch_optional(db)
        .await?;
    let who = name.map(|name| Named { id: user, name });
    Ok(who.map(|who| Doer { who: Some(who), at }).ok_or(Refusal::NotAdministrator))
}

/// Writes a line, in the transaction of the act.
pub async fn tell(db: &mut SqliteConnection, doer: &Doer, line: Line) -> sqlx::Result<()> {
    sqlx::query(
        "insert into audit (at, actor_id, actor, act, person_id, person, room_id, room, detail)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(doer.at.get())
    .bind(doer.who.as_ref().map(|who| who.id.get()))
    .bind(doer.who.as_ref().map(|who| &who.name))
    .bind(line.act.name())
    .bind(line.person.as_ref().map(|person| person.id.get()))
    .bind(line.person.as_ref().map(|person| &person.name))
    .bind(line.room.as_ref().map(|room| room.id.get()))
    .bind(line.room.as_ref().map(|room| &room.name))
    .bind(line.detail)
    .execute(db)
    .await
    .map(drop)
}

async fn list(readers: &Lane, search: &AuditSearch, limit: u32) -> sqlx::Result<Vec<AuditEntry>> {
    let found = sqlx::query(
        "select id, at, actor_id, actor, act, person_id, person, room_id, room, detail
         from audit
         where id < $1
           and ($2 is null or act = $2)
           and (not $3 or actor is null)
           and ($4 is null or actor = $4)
           and ($5 is null or person = $5)
           and ($6 is null or at >= $6)
           and ($7 is null or at < $7)
         order by id desc
         limit $8",
    )
    .bind(search.before.map_or(i64::MAX, |before| before.0))
    .bind(search.act.map(Act::name))
    .bind(search.actor == Some(Actor::Operator))
    .bind(search.actor.as_ref().and_then(Actor::username))
    .bind(&search.person)
    .bind(search.from.map(At::get))
    .bind(search.until.map(At::get))
    .bind(limit)
    .fetch_all(readers)
    .await?;
    found.iter().map(records::audit_entry).collect()
}

async fn acts(readers: &Lane, since: Option<ActId>) -> sqlx::Result<Acts> {
    let newest = sqlx::query_scalar("select coalesce(max(id), 0) from audit").fetch_one(readers).await.map(ActId)?;
    let since = match since {
        Some(since) if since < newest => since,
        _ => return Ok(Acts { newest, shut_out: Vec::new() }),
    };
    let shut_out = sqlx::query(
        "select distinct u.id as user_id
         from audit a
         join users u on u.id = a.person_id or u.bot_of = a.person_id
         where a.id > $1
           and a.id <= $2
           and a.act in (select value from json_each($3))",
    )
    .bind(since.0)
    .bind(newest.0)
    .bind(serde_json::Value::from_iter(Act::SHUT_OUT.map(Act::name)).to_string())
    .fetch_all(readers)
    .await?;
    let shut_out = shut_out.iter().map(|row| rows::number(row, "user_id")).collect::<sqlx::Result<_>>()?;
    Ok(Acts { newest, shut_out })
}
