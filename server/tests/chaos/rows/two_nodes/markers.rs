//! R30: read markers of one person, moved by two devices in any order.

use crate::world::{Heard, Line, Person, World, bound};
use protocol::{Command, Event, No, ReadMarker, RoomId, Workspace};
use std::time::Duration;
use tokio::time::timeout;

/// Once Redis is back, both devices agree with the database so soon.
const AGREED: Duration = Duration::from_secs(5);

const MESSAGES: i64 = 12;

/// A device that applies what it is told.
struct Device {
    line: Line,
    state: Workspace,
}

impl Device {
    async fn connects(world: &World, at: usize, person: &Person, state: Option<Workspace>) -> Self {
        let line = Line::open(world.addr_of(at), &person.cookie, "/ws").await.expect("a socket");
        let mut device = Self { line, state: state.unwrap_or_else(|| Workspace::new(person.id, Vec::new())) };
        let hello = Command::Hello { epoch: Some(device.line.epoch), rooms: device.state.known() };
        assert_eq!(device.asks(hello).await, Event::Ready);
        device
    }

    /// The answer; everything before it is applied.
    async fn asks(&mut self, command: Command) -> Event {
        self.line.send(7, command).await;
        loop {
            match self.line.hears().await {
                Heard::Frame(frame) if frame.id == Some(7) => return frame.event,
                Heard::Frame(frame) => _ = self.state.apply(&frame.event),
                Heard::End(code) => panic!("the line has ended: {code:?}"),
            }
        }
    }

    fn read(&self, room: RoomId) -> ReadMarker {
        self.state.room(room).expect("the room is known").room.read
    }

    async fn agrees(&mut self, room: RoomId, read: ReadMarker) {
        while self.read(room) != read {
            let event = self.line.next().await.expect("a socket that stays open");
            self.state.apply(&event);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn read_markers_moved_on_two_devices_in_any_order_end_in_one_state() {
    let mut world = World::of_two_nodes().await;
    let super::Pair { alice, bob, room } = super::Pair::settle(&mut world).await;
    for _ in 0..MESSAGES {
        bob.sends(room).await;
    }
    bob.is_acknowledged().await;
    let person = alice.person.clone();
    let mut devices = [None, None];
    for (at, device) in devices.iter_mut().enumerate() {
        *device = Some(Device::connects(&world, at, &person, None).await);
    }
    let mut dice = world.seed.dice("markers");
    for round in 0..60 {
        match round {
            20 => world.engines_mut().kill_redis(),
            40 => world.engines_mut().restart_redis(),
            _ => {}
        }
        let at = dice.below(2);
        let no = No::try_from(1 + dice.below(MESSAGES as usize) as i64).expect("a number");
        let mut device = devices[at].take().expect("both are there");
        let generation = device.read(room).generation;
        match dice.below(8) {
            0..3 => assert_eq!(device.asks(Command::MarkUnread { room, no }).await, Event::Ok),
            3..6 => {
                let seen = Command::Seen { room, no, generation: Some(generation) };
                assert_eq!(device.asks(seen).await, Event::Ok);
            }
            6 => assert_eq!(device.asks(Command::Seen { room, no, generation: None }).await, Event::Ok),
            // It goes away and comes back at either node.
            _ => device = Device::connects(&world, dice.below(2), &person, Some(device.state)).await,
        }
        devices[at] = Some(device);
    }
    let fresh = Device::connects(&world, 0, &person, None).await.read(room);
    assert!(fresh.generation.get() > 5, "the test's own premise: {fresh:?}");
    for device in devices.iter_mut().flatten() {
        let agreed = timeout(bound(AGREED), device.agrees(room, fresh)).await;
        assert!(agreed.is_ok(), "{:?} in place of {fresh:?}\n{}", device.read(room), world.story());
    }
    world.check().await;
}
