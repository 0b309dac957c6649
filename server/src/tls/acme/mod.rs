//! Certificates that an authority gives to whoever holds a name, without anybody's doing (ACME, RFC 8555).

mod folder;
mod https;

use super::files::{Fault, certified};
use super::shown::Shown;
use super::validity::validity;
use anyhow::{Context, bail};
use domain::ports::Clock;
use folder::Folder;
use https::Https;
use instant_acme::{Account, AuthorizationStatus, ChallengeType, Identifier, NewAccount, NewOrder, Order};
use instant_acme::{OrderStatus, RetryPolicy};
use protocol::At;
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::sign::CertifiedKey;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::timeout;

/// As long as an authority may take to look, and to sign.
const PATIENCE: RetryPolicy = RetryPolicy::new().timeout(Duration::from_secs(90));

/// After a failure the next try waits so long, and twice as long after each further one: Let's Encrypt takes five an
/// hour.
const SOON: Duration = Duration::from_secs(600);
const LATE: Duration = Duration::from_secs(6 * 3600);

/// How often it is looked whether the certificate is old.
const LOOK: Duration = Duration::from_secs(3600);

/// What is asked for, and from whom.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub domains: Vec<String>,
    pub email: Option<String>,
    pub directory: String,
    /// Who vouches for the authority, where the system does not know it.
    pub root: Option<PathBuf>,
}

/// Keeps a certificate that is never old.
pub struct Authority {
    wanted: Wanted,
    folder: Folder,
    https: Https,
    shown: Arc<Shown>,
    clock: Arc<dyn Clock>,
    at_once: Notify,
}

impl Authority {
    /// Shows the certificate that is kept in the data folder, if there is one.
    ///
    /// # Errors
    /// One sentence that says which file does not serve.
    pub fn open(wanted: Wanted, data: &Path, shown: Arc<Shown>, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let (folder, https) = (Folder::within(data)?, Https::trusting(wanted.root.as_deref())?);
        let authority = Self { wanted, folder, https, shown, clock, at_once: Notify::new() };
        if let Some(pem) = authority.folder.certificate(&authority.title())? {
            match certified(&pem, &pem) {
                Ok(certified) => authority.shown.replace(certified),
                Err(fault) => tracing::warn!(?fault, "The certificate in the data folder does not serve; asking anew"),
            }
        }
        Ok(authority)
    }

    /// Looks now whether a certificate is due, also where the last try has failed.
    pub fn hurry(&self) {
        self.at_once.notify_one();
    }

    /// Gets a certificate whenever there is none or the one in force is old. Does not end by itself.
    pub async fn renew(self: Arc<Self>) {
        let mut pause = SOON;
        loop {
            let wait = match self.is_due() {
                false => LOOK,
                true => match self.obtain().await {
                    Ok(()) => {
                        tracing::info!(domains = ?self.wanted.domains, "A new certificate is in force");
                        pause = SOON;
                        continue;
                    }
                    Err(error) => {
                        let (again, directory) = (pause.as_secs(), &self.wanted.directory);
                        tracing::error!("No certificate from {directory}, trying again in {again} s: {error:#}");
                        let next = LATE.min(pause * 2);
                        std::mem::replace(&mut pause, next)
                    }
                },
            };
            // Time passes, or somebody has mended what was in the way.
            drop(timeout(wait, self.at_once.notified()).await);
        }
    }

    /// Two thirds of its time are over: what Let's Encrypt advises.
    fn is_due(&self) -> bool {
        let Some(shown) = self.shown.current() else { return true };
        let Some((from, to)) = shown.end_entity_cert().ok().and_then(|certificate| validity(certificate)) else {
            return true;
        };
        let due = from.get() + (to.get() - from.get()) / 3 * 2;
        self.clock.now() >= At::try_from(due).unwrap_or(from)
    }

    async fn obtain(&self) -> anyhow::Result<()> {
        let account = self.account().await.context("no account")?;
        let names: Vec<_> = self.wanted.domains.iter().cloned().map(Identifier::Dns).collect();
        let mut order = account.new_order(&NewOrder::new(&names)).await.context("no order")?;
        let proved = self.prove(&mut order).await;
        self.shown.forget_proofs();
        proved?;
        let key = order.finalize().await.context("no signature")?;
        let chain = order.poll_certificate(&PATIENCE).await.context("no signature")?;
        let pem = format!("{key}\n{chain}");
        let certified =
            certified(pem.as_bytes(), pem.as_bytes()).map_err(|fault: Fault| anyhow::anyhow!("{fault:?}"))?;
        self.folder.keep_certificate(&self.title(), &pem)?;
        self.shown.replace(certified);
        Ok(())
    }

    async fn account(&self) -> anyhow::Result<Account> {
        let directory = &self.wanted.directory;
        let builder = Account::builder_with_http(Box::new(self.https.clone()));
        if let Some(credentials) = self.folder.account(directory)? {
            return Ok(builder.from_credentials(credentials).await?);
        }
        let contact: Vec<_> = self.wanted.email.iter().map(|email| format!("mailto:{email}")).collect();
        let contact: Vec<_> = contact.iter().map(String::as_str).collect();
        let new = NewAccount { contact: &contact, terms_of_service_agreed: true, only_return_existing: false };
        let (account, credentials) = builder.create(&new, directory.clone(), None).await?;
        self.folder.keep_account(directory, credentials)?;
        Ok(account)
    }

    /// Shows the authority for each name that whoever asks answers there (TLS-ALPN-01, RFC 8737).
    async fn prove(&self, order: &mut Order) -> anyhow::Result<()> {
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization?;
            if authorization.status == AuthorizationStatus::Valid {
                continue;
            }
            let challenge = authorization.challenge(ChallengeType::TlsAlpn01);
            let mut challenge = challenge.context("the authority does not look by TLS-ALPN-01")?;
            let domain = challenge.identifier().to_string();
            let digest = challenge.key_authorization().digest();
            self.shown.prove(&domain, proof(&domain, digest.as_ref())?);
            challenge.set_ready().await?;
        }
        match order.poll_ready(&PATIENCE).await? {
            OrderStatus::Ready => Ok(()),
            status => bail!("the authority has looked, and refuses ({status:?})"),
        }
    }

    /// What the certificate that is kept was asked for, and from whom.
    fn title(&self) -> String {
        format!("{} for {}", self.wanted.directory, self.wanted.domains.join(", "))
    }
}

/// The certificate in which the authority finds what it has asked for.
fn proof(domain: &str, digest: &[u8]) -> anyhow::Result<CertifiedKey> {
    let mut params = CertificateParams::new([domain.to_owned()])?;
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?.der().clone();
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    // Not held against its key, since nobody but an authority knows what it says.
    Ok(CertifiedKey::new(vec![certificate], any_supported_type(&key.into())?))
}
