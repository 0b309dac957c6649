//! The examples of docs/api.md, run as they stand there.

use super::support::Program;
use crate::live::support::{Server, within};
use serde_json::Value;
use std::path::Path;
use std::process::Stdio;
use tokio::process::Command;

/// A fenced block: the line of its fence, its language, its text.
struct Block {
    line: usize,
    language: String,
    text: String,
}

fn blocks(document: &str) -> Vec<Block> {
    let mut blocks = Vec::<Block>::new();
    let mut is_in = false;
    for (at, line) in document.lines().enumerate() {
        match line.strip_prefix("```") {
            Some(language) if !is_in => {
                blocks.push(Block { line: at + 1, language: language.to_owned(), text: String::new() });
                is_in = true;
            }
            Some(_) => is_in = false,
            None if is_in => blocks.last_mut().unwrap().text.extend([line, "\n"]),
            None => {}
        }
    }
    blocks
}

fn document() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/api.md")).unwrap()
}

/// Runs all blocks in one shell, as a reader would; what each has printed.
async fn run(server: &Server, blocks: &[&Block]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let origin = format!("http://{}", Program::of(server).addr());
    let texts = blocks.iter().map(|block| block.text.replace("http://127.0.0.1:3000", &origin));
    // Between two blocks it prints what none of them does.
    let script: String = texts.map(|text| format!("{text}\nprintf '\\036'\n")).collect();
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", &script]).current_dir(folder.path()).stdin(Stdio::null()).kill_on_drop(true);
    let output = within("the examples", bash.output()).await.unwrap();
    let (told, failed) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}\n{told}\n{failed}", output.status);
    told.split('\u{1e}').map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_example_does_what_the_document_says() {
    let document = document();
    let blocks = blocks(&document);
    let scripts: Vec<_> = blocks.iter().filter(|block| block.language == "sh").collect();
    assert!(scripts.len() >= 8, "docs/api.md is not read as it is written");
    let server = Server::start().await;
    let told = run(&server, &scripts).await;
    for (script, told) in scripts.iter().zip(told) {
        let next = blocks.iter().find(|block| block.line > script.line);
        match next.filter(|block| block.language != "sh") {
            Some(block) if block.language == "json" => {
                let (mut told, shown): (Value, Value) =
                    (serde_json::from_str(&told).unwrap(), serde_json::from_str(&block.text).unwrap());
                // Another one each time.
                if told["request_id"].is_string() {
                    told["request_id"] = shown["request_id"].clone();
                }
                assert_eq!(told, shown, "docs/api.md:{}", block.line);
            }
            Some(block) => assert_eq!(told.trim(), block.text.trim(), "docs/api.md:{}", block.line),
            None => assert_eq!(told.trim(), "", "docs/api.md:{} prints something", script.line),
        }
    }
}

#[test]
fn nothing_is_shown_that_is_not_run() {
    let document = document();
    for block in blocks(&document) {
        let is_run = ["sh", "text", "json"].contains(&block.language.as_str());
        assert!(is_run, "docs/api.md:{}: the tests run sh, and compare text and json with it", block.line);
    }
}

#[tokio::test]
async fn every_code_is_in_the_document() {
    let server = Server::start().await;
    let description = Program::of(&server).get("/api/openapi.json").await.body;
    let document = document();
    for code in description["components"]["schemas"]["Code"]["enum"].as_array().unwrap() {
        let row = format!("| `{}` |", code.as_str().unwrap());
        assert!(document.contains(&row), "docs/api.md has no row for the code {code}");
    }
}
