use protocol::{At, Epoch};
use serde::{Deserialize, Serialize};

/// The form of archives that this Natter writes, and the newest that it reads.
pub const FORMAT: u32 = 1;

/// The first line: what the archive is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`FORMAT`] of whoever wrote it.
    pub natter_archive: u32,
    /// The number of the newest migration.
    pub schema: i64,
    /// `sqlite` or `postgres`.
    pub database: String,
    pub natter: String,
    /// When the backup began.
    pub at: At,
    /// The life of the database that it was; a restore begins another one.
    pub epoch: Epoch,
}
