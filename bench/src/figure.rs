/// One figure of one run of a case.
#[derive(Clone, Debug)]
pub struct Figure {
    pub what: String,
    pub unit: &'static str,
    /// `None` where it cannot be had yet.
    pub value: Option<f64>,
    /// The floor of the same run.
    pub floor: Option<f64>,
    pub bounds: Vec<Bound>,
}

/// What a figure should reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    AtMost(f64),
    AtLeast(f64),
    /// So many times the floor, and so much more.
    FloorsAtMost(f64, f64),
    FloorsAtLeast(f64),
}

impl Figure {
    pub fn of(what: &str, value: impl Into<Option<f64>>, unit: &'static str) -> Self {
        Self { what: what.to_owned(), unit, value: value.into(), floor: None, bounds: Vec::new() }
    }

    pub fn floor(self, floor: f64) -> Self {
        Self { floor: Some(floor), ..self }
    }

    pub fn bound(mut self, bound: Bound) -> Self {
        self.bounds.push(bound);
        self
    }

    /// The value as a multiple of the floor.
    pub fn ratio(&self) -> Option<f64> {
        Some(self.value? / self.floor?)
    }
}
