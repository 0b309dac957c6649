//! What Natter weighs before anybody has said a word.

use crate::figure::{Bound, Figure};
use crate::natter::Natter;
use crate::people::Person;
use crate::report::median;
use crate::size;
use anyhow::Result;
use std::time::Duration;

/// Starts are short and scatter more than other figures.
const STARTS: usize = 5;

pub async fn run() -> Result<Vec<Figure>> {
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let natter = Natter::start().await?;
        starts.push(natter.process.started_in.as_secs_f64() * 1e3);
        natter.stop().await?;
    }
    let natter = Natter::start().await?;
    Person::register(natter.process.addr(), "idle").await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let resident = natter.process.resident()? / 1e6;
    natter.stop().await?;
    Ok(vec![
        Figure::of("WASM + JS + CSS, brotli", size::site()? / 1e3, "KB").bound(Bound::AtMost(170.0)),
        Figure::of("binary", size::binary()? / 1e6, "MB").bound(Bound::AtMost(40.0)),
        Figure::of("start to first answer, empty folder", median(starts.into_iter()), "ms").bound(Bound::AtMost(150.0)),
        Figure::of("resident memory, idle after a log-in", resident, "MB").bound(Bound::AtMost(30.0)),
    ])
}
