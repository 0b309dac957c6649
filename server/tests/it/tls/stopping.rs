//! A stop that loses nothing (promise R20), with sockets that encrypt.

use super::program::Program;
use crate::live::support::{client_id, text};
use nix::sys::signal::Signal;
use protocol::{Command, Event, close};
use std::time::{Duration, Instant};

#[tokio::test]
async fn sockets_are_told_to_come_back_and_what_was_sent_is_acknowledged() {
    let mut server = Program::encrypted(&[]).await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let (mut sender, mut listener) = (ines.socket().await, jona.socket().await);
    let mut sent = Vec::new();
    for n in 0..200 {
        let words = text(&format!("message {n}"));
        sent.push(sender.send(Command::NewMessage { room, client_id: client_id(), text: words }).await);
    }
    let first = sent[0];
    assert!(matches!(sender.answer(first).await, Event::Ack { .. }));
    let begun = Instant::now();
    server.signal(Signal::SIGTERM);
    assert_eq!((sender.ends().await, listener.ends().await), (Some(close::RESTART), Some(close::RESTART)));
    assert!(server.ends().await.success());
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());

    let acked = sender.log.iter().filter(|frame| matches!(frame.event, Event::Ack { .. })).count();
    let again = Program::start(server.into_folder(), &Program::FILES).await;
    let last = again.stranger().logs_in("ines").await.sees("/rooms").await.room(room).unwrap().room.last_no;
    assert!(last.get() >= acked.try_into().unwrap(), "{acked} acknowledged, {last:?} stored");
}
