//! Rooms as their members see them.

use super::readers::Lane;
use super::rows;
use protocol::{RoomId, RoomView, UserId};
use sqlx::SqliteConnection;

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
           and s.is_active = 1"
    };
}

/// A person's rooms, newest activity first.
pub async fn list(readers: &Lane, user: UserId) -> sqlx::Result<Vec<RoomView>> {
    let found = sqlx::query(concat!(rooms_of_person!(), " order by active_at desc, r.id desc"))
        .bind(user.get())
        .fetch_all(readers)
        .await?;
    found.iter().map(rows::room_view).collect()
}

/// One room; `None` when the person is not in it.
pub async fn one(db: &mut SqliteConnection, room: RoomId, user: UserId) -> sqlx::Result<Option<RoomView>> {
    let row = sqlx::query(concat!(rooms_of_person!(), " and s.room_id = $2"))
        .bind(user.get())
        .bind(room.get())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(rows::room_view).transpose()
}
