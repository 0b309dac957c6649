//! Limits that two nodes count together (promise S7).

use super::support::Installation;
use crate::live::support::{Answer, Browser};
use std::collections::{BTreeMap, BTreeSet};

const WRONG: &str = "not the right one";

async fn tries(browser: &Browser, login: &str, password: &str) -> Answer {
    browser.form("login", &[("login", login), ("password", password), ("page", "/login")]).await
}

/// Tries a wrong password through nginx, until every node refuses to look at it: how often each has looked.
async fn tries_everywhere(browser: &Browser, login: &str) -> BTreeMap<String, usize> {
    let (mut looked, mut refusing) = (BTreeMap::new(), BTreeSet::new());
    for _ in 0..100 {
        let answer = tries(browser, login, WRONG).await;
        let node = answer.header("x-node").to_owned();
        match answer.status {
            422 => *looked.entry(node).or_default() += 1,
            429 => _ = refusing.insert(node),
            other => panic!("{other}: {}", answer.body),
        }
        if refusing.len() == 2 {
            return looked;
        }
    }
    panic!("there is no end of tries: {looked:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_allow_ten_tries_together_and_know_who_asks() {
    let home = Installation::limited().await;
    let ines = home.person("ines").await;
    let looked = tries_everywhere(&home.stranger_at("127.0.0.9"), "ines").await;
    assert_eq!(looked.values().sum::<usize>(), 10, "{looked:?}");
    assert_eq!(looked.len(), 2, "both nodes have looked: {looked:?}");

    let browser = home.stranger_at("127.0.0.9");
    let lies = [("login", "ines"), ("password", WRONG), ("page", "/login")];
    let forged =
        browser.posting("login", &lies).header("origin", browser.origin()).header("x-forwarded-for", "192.0.2.1");
    assert_eq!(browser.answer(forged).await.status, 429, "a forged address gets nothing new");
    assert_eq!(home.stranger_at("127.0.0.10").logs_in("ines").await.id, ines.id, "her own address is another");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_each_node_goes_on_counting() {
    let mut home = Installation::limited().await;
    let ines = home.person("ines").await;
    let stranger = home.stranger_at("127.0.0.9");
    for _ in 0..4 {
        assert_eq!(tries(&stranger, "ines", WRONG).await.status, 422);
    }
    home.loses_redis();
    let looked = tries_everywhere(&stranger, "ines").await;
    assert_eq!(looked.values().sum::<usize>(), 16, "each node allows ten in all: {looked:?}");
    assert_eq!(home.stranger_at("127.0.0.10").logs_in("ines").await.id, ines.id);
}
