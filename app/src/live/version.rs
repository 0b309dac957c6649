//! Pages that another build of the client, or another person, has overtaken.

use super::{Live, browser, store};
use crate::workspace::path;
use leptos::prelude::*;
use protocol::PROTOCOL_VERSION;

/// The reason for loading the page of another person.
const PERSON: &str = "person";

const ANOTHER_PERSON: &str = "Someone else is logged in here now. Reload the page.";
const NEW_VERSION: &str = "A new version is available. Reload the page.";

impl Live {
    /// Compares the server with this page. A page of another build goes on working, and is loaded anew when nobody looks
    /// or another room is opened.
    pub(super) fn compare(self, protocol: u32, build: &str) {
        store::forget_reload(PERSON);
        let is_unknown = protocol > PROTOCOL_VERSION;
        self.state.notice.set(is_unknown.then_some(NEW_VERSION));
        let is_other = is_unknown || self.build.with_value(|own| own != build);
        self.newer.set_value(is_other.then(|| build.to_owned()));
        if !browser::is_visible() {
            self.renew_here();
        }
    }

    /// Loads `path` anew when there is another build; whether it does.
    ///
    /// Once for each build: of two nodes with two builds, one gives the page and the other may serve its socket.
    pub fn renew_at(self, path: &str) -> bool {
        let Some(build) = self.newer.get_value() else { return false };
        let is_renewed = !self.has_only_copy() && store::is_first_reload(&build);
        if is_renewed {
            browser::load(path);
        }
        is_renewed
    }

    /// The same for the place where the page is. The forms beside a room would lose what is written in them.
    pub fn renew_here(self) {
        if !self.state.has_panel.get_untracked() {
            let here = browser::address();
            let is_answer = here.starts_with("/form/");
            self.renew_at(&if is_answer { path(self.state.open.get_untracked()) } else { here });
        }
    }

    /// Whether this page alone has words that were not sent.
    fn has_only_copy(self) -> bool {
        self.state.outbox.with_untracked(super::Outbox::is_only_here) || self.state.lost.with_untracked(Option::is_some)
    }

    /// Another person is logged in by now: nothing of this page is theirs.
    pub(super) fn give_way(self) {
        if !self.has_only_copy() && store::is_first_reload(PERSON) {
            browser::reload();
        } else {
            self.state.notice.set(Some(ANOTHER_PERSON));
        }
    }
}
