use protocol::{At, ClientId, MessageText, Rev, RoomId};
use serde::{Deserialize, Serialize};

/// What was written here and is not confirmed yet, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outbox(Vec<Pending>);

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    pub client_id: ClientId,
    pub room: RoomId,
    pub text: MessageText,
    pub at: At,
    /// Why the server refused it; `None` while it may still arrive.
    pub failure: Option<String>,
    /// It is in the browser's storage, where every tab of the person finds it.
    #[serde(skip)]
    pub is_kept: bool,
    /// Another tab has had it confirmed, or has given it up: here it only waits to be seen.
    #[serde(skip)]
    pub is_done: bool,
    /// Another tab has written it and is sending it.
    #[serde(skip)]
    pub is_elsewhere: bool,
    /// The server has stored it as this revision of its room, which has not come yet.
    #[serde(skip)]
    pub stored: Option<Rev>,
}

impl Outbox {
    /// Puts a message in its place.
    pub fn push(&mut self, pending: Pending) {
        let key = |pending: &Pending| (pending.at, pending.client_id);
        let at = self.0.iter().rposition(|other| key(other) <= key(&pending)).map_or(0, |at| at + 1);
        self.0.insert(at, pending);
    }

    /// Takes over what the browser's storage holds, which other tabs write too; the messages that those tabs are sending.
    ///
    /// One that was kept there and is gone has been confirmed or given up by another tab; one that was refused has been
    /// given up, and goes at once. One that could not be kept is known here alone, and stays.
    pub fn take_over(&mut self, kept: Vec<Pending>) -> Vec<ClientId> {
        let is_there = |id| kept.iter().any(|other: &Pending| other.client_id == id);
        let is_given_up =
            |pending: &Pending| pending.failure.is_some() && pending.is_kept && !is_there(pending.client_id);
        self.0.retain(|pending| !is_given_up(pending));
        for pending in &mut self.0 {
            pending.is_done = pending.is_kept && !is_there(pending.client_id);
        }
        let mut new = Vec::new();
        for pending in kept {
            match self.0.iter_mut().find(|known| known.client_id == pending.client_id) {
                Some(known) => {
                    if known.failure.is_some() && pending.failure.is_none() {
                        new.push(pending.client_id);
                        known.is_elsewhere = true;
                    }
                    known.failure = pending.failure;
                }
                None => {
                    new.push(pending.client_id);
                    self.push(Pending { is_kept: true, is_elsewhere: true, ..pending });
                }
            }
        }
        new
    }

    /// Everything that was missed has come, so what is done stands in its room or was given up.
    pub fn drop_done(&mut self) {
        self.0.retain(|pending| !pending.is_done);
    }

    pub fn has_done(&self) -> bool {
        self.0.iter().any(|pending| pending.is_done)
    }

    /// Those of a room.
    pub fn of(&self, room: RoomId) -> impl Iterator<Item = &Pending> {
        self.0.iter().filter(move |pending| pending.room == room)
    }

    /// Those that this tab is to send, oldest first.
    pub fn sending(&self) -> impl Iterator<Item = &Pending> {
        let waits = |pending: &&Pending| pending.failure.is_none() && pending.stored.is_none();
        self.0.iter().filter(waits).filter(|pending| !pending.is_done && !pending.is_elsewhere)
    }

    /// This tab sends some of them, whichever wrote them.
    pub fn take_on(&mut self, ids: &[ClientId]) {
        let theirs = self.0.iter_mut().filter(|pending| ids.contains(&pending.client_id));
        theirs.for_each(|pending| pending.is_elsewhere = false);
    }

    /// Everything that was missed has come: what is still here is sent (again), whichever tab wrote it.
    pub fn take_on_all(&mut self) {
        for pending in &mut self.0 {
            pending.is_elsewhere = false;
            pending.stored = None;
        }
    }

    /// Those that the server has stored in a room by this revision.
    pub fn stored_by(&self, room: RoomId, rev: Rev) -> impl Iterator<Item = ClientId> {
        let is_there = move |pending: &&Pending| pending.stored.is_some_and(|stored| stored <= rev);
        self.of(room).filter(is_there).map(|pending| pending.client_id)
    }

    /// Whether this tab is the only place that has one of them.
    pub fn is_only_here(&self) -> bool {
        self.0.iter().any(|pending| !pending.is_kept)
    }

    /// It is stored, or given up.
    pub fn remove(&mut self, id: ClientId) {
        self.0.retain(|pending| pending.client_id != id);
    }

