use crate::cases::{self, Case};
use anyhow::{Context, Result, bail};
use std::net::SocketAddr;
use std::path::PathBuf;

/// As many runs as each figure is the median of.
const RUNS: usize = 3;

/// What the command line asks for.
pub enum Asked {
    /// `[CASE…] [--runs N]`; all cases when none is named.
    Measure { cases: Vec<&'static Case>, runs: usize },
    /// `floor-broadcast ADDR [FOLDER]`: the process beside which Natter is measured; it stores what it hands out in the
    /// folder where one is given.
    Broadcast { addr: SocketAddr, folder: Option<PathBuf> },
    /// `floor-disk FOLDER`: tells how fast the disk is.
    Disk { folder: PathBuf },
}

impl Asked {
    pub fn read(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let (mut chosen, mut runs) = (Vec::new(), RUNS);
        while let Some(word) = words.next() {
            match word.as_str() {
                "floor-broadcast" => {
                    let addr = words.next().context("floor-broadcast needs an address")?.parse()?;
                    return Ok(Self::Broadcast { addr, folder: words.next().map(PathBuf::from) });
                }
                "floor-disk" => {
                    let folder = words.next().context("floor-disk needs a folder")?.into();
                    return Ok(Self::Disk { folder });
                }
                "--runs" => runs = words.next().context("--runs needs a number")?.parse()?,
                name => chosen.push(find(name)?),
            }
        }
        let cases = if chosen.is_empty() { cases::ALL.iter().collect() } else { chosen };
        Ok(Self::Measure { cases, runs })
    }
}

fn find(name: &str) -> Result<&'static Case> {
    if let Some(case) = cases::ALL.iter().find(|case| case.name == name) {
        return Ok(case);
    }
    let names: Vec<_> = cases::ALL.iter().map(|case| case.name).collect();
    bail!("there is no case {name}; there are {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Asked> {
        Asked::read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn without_a_word_everything_is_measured_three_times() {
        let Asked::Measure { cases, runs } = read("").unwrap() else { panic!("a measure was asked for") };
        assert_eq!((cases.len(), runs), (cases::ALL.len(), 3));
    }

    #[test]
    fn cases_are_chosen_by_name() {
        let Asked::Measure { cases, runs } = read("store --runs 1 idle").unwrap() else {
            panic!("a measure was asked for")
        };
        assert_eq!(cases.iter().map(|case| case.name).collect::<Vec<_>>(), ["store", "idle"]);
        assert_eq!(runs, 1);
        assert!(read("nonsense").is_err_and(|error| error.to_string().contains("fanout")));
    }
}
