//! Names that change with the content, so that browsers may keep a file for ever.

use sha2::{Digest, Sha256};

/// One file of the site: the name it is served under, and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    pub name: String,
    pub bytes: Vec<u8>,
}

impl Asset {
    /// `name("style.css", …)` becomes `style-0123456789ab.css`.
    pub fn new(name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self { name: hashed(name, &hash(&[&bytes])), bytes }
    }
}

/// The first twelve hex digits of the SHA-256 over all parts.
pub fn hash(parts: &[&[u8]]) -> String {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update(part);
    }
    hex::encode(&sha.finalize()[..6])
}

/// Puts the hash before the extension.
pub fn hashed(name: &str, hash: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}-{hash}.{extension}"),
        None => format!("{name}-{hash}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_stands_before_the_extension() {
        assert_eq!(Asset::new("favicon.svg", "").name, "favicon-e3b0c44298fc.svg");
        assert_eq!(hashed("robots", "1"), "robots-1");
    }

    #[test]
    fn another_content_is_another_name() {
        assert_ne!(Asset::new("a.css", "a{}").name, Asset::new("a.css", "b{}").name);
    }
}