    pub fn get(&self, id: ClientId) -> Option<&Pending> {
        self.0.iter().find(|pending| pending.client_id == id)
    }

    pub fn get_mut(&mut self, id: ClientId) -> Option<&mut Pending> {
        self.0.iter_mut().find(|pending| pending.client_id == id)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use uuid::Uuid;

    pub fn pending(at: i64) -> Pending {
        Pending {
            client_id: ClientId(Uuid::from_u128(at as u128)),
            room: RoomId::try_from(3).unwrap(),
            text: MessageText::parse("soup").unwrap(),
            at: At::try_from(at).unwrap(),
            failure: None,
            is_kept: true,
            is_done: false,
            is_elsewhere: false,
            stored: None,
        }
    }

    pub fn outbox(all: impl IntoIterator<Item = Pending>) -> Outbox {
        let mut outbox = Outbox::default();
        all.into_iter().for_each(|pending| outbox.push(pending));
        outbox
    }

    fn times(outbox: &Outbox) -> Vec<i64> {
        outbox.0.iter().map(|pending| pending.at.get()).collect()
    }

    #[test]
    fn what_another_tab_confirmed_goes_and_what_it_wrote_comes_in_its_place() {
        let mut outbox = outbox([pending(1), pending(4)]);
        let new = outbox.take_over(vec![pending(2), pending(4)]);
        assert_eq!((times(&outbox), new), (vec![1, 2, 4], vec![pending(2).client_id]));
        assert!(outbox.sending().all(|pending| pending.at.get() > 1), "nothing is sent that another tab is done with");
        outbox.drop_done();
        assert_eq!(outbox.take_over(vec![pending(4), pending(2)]), []);
        assert_eq!(times(&outbox), [2, 4]);
    }

    #[test]
    fn what_another_tab_gave_up_goes_without_a_connection() {
        let failed = |at| Pending { failure: Some("Too long.".into()), ..pending(at) };
        let mut outbox = outbox([failed(1), Pending { is_kept: false, ..failed(2) }, pending(3)]);
        outbox.take_over(Vec::new());
        assert_eq!(times(&outbox), [2, 3]);
    }

    #[test]
    fn what_could_not_be_kept_stays() {
        let mut outbox = outbox([Pending { is_kept: false, ..pending(1) }, pending(2)]);
        assert!(outbox.is_only_here());
        outbox.take_over(Vec::new());
        outbox.drop_done();
        assert_eq!(times(&outbox), [1]);
    }

    #[test]
    fn what_failed_in_one_tab_has_failed_in_all() {
        let mut outbox = outbox([pending(1)]);
        let failed = Pending { failure: Some("Too long.".into()), ..pending(1) };
        outbox.take_over(vec![failed]);
        assert_eq!(outbox.sending().count(), 0);
        assert_eq!(outbox.take_over(vec![pending(1)]), [pending(1).client_id], "another tab tries again");
        assert_eq!(outbox.sending().count(), 0);
        outbox.take_on(&[pending(1).client_id]);
        assert_eq!(outbox.sending().count(), 1);
    }

    #[test]
    fn what_another_tab_wrote_is_sent_here_only_when_it_is_taken_on() {
        let mut outbox = outbox([pending(2)]);
        let new = outbox.take_over(vec![pending(1), pending(2)]);
        assert!(outbox.sending().all(|pending| pending.at.get() == 2));
        outbox.take_on(&new);
        assert_eq!(outbox.sending().count(), 2);
        outbox.get_mut(pending(1).client_id).unwrap().stored = Some(Rev::try_from(7).unwrap());
        assert_eq!(outbox.sending().count(), 1);
        outbox.take_on_all();
        assert_eq!(outbox.sending().count(), 2, "its revision belongs to a connection that is gone");
    }

    #[test]
    fn what_is_stored_waits_for_its_revision() {
        let rev = |n: i64| Rev::try_from(n).unwrap();
        let mut outbox = outbox([pending(1), pending(2)]);
        outbox.get_mut(pending(2).client_id).unwrap().stored = Some(rev(7));
        let room = pending(1).room;
        assert_eq!(outbox.stored_by(room, rev(6)).count(), 0);
        assert!(outbox.stored_by(room, rev(7)).eq([pending(2).client_id]));
    }

    #[test]
    fn a_message_is_read_back_as_it_was_kept() {
        let failed = Pending { failure: Some("Too \"long\".".into()), ..pending(1) };
        let text = serde_json::to_string(&failed).unwrap();
        let read: Pending = protocol::json::read(&text).unwrap();
        assert_eq!(read, Pending { is_kept: false, ..failed });
    }
}
