//! State and events make the state that a fresh page shows, for every kind of change.

use super::support::{Person, Server, Socket, no};
use protocol::{Command, Event, Role, RoomId, Workspace};

/// A person who has the page of a room open, and goes on from it by events alone.
struct Reader {
    person: Person,
    socket: Socket,
    room: RoomId,
}

impl Reader {
    async fn of(person: &Person, room: RoomId) -> Self {
        let state = person.sees(&format!("/rooms/{room}/members")).await;
        let socket = person.resumes(state).await;
        Self { person: person.clone(), socket, room }
    }

    /// Catches up with the page by listening, and has the same state then.
    async fn agrees(&mut self) {
        let path = format!("/rooms/{}/members", self.room);
        let fresh = self.person.sees(&path).await;
        for timeline in fresh.rooms() {
            self.socket.reaches(timeline.room.id, timeline.room.rev).await;
        }
        assert_eq!(self.socket.gaps, 0, "changes came in order");
        assert_eq!(pretty(comparable(&self.socket.state, &fresh)), pretty(comparable(&fresh, &self.socket.state)));
    }
}

/// The one without the windows and members that the other does not hold.
fn comparable(one: &Workspace, other: &Workspace) -> Workspace {
    let mut one = one.clone();
    for timeline in other.rooms() {
        let Some(mine) = one.room_mut(timeline.room.id) else { continue };
        mine.window.take_if(|_| timeline.window.is_none());
        mine.members.take_if(|_| timeline.members.is_none());
    }
    one
}

fn pretty(workspace: Workspace) -> String {
    serde_json::to_string_pretty(&workspace).unwrap()
}

/// Ines owns the room, Jona and Bea are members, and each of them reads along.
async fn house(server: &Server) -> (RoomId, [Reader; 3]) {
    let (ines, jona, bea) = (server.person("ines").await, server.person("jona").await, server.person("bea").await);
    let room = ines.room_with(&[&jona, &bea]).await;
    ines.posts(room, "first").await;
    jona.posts(room, "second").await;
    (room, [Reader::of(&ines, room).await, Reader::of(&jona, room).await, Reader::of(&bea, room).await])
}

async fn all_agree(readers: &mut [Reader]) {
    for reader in readers {
        reader.agrees().await;
    }
}

#[tokio::test]
async fn after_messages() {
    let server = Server::start().await;
    let (room, mut readers) = house(&server).await;
    readers[0].socket.says(room, "third\nwith a second line").await;
    readers[1].person.posts(room, &"long ".repeat(100)).await;
    readers[2].socket.says(room, "🎉").await;
    all_agree(&mut readers).await;
}

#[tokio::test]
async fn after_a_member_joined() {
    let server = Server::start().await;
    let (room, mut readers) = house(&server).await;
    let (emil, fay) = (server.person("emil").await, server.person("fay").await);
    readers[1].person.adds(&emil, room).await;
    readers[0].person.adds(&fay, room).await;
    readers[0].person.adds(&fay, room).await;
    all_agree(&mut readers).await;
    let mut newcomer = Reader::of(&emil, room).await;
    newcomer.socket.says(room, "hello all").await;
    newcomer.agrees().await;
    all_agree(&mut readers).await;
}

#[tokio::test]
async fn after_a_person_took_another_name() {
    let server = Server::start().await;
    let (room, mut readers) = house(&server).await;
    let jona = readers[1].person.clone();
    readers[0].person.does("open_direct", &[("user", &jona.id.to_string())]).await;
    jona.posts(room, "as Jona").await;
    jona.does("set_profile", &[("display_name", "Jona the Second")]).await;
    all_agree(&mut readers).await;
    assert!(readers[0].socket.state.rooms().iter().any(|timeline| timeline.room.name == "Jona the Second"));
    jona.posts(room, "as somebody else").await;
    all_agree(&mut readers).await;
}

#[tokio::test]
async fn after_a_member_left_or_was_removed() {
    let server = Server::start().await;
    let (room, [mut ines, jona, bea]) = house(&server).await;
    let (mut jonas, mut beas) = (jona.socket, bea.socket);
    ines.person.removes(&bea.person, room).await;
    jona.person.does("leave_room", &[("room", &room.to_string())]).await;
    ines.agrees().await;
    assert_eq!(ines.socket.state.room(room).unwrap().room.members, 1);
    for socket in [&mut jonas, &mut beas] {
        socket.hears(|event| matches!(event, Event::RoomGone { .. })).await;
        assert!(socket.state.room(room).is_none());
    }
}

#[tokio::test]
async fn after_somebody_came_back() {
    let server = Server::start().await;
    let (room, mut readers) = house(&server).await;
    let bea = readers[2].person.clone();
    readers[0].person.removes(&bea, room).await;
    readers[1].socket.says(room, "while Bea was away").await;
    readers[1].person.adds(&bea, room).await;
    readers[2].socket.hears(|event| matches!(event, Event::Room { room: view } if view.id == room)).await;
    readers[1].socket.says(room, "welcome back").await;
    readers[2].socket.hears_words("welcome back").await;
    readers[2].socket.fetches(room).await;
    all_agree(&mut readers).await;
}

#[tokio::test]
async fn after_the_room_was_renamed() {
    let server = Server::start().await;
    let (room, mut readers) = house(&server).await;
    for name in ["Pantry", "Larder"] {
        readers[0].person.does("rename_room", &[("room", &room.to_string()), ("room_name", name)]).await;
    }
    all_agree(&mut readers).await;
    assert_eq!(readers[2].socket.state.room(room).unwrap().room.name, "Larder");
}

#[tokio::test]
async fn after_the_owner_left_and_another_follows() {
    let server = Server::start().await;
    let (room, [ines, mut jona, mut bea]) = house(&server).await;
    ines.person.does("leave_room", &[("room", &room.to_string())]).await;
    jona.agrees().await;
    bea.agrees().await;
    assert_eq!(jona.socket.state.room(room).unwrap().room.role, Role::Owner);
    assert_eq!(bea.socket.state.room(room).unwrap().room.role, Role::Member);
    jona.person.does("rename_room", &[("room", &room.to_string()), ("room_name", "Jona's")]).await;
    bea.agrees().await;
}

#[tokio::test]
async fn after_messages_were_seen() {
    let server = Server::start().await;
    let (room, mut readers) = house(&server).await;
    readers[0].person.posts(room, "third").await;
    readers[2].socket.ask(Command::Seen { room, no: no(2), generation: None }).await;
    let until = |event: &Event| matches!(event, Event::OwnState(own) if own.read.no == no(2));
    readers[2].socket.hears(until).await;
    all_agree(&mut readers).await;
    assert_eq!(readers[2].socket.state.unread(), 1);
}

#[tokio::test]
async fn after_a_direct_room_was_opened() {
    let server = Server::start().await;
    let (room, mut readers) = house(&server).await;
    let (ines, jona) = (readers[0].person.clone(), readers[1].person.clone());
    ines.does("open_direct", &[("user", &jona.id.to_string())]).await;
    all_agree(&mut readers[..2]).await;
    let direct = readers[1].socket.state.rooms().into_iter().find(|timeline| timeline.room.id != room).unwrap();
    assert_eq!((direct.room.name.as_str(), direct.room.members), ("Ines", 2));
    let direct = direct.room.id;
    readers[1].socket.says(direct, "psst").await;
    all_agree(&mut readers).await;
}
