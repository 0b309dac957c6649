use super::acme::Wanted;
use crate::config::socket_address;
use clap::Args;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// How the server speaks https by itself.
#[derive(Args, Clone, Debug, Default)]
pub struct Settings {
    /// The certificate with which Natter itself speaks https, and those that vouch for it: a PEM file; read again on SIGHUP.
    #[arg(long, env = "NATTER_TLS_CERT")]
    tls_cert: Option<PathBuf>,

    /// The certificate's private key: a PEM file.
    #[arg(long, env = "NATTER_TLS_KEY")]
    tls_key: Option<PathBuf>,

    /// Gets certificates for these names by itself, from an authority that speaks ACME (Let's Encrypt), to whose terms
    /// you agree by this; with commas between.
    #[arg(long, env = "NATTER_ACME_DOMAIN", value_delimiter = ',', value_parser = domain)]
    acme_domain: Vec<String>,

    /// Where the authority writes to when something is wrong with the certificate.
    #[arg(long, env = "NATTER_ACME_EMAIL")]
    acme_email: Option<String>,

    /// The authority's directory.
    #[arg(long, env = "NATTER_ACME_DIRECTORY", default_value = "https://acme-v02.api.letsencrypt.org/directory")]
    acme_directory: String,

    /// Who vouches for the authority's own certificate, where the system does not: a PEM file.
    #[arg(long, env = "NATTER_ACME_ROOT")]
    acme_root: Option<PathBuf>,

    /// Sends browsers that ask there by plain http on to https; usually port 80.
    #[arg(long, env = "NATTER_HTTP_REDIRECT", value_parser = socket_address)]
    pub http_redirect: Option<SocketAddr>,
}

/// Where certificates come from.
pub enum Source<'a> {
    /// From files that somebody else keeps up to date.
    Files(&'a PathBuf, &'a PathBuf),
    /// From an authority that is asked for them.
    Authority(Wanted),
}

impl Settings {
    #[cfg(test)]
    pub fn of_files(certificate: PathBuf, key: PathBuf) -> Self {
        Self { tls_cert: Some(certificate), tls_key: Some(key), ..Self::default() }
    }

    /// Where the certificate comes from; `None` when the server speaks plain http.
    pub fn source(&self) -> Option<Source<'_>> {
        if let (Some(certificate), Some(key)) = (&self.tls_cert, &self.tls_key) {
            return Some(Source::Files(certificate, key));
        }
        let wanted = Wanted {
            domains: self.acme_domain.clone(),
            email: self.acme_email.clone(),
            directory: self.acme_directory.clone(),
            root: self.acme_root.clone(),
        };
        (!self.acme_domain.is_empty()).then_some(Source::Authority(wanted))
    }

    /// Whether the certificate is got in a way that several nodes would get in each other's way by.
    pub fn is_for_one_node(&self) -> bool {
        !self.acme_domain.is_empty()
    }

    /// Whether the settings go together, and with the address in people's browsers.
    ///
    /// # Errors
    /// One sentence that names those which do not.
    pub fn check(&self, origin: Option<&str>) -> Result<(), String> {
        match (&self.tls_cert, &self.tls_key) {
            (Some(_), None) => {
                return Err("NATTER_TLS_CERT is set, and NATTER_TLS_KEY is missing: the key to it.".into());
            }
            (None, Some(_)) => return Err("NATTER_TLS_KEY is set, and NATTER_TLS_CERT is missing.".into()),
            _ => {}
        }
        self.check_authority()?;
        let is_on = self.source().is_some();
        if self.http_redirect.is_some() && !is_on {
            return Err("NATTER_HTTP_REDIRECT sends browsers to https, which this Natter does not speak; \
                        set NATTER_TLS_CERT and NATTER_TLS_KEY or NATTER_ACME_DOMAIN, or let the proxy do it."
                .into());
        }
        match origin {
            Some(origin) if is_on && !origin.starts_with("https://") => Err(format!(
                "NATTER_ORIGIN is {origin}, but with a certificate Natter speaks https only; \
                 write https:// there, or leave NATTER_TLS_CERT and NATTER_ACME_DOMAIN unset."
            )),
            _ => Ok(()),
        }
    }

    fn check_authority(&self) -> Result<(), String> {
        if self.acme_domain.is_empty() {
            let is_without = self.acme_email.is_none() && self.acme_root.is_none();
            let missing = "NATTER_ACME_EMAIL and NATTER_ACME_ROOT are for NATTER_ACME_DOMAIN, which is not set.";
            return if is_without { Ok(()) } else { Err(missing.into()) };
        }
        if self.tls_cert.is_some() {
            return Err(
                "NATTER_ACME_DOMAIN gets a certificate, and NATTER_TLS_CERT names another; set one of them.".into()
            );
        }
        if !self.acme_directory.starts_with("https://") {
            return Err("NATTER_ACME_DIRECTORY must begin with https://.".into());
        }
        Ok(())
    }
}

fn domain(raw: &str) -> Result<String, &'static str> {
    let name = raw.trim().to_ascii_lowercase();
    let is_label = |label: &str| {
        let is_plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        is_plain && !label.is_empty() && label.len() < 64 && !label.starts_with('-')
    };
    let is_address = name.parse::<IpAddr>().is_ok();
    let is_name = name.contains('.') && name.split('.').all(is_label) && name.len() < 254;
    if is_name && !is_address {
        Ok(name)
    } else {
        Err("write names such as chat.example.org, without * and without port")
    }
}
