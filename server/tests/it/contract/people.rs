//! People as administrators see them, and what is done to their accounts.

use super::grant::{at, id, log_in, token};
use super::orders::{administrator, bot, nobody, operator, order, told};
use crate::support::House;
use domain::Error;
use domain::administration::people;
use domain::ports::{Act, NewAccount, NewSession, PeopleFilter, PeopleSearch, PersonRecord, Refusal, Shut};
use protocol::{DisplayName, Email, Person, Username};

pub async fn an_administrator_sees_an_account_whole(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let helper = bot(&house, bob, "helper").await;
    house.store().open_session(&log_in("phone", bob)).await.unwrap();
    house.store().touch_sessions(&[id("phone")], at(3_000)).await.unwrap();
    let person = Person { id: bob, username: "bob".into(), name: "Bob".into(), is_bot: false };
    let expected = PersonRecord {
        person,
        email: "bob@example.org".into(),
        is_admin: false,
        disabled: None,
        bot_of: None,
        created: at(1_000),
        seen: Some(at(3_000)),
    };
    assert_eq!(house.store().person_record(bob).await.unwrap(), Some(expected.clone()));
    assert_eq!(house.store().person_called("BOB@example.org").await.unwrap(), Some(expected));
    let helper = house.store().person_record(helper).await.unwrap().unwrap();
    assert_eq!((helper.email.as_str(), helper.bot_of, helper.seen), ("", Some(bob), None));
    assert!(house.store().person_record(alice).await.unwrap().unwrap().is_admin);
    assert_eq!(house.store().person_record(nobody()).await.unwrap(), None);
}

pub async fn an_account_is_called_by_either_name_also_when_it_is_shut(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let helper = bot(&house, alice, "helper").await;
    house.store().disable(operator(), bob).await.unwrap().unwrap();
    for (login, found) in [
        ("Bob", Some(bob)),
        ("bob@example.org", Some(bob)),
        ("helper", Some(helper)),
        ("bot:helper", None),
        ("", None),
        ("bo", None),
    ] {
        let called = house.store().person_called(login).await.unwrap();
        assert_eq!(called.map(|record| record.person.id), found, "{login:?}");
    }
    let admin = administrator(&house, alice).await;
    assert!(matches!(people::called(&house.env, &admin, "al\0ice").await, Err(Error::NotFound)));
}

pub async fn people_are_searched_by_words_and_state(house: House) {
    let [alice, bob] = house.people(["alice", "bob", "carol"]).await[..2].try_into().unwrap();
    house.store().set_display_name(bob, &DisplayName::parse("Élodie 100%").unwrap()).await.unwrap();
    bot(&house, alice, "helper").await;
    let jose = NewAccount { email: Email::parse("josé@example.org").unwrap(), ..house.applicant("jose", "J.") };
    house.store().insert_account(jose).await.unwrap();
    house.store().disable(operator(), bob).await.unwrap().unwrap();
    for (words, filter, found) in [
        ("", PeopleFilter::All, &["alice", "bob", "carol", "helper", "jose"][..]),
        ("", PeopleFilter::Open, &["alice", "carol", "jose"]),
        ("", PeopleFilter::Disabled, &["bob"]),
        ("", PeopleFilter::Administrators, &["alice"]),
        ("", PeopleFilter::Bots, &["helper"]),
        ("AL", PeopleFilter::All, &["alice"]),
        ("élo", PeopleFilter::All, &["bob"]),
        ("elo", PeopleFilter::All, &["bob"]),
        ("@bo", PeopleFilter::All, &["bob"]),
        ("0%", PeopleFilter::All, &["bob"]),
        ("_", PeopleFilter::All, &[]),
        ("CAROL@EX", PeopleFilter::All, &["carol"]),
        ("bot:", PeopleFilter::All, &[]),
        ("JOSÉ@ex", PeopleFilter::All, &["jose"]),
        ("\u{301}", PeopleFilter::All, &[]),
    ] {
        let search = PeopleSearch { words: words.into(), filter, after: None };
        assert_eq!(usernames(&house, search, 10).await, found, "{words:?} {filter:?}");
    }
}

