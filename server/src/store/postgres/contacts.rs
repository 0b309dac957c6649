use super::PostgresStore;
use crate::store::folding::folded;
use crate::store::rows;
use async_trait::async_trait;
use domain::ports::{Contacts, Found, Unavailable};
use futures::FutureExt;
use protocol::{Person, UserId};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};

#[async_trait]
impl Contacts for PostgresStore {
    async fn search_people(&self, me: UserId, words: &str, limit: u32) -> Result<Vec<Found>, Unavailable> {
        // PostgreSQL has no text with a NUL in it, and refuses to look for one.
        if words.contains('\0') {
            return Ok(Vec::new());
        }
        // strpos and not like: every character stands for itself, and no pattern is expensive.
        let query = sqlx::query(
            "select u.id as user_id, u.username, u.display_name,
               u.bot_of is not null as is_bot, c.contact_id is not null as is_contact,
               o.id as owner_id, o.username as owner_username, o.display_name as owner_name
             from users u
             left join contacts c on c.user_id = $1 and c.contact_id = u.id
             left join users o on o.id = u.bot_of
             where u.id <> $1
               and u.disabled_at is null
               and (strpos(u.folded_name, $2) > 0 or strpos('@' || u.username, $2) > 0)
             order by u.folded_name, u.id
             limit $3",
        )
        .bind(me.get())
        .bind(folded(words))
        .bind(i64::from(limit));
        let found = self.run(|db| query.fetch_all(db).boxed()).await?;
        found.iter().map(found_person).collect::<sqlx::Result<_>>().map_err(Unavailable::new)
    }

    async fn findable(&self, me: UserId, people: &[UserId]) -> Result<Vec<Person>, Unavailable> {
        let query = sqlx::query(
            "select id as user_id, username, display_name, bot_of is not null as is_bot
             from users
             where id = any($2)
               and id <> $1
               and disabled_at is null
             order by folded_name, id",
        )
        .bind(me.get())
        .bind(people.iter().map(|person| person.get()).collect::<Vec<_>>());
        let found = self.run(|db| query.fetch_all(db).boxed()).await?;
        found.iter().map(rows::person).collect::<sqlx::Result<_>>().map_err(Unavailable::new)
    }

    async fn contacts(&self, me: UserId) -> Result<Vec<Person>, Unavailable> {
        let query = sqlx::query(
            "select u.id as user_id, u.username, u.display_name, u.bot_of is not null as is_bot
             from contacts c
             join users u on u.id = c.contact_id
             where c.user_id = $1
               and u.disabled_at is null
             order by u.folded_name, u.id",
        )
        .bind(me.get());
        let contacts = self.run(|db| query.fetch_all(db).boxed()).await?;
        contacts.iter().map(rows::person).collect::<sqlx::Result<_>>().map_err(Unavailable::new)
    }

    async fn add_contact(&self, me: UserId, other: UserId) -> Result<bool, Unavailable> {
        self.write(move |db| add(db, me, other).boxed()).await
    }

    async fn remove_contact(&self, me: UserId, other: UserId) -> Result<(), Unavailable> {
        let query = sqlx::query("delete from contacts where user_id = $1 and contact_id = $2");
        let query = query.bind(me.get()).bind(other.get());
        self.run(|db| query.execute(db).boxed()).await.map(drop)
    }
}

fn found_person(row: &PgRow) -> sqlx::Result<Found> {
    Ok(Found { person: rows::person(row)?, is_contact: row.try_get("is_contact")?, bot_of: rows::owner(row)? })
}

async fn add(db: &mut PgConnection, me: UserId, other: UserId) -> sqlx::Result<bool> {
    let exists = sqlx::query_scalar("select exists (select 1 from users where id = $1)")
        .bind(other.get())
        .fetch_one(&mut *db)
        .await?;
    if exists {
        sqlx::query(
            "insert into contacts (user_id, contact_id)
             values ($1, $2)
             on conflict do nothing",
        )
        .bind(me.get())
        .bind(other.get())
        .execute(db)
        .await?;
    }
    Ok(exists)
}
