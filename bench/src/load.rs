//! How messages are brought to a server: at a rate whatever it does, or as fast as it acknowledges.

use crate::crowd::Crowd;
use crate::pacer::Pacer;
use crate::plan::Pace;
use crate::process::{Works, own_cpu};
use crate::tally::Latency;
use crate::wire::frame;
use anyhow::{Result, ensure};
use std::time::{Duration, Instant};
use tokio::time::{sleep_until, timeout_at};

/// Before it is measured.
const WARM_UP: Duration = Duration::from_secs(1);

/// As long as the last deliveries may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// What a load has shown.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// Messages a second: delivered to all in an open loop, acknowledged in a closed one.
    pub rate: f64,
    pub delivery: Latency,
    pub acknowledgement: Latency,
    /// The server's processor time for each delivery, in microseconds.
    pub cost: f64,
    /// How many cores the generator used.
    pub generator: f64,
}

/// Open loop: messages are due at this rate, and latency counts from then, so that a stall counts for all that wait.
///
/// # Errors
/// When a delivery is wrong or lost.
pub async fn at_rate<W>(crowd: &Crowd, server: &W, series: u64, rate: f64, span: Duration) -> Result<Outcome>
where
    W: Works + ?Sized,
{
    let start = Instant::now() + Duration::from_millis(50);
    let (from, to) = (start + WARM_UP, start + WARM_UP + span);
    let plan = crowd.begin(series, Pace::per_second(start, rate), from..to);
    let count = (rate * (WARM_UP + span).as_secs_f64()) as u64;
    let expected: usize = (0..count).map(|number| plan.members[plan.room(number)].len()).sum();
    let pacer = Pacer::start(crowd, plan, count);
    sleep_until(from.into()).await;
    let before = Reading::now(crowd, server)?;
    watch(crowd, to).await?;
    let after = Reading::now(crowd, server)?;
    let sent = timeout_at((to + PATIENCE).into(), pacer.finish()).await;
    ensure!(sent.is_ok(), "the server does not read what is sent");
    sent??;
    crowd.settle(expected as u64, PATIENCE).await?;
    Ok(before.until(&after, crowd, rate))
}

/// Closed loop: so many messages are in flight, and an acknowledgement makes room for the next.
///
/// # Errors
/// When a delivery is wrong or lost.
pub async fn in_flight(
    crowd: &Crowd,
    server: &impl Works,
    series: u64,
    count: usize,
    span: Duration,
) -> Result<Outcome> {
    let start = Instant::now();
    let (from, to) = (start + WARM_UP, start + WARM_UP + span);
    let plan = crowd.begin(series, Pace { start, interval: Duration::ZERO }, from..to);
    let credits = crowd.credits();
    credits.forget_permits(usize::MAX);
    credits.add_permits(count);
    let (mut sent, mut expected, mut before) = (0, 0, None);
    while Instant::now() < to {
        let Ok(credit) = timeout_at(to.into(), credits.acquire()).await else { break };
        credit?.forget();
        if before.is_none() && Instant::now() >= from {
            before = Some(Reading::now(crowd, server)?);
        }
        let request = serde_json::to_string(&plan.request(sent))?;
        crowd.pens()[crowd.speaker(&plan, sent)].write(&frame::text(&request))?;
        expected += plan.members[plan.room(sent)].len() as u64;
        sent += 1;
    }
    let after = Reading::now(crowd, server)?;
    let before = before.ok_or_else(|| anyhow::anyhow!("nothing was acknowledged after the warm-up"))?;
    crowd.settle(expected, PATIENCE).await?;
    // Those in flight at the end have been acknowledged too, or are about to be.
    timeout_at((to + PATIENCE).into(), credits.acquire_many(count as u32)).await??.forget();
    let rate = (after.acknowledged - before.acknowledged) as f64 / (after.at - before.at).as_secs_f64();
    Ok(before.until(&after, crowd, rate))
}

/// Waits, and gives up as soon as a socket has ended.
async fn watch(crowd: &Crowd, end: Instant) -> Result<()> {
    while Instant::now() < end {
        crowd.check()?;
        sleep_until(end.min(Instant::now() + Duration::from_millis(50)).into()).await;
    }
    Ok(())
}

/// The counters at one moment.
struct Reading {
    at: Instant,
    server: Duration,
    generator: Duration,
    delivered: u64,
    acknowledged: u64,
}

impl Reading {
    fn now(crowd: &Crowd, server: &(impl Works + ?Sized)) -> Result<Self> {
        let (delivered, acknowledged) = crowd.read(|tally| (tally.delivered, tally.acknowledged));
        Ok(Self { at: Instant::now(), server: server.cpu()?, generator: own_cpu()?, delivered, acknowledged })
    }

    fn until(&self, after: &Self, crowd: &Crowd, rate: f64) -> Outcome {
        let (delivery, acknowledgement) = crowd.read(|tally| (tally.deliveries(), tally.acknowledgements()));
        let cost = (after.server - self.server).as_secs_f64() * 1e6 / (after.delivered - self.delivered) as f64;
        let generator = (after.generator - self.generator).as_secs_f64() / (after.at - self.at).as_secs_f64();
        Outcome { rate, delivery, acknowledgement, cost, generator }
    }
}
