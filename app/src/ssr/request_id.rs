use axum::http::request::Parts;
use leptos::prelude::*;
use std::fmt;
use std::sync::Arc;

/// What a request is called in the log; the server puts it into the request's extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// A name of letters, digits, `.`, `_` and `-`, 8 to 64 of them; `None` for anything else.
    pub fn parse(raw: &str) -> Option<Self> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let is_one = (8..=64).contains(&raw.len()) && raw.bytes().all(is_plain);
        is_one.then(|| Self(raw.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What to tell whoever runs the server.
    pub fn mention(&self) -> String {
        format!("If it happens again, tell whoever runs this server, and mention {self}.")
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of the request that is being answered.
pub(super) fn request_id() -> Option<RequestId> {
    use_context::<Parts>()?.extensions.get().cloned()
}

#[cfg(test)]
mod tests {
    use super::RequestId;

    #[test]
    fn a_name_is_short_and_plain() {
        for good in ["0123456789abcdef", "a.b_c-d8", &"x".repeat(64)] {
            assert_eq!(RequestId::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "short", "with space", "new\nline!", "<b>12345", "é1234567", &"x".repeat(65)] {
            assert!(RequestId::parse(bad).is_none(), "{bad:?}");
        }
    }
}
