use super::{PostgresStore, arrivals, audit, leaving, rooms, sessions};
use crate::store::folding::folded;
use crate::store::rows;
use async_trait::async_trait;
use domain::ports::{Account, Accounts, Credentials, NewAccount, NewBot, Registered, SessionId, Tokens, Unavailable};
use futures::FutureExt;
use protocol::{At, Change, DisplayName, Epoch, Person, UserId, What};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};

#[async_trait]
impl Accounts for PostgresStore {
    async fn epoch(&self) -> Result<Epoch, Unavailable> {
        let epoch = self.run(|db| sqlx::query_scalar("select epoch from instance").fetch_one(db).boxed());
        epoch.await.map(Epoch)
    }

    async fn has_accounts(&self) -> Result<bool, Unavailable> {
        self.run(|db| sqlx::query_scalar("select exists (select 1 from users)").fetch_one(db).boxed()).await
    }

    async fn insert_account(&self, new: NewAccount) -> Result<Registered, Unavailable> {
        self.write(move |db| arrivals::insert(db, new).boxed()).await
    }

    async fn account(&self, user: UserId) -> Result<Option<Account>, Unavailable> {
        let query = sqlx::query(
            "select id as user_id, username, display_name, bot_of is not null as is_bot, is_admin, bot_of, is_hook,
               case when bot_of is null then email else '' end as email
             from users
             where id = $1",
        )
        .bind(user.get());
        let row = self.run(|db| query.fetch_optional(db).boxed()).await?;
        row.as_ref().map(rows::account).transpose().map_err(Unavailable::new)
    }

    async fn credentials(&self, login: &str) -> Result<Option<Credentials>, Unavailable> {
        // PostgreSQL has no text with a NUL in it, and refuses to look for one.
        if login.contains('\0') {
            return Ok(None);
        }
        let query = sqlx::query(
            "select id as user_id, password_hash
             from users
             where (username = $1 or email = $1)
               and bot_of is null
               and disabled_at is null",
        )
        .bind(login.to_lowercase());
        let row = self.run(|db| query.fetch_optional(db).boxed()).await?;
        row.as_ref().map(credentials).transpose().map_err(Unavailable::new)
    }

    async fn set_display_name(&self, user: UserId, name: &DisplayName) -> Result<Vec<Change>, Unavailable> {
        let name = name.clone();
        self.write(move |db| rename(db, user, name).boxed()).await
    }

    async fn set_password(
        &self,
        user: UserId,
        former: &str,
        hash: &str,
        kept: &SessionId,
        tokens: Tokens,
    ) -> Result<bool, Unavailable> {
        let (former, hash, kept) = (former.to_owned(), hash.to_owned(), kept.clone());
        self.write(move |db| async move { set_password(db, user, &former, &hash, &kept, tokens).await }.boxed()).await
    }

    async fn insert_bot(&self, new: NewBot) -> Result<Registered, Unavailable> {
        self.write(move |db| async move { insert_bot(db, &new).await }.boxed()).await
    }

    async fn bots(&self, owner: UserId) -> Result<Vec<Person>, Unavailable> {
        let query = sqlx::query(
            "select id as user_id, username, display_name, true as is_bot
             from users
             where bot_of = $1
               and disabled_at is null
             order by id",
        )
        .bind(owner.get());
        let found = self.run(|db| query.fetch_all(db).boxed()).await?;
        found.iter().map(rows::person).collect::<sqlx::Result<_>>().map_err(Unavailable::new)
    }

    async fn set_disabled(&self, user: UserId, since: Option<At>) -> Result<Option<Vec<Change>>, Unavailable> {
        self.write(move |db| set_disabled(db, user, since).boxed()).await
    }
}

fn credentials(row: &PgRow) -> sqlx::Result<Credentials> {
    Ok(Credentials { user: rows::number(row, "user_id")?, password_hash: row.try_get("password_hash")? })
}

