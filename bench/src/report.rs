use anyhow::{Result, bail};

/// The table at the end.
#[derive(Default)]
pub struct Report {
    lines: Vec<String>,
    missed: usize,
}

impl Report {
    pub fn plain(&mut self, what: &str, value: f64, unit: &str) {
        self.lines.push(format!("{what:<44} {value:>10.1} {unit}"));
    }

    pub fn at_most(&mut self, what: &str, value: f64, unit: &str, bound: f64) {
        self.line(what, value, unit, &format!("≤ {bound} {unit}"), value <= bound);
    }

    pub fn at_least(&mut self, what: &str, value: f64, unit: &str, bound: f64) {
        self.line(what, value, unit, &format!("≥ {bound} {unit}"), value >= bound);
    }

    /// Prints the table.
    ///
    /// # Errors
    /// Says how many figures missed their bound.
    pub fn print(self) -> Result<()> {
        for line in &self.lines {
            println!("{line}");
        }
        if self.missed > 0 {
            bail!("{} of the figures missed their bound", self.missed);
        }
        Ok(())
    }

    fn line(&mut self, what: &str, value: f64, unit: &str, bound: &str, is_reached: bool) {
        let mark = if is_reached { "✓" } else { "✗" };
        self.missed += usize::from(!is_reached);
        self.lines.push(format!("{what:<44} {value:>10.1} {unit:<3} {bound:<12} {mark}"));
    }
}

/// The middle one; of an even number the upper middle.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
