//! A server with its people, their clients and the lines between, all of it real.

mod client;
mod engines;
pub mod history;
mod line;
mod link;
mod node;
mod person;
mod process;
mod strace;
mod topology;
mod traffic;
mod verdict;

pub use client::{Client, Order, Status};
pub use engines::{Engines, Lines};
pub use history::{By, Draft, Entry, History};
pub use line::{Closed, Heard, Line};
pub use link::{Link, Way, Weather};
pub use node::{Node, binary, bound};
pub use person::{Person, form, page};
pub use strace::Strace;
pub use topology::Topology;
pub use traffic::Traffic;

use crate::seed::Seed;
use futures::future::join_all;
use protocol::{RoomId, UserId};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::time::timeout;

/// As long as anything may take that is not measured.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct World {
    pub seed: Seed,
    /// What was done to it, for whoever reads a failure.
    pub faults: Vec<String>,
    pub crashes: usize,
    /// The database was away, or cut off from a node, for a while.
    pub was_database_away: bool,
    pub people: Vec<Person>,
    pub clients: Vec<Arc<Client>>,
    pub rooms: BTreeMap<RoomId, Vec<UserId>>,
    topology: Topology,
    nodes: Vec<Node>,
    /// What the nodes share, where they are several.
    engines: Option<Engines>,
    /// Acknowledgements to all clients.
    acks: watch::Sender<usize>,
    /// Removed with everything else.
    folder: TempDir,
}

/// What one test needs.
#[derive(Clone, Copy, Debug)]
pub struct Crowd {
    pub people: usize,
    pub rooms: usize,
    /// Members of each room.
    pub members: usize,
}

impl World {
    /// A world whose servers answer.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// One whose servers have these settings.
    pub async fn start_with(settings: &[(&str, &str)]) -> Self {
        let mut world = Self::new(Topology::OneSqlite, Seed::choose()).await;
        for (name, value) in settings {
            world.nodes.iter_mut().for_each(|node| node.set(name, *value));
        }
        world.start_server().await;
        world
    }

    /// One of two servers on one PostgreSQL and one Redis.
    pub async fn of_two_nodes() -> Self {
        let mut world = Self::new(Topology::TwoNodes, Seed::choose()).await;
        world.start_server().await;
        world
    }