async fn rename(db: &mut PgConnection, user: UserId, name: DisplayName) -> sqlx::Result<Vec<Change>> {
    // From here on nobody can seat this person anywhere: that takes a share of the row (members::hold).
    sqlx::query(
        "update users
         set display_name = $2, folded_name = $3
         where id = $1",
    )
    .bind(user.get())
    .bind(name.as_str())
    .bind(folded(name.as_str()))
    .execute(&mut *db)
    .await?;
    rooms::lock_of(db, &[user]).await?;
    sqlx::query(
        "update rooms
         set rev = rev + 1
         where id in (select room_id from members where user_id = $1 and is_active)",
    )
    .bind(user.get())
    .execute(&mut *db)
    .await?;
    let changed = sqlx::query(
        "update members m
         set rev = r.rev
         from rooms r, users u
         where m.user_id = $1
           and m.is_active
           and r.id = m.room_id
           and u.id = m.user_id
         returning m.room_id, m.rev, m.user_id, m.role, u.username, u.display_name, u.bot_of is not null as is_bot",
    )
    .bind(user.get())
    .fetch_all(db)
    .await?;
    changed.iter().map(member_changed).collect()
}

fn member_changed(row: &PgRow) -> sqlx::Result<Change> {
    let what = What::MemberChanged(rows::member(row)?);
    Ok(Change { room: rows::number(row, "room_id")?, rev: rows::number(row, "rev")?, what })
}

/// Until the transaction ends nobody logs in as this person: a session takes a share of the row that it refers to.
pub async fn hold(db: &mut PgConnection, user: UserId) -> sqlx::Result<()> {
    sqlx::query("select from users where id = $1 for update").bind(user.get()).execute(db).await.map(drop)
}

async fn set_password(
    db: &mut PgConnection,
    user: UserId,
    former: &str,
    hash: &str,
    kept: &SessionId,
    tokens: Tokens,
) -> sqlx::Result<bool> {
    // As whoever takes the link does: it serves before this, or not at all.
    audit::hold(db).await?;
    hold(db, user).await?;
    let set = sqlx::query("update users set password_hash = $3 where id = $1 and password_hash = $2")
        .bind(user.get())
        .bind(former)
        .bind(hash)
        .execute(&mut *db)
        .await?;
    if set.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query("delete from password_resets where user_id = $1").bind(user.get()).execute(&mut *db).await?;
    sessions::end_others(db, user, kept, tokens).await?;
    Ok(true)
}

/// Until the transaction ends this person makes no other bot, and is neither disabled nor renamed.
pub async fn hold_owner(db: &mut PgConnection, user: UserId) -> sqlx::Result<()> {
    sqlx::query("select from users where id = $1 for no key update").bind(user.get()).execute(db).await.map(drop)
}

/// The first account of all is a person's, so no bot becomes the administrator.
pub async fn insert_bot(db: &mut PgConnection, new: &NewBot) -> sqlx::Result<Registered> {
    hold_owner(db, new.owner).await?;
    if has_all_bots(db, new).await? {
        return Ok(Registered::TooManyBots);
    }
    let row = sqlx::query(
        "insert into users (username, email, display_name, folded_name, password_hash, created_at, is_admin, bot_of)
         select $1, 'bot:' || $1, $2, $3, '', $4, false, id
         from users
         where id = $5
           and disabled_at is null
         on conflict do nothing
         returning id as user_id",
    )
    .bind(new.username.as_str())
    .bind(new.display_name.as_str())
    .bind(folded(new.display_name.as_str()))
    .bind(new.at.get())
    .bind(new.owner.get())
    .fetch_optional(db)
    .await?;
    match row {
        Some(row) => Ok(Registered::Account(rows::number(&row, "user_id")?)),
        None => Ok(Registered::UsernameTaken),
    }
}

async fn has_all_bots(db: &mut PgConnection, new: &NewBot) -> sqlx::Result<bool> {
    sqlx::query_scalar("select count(*) >= $2 from users where bot_of = $1 and disabled_at is null")
        .bind(new.owner.get())
        .bind(i64::from(new.limit))
        .fetch_one(db)
        .await
}

async fn set_disabled(db: &mut PgConnection, user: UserId, since: Option<At>) -> sqlx::Result<Option<Vec<Change>>> {
    let changed: Option<bool> = sqlx::query_scalar(
        "update users
         set disabled_at = $2, is_shut_with_owner = false
         where id = $1
         returning bot_of is not null",
    )
    .bind(user.get())
    .bind(since.map(At::get))
    .fetch_optional(&mut *db)
    .await?;
    let (Some(is_bot), Some(_)) = (changed, since) else { return Ok(changed.map(|_| Vec::new())) };
    sqlx::query("delete from sessions where user_id = $1").bind(user.get()).execute(&mut *db).await?;
    if !is_bot {
        return Ok(Some(Vec::new()));
    }
    // Nobody seats it any more: that takes a share of its row.
    rooms::lock_of(db, &[user]).await?;
    leaving::remove_bots(db, &[user]).await.map(Some)
}
