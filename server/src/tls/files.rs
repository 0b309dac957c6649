use anyhow::{Context, bail};
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// A certificate with its chain and its key, from PEM files.
///
/// # Errors
/// One sentence that says which file does not serve, and why.
pub fn read(certificate: &Path, key: &Path) -> anyhow::Result<CertifiedKey> {
    let certified = certified(&text(certificate)?, &text(key)?).map_err(|fault| match fault {
        Fault::NoCertificate => format!("{} holds no certificate in PEM form", certificate.display()),
        Fault::NoKey => format!("{} holds no private key in PEM form", key.display()),
        Fault::NoMatch => {
            format!("The key in {} does not belong to the certificate in {}", key.display(), certificate.display())
        }
        Fault::Unusable(error) => {
            format!("{} and {} do not serve: {error}", certificate.display(), key.display())
        }
    });
    warn_of_readers(key);
    certified.map_err(anyhow::Error::msg)
}

/// What is wrong with a certificate or its key.
#[derive(Debug)]
pub enum Fault {
    NoCertificate,
    NoKey,
    NoMatch,
    Unusable(Error),
}

/// A certificate with its chain, and its key, from PEM texts.
///
/// # Errors
/// [`Fault`].
pub fn certified(chain: &[u8], key: &[u8]) -> Result<CertifiedKey, Fault> {
    let chain = self::chain(chain).ok_or(Fault::NoCertificate)?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| Fault::NoKey)?;
    CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|error| match error {
        Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => Fault::NoMatch,
        other => Fault::Unusable(other),
    })
}

/// The certificates in a PEM text; `None` when there are none or one is damaged.
pub fn chain(pem: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    let chain: Result<Vec<_>, pem::Error> = CertificateDer::pem_slice_iter(pem).collect();
    chain.ok().filter(|chain| !chain.is_empty())
}

fn text(path: &Path) -> anyhow::Result<Vec<u8>> {
    let text = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    if text.is_empty() {
        bail!("{} is empty", path.display());
    }
    Ok(text)
}

fn warn_of_readers(key: &Path) {
    let is_open = fs::metadata(key).is_ok_and(|key| key.permissions().mode() & 0o004 != 0);
    if is_open {
        tracing::warn!("Everybody on this machine can read the private key; chmod o-r {}", key.display());
    }
}

#[cfg(test)]
mod tests;