    /// One whose servers have not been started.
    pub async fn new(topology: Topology, seed: Seed) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the world");
        let engines = match topology {
            Topology::OneSqlite => None,
            Topology::TwoNodes => Some(Engines::start(topology.nodes()).await),
        };
        let node = |at: usize| {
            let settings = engines.as_ref().map_or_else(Vec::new, |engines| engines.settings(at));
            Node::new(folder.path().join(at.to_string()), settings)
        };
        let nodes = (0..topology.nodes()).map(node).collect();
        let acks = watch::Sender::new(0);
        let (faults, people, clients) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            seed,
            faults,
            crashes: 0,
            was_database_away: false,
            people,
            clients,
            rooms: BTreeMap::new(),
            topology,
            nodes,
            engines,
            acks,
            folder,
        }
    }

    /// Settles people, each with a client that is ready, and rooms of people chosen by chance.
    pub async fn populate(&mut self, crowd: Crowd) {
        let at = self.addr();
        let names: Vec<_> = (0..crowd.people).map(|n| format!("person-{n}")).collect();
        self.people.extend(join_all(names.iter().map(|name| Person::registers(at, name))).await);
        let mut dice = self.seed.dice("rooms");
        for _ in 0..crowd.rooms {
            let mut members = self.people.clone();
            dice.shuffle(&mut members);
            members.truncate(crowd.members);
            self.room(&members).await;
        }
        for person in self.people.clone() {
            self.device(&person).await;
        }
        self.is_ready().await;
    }

    /// Somebody with an account and a client that is ready.
    pub async fn person(&mut self, name: &str) -> Arc<Client> {
        let person = Person::registers(self.addr(), name).await;
        self.people.push(person.clone());
        let client = self.device(&person).await;
        client.is_ready().await;
        client
    }

    /// One more client of a person, on a line of its own.
    pub async fn device(&mut self, person: &Person) -> Arc<Client> {
        let number = self.clients.iter().filter(|client| client.person.id == person.id).count();
        // Each begins at another node, and goes on to the next when its own does not answer.
        let (first, count) = (self.clients.len(), self.nodes.len());
        let nodes = (first..first + count).map(|at| self.nodes[at % count].addr()).collect();
        let client = Arc::new(person.device(nodes, self.seed, number, self.acks.clone()).await);
        self.clients.push(client.clone());
        client
    }

    /// A group of these people, made by the first of them.
    pub async fn room(&mut self, people: &[Person]) -> RoomId {
        let ids: Vec<_> = people.iter().map(|person| person.id).collect();
        let room = people[0].makes_room(self.addr(), &ids[1..]).await;
        self.rooms.insert(room, ids);
        room
    }

    /// Waits until every client has a connection and its rooms.
    pub async fn is_ready(&self) {
        for client in &self.clients {
            let rooms = self.rooms_of(client.person.id);
            client.is("its rooms", |status| status.is_ready && status.heads.len() >= rooms.len()).await;
        }
    }

    pub fn rooms_of(&self, user: UserId) -> Vec<RoomId> {
        self.rooms.iter().filter(|(_, members)| members.contains(&user)).map(|(room, _)| *room).collect()
    }

    /// Where the first server that runs answers, without a link between.
    pub fn addr(&self) -> SocketAddr {
        self.addr_of(0)
    }

    /// The same for any of those that run, one after the other.
    pub fn addr_of(&self, at: usize) -> SocketAddr {
        let running: Vec<_> = self.nodes.iter().filter_map(|node| *node.addr().borrow()).collect();
        assert!(!running.is_empty(), "a server runs");
        running[at % running.len()]
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn topology(&self) -> Topology {
        self.topology
    }

    /// What two nodes share.
    pub fn engines(&self) -> &Engines {
        self.engines.as_ref().expect("a world of several nodes")
    }

    pub fn engines_mut(&mut self) -> &mut Engines {
        self.engines.as_mut().expect("a world of several nodes")
    }

    pub fn node(&self) -> &Node {
        &self.nodes[0]
    }

    pub fn node_mut(&mut self) -> &mut Node {
        self.node_at(0)
    }

    pub fn node_at(&mut self, at: usize) -> &mut Node {
        &mut self.nodes[at]
    }

    /// Notes what is about to happen, for whoever reads a failure.
    pub fn suffers(&mut self, what: impl Display) {
        self.faults.push(format!("{what} after {} acknowledgements", self.acknowledged()));
    }

    /// Starts every server that is down; the longest time that one took.
    pub async fn start_server(&mut self) -> Duration {
        let mut longest = Duration::ZERO;
        for node in self.nodes.iter_mut().filter(|node| node.addr().borrow().is_none()) {
            longest = longest.max(node.start().await);
        }
        longest
    }

    /// Ends the first server as a power cut would end its process.
    pub async fn kill_server(&mut self) {
        self.kill_node(0).await;
    }

    pub async fn kill_node(&mut self, at: usize) {
        self.suffers(format!("server {at} killed"));
        self.crashes += 1;
        self.nodes[at].kill().await;
    }

    /// How many acknowledgements have come to all clients together.
    pub fn acknowledged(&self) -> usize {
        *self.acks.borrow()
    }

    /// Waits for so many more of them.
    pub async fn acknowledges(&self, more: usize) {
        let enough = self.acknowledged() + more;
        let waited = timeout(PATIENCE, self.acks.subscribe().wait_for(|acks| *acks >= enough)).await.is_ok();
        assert!(waited, "{} of {enough} acknowledgements came\n{}", self.acknowledged(), self.story());
    }
}
