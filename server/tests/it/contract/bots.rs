//! Bots: accounts that nobody logs in to.

use super::grant::{at, id, token};
use crate::support::{House, rev};
use domain::ports::{Account, Missed, NewBot, Opened, Posted, Registered};
use protocol::{DisplayName, Page, Person, UserId, Username, What};

pub async fn a_bot_has_an_owner_and_no_way_to_log_in(house: House) {
    let alice = house.person("alice").await;
    let helper = made(&house, alice, "helper").await;
    let person = Person { id: helper, username: "helper".into(), name: "Helper".into(), is_bot: true };
    let account = Account { person, email: String::new(), is_admin: false, bot_of: Some(alice), is_hook: false };
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
    assert!(house.store().set_disabled(second, Some(at(2_000))).await.unwrap().is_some());
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

pub async fn whoever_reads_of_a_bot_is_told_that_it_is_one(house: House) {
    let alice = house.person("alice").await;
    let helper = made(&house, alice, "helper").await;
    let room = house.group(alice, "Bakery", &[helper]).await;
    let (hers, its) = (house.seat(alice, room).await, house.seat(helper, room).await);
    for (seat, is_bot) in [(&hers, false), (&its, true)] {
        let Posted::New { message, .. } = house.inserts(seat, &house.draft("Good morning.")).await else { panic!() };
        assert_eq!(message.author.is_bot, is_bot);
        assert_eq!(house.view(alice, room).await.last.unwrap().author.is_bot, is_bot);
    }
    let store = house.store();
    let slice = store.messages(&hers, Page::Newest, 10).await.unwrap().unwrap();
    assert_eq!(slice.messages.iter().map(|message| message.author.is_bot).collect::<Vec<_>>(), [false, true]);
    let members = store.members(&hers, None, 100).await.unwrap().unwrap();
    assert_eq!(members.iter().map(|record| record.member.person.is_bot).collect::<Vec<_>>(), [false, true]);
    let Some(Missed::Changes(missed)) = store.missed(&hers, rev(1), 10).await.unwrap() else { panic!() };
    assert!(matches!(&missed.changes[0].what, What::Message(message) if message.author.is_bot));
    let renamed = store.set_display_name(helper, &DisplayName::parse("Aide").unwrap()).await.unwrap();
    assert!(matches!(&renamed[0].what, What::MemberChanged(member) if member.person.is_bot));

    assert!(store.search_people(alice, "aide", 10).await.unwrap()[0].person.is_bot);
    assert!(store.add_contact(alice, helper).await.unwrap());
    assert!(store.contacts(alice).await.unwrap()[0].is_bot);
    let Opened::New(direct) = store.open_direct(alice, helper, at(1_000)).await.unwrap() else { panic!() };
    assert!(house.view(alice, direct).await.other.unwrap().is_bot);
    assert!(!house.view(helper, direct).await.other.unwrap().is_bot);
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
    NewBot { owner, username, display_name, limit: 50, at: at(1_000) }
}
