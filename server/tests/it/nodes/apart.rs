//! While Redis is away the nodes tell each other nothing, and each finds out by the database.

use super::support::Installation;
use crate::live::support::{Person, Socket, within};
use protocol::{RoomId, Workspace};

/// Maximum of times that a client asks for what it missed; without an end it would ask for ever.
const HELLOS: usize = 20;

/// Listens as a browser does, which asks for what it missed at each gap, until its state is as it should be.
async fn follows(socket: &mut Socket, what: &str, is_there: impl Fn(&Workspace) -> bool) {
    let epoch = socket.epoch;
    let mut hellos = 0;
    within(what, async {
        while !is_there(&socket.state) {
            socket.listen().await.expect("an open socket");
            if socket.gaps > 0 {
                hellos += 1;
                assert!(hellos <= HELLOS, "the answers do not help");
                socket.catches_up(epoch).await;
            }
        }
    })
    .await;
}

/// Lets somebody change one thing twice, and compares what the others have at either node.
async fn changes_twice(change: impl AsyncFn(&Person, &Person, RoomId)) {
    let mut home = Installation::start().await;
    let (ines, jona, dora) = (home.person("ines").await, home.person("jona").await, home.person("dora").await);
    let room = ines.room_with(&[&jona, &dora]).await;
    ines.posts(room, "before").await;
    let mut sockets = home.sockets(&jona).await;
    home.loses_redis();
    within("what administrators are told", async {
        while !ines.get("/administration/server").await.body.contains("Redis is away: what happens at other nodes") {}
    })
    .await;
    change(&ines, &dora, room).await;
    ines.posts(room, "after").await;
    let newest = ines.sees("/rooms").await.room(room).unwrap().room.clone();
    for socket in &mut sockets {
        let known = |state: &Workspace| state.room(room).map(|timeline| timeline.room.rev);
        follows(socket, "what was changed twice", |state| known(state) >= Some(newest.rev)).await;
        let told = &socket.state.room(room).unwrap().room;
        assert_eq!((&told.name, told.members, told.last_no), (&newest.name, newest.members, newest.last_no));
    }
    // What is said from now on is heard, and nobody asks again and again.
    for n in 0..3 {
        ines.posts(room, &format!("later {n}")).await;
    }
    let newest = ines.sees("/rooms").await.room(room).unwrap().room.rev;
    for socket in &mut sockets {
        let known = |state: &Workspace| state.room(room).map(|timeline| timeline.room.rev);
        follows(socket, "what was said later", |state| known(state) >= Some(newest)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_renamed_twice_while_redis_is_away_stops_nobody() {
    changes_twice(async |ines, _, room| {
        for name in ["Pantry", "Larder"] {
            ines.does("rename_room", &[("room", &room.to_string()), ("room_name", name)]).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_who_leaves_and_returns_while_redis_is_away_stops_nobody() {
    changes_twice(async |ines, dora, room| {
        ines.removes(dora, room).await;
        ines.adds(dora, room).await;
    })
    .await;
}
