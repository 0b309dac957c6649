//! Rounds of faults drawn by chance: one of them in every run of the tests, as many as `NATTER_CHAOS_MINUTES` has time
//! for in a long one.

use crate::checker::{Invariant, Verdict};
use crate::seed::{Dice, Seed};
use crate::world::{Crowd, Topology, Traffic, Way, World};
use nix::sys::signal::Signal;
use std::fmt;
use std::time::{Duration, Instant};

const CROWD: Crowd = Crowd { people: 12, rooms: 4, members: 6 };
const FAULTS: usize = 12;

#[derive(Clone, Copy, Debug)]
enum Fault {
    Kill,
    Stop,
    Pause(Duration),
    ResetAll,
    Cut { client: usize, bytes: usize, way: bool },
    Hold { client: usize, way: bool },
    Vanish { client: usize },
    Slices { client: usize },
    Late { client: usize, latency: Duration },
    Calm,
}

/// What happens, each after so many more acknowledgements: drawn before the first of it.
fn schedule(seed: Seed) -> Vec<(usize, Fault)> {
    let mut dice = seed.dice("schedule");
    (0..FAULTS).map(|_| (5 + dice.below(60), fault(&mut dice))).collect()
}

fn fault(dice: &mut Dice) -> Fault {
    let client = dice.below(CROWD.people);
    let way = dice.below(2) == 0;
    match dice.below(12) {
        0..3 => Fault::Kill,
        3 => Fault::Stop,
        4 => Fault::Pause(dice.millis(50, 1500)),
        5 => Fault::ResetAll,
        6 | 7 => Fault::Cut { client, bytes: dice.below(4000), way },
        8 => Fault::Hold { client, way },
        9 => Fault::Vanish { client },
        10 => Fault::Slices { client },
        11 => Fault::Late { client, latency: dice.millis(1, 200) },
        _ => Fault::Calm,
    }
}

async fn befalls(world: &mut World, fault: Fault) {
    world.faults.push(format!("{fault:?} after {} acknowledgements", world.acknowledged()));
    let change = |way: bool, to: Way| {
        move |weather: &mut crate::world::Weather| if way { weather.there = to } else { weather.back = to }
    };
    match fault {
        Fault::Kill => {
            world.kill_server().await;
            world.start_server().await;
        }
        Fault::Stop => {
            let (status, _) = world.node_mut().stop().await;
            assert!(status.success(), "{status:?}\n{}", world.story());
            world.start_server().await;
        }
        Fault::Pause(pause) => {
            world.node().signal(Signal::SIGSTOP);
            tokio::time::sleep(pause).await;
            world.node().signal(Signal::SIGCONT);
        }
        Fault::ResetAll => world.clients.iter().for_each(|client| client.link.reset()),
        Fault::Cut { client, bytes, way } => world.clients[client].link.change(change(way, Way::CutAfter(bytes))),
        Fault::Hold { client, way } => world.clients[client].link.change(change(way, Way::Held)),
        Fault::Vanish { client } => world.clients[client].link.vanish(),
        Fault::Slices { client } => world.clients[client].link.change(|weather| weather.slice = 1),
        Fault::Late { client, latency } => world.clients[client].link.change(|weather| weather.latency = latency),
        Fault::Calm => world.clients.iter().for_each(|client| client.link.calm()),
    }
}

async fn round(seed: Seed) -> (World, Verdict) {
    let mut world = World::new(Topology::OneSqlite, seed);
    world.start_server().await;
    world.populate(CROWD).await;
    let traffic = Traffic::start(&world, Duration::from_millis(3));
    for (acknowledgements, fault) in schedule(seed) {
        world.acknowledges(acknowledgements).await;
        befalls(&mut world, fault).await;
    }
    traffic.stop().await;
    let verdict = world.verdict().await;
    (world, verdict)
}

/// What a long run comes to.
#[derive(Default)]
struct Totals {
    rounds: usize,
    crashes: usize,
    acknowledged: usize,
    lost: usize,
    doubled: usize,
    reordered: usize,
    leaked: usize,
    other: usize,
}

impl Totals {
    fn add(&mut self, world: &World, verdict: &Verdict) {
        self.rounds += 1;
        self.crashes += world.crashes;
        self.acknowledged += verdict.acknowledged;
        self.lost += verdict.count(Invariant::Kept);
        self.doubled += verdict.count(Invariant::Once) + verdict.count(Invariant::Settled);
        self.reordered += verdict.count(Invariant::Ordered);
        self.leaked += verdict.count(Invariant::Private);
        self.other += verdict.count(Invariant::True) + verdict.count(Invariant::Agreed);
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rounds, crashes, acknowledged, lost, doubled, reordered, leaked, other } = self;
        write!(
            f,
            "{crashes} crashes injected, {acknowledged} messages acknowledged, {lost} lost, {doubled} doubled, "
        )?;
        write!(f, "{reordered} reordered, {leaked} leaked ({rounds} rounds, {other} other faults)")
    }
}

/// All rows at once
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_mixture_of_faults_breaks_a_promise() {
    let minutes: u64 = std::env::var("NATTER_CHAOS_MINUTES").map_or(0, |minutes| minutes.parse().expect("a number"));
    let begun = Instant::now();
    let mut totals = Totals::default();
    let mut seed = Seed::choose();
    loop {
        let (world, verdict) = round(seed).await;
        totals.add(&world, &verdict);
        if !verdict.broken.is_empty() {
            println!("{}\n{}", verdict.tells(), world.story());
        }
        if begun.elapsed() >= Duration::from_secs(60 * minutes) {
            break;
        }
        println!("{totals}");
        seed = Seed::fresh();
    }
    println!("{totals}");
    let Totals { lost, doubled, reordered, leaked, other, .. } = totals;
    assert_eq!(lost + doubled + reordered + leaked + other, 0, "{totals}");
}
