//! While PostgreSQL is away, every door says so; once it is back, nothing needs a restart (promise R15).

use super::support::Installation;
use crate::live::support::{Person, client_id, refusal, within};
use crate::support::Postgres;
use protocol::{Code, Event};
use std::time::{Duration, Instant};

/// How soon somebody learns that the database is away.
const SOON: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_away_is_told_at_every_door_and_forgotten_when_it_is_back() {
    let postgres = Postgres::start(&[]);
    postgres.execute("postgres", "create database natter").await;
    let home = Installation::on(postgres.url("natter")).await;
    let (ines, jona) = (home.person("ines").await, home.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let (mut socket, mut listener) = (home.socket_at(0, &ines).await, home.socket_at(1, &jona).await);
    assert!(matches!(socket.says(room, "before").await, Event::Ack { .. }));

    postgres.crash();
    let begun = Instant::now();
    let id = client_id();
    assert_eq!(refusal(&socket.says_as(room, id, "meanwhile").await), Some(Code::Unavailable));
    is_told_so(&ines, &room.to_string()).await;
    assert!(begun.elapsed() < 4 * SOON, "{:?}", begun.elapsed());

    postgres.run();
    let begun = Instant::now();
    within("an acknowledgement", async {
        while !matches!(socket.says_as(room, id, "meanwhile").await, Event::Ack { .. }) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    listener.hears_words("meanwhile").await;
    let words: Vec<_> = listener.heard(room).map(|(_, message)| message.text.as_str()).collect();
    assert_eq!(words, ["before", "meanwhile"]);
    // A connection that died a moment ago may be found out by the request that gets it (R15: 5 s to recover).
    let mut well = 0;
    while well < 4 {
        well = if ines.get("/rooms").await.status == 200 { well + 1 } else { 0 };
        assert!(begun.elapsed() < SOON, "pages are not served again");
    }
}

/// Pages, forms and new sockets answer that the server cannot read just now; nobody is sent to the log-in.
async fn is_told_so(person: &Person, room: &str) {
    let page = person.get("/rooms").await;
    assert_eq!(page.status, 503);
    assert!(page.body.contains("cannot store or read just now"), "{}", page.body);
    let fields = [("room", room), ("client_id", &client_id().to_string()), ("text", "by form"), ("page", "/rooms")];
    assert_eq!(person.form("send_message", &fields).await.status, 503);
    assert_eq!(person.upgrade("/ws").await.err(), Some(503));
    assert_eq!(person.get("/healthz").await.status, 200, "the node itself is well");
}
