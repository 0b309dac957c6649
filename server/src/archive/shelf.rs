use super::partial::Partial;
use super::sync_folder;
use anyhow::Context;
use protocol::At;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use time::{Date, OffsetDateTime, Time};

const BEGIN: &str = "natter-";
const END: &str = ".jsonl.gz";

/// A folder of archives that are named after their moments. Whatever else is in it is left alone.
#[derive(Clone, Debug)]
pub struct Shelf(PathBuf);

impl Shelf {
    /// Makes the folder when it is not there yet.
    pub fn at(folder: &Path) -> anyhow::Result<Self> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.with_context(|| format!("The folder {} for backups cannot be made", folder.display()))?;
        Ok(Self(folder.to_owned()))
    }

    /// Where the archive of a moment stands.
    pub fn place(&self, at: At) -> PathBuf {
        self.0.join(name(at))
    }

    /// The moment of the newest archive; one from the future, before the clock was set right, says nothing.
    pub fn newest(&self, now: At) -> io::Result<Option<At>> {
        Ok(self.all()?.into_iter().rfind(|at| *at <= now))
    }

    /// Removes all but so many of the newest, and what broken runs have left half done.
    pub fn keep(&self, count: usize) -> io::Result<()> {
        let all = self.all()?;
        for at in &all[..all.len().saturating_sub(count)] {
            fs::remove_file(self.place(*at))?;
        }
        for name in self.names()? {
            if name.strip_suffix(".partial").and_then(moment).is_some() {
                Partial::clear(&self.0.join(name))?;
            }
        }
        sync_folder(&self.0.join(BEGIN))
    }

    /// From the oldest to the newest.
    fn all(&self) -> io::Result<Vec<At>> {
        let mut all: Vec<_> = self.names()?.iter().filter_map(|name| moment(name)).collect();
        all.sort_unstable();
        Ok(all)
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let entries = fs::read_dir(&self.0)?;
        let name = |entry: io::Result<fs::DirEntry>| Ok(entry?.file_name().to_string_lossy().into_owned());
        entries.map(name).collect()
    }
}

/// `natter-20261122T205842Z.jsonl.gz`, in UTC.
fn name(at: At) -> String {
    let at = OffsetDateTime::from_unix_timestamp(at.get() / 1000).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (date, time) = (at.date(), at.time());
    format!(
        "{BEGIN}{:04}{:02}{:02}T{:02}{:02}{:02}Z{END}",
        date.year(),
        u8::from(date.month()),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

/// The moment of a name that [`name`] could have made.
fn moment(word: &str) -> Option<At> {
    let digits = word.strip_prefix(BEGIN)?.strip_suffix(END)?;
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<u16>().ok();
    let small = |from: usize| part(from, from + 2)?.try_into().ok();
    let month = u8::try_into(small(4)?).ok()?;
    let date = Date::from_calendar_date(part(0, 4)?.into(), month, small(6)?).ok()?;
    let time = Time::from_hms(small(9)?, small(11)?, small(13)?).ok()?;
    let at = At::try_from(date.with_time(time).assume_utc().unix_timestamp() * 1000).ok()?;
    (name(at) == word).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_its_moment() {
        let at = At::try_from(1_795_382_523_000).unwrap();
        assert_eq!(name(at), "natter-20261122T212203Z.jsonl.gz");
        assert_eq!(moment(&name(at)), Some(at));
        for other in [
            "natter-20261322T212203Z.jsonl.gz",
            "natter-20261122T212203.jsonl.gz",
            "natter-2026112xT212203Z.jsonl.gz",
            "natter-20261122T212203Z.jsonl.gz.partial",
            "natter-é0261122T21220Z.jsonl.gz",
            "natter-+0261122T212203Z.jsonl.gz",
            "natter.jsonl.gz",
        ] {
            assert_eq!(moment(other), None, "{other}");
        }
    }

    #[test]
    fn only_what_bears_its_names_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::at(&folder.path().join("backups")).unwrap();
        let at = |seconds: i64| At::try_from(seconds * 1000).unwrap();
        assert_eq!(shelf.newest(at(60)).unwrap(), None);
        for seconds in [50, 1, 2, 40, 3] {
            fs::write(shelf.place(at(seconds)), "").unwrap();
        }
        let others = ["natter.jsonl.gz", "natter-before-the-move.jsonl.gz", "letter.partial"];
        for other in others {
            fs::write(shelf.0.join(other), "").unwrap();
        }
        fs::write(shelf.0.join(name(at(9)) + ".partial"), "half").unwrap();
        shelf.keep(2).unwrap();
        assert_eq!(shelf.all().unwrap(), [at(40), at(50)]);
        assert_eq!(shelf.newest(at(60)).unwrap(), Some(at(50)));
        assert_eq!(shelf.newest(at(49)).unwrap(), Some(at(40)));
        assert_eq!(shelf.names().unwrap().len(), 2 + others.len());
    }
}
