use protocol::{ClientId, Command, Epoch, Known, ReadMarker, Request, RequestId, RoomId};
use send_wrapper::SendWrapper;
use web_sys::WebSocket;

/// The way to the server, whether or not it stands at the moment.
pub struct Line {
    /// The database's life that the known revisions belong to.
    epoch: Epoch,
    /// The server makes a line too, and moves it between threads; only a browser ever connects it.
    out: Option<SendWrapper<WebSocket>>,
    next_id: RequestId,
    /// What has been asked and not answered, on this connection.
    asked: Vec<(RequestId, Command)>,
    /// `hello` has been sent and `ready` has not come.
    is_resuming: bool,
    is_ready: bool,
    /// What has been seen and the server has not confirmed to know.
    seen: Vec<(RoomId, ReadMarker)>,
    /// That was told a moment ago.
    is_resting: bool,
    /// The parts of rooms that were asked for and not answered when the line fell, or before it stood.
    wanted: Vec<Command>,
    /// The messages for which a connection was given up already.
    left_for: Vec<ClientId>,
}

impl Line {
    pub fn new(epoch: Epoch) -> Self {
        Self {
            epoch,
            out: None,
            next_id: 1,
            asked: Vec::new(),
            is_resuming: false,
            is_ready: false,
            seen: Vec::new(),
            is_resting: false,
            wanted: Vec::new(),
            left_for: Vec::new(),
        }
    }

    /// A connection is being made; what is asked goes through `out`.
    pub fn connect(&mut self, out: WebSocket) {
        self.out = Some(SendWrapper::new(out));
    }

    /// The connection is gone. What was not answered is asked for again by those who need it, but for parts of rooms.
    pub fn disconnect(&mut self) {
        self.out = None;
        let lost = std::mem::take(&mut self.asked).into_iter().map(|(_, command)| command);
        self.wanted.extend(lost.filter(is_part));
        self.is_resuming = false;
        self.is_ready = false;
    }

    /// Gives up the connection for another one, which may store this message and those that wait behind it; false when
    /// that has been tried.
    pub fn leave_for(&mut self, message: ClientId, waiting: impl IntoIterator<Item = ClientId>) -> bool {
        if self.left_for.contains(&message) {
            return false;
        }
        self.left_for.push(message);
        self.left_for.extend(waiting);
        self.out.as_ref().inspect(|out| _ = out.close());
        true
    }

    /// Sends a command once everything missed has come; before that, only a part of a room is kept for then.
    pub fn ask(&mut self, command: Command) {
        if self.is_ready {
            self.send(command);
        } else if is_part(&command) {
            self.wanted.push(command);
        }
    }

    /// Asks for what was missed; a new epoch counts from the answer on.
    pub fn hello(&mut self, mut rooms: Vec<Known>, epoch: Option<Epoch>) {
        if !self.is_resuming {
            self.is_resuming = true;
            while rooms.len() > Request::HELLO_ROOMS {
                let part = rooms.split_off(rooms.len() - Request::HELLO_ROOMS);
                self.send(Command::HelloPart { rooms: part });
            }
            self.send(Command::Hello { epoch: Some(self.epoch), rooms });
            self.epoch = epoch.unwrap_or(self.epoch);
        }
    }

    /// Asks for what was missed in one room, unless that is on its way.
    pub fn resume_room(&mut self, Known { room, rev }: Known) {
        let asks = |command: &Command| matches!(command, Command::ResumeRoom { room: asked, .. } if *asked == room);
        if !self.is_resuming && !self.asked.iter().any(|(_, command)| asks(command)) {
            self.send(Command::ResumeRoom { room, rev });
        }
    }

    /// Everything that was missed has come.
    pub fn resumed(&mut self) {
        self.is_resuming = false;
        self.is_ready = true;
        std::mem::take(&mut self.wanted).into_iter().for_each(|command| self.send(command));
    }

    /// What was missed is on its way.
    pub fn is_resuming(&self) -> bool {
        self.is_resuming
    }

    /// Everything that was missed has come, on this connection.
    pub fn is_ready(&self) -> bool {
        self.is_ready
    }

    /// A message is on its way, or would not get anywhere: another one has to wait.
    pub fn is_posting(&self) -> bool {
        !self.is_ready || self.asked.iter().any(|(_, command)| matches!(command, Command::NewMessage { .. }))
    }

    /// Notes what has been seen.
    pub fn see(&mut self, room: RoomId, read: ReadMarker) {
        self.seen.retain(|(known, _)| *known != room);
        self.seen.push((room, read));
    }

    /// Tells the server what has been seen, unless that was done a moment ago; whether it was told.
    pub fn tell_seen(&mut self) -> bool {
        let is_told = self.is_ready && !self.is_resting && !self.seen.is_empty();
        if is_told {
            self.is_resting = true;
            for (room, ReadMarker { generation, no }) in self.seen.clone() {
                self.send(Command::Seen { room, no, generation: Some(generation) });
            }
        }
        is_told
    }

    /// The moment is over.
    pub fn rested(&mut self) {
        self.is_resting = false;
    }

    /// What an answer belongs to.
    pub fn answered(&mut self, id: Option<RequestId>) -> Option<Command> {
        let at = self.asked.iter().position(|(asked, _)| Some(*asked) == id)?;
        let (_, command) = self.asked.remove(at);
        if let Command::Seen { room, no, generation: Some(generation) } = command {
            self.seen.retain(|seen| *seen != (room, ReadMarker { generation, no }));
        }
        Some(command)
    }

    /// Asks for a sign of life.
    pub fn ping(&mut self) {
        self.write(&Request { id: None, command: Command::Ping });
    }

    fn send(&mut self, command: Command) {
        let request = Request { id: Some(self.next_id), command };
        if self.write(&request) {
            self.asked.push((self.next_id, request.command));
            self.next_id += 1;
        }
    }

    /// Whether the request is on its way; one that is not is repeated after the next `ready`, if it matters.
    fn write(&self, request: &Request) -> bool {
        let (Some(out), Ok(text)) = (&self.out, serde_json::to_string(request)) else { return false };
        out.send_with_str(&text).is_ok()
    }
}

/// Whether it asks for what stands before or after a page that is here already.
fn is_part(command: &Command) -> bool {
    matches!(command, Command::FetchMessages { before, after, .. } if before.is_some() || after.is_some())
}
