//! Archives: what people would miss, in one file that either database can be filled from (docs/archive.md).

mod backup;
mod check;
mod contents;
mod draft;
mod header;
mod partial;
mod progress;
mod reader;
mod restore;
mod schedule;
mod seal;
mod shelf;
mod spool;
mod table;
mod value;
mod verified;

pub use backup::{Backup, backup, stream};
pub use check::{Checked, check};
pub use contents::{Contents, Pace, Telling, tell};
pub use draft::Draft;
pub use header::{FORMAT, Header};
pub use partial::sync_folder;
pub use progress::Progress;
pub use reader::{Reader, Record};
pub use restore::restore;
pub use schedule::{Schedule, keep_up};
pub use spool::Spool;
pub use table::{Column, Kind, Table};
pub use value::Value;
pub use verified::verified;
