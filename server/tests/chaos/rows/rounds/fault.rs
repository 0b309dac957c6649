use crate::seed::Dice;
use crate::world::{Link, Topology, Way, Weather, World};
use nix::sys::signal::Signal;
use std::time::Duration;
use tokio::time::sleep;

/// What befalls a world, and may last until it is calm.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    Kill { node: usize },
    Stop { node: usize },
    Pause { node: usize, pause: Duration },
    ResetAll,
    Cut { client: usize, bytes: usize, is_there: bool },
    Hold { client: usize, is_there: bool },
    Vanish { client: usize },
    Slices { client: usize },
    Late { client: usize, latency: Duration },
    Calm,
    Shared(Shared),
}

/// What befalls two nodes alone. It ends by itself, so that a node which has to start again can.
#[derive(Clone, Copy, Debug)]
pub enum Shared {
    RedisKilled { away: Duration },
    RedisPaused { away: Duration },
    SubscribersCut,
    RedisUnreachable { node: usize, away: Duration },
    PostgresCrashed { away: Duration },
    BackendsTerminated,
    PostgresUnreachable { node: usize, away: Duration },
    PostgresCut { node: usize, bytes: usize, is_there: bool, long: Duration },
    CommitsUnheard { node: usize, long: Duration },
}

impl Fault {
    pub fn draw(topology: Topology, people: usize, dice: &mut Dice) -> Self {
        let (client, node, is_there) = (dice.below(people), dice.below(topology.nodes()), dice.below(2) == 0);
        let kinds = match topology {
            Topology::OneSqlite => 13,
            Topology::TwoNodes => 22,
        };
        match dice.below(kinds) {
            0..3 => Self::Kill { node },
            3 => Self::Stop { node },
            4 => Self::Pause { node, pause: dice.millis(50, 1500) },
            5 => Self::ResetAll,
            6 | 7 => Self::Cut { client, bytes: dice.below(4000), is_there },
            8 => Self::Hold { client, is_there },
            9 => Self::Vanish { client },
            10 => Self::Slices { client },
            11 => Self::Late { client, latency: dice.millis(1, 200) },
            12 => Self::Calm,
            _ => Self::Shared(Shared::draw(node, is_there, dice)),
        }
    }

    pub async fn befalls(self, world: &mut World) {
        world.suffers(format!("{self:?}"));
        match self {
            Self::Kill { node } => {
                world.kill_node(node).await;
                world.start_server().await;
            }
            Self::Stop { node } => {
                let (status, _) = world.node_at(node).stop().await;
                assert!(status.success(), "{status:?}\n{}", world.story());
                world.start_server().await;
            }
            Self::Pause { node, pause } => {
                world.node_at(node).signal(Signal::SIGSTOP);
                sleep(pause).await;
                world.node_at(node).signal(Signal::SIGCONT);
            }
            Self::ResetAll => world.clients.iter().for_each(|client| client.link.reset()),
            Self::Cut { client, bytes, is_there } => bar(&world.clients[client].link, is_there, Way::CutAfter(bytes)),
            Self::Hold { client, is_there } => bar(&world.clients[client].link, is_there, Way::Held),
            Self::Vanish { client } => world.clients[client].link.vanish(),
            Self::Slices { client } => world.clients[client].link.change(|weather| weather.slice = 1),
            Self::Late { client, latency } => world.clients[client].link.change(|weather| weather.latency = latency),
            Self::Calm => world.clients.iter().for_each(|client| client.link.calm()),
            Self::Shared(shared) => shared.befalls(world).await,
        }
    }
}

impl Shared {
    fn draw(node: usize, is_there: bool, dice: &mut Dice) -> Self {
        let away = dice.millis(50, 4000);
        match dice.below(9) {
            0 => Self::RedisKilled { away },
            1 => Self::RedisPaused { away },
            2 => Self::SubscribersCut,
            3 => Self::RedisUnreachable { node, away },
            4 => Self::PostgresCrashed { away: away / 2 },
            5 => Self::BackendsTerminated,
            6 => Self::PostgresUnreachable { node, away },
            7 => Self::PostgresCut { node, bytes: dice.below(8000), is_there, long: away / 2 },
            _ => Self::CommitsUnheard { node, long: away / 4 },
        }
    }

    fn is_of_the_database(self) -> bool {
        match self {
            Self::RedisKilled { .. }
            | Self::RedisPaused { .. }
            | Self::SubscribersCut
            | Self::RedisUnreachable { .. } => false,
            Self::PostgresCrashed { .. }
            | Self::BackendsTerminated
            | Self::PostgresUnreachable { .. }
            | Self::PostgresCut { .. }
            | Self::CommitsUnheard { .. } => true,
        }
    }

    async fn befalls(self, world: &mut World) {
        world.was_database_away |= self.is_of_the_database();
        match self {
            Self::RedisKilled { away } => {
                world.engines_mut().kill_redis();
                sleep(away).await;
                world.engines_mut().restart_redis();
            }
            Self::RedisPaused { away } => {
                world.engines().redis().pause();
                sleep(away).await;
                world.engines().redis().resume();
            }
            Self::SubscribersCut => drop(world.engines().cut_subscribers().await),
            Self::RedisUnreachable { node, away } => lasts(&world.engines().lines(node).redis, HELD, away).await,
            Self::PostgresCrashed { away } => {
                world.engines().crash_postgres();
                sleep(away).await;
                world.engines().restart_postgres();
            }
            Self::BackendsTerminated => drop(world.engines().terminate_backends().await),
            Self::PostgresUnreachable { node, away } => lasts(&world.engines().lines(node).postgres, HELD, away).await,
            Self::PostgresCut { node, bytes, is_there, long } => {
                let weather =
                    if is_there { (Way::CutAfter(bytes), Way::Open) } else { (Way::Open, Way::CutAfter(bytes)) };
                lasts(&world.engines().lines(node).postgres, weather, long).await;
            }
            Self::CommitsUnheard { node, long } => {
                lasts(&world.engines().lines(node).postgres, (Way::Open, Way::CutBefore(b"COMMIT")), long).await;
            }
        }
    }
}

const HELD: (Way, Way) = (Way::Held, Way::Held);

fn bar(link: &Link, is_there: bool, way: Way) {
    let bar = |weather: &mut Weather| if is_there { weather.there = way } else { weather.back = way };
    link.change(bar);
}

/// Both ways are so for a while.
async fn lasts(link: &Link, (there, back): (Way, Way), long: Duration) {
    link.change(|weather| (weather.there, weather.back) = (there, back));
    sleep(long).await;
    link.calm();
}
