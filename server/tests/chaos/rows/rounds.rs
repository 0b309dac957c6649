//! Rounds of faults drawn by chance: one of each topology in every run of the tests, as many as `NATTER_CHAOS_MINUTES`
//! has time for in a long one.

use crate::checker::{Invariant, Verdict};
use crate::seed::Seed;
use crate::world::{Crowd, Topology, Traffic, World};
use fault::Fault;
use std::fmt;
use std::time::{Duration, Instant};

mod fault;

const CROWD: Crowd = Crowd { people: 12, rooms: 4, members: 6 };
const FAULTS: usize = 12;

/// What happens, each after so many more acknowledgements: drawn before the first of it.
fn schedule(topology: Topology, seed: Seed) -> Vec<(usize, Fault)> {
    let mut dice = seed.dice("schedule");
    (0..FAULTS).map(|_| (5 + dice.below(60), Fault::draw(topology, CROWD.people, &mut dice))).collect()
}

async fn round(topology: Topology, seed: Seed) -> (World, Verdict) {
    let mut world = World::new(topology, seed).await;
    world.start_server().await;
    world.populate(CROWD).await;
    let traffic = Traffic::start(&world, Duration::from_millis(3));
    for (acknowledgements, fault) in schedule(topology, seed) {
        world.acknowledges(acknowledgements).await;
        fault.befalls(&mut world).await;
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
        for topology in [Topology::OneSqlite, Topology::TwoNodes] {
            let (world, verdict) = round(topology, seed).await;
            totals.add(&world, &verdict);
            if !verdict.broken.is_empty() {
                println!("{}\n{}", verdict.tells(), world.story());
            }
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
