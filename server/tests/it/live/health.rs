//! What whoever watches the server is told: whether it can serve, and the figures behind that.

use super::support::{Person, Server, Socket, client_id, rev, within};
use crate::support::{Postgres, Redis};
use protocol::{Command, Event, Known, close};
use std::collections::BTreeSet;
use std::net::TcpListener;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::block_in_place;

const FAST: [&str; 2] = ["--commands-per-minute", "60000000"];

/// The value of a sample, which is named with its labels.
async fn metric(server: &Server, sample: &str) -> f64 {
    let text = server.stranger().get("/metrics").await.body;
    let value = text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    value.unwrap_or_else(|| panic!("no {sample} in:\n{text}")).parse().unwrap()
}

/// Waits until a sample has a value.
async fn becomes(server: &Server, sample: &str, value: f64) {
    within(sample, async { while metric(server, sample).await != value {} }).await;
}

async fn readiness(server: &Server) -> (u16, String) {
    let answer = server.stranger().get("/readyz").await;
    (answer.status, answer.body)
}

async fn becomes_ready_as(server: &Server, status: u16, body: &str) {
    within(body, async { while readiness(server).await != (status, body.to_owned()) {} }).await;
}

/// The name that stands for a sample in the document: a histogram has several.
fn name(sample: &str) -> &str {
    let name = sample.split(['{', ' ']).next().unwrap();
    ["_bucket", "_sum", "_count"].iter().find_map(|suffix| name.strip_suffix(suffix)).unwrap_or(name)
}