pub async fn people_come_in_pages_by_username(house: House) {
    house.people(["dave", "alice", "carol", "bob", "erin"]).await;
    let mut pages = Vec::new();
    let mut after = None;
    loop {
        let page = usernames(&house, PeopleSearch { after: after.clone(), ..PeopleSearch::default() }, 2).await;
        let Some(last) = page.last() else { break };
        after = Some(Username::parse(last).unwrap());
        pages.push(page);
    }
    assert_eq!(pages, [vec!["alice", "bob"], vec!["carol", "dave"], vec!["erin"]]);
}

pub async fn a_disabled_person_is_out_with_their_bots(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let (helper, others) = (bot(&house, bob, "helper").await, bot(&house, alice, "others").await);
    house.store().open_session(&log_in("phone", bob)).await.unwrap();
    for (name, user) in [("bobs", bob), ("helpers", helper), ("others", others)] {
        house.store().open_session(&token(name, user, None)).await.unwrap();
    }
    let mut shut = house.store().disable(order(&house, alice).await, bob).await.unwrap().unwrap().accounts;
    shut.sort_unstable();
    assert_eq!(shut, [bob, helper]);
    let all = ["phone", "bobs", "helpers", "others"].map(id);
    assert_eq!(house.store().living_sessions(&all, at(2_000)).await.unwrap(), [id("others")]);
    assert!(house.store().credentials("bob").await.unwrap().is_none());
    assert!(!opens(&house, &token("again", helper, None)).await);
    let record = house.store().person_record(bob).await.unwrap().unwrap();
    assert_eq!((record.disabled, record.seen), (Some(at(2_000)), None));
    let line = (Some("alice".to_owned()), Act::Disable, Some("bob".to_owned()));
    assert_eq!(told(&house).await, [line]);
    // Once is enough.
    assert_eq!(house.store().disable(operator(), bob).await.unwrap(), Ok(Shut::default()));
    assert_eq!(house.store().disable(operator(), nobody()).await.unwrap(), Err(Refusal::NotThere));
    assert_eq!(told(&house).await.len(), 1);
}

pub async fn an_enabled_person_comes_back_with_the_bots_that_were_at_work(house: House) {
    let [_, bob] = house.people(["alice", "bob"]).await;
    let (helper, retired) = (bot(&house, bob, "helper").await, bot(&house, bob, "retired").await);
    house.store().open_session(&token("helpers", helper, None)).await.unwrap();
    assert!(house.store().set_disabled(retired, Some(at(1_500))).await.unwrap().is_some());
    house.store().disable(operator(), bob).await.unwrap().unwrap();
    assert_eq!(house.store().enable(operator(), helper).await.unwrap(), Err(Refusal::Disabled), "its owner is out");

    house.store().enable(operator(), bob).await.unwrap().unwrap();

    assert!(house.store().credentials("bob").await.unwrap().is_some());
    assert_eq!(house.store().living(&id("helpers"), at(2_000)).await.unwrap(), None, "its token has ended for good");
    assert!(opens(&house, &token("new", helper, None)).await);
    assert!(!opens(&house, &token("old", retired, None)).await);
    house.store().enable(operator(), retired).await.unwrap().unwrap();
    assert!(opens(&house, &token("old", retired, None)).await);
    assert_eq!(house.store().enable(operator(), bob).await.unwrap(), Ok(Vec::new()));
    assert_eq!(house.store().enable(operator(), nobody()).await.unwrap(), Err(Refusal::NotThere));
    let acts: Vec<_> = told(&house).await.into_iter().map(|(_, act, person)| (act, person.unwrap())).collect();
    let [bob, retired] = ["bob", "retired"].map(str::to_owned);
    assert_eq!(acts, [(Act::Disable, bob.clone()), (Act::Enable, bob), (Act::Enable, retired)]);
}

pub async fn a_bot_retired_twice_over_opens_with_nobody(house: House) {
    let [_, bob] = house.people(["alice", "bob"]).await;
    let helper = bot(&house, bob, "helper").await;
    house.store().disable(operator(), bob).await.unwrap().unwrap();
    // A retirement that was under way comes late.
    assert!(house.store().set_disabled(helper, Some(at(2_100))).await.unwrap().is_some());
    house.store().enable(operator(), bob).await.unwrap().unwrap();
    assert!(!opens(&house, &token("new", helper, None)).await);
}

