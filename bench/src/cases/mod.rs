//! What is measured, a file for each case.

mod abandoned;
mod account;
mod backup;
mod ceiling;
mod expensive;
mod fanout;
mod heads;
mod idle;
mod logins;
mod nodes;
mod pages;
mod reconnects;
mod slow;
mod store;
mod storm;
mod weight;

use crate::figure::Figure;
use anyhow::Result;
use futures::future::{FutureExt, LocalBoxFuture};

/// A case: its name on the command line, and one run of it.
pub struct Case {
    pub name: &'static str,
    pub run: fn() -> LocalBoxFuture<'static, Result<Vec<Figure>>>,
}

pub const ALL: &[Case] = &[
    Case { name: "weight", run: || weight::run().boxed_local() },
    Case { name: "fanout", run: || fanout::run().boxed_local() },
    Case { name: "ceiling", run: || ceiling::run().boxed_local() },
    Case { name: "store", run: || store::run().boxed_local() },
    Case { name: "idle", run: || idle::run().boxed_local() },
    Case { name: "slow", run: || slow::run().boxed_local() },
    Case { name: "storm", run: || storm::run().boxed_local() },
    Case { name: "logins", run: || logins::run().boxed_local() },
    Case { name: "expensive", run: || expensive::run().boxed_local() },
    Case { name: "heads", run: || heads::run().boxed_local() },
    Case { name: "abandoned", run: || abandoned::run().boxed_local() },
    Case { name: "account", run: || account::run().boxed_local() },
    Case { name: "reconnects", run: || reconnects::run().boxed_local() },
    Case { name: "pages", run: || pages::run().boxed_local() },
    Case { name: "backup", run: || backup::run().boxed_local() },
    Case { name: "nodes", run: || nodes::run().boxed_local() },
];
