use super::{PostgresStore, erasing, leaving, members, room_view};
use crate::store::rows;
use async_trait::async_trait;
use domain::Seat;
use domain::ports::{MemberRecord, Membership, NotSeated, Opened, RoomPage, Rooms, SessionId, Unavailable};
use futures::FutureExt;
use protocol::{At, Change, Kind, Rev, Role, RoomId, RoomName, RoomView, UserId, What};
use sqlx::PgConnection;

#[async_trait]
impl Rooms for PostgresStore {
    async fn role(&self, room: RoomId, user: UserId) -> Result<Option<Role>, Unavailable> {
        self.run(move |db| members::role(db, room, user).boxed()).await
    }

    async fn memberships(&self, session: &SessionId, now: At) -> Result<Option<Vec<Membership>>, Unavailable> {
        let session = session.clone();
        self.run(move |db| async move { members::memberships(db, &session, now).await }.boxed()).await
    }

    async fn membership(
        &self,
        session: &SessionId,
        room: RoomId,
        now: At,
    ) -> Result<Option<Option<Membership>>, Unavailable> {
        let session = session.clone();
        self.run(move |db| async move { members::membership(db, &session, room, now).await }.boxed()).await
    }

    async fn heads(&self, rooms: &[RoomId]) -> Result<Vec<(RoomId, Rev)>, Unavailable> {
        let ids: Vec<_> = rooms.iter().map(|room| room.get()).collect();
        let query = sqlx::query("select id as room_id, rev from rooms where id = any($1)").bind(ids);
        let heads = self.run(|db| query.fetch_all(db).boxed()).await?;
        let head = |row| Ok((rows::number(row, "room_id")?, rows::number(row, "rev")?));
        heads.iter().map(head).collect::<sqlx::Result<_>>().map_err(Unavailable::new)
    }

    async fn first_room(&self) -> Result<Option<(RoomId, UserId)>, Unavailable> {
        let query = sqlx::query(
            "select m.room_id, m.user_id
             from instance i
             join members m on m.room_id = i.first_room
             where m.role = 'owner'
               and m.is_active",
        );
        let row = self.run(|db| query.fetch_optional(db).boxed()).await?;
        let found = row.map(|row| Ok((rows::number(&row, "room_id")?, rows::number(&row, "user_id")?)));
        found.transpose().map_err(|error: sqlx::Error| Unavailable::new(error))
    }

    async fn set_first_room(&self, room: RoomId) -> Result<(), Unavailable> {
        self.write(move |db| set_first_room(db, room).boxed()).await
    }

    async fn seated_since(&self, since: At, limit: u32) -> Result<Vec<(UserId, RoomId)>, Unavailable> {
        let query = sqlx::query(
            "select user_id, room_id
             from members
             where joined_at >= $1
               and is_active
             order by joined_at desc
             limit $2",
        );
        let query = query.bind(since.get()).bind(i64::from(limit));
        let seats = self.run(|db| query.fetch_all(db).boxed()).await?;
        let seat = |row| Ok((rows::number(row, "user_id")?, rows::number(row, "room_id")?));
        seats.iter().map(seat).collect::<sqlx::Result<_>>().map_err(Unavailable::new)
    }

    async fn room_list(&self, user: UserId) -> Result<Vec<RoomView>, Unavailable> {
        self.run(move |db| room_view::list(db, user).boxed()).await
    }

    async fn room_page(
        &self,
        user: UserId,
        page: RoomPage,
        only: Option<&[RoomId]>,
        limit: u32,
    ) -> Result<Vec<RoomView>, Unavailable> {
        let only = only.map(|rooms| rooms.iter().map(|room| room.get()).collect());
        self.run(move |db| room_view::page(db, user, page, only, limit).boxed()).await
    }

    async fn kind(&self, seat: &Seat) -> Result<Option<Kind>, Unavailable> {
        let query = sqlx::query("select kind from rooms where id = $1").bind(seat.room().get());
        let row = self.run(|db| query.fetch_optional(db).boxed()).await?;
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
        self.write(move |db| rename(db, seat, name).boxed()).await
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

/// Keeps everybody else from changing a room until the transaction ends.
pub async fn lock(db: &mut PgConnection, room: RoomId) -> sqlx::Result<()> {
    let query = sqlx::query("select id from rooms where id = $1 for no key update").bind(room.get());
    query.execute(db).await.map(drop)
}

/// The same for all rooms of these people.
pub async fn lock_of(db: &mut PgConnection, people: &[UserId]) -> sqlx::Result<()> {
    sqlx::query(
        "select r.id
         from rooms r
         join members m on m.room_id = r.id
         where m.user_id = any($1)
           and m.is_active
         order by r.id
         for no key update of r",
    )
    .bind(people.iter().map(|user| user.get()).collect::<Vec<_>>())
    .execute(db)
    .await
    .map(drop)
}

async fn set_first_room(db: &mut PgConnection, room: RoomId) -> sqlx::Result<()> {
    sqlx::query("update instance set first_room = $1").bind(room.get()).execute(db).await.map(drop)
}

async fn open_direct(db: &mut PgConnection, me: UserId, other: UserId, at: At) -> sqlx::Result<Opened> {
    let key = format!("{}:{}", me.min(other), me.max(other));
    if let Some(room) = direct(db, &key).await? {
        return Ok(Opened::Known(room));
    }
    let pair = [me, other];
    if me == other || !members::hold(db, &pair).await? {
        return Ok(Opened::NobodyThere);
    }
    let made = sqlx::query(
        "insert into rooms (kind, direct_key, members, created_at)
         values ('direct', $1, 2, $2)
         on conflict (direct_key) do nothing
         returning id as room_id",
    )
    .bind(&key)
    .bind(at.get())
    .fetch_optional(&mut *db)
    .await?;
    let Some(row) = made else {
        // Another node was faster, and has committed.
        let room = direct(db, &key).await?.ok_or(sqlx::Error::RowNotFound)?;
        return Ok(Opened::Known(room));
    };
    let room = rows::number(&row, "room_id")?;
    members::first(db, room, None, &pair, at).await?;
    Ok(Opened::New(room))
}

async fn direct(db: &mut PgConnection, key: &str) -> sqlx::Result<Option<RoomId>> {
    let row = sqlx::query("select id as room_id from rooms where direct_key = $1").bind(key).fetch_optional(db).await?;
    row.map(|row| rows::number(&row, "room_id")).transpose()
}

async fn create_group(
    db: &mut PgConnection,
    owner: UserId,
    name: RoomName,
    people: Vec<UserId>,
    at: At,
) -> sqlx::Result<Result<RoomId, NotSeated>> {
    if !members::hold(db, &people).await? {
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

async fn rename(db: &mut PgConnection, seat: Seat, name: RoomName) -> sqlx::Result<Option<Change>> {
    lock(db, seat.room()).await?;
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
