use crate::world::{Entry, Order, World, form};

/// R31: a client of an older build hears of a kind of change that it does not know, live and after an absence.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_know_a_kind_of_change_misses_nothing_else() {
    let mut world = World::start().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let room = world.room(&[alice.person.clone(), bob.person.clone()]).await;
    world.is_ready().await;
    let at = world.addr();
    let renames = async |name: &str| {
        let fields = [("room", &*room.to_string()), ("room_name", name)];
        assert_eq!(form(at, &alice.person.cookie, "rename_room", &fields).await.status(), 303);
        alice.sends(room).await;
        alice.is_acknowledged().await;
    };
    bob.order(Order::Forget).await;
    let mut rev = bob.status().heads[&room].get();
    for name in ["Pantry", "Larder", "Cellar"] {
        renames(name).await;
        rev += 2;
        bob.is("what was said under a new name", |status| status.heads[&room].get() == rev).await;
        bob.sends(room).await;
        rev += 1;
        bob.is("its own message", |status| status.heads[&room].get() == rev).await;
    }
    let is_anew = |entry: &Entry| matches!(entry, Entry::Anew { .. });
    let is_hole = |entry: &Entry| matches!(entry, Entry::Hole { .. });
    let (anew, readies) = (bob.history().count(is_anew), bob.status().readies);
    assert_eq!((bob.history().count(is_hole), readies), (0, 1), "it was not stopped and did not ask again");

    bob.order(Order::Leave).await;
    bob.is("its absence", |status| !status.is_ready).await;
    renames("Attic").await;
    // A server that has just started remembers no changes, and tells them together.
    assert!(world.node_mut().stop().await.0.success());
    world.start_server().await;
    bob.order(Order::Return).await;
    bob.is("what was said in its absence", |status| status.heads[&room].get() == rev + 2).await;
    assert_eq!(bob.history().count(is_anew), anew + 1, "it took the room as it stands");
    world.check().await;
}
