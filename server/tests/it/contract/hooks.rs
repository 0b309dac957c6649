//! Incoming webhooks: a bot, its seat and its token at once.

use super::grant::{at, id, scope, token};
use crate::support::{House, rev};
use domain::access::Access;
use domain::ports::{Hooked, NewBot, NewHook};
use protocol::{Change, DisplayName, Member, Person, Role, UserId, Username, What};

pub async fn a_hook_is_a_bot_with_a_seat_and_a_token_for_writing_there(house: House) {
    let alice = house.person("alice").await;
    let room = house.group(alice, "Bakery", &[]).await;
    let seat = house.seat(alice, room).await;
    let made = house.store().insert_hook(&seat, hook(alice, "builds", "door")).await.unwrap();
    let bots = house.store().bots(alice).await.unwrap();
    let [Person { id: bot, username, name, is_bot: true }] = &bots[..] else { panic!("{bots:?}") };
    assert_eq!((username.as_str(), name.as_str()), ("builds", "Builds"));
    let what = What::MemberJoined(Member { person: bots[0].clone(), role: Role::Member });
    assert_eq!(made, Hooked::Made(vec![Change { room, rev: rev(1), what }]));
    assert_eq!(house.member_ids(&seat).await, [alice, *bot]);
    let sessions = house.store().sessions_of(*bot, at(2_000)).await.unwrap();
    assert_eq!((sessions.len(), sessions[0].device.name.as_str()), (1, "Builds"));
    let caller = house.store().living(&id("door"), at(2_000)).await.unwrap().unwrap().caller;
    assert_eq!((caller.user, &caller.scope), (*bot, &scope(Some(&[room]), Access::Write)));
    house.posts(&caller.seat(&house.env, room).await.unwrap(), "Built.").await;
}

pub async fn of_a_hook_that_cannot_be_made_nothing_is_left(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let room = house.group(alice, "Bakery", &[bob]).await;
    let (seat, left) = (house.seat(alice, room).await, house.seat(bob, room).await);
    house.store().remove_member(&left, bob).await.unwrap().unwrap();
    house.store().open_session(&token("taken", alice, None)).await.unwrap();
    let before = house.view(alice, room).await;

    let no_name = house.store().insert_hook(&seat, hook(alice, "bob", "door")).await.unwrap();
    assert_eq!(no_name, Hooked::UsernameTaken);
    let no_seat = house.store().insert_hook(&left, hook(bob, "builds", "door")).await.unwrap();
    assert_eq!(no_seat, Hooked::NotInRoom);
    let no_token = house.store().insert_hook(&seat, hook(alice, "builds", "taken")).await;
    assert!(no_token.is_err(), "with the bot made and seated, its token cannot be kept: {no_token:?}");

    for owner in [alice, bob] {
        assert_eq!(house.store().bots(owner).await.unwrap(), []);
    }
    assert_eq!(house.view(alice, room).await, before);
    assert_eq!(house.store().living(&id("door"), at(2_000)).await.unwrap(), None);
    assert!(matches!(house.store().insert_hook(&seat, hook(alice, "builds", "door")).await.unwrap(), Hooked::Made(_)));
}

pub async fn of_two_hooks_of_one_name_at_once_one_is_made(house: House) {
    let alice = house.person("alice").await;
    let rooms = [house.group(alice, "Bakery", &[]).await, house.group(alice, "Oven", &[]).await];
    for n in 0..8 {
        let [bakery, oven] = [house.seat(alice, rooms[0]).await, house.seat(alice, rooms[1]).await];
        let (name, tokens) = (format!("bot{n}"), [format!("a{n}"), format!("b{n}")]);
        let one = house.store().insert_hook(&bakery, hook(alice, &name, &tokens[0]));
        let two = house.store().insert_hook(&oven, hook(alice, &name, &tokens[1]));
        let (one, two) = tokio::join!(one, two);
        let both = [one.unwrap(), two.unwrap()];
        assert_eq!(both.iter().filter(|hooked| matches!(hooked, Hooked::Made(_))).count(), 1, "{both:?}");
        assert_eq!(both.iter().filter(|hooked| **hooked == Hooked::UsernameTaken).count(), 1, "{both:?}");
    }
    assert_eq!(house.store().bots(alice).await.unwrap().len(), 8);
}

pub async fn a_hook_while_its_maker_is_renamed_hinders_neither(house: House) {
    let alice = house.person("alice").await;
    let room = house.group(alice, "Bakery", &[]).await;
    for n in 0..16 {
        let (seat, name) = (house.seat(alice, room).await, DisplayName::parse(&format!("Alice {n}")).unwrap());
        let new = hook(alice, &format!("bot{n}"), &format!("door{n}"));
        let (hooked, renamed) =
            tokio::join!(house.store().insert_hook(&seat, new), house.store().set_display_name(alice, &name));
        assert!(matches!(hooked.unwrap(), Hooked::Made(_)));
        assert_eq!(renamed.unwrap().len(), 1);
    }
}

fn hook(owner: UserId, username: &str, token: &str) -> NewHook {
    let display_name = username[..1].to_uppercase() + &username[1..];
    let (username, display_name) = (Username::parse(username).unwrap(), DisplayName::parse(&display_name).unwrap());
    NewHook {
        bot: NewBot { owner, username, display_name, limit: 50, at: at(1_000) },
        token: id(token),
        expires: at(5_000),
    }
}
