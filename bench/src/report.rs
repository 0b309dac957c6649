use crate::figure::{Bound, Figure};
use anyhow::{Error, Result, bail};

/// The table at the end, in Markdown: medians of the runs, of the ratios too.
pub struct Report {
    lines: Vec<String>,
    missed: usize,
    failed: usize,
}

/// The medians of a figure.
struct Medians<'a> {
    figure: &'a Figure,
    value: Option<f64>,
    floor: Option<f64>,
    ratio: Option<f64>,
}

impl Report {
    pub fn new() -> Self {
        let head = ["| what | Natter | floor | ratio | bound | |", "|---|---|---|---|---|---|"];
        Self { lines: head.map(str::to_owned).into(), missed: 0, failed: 0 }
    }

    /// Takes the runs of a case; every run has the same figures.
    pub fn add(&mut self, runs: &[Vec<Figure>]) {
        for (at, figure) in runs.first().into_iter().flatten().enumerate() {
            let same: Vec<_> = runs.iter().map(|run| &run[at]).collect();
            let medians = Medians {
                figure,
                value: median(same.iter().filter_map(|figure| figure.value)),
                floor: median(same.iter().filter_map(|figure| figure.floor)),
                ratio: median(same.iter().filter_map(|figure| figure.ratio())),
            };
            let is_reached = medians.is_reached();
            self.missed += usize::from(is_reached == Some(false));
            self.lines.push(medians.row(is_reached));
        }
    }

    /// Takes a case that has failed.
    pub fn fail(&mut self, case: &str, error: &Error) {
        self.failed += 1;
        self.lines.push(format!("| {case}: {error:#} | | | | | failed |"));
    }

    /// Prints the table.
    ///
    /// # Errors
    /// Says how many figures missed their bound and how many cases failed.
    pub fn print(self) -> Result<()> {
        for line in &self.lines {
            println!("{line}");
        }
        if self.missed + self.failed > 0 {
            bail!("{} of the figures missed their bound, and {} of the cases failed", self.missed, self.failed);
        }
        Ok(())
    }
}

impl Medians<'_> {
    /// `None` when nothing is asked, or nothing is known.
    fn is_reached(&self) -> Option<bool> {
        let value = self.value.filter(|_| !self.figure.bounds.is_empty())?;
        let reaches = |bound: &Bound| match *bound {
            Bound::AtMost(most) => Some(value <= most),
            Bound::AtLeast(least) => Some(value >= least),
            Bound::FloorsAtMost(times, 0.0) => Some(self.ratio? <= times),
            Bound::FloorsAtMost(times, more) => Some(value <= self.floor? * times + more),
            Bound::FloorsAtLeast(times) => Some(self.ratio? >= times),
        };
        self.figure.bounds.iter().map(reaches).try_fold(true, |all, one| Some(all && one?))
    }

    fn row(&self, is_reached: Option<bool>) -> String {
        let Figure { what, unit, bounds, .. } = self.figure;
        let value = self.value.map_or("n/a".to_owned(), |value| format!("{} {unit}", number(value)));
        let floor = self.floor.map_or(String::new(), |floor| format!("{} {unit}", number(floor)));
        let ratio = self.ratio.map_or(String::new(), |ratio| format!("{ratio:.2} ×"));
        let bounds: Vec<_> = bounds.iter().map(|bound| told(bound, unit)).collect();
        let mark = match is_reached {
            Some(true) => "✓",
            Some(false) => "missed",
            None => "",
        };
        format!("| {what} | {value} | {floor} | {ratio} | {} | {mark} |", bounds.join(", "))
    }
}

/// The middle one; of an even number the upper middle; of none none.
pub fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

fn told(bound: &Bound, unit: &str) -> String {
    match *bound {
        Bound::AtMost(most) => format!("≤ {} {unit}", number(most)),
        Bound::AtLeast(least) => format!("≥ {} {unit}", number(least)),
        Bound::FloorsAtMost(times, 0.0) => format!("≤ {times} × floor"),
        Bound::FloorsAtMost(times, more) => format!("≤ {times} × floor + {more} {unit}"),
        Bound::FloorsAtLeast(times) => format!("≥ {times} × floor"),
    }
}

/// Three digits, and whole thousands apart.
fn number(value: f64) -> String {
    let digits = match value.abs() {
        0.0..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    };
    let text = format!("{value:.digits$}");
    match text.len() {
        4.. if digits == 0 => thousands(&text),
        _ => text,
    }
}

fn thousands(digits: &str) -> String {
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(values: [(f64, f64); 3], bound: Bound) -> Vec<Vec<Figure>> {
        values.map(|(value, floor)| vec![Figure::of("cost", value, "µs").floor(floor).bound(bound)]).into()
    }

    #[test]
    fn the_ratio_is_the_median_of_the_runs_ratios() {
        let mut report = Report::new();
        report.add(&runs([(2.0, 1.0), (30.0, 10.0), (4.0, 4.0)], Bound::FloorsAtMost(2.0, 0.0)));
        assert_eq!(report.lines[2], "| cost | 4.00 µs | 4.00 µs | 2.00 × | ≤ 2 × floor | ✓ |");
        assert_eq!(report.missed, 0);
    }

    #[test]
    fn a_missed_bound_is_counted() {
        let mut report = Report::new();
        report.add(&runs([(1.0, 1.0); 3], Bound::AtLeast(12_000.0)));
        assert!(report.lines[2].ends_with("| ≥ 12,000 µs | missed |"), "{}", report.lines[2]);
        report.add(&runs([(2.6, 1.0); 3], Bound::FloorsAtMost(1.5, 1.0)));
        assert_eq!(report.missed, 2);
    }

    #[test]
    fn what_is_not_known_yet_is_neither_reached_nor_missed() {
        let mut report = Report::new();
        report.add(&[vec![Figure::of("reads", None, "").bound(Bound::AtMost(1.0))]]);
        assert_eq!(report.lines[2], "| reads | n/a |  |  | ≤ 1.00  |  |");
        assert_eq!(report.missed, 0);
    }
}
