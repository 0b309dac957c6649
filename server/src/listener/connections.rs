//! All open connections of the program's listeners, with a bound for each address and in all.
//!
//! Sockets are no longer counted here once their handshake is over: they belong to people, who have limits of their own.

use super::activity::Activity;
use crate::http::{Network, is_trusted};
use domain::Address;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;

/// Maximum number of connections. An unfinished head of the largest size takes 58 KB with its connection, so all of them
/// take some 60 MB (`make bench CASES=heads`).
const MAX_CONNECTIONS: usize = 1024;

/// The share of all connections that one address may have.
const SHARE_OF_AN_ADDRESS: usize = 4;

/// The share of all files that the program may open; the others are for sockets and the database.
const SHARE_OF_FILES: usize = 4;
const MIN_CONNECTIONS: usize = 64;

/// Maximum of request bodies, with the heads before them, that have arrived in part.
const MAX_UPLOAD_BYTES: usize = 32 * 1024 * 1024;

/// The connections of all listeners.
#[derive(Clone)]
pub struct Connections(Arc<Shared>);

struct Shared {
    /// Proxies bring many people's requests by one address.
    proxies: Vec<Network>,
    max: usize,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    count: usize,
    /// What all request bodies hold.
    upload_bytes: usize,
    by_network: HashMap<IpAddr, Group>,
}

/// The connections of one address, or of one /64 of IPv6.
struct Group {
    is_proxy: bool,
    connections: Vec<Arc<Activity>>,
}

impl Connections {
    pub fn new(proxies: Vec<Network>) -> Self {
        let files = rlimit::getrlimit(rlimit::Resource::NOFILE).map_or(u64::MAX, |(soft, _)| soft);
        let share = usize::try_from(files).unwrap_or(usize::MAX) / SHARE_OF_FILES;
        Self::with_maximum(proxies, share.clamp(MIN_CONNECTIONS, MAX_CONNECTIONS))
    }

    fn with_maximum(proxies: Vec<Network>, max: usize) -> Self {
        Self(Arc::new(Shared { proxies, max, open: Mutex::default() }))
    }

    /// Takes a place. At the maximum, the connection idle longest is closed, from the address with the most.
    /// `None` when none of them waits.
    pub fn admit(&self, peer: IpAddr) -> Option<Place> {
        let (network, is_proxy) = (Address::from(peer).network(), is_trusted(peer, &self.0.proxies));
        let mut open = self.open();
        let of_network = open.by_network.get(&network).map_or(0, |group| group.connections.len());
        let is_over_share = !is_proxy && of_network >= self.0.max / SHARE_OF_AN_ADDRESS;
        if is_over_share && !open.evict_among(|one, _| *one == network, |_| true) {
            return None;
        }
        if open.count >= self.0.max && !open.evict(|_| true) {
            return None;
        }
        let activity = Arc::new(Activity::new());
        let group = open.by_network.entry(network).or_insert_with(|| Group { is_proxy, connections: Vec::new() });
        group.connections.push(activity.clone());
        open.count += 1;
        Some(Place { connections: self.clone(), network, activity })
    }

    /// Closes a connection that waits for its peer, to free a file; whether there was one.
    pub fn free_one(&self) -> bool {
        self.open().evict(|_| true)
    }

    /// Counts a part of a body that has arrived. Beyond the maximum, connections with other bodies are closed.
    pub fn hold_bytes(&self, activity: &Activity, bytes: usize) {
        let mut open = self.open();
        open.upload_bytes += activity.hold_bytes(bytes);
        while open.upload_bytes > MAX_UPLOAD_BYTES && open.evict(Activity::is_uploading) {}
    }

    pub fn release_bytes(&self, activity: &Activity, bytes: usize) {
        self.open().upload_bytes -= activity.release_bytes(bytes);
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// Closes one connection of the address that has most of them, so that nobody is closed out by others' connections.
    fn evict(&mut self, may_go: impl Fn(&Activity) -> bool + Copy) -> bool {
        let most = self.by_network.values().map(Group::rank).max().unwrap_or_default();
        self.evict_among(|_, group| group.rank() == most, may_go) || self.evict_among(|_, _| true, may_go)
    }

    fn evict_among(
        &mut self,
        is_among: impl Fn(&IpAddr, &Group) -> bool,
        may_go: impl Fn(&Activity) -> bool + Copy,
    ) -> bool {
        let groups = self.by_network.iter().filter(|(network, group)| is_among(network, group));
        let oldest = groups.filter_map(|(network, group)| Some((group.oldest(may_go)?, *network)));
        let Some(((_, activity), network)) = oldest.min_by_key(|((since, _), _)| *since) else { return false };
        // Its task ends later: until then each further part of a body would close another connection.
        self.upload_bytes -= activity.evict();
        self.remove(network, &activity);
        true
    }

    fn remove(&mut self, network: IpAddr, activity: &Arc<Activity>) {
        let Some(group) = self.by_network.get_mut(&network) else { return };
        let Some(at) = group.connections.iter().position(|one| Arc::ptr_eq(one, activity)) else { return };
        group.connections.swap_remove(at);
        self.count -= 1;
        if group.connections.is_empty() {
            self.by_network.remove(&network);
        }
    }
}

impl Group {
    /// A proxy is the last to lose connections.
    fn rank(&self) -> usize {
        if self.is_proxy { 0 } else { self.connections.len() }
    }

