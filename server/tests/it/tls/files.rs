//! Certificates from files, and their renewal.

use super::program::Program;
use crate::live::support::{Browser, Person};
use crate::support::certify;
use nix::sys::signal::Signal;
use protocol::Event;
use reqwest::Method;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use tempfile::TempDir;

const IN_FORCE: &str = "is in force";
const STAYS: &str = "The certificate stays the one in force";

#[tokio::test]
async fn a_new_certificate_is_shown_to_those_who_come_and_nobody_is_sent_away() {
    let server = Program::encrypted(&[]).await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let (mut one, mut other) = (ines.socket().await, jona.socket().await);
    let old = server.stranger();

    certify(server.folder());
    let new = || server.stranger();
    assert!(!is_trusted(&new()).await, "the test's own premise");
    server.reloads(IN_FORCE).await;
    assert!(is_trusted(&new()).await);
    assert!(!is_trusted(&old).await);

    assert!(matches!(one.says(room, "still here").await, Event::Ack { .. }));
    other.hears_words("still here").await;
    assert_eq!(ines.get("/rooms").await.status, 200, "by the connection that was open");
    let mut again = new().logs_in("ines").await.socket().await;
    assert!(matches!(again.says(room, "and again").await, Event::Ack { .. }));
    other.hears_words("and again").await;
}

#[tokio::test]
async fn files_that_do_not_serve_leave_the_certificate_in_force() {
    let server = Program::encrypted(&[]).await;
    let visitor = server.stranger();
    let (crt, key) = (server.folder().join("server.crt"), server.folder().join("server.key"));
    let (good, other) = (fs::read(&crt).unwrap(), TempDir::new().unwrap());
    certify(other.path());
    let foreign = fs::read(other.path().join("server.key")).unwrap();
    for (path, broken) in [(&crt, &b""[..]), (&crt, b"nonsense"), (&crt, &good[..300]), (&key, &foreign)] {
        let whole = fs::read(path).unwrap();
        fs::write(path, broken).unwrap();
        server.reloads(STAYS).await;
        fs::write(path, whole).unwrap();
        assert!(is_trusted(&visitor.copy()).await);
    }
    fs::remove_file(&key).unwrap();
    server.reloads(STAYS).await;
    fs::write(&crt, good).unwrap();
    assert!(is_trusted(&server.stranger()).await);
    assert!(server.log().contains("does not belong to the certificate"), "{}", server.log());
}

#[tokio::test]
async fn a_key_that_everybody_can_read_is_warned_of() {
    let server = Program::encrypted(&[]).await;
    assert!(!server.log().contains("Everybody on this machine"), "{}", server.log());
    fs::set_permissions(server.folder().join("server.key"), fs::Permissions::from_mode(0o644)).unwrap();
    server.reloads("Everybody on this machine can read the private key").await;
}

#[tokio::test]
async fn without_a_certificate_the_signal_does_no_harm() {
    let server = Program::start(TempDir::new().unwrap(), &[]).await;
    let [ines, jona]: [Person; 2] = [
        Browser::new(server.addr.into()).registers("ines").await,
        Browser::new(server.addr.into()).registers("jona").await,
    ];
    let mut socket = ines.socket().await;
    server.signal(Signal::SIGHUP);
    server.logs("no certificate to be read again", 1).await;
    let room = ines.room_with(&[&jona]).await;
    assert!(matches!(socket.says(room, "still here").await, Event::Ack { .. }));
    server.stop().await;
}

/// Whether a new connection of this browser is taken for the right server's.
async fn is_trusted(browser: &Browser) -> bool {
    browser.fresh().request(Method::GET, "/healthz").send().await.is_ok()
}

#[tokio::test]
async fn a_server_that_encrypts_says_that_it_is_well() {
    let server = Program::encrypted(&[]).await;
    let addr = server.addr.to_string();
    let health = |settings: &[(&str, &str)]| {
        let mut asks = Command::new(env!("CARGO_BIN_EXE_natter"));
        let asked = asks.args(["health", "--addr", &addr]).envs(settings.iter().copied()).output().unwrap();
        (asked.status.code(), String::from_utf8(asked.stdout).unwrap())
    };
    assert_eq!(health(&Program::FILES), (Some(0), "ok\n".to_owned()), "whatever name the certificate bears");
    assert_eq!(health(&[]).0, Some(1), "nobody is asked in plain text");
}
