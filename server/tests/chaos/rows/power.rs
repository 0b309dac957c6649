//! What stands between a message and its acknowledgement, read from the server's system calls.

use crate::world::{Strace, World};
use protocol::ClientId;

/// What an acknowledgement is told over.
const SENDS: [&str; 5] = ["sendto(", "sendmsg(", "write(", "writev(", "send("];

/// One call of the server: at which line it began, and at which it had ended.
struct Call<'a> {
    name: &'a str,
    text: &'a str,
    began: usize,
    ended: usize,
}

/// Puts together the calls that other threads interrupted.
fn calls(lines: &[String]) -> Vec<Call<'_>> {
    let mut calls: Vec<Call> = Vec::new();
    let mut open = std::collections::HashMap::new();
    for (at, line) in lines.iter().enumerate() {
        let Some((thread, text)) = line.split_once(' ') else { continue };
        let text = text.trim_start();
        if text.starts_with("<... ") {
            if let Some(call) = open.remove(thread) {
                let call: &mut Call = &mut calls[call];
                call.ended = at;
            }
            continue;
        }
        let Some((name, _)) = text.split_once('(') else { continue };
        let is_open = text.ends_with("<unfinished ...>");
        if is_open {
            open.insert(thread, calls.len());
        }
        calls.push(Call { name, text, began: at, ended: if is_open { usize::MAX } else { at } });
    }
    calls
}

/// The acknowledged messages that could still be lost with the power: no sync of the log had ended between the writing
/// of their text and the telling of their receipt.
fn unsafe_acks(lines: &[String], said: &[(ClientId, String)]) -> Vec<String> {
    let calls = calls(lines);
    let is_log = |call: &&Call| call.text.contains("natter.db-wal");
    let syncs: Vec<_> = calls.iter().filter(is_log).filter(|call| call.name.ends_with("sync")).collect();
    let writes: Vec<_> = calls.iter().filter(is_log).filter(|call| call.name.starts_with("pwrite")).collect();
    let tells: Vec<_> = calls.iter().filter(|call| SENDS.iter().any(|send| call.text.starts_with(send))).collect();
    let mut found = Vec::new();
    for (id, text) in said {
        let written = writes.iter().find(|call| call.text.contains(text.as_str()));
        let receipt = r#"\"type\":\"ack\""#;
        let id = id.to_string();
        let told = tells.iter().find(|call| call.text.contains(receipt) && call.text.contains(&id));
        let (Some(written), Some(told)) = (written, told) else {
            found.push(format!("{text}: the calls that write and tell it were not seen"));
            continue;
        };
        let is_between = |sync: &&&Call| sync.began > written.ended && sync.ended < told.began;
        if !syncs.iter().any(|sync| is_between(&sync)) {
            found.push(format!("{text}: told at line {} without a sync after line {}", told.began, written.ended));
        }
    }
    found
}

/// Says something under the eyes of strace; the messages that could be lost, of how many.
async fn watched(mut world: World) -> (Vec<String>, usize) {
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let room = world.room(&[alice.person.clone(), bob.person.clone()]).await;
    world.is_ready().await;
    let calls = "trace=fdatasync,fsync,pwrite64,pwritev,write,writev,sendto,sendmsg";
    let strace = Strace::attach(world.node().pid(), &["-e", calls], world.folder()).await;
    let mut said = Vec::new();
    let mut dice = world.seed.dice("words");
    for _ in 0..20 {
        for client in [&alice, &bob] {
            let (client_id, text) = (ClientId(dice.uuid()), format!("word {} end", dice.uuid()));
            client.sends_draft(crate::world::Draft { client_id, room, text: text.clone() }).await;
            said.push((client_id, text));
        }
        alice.is_acknowledged().await;
    }
    bob.is_acknowledged().await;
    let lines = strace.detach().await;
    world.check().await;
    (unsafe_acks(&lines, &said), said.len())
}

/// R9
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finished_fsync_stands_between_every_message_and_its_acknowledgement() {
    let (found, said) = watched(World::start().await).await;
    assert!(found.is_empty(), "{} of {said}: {found:#?}", found.len());
}

/// R9, turned round: the same look finds a server that does not wait for its disk.
#[cfg(feature = "sabotage")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_look_at_the_calls_notices_synchronous_normal() {
    let world = World::start_with(&[("NATTER_SABOTAGE", "synchronous-normal")]).await;
    let (found, said) = watched(world).await;
    assert!(found.len() > said / 2, "{} of {said}: {found:#?}", found.len());
    assert!(!found.iter().any(|how| how.contains("were not seen")), "the test's own premise: {found:#?}");
}
