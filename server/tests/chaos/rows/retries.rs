use crate::world::{Client, Crowd, Line, Traffic, Way, World};
use protocol::{ApiError, ClientId, Code, Command, Event, MessageText, RoomId};
use std::time::Duration;

fn message(room: RoomId, client_id: ClientId, words: &str) -> Command {
    Command::NewMessage { room, client_id, text: MessageText::parse(words).unwrap() }
}

/// The sender's line breaks once everybody has the message, and before the sender hears of it.
pub async fn one_whose_acknowledgement_is_lost(sender: &Client, reader: &Client, room: RoomId) -> ClientId {
    let told = reader.status().heads[&room];
    sender.link.change(|weather| weather.back = Way::Held);
    let id = sender.sends(room).await;
    reader.is("the message", |status| status.heads[&room] > told).await;
    sender.link.reset();
    // Only then is the acknowledgement lost for certain, and what follows waits for the next line.
    sender.is("a line that breaks", |status| !status.is_ready).await;
    id
}

/// R2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_whose_acknowledgement_is_lost_is_stored_and_told_once() {
    let mut world = World::start().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let room = world.room(&[alice.person.clone(), bob.person.clone()]).await;
    world.is_ready().await;
    for retries in 1..=5 {
        let id = one_whose_acknowledgement_is_lost(&alice, &bob, room).await;
        for _ in 1..retries {
            alice.link.change(|weather| weather.back = Way::CutAfter(0));
            alice.is("a line that breaks", |status| !status.is_ready).await;
            alice.link.calm();
            alice.link.change(|weather| weather.back = Way::CutAfter(400));
        }
        alice.link.calm();
        alice.is_acknowledged().await;
        assert_eq!(bob.history().told(id), 1, "told once after {retries} retries");
    }
    world.check().await;
}

/// R2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_that_break_after_any_byte_lose_and_double_nothing() {
    let mut world = World::start().await;
    world.populate(Crowd { people: 8, rooms: 2, members: 6 }).await;
    let mut dice = world.seed.dice("cuts");
    let traffic = Traffic::start(&world, Duration::from_millis(4));
    for _ in 0..30 {
        let client = dice.pick(&world.clients);
        let (bytes, is_there) = (dice.below(3000), dice.below(2) == 0);
        world.faults.push(format!("{} cut after {bytes} bytes, there: {is_there}", client.name));
        client.link.change(|weather| match is_there {
            true => weather.there = Way::CutAfter(bytes),
            false => weather.back = Way::CutAfter(bytes),
        });
        world.acknowledges(8).await;
        client.link.calm();
    }
    traffic.stop().await;
    world.check().await;
}

/// A message is sent again through every server, with its own body and with others.
pub async fn one_is_sent_again_and_again(world: &mut World) {
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let people = [alice.person.clone(), bob.person.clone()];
    let (room, other) = (world.room(&people).await, world.room(&people).await);
    world.is_ready().await;
    let id = alice.sends(room).await;
    alice.is_acknowledged().await;
    let words = alice.history().drafts().last().unwrap().text.clone();

    let mut line = Line::open(world.addr_of(1), &alice.person.cookie, "/ws").await.unwrap();
    let first = line.asks(1, message(room, id, &words)).await.unwrap();
    assert!(matches!(first, Event::Ack { client_id, no, .. } if client_id == id && no.get() == 1), "{first:?}");
    for at in 0..4 {
        let mut line = Line::open(world.addr_of(at), &alice.person.cookie, "/ws").await.unwrap();
        assert_eq!(line.asks(1, message(room, id, &words)).await.unwrap(), first);
    }
    for (room, words) in [(room, "something else"), (other, &words)] {
        let refused = line.asks(2, message(room, id, words)).await.unwrap();
        assert!(matches!(refused, Event::Error(ApiError { code: Code::Conflict, .. })), "{refused:?}");
    }
    let verdict = world.check().await;
    assert_eq!(verdict.stored, 1);
    assert_eq!(bob.history().told(id), 1);
}

/// R2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_gets_the_first_receipt_and_another_body_a_conflict() {
    one_is_sent_again_and_again(&mut World::start().await).await;
}
