//! The site's files, embedded in a release and read from disk in development.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use std::borrow::Cow;

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
    let required = |stem: &str, extension: &str| required(stem, extension).map(|name| format!("/assets/{name}"));
    Ok(app::ssr::Assets {
        style: required("style", ".css")?,
        boot: required("boot", ".js")?,
        client_js: required("client", ".js")?,
        client_wasm: required("client", ".wasm")?,
        logout: named("logout", ".js").map(|name| format!("/assets/{name}")),
        copy: named("copy", ".js").map(|name| format!("/assets/{name}")),
        viewport: named("viewport", ".js").map(|name| format!("/assets/{name}")),
        favicon: required("favicon", ".svg")?,
        touch_icon: required("touch-icon", ".png")?,
        manifest: required("manifest", ".webmanifest")?,
        reload: named("reload", ".js").map(|name| format!("/assets/{name}")).filter(|_| reload),
    })
}

/// Which client the pages load: the hash in its file's name.
///
/// # Errors
/// Says that the client has not been built.
pub fn build() -> anyhow::Result<String> {
    let name = required("client", ".wasm")?;
    Ok(name.trim_start_matches("client-").trim_end_matches(".wasm").to_owned())
}

fn required(stem: &str, extension: &str) -> anyhow::Result<Cow<'static, str>> {
    named(stem, extension).ok_or_else(|| anyhow::anyhow!("{stem}{extension} has not been built; run `make run`"))
}

fn named(stem: &str, extension: &str) -> Option<Cow<'static, str>> {
    let is_it = |name: &str| name.starts_with(&format!("{stem}-")) && name.ends_with(extension);
    Site::iter().find(|name| is_it(name))
}

/// How a file stands in the site compressed: what the browser calls it, and what its name ends with; the better first.
const CODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// `GET /assets/{name}`: the name carries a hash of the content, so it may be kept for ever.
pub async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let is_packed = CODINGS.iter().any(|(_, end)| name.ends_with(end));
    let Some(plain) = Site::get(&name).filter(|_| !is_packed) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let taken = CODINGS.into_iter().filter(|(coding, _)| accepts(&headers, coding));
    let packed = taken.filter_map(|(coding, end)| Some((coding, Site::get(&format!("{name}{end}"))?))).next();
    // Whatever is asked again for is asked by a browser that was told to load all anew.
    let tag = format!("\"{name}{}\"", packed.as_ref().map(|(coding, _)| format!(";{coding}")).unwrap_or_default());
    let common = [
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable".to_owned()),
        (header::VARY, "accept-encoding".to_owned()),
        (header::ETAG, tag.clone()),
    ];
    if has(&headers, &tag) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let kind = [(header::CONTENT_TYPE, plain.metadata.mimetype().to_owned())];
    match packed {
        Some((coding, file)) => (common, kind, [(header::CONTENT_ENCODING, coding)], file.data).into_response(),
        None => (common, kind, plain.data).into_response(),
    }
}

/// Whether the browser takes a coding; one with the weight 0 is refused (RFC 9110, 12.5.3).
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    entries(headers, header::ACCEPT_ENCODING).any(|entry| {
        let (name, weight) = entry.split_once(';').unwrap_or((entry, ""));
        let is_refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.trim_matches(['0', '.']).is_empty());
        name.trim() == coding && !is_refused
    })
}

/// Whether the browser has the file already, in this coding (RFC 9110, 13.1.2).
fn has(headers: &HeaderMap, tag: &str) -> bool {
    entries(headers, header::IF_NONE_MATCH).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

fn entries(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: HeaderName, value: &str) -> HeaderMap {
        [(name, value.parse().unwrap())].into_iter().collect()
    }

    #[test]
    fn a_coding_is_taken_unless_it_has_no_weight() {
        for (line, takes) in [
            ("br", true),
            ("gzip, deflate, br;q=0.5", true),
            ("gzip, br;q=0", false),
            ("br; q=0.000", false),
            ("brotli", false),
            ("", false),
        ] {
            assert_eq!(accepts(&of(header::ACCEPT_ENCODING, line), "br"), takes, "{line}");
        }
    }

    #[test]
    fn a_file_is_known_by_its_tag() {
        let tag = "\"style-0.css;br\"";
        for (line, known) in [
            ("\"style-0.css;br\"", true),
            ("\"a\", W/\"style-0.css;br\"", true),
            ("*", true),
            ("\"style-0.css\"", false),
        ] {
            assert_eq!(has(&of(header::IF_NONE_MATCH, line), tag), known, "{line}");
        }
    }
}
