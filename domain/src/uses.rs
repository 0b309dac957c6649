use crate::ports::SessionId;
use std::collections::HashSet;
use std::sync::Mutex;

/// Sessions that were used since it was last written down: many people who come at once are one write, and none of them
/// waits for it. What is lost with the process comes again with the next use.
#[derive(Default)]
pub struct Uses(Mutex<HashSet<SessionId>>);

impl Uses {
    /// More at once are left for their next use.
    const MOST: usize = 100_000;

    pub(crate) fn note(&self, session: &SessionId) {
        let mut noted = self.0.lock().expect("nobody panics with it");
        if noted.len() < Self::MOST {
            noted.insert(session.clone());
        }
    }

    pub(crate) fn take(&self) -> Vec<SessionId> {
        std::mem::take(&mut *self.0.lock().expect("nobody panics with it")).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_session_is_taken_once() {
        let uses = Uses::default();
        for name in ["a", "b", "a"] {
            uses.note(&SessionId(name.into()));
        }
        assert_eq!(uses.take().len(), 2);
        assert_eq!(uses.take(), []);
    }

    #[test]
    fn it_takes_no_more_than_it_can_hold() {
        let uses = Uses::default();
        for number in 0..=Uses::MOST {
            uses.note(&SessionId(number.to_string()));
        }
        assert_eq!(uses.take().len(), Uses::MOST);
    }
}
