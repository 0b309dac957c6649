//! State and events make the same as the state read afresh, live and after an absence of any length.

use crate::support::{House, text};
use domain::messages::Draft;
use domain::ports::{Missed, Notice, Tell};
use domain::{Seat, accounts, messages, receipts, rooms};
use protocol::{
    Applied, ClientId, DisplayName, Event, Frame, No, OwnState, Page, RoomId, RoomName, RoomView, Timeline, UserId,
};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

pub async fn state_and_events_equal_the_state_read_afresh(house: House) {
    let people = house.people(["alice", "bob", "carol", "dave", "erin"]).await;
    for seed in 0..6 {
        let room = house.group(people[1], "Room", &people[..3]).await;
        Story { house: &house, people, room, me: people[0], dice: StdRng::seed_from_u64(seed) }.unfolds(60).await;
    }
}

/// What alice sees of a room while the others, and chance, have their way with it.
struct Story<'a> {
    house: &'a House,
    people: [UserId; 5],
    room: RoomId,
    me: UserId,
    dice: StdRng,
}

impl Story<'_> {
    async fn unfolds(&mut self, steps: i64) {
        self.house.bus.take();
        let mut live = self.fresh().await;
        let mut earlier = vec![live.clone()];
        for step in 1..=steps {
            self.house.clock.set(1_000 + step);
            self.step(step).await;
            for event in self.heard() {
                apply(&mut live, &event);
            }
            earlier.push(live.clone());
        }
        let fresh = settled(self.fresh().await);
        assert!(fresh.room.last_no > No::ZERO && fresh.room.rev.get() > steps / 2, "little happened: {fresh:?}");
        assert_eq!(settled(live), fresh);

        let seat = self.seat(self.me).await;
        for mut absent in earlier {
            let since = absent.room.rev;
            let Missed::Changes(missed) = messages::missed(&self.house.env, &seat, since).await.unwrap() else {
                panic!("too far from {since}");
            };
            absent.catch_up(&missed);
            // The read marker is the person's own and has no revision.
            let RoomView { id: room, rev, read, .. } = missed.room;
            absent.take_own(&OwnState { room, rev, read });
            assert_eq!(settled(absent), fresh, "away since {since}");
        }
    }

    async fn step(&mut self, step: i64) {
        let env = &self.house.env;
        let members = self.house.member_ids(&self.seat(self.me).await).await;
        let somebody = *members.choose(&mut self.dice).unwrap();
        let anybody = *self.people.choose(&mut self.dice).unwrap();
        let owner = self.owner(&members).await;
        match self.dice.random_range(0..10) {
            0..4 => {
                let draft = Draft { client_id: ClientId(env.random.uuid()), text: text(&format!("words {step}")) };
                messages::post(env, &self.seat(somebody).await, draft).await.unwrap();
            }
            4..6 => rooms::add_members(env, &self.seat(somebody).await, &[anybody]).await.unwrap(),
            6 if somebody != self.me => {
                let by = if self.dice.random() { owner } else { self.seat(somebody).await };
                rooms::remove_member(env, &by, somebody).await.unwrap();
            }
            7 => rooms::rename(env, &owner, RoomName::parse(&format!("Room {step}")).unwrap()).await.unwrap(),
            8 => accounts::rename(env, anybody, DisplayName::parse(&format!("Name {step}")).unwrap()).await.unwrap(),
            _ => {
                let no = No::try_from(self.dice.random_range(0..step)).unwrap();
                receipts::seen_up_to(env, &self.seat(self.me).await, no, None).await.unwrap();
            }
        }
    }

    async fn seat(&self, person: UserId) -> Seat {
        self.house.seat(person, self.room).await
    }

    async fn owner(&self, members: &[UserId]) -> Seat {
        for member in members {
            let seat = self.seat(*member).await;
            if seat.is_owner() {
                return seat;
            }
        }
        panic!("a room with members has an owner")
    }

    async fn fresh(&self) -> Timeline {
        let seat = self.seat(self.me).await;
        let mut timeline = Timeline::new(self.me, self.house.view(self.me, self.room).await);
        timeline.merge(self.house.store().messages(&seat, Page::Newest, 1_000).await.unwrap().unwrap());
        let members = self.house.store().members(&seat, None, 100).await.unwrap().unwrap();
        timeline.members = Some(members.into_iter().map(|record| record.member).collect());
        timeline
    }

    /// The events of this room that have come to alice's sockets since the last time.
    fn heard(&self) -> Vec<Event> {
        let frames = self.house.bus.take().into_iter().filter_map(|notice| match notice {
            Notice::Room { room, frame, .. } if room == self.room => {
                Some(serde_json::from_str::<Frame>(&frame).unwrap().event)
            }
            Notice::Person { user, tell: Tell::OwnState(own) } if user == self.me => Some(Event::OwnState(own)),
            _ => None,
        });
        frames.collect()
    }
}

fn apply(timeline: &mut Timeline, event: &Event) {
    match event {
        Event::Change(change) => assert_eq!(timeline.apply(change), Applied::Fresh, "{change:?}"),
        Event::OwnState(own) => _ = timeline.take_own(own),
        other => panic!("not for a timeline: {other:?}"),
    }
}

/// Without the names of those who have left: nobody is told when they change.
fn settled(mut timeline: Timeline) -> Timeline {
    let members: Vec<_> = timeline.members.iter().flatten().map(|member| member.person.id).collect();
    let authors = timeline.window.iter_mut().flat_map(|window| window.messages.iter_mut().map(|m| &mut m.author));
    let last = timeline.room.last.iter_mut().map(|last| &mut last.author);
    for author in authors.chain(last).filter(|author| !members.contains(&author.id)) {
        author.name.clear();
    }
    timeline
}
