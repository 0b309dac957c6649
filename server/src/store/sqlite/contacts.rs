use super::{SqliteStore, rows};
use crate::store::folding::folded;
use async_trait::async_trait;
use domain::ports::{Contacts, Found, Unavailable};
use futures::FutureExt;
use protocol::{Person, UserId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

#[async_trait]
impl Contacts for SqliteStore {
    async fn search_people(&self, me: UserId, words: &str, limit: u32) -> Result<Vec<Found>, Unavailable> {
        // instr and not like: every character stands for itself, and no pattern is expensive.
        let found = sqlx::query(
            "select u.id as user_id, u.username, u.display_name,
               u.bot_of is not null as is_bot, c.contact_id is not null as is_contact,
               o.id as owner_id, o.username as owner_username, o.display_name as owner_name
             from users u
             left join contacts c on c.user_id = $1 and c.contact_id = u.id
             left join users o on o.id = u.bot_of
             where u.id <> $1
               and u.disabled_at is null
               and (instr(u.folded_name, $2) > 0 or instr('@' || u.username, $2) > 0)
             order by u.folded_name, u.id
             limit $3",
        )
        .bind(me.get())
        .bind(folded(words))
        .bind(limit)
        .fetch_all(self.readers.get())
        .await
        .map_err(Unavailable::new)?;
        found.iter().map(found_person).collect::<sqlx::Result<_>>().map_err(Unavailable::new)
    }

    async fn findable(&self, me: UserId, people: &[UserId]) -> Result<Vec<Person>, Unavailable> {
        let found = sqlx::query(
            "select id as user_id, username, display_name, bot_of is not null as is_bot
             from users
             where id in (select value from json_each($2))
               and id <> $1
               and disabled_at is null
             order by folded_name, id",
        )
        .bind(me.get())
        .bind(rows::list(people.iter().map(|person| person.get())))
        .fetch_all(self.readers.get())
        .await
        .map_err(Unavailable::new)?;
        found.iter().map(rows::person).collect::<sqlx::Result<_>>().map_err(Unavailable::new)
    }

    async fn contacts(&self, me: UserId) -> Result<Vec<Person>, Unavailable> {
        let contacts = sqlx::query(
            "select u.id as user_id, u.username, u.display_name, u.bot_of is not null as is_bot
             from contacts c
             join users u on u.id = c.contact_id
             where c.user_id = $1
               and u.disabled_at is null
             order by u.folded_name, u.id",
        )
        .bind(me.get())
        .fetch_all(self.readers.get())
        .await
        .map_err(Unavailable::new)?;
        contacts.iter().map(rows::person).collect::<sqlx::Result<_>>().map_err(Unavailable::new)
    }

    async fn add_contact(&self, me: UserId, other: UserId) -> Result<bool, Unavailable> {
        self.write_one(move |db| add(db, me, other).boxed()).await
    }

    async fn remove_contact(&self, me: UserId, other: UserId) -> Result<(), Unavailable> {
        self.write_one(move |db| remove(db, me, other).boxed()).await
    }
}

fn found_person(row: &SqliteRow) -> sqlx::Result<Found> {
    Ok(Found { person: rows::person(row)?, is_contact: row.try_get("is_contact")?, bot_of: rows::owner(row)? })
}

async fn add(db: &mut SqliteConnection, me: UserId, other: UserId) -> sqlx::Result<bool> {
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

async fn remove(db: &mut SqliteConnection, me: UserId, other: UserId) -> sqlx::Result<()> {
    sqlx::query("delete from contacts where user_id = $1 and contact_id = $2")
        .bind(me.get())
        .bind(other.get())
        .execute(db)
        .await
        .map(drop)
}
