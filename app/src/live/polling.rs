//! Without a socket: what waits goes out as forms, and the page is read again and again.

use super::browser::{self, pages};
use super::{Live, run};
use crate::workspace::Snapshot;
use leptos::prelude::*;

/// Interval at which the page is read.
const POLL_INTERVAL_MS: i32 = 10_000;

/// What the page says meanwhile.
const NO_SOCKET: &str = "No live connection: something between this browser and the server, such as a proxy, does not pass \
    on WebSockets. Messages are sent and fetched more slowly.";

impl Live {
    /// The server answers, but no socket comes about. One that does later ends this.
    pub(super) fn start_polling(self) {
        self.state.cause.set(Some(NO_SOCKET));
        self.state.is_cut.set(true);
        self.state.is_polling.set(true);
        // One that sleeps still goes on.
        if self.is_reading_pages.try_update_value(|is_reading| std::mem::replace(is_reading, true)) != Some(false) {
            return;
        }
        run(async move {
            while self.state.is_polling.get_untracked() {
                self.post_forms().await;
                if let pages::Answer::Page(html) = pages::read_page(&browser::address()).await {
                    let _ = self.take_page(&html);
                }
                browser::sleep(POLL_INTERVAL_MS).await;
            }
            self.is_reading_pages.set_value(false);
        });
    }

    /// Sends what waits, oldest first, where no socket does.
    pub(super) fn post_without_socket(self) {
        if self.state.is_polling.get_untracked() {
            run(self.post_forms());
        }
    }

    async fn post_forms(self) {
        if self.is_posting_forms.try_update_value(|is_posting| std::mem::replace(is_posting, true)) != Some(false) {
            return;
        }
        loop {
            let next = self.state.outbox.with_untracked(|outbox| outbox.sending().next().cloned());
            let Some(pending) = next.filter(|_| self.state.is_polling.get_untracked()) else { break };
            let fields = [
                ("room", pending.room.to_string()),
                ("client_id", pending.client_id.to_string()),
                ("text", pending.text.to_string()),
            ];
            match pages::post_form("/form/send_message", &fields).await {
                pages::Answer::Page(html) if self.take_page(&html) => self.forget_pending([pending.client_id]),
                // Another page, such as the log-in, does not say that the message is stored.
                pages::Answer::Page(_) => break,
                pages::Answer::Refused(reason) => self.set_failure(pending.client_id, Some(reason)),
                // The next reading of the page tries again.
                pages::Answer::None => break,
            }
        }
        self.is_posting_forms.set_value(false);
    }

    /// Shows what a page says of the open room, and its list of rooms; whether it is one of this person's rooms.
    fn take_page(self, html: &str) -> bool {
        let Some((props, list)) = pages::parts(html) else { return false };
        let Ok(snapshot) = protocol::json::read::<Snapshot>(&props) else { return false };
        if snapshot.me.id != self.me() {
            self.give_way();
            return false;
        }
        let open = self.state.open.get_untracked();
        if let Some(read) = snapshot.workspace.rooms().into_iter().find(|read| Some(read.room.id) == open) {
            self.state.rooms.update(read.room.id, |known| *known = read.clone());
            let stored = read.window.iter().flat_map(|window| &window.messages).map(|message| message.client_id);
            self.forget_pending(stored.collect::<Vec<_>>());
        }
        pages::set_list(&list);
        true
    }
}
