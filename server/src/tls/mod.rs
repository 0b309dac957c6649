//! The certificate by which the server itself speaks https.

mod files;
mod settings;
mod shown;
#[cfg(test)]
pub mod tests;

pub use settings::{Settings, Source};

use anyhow::Context;
use rustls::ServerConfig;
use rustls::crypto::ring;
use shown::Shown;
use std::path::PathBuf;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// What is spoken within, the better one first.
const SPOKEN: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// The certificate in force, and where the next one comes from.
pub struct Tls {
    shown: Arc<Shown>,
    certificate: PathBuf,
    key: PathBuf,
}

impl Tls {
    /// Reads the certificate, if there is to be one.
    ///
    /// # Errors
    /// One sentence that says which file does not serve, and why.
    pub fn open(settings: &Settings) -> anyhow::Result<Option<Self>> {
        let Some(Source::Files(certificate, key)) = settings.source() else { return Ok(None) };
        let shown = Arc::new(Shown::new(files::read(certificate, key)?));
        Ok(Some(Self { shown, certificate: certificate.clone(), key: key.clone() }))
    }

    /// What encrypts connections, each with the certificate that is in force when it comes.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn acceptor(&self) -> anyhow::Result<TlsAcceptor> {
        let provider = Arc::new(ring::default_provider());
        let versions = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let versions = versions.context("TLS 1.2 and 1.3 cannot be spoken")?;
        let mut config = versions.with_no_client_auth().with_cert_resolver(self.shown.clone());
        config.alpn_protocols = SPOKEN.map(<[u8]>::to_vec).into();
        // Whoever comes back after a restart of the network is spared a signature.
        config.ticketer = ring::Ticketer::new().context("the system has no randomness")?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// Takes the files as they are now for all connections that come; those that are open stay as they are.
    /// Files that do not serve leave the certificate in force.
    pub fn reload(&self) {
        match files::read(&self.certificate, &self.key) {
            Ok(certified) => {
                self.shown.replace(certified);
                tracing::info!("The certificate in {} is in force", self.certificate.display());
            }
            Err(error) => tracing::error!("The certificate stays the one in force: {error:#}"),
        }
    }
}
