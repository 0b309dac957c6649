use crate::seed::Dice;
use crate::world::{Crowd, Line, Person, Traffic, World};
use protocol::{ClientId, Command, Event, Known, MessageText, RoomId};
use std::time::Duration;

/// A resume that no honest client sends: rooms of others, revisions of nobody, in any number.
fn garbage(dice: &mut Dice, epoch: protocol::Epoch) -> Command {
    let revisions = [0, 1, 7, 1 << 40, (1 << 53) - 1];
    let known = |dice: &mut Dice| {
        let room = RoomId::try_from(1 + dice.below(6) as i64).unwrap();
        Known { room, rev: dice.pick(&revisions).try_into().unwrap() }
    };
    let rooms = (0..dice.below(9)).map(|_| known(dice)).collect();
    let other = protocol::Epoch(dice.uuid());
    let epoch = dice.pick(&[None, Some(epoch), Some(other)]);
    Command::Hello { epoch, rooms }
}

/// R8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resumes_with_the_state_of_others_are_served_and_tell_nothing() {
    let mut world = World::start().await;
    world.populate(Crowd { people: 6, rooms: 4, members: 3 }).await;
    let mallory = Person::registers(world.addr(), "mallory").await;
    let traffic = Traffic::start(&world, Duration::from_millis(3));
    let mut dice = world.seed.dice("garbage");
    for _ in 0..30 {
        let mut line = Line::open(world.addr(), &mallory.cookie, "/ws").await.unwrap();
        let resumes = 1 + dice.below(3);
        for _ in 0..resumes {
            line.send(1, garbage(&mut dice, line.epoch)).await;
            let room = RoomId::try_from(1 + dice.below(6) as i64).unwrap();
            let (client_id, text) = (ClientId(dice.uuid()), MessageText::parse("let me in").unwrap());
            line.send(2, Command::NewMessage { room, client_id, text }).await;
        }
        line.send(3, Command::Ping).await;
        let (mut readies, mut refusals) = (0, 0);
        while (readies, refusals) != (resumes, resumes) {
            match line.next().await.expect("an open socket") {
                Event::Ready => readies += 1,
                Event::Error(_) => refusals += 1,
                Event::RoomGone { .. } | Event::Pong => {}
                other => panic!("mallory heard {other:?}\n{}", world.story()),
            }
        }
    }
    traffic.stop().await;
    world.check().await;
}

/// R8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_who_resumes_on_many_sockets_at_once_is_served_on_each() {
    let mut world = World::start().await;
    world.populate(Crowd { people: 3, rooms: 2, members: 3 }).await;
    let person = world.people[0].clone();
    for _ in 0..15 {
        world.device(&person).await;
    }
    world.is_ready().await;
    let traffic = Traffic::start(&world, Duration::from_millis(3));
    for _ in 0..6 {
        world.acknowledges(30).await;
        world.clients.iter().for_each(|client| client.link.reset());
    }
    traffic.stop().await;
    world.check().await;
}