    /// The connection that has waited longest for its peer.
    fn oldest(&self, may_go: impl Fn(&Activity) -> bool) -> Option<(Instant, Arc<Activity>)> {
        let candidates = self.connections.iter().filter(|activity| may_go(activity));
        let waiting = candidates.filter_map(|activity| Some((activity.waiting_since()?, activity)));
        waiting.min_by_key(|(since, _)| *since).map(|(since, activity)| (since, activity.clone()))
    }
}

/// The place of one connection, until it is dropped or evicted.
pub struct Place {
    connections: Connections,
    network: IpAddr,
    activity: Arc<Activity>,
}

impl Place {
    pub fn activity(&self) -> &Arc<Activity> {
        &self.activity
    }

    pub fn connections(&self) -> &Connections {
        &self.connections
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.open().remove(self.network, &self.activity);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::future::FutureExt;

    const NONE: [usize; 0] = [];

    fn connections(proxies: &[&str]) -> Connections {
        Connections::with_maximum(proxies.iter().map(|proxy| proxy.parse().unwrap()).collect(), 16)
    }

    fn admitted(connections: &Connections, peer: &str) -> Option<Place> {
        connections.admit(peer.parse().unwrap())
    }

    fn is_evicted(place: &Place) -> bool {
        place.activity.evicted().now_or_never().is_some()
    }

    /// Which of these have to end.
    fn evicted(places: &[Place]) -> Vec<usize> {
        places.iter().enumerate().filter(|(_, place)| is_evicted(place)).map(|(at, _)| at).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn the_connection_of_an_address_that_waits_longest_gives_way() {
        let connections = connections(&[]);
        let mut places = Vec::new();
        for host in 1..=6 {
            places.push(admitted(&connections, &format!("2001:db8::{host}")).unwrap());
            tokio::time::advance(std::time::Duration::from_secs(1)).await;
        }
        assert_eq!(evicted(&places), [0, 1], "a /64 has a quarter of sixteen");
        assert!(!is_evicted(&admitted(&connections, "2001:db8:0:1::1").unwrap()));
        assert_eq!(evicted(&places), NONE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_is_served_does_not_give_way() {
        let connections = connections(&[]);
        let places: Vec<_> = (0..4).map(|_| admitted(&connections, "192.0.2.1").unwrap()).collect();
        let mut served: Vec<_> = places.iter().map(|place| place.activity.begin_request()).collect();
        assert!(admitted(&connections, "192.0.2.1").is_none());
        assert!(admitted(&connections, "192.0.2.2").is_some());
        let _body = places[2].activity.begin_upload();
        assert!(admitted(&connections, "192.0.2.1").is_some(), "a request without its body waits");
        assert_eq!(evicted(&places), [2]);
        served.remove(1);
        let _new: Vec<_> = (0..2).map(|_| admitted(&connections, "192.0.2.1")).collect();
        assert_eq!(evicted(&places), [1]);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_has_most_connections_loses_one_when_there_are_too_many_in_all() {
        let connections = connections(&["10.0.0.0/8"]);
        let single = admitted(&connections, "192.0.2.200").unwrap();
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
        let many: Vec<_> = (0..3).map(|_| admitted(&connections, "192.0.2.1").unwrap()).collect();
        let proxied: Vec<_> = (0..12).map(|_| admitted(&connections, "10.1.2.3").unwrap()).collect();
        let _late = admitted(&connections, "192.0.2.201").unwrap();
        assert_eq!(evicted(&many), [0]);
        assert!(!is_evicted(&single));
        assert_eq!(evicted(&proxied), NONE, "a trusted proxy has no share of its own");
    }

    #[tokio::test(start_paused = true)]
    async fn a_closed_connection_frees_its_place() {
        let connections = connections(&[]);
        for _ in 0..100 {
            let places: Vec<_> = (0..4).map(|_| admitted(&connections, "192.0.2.1").unwrap()).collect();
            assert_eq!(evicted(&places), NONE);
        }
        assert_eq!(connections.open().count, 0);
        assert!(connections.open().by_network.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_gives_way_when_too_much_has_arrived_of_all() {
        let connections = connections(&[]);
        let places: Vec<_> = (0..4).map(|_| admitted(&connections, "192.0.2.1").unwrap()).collect();
        let mut bodies = Vec::new();
        for place in &places[1..] {
            bodies.push((place.activity.begin_request(), place.activity.begin_upload()));
            tokio::time::advance(std::time::Duration::from_secs(1)).await;
        }
        connections.hold_bytes(&places[1].activity, 1000);
        connections.hold_bytes(&places[2].activity, MAX_UPLOAD_BYTES - 1000);
        assert_eq!(evicted(&places), NONE);
        connections.hold_bytes(&places[3].activity, 1);
        assert_eq!(evicted(&places), [1]);
        connections.hold_bytes(&places[1].activity, 2000);
        connections.hold_bytes(&places[3].activity, 999);
        assert_eq!(evicted(&places), NONE, "what was evicted counts no longer, though its task has not ended");
        connections.release_bytes(&places[1].activity, 3000);
        assert_eq!(connections.open().upload_bytes, MAX_UPLOAD_BYTES);
        connections.release_bytes(&places[2].activity, MAX_UPLOAD_BYTES - 1000);
        connections.release_bytes(&places[3].activity, 1000);
        assert_eq!(connections.open().upload_bytes, 0);
    }
}
