use protocol::At;

/// A day, in milliseconds.
pub const DAY_MS: i64 = 24 * 3600 * 1000;

/// So many milliseconds after a moment, or that moment where there is none so late.
pub(crate) fn later(at: At, millis: i64) -> At {
    At::try_from(at.get().saturating_add(millis)).unwrap_or(at)
}
