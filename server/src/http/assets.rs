//! The site's files, embedded in a release and read from disk in development.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[cfg_attr(debug_assertions, folder = "$CARGO_MANIFEST_DIR/../target/site/dev")]
#[cfg_attr(not(debug_assertions), folder = "$CARGO_MANIFEST_DIR/../target/site/release")]
#[allow_missing = true]
struct Site;

/// Finds the hashed names of the site's files.
///
/// # Errors
/// Names the file that has not been built.
pub fn find(reload: bool) -> anyhow::Result<app::ssr::Assets> {
    let named = |stem: &str, extension: &str| {
        let is_it = |name: &str| name.starts_with(&format!("{stem}-")) && name.ends_with(extension);
        Site::iter().find(|name| is_it(name)).map(|name| format!("/assets/{name}"))
    };
    let required = |stem: &str, extension: &str| {
        named(stem, extension).ok_or_else(|| anyhow::anyhow!("{stem}{extension} has not been built; run `make run`"))
    };
    Ok(app::ssr::Assets {
        style: required("style", ".css")?,
        boot: required("boot", ".js")?,
        client_js: required("client", ".js")?,
        client_wasm: required("client", ".wasm")?,
        favicon: required("favicon", ".svg")?,
        reload: named("reload", ".js").filter(|_| reload),
    })
}

/// `GET /assets/{name}`: the name carries a hash of the content, so it may be kept for ever.
pub async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(plain) = Site::get(&name).filter(|_| !name.ends_with(".br")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = plain.metadata.mimetype().to_owned();
    let takes_brotli = headers.get_all(header::ACCEPT_ENCODING).iter().any(accepts_brotli);
    let common = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable".to_owned()),
        (header::VARY, "accept-encoding".to_owned()),
    ];
    match Site::get(&format!("{name}.br")).filter(|_| takes_brotli) {
        Some(EmbeddedFile { data, .. }) => (common, [(header::CONTENT_ENCODING, "br")], data).into_response(),
        None => (common, plain.data).into_response(),
    }
}

fn accepts_brotli(value: &axum::http::HeaderValue) -> bool {
    let codings =
        value.to_str().unwrap_or_default().split(',').map(|coding| coding.split(';').next().unwrap_or_default());
    codings.into_iter().any(|coding| coding.trim() == "br")
}
