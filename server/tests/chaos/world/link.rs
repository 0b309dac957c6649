//! A line between two programs, through this process, which can do to it what networks do.

use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// What a link takes from a server before anybody reads it.
const RECEIVE_BYTES: u32 = 64 * 1024;

/// What happens to what is sent one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Open,
    /// Nothing gets through, until it does again.
    Held,
    /// The line is reset once so many more bytes have passed.
    CutAfter(usize),
    /// The line is reset instead of carrying a piece that has this in it.
    CutBefore(&'static [u8]),
}

/// The state of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weather {
    pub latency: Duration,
    /// As many bytes as arrive together.
    pub slice: usize,
    pub there: Way,
    pub back: Way,
    /// Counted up, lines are reset.
    resets: u32,
    /// Counted up, the client is gone and the server does not learn of it.
    vanishings: u32,
}

impl Weather {
    pub const CALM: Self =
        Self { latency: Duration::ZERO, slice: 16 * 1024, there: Way::Open, back: Way::Open, resets: 0, vanishings: 0 };
}

/// A port of its own that leads to the first of some servers that answers, wherever that is now.
pub struct Link {
    addr: SocketAddr,
    weather: watch::Sender<Weather>,
    task: JoinHandle<()>,
}

impl Link {
    pub async fn to(servers: Vec<watch::Receiver<Option<SocketAddr>>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("it listens");
        let weather = watch::Sender::new(Weather::CALM);
        let task = tokio::spawn(listen(listener, servers, weather.subscribe()));
        Self { addr, weather, task }
    }

    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub fn change(&self, change: impl FnOnce(&mut Weather)) {
        self.weather.send_modify(change);
    }

    /// Resets every line; new ones are let in.
    pub fn reset(&self) {
        self.change(|weather| weather.resets += 1);
    }

    /// Takes every client away without a word to the server.
    pub fn vanish(&self) {
        self.change(|weather| weather.vanishings += 1);
    }

    pub fn calm(&self) {
        self.change(|weather| {
            *weather = Weather { resets: weather.resets, vanishings: weather.vanishings, ..Weather::CALM }
        });
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(
    listener: TcpListener,
    servers: Vec<watch::Receiver<Option<SocketAddr>>>,
    weather: watch::Receiver<Weather>,
) {
    // Dropped with this task, which ends its lines.
    let mut lines = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((client, _)) = accepted else { continue };
                let target = servers.iter().find_map(|server| *server.borrow());
                match target {
                    Some(target) => drop(lines.spawn(carry(client, target, weather.clone()))),
                    None => drop(client.set_zero_linger()),
                }
            }
            Some(_) = lines.join_next() => {}
        }
    }
}

/// How a line ends before its time.
enum End {
    Reset,
    Vanished,
}

async fn carry(client: TcpStream, target: SocketAddr, weather: watch::Receiver<Weather>) {
    let Ok(server) = connect(target).await else {
        return drop(client.set_zero_linger());
    };
    let (Ok(()), Ok(())) = (client.set_nodelay(true), server.set_nodelay(true)) else { return };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let both = async {
        tokio::try_join!(
            pump(&mut from_client, &mut to_server, weather.clone(), |weather| weather.there),
            pump(&mut from_server, &mut to_client, weather.clone(), |weather| weather.back),
        )
    };
    let end = tokio::select! {
        ended = both => match ended {
            Ok(_) => return,
            Err(Lost) => End::Reset,
        },
        end = fate(weather.clone()) => end,
    };
    let _ = to_client.as_ref().set_zero_linger();
    match end {
        End::Reset => drop(to_server.as_ref().set_zero_linger()),
        End::Vanished => {
            drop((from_client, to_client));
            let mut swallowed = [0; 1024];
            while from_server.read(&mut swallowed).await.is_ok_and(|read| read > 0) {}
        }
    }
}

/// Connects with a small buffer, so that a link which is held fills up soon.
async fn connect(target: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(RECEIVE_BYTES)?;
    socket.connect(target).await
}

/// Waits until the weather ends the line.
async fn fate(mut weather: watch::Receiver<Weather>) -> End {
    let born = *weather.borrow();
    let ended = weather.wait_for(|now| now.resets != born.resets || now.vanishings != born.vanishings).await;
    match ended {
        Ok(now) if now.vanishings != born.vanishings => End::Vanished,
        _ => End::Reset,
    }
}

/// The line is lost, whatever the other direction does.
struct Lost;

/// Carries one direction to its end.
async fn pump(
    from: &mut OwnedReadHalf,
    to: &mut OwnedWriteHalf,
    mut weather: watch::Receiver<Weather>,
    way: fn(&Weather) -> Way,
) -> Result<(), Lost> {
    let mut buffer = vec![0; 16 * 1024];
    let mut passed = 0;
    loop {
        let now = open(&mut weather, way).await?;
        let read = tokio::select! {
            read = from.read(&mut buffer[..now.slice]) => read.map_err(|_| Lost)?,
            _ = weather.changed() => continue,
        };
        if read == 0 {
            let _ = to.shutdown().await;
            return Ok(());
        }
        // Even the shortest sleep takes a millisecond.
        if !now.latency.is_zero() {
            tokio::time::sleep(now.latency).await;
        }
        // What was read before the way was barred waits in front of it.
        let now = open(&mut weather, way).await?;
        let allowed = match way(&now) {
            Way::CutAfter(bytes) => read.min(bytes.saturating_sub(passed)),
            Way::CutBefore(word) if buffer[..read].windows(word.len()).any(|part| part == word) => 0,
            _ => read,
        };
        to.write_all(&buffer[..allowed]).await.map_err(|_| Lost)?;
        if allowed < read {
            return Err(Lost);
        }
        passed = if matches!(way(&now), Way::CutAfter(_)) { passed + allowed } else { 0 };
    }
}

async fn open(weather: &mut watch::Receiver<Weather>, way: fn(&Weather) -> Way) -> Result<Weather, Lost> {
    weather.wait_for(|now| way(now) != Way::Held).await.map(|now| *now).map_err(|_| Lost)
}
