//! Two hubs on one store with Redis between them: what reaches the sockets of the other node, and when.

use super::sqlite;
use crate::support::{House, Redis, no, read};
use bytes::Bytes;
use domain::access::{Caller, Scope};
use domain::ports::{Device, SessionId, SessionRecord};
use domain::{Env, events, messages, receipts, rooms};
use futures::StreamExt;
use protocol::{At, Event, Frame, ReadMarker, RoomId, UserId, close};
use server::bus::RedisBus;
use server::bus::redis::client;
use server::hub::{self, Connection, Hub, Opener, Task};
use server::random::OsRandom;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

/// As long as anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How soon a node catches up once Redis is back (promise R14).
const HEALED: Duration = Duration::from_secs(3);

struct Node {
    env: Env,
    hub: Arc<Hub>,
    bus: Arc<RedisBus>,
    _chores: JoinSet<()>,
}

impl Node {
    async fn of(house: &House, redis: &Redis) -> Self {
        let hub = Arc::new(Hub::default());
        let epoch = house.store().epoch().await.unwrap();
        let bus = RedisBus::start(&client(&redis.url()).unwrap(), epoch, Arc::new(OsRandom), hub.clone()).unwrap();
        let bus = Arc::new(bus);
        let env = Env { bus: bus.clone(), ..house.env.clone() };
        let mut chores = JoinSet::new();
        chores.spawn(hub::mend(hub.clone(), env.clone()));
        chores.spawn(hub::pump(hub.clone(), env.bus.clone()));
        chores.spawn(hub::usher(hub.clone(), env.clone()));
        let node = Self { env, hub, bus, _chores: chores };
        node.is_connected().await;
        node
    }

    async fn is_connected(&self) {
        timeout(PATIENCE, self.bus.health().connected()).await.expect("it connects");
    }

    async fn is_degraded(&self) {
        timeout(PATIENCE, self.bus.health().degraded()).await.expect("it notices");
    }

    /// A socket of somebody with a session of that name, which watches a room.
    async fn socket(&self, user: UserId, session: &str, room: Option<RoomId>) -> Socket {
        let session = SessionId(session.into());
        let expires = At::try_from(1 << 40).unwrap();
        let (created, device) = (At::try_from(0).unwrap(), Device::default());
        let (id, data) = (session.clone(), "{}".into());
        let record = SessionRecord { id, user: Some(user), data, device, created, seen: created, expires };
        self.env.store.create_session(&record).await.unwrap();
        let (connection, far) =
            line(Opener { caller: Caller { user, session, scope: Scope::Person }, only: None }).await;
        assert!(self.hub.enter(self.bus.as_ref(), &connection, Bytes::new()));
        if let Some(room) = room {
            let slot = self.hub.watch(self.bus.as_ref(), &connection, room, None);
            for (room, head) in self.env.store.heads(&[room]).await.unwrap() {
                assert!(self.hub.admit(&connection, room, slot, head));
            }
            let own_states = self.env.store.own_states(&[user]).await.unwrap();
            self.hub.knows_own(user, own_states.into_iter().map(|(_, own)| own).filter(|own| own.room == room));
        }
        connection.takes_its_seats();
        Socket { connection, far: Mutex::new(WebSocketStream::from_raw_socket(far, Role::Client, None).await) }
    }
}

/// A socket without the server's task: what is written to it, and what its task would have to do.
struct Socket {
    connection: Arc<Connection>,
    far: Mutex<WebSocketStream<TcpStream>>,
}

async fn line(opener: Opener) -> (Arc<Connection>, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let far = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (near, _) = listener.accept().await.unwrap();
    (Arc::new(Connection::new(opener, Arc::new(near.into()))), far)
}

async fn task(socket: &Socket) -> Task {
    timeout(PATIENCE, socket.connection.next()).await.expect("something has to be done")
}

async fn frame(socket: &Socket) -> Message {
    timeout(PATIENCE, socket.far.lock().await.next()).await.expect("something comes").unwrap().unwrap()
}

async fn hears(socket: &Socket, words: &str) {
    let frame = frame(socket).await;
    assert!(frame.to_text().unwrap().contains(words), "{frame:?}");
}

async fn posts(node: &Node, house: &House, user: UserId, room: RoomId, words: &str) {
    messages::post(&node.env, &house.seat(user, room).await, house.draft(words)).await.unwrap();
}

#[tokio::test]
async fn what_is_said_on_one_node_is_heard_on_the_other() {
    let (redis, house) = (Redis::start(), sqlite::house().await);
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let room = house.group(alice, "Bakery", &[bob]).await;
    let (one, two) = (Node::of(&house, &redis).await, Node::of(&house, &redis).await);
    let (hers, his) = (one.socket(alice, "a", Some(room)).await, two.socket(bob, "b", Some(room)).await);
    // Whether or not Redis has confirmed the subscription yet, nothing is missing and nothing comes late.
    let saying = Instant::now();
    for words in ["one", "two", "three"] {
        posts(&one, &house, alice, room, words).await;
    }
    for words in ["one", "two", "three"] {
        hears(&his, words).await;
        hears(&hers, words).await;
    }
    assert!(saying.elapsed() < HEALED, "{:?}", saying.elapsed());
    posts(&two, &house, bob, room, "four").await;
    hears(&hers, "four").await;
    hears(&his, "four").await;
}

