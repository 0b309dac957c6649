use crate::support::House;
use domain::ports::{Device, SessionId, SessionRecord};
use protocol::At;

pub async fn a_session_is_kept_as_it_was_saved(house: House) {
    let alice = house.person("alice").await;
    let mut record = session("s1", 5_000);
    assert!(house.store().create_session(&record).await.unwrap());
    assert_eq!(found(&house, "s1", 2_000).await, Some(record.clone()));

    record = SessionRecord { user: Some(alice), data: r#"{"alice":1}"#.into(), expires: at(9_000), ..record };
    house.store().save_session(&record).await.unwrap();
    assert_eq!(found(&house, "s1", 2_000).await, Some(record));
    assert_eq!(found(&house, "s2", 2_000).await, None);
}

pub async fn a_taken_id_is_not_given_again(house: House) {
    let first = session("s1", 5_000);
    assert!(house.store().create_session(&first).await.unwrap());
    let second = SessionRecord { data: "another".into(), ..first.clone() };
    assert!(!house.store().create_session(&second).await.unwrap());
    assert_eq!(found(&house, "s1", 2_000).await, Some(first));
}

pub async fn an_ended_session_never_comes_back(house: House) {
    let record = session("s1", 5_000);
    house.store().create_session(&record).await.unwrap();
    assert!(found(&house, "s1", 2_000).await.is_some());
    house.store().delete_session(&record.id).await.unwrap();
    house.store().save_session(&record).await.unwrap();
    assert_eq!(found(&house, "s1", 2_000).await, None);
}

pub async fn an_expired_session_is_not_found_and_can_be_swept_away(house: House) {
    let (short, long) = (session("short", 2_000), session("long", 5_000));
    house.store().create_session(&short).await.unwrap();
    house.store().create_session(&long).await.unwrap();
    assert!(found(&house, "short", 2_000).await.is_some());
    assert!(found(&house, "short", 2_001).await.is_none());

    assert!(house.store().delete_expired_sessions(at(2_000), 500).await.unwrap());
    assert!(found(&house, "short", 2_000).await.is_some());
    assert!(house.store().delete_expired_sessions(at(2_001), 500).await.unwrap());
    assert!(found(&house, "short", 2_000).await.is_none());
    assert!(found(&house, "long", 2_000).await.is_some());
}

pub async fn expired_sessions_are_swept_a_few_at_a_time(house: House) {
    for number in 0..5 {
        house.store().create_session(&session(&format!("short {number}"), 2_000)).await.unwrap();
    }
    house.store().create_session(&session("long", 5_000)).await.unwrap();
    for is_done in [false, false, true] {
        assert_eq!(house.store().delete_expired_sessions(at(2_001), 2).await.unwrap(), is_done);
    }
    for number in 0..5 {
        assert!(found(&house, &format!("short {number}"), 2_000).await.is_none());
    }
    house.clock.set(5_001);
    assert!(found(&house, "long", 2_000).await.is_some());
    domain::sessions::sweep(&house.env).await.unwrap();
    assert!(found(&house, "long", 2_000).await.is_none());
}

pub async fn the_living_among_many_sessions_are_told(house: House) {
    let alice = house.person("alice").await;
    let id = |name: &str| SessionId(name.into());
    let of_alice = |name, expires| SessionRecord { user: Some(alice), ..session(name, expires) };
    let records =
        [of_alice("long", 5_000), of_alice("short", 2_000), of_alice("ended", 5_000), session("nobody's", 5_000)];
    for record in &records {
        assert!(house.store().create_session(record).await.unwrap());
    }
    house.store().delete_session(&id("ended")).await.unwrap();
    let asked = ["nobody's", "ended", "short", "never \"was\"", "long"].map(id);
    let living = async |now| {
        let mut living = house.store().living_sessions(&asked, at(now)).await.unwrap();
        living.sort_by(|one, other| one.0.cmp(&other.0));
        living
    };
    assert_eq!(living(2_000).await, [id("long"), id("short")]);
    assert_eq!(living(2_001).await, [id("long")]);
    assert_eq!(house.store().living_sessions(&[], at(2_000)).await.unwrap(), []);
    assert_eq!(house.store().living_sessions(&[id("short")], at(2_000)).await.unwrap(), [id("short")]);
}

async fn found(house: &House, id: &str, now: i64) -> Option<SessionRecord> {
    house.store().session(&SessionId(id.into()), at(now)).await.unwrap()
}

fn session(id: &str, expires: i64) -> SessionRecord {
    let (id, data, device) = (SessionId(id.into()), "{}".into(), Device::default());
    SessionRecord { id, user: None, data, device, created: at(1_000), seen: at(1_000), expires: at(expires) }
}

fn at(millis: i64) -> At {
    At::try_from(millis).unwrap()
}
