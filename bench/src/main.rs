//! `make bench`: what Natter costs and how fast it is, beside the floor that the machine sets in the same run.

mod asked;
mod callers;
mod cases;
mod crowd;
mod engines;
mod figure;
mod floor;
mod ledger;
mod load;
mod machine;
mod million;
mod natter;
mod neighbourhood;
mod pacer;
mod people;
mod plan;
mod process;
mod report;
mod size;
mod tally;
mod town;
mod venue;
mod wire;

use anyhow::Result;
use asked::Asked;
use cases::Case;
use figure::Figure;
use machine::Machine;
use report::Report;
use std::process::ExitCode;
use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    match Asked::read(std::env::args().skip(1))? {
        Asked::Broadcast { addr, folder } => Runtime::new()?.block_on(async {
            let listener = floor::broadcast::listen(addr)?;
            floor::broadcast::serve(listener, folder.as_deref()).await
        }),
        Asked::Disk { folder } => floor::disk::tell(&folder),
        // One thread, so that the server keeps the other cores.
        Asked::Measure { cases, runs } => {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(LocalSet::new().run_until(measure(&cases, runs)))
        }
    }
}

async fn measure(cases: &[&Case], runs: usize) -> Result<()> {
    let machine = Machine::watch()?;
    let mut report = Report::new();
    for case in cases {
        match repeat(case, runs).await {
            Ok(figures) => report.add(&figures),
            Err(error) => report.fail(case.name, &error),
        }
    }
    println!("{}\n", machine.tell()?);
    report.print()
}

async fn repeat(case: &Case, runs: usize) -> Result<Vec<Vec<Figure>>> {
    let mut figures = Vec::new();
    for run in 1..=runs {
        eprintln!("{}: run {run} of {runs}", case.name);
        figures.push((case.run)().await?);
    }
    Ok(figures)
}
