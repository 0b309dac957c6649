use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// What an authority says that comes to look, and nobody else (RFC 8737).
pub const LOOKING: &[u8] = b"acme-tls/1";

/// What is shown to whoever comes.
#[derive(Debug, Default)]
pub struct Shown(RwLock<Certificates>);

#[derive(Debug, Default)]
struct Certificates {
    /// The one in force; `None` while the first has not come.
    current: Option<Arc<CertifiedKey>>,
    /// For authorities that look whether a name is ours, by that name.
    proofs: HashMap<String, Arc<CertifiedKey>>,
}

impl Shown {
    pub fn replace(&self, certified: CertifiedKey) {
        self.write().current = Some(Arc::new(certified));
    }

    pub fn current(&self) -> Option<Arc<CertifiedKey>> {
        self.read().current.clone()
    }

    /// Shows something else to an authority that looks whether a name is ours.
    pub fn prove(&self, name: &str, proof: CertifiedKey) {
        self.write().proofs.insert(name.to_owned(), Arc::new(proof));
    }

    pub fn forget_proofs(&self) {
        self.write().proofs.clear();
    }

    fn read(&self) -> RwLockReadGuard<'_, Certificates> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Certificates> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let is_looking = hello.alpn().is_some_and(|mut spoken| spoken.any(|version| version == LOOKING));
        match hello.server_name() {
            Some(name) if is_looking => self.read().proofs.get(name).cloned(),
            _ => self.current(),
        }
    }
}
