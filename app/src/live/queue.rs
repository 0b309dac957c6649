use super::{Outbox, Pending};
use std::time::Duration;

/// So many messages may go in a [`Queue::SPAN`]. A socket takes a burst of 20 commands and 2 a second after it, and what has
/// been seen and the missed changes need some of them.
const MESSAGES: u8 = 8;

/// Lets own messages go one at a time, so that they are stored in the order in which they were written.
#[derive(Debug, Default)]
pub struct Queue {
    /// How many went in the last span.
    recent: u8,
    /// The server has asked for a pause.
    is_paused: bool,
}

impl Queue {
    pub const SPAN: Duration = Duration::from_secs(5);

    /// The message that may go now; none while another one is on its way.
    pub fn next<'a>(&self, outbox: &'a Outbox, is_on_its_way: bool) -> Option<&'a Pending> {
        let is_held = is_on_its_way || self.is_paused || self.recent >= MESSAGES;
        outbox.sending().next().filter(|_| !is_held)
    }

    /// A message goes; a [`Queue::SPAN`] later it no longer counts.
    pub fn count(&mut self) {
        self.recent += 1;
    }

    pub fn discount(&mut self) {
        self.recent -= 1;
    }

    pub fn pause(&mut self, is_paused: bool) {
        self.is_paused = is_paused;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::outbox::tests::{outbox, pending};

    fn next(queue: &Queue, outbox: &Outbox) -> Option<i64> {
        queue.next(outbox, false).map(|pending| pending.at.get())
    }

    #[test]
    fn the_oldest_goes_first_and_alone() {
        let (queue, outbox) = (Queue::default(), outbox([pending(2), pending(1)]));
        assert_eq!(next(&queue, &outbox), Some(1));
        assert_eq!(queue.next(&outbox, true), None);
    }

    #[test]
    fn after_a_pause_the_oldest_goes_on_and_what_was_written_meanwhile_follows() {
        let (mut queue, mut outbox) = (Queue::default(), outbox([pending(1), pending(2)]));
        queue.pause(true);
        outbox.push(pending(3));
        assert_eq!(next(&queue, &outbox), None);
        queue.pause(false);
        let mut gone = Vec::new();
        while let Some(at) = next(&queue, &outbox) {
            gone.push(at);
            outbox.remove(pending(at).client_id);
        }
        assert_eq!(gone, [1, 2, 3]);
    }

    #[test]
    fn many_go_a_few_at_a_time() {
        let (mut queue, outbox) = (Queue::default(), outbox([pending(1)]));
        (0..MESSAGES).for_each(|_| queue.count());
        assert_eq!(next(&queue, &outbox), None);
        queue.discount();
        assert_eq!(next(&queue, &outbox), Some(1));
    }

    #[test]
    fn what_is_refused_or_stored_holds_up_nothing() {
        let refused = Pending { failure: Some("Too long.".into()), ..pending(1) };
        let stored = Pending { stored: Some(protocol::Rev::try_from(7).unwrap()), ..pending(2) };
        let outbox = outbox([refused, stored, pending(3)]);
        assert_eq!(next(&Queue::default(), &outbox), Some(3));
    }
}
