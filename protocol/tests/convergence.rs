//! However changes, pages, own states and catch-ups come, and come again, a client ends with what a fresh reading shows.

#![allow(clippy::unwrap_used, reason = "clippy takes only what bears #[test] for a test")]

#[path = "convergence/world.rs"]
mod world;

use proptest::prelude::*;
use protocol::{Change, Event, Need, Page, RoomView, Timeline, Workspace};
use std::collections::VecDeque;
use world::World;

#[derive(Clone, Debug)]
enum Step {
    Post(i64),
    Rename(i64),
    /// Leaves, or comes back.
    Move(i64),
    Retitle,
    Seen(i64),
    MarkUnread(i64),
    Fetch(Page, i64),
    /// So many of what is ordered arrive.
    Arrive(usize),
    /// One of what is not ordered arrives.
    Overtake(usize),
    /// The next change is lost.
    Lose,
    Repeat,
    Hello,
    Anew,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let page = prop_oneof![
        3 => Just(Page::Newest),
        1 => (1..20i64).prop_map(|no| Page::Before(no.try_into().unwrap())),
        1 => (0..20i64).prop_map(|no| Page::After(no.try_into().unwrap())),
        1 => (1..20i64).prop_map(|no| Page::Around(no.try_into().unwrap())),
    ];
    let step = prop_oneof![
        6 => (1..=4i64).prop_map(Step::Post),
        3 => (1..=4i64).prop_map(Step::Rename),
        2 => (2..=4i64).prop_map(Step::Move),
        1 => Just(Step::Retitle),
        2 => (0..20i64).prop_map(Step::Seen),
        2 => (1..20i64).prop_map(Step::MarkUnread),
        3 => (page, 1..8i64).prop_map(|(page, limit)| Step::Fetch(page, limit)),
        6 => (1..5usize).prop_map(Step::Arrive),
        4 => (0..8usize).prop_map(Step::Overtake),
        1 => Just(Step::Lose),
        1 => Just(Step::Repeat),
        1 => Just(Step::Hello),
        1 => Just(Step::Anew),
    ];
    prop::collection::vec(step, 0..80)
}

/// A client, and what is on its way to it.
struct Client {
    state: Workspace,
    /// In the order of the room.
    ordered: VecDeque<Event>,
    /// In any order.
    loose: Vec<Event>,
    last: Option<Event>,
    is_resuming: bool,
}

impl Client {
    fn new(world: &World) -> Self {
        let mut timeline = Timeline::new(World::me(), world.view());
        timeline.members = Some(world.members());
        let state = Workspace::new(World::me(), vec![timeline]);
        Self { state, ordered: VecDeque::new(), loose: Vec::new(), last: None, is_resuming: false }
    }

    fn timeline(&self) -> &Timeline {
        self.state.room(World::room()).unwrap()
    }

    fn take(&mut self, world: &World, event: Event) {
        if matches!(event, Event::Changes(_) | Event::Room { .. }) {
            self.is_resuming = false;
        }
        match self.state.apply(&event).need {
            Need::Resume => self.hello(world),
            Need::Refetch => self.loose.push(world.page(Page::Newest, 5)),
            Need::Nothing => {}
        }
    }

    /// Asks for what was missed, unless that is on its way.
    fn hello(&mut self, world: &World) {
        if !self.is_resuming {
            self.is_resuming = true;
            self.ordered.push_back(world.missed(self.timeline().room.rev));
        }
    }

    fn arrive(&mut self, world: &World) {
        if let Some(event) = self.ordered.pop_front() {
            self.last = Some(event.clone());
            self.take(world, event);
        }
    }

    fn overtake(&mut self, world: &World, at: usize) {
        if !self.loose.is_empty() {
            let event = self.loose.swap_remove(at % self.loose.len());
            self.take(world, event);
        }
    }

    fn step(&mut self, world: &mut World, step: &Step) {
        match *step {
            Step::Post(person) => self.told(world.post(person)),
            Step::Rename(person) => self.told(world.rename(person)),
            Step::Move(person) => self.told(world.moves(person)),
            Step::Retitle => self.told(Some(world.retitle())),
            Step::Seen(no) => self.loose.extend(world.seen(no)),
            Step::MarkUnread(no) => self.loose.extend(world.mark_unread(no)),
            Step::Fetch(page, limit) => self.loose.push(world.page(page, limit)),
            Step::Arrive(count) => (0..count).for_each(|_| self.arrive(world)),
            Step::Overtake(at) => self.overtake(world, at),
            Step::Lose => {
                if matches!(self.ordered.front(), Some(Event::Change(_))) {
                    self.ordered.pop_front();
                }
            }
            Step::Repeat => {
                if let Some(event @ Event::Change(_)) = self.last.clone() {
                    self.take(world, event);
                }
            }
            Step::Hello => self.hello(world),
            Step::Anew => self.ordered.push_back(Event::Room { room: world.view() }),
        }
    }

    fn told(&mut self, change: Option<Change>) {
        self.ordered.extend(change.map(Event::Change));
    }

    /// Everything arrives, and what was lost at the end is asked for.
    fn settle(&mut self, world: &World) {
        while !self.ordered.is_empty() || !self.loose.is_empty() {
            self.arrive(world);
            self.overtake(world, 0);
        }
        self.hello(world);
        self.arrive(world);
        self.take(world, world.own_state());
        if self.timeline().window.as_ref().is_none_or(|window| window.later || window.messages.is_empty()) {
            self.take(world, world.page(Page::Newest, 5));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn every_interleaving_ends_with_what_a_fresh_reading_shows(steps in steps()) {
        let mut world = World::new();
        let mut client = Client::new(&world);
        for step in &steps {
            client.step(&mut world, step);
        }
        client.settle(&world);
        let Timeline { room, window, members, .. } = client.timeline();
        let fresh: RoomView = world.view();
        prop_assert_eq!(world.told_view(room), world.told_view(&fresh));
        if let Some(members) = members {
            prop_assert_eq!(members, &world.members());
        }
        let window = window.as_ref().unwrap();
        let first = window.first_no().map_or(1, |no| no.get());
        let expected = world.messages(first, first + window.messages.len() as i64 - 1);
        prop_assert_eq!(world.told(&window.messages), world.told(&expected));
        prop_assert_eq!(window.earlier, first > 1);
        prop_assert_eq!(window.later, window.last_no().map_or(0, |no| no.get()) < fresh.last_no.get());
    }
}
