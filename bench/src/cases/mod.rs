//! What is measured, a file for each case.

mod abandoned;
mod account;
mod alone;
mod backup;
mod beside;
mod ceiling;
mod ended;
mod erasing;
mod expensive;
mod fanout;
mod heads;
mod idle;
mod invited;
mod logins;
mod nodes;
mod pages;
mod readers;
mod reconnects;
mod seats;
mod slow;
mod store;
mod storm;
mod strangers;
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
    Case { name: "invited", run: || invited::run().boxed_local() },
    Case { name: "ended", run: || ended::run().boxed_local() },
    Case { name: "beside", run: || beside::run().boxed_local() },
    Case { name: "readers", run: || readers::run().boxed_local() },
    Case { name: "erasing", run: || erasing::run().boxed_local() },
    Case { name: "seats", run: || seats::run().boxed_local() },
    Case { name: "strangers", run: || strangers::run().boxed_local() },
    Case { name: "alone", run: || alone::run().boxed_local() },
    Case { name: "nodes", run: || nodes::run().boxed_local() },
];
