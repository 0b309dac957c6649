//! Settings in environment variables, as Compose, systemd and Kubernetes write them.

use super::support::Answer;
use crate::live::support::within;
use std::path::Path;
use std::process::Stdio;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

const PASSWORD: &str = "correct horse battery";

/// Runs a task in a folder with nothing but these variables.
async fn natter(folder: &Path, line: &str, environment: &[(&str, &str)]) -> Answer {
    let mut command = Command::new(env!("CARGO_BIN_EXE_natter"));
    command.args(line.split_whitespace()).current_dir(folder).env_clear().envs(environment.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.kill_on_drop(true).spawn().unwrap();
    // It may not read, and be gone by now.
    let _ = child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).await;
    let output = within("the end of a task", child.wait_with_output()).await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap().trim_end().to_owned();
    Answer { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

#[tokio::test]
async fn the_database_is_in_the_folder_that_was_named() {
    let folder = tempfile::tempdir().unwrap();
    for data in ["a%20b", "what?now", "#1", "file:x", "plus+and&"] {
        let add = "user add ines --email ines@example.org --admin";
        let answer = natter(folder.path(), add, &[("NATTER_DATA", data)]).await;
        assert_eq!(answer.code, 0, "{data}: {answer:?}");
        assert!(folder.path().join(data).join("natter.db").is_file(), "{data}");
    }
}

#[tokio::test]
async fn empty_variables_are_not_set() {
    let folder = tempfile::tempdir().unwrap();
    let all = natter(folder.path(), "config --json", &[]).await.json();
    let names: Vec<_> = all.as_object().unwrap().keys().map(String::as_str).collect();
    assert!(names.contains(&"NATTER_ADDR") && names.contains(&"NATTER_REDIS_URL"), "{names:?}");
    let empty: Vec<_> = names.iter().map(|name| (*name, "")).collect();
    let answer = natter(folder.path(), "config --json", &empty).await;
    assert_eq!(answer.code, 0, "{answer:?}");
    assert_eq!(answer.json(), all);
}

#[tokio::test]
async fn what_is_wrong_is_named_as_it_was_set() {
    let folder = tempfile::tempdir().unwrap();
    for (name, value) in [
        ("NATTER_ADDR", "here"),
        ("NATTER_METRICS_ADDR", ":9000"),
        ("NATTER_ORIGIN", "chat.example.org"),
        ("NATTER_CORS_ORIGINS", "https://a.example,b"),
        ("NATTER_TRUSTED_PROXIES", "nginx"),
        ("NATTER_REGISTRATION", "maybe"),
        ("NATTER_BACKUP_EVERY", "often"),
        ("NATTER_BACKUP_KEEP", "0"),
        ("NATTER_COMMANDS_PER_MINUTE", "many"),
    ] {
        let answer = natter(folder.path(), "config", &[(name, value)]).await;
        assert_eq!((answer.code, answer.err.lines().count()), (2, 1), "{answer:?}");
        assert!(answer.err.contains(name) && !answer.err.contains("--"), "{answer:?}");
    }
    let flag = natter(folder.path(), "config --addr here", &[("NATTER_ADDR", "127.0.0.1:3000")]).await;
    assert!(flag.err.contains("--addr") && !flag.err.contains("NATTER_ADDR"), "{flag:?}");
}
