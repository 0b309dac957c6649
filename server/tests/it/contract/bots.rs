//! Bots: accounts that nobody logs in to.

use super::grant::{at, id, token};
use crate::support::House;
use domain::ports::{Account, NewBot, Registered};
use protocol::{DisplayName, Person, UserId, Username};

pub async fn a_bot_has_an_owner_and_no_way_to_log_in(house: House) {
    let alice = house.person("alice").await;
    let helper = made(&house, alice, "helper").await;
    let person = Person { id: helper, username: "helper".into(), name: "Helper".into() };
    let account = Account { person, email: String::new(), is_admin: false, bot_of: Some(alice) };
    assert_eq!(house.store().account(helper).await.unwrap(), Some(account));
    for login in ["helper", "bot:helper", "", "helper@example.org"] {
        assert!(house.store().credentials(login).await.unwrap().is_none(), "{login:?}");
    }
    assert!(house.store().credentials("alice").await.unwrap().is_some());
    assert_eq!(house.store().account(alice).await.unwrap().unwrap().bot_of, None);
}

pub async fn bots_and_people_share_the_usernames(house: House) {
    let alice = house.person("alice").await;
    made(&house, alice, "helper").await;
    for taken in ["alice", "helper"] {
        assert_eq!(house.store().insert_bot(bot(alice, taken)).await.unwrap(), Registered::UsernameTaken);
    }
    let person = house.store().insert_account(house.applicant("helper", "Helper")).await.unwrap();
    assert_eq!(person, Registered::UsernameTaken);
}

pub async fn bots_are_listed_for_their_owner_while_they_are_at_work(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let [second, first] = [made(&house, alice, "second").await, made(&house, alice, "first").await];
    made(&house, bob, "other").await;
    assert_eq!(bots(&house, alice).await, [second, first]);
    assert!(house.store().set_disabled(second, Some(at(2_000))).await.unwrap());
    assert_eq!(bots(&house, alice).await, [first]);
    assert_eq!(bots(&house, first).await, []);
}

pub async fn a_bot_takes_part_by_its_token(house: House) {
    let alice = house.person("alice").await;
    let helper = made(&house, alice, "helper").await;
    let room = house.group(alice, "Bakery", &[]).await;
    assert!(!house.store().open_session(&token("token", helper, Some(&[room]))).await.unwrap());
    house.store().add_members(&house.seat(alice, room).await, &[helper], at(1_000)).await.unwrap().unwrap();
    assert!(house.store().open_session(&token("token", helper, Some(&[room]))).await.unwrap());
    let caller = house.store().living(&id("token"), at(2_000)).await.unwrap().unwrap().caller;
    house.posts(&caller.seat(&house.env, room).await.unwrap(), "Fresh bread.").await;
    assert_eq!(house.view(alice, room).await.last.unwrap().author.id, helper);
}

async fn made(house: &House, owner: UserId, username: &str) -> UserId {
    match house.store().insert_bot(bot(owner, username)).await.unwrap() {
        Registered::Account(bot) => bot,
        taken => panic!("{username} is {taken:?}"),
    }
}

async fn bots(house: &House, owner: UserId) -> Vec<UserId> {
    house.store().bots(owner).await.unwrap().into_iter().map(|bot| bot.id).collect()
}

fn bot(owner: UserId, username: &str) -> NewBot {
    let display_name = username[..1].to_uppercase() + &username[1..];
    let (username, display_name) = (Username::parse(username).unwrap(), DisplayName::parse(&display_name).unwrap());
    NewBot { owner, username, display_name, at: at(1_000) }
}
