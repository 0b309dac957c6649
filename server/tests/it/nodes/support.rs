//! The whole installation, and people who come back to it.

mod client;
mod deploy;
mod nginx;
mod node;

pub use client::Client;
pub use node::Node;

use crate::contract::postgres;
use crate::live::support::{Browser, Person, Socket};
use crate::support::{Redis, free_port};
use nginx::Nginx;
use std::net::SocketAddr;
use std::sync::Arc;
use tempfile::TempDir;

/// What docs/operations.md shows, on addresses of its own.
pub struct Installation {
    pub nodes: [Node; 2],
    nginx: Nginx,
    redis: Redis,
    _folder: TempDir,
}

impl Installation {
    /// Starts everything, with an empty database.
    pub async fn start() -> Self {
        Self::on(postgres::database().await).await
    }

    /// The same on a database of the test's own.
    pub async fn on(database_url: String) -> Self {
        Self::with(database_url, "off").await
    }

    /// One that counts log-ins, new accounts, searches and messages.
    pub async fn limited() -> Self {
        Self::with(postgres::database().await, "on").await
    }

    async fn with(database_url: String, limits: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (redis, front, addrs) = (Redis::start(), free_addr(), [free_addr(), free_addr()]);
        let mut settings = deploy::settings(&[
            ("NATTER_ORIGIN", format!("http://{front}")),
            ("NATTER_DATABASE_URL", database_url),
            ("NATTER_REDIS_URL", redis.url()),
            ("NATTER_TRUSTED_PROXIES", "127.0.0.1".to_owned()),
        ]);
        settings.push(("NATTER_LIMITS", limits.to_owned()));
        settings.push(("NATTER_FIRST_ROOM", "off".to_owned()));
        let settings = Arc::new(settings);
        let nodes = addrs.map(|addr| Node::new(addr, settings.clone(), folder.path()));
        let nginx = Nginx::start(front, &deploy::nginx(front, addrs), folder.path());
        let mut installation = Self { nodes, nginx, redis, _folder: folder };
        for node in &mut installation.nodes {
            node.start().await;
        }
        installation
    }

    /// Somebody without an account.
    pub fn stranger(&self) -> Browser {
        Browser::new(self.nginx.addr.into()).with_setup_code(&self.nodes[0].setup_code())
    }

    /// Somebody without an account, at an address of this machine.
    pub fn stranger_at(&self, here: &str) -> Browser {
        let stranger = Browser::at(Some(here.parse().unwrap()), self.nginx.addr.into());
        stranger.with_setup_code(&self.nodes[0].setup_code())
    }

    /// Redis ends at once, and does not come back.
    pub fn loses_redis(&mut self) {
        self.redis.kill();
    }

    /// Somebody with a new account, logged in.
    pub async fn person(&self, username: &str) -> Person {
        self.stranger().registers(username).await
    }

    /// Somebody who has an account, in another browser.
    pub async fn again(&self, person: &Person) -> Person {
        self.stranger().logs_in(&person.username).await
    }

    /// A socket of this person at each node: nginx gives the second one to the node that has fewer.
    pub async fn sockets(&self, person: &Person) -> [Socket; 2] {
        let mut open = Vec::new();
        loop {
            open.push(person.socket().await);
            let of = |node: &Node| open.iter().position(|socket| is_at(socket, node));
            if let (Some(one), Some(two)) = (of(&self.nodes[0]), of(&self.nodes[1])) {
                let last = open.swap_remove(one.max(two));
                let first = open.swap_remove(one.min(two));
                return if one < two { [first, last] } else { [last, first] };
            }
            assert!(open.len() < 20, "nginx leads to one node only");
        }
    }

    /// A socket of this person at one of the nodes.
    pub async fn socket_at(&self, node: usize, person: &Person) -> Socket {
        let [one, two] = self.sockets(person).await;
        if node == 0 { one } else { two }
    }
}

fn is_at(socket: &Socket, node: &Node) -> bool {
    socket.headers.get(nginx::NODE).is_some_and(|addr| addr.to_str().unwrap() == node.addr.to_string())
}

pub fn free_addr() -> SocketAddr {
    ([127, 0, 0, 2], free_port()).into()
}
