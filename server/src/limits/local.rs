use super::{Budget, Draw, draws};
use async_trait::async_trait;
use domain::ports::{Charge, Key, Limit, Limits, Quotas, Wait};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// As many budgets are remembered at most; they take some 4 MB.
const MOST: usize = 1 << 16;

/// From as many on it is looked which are full again.
const FEW: usize = 1 << 10;

/// Counts what happens in this process.
pub struct LocalLimits {
    quotas: Quotas,
    budgets: Mutex<Budgets>,
}

impl LocalLimits {
    pub fn new(quotas: Quotas) -> Self {
        Self { quotas, budgets: Mutex::new(Budgets { full: HashMap::new(), next_sweep: FEW }) }
    }

    /// How many budgets are not known to be full.
    pub fn remembered(&self) -> usize {
        self.budgets().full.len()
    }

    pub(super) fn draws(&self, charges: &[Charge]) -> Vec<Draw> {
        draws(&self.quotas, charges)
    }

    pub(super) fn budgets(&self) -> MutexGuard<'_, Budgets> {
        self.budgets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Limits for LocalLimits {
    async fn take(&self, charges: &[Charge]) -> Result<(), Wait> {
        self.budgets().take(&self.draws(charges))
    }

    async fn give_back(&self, charges: &[Charge]) {
        self.budgets().give_back(&self.draws(charges));
    }

    fn take_here(&self, limit: Limit, key: Key) -> Result<(), Wait> {
        let draw = Draw::of(&self.quotas, limit, &key, 1);
        self.budgets().take(&[draw])
    }

    fn give_back_here(&self, limit: Limit, key: Key) {
        self.budgets().give_back(&[Draw::of(&self.quotas, limit, &key, 1)]);
    }
}

/// The budgets that are not full. A budget that is missing is full, so forgetting costs nobody anything.
pub(super) struct Budgets {
    /// When each will be full again.
    full: HashMap<Budget, Instant>,
    next_sweep: usize,
}

impl Budgets {
    pub fn take(&mut self, draws: &[Draw]) -> Result<(), Wait> {
        self.ask(draws)?;
        self.note(draws);
        Ok(())
    }

    /// Whether all of these could be taken now.
    pub fn ask(&self, draws: &[Draw]) -> Result<(), Wait> {
        let now = Instant::now();
        let wait = |draw: &Draw| {
            let missing =
                self.full.get(&draw.budget).map_or(Duration::ZERO, |full| full.saturating_duration_since(now));
            missing.saturating_sub(draw.slack())
        };
        let longest = draws.iter().map(wait).max().unwrap_or_default();
        if longest.is_zero() { Ok(()) } else { Err(Wait(longest)) }
    }

    /// Counts what somebody has decided to allow; a budget is never more than used up.
    pub fn note(&mut self, draws: &[Draw]) {
        let now = Instant::now();
        self.make_room(now);
        for draw in draws {
            let full = self.full.entry(draw.budget).or_insert(now);
            *full = ((*full).max(now) + draw.cost()).min(now + draw.slack() + draw.cost());
        }
    }

    pub fn give_back(&mut self, draws: &[Draw]) {
        for draw in draws {
            if let Some(full) = self.full.get_mut(&draw.budget) {
                *full = full.checked_sub(draw.cost()).unwrap_or(*full);
            }
        }
    }

    /// Forgets those that are full again and, when too many are left, a quarter of them: those that miss least, so that
    /// a flood of new keys does not make anybody forgotten who has used up theirs.
    fn make_room(&mut self, now: Instant) {
        if self.full.len() < self.next_sweep {
            return;
        }
        self.full.retain(|_, full| *full > now);
        if self.full.len() > MOST / 4 * 3 {
            let mut times: Vec<_> = self.full.values().copied().collect();
            let (_, last, _) = times.select_nth_unstable(MOST / 4);
            let last = *last;
            self.full.retain(|_, full| *full > last);
        }
        self.next_sweep = (self.full.len() * 2).clamp(FEW, MOST);
    }
}
