use clap::Args;
use std::net::SocketAddr;
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

    /// Sends browsers that ask there by plain http on to https; usually port 80.
    #[arg(long, env = "NATTER_HTTP_REDIRECT")]
    pub http_redirect: Option<SocketAddr>,
}

/// Where certificates come from.
pub enum Source<'a> {
    /// From files that somebody else keeps up to date.
    Files(&'a PathBuf, &'a PathBuf),
}

impl Settings {
    #[cfg(test)]
    pub fn of_files(certificate: PathBuf, key: PathBuf) -> Self {
        Self { tls_cert: Some(certificate), tls_key: Some(key), ..Self::default() }
    }

    /// Where the certificate comes from; `None` when the server speaks plain http.
    pub fn source(&self) -> Option<Source<'_>> {
        Some(Source::Files(self.tls_cert.as_ref()?, self.tls_key.as_ref()?))
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
        let is_on = self.source().is_some();
        if self.http_redirect.is_some() && !is_on {
            return Err("NATTER_HTTP_REDIRECT sends browsers to https, which this Natter does not speak; \
                        set NATTER_TLS_CERT and NATTER_TLS_KEY, or let the proxy do it."
                .into());
        }
        match origin {
            Some(origin) if is_on && !origin.starts_with("https://") => Err(format!(
                "NATTER_ORIGIN is {origin}, but with a certificate Natter speaks https only; \
                 write https:// there, or leave NATTER_TLS_CERT and NATTER_TLS_KEY unset."
            )),
            _ => Ok(()),
        }
    }
}
