//! `deploy/Dockerfile`, as far as it can be read: there is no engine here that builds it.

use super::{path, read, started};
use crate::live::support::Browser;
use std::process::Command;

/// The instructions, with their continuations in one line.
fn instructions() -> Vec<(String, String)> {
    let text = read("deploy/Dockerfile").replace("\\\n", "");
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.map(|line| line.split_once(' ').unwrap()).map(|(name, rest)| (name.to_owned(), rest.to_owned())).collect()
}

fn of<'a>(all: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    all.iter().filter(|(known, _)| known == name).map(|(_, rest)| rest.as_str()).collect()
}

#[test]
fn what_is_copied_exists_and_reaches_the_builder() {
    let all = instructions();
    let sent = read("deploy/Dockerfile.dockerignore");
    let copied = of(&all, "COPY").into_iter().filter(|rest| !rest.starts_with("--from=build "));
    let mut sources: Vec<_> = copied.flat_map(|rest| rest.rsplit_once(' ').unwrap().0.split(' ')).collect();
    assert!(sources.len() > 10, "{sources:?}");
    for source in &sources {
        assert!(path(source).exists(), "{source}");
    }
    let mut kept: Vec<_> = sent.lines().filter_map(|line| line.strip_prefix('!')).collect();
    kept.sort_unstable();
    sources.sort_unstable();
    assert_eq!(sources, kept, "deploy/Dockerfile.dockerignore keeps back what is copied, or sends what is not");
    let members = read("Cargo.toml");
    let members = members.lines().find_map(|line| line.strip_prefix("members = ")).unwrap();
    let missing: Vec<_> = members.split('"').skip(1).step_by(2).filter(|name| !sources.contains(name)).collect();
    assert!(missing.is_empty(), "crates that are not copied: {missing:?}");
}

#[test]
fn the_compiler_is_the_one_that_is_used_here() {
    let all = instructions();
    let toolchain = read("rust-toolchain.toml");
    let version = toolchain.lines().find_map(|line| line.strip_prefix("channel = \"")?.strip_suffix('"')).unwrap();
    assert_eq!(of(&all, "FROM")[0], format!("rust:{version}-bookworm AS build"));
    let [last] = of(&all, "FROM")[1..] else { panic!("two stages") };
    assert_eq!(last, "debian:bookworm-slim");
}

/// A user who is not root, port 80, `/up`, and all data in `/storage`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_of_once_is_kept() {
    let all = instructions();
    assert_eq!(of(&all, "USER"), ["natter"]);
    assert_eq!((of(&all, "EXPOSE"), of(&all, "VOLUME")), (vec!["80"], vec!["/storage"]));
    assert_eq!(of(&all, "CMD"), ["[\"natter\"]"]);
    let settings: Vec<_> = of(&all, "ENV")[0].split(' ').map(|pair| pair.split_once('=').unwrap()).collect();
    let of_data = settings.iter().find(|(name, _)| *name == "NATTER_DATA").unwrap();
    let of_addr = settings.iter().find(|(name, _)| *name == "NATTER_ADDR").unwrap();
    assert_eq!((of_data.1, of_addr.1), ("/storage", "0.0.0.0:80"));
    let known =
        Command::new(env!("CARGO_BIN_EXE_natter")).arg("config").envs(settings.iter().copied()).output().unwrap();
    assert!(known.status.success(), "{}", String::from_utf8_lossy(&known.stderr));

    let healthcheck = of(&all, "HEALTHCHECK")[0];
    assert!(healthcheck.ends_with("CMD [\"natter\", \"health\"]"), "{healthcheck}");
    let folder = tempfile::tempdir().unwrap();
    let node = started(folder.path(), &[]).await;
    assert_eq!(Browser::new(node.addr.into()).get("/up").await.status, 200);
}
