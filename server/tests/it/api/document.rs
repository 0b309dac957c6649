//! The description of the API.

use super::support::Program;
use crate::live::support::Server;
use std::collections::BTreeSet;
use std::path::Path;

#[tokio::test]
async fn the_server_tells_the_description_that_is_kept() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let server = Server::start().await;
    let answer = Program::of(&server).get("/api/openapi.json").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    assert_eq!(answer.body["openapi"], "3.1.0");
    let told = answer.text;
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &told).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    let is_current = told == kept;
    assert!(is_current, "docs/openapi.json is of another day: UPDATE=1 cargo test -p server --test it description");
}

#[tokio::test]
async fn every_operation_has_a_name_of_its_own_words_and_refusals() {
    let server = Server::start().await;
    let document = Program::of(&server).get("/api/openapi.json").await.body;
    let mut names = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        assert!(path.starts_with("/api/"), "{path}");
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name}");
            assert!(operation["summary"].is_string() && operation["tags"].is_array(), "{method} {path}");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.contains_key("429") && responses.contains_key("503"), "{method} {path}");
            assert!(operation["security"].is_array() || responses.contains_key("401"), "{method} {path}");
        }
    }
    assert!(names.len() >= 37, "{names:?}");
}
