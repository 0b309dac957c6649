use super::drawn::Drawn;
use super::ground::Ground;
use super::visitor::{Fate, Visitor};
use crate::live::support::{Belongings, Browser, Person, Server, Tags, fresh_name};
use protocol::{RoomId, UserId};
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeMap;
use tokio::sync::Mutex;

/// What only members may ever read.
pub const SECRET: &str = "the key is under the stone";

/// Everybody who comes to the doors of a server.
pub struct Cast {
    pub ground: Ground,
    pub drawn: Drawn,
    /// Those who come by cookie, or with none.
    pub people: Group,
    /// Those who come by token.
    pub programs: Group,
    /// Those who come to a socket by ticket.
    pub tickets: Group,
    /// The room that everything is about, for those who only look.
    pub room: RoomId,
    /// Another member, whom forms are about.
    pub friend: Person,
    pub owner: Person,
    /// Whom administrators' forms are about, and nothing else.
    pub subject: Person,
    pub administrator: Person,
    former: Person,
    /// The last room that was made for a door, as it was then.
    spare: Mutex<Option<(RoomId, Vec<String>)>>,
    /// What members have in their settings, and how that was stored when it was found.
    found: Mutex<BTreeMap<UserId, (Belongings, Vec<String>)>>,
}

/// The visitors of a table.
pub struct Group {
    pub columns: &'static [&'static str],
    /// In the order of the columns.
    pub visitors: Vec<Visitor>,
    /// The member whose log-ins, tokens and bots the rows are about, asking as the member's column does.
    pub member: Person,
}

impl Cast {
    /// Nobody; a session past its end; one of another server; one of an account that was shut; an account and no more;
    /// somebody who was removed from the room; a member; its owner; the administrator of the server, who is not in it.
    const PEOPLE: [&str; 9] =
        ["anonymous", "expired", "foreign", "disabled", "person", "former", "member", "owner", "administrator"];

    /// A log-in past its end; one of an account that was shut; one of a member; tokens of that member for reading and
    /// for writing in the room, and for everything in another one; tokens of a bot in the room for reading and for
    /// writing, and one for everything of a bot that is not.
    const PROGRAMS: [&str; 9] =
        ["expired", "disabled", "log-in", "reader", "writer", "elsewhere", "bot reader", "bot writer", "bot outside"];

    /// A member's ticket; one that was used; one past its end; one whose log-in has ended; one of another server.
    const TICKETS: [&str; 5] = ["fresh", "used", "expired", "ended", "foreign"];

    pub async fn gather(ground: Ground) -> Self {
        let server = &ground.server;
        let administrator = server.person("operator").await;
        let (owner, former) = (server.person("owner").await, server.person("former").await);
        let (person, friend) = (server.person("person").await, server.person("friend").await);
        let subject = server.person("subject").await;
        let (disabled, shut) = both(server, "disabled").await;
        let (expired, (once, late)) = (server.person("member").await, both(server, "program").await);
        for person in [&expired, &once] {
            end(&ground, "update sessions set expires = 1 where user_id = $1", person).await;
        }
        let (member, program) = (server.again(&expired).await, logged_in(server, &once).await);
        let elsewhere = Server::start().await;
        let foreign = elsewhere.person("operator").await;
        let ticket = server.stranger().with_ticket(&foreign.ticket().await);
        let foreign = server.stranger().with_cookies_of(&foreign);
        let room = owner.room_with(&[&member, &program, &friend, &former, &disabled]).await;
        end(&ground, "update users set disabled_at = 1 where id = $1", &disabled).await;

        let strangers = [server.stranger(), expired.copy(), foreign, disabled.copy()];
        let mut visitors: Vec<_> = strangers.into_iter().map(Visitor::Stranger).collect();
        for known in [&person, &former, &member, &owner, &administrator] {
            visitors.push(Visitor::Person { person: known.clone(), other: known.room_with(&[&friend]).await });
        }
        let people = Group { columns: &Self::PEOPLE, visitors, member: member.clone() };
        let other = server.again(&once).await.room_with(&[&friend]).await;
        let tickets = Self::tickets(ticket, program.clone(), other);
        let mut programs = Self::programs([late, shut], program, other);
        programs.visitors.extend(Self::bots(&friend, room).await);
        let (spare, found) = (Mutex::default(), Mutex::default());
        let cast = Self {
            ground,
            drawn: Drawn::default(),
            people,
            programs,
            tickets,
            room,
            friend,
            owner,
            subject,
            administrator,
            former,
            spare,
            found,
        };
        cast.furnish(room).await;
        cast
    }

    fn programs(ended: [Browser; 2], program: Person, other: RoomId) -> Group {
        let tokens = [("read", None), ("write", None), ("read_and_write", Some(other))];
        let tokens = tokens.map(|(access, only)| Visitor::Token { access, only, other });
        let mut visitors: Vec<_> = ended.into_iter().map(Visitor::Stranger).collect();
        visitors.push(Visitor::Person { person: program.clone(), other });
        visitors.extend(tokens);
        Group { columns: &Self::PROGRAMS, visitors, member: program }
    }

