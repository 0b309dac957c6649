use super::context::response;
use axum::http::{HeaderValue, StatusCode, header};

/// Answers with `303 See Other`, whatever the request accepts (`leptos_axum::redirect` asks for `text/html` first).
pub fn redirect(path: &str) {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static(HOME));
    let response = response();
    response.insert_header(header::LOCATION, location);
    response.set_status(StatusCode::SEE_OTHER);
}

/// The page to go on with: `next` when it is a path of this site, else the rooms.
pub fn safe_next(next: &str) -> String {
    if is_local(next) { next.to_owned() } else { HOME.to_owned() }
}

const HOME: &str = "/rooms";

/// Whether a browser that follows `path` stays here.
/// Browsers read `\` like `/` and drop tabs and line breaks, so both could hide a second slash that begins a host.
fn is_local(path: &str) -> bool {
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    plain && path.starts_with('/') && !path.starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_this_site_is_followed() {
        for next in ["/", "/rooms/3?around=4#m4", "/people?q=%C3%A9", "/rooms/3//x"] {
            assert_eq!(safe_next(next), next);
        }
    }

    #[test]
    fn everything_that_could_leave_the_site_leads_home() {
        let bad = [
            "",
            "rooms",
            "//evil.org",
            "/\\evil.org",
            "/rooms\\x",
            "https://evil.org",
            "javascript:alert(1)",
            "/\t/evil.org",
            "/\n/evil.org",
            "/a\0",
            " /rooms",
            "/é",
            "\\\\evil.org",
        ];
        for next in bad {
            assert_eq!(safe_next(next), "/rooms", "{next:?}");
        }
    }
}
