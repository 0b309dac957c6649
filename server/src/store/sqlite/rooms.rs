use super::{SqliteStore, erasing, leaving, members, room_view, rows};
use async_trait::async_trait;
use domain::Seat;
use domain::ports::{MemberRecord, Membership, NotSeated, Opened, RoomPage, Rooms, SessionId, Unavailable};
use futures::FutureExt;
use protocol::{At, Change, Kind, Rev, Role, RoomId, RoomName, RoomView, UserId, What};
use sqlx::SqliteConnection;

#[async_trait]
impl Rooms for SqliteStore {
    async fn role(&self, room: RoomId, user: UserId) -> Result<Option<Role>, Unavailable> {
        members::role(self.readers.get(), room, user).await.map_err(Unavailable::new)
    }

    async fn memberships(&self, session: &SessionId, now: At) -> Result<Option<Vec<Membership>>, Unavailable> {
        members::memberships(self.readers.get(), session, now).await.map_err(Unavailable::new)
    }

    async fn membership(
        &self,
        session: &SessionId,
        room: RoomId,
        now: At,
    ) -> Result<Option<Option<Membership>>, Unavailable> {
        members::membership(self.readers.get(), session, room, now).await.map_err(Unavailable::new)
    }

    async fn heads(&self, rooms: &[RoomId]) -> Result<Vec<(RoomId, Rev)>, Unavailable> {
        let heads = sqlx::query(
            "select id as room_id, rev
             from rooms
             where id in (select value from json_each($1))",
        )
        .bind(rows::list(rooms.iter().map(|room| room.get())))
        .fetch_all(self.readers.get())
        .await
        .map_err(Unavailable::new)?;
        let head = |row| Ok((rows::number(row, "room_id")?, rows::number(row, "rev")?));
        heads.iter().map(head).collect::<sqlx::Result<_>>().map_err(Unavailable::new)
    }

    async fn first_room(&self) -> Result<Option<(RoomId, UserId)>, Unavailable> {
        let row = sqlx::query(
            "select m.room_id, m.user_id
             from instance i
             join members m on m.room_id = i.first_room
             where m.role = 'owner'
               and m.is_active = 1",
        )
        .fetch_optional(self.readers.get())
        .await
        .map_err(Unavailable::new)?;
        let found = row.map(|row| Ok((rows::number(&row, "room_id")?, rows::number(&row, "user_id")?)));
        found.transpose().map_err(|error: sqlx::Error| Unavailable::new(error))
    }

    async fn set_first_room(&self, room: RoomId) -> Result<(), Unavailable> {
        self.write_one(move |db| set_first_room(db, room).boxed()).await
    }

    async fn seated_since(&self, since: At, limit: u32) -> Result<Vec<(UserId, RoomId)>, Unavailable> {
        let seats = sqlx::query(
            "select user_id, room_id
             from members
             where joined_at >= $1
               and is_active = 1
             order by joined_at desc
             limit $2",
        )
        .bind(since.get())
        .bind(limit)
        .fetch_all(self.readers.get())
        .await
        .map_err(Unavailable::new)?;
        let seat = |row| Ok((rows::number(row, "user_id")?, rows::number(row, "room_id")?));
        seats.iter().map(seat).collect::<sqlx::Result<_>>().map_err(Unavailable::new)
    }

    async fn room_list(&self, user: UserId) -> Result<Vec<RoomView>, Unavailable> {
        room_view::list(self.readers.get(), user).await.map_err(Unavailable::new)
    }

    async fn room_page(
        &self,
        user: UserId,
        page: RoomPage,
        only: Option<&[RoomId]>,
        limit: u32,
    ) -> Result<Vec<RoomView>, Unavailable> {
        let only = only.map(|rooms| rows::list(rooms.iter().map(|room| room.get())));
        room_view::page(self.readers.get(), user, page, only, limit).await.map_err(Unavailable::new)
    }

    async fn kind(&self, seat: &Seat) -> Result<Option<Kind>, Unavailable> {
        let row = sqlx::query("select kind from rooms where id = $1")
            .bind(seat.room().get())
            .fetch_optional(self.readers.get())
            .await
            .map_err(Unavailable::new)?;
        row.as_ref().map(rows::kind).transpose().map_err(Unavailable::new)
    }