    /// Two of the friend's bots: one is in the room, and the other is not.
    async fn bots(friend: &Person, room: RoomId) -> [Visitor; 3] {
        let other = friend.room_with(&[friend]).await;
        let (inside, outside) = (bot(friend).await, bot(friend).await);
        for (bot, room) in [(inside, room), (inside, other), (outside, other)] {
            friend.seats(bot, room).await;
        }
        let tokens = [(inside, "read"), (inside, "write"), (outside, "read_and_write")];
        tokens.map(|(bot, access)| Visitor::Bot { bot, access, is_member: bot == inside, other })
    }

    fn tickets(foreign: Browser, program: Person, other: RoomId) -> Group {
        let fates = [Fate::Fresh, Fate::Used, Fate::Expired, Fate::Ended];
        let mut visitors: Vec<_> = fates.map(|fate| Visitor::Ticket { fate, other }).into();
        visitors.push(Visitor::Stranger(foreign));
        Group { columns: &Self::TICKETS, visitors, member: program }
    }

    /// Lets the time of all tickets pass.
    pub async fn outlives_tickets(&self) {
        let late = self.ground.changes("update tickets set expires = $1", 1).await;
        assert!(late > 0, "there is none");
    }

    /// A room that nothing has touched which was tried before.
    pub async fn fresh_room(&self) -> RoomId {
        let mut spare = self.spare.lock().await;
        if let Some((room, state)) = &*spare
            && self.state(*room).await == *state
        {
            return *room;
        }
        let members = [&self.people.member, &self.programs.member, &self.friend, &self.former];
        let room = self.owner.room_with(&members).await;
        self.furnish(room).await;
        *spare = Some((room, self.state(room).await));
        room
    }

    /// One of each kind that somebody has in their settings, looked up again once anything there has changed.
    pub async fn belongings_of(&self, owner: &Person) -> Belongings {
        let mut found = self.found.lock().await;
        if let Some((belongings, state)) = found.get(&owner.id)
            && self.belongings(owner.id).await == *state
        {
            return belongings.clone();
        }
        let belongings = Belongings::of(owner).await;
        found.insert(owner.id, (belongings.clone(), self.belongings(owner.id).await));
        belongings
    }

    async fn furnish(&self, room: RoomId) {
        self.owner.posts(room, SECRET).await;
        self.owner.removes(&self.former, room).await;
    }

    /// A room as it is stored; each change of it has a revision.
    pub async fn state(&self, room: RoomId) -> Vec<String> {
        const ROOM: &str = "
            select 'room ' || kind || ' ' || coalesce(name, '') || ' ' || cast(rev as text) as line
            from rooms where id = $1
            union all
            select 'member ' || cast(user_id as text) || ' ' || role || ' ' || cast(is_active as text) as line
            from members where room_id = $1
            order by line";
        self.ground.tells(ROOM, room.get()).await
    }

    /// The accounts of somebody and of their bots, and what is kept for these.
    pub async fn belongings(&self, owner: UserId) -> Vec<String> {
        const BELONGINGS: &str = "
            select 'account ' || username || ' ' || email || ' ' || display_name || ' ' || password_hash || ' '
              || cast(is_admin as text) || ' ' || coalesce(cast(disabled_at as text), '') as line
            from users where id = $1 or bot_of = $1
            union all
            select 'log-in or token ' || id as line
            from sessions where user_id in (select id from users where id = $1 or bot_of = $1)
            union all
            select 'contact ' || cast(contact_id as text) as line
            from contacts where user_id = $1
            order by line";
        self.ground.tells(BELONGINGS, owner.get()).await
    }

    /// The secret of a new link for a new password of the subject's.
    pub async fn link(&self) -> String {
        let page = format!("/administration/people/{}", self.subject.id);
        let fields = [("user", self.subject.id.to_string()), ("page", page)];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        let made = self.administrator.form("make_reset", &fields).await;
        let told = Tags::of(&made.body).find(|tag| tag.attribute("id").as_deref() == Some("secret"));
        let link = told.expect("the page tells the link").attribute("value").unwrap();
        link.rsplit('=').next().unwrap().to_owned()
    }

    /// What administrators have done.
    pub async fn acts(&self) -> Vec<String> {
        self.ground.tells("select act from audit where id > $1 order by id", 0).await
    }
}

async fn bot(owner: &Person) -> UserId {
    let names = json!({"username": fresh_name(), "display_name": "Automaton"});
    let made = owner.asks(Method::POST, "/api/v1/bots", Some(names)).await.json();
    UserId::try_from(made["id"].as_i64().unwrap()).unwrap()
}

/// A new account in a browser, and a program that has logged in to it.
async fn both(server: &Server, username: &str) -> (Person, Browser) {
    let person = server.person(username).await;
    let program = logged_in(server, &person).await;
    (person, (*program).clone())
}

/// Somebody by a program that has logged in.
pub async fn logged_in(server: &Server, person: &Person) -> Person {
    let credentials = json!({"login": person.username, "password": Person::PASSWORD});
    let answer = server.stranger().asks(Method::POST, "/api/v1/sessions", Some(credentials)).await.json();
    person.by(server.stranger().with_token(answer["access_token"].as_str().unwrap()))
}

/// Ends something of somebody as only time or an administrator could.
async fn end(ground: &Ground, how: &'static str, person: &Person) {
    ground.changes(how, person.id.get()).await;
    assert_eq!(person.get("/api/v1/me").await.status, 401, "it has not ended");
}