pub async fn who_is_disabled_gets_no_bot(house: House) {
    let [_, bob] = house.people(["alice", "bob"]).await;
    house.store().disable(operator(), bob).await.unwrap().unwrap();
    let new = domain::ports::NewBot {
        owner: bob,
        username: Username::parse("late").unwrap(),
        display_name: DisplayName::parse("Late").unwrap(),
        limit: 50,
        at: at(2_000),
    };
    assert!(!matches!(house.store().insert_bot(new).await.unwrap(), domain::ports::Registered::Account(_)));
}

pub async fn bots_made_while_their_owner_is_disabled_are_out_too(house: House) {
    let [_, bob] = house.people(["alice", "bob"]).await;
    for n in 0..8 {
        let (store, name) = (house.store(), format!("bot{n}"));
        let new = domain::ports::NewBot {
            owner: bob,
            username: Username::parse(&name).unwrap(),
            display_name: DisplayName::parse("Helper").unwrap(),
            limit: 50,
            at: at(1_000),
        };
        let (made, shut) = tokio::join!(store.insert_bot(new), store.disable(operator(), bob));
        shut.unwrap().unwrap();
        if let domain::ports::Registered::Account(bot) = made.unwrap() {
            assert!(!opens(&house, &token(&name, bot, None)).await);
        }
        house.store().enable(operator(), bob).await.unwrap().unwrap();
    }
}

pub async fn an_administrator_ends_all_access_of_a_person_and_their_bots(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let (helper, others) = (bot(&house, bob, "helper").await, bot(&house, alice, "others").await);
    house.store().open_session(&log_in("phone", bob)).await.unwrap();
    for (name, user) in [("bobs", bob), ("helpers", helper), ("others", others), ("alices", alice)] {
        house.store().open_session(&token(name, user, None)).await.unwrap();
    }
    let mut ended = house.store().end_access(order(&house, alice).await, bob).await.unwrap().unwrap();
    ended.sort_unstable();
    assert_eq!(ended, [bob, helper]);
    let mut living = house
        .store()
        .living_sessions(&["phone", "bobs", "helpers", "others", "alices"].map(id), at(2_000))
        .await
        .unwrap();
    living.sort_by(|one, two| one.0.cmp(&two.0));
    assert_eq!(living, ["alices", "others"].map(id));
    assert!(opens(&house, &log_in("again", bob)).await, "the account stays open");
    assert_eq!(told(&house).await, [(Some("alice".into()), Act::EndAccess, Some("bob".into()))]);
    assert_eq!(house.store().end_access(operator(), nobody()).await.unwrap(), Err(Refusal::NotThere));
    let since = house.store().acts(Some(domain::ports::ActId(0))).await.unwrap();
    assert!(since.shut_out.contains(&bob) && since.shut_out.contains(&helper), "the other nodes are told: {since:?}");
}

pub async fn an_administrator_ends_log_ins_and_leaves_tokens(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    house.store().open_session(&log_in("phone", bob)).await.unwrap();
    house.store().open_session(&token("token", bob, None)).await.unwrap();
    house.store().open_session(&token("alices", alice, None)).await.unwrap();
    house.store().end_log_ins(order(&house, alice).await, bob).await.unwrap().unwrap();
    let mut living = house.store().living_sessions(&["phone", "token", "alices"].map(id), at(2_000)).await.unwrap();
    living.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(living, [id("alices"), id("token")]);
    assert_eq!(house.store().end_log_ins(operator(), nobody()).await.unwrap(), Err(Refusal::NotThere));
    assert_eq!(told(&house).await, [(Some("alice".into()), Act::EndLogIns, Some("bob".into()))]);
}

async fn usernames(house: &House, search: PeopleSearch, limit: u32) -> Vec<String> {
    let found = house.store().people(&search, limit).await.unwrap();
    found.into_iter().map(|record| record.person.username).collect()
}

async fn opens(house: &House, session: &NewSession) -> bool {
    house.store().open_session(session).await.unwrap()
}
