use super::context::{cookie, response};
use axum::http::{HeaderValue, header};

/// Light or dark, as this browser wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The theme of that name; the system's for any other.
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.name() == name).unwrap_or(Self::System)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme that the request's cookie asks for.
    pub fn current() -> Self {
        cookie("theme").map_or(Self::System, |name| Self::named(&name))
    }

    /// Keeps the theme in the browser for a year.
    pub fn keep(self) {
        let cookie = match self {
            Self::System => "theme=; Path=/; Max-Age=0; SameSite=Lax",
            Self::Light => "theme=light; Path=/; Max-Age=31536000; SameSite=Lax",
            Self::Dark => "theme=dark; Path=/; Max-Age=31536000; SameSite=Lax",
        };
        response().append_header(header::SET_COOKIE, HeaderValue::from_static(cookie));
    }
}
