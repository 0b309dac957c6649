use anyhow::{Context, bail};
use axum::body::{Body, to_bytes};
use axum::http::uri::{Authority, PathAndQuery};
use axum::http::{HeaderValue, Request, Response, Uri, header};
use bytes::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// As long as one request may take, and as much as its answer may hold.
const PATIENCE: Duration = Duration::from_secs(30);
const ANSWER_BYTES: usize = 1 << 20;

/// Asks an authority by https. A certificate takes a dozen requests every two months, so each has its own connection.
#[derive(Clone)]
pub struct Https(TlsConnector);

impl Https {
    /// Trusts whom the system trusts or, where a file is named, those in it alone.
    ///
    /// # Errors
    /// Says which file cannot be read.
    pub fn trusting(root: Option<&Path>) -> anyhow::Result<Self> {
        let mut roots = RootCertStore::empty();
        match root {
            Some(path) => {
                roots.add(CertificateDer::from_pem_file(path).with_context(|| {
                    format!("NATTER_ACME_ROOT: {} holds no certificate in PEM form", path.display())
                })?)?
            }
            None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        Ok(Self(TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))))
    }

    async fn ask(self, mut request: Request<BodyWrapper<Bytes>>) -> anyhow::Result<Response<Body>> {
        let (host, port, path) = place(request.uri())?;
        let tcp = TcpStream::connect((host.host(), port)).await?;
        let line = self.0.connect(ServerName::try_from(host.host().to_owned())?, tcp).await?;
        request.headers_mut().insert(header::HOST, HeaderValue::from_str(host.as_str())?);
        *request.uri_mut() = path.into();
        let (mut sender, connection) = http1::handshake(TokioIo::new(line)).await?;
        let answer = async move {
            let (head, body) = sender.send_request(request).await?.into_parts();
            Ok(Response::from_parts(head, to_bytes(Body::new(body), ANSWER_BYTES).await?.into()))
        };
        // The connection ends with what asks by it; how it ends does not matter when the answer has come.
        tokio::join!(answer, connection).0
    }
}

impl HttpClient for Https {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let asking = self.clone().ask(request);
        Box::pin(async {
            let answer = timeout(PATIENCE, asking).await.map_err(|late| Error::Other(late.into()))?;
            answer.map(BytesResponse::from).map_err(|error| Error::Other(error.into()))
        })
    }
}

fn place(uri: &Uri) -> anyhow::Result<(Authority, u16, PathAndQuery)> {
    let Some(host) = uri.authority().cloned() else { bail!("{uri} names no host") };
    if uri.scheme_str() != Some("https") {
        bail!("{uri} is not asked by https");
    }
    let path = uri.path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/"));
    Ok((host.clone(), host.port_u16().unwrap_or(443), path))
}
