use crate::client::{Person, Socket};
use anyhow::{Result, bail};
use protocol::{ClientId, Command, Event, MessageText, RoomId};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

/// As many people send, each with one message in flight.
const SENDERS: usize = 64;

/// Acknowledged messages a second: 64 people in 32 direct rooms, each sending its next message when the last is acknowledged.
pub async fn acknowledged(origin: &str, span: Duration) -> Result<f64> {
    let mut senders = Vec::new();
    for pair in 0..SENDERS / 2 {
        let alice = Person::register(origin, &format!("alice-{pair}")).await?;
        let bob = Person::register(origin, &format!("bob-{pair}")).await?;
        let (a, b) = (alice.socket().await?, bob.socket().await?);
        let room = alice.direct_room(b.user).await?;
        senders.extend([(a, room), (b, room)]);
    }
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for (sender, (socket, room)) in senders.into_iter().enumerate() {
        tasks.spawn(send(socket, room, sender, start + span));
    }
    let mut sum = 0;
    while let Some(sent) = tasks.join_next().await {
        sum += sent??;
    }
    Ok(f64::from(sum) / start.elapsed().as_secs_f64())
}

/// Sends until the end; returns how many were acknowledged.
async fn send(mut socket: Socket, room: RoomId, sender: usize, end: Instant) -> Result<u32> {
    let text = MessageText::parse("The ovens are booked from half past five. Who opens tomorrow?")?;
    let mut sent = 0;
    while Instant::now() < end {
        let client_id = ClientId(Uuid::from_u64_pair(sender as u64, sent.into()));
        socket.ask(Command::NewMessage { room, client_id, text: text.clone() }).await?;
        loop {
            match socket.next().await?.event {
                Event::Ack { client_id: acknowledged, .. } if acknowledged == client_id => break,
                Event::Error(error) => bail!("a message was refused: {error}"),
                _ => {}
            }
        }
        sent += 1;
    }
    Ok(sent)
}
