//! Normal forms. Only the server chooses names, addresses and passwords: a browser takes them as they are, and is spared
//! the tables.

/// The text in Normalization Form C (UAX 15).
#[cfg(not(target_arch = "wasm32"))]
pub fn nfc(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfc().collect()
}

#[cfg(target_arch = "wasm32")]
pub fn nfc(text: &str) -> String {
    text.to_owned()
}

/// The host of an e-mail address in ASCII, by UTS 46 as browsers do it; `None` for what is no host.
#[cfg(not(target_arch = "wasm32"))]
pub fn ascii_host(host: &str) -> Option<String> {
    idna::domain_to_ascii_cow(host.as_bytes(), idna::AsciiDenyList::STD3).ok().map(|ascii| ascii.into_owned())
}

#[cfg(target_arch = "wasm32")]
pub fn ascii_host(host: &str) -> Option<String> {
    Some(host.to_ascii_lowercase())
}

/// Whether the character modifies the one before it (General_Category=Mark).
#[cfg(not(target_arch = "wasm32"))]
pub fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

#[cfg(target_arch = "wasm32")]
pub fn is_mark(_: char) -> bool {
    false
}
