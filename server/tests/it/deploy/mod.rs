//! What stands in deploy/, and what a server in a process of its own tells: its log, and whether it is alive.

mod dashboard;
mod fail2ban;
mod health;
mod image;
mod logs;
mod package;
mod units;

use crate::nodes::support::{Node, free_addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file of the repository.
pub fn path(of: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(of)
}

pub fn read(of: &str) -> String {
    std::fs::read_to_string(path(of)).unwrap()
}

/// A server with these settings, which counts nothing.
pub async fn started(folder: &Path, settings: &[(&'static str, &str)]) -> Node {
    let own = [("NATTER_LIMITS", "off"), ("NATTER_FIRST_ROOM", "off")];
    let settings = own.iter().chain(settings).map(|(name, value)| (*name, (*value).to_owned()));
    let mut node = Node::new(free_addr(), Arc::new(settings.collect()), folder);
    node.start().await;
    node
}
