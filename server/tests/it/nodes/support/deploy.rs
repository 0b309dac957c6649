//! The files under deploy/, with the addresses of a test in them.

use super::free_addr;
use std::net::SocketAddr;

const NGINX: &str = include_str!("../../../../../deploy/nginx-two-nodes.conf");
const UNIT: &str = include_str!("../../../../../deploy/natter@.service");
const SETTINGS: &str = include_str!("../../../../../deploy/natter.env");

/// The settings that are shared by all nodes; each needs a value.
pub fn settings(values: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
    let lines = SETTINGS.lines().filter(|line| !line.starts_with('#'));
    let names: Vec<_> = lines.map(|line| line.split_once('=').unwrap().0).collect();
    assert_eq!(names, values.iter().map(|(name, _)| *name).collect::<Vec<_>>(), "the settings in deploy/natter.env");
    values.to_vec()
}

/// The flags of the unit for a node.
pub fn flags(addr: SocketAddr) -> Vec<String> {
    let start = UNIT.lines().find_map(|line| line.strip_prefix("ExecStart=natter ")).unwrap();
    start.split(' ').map(|flag| flag.replace("%i", &addr.to_string())).collect()
}

/// The configuration of nginx, without TLS: tests in a browser have it.
pub fn nginx(front: SocketAddr, nodes: [SocketAddr; 2]) -> String {
    let lines = NGINX.lines().filter(|line| !line.trim().starts_with("ssl_certificate"));
    let text = lines.collect::<Vec<_>>().join("\n");
    let text = replaced(&text, "127.0.0.1:3001", &nodes[0].to_string());
    let text = replaced(&text, "127.0.0.1:3002", &nodes[1].to_string());
    let text = replaced(&text, "listen 80;", &format!("listen {};", free_addr()));
    replaced(&text, "listen 443 ssl;", &format!("listen {front};"))
}

fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from} in deploy/nginx-two-nodes.conf");
    text.replace(from, to)
}
