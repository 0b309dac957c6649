use super::backoff::Backoff;
use super::channels::Channels;
use super::health::{Health, Line};
use super::outbox::{Outbox, Parcel};
use super::{ANSWER, CONNECT, PING};
use domain::ports::Random;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisResult};
use std::sync::Arc;
use tokio::time;
use tokio_util::sync::CancellationToken;

/// The one connection that publishes: whatever waits goes out in one round trip, so load makes batches larger.
pub struct Publisher {
    pub client: Client,
    pub channels: Channels,
    pub outbox: Arc<Outbox>,
    pub health: Arc<Health>,
    pub random: Arc<dyn Random>,
    pub stop: CancellationToken,
}

impl Publisher {
    pub async fn run(self) {
        let mut pause = Backoff::new(self.random.clone());
        loop {
            let Some(connected) = self.stop.run_until_cancelled(self.connect()).await else { return };
            let sent = match connected {
                Ok(connection) => self.send(connection, &mut pause).await,
                Err(error) => Err((error, Vec::new())),
            };
            let Err((error, unsent)) = sent else { return };
            self.outbox.shut(unsent);
            self.health.down(Line::Publisher, &error);
            if self.stop.run_until_cancelled(pause.wait()).await.is_none() {
                return;
            }
        }
    }

    async fn connect(&self) -> RedisResult<MultiplexedConnection> {
        let config =
            AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECT)).set_response_timeout(Some(ANSWER));
        // The library's limit leaves out the greeting that follows the connection.
        let connecting = self.client.get_multiplexed_async_connection_with_config(&config);
        time::timeout(CONNECT, connecting).await.map_err(std::io::Error::from)?
    }

    /// Publishes until the bus is closed, or until a failure, which comes with what was on its way.
    async fn send(
        &self,
        mut connection: MultiplexedConnection,
        pause: &mut Backoff,
    ) -> Result<(), (redis::RedisError, Vec<Parcel>)> {
        self.outbox.open();
        self.health.up(Line::Publisher);
        loop {
            let batch = tokio::select! {
                () = self.stop.cancelled() => self.outbox.take(),
                batch = self.outbox.batch() => batch,
                () = time::sleep(PING) => Vec::new(),
            };
            if batch.is_empty() && self.stop.is_cancelled() {
                return Ok(());
            }
            match self.publish(&mut connection, &batch).await {
                Ok(()) => pause.reset(),
                Err(error) => return Err((error, batch)),
            }
        }
    }

    /// One round trip; with nothing to publish it asks for a sign of life.
    async fn publish(&self, connection: &mut MultiplexedConnection, batch: &[Parcel]) -> RedisResult<()> {
        if batch.is_empty() {
            return redis::cmd("PING").exec_async(connection).await;
        }
        let mut pipe = redis::Pipeline::with_capacity(batch.len());
        for Parcel { topic, envelope } in batch {
            pipe.cmd("PUBLISH").arg(self.channels.name(*topic)).arg(envelope.as_slice()).ignore();
        }
        pipe.exec_async(connection).await
    }
}
