//! Rooms as their members see them.

use crate::store::rows;
use domain::ports::RoomPage;
use protocol::{RoomId, RoomView, UserId};
use sqlx::PgConnection;

/// The rooms of person `$1`: the room, the person's seat `s`, the other one of a direct room, and the last message `l`.
macro_rules! rooms_of_person {
    () => {
        "select r.id as room_id, r.kind, r.name, r.members, r.rev, r.last_no, s.role, s.read_generation, s.read_no,
           o.id as other_id, o.username as other_username, o.display_name as other_name,
           o.bot_of is not null as other_is_bot,
           l.no, l.client_id, l.text, l.at, a.id as user_id, a.username, a.display_name, a.bot_of is not null as is_bot,
           coalesce(l.at, r.created_at) as active_at
         from members s
         join rooms r on r.id = s.room_id
         left join users o on o.id = case r.kind
           when 'direct' then (select user_id from members where room_id = r.id and user_id <> s.user_id)
         end
         left join messages l on l.room_id = r.id and l.no = r.last_no
         left join users a on a.id = l.author_id
         where s.user_id = $1
           and s.is_active"
    };
}

/// A person's rooms, newest activity first. One statement, so one snapshot.
pub async fn list(db: &mut PgConnection, user: UserId) -> sqlx::Result<Vec<RoomView>> {
    let found = sqlx::query(concat!(rooms_of_person!(), " order by active_at desc, r.id desc"))
        .bind(user.get())
        .fetch_all(db)
        .await?;
    found.iter().map(rows::room_view).collect()
}

/// The rooms of person `$1` that stand on one side of `($2, $3)`, at most `$4`, of the list `$5` where it is given.
macro_rules! part_of_rooms {
    ($side:literal, $order:literal) => {
        concat!(
            "with part as (
               select s.room_id, coalesce(l.at, r.created_at) as active_at
               from members s
               join rooms r on r.id = s.room_id
               left join messages l on l.room_id = r.id and l.no = r.last_no
               where s.user_id = $1
                 and s.is_active
                 and (coalesce(l.at, r.created_at), r.id) ",
            $side,
            " ($2, $3)
                 and ($5::bigint[] is null or s.room_id = any($5))
               order by active_at ",
            $order,
            ", s.room_id ",
            $order,
            "
               limit $4
             ) ",
            rooms_of_person!(),
            " and s.room_id in (select room_id from part)
             order by active_at desc, r.id desc"
        )
    };
}

pub async fn page(
    db: &mut PgConnection,
    user: UserId,
    page: RoomPage,
    only: Option<Vec<i64>>,
    limit: u32,
) -> sqlx::Result<Vec<RoomView>> {
    let (sql, active_at, room) = match page {
        RoomPage::First => (part_of_rooms!("<", "desc"), i64::MAX, i64::MAX),
        RoomPage::After(place) => (part_of_rooms!("<", "desc"), place.active_at.get(), place.room.get()),
        RoomPage::Before(place) => (part_of_rooms!(">", "asc"), place.active_at.get(), place.room.get()),
    };
    let query = sqlx::query(sql).bind(user.get()).bind(active_at).bind(room).bind(i64::from(limit)).bind(only);
    let found = query.fetch_all(db).await?;
    found.iter().map(rows::room_view).collect()
}

/// One room; `None` when the person is not in it.
pub async fn one(db: &mut PgConnection, room: RoomId, user: UserId) -> sqlx::Result<Option<RoomView>> {
    let row = sqlx::query(concat!(rooms_of_person!(), " and s.room_id = $2"))
        .bind(user.get())
        .bind(room.get())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(rows::room_view).transpose()
}
