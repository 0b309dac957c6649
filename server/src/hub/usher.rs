use super::{Connection, Hub, Task, lock};
use domain::{Env, Error};
use protocol::{At, RoomId, UserId, close};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::time;

/// How long doubts gather before the database is asked about all of them.
const GATHER: Duration = Duration::from_millis(300);

/// When to ask again after the database did not answer.
const AGAIN: Duration = Duration::from_secs(1);

/// How often the sessions of all sockets here are compared with the database, whatever the bus says: a log-in that expires
/// is no notice, and one that was to be told when a process or a request ended may never have been sent (promise S2 allows
/// 30 s). New seats are looked for as often.
const ROUND: Duration = Duration::from_secs(20);

/// How far back a seat is new, in milliseconds: some rounds, and clocks of nodes that differ.
const NEW_SEAT_MS: i64 = 120_000;

/// Maximum of new seats that a round looks at.
const NEW_SEATS: u32 = 10_000;

/// Number of rounds in which the seats and read markers of everybody are compared, a part of the people in each: these are
/// many more than sessions, and what the bus is known to have lost is asked for at once.
const TURNS: i64 = 15;

/// As many people as are asked about at once.
const BATCH: usize = 5000;

/// Closes the sockets of sessions that have ended, shows people to rooms that they have joined and tells them what is
/// their own, where the bus may have lost the notice of it; as long as the server runs. No revision tells of these.
pub async fn usher(hub: Arc<Hub>, env: Env) {
    let mut round = time::interval_at(time::Instant::now() + ROUND, ROUND);
    round.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    let mut turn = 0;
    loop {
        tokio::select! {
            () = hub.doubts.people.raised() => {
                time::sleep(GATHER).await;
                check_doubted(&hub, &env).await;
            }
            _ = round.tick() => match look_around(&hub, &env).await {
                Ok(()) => {
                    turn = (turn + 1) % TURNS;
                    hub.doubts.people.raise(hub.present().into_iter().filter(|user| user.get() % TURNS == turn));
                }
                Err(error) => {
                    tracing::warn!(%error, "Live sockets could not be compared with the database; trying again");
                    round.reset_after(AGAIN);
                }
            },
        }
    }
}

/// Looks for ended sessions and new seats of everybody.
async fn look_around(hub: &Hub, env: &Env) -> Result<(), Error> {
    for people in hub.present().chunks(BATCH) {
        close_ended(env, &hub.open(people)).await?;
    }
    let now = env.clock.now();
    let since = At::try_from((now.get() - NEW_SEAT_MS).max(0)).unwrap_or(now);
    let seats = env.store.seated_since(since, NEW_SEATS).await?;
    let people: HashSet<_> = seats.iter().map(|(user, _)| *user).collect();
    let people: Vec<_> = people.into_iter().collect();
    let (sockets, _) = by_person(hub.open(&people));
    hub.show(&sockets, seats.into_iter());
    Ok(())
}

async fn check_doubted(hub: &Hub, env: &Env) {
    let doubted: Vec<_> = hub.doubts.people.take().into_iter().collect();
    for people in doubted.chunks(BATCH) {
        if let Err(error) = check(hub, env, people).await {
            tracing::warn!(%error, "Live sockets could not be compared with the database; trying again");
            time::sleep(AGAIN).await;
            hub.doubts.people.raise(people.iter().copied());
        }
    }
}

async fn check(hub: &Hub, env: &Env, people: &[UserId]) -> Result<(), Error> {
    let open = hub.open(people);
    if open.is_empty() {
        return Ok(());
    }
    close_ended(env, &open).await?;
    let (sockets, opening) = by_person(open);
    let people: Vec<_> = sockets.keys().copied().collect();
    let own_states = env.store.own_states(&people).await?;
    hub.compare_own(&own_states);
    hub.show(&sockets, own_states.into_iter().map(|(user, own)| (user, own.room)));
    // Those read by themselves where their people have a seat; what they are too early for is found the next time.
    hub.doubts.people.raise(opening.iter().map(|connection| connection.user()));
    Ok(())
}

async fn close_ended(env: &Env, open: &[Arc<Connection>]) -> Result<(), Error> {
    let sessions: HashSet<_> = open.iter().map(|connection| connection.session().clone()).collect();
    let sessions: Vec<_> = sessions.into_iter().collect();
    let living: HashSet<_> = env.store.living_sessions(&sessions, env.clock.now()).await?.into_iter().collect();
    let has_ended = |connection: &Connection| !living.contains(connection.session());
    open.iter().filter(|connection| has_ended(connection)).for_each(|connection| connection.close(close::LOGGED_OUT));
    Ok(())
}

type Sockets = HashMap<UserId, Vec<Arc<Connection>>>;

/// The sockets of each person, and those that are still opening.
fn by_person(open: Vec<Arc<Connection>>) -> (Sockets, Vec<Arc<Connection>>) {
    let (seated, opening): (Vec<_>, Vec<_>) = open.into_iter().partition(|connection| connection.is_seated());
    let mut sockets = Sockets::new();
    seated.into_iter().for_each(|connection| sockets.entry(connection.user()).or_default().push(connection));
    (sockets, opening)
}

impl Hub {
    /// Everybody with a socket here.
    fn present(&self) -> Vec<UserId> {
        lock(&self.people).keys().copied().collect()
    }

    /// The open sockets of these people.
    fn open(&self, people: &[UserId]) -> Vec<Arc<Connection>> {
        let known = lock(&self.people);
        people.iter().filter_map(|user| known.get(user)).flat_map(|person| &person.open).cloned().collect()
    }

    /// Shows sockets to the rooms in which their people have a seat, where they do not watch these already.
    fn show(&self, sockets: &Sockets, seats: impl Iterator<Item = (UserId, RoomId)>) {
        let mut seated: HashMap<RoomId, Vec<UserId>> = HashMap::new();
        seats.for_each(|(user, room)| seated.entry(room).or_default().push(user));
        for (id, people) in seated {
            let watching: HashSet<_> = self.room(id).map(|room| room.watchers()).unwrap_or_default();
            let is_missing = |socket: &Arc<Connection>| socket.wants(id) && !watching.contains(&Arc::as_ptr(socket));
            let theirs = people.iter().filter_map(|user| sockets.get(user)).flatten();
            theirs.filter(|socket| is_missing(socket)).for_each(|socket| socket.push(Task::Joined(id)));
        }
    }
}
