use super::outbox::Outbox;
use super::{Order, Status, lock};
use crate::seed::Dice;
use crate::world::history::{By, Entry, History, messages_of, room_of};
use crate::world::line::{Heard, Line};
use crate::world::person::Person;
use protocol::{ApiError, Code, Command, Epoch, Event, Frame, Need, No, Request, RoomId, Workspace};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};

/// How often the server is asked for a sign of life; after two beats without one the line is given up.
const BEAT: Duration = Duration::from_secs(20);

pub struct Device {
    addr: SocketAddr,
    cookie: String,
    dice: Dice,
    state: Workspace,
    epoch: Option<Epoch>,
    outbox: Outbox,
    asked: u64,
    is_away: bool,
    is_stalled: bool,
    is_older: bool,
    recall: Option<oneshot::Sender<()>>,
    history: Arc<Mutex<History>>,
    status: watch::Sender<Status>,
    acks: watch::Sender<usize>,
}

/// Who is told how far it has come.
pub struct Told {
    pub status: watch::Sender<Status>,
    pub acks: watch::Sender<usize>,
}

impl Device {
    pub fn new(
        person: &Person,
        addr: SocketAddr,
        dice: Dice,
        history: Arc<Mutex<History>>,
        Told { status, acks }: Told,
    ) -> Self {
        let state = Workspace::new(person.id, Vec::new());
        let (cookie, outbox) = (person.cookie.clone(), Outbox::default());
        let (epoch, asked, recall) = (None, 0, None);
        let (is_away, is_stalled, is_older) = (false, false, false);
        Self {
            addr,
            cookie,
            dice,
            state,
            epoch,
            outbox,
            asked,
            is_away,
            is_stalled,
            is_older,
            recall,
            history,
            status,
            acks,
        }
    }

    /// Connects and stays connected, as long as somebody may give orders.
    pub async fn live(mut self, mut orders: mpsc::Receiver<Order>) {
        let mut failures = 0;
        loop {
            if self.is_away {
                let Some(order) = orders.recv().await else { return };
                self.take_order(order);
                continue;
            }
            let readies = self.status.borrow().readies;
            if let Ok(line) = Line::open(self.addr, &self.cookie, "/ws").await {
                self.talk(line, &mut orders).await;
            }
            self.status.send_modify(|status| status.is_ready = false);
            failures = if self.status.borrow().readies > readies { 0 } else { failures + 1 };
            let pause = self.dice.millis(5, 25 << failures.min(5));
            let pause = Instant::now() + pause;
            loop {
                tokio::select! {
                    () = sleep_until(pause) => break,
                    order = orders.recv() => match order {
                        Some(order) => self.take_order(order),
                        None => return,
                    },
                }
            }
        }
    }

    /// One connection from beginning to end.
    async fn talk(&mut self, mut line: Line, orders: &mut mpsc::Receiver<Order>) {
        if self.epoch.is_some_and(|known| known != line.epoch) {
            self.note(Entry::OtherEpoch);
        }
        self.outbox.begin();
        line.is_older = self.is_older;
        let mut hello = Some(self.hello(&mut line).await);
        let mut beat = tokio::time::interval_at(Instant::now() + BEAT, BEAT);
        let mut has_heard = true;
        loop {
            let is_ready = hello.is_none();
            if is_ready && !self.outbox.send(&mut line, &mut self.asked).await {
                break;
            }
            if is_ready {
                self.recalls(&mut line).await;
            }
            let rested = self.outbox.wakes();
            tokio::select! {
                heard = line.hears(), if !self.is_stalled => match heard {
                    Heard::Frame(frame) => {
                        has_heard = true;
                        if hello.is_some() && frame.id == hello && frame.event == Event::Ready {
                            hello = None;
                            self.epoch = Some(line.epoch);
                            self.is_ready(&mut line).await;
                        } else if self.take(&frame, is_ready) == Need::Resume && hello.is_none() {
                            hello = Some(self.hello(&mut line).await);
                        }
                        self.tell();
                    }
                    Heard::End(code) => {
                        self.note(Entry::Ended(code));
                        return;
                    }
                },
                order = orders.recv() => {
                    let Some(order) = order else { return };
                    self.take_order(order);
                    line.is_older = self.is_older;
                    if self.is_away {
                        break;
                    }
                }
                () = sleep_until(rested.unwrap_or_else(Instant::now)), if rested.is_some() => self.outbox.wake(),
                _ = beat.tick(), if !self.is_stalled => {
                    if !std::mem::take(&mut has_heard) || !line.send(0, Command::Ping).await {
                        break;
                    }
                }
            }
        }
        self.note(Entry::Ended(line.code()));
    }

    async fn hello(&mut self, line: &mut Line) -> u64 {
        self.asked += 1;
        let known = self.state.known();
        line.send(self.asked, Command::Hello { epoch: self.epoch, rooms: known }).await;
        self.asked
    }

