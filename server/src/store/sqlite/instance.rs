//! What administrators choose for the whole server, and how much there is. Everything here is part of administration's
//! port.

use super::audit;
use super::readers::Lane;
use crate::store::records::{self, Doer, Line};
use domain::Registration;
use domain::ports::{Act, Acted, Instance, Statistics};
use protocol::{At, InstanceName};
use sqlx::{SqliteConnection, SqliteExecutor};

pub async fn read(db: impl SqliteExecutor<'_>) -> sqlx::Result<Instance> {
    records::instance(&sqlx::query("select name, registration from instance").fetch_one(db).await?)
}

pub async fn set_name(db: &mut SqliteConnection, doer: Doer, name: InstanceName) -> sqlx::Result<Acted> {
    let changed =
        sqlx::query("update instance set name = $1 where name <> $1").bind(name.as_str()).execute(&mut *db).await?;
    if changed.rows_affected() > 0 {
        audit::tell(db, &doer, Line::of(Act::SetName).with(name.as_str())).await?;
    }
    Ok(Ok(()))
}

pub async fn set_registration(
    db: &mut SqliteConnection,
    doer: Doer,
    registration: Registration,
) -> sqlx::Result<Acted> {
    let changed = sqlx::query("update instance set registration = $1 where registration is distinct from $1")
        .bind(registration.name())
        .execute(&mut *db)
        .await?;
    if changed.rows_affected() > 0 {
        audit::tell(db, &doer, Line::of(Act::SetRegistration).with(registration.name())).await?;
    }
    Ok(Ok(()))
}

pub async fn statistics(readers: &Lane, since: At) -> sqlx::Result<Statistics> {
    let counts = sqlx::query(
        "select
           (select count(*) from users where bot_of is null and disabled_at is null) as people,
           (select count(*) from users where bot_of is null and disabled_at is not null) as disabled,
           (select count(*) from users where bot_of is not null and disabled_at is null) as bots,
           (select count(*) from rooms where kind = 'group' and members > 0) as group_rooms,
           (select count(*) from rooms where kind = 'direct') as direct_rooms,
           (select coalesce(sum(last_no), 0) from rooms where members > 0) as messages,
           (select page_count * page_size from pragma_page_count, pragma_page_size) as bytes",
    )
    .fetch_one(readers)
    .await?;
    let days = sqlx::query(
        "select at / 86400000 as day, count(*) as messages
         from messages
         where at >= $1
         group by at / 86400000
         order by day",
    )
    .bind(since.get())
    .fetch_all(readers)
    .await?;
    records::statistics(&counts, days.iter().map(records::day).collect::<sqlx::Result<_>>()?)
}