#[tokio::test]
async fn every_metric_is_in_the_document_and_every_one_there_is_told() {
    let server = Server::start().await;
    let answer = server.stranger().get("/metrics").await;
    assert_eq!(answer.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert!(answer.body.ends_with("# EOF\n"));
    let told: BTreeSet<_> = answer.body.lines().filter(|line| !line.starts_with('#')).map(name).collect();
    let document = std::fs::read_to_string("../docs/operations.md").unwrap();
    let rows = document
        .lines()
        .filter_map(|line| line.strip_prefix("| `natter_")?.split(['`', '{', ' ']).next())
        .map(|rest| format!("natter_{rest}"));
    let rows: Vec<_> = rows.collect();
    assert_eq!(told, rows.iter().map(String::as_str).collect());
    let words =
        document.split(|c: char| c != '_' && !c.is_ascii_lowercase()).filter(|word| word.starts_with("natter_"));
    let unknown: Vec<_> = words.map(name).filter(|word| !told.contains(word)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[tokio::test]
async fn messages_deliveries_commits_and_sockets_are_counted() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let (mut author, mut reader) = (ines.socket().await, jona.socket().await);
    assert_eq!(metric(&server, "natter_sockets").await, 2.0);
    assert_eq!(metric(&server, "natter_room_reads_total{purpose=\"open\"}").await, 2.0);
    let commits = metric(&server, "natter_commit_seconds_count").await;

    let id = client_id();
    author.says_as(room, id, "once").await;
    author.says_as(room, id, "once").await;
    author.hears_words("once").await;
    reader.hears_words("once").await;
    becomes(&server, "natter_deliveries_total", 2.0).await;
    assert_eq!(metric(&server, "natter_messages_stored_total").await, 1.0);
    assert_eq!(metric(&server, "natter_commit_seconds_count").await, commits + 2.0);
    assert_eq!(metric(&server, "natter_commit_batch_size_count").await, commits + 2.0);
    assert_eq!(metric(&server, "natter_commit_failures_total").await, 0.0);
    assert_eq!(metric(&server, "natter_writer_queue_depth").await, 0.0);
    assert_eq!(metric(&server, "natter_database_up").await, 1.0);
    assert_eq!(metric(&server, "natter_bus_up").await, 1.0);

    drop(reader);
    becomes(&server, "natter_closes_total{code=\"1005\"}", 1.0).await;
    becomes(&server, "natter_sockets", 1.0).await;
}

#[tokio::test]
async fn requests_are_counted_by_the_class_of_their_answer() {
    let server = Server::start().await;
    let stranger = server.stranger();
    let not_found = "natter_http_requests_total{status=\"4xx\"}";
    let before = metric(&server, not_found).await;
    for _ in 0..3 {
        assert_eq!(stranger.get("/assets/nothing.css").await.status, 404);
    }
    assert_eq!(metric(&server, not_found).await, before + 3.0);
    assert!(metric(&server, "natter_http_requests_total{status=\"2xx\"}").await >= 1.0);
}

#[tokio::test]
async fn resumes_are_counted_by_where_they_were_served_from() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let resumes =
        async |outcome: &str| metric(&server, &format!("natter_resumes_total{{outcome=\"{outcome}\"}}")).await;
    let reads = async || metric(&server, "natter_room_reads_total{purpose=\"resume\"}").await;
    let state = jona.socket().await.state;
    let mut author = ines.socket().await;
    author.says(room, "missed").await;
    author.hears_words("missed").await;
    jona.resumes(state.clone()).await;
    assert_eq!((resumes("memory").await, reads().await), (1.0, 0.0));

    drop(author);
    becomes(&server, "natter_sockets", 0.0).await;
    jona.resumes(state).await;
    assert_eq!((resumes("changes").await, reads().await), (1.0, 1.0));

    let mut socket = jona.line("/ws").await;
    let future = vec![Known { room, rev: rev(1 << 40) }];
    assert_eq!(socket.ask(Command::Hello { epoch: socket.epoch, rooms: future }).await, Event::Ready);
    assert_eq!((resumes("room").await, reads().await), (1.0, 2.0));
    assert_eq!((resumes("unchanged").await, resumes("failed").await), (0.0, 0.0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_that_was_closed_is_counted() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let mut author = ines.socket().await;
    let _stuck = Socket::narrow(&jona).await;
    becomes(&server, "natter_sockets", 2.0).await;
    let big = "𝄞".repeat(7900);
    while server.sockets() == 2 {
        assert!(matches!(author.says(room, &big).await, Event::Ack { .. }));
    }
    assert_eq!(metric(&server, &format!("natter_closes_total{{code=\"{}\"}}", close::TOO_SLOW)).await, 1.0);
}

#[tokio::test]
async fn the_metrics_are_for_this_machine_only() {
    let server = Server::start().await;
    let stranger = server.stranger();
    assert_eq!(stranger.get("/metrics").await.status, 200, "the test's own premise");
    for (name, value) in [("x-forwarded-for", "192.0.2.7"), ("forwarded", "for=192.0.2.7"), ("host", "evil.org")] {
        let answer = stranger.answer(stranger.request(reqwest::Method::GET, "/metrics").header(name, value)).await;
        assert_eq!((answer.status, answer.body.as_str()), (404, ""), "{name}");
    }
}

#[tokio::test]
async fn the_metrics_can_have_an_address_of_their_own() {
    let addr = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let mut server = Server::with(&["--metrics-addr", &addr]).await;
    let get = async || {
        let url = format!("http://{addr}/metrics");
        reqwest::Client::new().get(url).header("x-forwarded-for", "192.0.2.7").send().await
    };
    assert!(get().await.unwrap().text().await.unwrap().contains("\nnatter_sockets 0\n"));
    assert_eq!(server.stranger().get("/metrics").await.status, 404);
    server.stop().await;
    assert!(get().await.is_err());
}

/// A server that stops takes no new connections, so this one is open already.
#[tokio::test]
async fn a_server_that_stops_is_alive_and_not_ready() {
    let mut server = Server::start().await;
    assert_eq!(readiness(&server).await, (200, "ready\n".into()));
    let mut begun = TcpStream::connect(server.stranger().addr()).await.unwrap();
    begun.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\n").await.unwrap();
    assert_eq!(server.stranger().get("/healthz").await.status, 200, "the one before has been accepted");
    let asking = async {
        begun.write_all(b"\r\n").await.unwrap();
        let mut answer = String::new();
        within("an answer", begun.read_to_string(&mut answer)).await.unwrap();
        answer
    };
    let ((), answer) = tokio::join!(server.stop(), asking);
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.ends_with("\r\nstopping\n"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_database_a_server_is_not_ready_and_says_so_to_people() {
    let postgres = block_in_place(|| Postgres::start(&[]));
    let server = Server::with(&["--database-url", &postgres.url("postgres"), FAST[0], FAST[1]]).await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let mut socket = ines.socket().await;
    assert_eq!(readiness(&server).await, (200, "ready\n".into()));

    block_in_place(|| postgres.crash());
    assert_eq!(readiness(&server).await, (503, "the database does not answer\n".into()));
    assert_eq!(server.stranger().get("/healthz").await.body, "ok\n");
    assert_eq!(metric(&server, "natter_database_up").await, 0.0);
    assert!(matches!(socket.says(room, "in vain").await, Event::Error(_)));
    assert!(metric(&server, "natter_commit_failures_total").await >= 1.0);
    people_are_told_to_try_again(&server, &ines, &room.to_string()).await;

    block_in_place(|| postgres.run());
    becomes_ready_as(&server, 200, "ready\n").await;
    becomes(&server, "natter_database_up", 1.0).await;
    ines.posts(room, "back again").await;
    let before = ines.copy();
    ines.does("logout", &[]).await;
    assert_eq!(before.get("/rooms").await.status, 303, "the session ends once it can");
}

async fn people_are_told_to_try_again(server: &Server, person: &Person, room: &str) {
    let fields = [("login", person.username.as_str()), ("password", Person::PASSWORD), ("page", "/login")];
    let id = client_id().to_string();
    let message = [("room", room), ("client_id", &id), ("text", "hello"), ("page", &format!("/rooms/{room}"))];
    let stranger = server.stranger();
    for (what, asked) in [
        ("a page", person.request(reqwest::Method::GET, "/rooms")),
        ("a room", person.request(reqwest::Method::GET, &format!("/rooms/{room}"))),
        ("a message", person.posting("send_message", &message).header("origin", person.origin())),
        ("a log-in", stranger.posting("login", &fields).header("origin", person.origin())),
        ("a log-out", person.posting("logout", &[("page", "/settings")]).header("origin", person.origin())),
    ] {
        let begun = Instant::now();
        let answer = person.answer(asked).await;
        assert_eq!(answer.status, 503, "{what}: {}", answer.body);
        assert!(answer.body.to_lowercase().contains("try again"), "{what}: {}", answer.body);
        assert_eq!(answer.body.contains(">hello</textarea>"), what == "a message", "what was written can be copied");
        assert_eq!(answer.body.contains("You are still logged in"), what == "a log-out", "{what}: {}", answer.body);
        assert!(begun.elapsed() < Duration::from_secs(10), "{what}: {:?}", begun.elapsed());
    }
    assert_eq!(person.upgrade("/ws").await.map(drop), Err(503));
}

/// Two nodes, and nothing that carries news between them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_bus_a_server_is_ready_and_degraded() {
    let (postgres, mut redis) = (block_in_place(|| Postgres::start(&[])), Redis::start());
    let (database, bus) = (postgres.url("postgres"), redis.url());
    let flags = ["--database-url", &database, "--redis-url", &bus, FAST[0], FAST[1]];
    let (here, there) = (Server::with(&flags).await, Server::with(&flags).await);
    let (ines, jona) = (here.person("ines").await, here.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let mut socket = there.again(&jona).await.socket().await;
    for server in [&here, &there] {
        becomes_ready_as(server, 200, "ready\n").await;
        becomes(server, "natter_bus_up", 1.0).await;
    }

    redis.kill();
    for server in [&here, &there] {
        becomes_ready_as(server, 200, "ready\nthe bus is down: news of other nodes comes late\n").await;
        assert_eq!(metric(server, "natter_bus_up").await, 0.0);
    }
    ines.posts(room, "by the database").await;
    socket.hears_words("by the database").await;
    assert_eq!(metric(&there, "natter_room_gaps_total").await, 1.0);
    assert_eq!(metric(&there, "natter_room_reads_total{purpose=\"mend\"}").await, 1.0);
    assert!(metric(&here, "natter_bus_dropped_total").await >= 1.0);

    block_in_place(|| redis.restart());
    for server in [&here, &there] {
        becomes_ready_as(server, 200, "ready\n").await;
        assert!(metric(server, "natter_bus_reconnects_total").await >= 1.0);
    }
}