    async fn members(
        &self,
        seat: &Seat,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Option<Vec<MemberRecord>>, Unavailable> {
        let seat = *seat;
        self.snapshot(move |db| members::page(db, seat, after, limit).boxed()).await
    }

    async fn open_direct(&self, me: UserId, other: UserId, at: At) -> Result<Opened, Unavailable> {
        self.write(move |db| open_direct(db, me, other, at).boxed()).await
    }

    async fn create_group(
        &self,
        owner: UserId,
        name: &RoomName,
        people: &[UserId],
        at: At,
    ) -> Result<Result<RoomId, NotSeated>, Unavailable> {
        let mut people = [people, &[owner]].concat();
        people.sort_unstable();
        people.dedup();
        let name = name.clone();
        self.write(move |db| create_group(db, owner, name, people, at).boxed()).await
    }

    async fn rename_room(&self, seat: &Seat, name: &RoomName) -> Result<Option<Change>, Unavailable> {
        let (seat, name) = (*seat, name.clone());
        self.write_one(move |db| rename(db, seat, name).boxed()).await
    }

    async fn add_members(
        &self,
        seat: &Seat,
        people: &[UserId],
        at: At,
    ) -> Result<Result<Vec<Change>, NotSeated>, Unavailable> {
        let (seat, people) = (*seat, people.to_vec());
        self.write(move |db| members::add(db, seat, people, at).boxed()).await
    }

    async fn remove_member(&self, seat: &Seat, person: UserId) -> Result<Option<Vec<Change>>, Unavailable> {
        let seat = *seat;
        self.write(move |db| leaving::remove(db, seat, person).boxed()).await
    }

    async fn close_room(&self, seat: &Seat) -> Result<Option<Rev>, Unavailable> {
        let seat = *seat;
        self.write(move |db| leaving::remove_all(db, seat).boxed()).await
    }

    async fn erase_empty_rooms(&self, limit: u32) -> Result<bool, Unavailable> {
        self.write(move |db| erasing::erase(db, limit).boxed()).await
    }
}

async fn set_first_room(db: &mut SqliteConnection, room: RoomId) -> sqlx::Result<()> {
    sqlx::query("update instance set first_room = $1").bind(room.get()).execute(db).await.map(drop)
}

async fn open_direct(db: &mut SqliteConnection, me: UserId, other: UserId, at: At) -> sqlx::Result<Opened> {
    let key = format!("{}:{}", me.min(other), me.max(other));
    let known = sqlx::query("select id as room_id from rooms where direct_key = $1")
        .bind(&key)
        .fetch_optional(&mut *db)
        .await?;
    if let Some(row) = known {
        return Ok(Opened::Known(rows::number(&row, "room_id")?));
    }
    let pair = [me, other];
    if me == other || !members::exist(db, &pair).await? {
        return Ok(Opened::NobodyThere);
    }
    let row = sqlx::query(
        "insert into rooms (kind, direct_key, members, created_at)
         values ('direct', $1, 2, $2)
         returning id as room_id",
    )
    .bind(key)
    .bind(at.get())
    .fetch_one(&mut *db)
    .await?;
    let room = rows::number(&row, "room_id")?;
    members::first(db, room, None, &pair, at).await?;
    Ok(Opened::New(room))
}

async fn create_group(
    db: &mut SqliteConnection,
    owner: UserId,
    name: RoomName,
    people: Vec<UserId>,
    at: At,
) -> sqlx::Result<Result<RoomId, NotSeated>> {
    if !members::exist(db, &people).await? {
        return Ok(Err(NotSeated::NotThere));
    }
    if members::is_bot(db, owner).await? {
        return Ok(Err(NotSeated::AskedByBot));
    }
    if members::has_stray_bot(db, None, &people).await? {
        return Ok(Err(NotSeated::WithoutOwner));
    }
    let row = sqlx::query(
        "insert into rooms (kind, name, members, created_at)
         values ('group', $1, $2, $3)
         returning id as room_id",
    )
    .bind(name.as_str())
    .bind(people.len() as i64)
    .bind(at.get())
    .fetch_one(&mut *db)
    .await?;
    let room = rows::number(&row, "room_id")?;
    members::first(db, room, Some(owner), &people, at).await?;
    Ok(Ok(room))
}

async fn rename(db: &mut SqliteConnection, seat: Seat, name: RoomName) -> sqlx::Result<Option<Change>> {
    let row = sqlx::query(
        "update rooms
         set name = $3, rev = rev + 1, name_rev = rev + 1
         where id = $1
           and kind = 'group'
           and exists (select 1 from members where room_id = $1 and user_id = $2 and role = 'owner')
         returning rev",
    )
    .bind(seat.room().get())
    .bind(seat.user().get())
    .bind(name.as_str())
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Change { room: seat.room(), rev: rows::number(&row, "rev")?, what: What::RoomChanged { name } }))
}
