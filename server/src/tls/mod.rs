//! The certificate by which the server itself speaks https.

mod acme;
mod files;
mod own;
mod settings;
mod shown;
#[cfg(test)]
pub mod tests;
mod validity;

pub use own::encrypted;
pub use settings::{Settings, Source};
pub use shown::LOOKING;

use acme::Authority;
use anyhow::Context;
use domain::ports::Clock;
use rustls::ServerConfig;
use rustls::crypto::ring;
use shown::Shown;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use validity::validity;

/// What is spoken within, the better one first; the last by authorities alone.
const SPOKEN: [&[u8]; 3] = [b"h2", b"http/1.1", LOOKING];

/// The certificate in force, and where the next one comes from.
pub struct Tls {
    shown: Arc<Shown>,
    next: Next,
    clock: Arc<dyn Clock>,
}

enum Next {
    Files(PathBuf, PathBuf),
    Authority(Arc<Authority>),
}

impl Tls {
    /// Reads the certificate, if there is to be one.
    ///
    /// # Errors
    /// One sentence that says which file does not serve, and why.
    pub fn open(settings: &Settings, data: &Path, clock: Arc<dyn Clock>) -> anyhow::Result<Option<Self>> {
        let Some(source) = settings.source() else { return Ok(None) };
        let shown = Arc::new(Shown::default());
        let next = match source {
            Source::Files(certificate, key) => {
                shown.replace(files::read(certificate, key)?);
                Next::Files(certificate.clone(), key.clone())
            }
            Source::Authority(wanted) => {
                Next::Authority(Arc::new(Authority::open(wanted, data, shown.clone(), clock.clone())?))
            }
        };
        let tls = Self { shown, next, clock };
        tls.warn_of_age();
        Ok(Some(tls))
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
        let spoken = if matches!(self.next, Next::Authority(_)) { &SPOKEN[..] } else { &SPOKEN[..2] };
        config.alpn_protocols = spoken.iter().map(|version| version.to_vec()).collect();
        // Whoever comes back after a restart of the network is spared a signature.
        config.ticketer = ring::Ticketer::new().context("the system has no randomness")?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// What gets new certificates; `None` when that is somebody else's work.
    pub fn renewal(&self) -> Option<impl Future<Output = ()> + Send + use<>> {
        match &self.next {
            Next::Files(..) => None,
            Next::Authority(authority) => Some(authority.clone().renew()),
        }
    }

    /// Takes the files as they are now for all connections that come; those that are open stay as they are.
    /// Files that do not serve leave the certificate in force. An authority is asked if that is due.
    pub fn reload(&self) {
        let (certificate, key) = match &self.next {
            Next::Files(certificate, key) => (certificate, key),
            Next::Authority(authority) => return authority.hurry(),
        };
        match files::read(certificate, key) {
            Ok(certified) => {
                self.shown.replace(certified);
                tracing::info!("The certificate in {} is in force", certificate.display());
                self.warn_of_age();
            }
            Err(error) => tracing::error!("The certificate stays the one in force: {error:#}"),
        }
    }

    fn warn_of_age(&self) {
        let current = self.shown.current();
        let times = current.and_then(|current| validity(current.end_entity_cert().ok()?));
        let now = self.clock.now();
        if times.is_some_and(|(from, to)| now < from || to < now) {
            tracing::warn!("The certificate is not valid at this time; browsers will refuse it");
        }
    }
}
