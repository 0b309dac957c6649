//! A client as browsers are: it resumes with what it knows, and sends again what was not acknowledged.

use super::history::{Draft, Entry, History};
use super::link::Link;
use super::person::Person;
use crate::seed::Dice;
use device::{Device, Told};
use protocol::{ClientId, Rev, RoomId};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

mod device;
mod outbox;

/// As many orders as wait for a client.
const ORDERS: usize = 4096;

/// How far a client has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The connection stands, and what was missed has been told.
    pub is_ready: bool,
    /// Drafts that it was ever given.
    pub drafted: usize,
    /// Drafts without an acknowledgement.
    pub waiting: usize,
    pub acked: usize,
    pub refused: usize,
    /// How often it had a connection that stood.
    pub readies: usize,
    pub heads: BTreeMap<RoomId, Rev>,
}

pub enum Order {
    Say(Draft),
    /// Close the line, and stay away until `Return`.
    Leave,
    Return,
    /// Stop reading, until `Read`; the line stays open.
    Stall,
    Read,
    /// From now on it does not know that rooms change, as a client of an older build.
    Forget,
    /// Fetch what is not shown yet, and note all that is.
    Recall(oneshot::Sender<()>),
}

/// What a client is made of.
pub struct Start {
    pub name: String,
    pub person: Person,
    pub link: Link,
    pub dice: Dice,
    /// Counts the acknowledgements of all clients.
    pub acks: watch::Sender<usize>,
}

pub struct Client {
    pub name: String,
    pub person: Person,
    pub link: Link,
    drafts: Mutex<(Dice, usize)>,
    given: AtomicUsize,
    orders: mpsc::Sender<Order>,
    status: watch::Receiver<Status>,
    history: Arc<Mutex<History>>,
    task: JoinHandle<()>,
}

impl Client {
    /// Starts one, connecting at once.
    pub fn start(start: Start) -> Self {
        let Start { name, person, link, mut dice, acks } = start;
        let (orders, received) = mpsc::channel(ORDERS);
        let status = watch::Sender::new(Status::default());
        let history = Arc::new(Mutex::new(History::new(name.clone(), person.id)));
        let watched = status.subscribe();
        let chance = Dice::of(dice.uuid());
        let device = Device::new(&person, link.addr(), chance, history.clone(), Told { status, acks });
        let task = tokio::spawn(device.live(received));
        Self {
            name,
            person,
            link,
            drafts: Mutex::new((dice, 0)),
            given: AtomicUsize::new(0),
            orders,
            status: watched,
            history,
            task,
        }
    }

    /// Puts a message into the outbox, from which it is sent until it is acknowledged.
    pub async fn sends(&self, room: RoomId) -> ClientId {
        let draft = {
            let (dice, count) = &mut *lock(&self.drafts);
            *count += 1;
            Draft { client_id: ClientId(dice.uuid()), room, text: format!("{} says {count}", self.name) }
        };
        self.sends_draft(draft).await
    }

    pub async fn sends_draft(&self, draft: Draft) -> ClientId {
        let id = draft.client_id;
        self.given.fetch_add(1, Ordering::SeqCst);
        self.order(Order::Say(draft)).await;
        id
    }

    pub async fn order(&self, order: Order) {
        assert!(self.orders.send(order).await.is_ok(), "the client {} has ended in a panic", self.name);
    }

    /// Waits until it is as far as this.
    pub async fn is(&self, what: &str, is_it: impl FnMut(&Status) -> bool) {
        let mut status = self.status.clone();
        let waited =
            tokio::time::timeout(Duration::from_secs(60), status.wait_for(is_it)).await.is_ok_and(|told| told.is_ok());
        assert!(waited, "{} waited in vain: {what}; {:?}", self.name, self.status());
    }

    pub async fn is_ready(&self) {
        self.is("a connection", |status| status.is_ready).await;
    }

    /// Waits until nothing is left in its outbox.
    pub async fn is_acknowledged(&self) {
        self.is("acknowledgements", |status| self.has_sent(status)).await;
    }

    /// Whether nothing that it was given waits for an acknowledgement.
    pub fn has_sent(&self, status: &Status) -> bool {
        status.drafted == self.given.load(Ordering::SeqCst) && status.waiting == 0
    }

    pub fn status(&self) -> Status {
        self.status.borrow().clone()
    }

    pub fn watch(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    pub fn history(&self) -> MutexGuard<'_, History> {
        lock(&self.history)
    }

    /// Waits until something has happened to it.
    pub async fn has(&self, what: &str, is_it: impl Fn(&Entry) -> bool) {
        self.is(what, |_| self.history().entries.iter().any(&is_it)).await;
    }

    /// Notes all that it shows at the end.
    pub async fn recalls(&self) {
        let (done, is_done) = oneshot::channel();
        self.order(Order::Recall(done)).await;
        let recalled = tokio::time::timeout(Duration::from_secs(30), is_done).await;
        assert!(matches!(recalled, Ok(Ok(()))), "{} cannot show its rooms", self.name);
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
