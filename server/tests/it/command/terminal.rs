//! A password that is typed at a terminal.

use super::support::Site;
use crate::live::support::{Person, within};
use nix::pty::openpty;
use std::fs::File;
use std::io::{Read, Write};
use std::process::{Command, Output, Stdio};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_is_typed_twice_and_never_shown() {
    let site = Site::sqlite(&[]).await;
    let (output, shown) = types(&site, &[Person::PASSWORD, Person::PASSWORD]).await;
    assert!(output.status.success(), "{output:?}");
    let asked = String::from_utf8(output.stderr).unwrap();
    assert_eq!(asked, "Password: \nOnce more: \n");
    assert_eq!(shown.trim(), "", "the terminal shows nothing of it");
    site.server.stranger().logs_in("ines").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_passwords_that_differ_make_no_account() {
    let site = Site::sqlite(&[]).await;
    let (output, _) = types(&site, &[Person::PASSWORD, "correct house battery"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("not the same"));
    assert_eq!(site.does("user list").await.out, "");
}

/// Adds Ines at a terminal of its own: what came of it, and what the terminal has shown.
async fn types(site: &Site, lines: &[&str]) -> (Output, String) {
    let terminal = openpty(None, None).unwrap();
    let (mut keyboard, slave) = (File::from(terminal.master), terminal.slave);
    let mut command = Command::new(env!("CARGO_BIN_EXE_natter"));
    command.args(["user", "add", "ines", "--email", "ines@example.org"]).env_clear();
    command.env("NATTER_DATABASE_URL", &site.database_url);
    command.stdin(Stdio::from(slave)).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut prompts = child.stderr.take().unwrap();
    let lines: Vec<_> = lines.iter().map(|line| format!("{line}\n")).collect();
    let typing = tokio::task::spawn_blocking(move || {
        let mut asked = Vec::new();
        for line in lines {
            // Whoever types before the question is asked is shown what they type.
            loop {
                let mut byte = [0];
                assert_eq!(prompts.read(&mut byte).unwrap(), 1, "it asks");
                asked.extend(byte);
                if asked.ends_with(b": ") {
                    break;
                }
            }
            keyboard.write_all(line.as_bytes()).unwrap();
        }
        drop(command);
        let mut rest = Vec::new();
        prompts.read_to_end(&mut rest).unwrap();
        asked.extend(rest);
        let mut output = child.wait_with_output().unwrap();
        output.stderr = asked;
        (output, shown(keyboard))
    });
    within("somebody to type", typing).await.unwrap()
}

/// What a terminal has shown, whose other end is closed.
fn shown(mut keyboard: File) -> String {
    let mut shown = Vec::new();
    // Linux ends such a terminal with an error.
    let _ = keyboard.read_to_end(&mut shown);
    String::from_utf8_lossy(&shown).into_owned()
}
