//! What a run comes to, once its faults have ended.

use super::{Engines, Status, World, bound};
use crate::checker::{Truth, Verdict, judge};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// All clients agree so soon after the last fault has ended (I6).
const AGREEMENT: Duration = Duration::from_secs(5);

impl World {
    /// Everybody's faults have ended: waits until all clients agree, and judges what they have seen.
    pub async fn verdict(&self) -> Verdict {
        self.clients.iter().for_each(|client| client.link.calm());
        self.engines.iter().for_each(Engines::calm);
        let late = self.settle().await;
        if late.is_empty() {
            for client in &self.clients {
                client.recalls().await;
            }
        }
        let truth = Truth::read(self).await;
        let histories: Vec<_> = self.clients.iter().map(|client| client.history().clone()).collect();
        judge(&truth, &histories, late)
    }

    /// Judges, and fails with the seed when a promise was broken.
    pub async fn check(&self) -> Verdict {
        let verdict = self.verdict().await;
        assert!(verdict.broken.is_empty(), "{}\n{}", verdict.tells(), self.story());
        verdict
    }

    /// Waits until every client knows all there is; who does not in time.
    async fn settle(&self) -> Vec<String> {
        let deadline = Instant::now() + bound(AGREEMENT);
        let mut late = Vec::new();
        for client in &self.clients {
            let sent = |status: &Status| status.is_ready && client.has_sent(status);
            if timeout_at(deadline, client.watch().wait_for(sent)).await.is_err() {
                late.push(format!("{} has not sent all: {:?}", client.name, client.status()));
            }
        }
        for client in &self.clients {
            let heads = Truth::heads(self, client.person.id).await;
            let knows = |status: &Status| status.heads == heads;
            if timeout_at(deadline, client.watch().wait_for(knows)).await.is_err() {
                late.push(format!("{} knows {:?} of {heads:?}", client.name, client.status().heads));
            }
        }
        late
    }

    /// How to see it again.
    pub fn story(&self) -> String {
        let words = self.nodes.iter().map(|node| {
            let log = node.log();
            let lines: Vec<_> = log.lines().collect();
            let last = &lines[lines.len().saturating_sub(12)..];
            format!("the server's last words:\n  {}", last.join("\n  "))
        });
        let words: Vec<_> = words.collect();
        format!(
            "{0:?}, seed {1}; NATTER_CHAOS_SEED={1} replays it\nfaults:\n  {2}\n{3}",
            self.topology,
            self.seed,
            self.faults.join("\n  "),
            words.join("\n")
        )
    }
}
