//! On which budgets each operation draws: tried at every door by everybody, and held against `budgets.md`.

use super::cast::Cast;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use tokio::sync::Mutex;

/// What costs nothing: files, and what monitors ask for.
const FREE: [&str; 6] =
    ["GET /assets/{name}", "GET /dev/started", "GET /healthz", "GET /metrics", "GET /readyz", "GET /up"];

/// The budgets of each operation, as far as it was tried; `None` while nobody notes them.
#[derive(Default)]
pub struct Drawn(Mutex<Option<BTreeMap<String, BTreeSet<String>>>>);

impl Drawn {
    pub async fn begin(&self) {
        *self.0.lock().await = Some(BTreeMap::new());
    }

    pub async fn end(&self) -> Budgets {
        Budgets(self.0.lock().await.take().expect("it was begun"))
    }
}

impl Cast {
    /// Does something, and notes on which budgets it draws.
    pub async fn drawing<T>(&self, operation: &str, act: impl Future<Output = T>) -> T {
        let mut drawn = self.drawn.0.lock().await;
        let Some(drawn) = drawn.as_mut() else { return act.await };
        let before = self.charges().await;
        let outcome = act.await;
        let after = self.charges().await;
        let grown = after.into_iter().filter(|(budget, count)| before.get(budget) != Some(count));
        drawn.entry(operation.to_owned()).or_default().extend(grown.map(|(budget, _)| budget));
        outcome
    }

    /// How often each budget was drawn on, as the metrics tell.
    async fn charges(&self) -> BTreeMap<String, String> {
        let metrics = self.ground.server.stranger().get("/metrics").await.body;
        let samples = metrics.lines().filter_map(|line| line.strip_prefix("natter_budget_charges_total{budget=\""));
        let taken = samples.filter_map(|sample| sample.split_once("\",outcome=\"taken\"} "));
        taken.map(|(budget, count)| (budget.to_owned(), count.to_owned())).collect()
    }
}

/// The rows of `budgets.md`.
pub struct Budgets(BTreeMap<String, BTreeSet<String>>);

impl Budgets {
    /// Every operation draws on a budget, and on those that the page says.
    pub fn are_kept(&self) {
        let page = std::fs::read_to_string("tests/it/matrix/budgets.md").unwrap();
        let free: Vec<_> = self.0.iter().filter(|(_, budgets)| budgets.is_empty()).map(|(name, _)| name).collect();
        assert_eq!(free, FREE, "these draw on no budget");
        let rows = |text: &str| text.lines().filter(|line| line.starts_with("| `")).map(str::to_owned).collect();
        let (told, found): (BTreeSet<String>, BTreeSet<String>) = (rows(&page), rows(&self.to_string()));
        let wrong: Vec<_> = told.symmetric_difference(&found).collect();
        assert!(wrong.is_empty(), "server/tests/it/matrix/budgets.md has to say:\n{self}\n{wrong:#?}");
    }
}

impl fmt::Display for Budgets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| operation | budgets |\n|---|---|")?;
        for (operation, budgets) in self.0.iter().filter(|(_, budgets)| !budgets.is_empty()) {
            let budgets: Vec<_> = budgets.iter().map(String::as_str).collect();
            writeln!(f, "| `{operation}` | {} |", budgets.join(", "))?;
        }
        Ok(())
    }
}