#[tokio::test]
async fn what_was_said_while_redis_was_away_is_heard_soon_after() {
    let (mut redis, house) = (Redis::start(), sqlite::house().await);
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let room = house.group(alice, "Bakery", &[bob]).await;
    let (one, two) = (Node::of(&house, &redis).await, Node::of(&house, &redis).await);
    let his = two.socket(bob, "b", Some(room)).await;
    redis.kill();
    two.is_degraded().await;
    one.is_degraded().await;
    for number in 1..=1200 {
        house.posts(&house.seat(alice, room).await, &format!("message {number}.")).await;
    }
    redis.restart();
    let healing = Instant::now();
    for number in 1..=1200 {
        hears(&his, &format!("message {number}.")).await;
    }
    // The rounds every five seconds are no part of this only because it is quicker.
    assert!(healing.elapsed() < HEALED, "{:?}", healing.elapsed());
}

#[tokio::test]
async fn a_session_that_ended_while_redis_was_away_closes_its_sockets_on_the_other_node() {
    let (mut redis, house) = (Redis::start(), sqlite::house().await);
    let alice = house.person("alice").await;
    let (one, two) = (Node::of(&house, &redis).await, Node::of(&house, &redis).await);
    let (ended, stays) = (two.socket(alice, "ends", None).await, two.socket(alice, "stays", None).await);
    redis.kill();
    one.is_degraded().await;
    let session = SessionId("ends".into());
    house.store().delete_session(&session).await.unwrap();
    events::session_ended(&one.env, alice, &session);
    redis.restart();
    let healing = Instant::now();
    assert_eq!(task(&ended).await, Task::Close(close::LOGGED_OUT));
    assert!(healing.elapsed() < HEALED, "{:?}", healing.elapsed());
    two.hub.beat();
    assert!(frame(&stays).await.is_ping());
}

#[tokio::test]
async fn an_ended_session_closes_its_sockets_without_redis_at_all() {
    let (mut redis, house) = (Redis::start(), sqlite::house().await);
    let alice = house.person("alice").await;
    let node = Node::of(&house, &redis).await;
    let socket = node.socket(alice, "ends", None).await;
    redis.kill();
    node.is_degraded().await;
    house.store().delete_session(&SessionId("ends".into())).await.unwrap();
    // Promise S2 allows 30 s while Redis is down.
    let end = timeout(Duration::from_secs(25), socket.connection.next()).await.expect("the round comes");
    assert_eq!(end, Task::Close(close::LOGGED_OUT));
}

/// Waits for the frame that tells how far somebody has read.
async fn hears_how_far(socket: &Socket) -> ReadMarker {
    loop {
        if let Message::Text(text) = frame(socket).await
            && let Event::OwnState(own) = Frame::parse(&text).unwrap().event
        {
            return own.read;
        }
    }
}

#[tokio::test]
async fn a_read_marker_moved_while_redis_was_away_is_told_soon_after() {
    let (mut redis, house) = (Redis::start(), sqlite::house().await);
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let room = house.group(alice, "Bakery", &[bob]).await;
    for words in ["one", "two", "three"] {
        house.posts(&house.seat(alice, room).await, words).await;
    }
    let (one, two) = (Node::of(&house, &redis).await, Node::of(&house, &redis).await);
    let his = two.socket(bob, "b", Some(room)).await;
    redis.kill();
    one.is_degraded().await;
    let seat = house.seat(bob, room).await;
    receipts::seen_up_to(&one.env, &seat, no(3), None).await.unwrap();
    receipts::mark_unread(&one.env, &seat, no(2)).await.unwrap();
    redis.restart();
    let healing = Instant::now();
    assert_eq!(hears_how_far(&his).await, read(1, 1));
    assert!(healing.elapsed() < HEALED, "{:?}", healing.elapsed());
    receipts::seen_up_to(&two.env, &seat, no(2), None).await.unwrap();
    assert_eq!(hears_how_far(&his).await, read(1, 2), "what is known is not told again");
}

#[tokio::test]
async fn a_seat_given_while_redis_was_away_is_shown_soon_after() {
    let (mut redis, house) = (Redis::start(), sqlite::house().await);
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let known = house.group(alice, "Known", &[bob]).await;
    let (one, two) = (Node::of(&house, &redis).await, Node::of(&house, &redis).await);
    let his = two.socket(bob, "b", Some(known)).await;
    let room = house.group(alice, "Bakery", &[]).await;
    redis.kill();
    one.is_degraded().await;
    two.is_degraded().await;
    rooms::add_members(&one.env, &house.seat(alice, room).await, &[bob]).await.unwrap();
    redis.restart();
    let healing = Instant::now();
    assert_eq!(task(&his).await, Task::Joined(room), "and nothing of the room that he watches already");
    assert!(healing.elapsed() < HEALED, "{:?}", healing.elapsed());
}

#[tokio::test]
async fn who_was_removed_while_redis_was_away_hears_nothing_after_it() {
    let (mut redis, house) = (Redis::start(), sqlite::house().await);
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let room = house.group(alice, "Bakery", &[bob]).await;
    let (one, two) = (Node::of(&house, &redis).await, Node::of(&house, &redis).await);
    let (hers, his) = (two.socket(alice, "a", Some(room)).await, two.socket(bob, "b", Some(room)).await);
    redis.kill();
    one.is_degraded().await;
    rooms::remove_member(&one.env, &house.seat(alice, room).await, bob).await.unwrap();
    posts(&two, &house, alice, room, "between us").await;
    assert_eq!(task(&his).await, Task::Gone(room));
    hears(&hers, "member_left").await;
    hears(&hers, "between us").await;
    two.hub.beat();
    assert!(frame(&his).await.is_ping());
    redis.restart();
    two.is_connected().await;
}
