use futures::channel::mpsc;
use protocol::{Command, Epoch, Known, No, Request, RequestId, RoomId};
use std::collections::BTreeMap;

/// The way to the server, whether or not it stands at the moment.
pub struct Line {
    /// The database's life that the known revisions belong to.
    epoch: Epoch,
    out: Option<mpsc::Sender<Request>>,
    next_id: RequestId,
    /// What has been asked and not answered, on this connection.
    asked: BTreeMap<RequestId, Command>,
    /// `hello` has been sent and `ready` has not come.
    is_resuming: bool,
    is_ready: bool,
    /// What has been seen and the server has not confirmed to know.
    seen: BTreeMap<RoomId, No>,
}

impl Line {
    pub fn new(epoch: Epoch) -> Self {
        Self {
            epoch,
            out: None,
            next_id: 1,
            asked: BTreeMap::new(),
            is_resuming: false,
            is_ready: false,
            seen: BTreeMap::new(),
        }
    }

    /// A connection is being made; what is asked goes through `out`.
    pub fn connect(&mut self, out: mpsc::Sender<Request>) {
        self.out = Some(out);
    }

    /// The connection is gone, and with it everything that was not answered.
    pub fn disconnect(&mut self) {
        self.out = None;
        self.asked.clear();
        self.is_resuming = false;
        self.is_ready = false;
    }

    /// Sends a command once everything missed has come; before that it does nothing.
    pub fn ask(&mut self, command: Command) {
        if self.is_ready {
            self.send(command);
        }
    }

    /// Asks for what was missed; a new epoch counts from the answer on.
    pub fn hello(&mut self, rooms: Vec<Known>, epoch: Option<Epoch>) {
        if !self.is_resuming {
            self.is_resuming = true;
            self.send(Command::Hello { epoch: Some(self.epoch), rooms });
            self.epoch = epoch.unwrap_or(self.epoch);
        }
    }

    /// Everything that was missed has come.
    pub fn resumed(&mut self) {
        self.is_resuming = false;
        self.is_ready = true;
        let seen: Vec<_> = self.seen.iter().map(|(room, no)| Command::Seen { room: *room, no: *no }).collect();
        seen.into_iter().for_each(|command| self.send(command));
    }

    /// Tells the server what has been seen, now or as soon as it can be reached.
    pub fn see(&mut self, room: RoomId, no: No) {
        self.seen.insert(room, no);
        self.ask(Command::Seen { room, no });
    }

    /// What an answer belongs to.
    pub fn answered(&mut self, id: Option<RequestId>) -> Option<Command> {
        let command = self.asked.remove(&id?)?;
        if let Command::Seen { room, no } = &command
            && self.seen.get(room) == Some(no)
        {
            self.seen.remove(room);
        }
        Some(command)
    }

    fn send(&mut self, command: Command) {
        let Some(out) = &mut self.out else { return };
        let request = Request { id: Some(self.next_id), command };
        self.next_id += 1;
        // A full channel means that the connection does not move: it will be replaced, and what matters is repeated.
        if out.try_send(request.clone()).is_ok() {
            self.asked.extend(request.id.map(|id| (id, request.command)));
        }
    }
}
