//! Invitations: as many accounts as they have uses, and none more.

use super::grant::{at, digest};
use super::orders::{log, operator, order, told};
use crate::support::House;
use domain::Registration;
use domain::ports::{Act, Admission, InvitationId, NewAccount, NewInvitation, Refusal, Registered};
use futures::future::join_all;
use protocol::Note;
use std::sync::atomic::{AtomicBool, Ordering};

pub async fn an_invitation_is_good_for_its_uses(house: House) {
    house.person("alice").await;
    invite(&house, 1, 2).await;
    assert!(house.store().is_invited(digest(1), at(2_000)).await.unwrap());
    for name in ["bob", "carol"] {
        assert!(matches!(register(&house, name, Admission::Invited(digest(1))).await, Registered::Account(_)));
    }
    assert!(!house.store().is_invited(digest(1), at(2_000)).await.unwrap());
    assert_eq!(register(&house, "dave", Admission::Invited(digest(1))).await, Registered::NotAdmitted);
    assert_eq!(register(&house, "dave", Admission::Invited(digest(2))).await, Registered::NotAdmitted);
}

pub async fn never_more_accounts_are_made_than_an_invitation_has_uses(house: House) {
    house.person("alice").await;
    invite(&house, 1, 3).await;
    let names: Vec<_> = (0..12).map(|n| format!("guest{n}")).collect();
    let made = names.iter().map(|name| register(&house, name, Admission::Invited(digest(1))));
    let made = join_all(made).await;
    let count = |wanted: fn(&Registered) -> bool| made.iter().filter(|made| wanted(made)).count();
    assert_eq!(count(|made| matches!(made, Registered::Account(_))), 3, "{made:?}");
    assert_eq!(count(|made| *made == Registered::NotAdmitted), 9, "{made:?}");
    assert_eq!(house.store().invitations(at(2_000), None, 10).await.unwrap(), [], "it is used up");
}

pub async fn a_name_that_is_taken_uses_no_invitation_up(house: House) {
    house.person("alice").await;
    invite(&house, 1, 1).await;
    assert_eq!(register(&house, "alice", Admission::Invited(digest(1))).await, Registered::UsernameTaken);
    assert!(matches!(register(&house, "bob", Admission::Invited(digest(1))).await, Registered::Account(_)));
}

pub async fn an_invitation_expires_and_can_be_revoked(house: House) {
    let alice = house.person("alice").await;
    let id = invite(&house, 1, 5).await;
    assert!(house.store().is_invited(digest(1), at(9_000)).await.unwrap());
    assert!(!house.store().is_invited(digest(1), at(9_001)).await.unwrap());
    let late = NewAccount { at: at(9_001), ..applicant(&house, "bob", Admission::Invited(digest(1))) };
    assert_eq!(house.store().insert_account(late).await.unwrap(), Registered::NotAdmitted);

    house.store().revoke_invitation(order(&house, alice).await, id).await.unwrap().unwrap();

    assert!(!house.store().is_invited(digest(1), at(2_000)).await.unwrap());
    assert_eq!(register(&house, "bob", Admission::Invited(digest(1))).await, Registered::NotAdmitted);
    assert_eq!(house.store().revoke_invitation(operator(), id).await.unwrap(), Ok(()));
    assert_eq!(house.store().revoke_invitation(operator(), InvitationId(99)).await.unwrap(), Err(Refusal::NotThere));
    let lines = log(&house).await.into_iter().map(|entry| (entry.act, entry.detail));
    let name = format!("#{}, For the choir", id.0);
    assert_eq!(lines.collect::<Vec<_>>(), [(Act::Invite, name.clone()), (Act::RevokeInvitation, name)]);
}

pub async fn invitations_are_listed_in_pages_the_newest_first(house: House) {
    let alice = house.person("alice").await;
    let first = invite(&house, 1, 1).await;
    let new = NewInvitation { digest: digest(2), note: None, uses: 3, expires: at(8_000) };
    let second = house.store().insert_invitation(order(&house, alice).await, &new).await.unwrap().unwrap();
    let third = invite(&house, 3, 1).await;
    let page = house.store().invitations(at(2_000), None, 2).await.unwrap();
    assert_eq!(page.iter().map(|invitation| invitation.id).collect::<Vec<_>>(), [third, second]);
    let last = &page[1];
    assert_eq!(last.made_by.as_ref().map(|maker| maker.id), Some(alice));
    assert_eq!((last.note.as_str(), last.uses, last.uses_left), ("", 3, 3));
    assert_eq!((last.created, last.expires), (at(2_000), at(8_000)));
    let page = house.store().invitations(at(2_000), Some(second), 2).await.unwrap();
    assert_eq!(
        page.iter().map(|invitation| (invitation.id, invitation.made_by.is_none())).collect::<Vec<_>>(),
        [(first, true)]
    );
}