    async fn is_ready(&mut self, line: &mut Line) {
        self.note(Entry::Ready);
        self.status.send_modify(|status| {
            status.is_ready = true;
            status.readies += 1;
        });
        let unseen = self.state.rooms().into_iter().filter(|timeline| timeline.window.is_none());
        let unseen: Vec<_> = unseen.map(|timeline| timeline.room.id).collect();
        for room in unseen {
            self.fetches(line, room, [None, None]).await;
        }
    }

    async fn fetches(&mut self, line: &mut Line, room: RoomId, [before, after]: [Option<No>; 2]) -> u64 {
        self.asked += 1;
        let page = Command::FetchMessages { room, before, after, around: None, limit: Some(Request::PAGE_MAX) };
        line.send(self.asked, page).await;
        self.asked
    }

    /// Takes what the server told, as a browser does, and notes what became of it.
    fn take(&mut self, frame: &Frame, is_ready: bool) -> Need {
        let known = |state: &Workspace, room| state.room(room).map(|timeline| timeline.room.rev);
        let room = room_of(frame);
        let before = room.and_then(|room| known(&self.state, room));
        let need = self.state.apply(&frame.event).need;
        let after = room.and_then(|room| known(&self.state, room));
        let mut history = lock(&self.history);
        if let Some(room) = room {
            history.note_room(room);
        }
        for (room, rev, message) in messages_of(&frame.event) {
            let is_new = before.is_some_and(|before| rev > Some(before)) && rev <= after;
            let by = match rev {
                None => By::Page,
                Some(_) if is_new => By::Applied,
                Some(_) => By::Repeated,
            };
            history.note(Entry::Saw { room, by, message: message.clone() });
        }
        match (&frame.event, before) {
            (Event::Change(change), Some(known)) if need == Need::Resume && is_ready => {
                history.note(Entry::Hole { room: change.room, known, came: change.rev });
            }
            (Event::Room { room }, _) => history.note(Entry::Anew { room: room.id, last: room.last_no }),
            _ => {}
        }
        drop(history);
        self.take_answer(frame);
        need
    }

    fn take_answer(&mut self, frame: &Frame) {
        match &frame.event {
            Event::Ack { client_id, room, no, .. } => {
                self.note(Entry::Acked { client_id: *client_id, room: *room, no: *no });
                self.outbox.forget(*client_id);
                self.status.send_modify(|status| status.acked += 1);
                self.acks.send_modify(|acks| *acks += 1);
            }
            Event::Error(error) => self.is_refused(frame.id, error),
            _ => {}
        }
    }

    fn is_refused(&mut self, asked: Option<u64>, error: &ApiError) {
        let Some(id) = self.outbox.carried_by(asked) else { return };
        self.note(Entry::Refused(error.code));
        self.status.send_modify(|status| status.refused += 1);
        if error.code == Code::Unavailable {
            self.outbox.rest(id);
        } else {
            self.outbox.forget(id);
        }
    }

    fn take_order(&mut self, order: Order) {
        match order {
            Order::Say(draft) => {
                self.note(Entry::Drafted(draft.clone()));
                self.outbox.push(draft);
                self.status.send_modify(|status| {
                    status.drafted += 1;
                    status.waiting += 1;
                });
            }
            Order::Leave => self.is_away = true,
            Order::Return => self.is_away = false,
            Order::Stall => self.is_stalled = true,
            Order::Read => self.is_stalled = false,
            Order::Forget => self.is_older = true,
            Order::Recall(done) => self.recall = Some(done),
        }
    }

    /// When it is asked to: fetches the messages that are not shown yet, and notes what is shown then.
    async fn recalls(&mut self, line: &mut Line) {
        let Some(done) = self.recall.take() else { return };
        loop {
            let hidden = self.state.rooms().into_iter().find_map(|timeline| match &timeline.window {
                None => Some((timeline.room.id, [None, None])),
                Some(window) if window.later => Some((timeline.room.id, [None, window.last_no()])),
                Some(window) if window.earlier => Some((timeline.room.id, [window.first_no(), None])),
                Some(_) => None,
            });
            let Some((room, page)) = hidden else { break };
            let asked = self.fetches(line, room, page).await;
            loop {
                let Heard::Frame(frame) = line.hears().await else { return };
                self.take(&frame, true);
                if frame.id == Some(asked) {
                    break;
                }
            }
        }
        let shown = self.state.rooms().into_iter().map(|timeline| {
            let window = timeline.window.as_ref().expect("every room has been fetched");
            (timeline.room.id, window.messages.clone())
        });
        lock(&self.history).shown = shown.collect();
        // Whoever asked may have given up.
        let _ = done.send(());
    }

    fn note(&self, entry: Entry) {
        lock(&self.history).note(entry);
    }

    fn tell(&self) {
        let heads = self.state.known().into_iter().map(|known| (known.room, known.rev)).collect();
        self.status.send_if_modified(|status| {
            let waiting = self.outbox.len();
            let has_changed = status.waiting != waiting || status.heads != heads;
            (status.waiting, status.heads) = (waiting, heads);
            has_changed
        });
    }
}
