//! Both ends of TLS for tests in this crate.

use super::{Settings, Tls};
use crate::clock::SystemClock;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// A certificate for localhost that nobody has signed but itself, and its key.
pub fn certify() -> (TempDir, PathBuf, PathBuf) {
    let folder = TempDir::new().unwrap();
    let (certificate, key) = (folder.path().join("crt"), folder.path().join("key"));
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x"]);
    openssl.args(["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"]);
    let made = openssl.arg("-keyout").arg(&key).arg("-out").arg(&certificate).output().unwrap();
    assert!(made.status.success(), "openssl: {}", String::from_utf8_lossy(&made.stderr));
    (folder, certificate, key)
}

/// A server's end, and a client's that trusts it.
pub fn ends() -> (TlsAcceptor, TlsConnector) {
    let (folder, certificate, key) = certify();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&certificate).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let client = client.with_root_certificates(roots).with_no_client_auth();
    let settings = Settings::of_files(certificate, key);
    let tls = Tls::open(&settings, folder.path(), Arc::new(SystemClock)).unwrap().unwrap();
    (tls.acceptor().unwrap(), TlsConnector::from(Arc::new(client)))
}