pub async fn invitations_that_have_ended_take_no_place_on_a_page(house: House) {
    house.person("alice").await;
    let [open, revoked, spent] = [invite(&house, 1, 2).await, invite(&house, 2, 1).await, invite(&house, 3, 1).await];
    let early = NewInvitation { digest: digest(4), note: None, uses: 1, expires: at(3_000) };
    let early = house.store().insert_invitation(operator(), &early).await.unwrap().unwrap();
    let listed = async |now| {
        let found = house.store().invitations(at(now), None, 4).await.unwrap();
        found.into_iter().map(|invitation| invitation.id).collect::<Vec<_>>()
    };
    assert_eq!(listed(3_000).await, [early, spent, revoked, open]);
    house.store().revoke_invitation(operator(), revoked).await.unwrap().unwrap();
    for (name, secret) in [("bob", 3), ("carol", 1)] {
        assert!(matches!(register(&house, name, Admission::Invited(digest(secret))).await, Registered::Account(_)));
    }
    assert_eq!(listed(3_000).await, [early, open]);
    assert_eq!(listed(3_001).await, [open], "a use of it is left");
    let first = house.store().invitations(at(3_001), None, 1).await.unwrap();
    assert_eq!(first.iter().map(|found| (found.id, found.uses_left)).collect::<Vec<_>>(), [(open, 1)]);
    assert_eq!(listed(9_001).await, []);
}

pub async fn the_first_account_needs_no_invitation(house: House) {
    assert!(matches!(register(&house, "alice", Admission::Invited(digest(1))).await, Registered::Account(_)));
    assert_eq!(register(&house, "bob", Admission::First).await, Registered::NotAdmitted);
}

pub async fn of_two_first_accounts_at_once_where_registration_is_closed_one_is_made(house: House) {
    let made = ["alice", "bob", "carol"].map(|name| register(&house, name, Admission::First));
    let made = join_all(made).await;
    assert_eq!(made.iter().filter(|made| matches!(made, Registered::Account(_))).count(), 1, "{made:?}");
    assert_eq!(made.iter().filter(|made| **made == Registered::NotAdmitted).count(), 2, "{made:?}");
}

pub async fn an_administrator_makes_an_account_for_somebody(house: House) {
    let by_operator = Admission::By(operator().by);
    let Registered::Account(alice) = register(&house, "alice", by_operator).await else { panic!("nobody was there") };
    assert!(house.store().account(alice).await.unwrap().unwrap().is_admin, "the first of all");
    let by_alice = Admission::By(order(&house, alice).await.by);
    let Registered::Account(bob) = register(&house, "bob", by_alice).await else { panic!("alice administers") };
    assert!(!house.store().account(bob).await.unwrap().unwrap().is_admin);
    assert_eq!(register(&house, "bob", by_alice).await, Registered::UsernameTaken);
    let lines =
        [(None, Act::AddPerson, Some("alice".into())), (Some("alice".into()), Act::AddPerson, Some("bob".into()))];
    assert_eq!(told(&house).await, lines);

    house.store().make_administrator(operator(), bob).await.unwrap().unwrap();
    house.store().remove_administrator(operator(), alice).await.unwrap().unwrap();
    assert_eq!(register(&house, "carol", by_alice).await, Registered::NotAdmitted);
}

pub async fn nobody_registers_once_registration_is_closed(house: House) {
    house.person("alice").await;
    invite(&house, 1, 5).await;
    let set = async |mode| house.store().set_registration(operator(), mode).await.unwrap().unwrap();
    set(Registration::Closed).await;
    for admission in [Admission::Open, Admission::Invited(digest(1))] {
        assert_eq!(register(&house, "bob", admission).await, Registered::NotAdmitted);
    }
    set(Registration::Invitation).await;
    assert_eq!(register(&house, "bob", Admission::Open).await, Registered::NotAdmitted);
    assert!(matches!(register(&house, "bob", Admission::Invited(digest(1))).await, Registered::Account(_)));
    // What the configuration fixes counts alone.
    let fixed = |name, fixed| NewAccount { fixed: Some(fixed), ..applicant(&house, name, Admission::Open) };
    let open = house.store().insert_account(fixed("carol", Registration::Open)).await.unwrap();
    assert!(matches!(open, Registered::Account(_)), "{open:?}");
    set(Registration::Open).await;
    let closed = house.store().insert_account(fixed("dave", Registration::Closed)).await.unwrap();
    assert_eq!(closed, Registered::NotAdmitted);
}

pub async fn accounts_under_way_while_registration_closes_come_before_or_not_at_all(house: House) {
    house.person("alice").await;
    let closed = AtomicBool::new(false);
    let names: Vec<_> = (0..24).map(|n| format!("guest{n}")).collect();
    let registers = join_all(names.iter().map(async |name| {
        let was_closed = closed.load(Ordering::SeqCst);
        let made = register(&house, name, Admission::Open).await;
        assert!(!was_closed || made == Registered::NotAdmitted, "{name} came in late");
        made
    }));
    let closes = async {
        house.store().set_registration(operator(), Registration::Closed).await.unwrap().unwrap();
        closed.store(true, Ordering::SeqCst);
        let count = house.store().statistics(at(0)).await.unwrap().people;
        (count, register(&house, "late", Admission::Open).await)
    };
    let (made, (count, late)) = tokio::join!(registers, closes);
    assert_eq!(late, Registered::NotAdmitted);
    let made = made.iter().filter(|made| matches!(made, Registered::Account(_))).count() as u64;
    assert_eq!(count, made + 1, "nobody came in after the closing was stored");
}

async fn invite(house: &House, secret: u8, uses: u32) -> InvitationId {
    let note = Some(Note::parse("For the choir").unwrap());
    let new = NewInvitation { digest: digest(secret), note, uses, expires: at(9_000) };
    house.store().insert_invitation(operator(), &new).await.unwrap().unwrap()
}

fn applicant(house: &House, username: &str, admission: Admission) -> NewAccount {
    NewAccount { admission, ..house.applicant(username, "Somebody") }
}

async fn register(house: &House, username: &str, admission: Admission) -> Registered {
    house.store().insert_account(applicant(house, username, admission)).await.unwrap()
}
