//! A bus that loses notices, or brings them before their commit.

use crate::sabotage::Sabotage;
use domain::ports::{Bus, Notice, Topic};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// As long as a commit is put off after it has been announced: a crash has to hit the time between.
const HESITATION: Duration = Duration::from_millis(30);

/// A transaction is announced and not yet committed.
static IS_OPEN: AtomicBool = AtomicBool::new(false);

/// Every notice of this number is lost.
const LOST: usize = 3;

/// Opens the time between an announcement and its commit.
pub async fn hesitate() {
    tokio::time::sleep(HESITATION).await;
}

/// Notes that what is announced from here on is not committed yet, or is.
pub fn set_open(is_open: bool) {
    IS_OPEN.store(is_open, Ordering::SeqCst);
}

/// Puts itself before the bus.
pub fn sabotaged(bus: Arc<dyn Bus>) -> Arc<dyn Bus> {
    Arc::new(Sabotaged { bus, published: AtomicUsize::new(1) })
}

struct Sabotaged {
    bus: Arc<dyn Bus>,
    published: AtomicUsize,
}

impl Bus for Sabotaged {
    fn publish(&self, notice: Notice) {
        let is_lost = Sabotage::DropNotices.is_on()
            && matches!(notice, Notice::Room { .. })
            && self.published.fetch_add(1, Ordering::Relaxed).is_multiple_of(LOST);
        if !is_lost {
            self.bus.publish(notice);
        }
        if Sabotage::PublishBeforeCommit.is_on() {
            // The acknowledgement follows this, and it is to be an honest one.
            tokio::task::block_in_place(|| {
                while IS_OPEN.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(1));
                }
            });
        }
    }

    fn follow(&self, topic: Topic) {
        self.bus.follow(topic);
    }

    fn unfollow(&self, topic: Topic) {
        self.bus.unfollow(topic);
    }
}
