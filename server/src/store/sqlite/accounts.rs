use super::{SqliteStore, rows};
use async_trait::async_trait;
use domain::ports::{Account, Accounts, Credentials, NewAccount, Registered, SessionId, Unavailable};
use futures::FutureExt;
use protocol::{Change, DisplayName, Epoch, UserId, What};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

#[async_trait]
impl Accounts for SqliteStore {
    async fn epoch(&self) -> Result<Epoch, Unavailable> {
        Ok(self.epoch)
    }

    async fn has_accounts(&self) -> Result<bool, Unavailable> {
        let found = sqlx::query_scalar("select exists (select 1 from users)").fetch_one(&self.readers).await;
        found.map_err(Unavailable::new)
    }

    async fn insert_account(&self, new: NewAccount) -> Result<Registered, Unavailable> {
        self.write_one(move |db| insert(db, new).boxed()).await
    }

    async fn account(&self, user: UserId) -> Result<Option<Account>, Unavailable> {
        let row = sqlx::query(
            "select id as user_id, username, display_name, email, is_admin
             from users
             where id = $1",
        )
        .bind(user.get())
        .fetch_optional(&self.readers)
        .await
        .map_err(Unavailable::new)?;
        row.as_ref().map(account).transpose().map_err(Unavailable::new)
    }

    async fn credentials(&self, login: &str) -> Result<Option<Credentials>, Unavailable> {
        let row = sqlx::query(
            "select id as user_id, password_hash
             from users
             where username = $1
               or email = $1",
        )
        .bind(login.to_lowercase())
        .fetch_optional(&self.readers)
        .await
        .map_err(Unavailable::new)?;
        row.as_ref().map(credentials).transpose().map_err(Unavailable::new)
    }

    async fn set_display_name(&self, user: UserId, name: &DisplayName) -> Result<Vec<Change>, Unavailable> {
        let name = name.clone();
        self.write(move |db| rename(db, user, name).boxed()).await
    }

    async fn set_password(&self, user: UserId, hash: &str, kept: &SessionId) -> Result<(), Unavailable> {
        let (hash, kept) = (hash.to_owned(), kept.clone());
        self.write(move |db| set_password(db, user, hash, kept).boxed()).await
    }
}

fn account(row: &SqliteRow) -> sqlx::Result<Account> {
    Ok(Account { person: rows::person(row)?, email: row.try_get("email")?, is_admin: row.try_get("is_admin")? })
}

fn credentials(row: &SqliteRow) -> sqlx::Result<Credentials> {
    Ok(Credentials { user: rows::number(row, "user_id")?, password_hash: row.try_get("password_hash")? })
}

async fn insert(db: &mut SqliteConnection, new: NewAccount) -> sqlx::Result<Registered> {
    let row = sqlx::query(
        "insert into users (username, email, display_name, folded_name, password_hash, created_at, is_admin)
         select $1, $2, $3, $4, $5, $6, not exists (select 1 from users)
         where true
         on conflict do nothing
         returning id as user_id",
    )
    .bind(new.username.as_str())
    .bind(new.email.as_str())
    .bind(new.display_name.as_str())
    .bind(rows::folded(new.display_name.as_str()))
    .bind(new.password_hash)
    .bind(new.at.get())
    .fetch_optional(&mut *db)
    .await?;
    if let Some(row) = row {
        return Ok(Registered::Account(rows::number(&row, "user_id")?));
    }
    let is_name_taken = sqlx::query_scalar("select exists (select 1 from users where username = $1)")
        .bind(new.username.as_str())
        .fetch_one(db)
        .await?;
    Ok(if is_name_taken { Registered::UsernameTaken } else { Registered::EmailTaken })
}

async fn rename(db: &mut SqliteConnection, user: UserId, name: DisplayName) -> sqlx::Result<Vec<Change>> {
    sqlx::query(
        "update users
         set display_name = $2, folded_name = $3
         where id = $1",
    )
    .bind(user.get())
    .bind(name.as_str())
    .bind(rows::folded(name.as_str()))
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "update rooms
         set rev = rev + 1
         where id in (select room_id from members where user_id = $1 and is_active = 1)",
    )
    .bind(user.get())
    .execute(&mut *db)
    .await?;
    let changed = sqlx::query(
        "update members
         set rev = (select rooms.rev from rooms where rooms.id = room_id)
         where user_id = $1
           and is_active = 1
         returning room_id, rev, user_id, role,
           (select username from users where id = $1) as username,
           (select display_name from users where id = $1) as display_name",
    )
    .bind(user.get())
    .fetch_all(db)
    .await?;
    changed.iter().map(member_changed).collect()
}

fn member_changed(row: &SqliteRow) -> sqlx::Result<Change> {
    let what = What::MemberChanged(rows::member(row)?);
    Ok(Change { room: rows::number(row, "room_id")?, rev: rows::number(row, "rev")?, what })
}

async fn set_password(db: &mut SqliteConnection, user: UserId, hash: String, kept: SessionId) -> sqlx::Result<()> {
    sqlx::query("update users set password_hash = $2 where id = $1")
        .bind(user.get())
        .bind(hash)
        .execute(&mut *db)
        .await?;
    sqlx::query("delete from sessions where user_id = $1 and id <> $2")
        .bind(user.get())
        .bind(kept.0)
        .execute(db)
        .await
        .map(drop)
}
