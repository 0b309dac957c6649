//! Certificates by ACME, from a real authority for tests.

use super::pebble::{NAME, Pebble, free_addr, kept};
use super::program::{Program, trusting};
use crate::live::support::PATIENCE;
use domain::ports::Clock;
use rcgen::{CertificateParams, KeyPair};
use server::clock::SystemClock;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

const GOT: &str = "A new certificate is in force";

async fn start(folder: TempDir, addr: SocketAddr, pebble: &Pebble) -> Program {
    let settings = pebble.settings();
    let mut settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    settings.push(("NATTER_ACME_EMAIL", "someone@example.org"));
    Program::at(addr, folder, &settings).await
}

/// The certificate that is shown, if it is one of this root's for the name.
async fn shown(addr: SocketAddr, root: &Path) -> Option<Vec<u8>> {
    let tls = TlsConnector::from(Arc::new(trusting(root, &[b"h2"])));
    let tcp = TcpStream::connect(addr).await.unwrap();
    let line = tls.connect(NAME.try_into().unwrap(), tcp).await.ok()?;
    line.get_ref().1.peer_certificates().map(|chain| chain[0].to_vec())
}

#[tokio::test]
async fn a_server_gets_its_certificate_keeps_it_and_asks_again_in_time() {
    let addr = free_addr();
    let pebble = Pebble::start(addr.port());
    let server = start(TempDir::new().unwrap(), addr, &pebble).await;
    server.logs(GOT, 1).await;
    let root = pebble.root().await;
    let first = shown(addr, &root).await.expect("a certificate for the name");
    assert_eq!(pebble.signed(), 1);
    for file in ["certificate.pem", "account.json"] {
        let file = kept(server.folder()).with_file_name(file);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{}", file.display());
    }

    let folder = server.stop().await;
    let server = start(folder, addr, &pebble).await;
    assert_eq!(shown(addr, &root).await, Some(first.clone()), "kept in the data folder");
    assert_eq!(pebble.signed(), 1);

    // Two thirds of its time later.
    let folder = server.stop().await;
    let old = kept(folder.path());
    age(&old);
    let server = start(folder, addr, &pebble).await;
    server.logs(GOT, 2).await;
    let second = shown(addr, &root).await.unwrap();
    assert_ne!(second, first);
    assert_eq!(pebble.signed(), 2);
    server.stop().await;
}

/// Puts a certificate in the place of the one that is kept, which has been valid for two days of three.
fn age(kept: &Path) {
    let (mut params, key) = (CertificateParams::default(), KeyPair::generate().unwrap());
    let now = OffsetDateTime::from_unix_timestamp(SystemClock.now().get() / 1000).unwrap();
    (params.not_before, params.not_after) = (now - 2 * time::Duration::DAY, now + time::Duration::DAY);
    let certificate = params.self_signed(&key).unwrap();
    let text = fs::read_to_string(kept).unwrap();
    let title = text.lines().next().unwrap();
    fs::write(kept, format!("{title}\n{}{}", certificate.pem(), key.serialize_pem())).unwrap();
}

#[tokio::test]
async fn an_authority_that_cannot_look_is_named_in_the_log_and_asked_again_on_sighup() {
    let (addr, nobody) = (free_addr(), free_addr());
    let pebble = Pebble::start(nobody.port());
    let server = start(TempDir::new().unwrap(), addr, &pebble).await;
    let refused = "No certificate from https://";
    server.logs(refused, 1).await;
    assert!(server.log().contains("for the tls-alpn-01 challenge"), "{}", server.log());
    assert_eq!(shown(addr, &pebble.certificate()).await, None);
    let begun = Instant::now();
    server.reloads(refused).await;
    assert!(begun.elapsed() < PATIENCE);
    server.stop().await;
}

/// Others are let in on the port while an authority looks; what it is shown is for it alone.
#[tokio::test]
async fn nobody_else_is_shown_a_proof() {
    let addr = free_addr();
    let pebble = Pebble::start(addr.port());
    let server = start(TempDir::new().unwrap(), addr, &pebble).await;
    server.logs(GOT, 1).await;
    let looking = trusting(&pebble.root().await, &[b"acme-tls/1"]);
    let tcp = TcpStream::connect(addr).await.unwrap();
    assert!(TlsConnector::from(Arc::new(looking)).connect(NAME.try_into().unwrap(), tcp).await.is_err());
    server.stop().await;
}
