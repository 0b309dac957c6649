//! `natter health`, and the addresses that keepers of containers ask.

use super::started;
use crate::live::support::Browser;
use crate::nodes::support::free_addr;
use std::process::{Command, Output};

fn health(addr: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_natter")).args(["health", "--addr", addr]).output().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_is_well_until_it_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = started(folder.path(), &[]).await;
    let addr = node.addr.to_string();
    let well = health(&addr);
    assert_eq!((well.status.code(), well.stdout.as_slice()), (Some(0), &b"ok\n"[..]));
    for path in ["/up", "/healthz"] {
        let answer = Browser::new(node.addr.into()).get(path).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "ok\n"), "{path}");
    }
    node.kill().await;
    let gone = health(&addr);
    assert_eq!(gone.status.code(), Some(1));
    let told = String::from_utf8(gone.stderr).unwrap();
    assert!(told.contains(&format!("no answer from {addr}")), "{told}");
    assert_eq!(health(&free_addr().to_string()).status.code(), Some(1));
}
