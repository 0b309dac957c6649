use super::Hub;
use domain::Env;
use domain::ports::{ActId, Sink, Topic, Unavailable};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{self, MissedTickBehavior};

/// How often the log of administration is asked for what is new. Whoever is shut out has to be out within two seconds
/// (promise S2), and the usher takes a part of that.
const ROUND: Duration = Duration::from_millis(500);

/// Hears what administrators do elsewhere, by the command line or on another node while the bus is down, and raises
/// doubts about those whom it may have shut out; as long as the server runs.
pub async fn herald(hub: Arc<Hub>, env: Env) {
    let mut newest = None;
    let mut round = time::interval(ROUND);
    round.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut is_answered = true;
    loop {
        round.tick().await;
        let heard = hear(&hub, &env, newest).await;
        if let Err(error) = &heard
            && is_answered
        {
            tracing::warn!(%error, "The log of administration could not be read; trying again");
        }
        is_answered = heard.is_ok();
        newest = heard.ok().or(newest);
    }
}

/// The newest act by now.
async fn hear(hub: &Hub, env: &Env, since: Option<ActId>) -> Result<ActId, Unavailable> {
    let acts = env.store.acts(since).await?;
    let people: Vec<_> = acts.shut_out.into_iter().map(Topic::Person).collect();
    hub.doubt(&people);
    Ok(acts.newest)
}
