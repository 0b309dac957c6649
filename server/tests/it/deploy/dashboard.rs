//! `deploy/grafana.json`: it asks for what a server tells, and for all of it.

use super::read;
use crate::live::support::Server;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The samples that a server tells, by name, with the names of their labels.
async fn told() -> BTreeMap<String, BTreeSet<String>> {
    let server = Server::start().await;
    // One socket that has come and gone, so that there is a sample of it.
    drop(server.person("ines").await.socket().await);
    let text = server.stranger().get("/metrics").await.body;
    let mut told: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().unwrap();
        let labels = line.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map_or("", |(labels, _)| labels);
        let labels = labels.split(',').filter_map(|label| label.split_once('=')).map(|(name, _)| name.to_owned());
        told.entry(name.to_owned()).or_default().extend(labels);
    }
    told
}

/// The words of a query: names of metrics and labels among them.
fn words(query: &str) -> impl Iterator<Item = &str> {
    query.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// Every value of that name, wherever it stands.
fn all<'a>(value: &'a Value, name: &str, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get(name).and_then(Value::as_str));
            fields.values().for_each(|value| all(value, name, found));
        }
        Value::Array(values) => values.iter().for_each(|value| all(value, name, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_query_is_for_something_that_is_told_and_everything_told_is_shown() {
    let told = told().await;
    let dashboard: Value = serde_json::from_str(&read("deploy/grafana.json")).unwrap();
    let mut queries = Vec::new();
    all(&dashboard, "expr", &mut queries);
    all(&dashboard, "definition", &mut queries);
    assert!(queries.len() > 15, "{queries:?}");
    let mut shown = BTreeSet::new();
    for query in &queries {
        let names: Vec<_> = words(query).filter(|word| word.starts_with("natter_")).collect();
        assert!(!names.is_empty(), "{query}");
        for name in names {
            assert!(told.contains_key(name), "{query}: there is no {name}");
            let family = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
            shown.insert(family.to_owned());
            for label in query.split(" by (").skip(1).flat_map(|rest| words(rest.split(')').next().unwrap())) {
                assert!(told[name].contains(label), "{query}: {name} has no label {label}");
            }
        }
    }
    let untold = told.keys().filter(|name| !shown.iter().any(|family| name.starts_with(family)));
    assert_eq!(untold.collect::<Vec<_>>(), Vec::<&String>::new(), "these are on no panel");
}

#[test]
fn panels_have_names_of_their_own_and_do_not_overlap() {
    let dashboard: Value = serde_json::from_str(&read("deploy/grafana.json")).unwrap();
    let mut taken = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        assert!(ids.insert(panel["id"].as_i64().unwrap()), "{}", panel["id"]);
        let [x, y, w, h] = ["x", "y", "w", "h"].map(|name| panel["gridPos"][name].as_i64().unwrap());
        assert!(x + w <= 24, "{}", panel["title"]);
        for cell in (x..x + w).flat_map(|x| (y..y + h).map(move |y| (x, y))) {
            assert!(taken.insert(cell), "{} lies upon another", panel["title"]);
        }
    }
}
