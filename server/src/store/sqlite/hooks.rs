use super::{SqliteStore, accounts, grants, members};
use async_trait::async_trait;
use domain::Seat;
use domain::ports::{Hooked, Hooks, NewHook, Registered, Unavailable};
use futures::FutureExt;
use sqlx::SqliteConnection;

#[async_trait]
impl Hooks for SqliteStore {
    async fn insert_hook(&self, seat: &Seat, new: NewHook) -> Result<Hooked, Unavailable> {
        let seat = *seat;
        self.write(move |db| insert(db, seat, new).boxed()).await
    }
}

async fn insert(db: &mut SqliteConnection, seat: Seat, new: NewHook) -> sqlx::Result<Hooked> {
    if members::role(&mut *db, seat.room(), seat.user()).await?.is_none() {
        return Ok(Hooked::NotInRoom);
    }
    let bot = match accounts::insert_bot(&mut *db, &new.bot).await? {
        Registered::Account(bot) => bot,
        Registered::TooManyBots => return Ok(Hooked::TooManyBots),
        _ => return Ok(Hooked::UsernameTaken),
    };
    // With the bot made, an error takes it back: nothing is left half made.
    sqlx::query("update users set is_hook = true where id = $1").bind(bot.get()).execute(&mut *db).await?;
    let joined = members::add(&mut *db, seat, vec![bot], new.bot.at).await?.map_err(|_| sqlx::Error::RowNotFound)?;
    match grants::open(db, new.token_of(bot, seat.room())).await? {
        true => Ok(Hooked::Made(joined)),
        false => Err(sqlx::Error::RowNotFound),
    }
}
