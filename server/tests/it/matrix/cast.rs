use crate::live::support::{Browser, Person, Server};
use protocol::RoomId;
use sqlx::{Connection, SqliteConnection};
use std::ops::Deref;

/// What only members may ever read.
pub const SECRET: &str = "the key is under the stone";

/// Somebody who comes to a door, with a session or without a valid one.
pub enum Visitor {
    Stranger(Browser),
    Known {
        person: Person,
        /// A room of their own, beside the one that everything is about.
        other: RoomId,
        is_member: bool,
    },
}

impl Deref for Visitor {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        match self {
            Self::Stranger(browser) => browser,
            Self::Known { person, .. } => person,
        }
    }
}

/// A server, and everybody who comes to its doors.
pub struct Cast {
    pub server: Server,
    /// In the order of [`Cast::COLUMNS`].
    pub visitors: Vec<Visitor>,
    /// The room that everything is about, for those who only look.
    pub room: RoomId,
    /// Another member, whom forms are about.
    pub friend: Person,
    owner: Person,
    member: Person,
    former: Person,
}

impl Cast {
    /// Nobody; a session past its end; one of another server; an account and no more; somebody who was removed from the
    /// room; a member; its owner; the administrator of the server, who is not in it.
    pub const COLUMNS: [&str; 8] =
        ["anonymous", "expired", "foreign", "person", "former", "member", "owner", "administrator"];

    pub async fn gather() -> Self {
        let server = Server::with(&["--commands-per-minute", "60000000", "--reload"]).await;
        let administrator = server.person("administrator").await;
        let (expired, member) = expired(&server).await;
        let foreign = Server::start().await.person("administrator").await;
        let foreign = server.stranger().with_cookies_of(&foreign);
        let (owner, former) = (server.person("owner").await, server.person("former").await);
        let (person, friend) = (server.person("person").await, server.person("friend").await);
        let mut visitors: Vec<_> = [server.stranger(), expired, foreign].into_iter().map(Visitor::Stranger).collect();
        for known in [&person, &former, &member, &owner, &administrator] {
            let other = known.room_with(&[&friend]).await;
            let is_member = [&member.username, &owner.username].contains(&&known.username);
            visitors.push(Visitor::Known { person: known.clone(), other, is_member });
        }
        let room = owner.room_with(&[&member, &friend, &former]).await;
        let cast = Self { server, visitors, room, friend, owner, member, former };
        cast.furnish(room).await;
        cast
    }

    /// A room that nothing has touched which was tried before; whoever has no account cannot touch it anyhow.
    pub async fn room_for(&self, visitor: &Visitor) -> RoomId {
        if let Visitor::Stranger(_) = visitor {
            return self.room;
        }
        let room = self.owner.room_with(&[&self.member, &self.friend, &self.former]).await;
        self.furnish(room).await;
        room
    }

    async fn furnish(&self, room: RoomId) {
        self.owner.posts(room, SECRET).await;
        self.owner.removes(&self.former, room).await;
    }

    /// All that a member sees of a room.
    pub async fn state(&self, room: RoomId) -> String {
        let page = self.friend.sees(&format!("/rooms/{room}/members")).await;
        serde_json::to_string(page.room(room).expect("the friend is in it")).unwrap()
    }
}

/// A browser whose session has run out, and the member of the room to whom it belonged, in another one.
async fn expired(server: &Server) -> (Browser, Person) {
    let before = server.person("member").await;
    let mut db = SqliteConnection::connect(&format!("sqlite:{}", server.database().display())).await.unwrap();
    let ending = sqlx::query("update sessions set expires = 1 where user_id = $1").bind(before.id.get());
    assert_eq!(ending.execute(&mut db).await.unwrap().rows_affected(), 1);
    db.close().await.unwrap();
    (before.copy(), server.again(&before).await)
}
