use super::{Browser, Person};
use server::cli::CommandLine;
use server::http::Door;
use server::running::{self, Running};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// Where the server answers; another port after each restart.
#[derive(Clone)]
pub struct Addr(Arc<Mutex<SocketAddr>>);

impl From<SocketAddr> for Addr {
    fn from(addr: SocketAddr) -> Self {
        Self(Arc::new(Mutex::new(addr)))
    }
}

impl Addr {
    pub fn get(&self) -> SocketAddr {
        *self.0.lock().unwrap()
    }
}

/// A real server on a folder of its own.
pub struct Server {
    data: TempDir,
    flags: Vec<String>,
    addr: Addr,
    running: Option<Running>,
}

impl Server {
    /// One that lets sockets send as fast as they can.
    pub async fn start() -> Self {
        Self::with(&["--commands-per-minute", "60000000"]).await
    }

    /// One that counts nothing but the frames of a socket, since all people of a test come from one address.
    pub async fn with(flags: &[&str]) -> Self {
        Self::limited(&[flags, &["--limits", "off"]].concat()).await
    }

    /// One that counts log-ins, new accounts, searches and messages.
    pub async fn limited(flags: &[&str]) -> Self {
        let data = tempfile::tempdir().unwrap();
        // What the first account makes would stand in the lists of all tests; those about it ask for it.
        let first = if flags.contains(&"--first-room") { &[][..] } else { &["--first-room", "off"] };
        let flags = [flags, first].concat().into_iter().map(str::to_owned).collect();
        let addr = SocketAddr::from(([127, 0, 0, 1], 0)).into();
        let mut server = Self { data, flags, addr, running: None };
        server.begin().await;
        server
    }

    async fn begin(&mut self) {
        let data = self.data.path().join("data").into_os_string();
        let fixed = ["natter", "--addr", "127.0.0.1:0", "--data"].map(OsString::from);
        let flags = fixed.into_iter().chain([data]).chain(self.flags.iter().map(OsString::from));
        let config = CommandLine::read(flags, std::iter::empty()).unwrap().config;
        // As the program does: the files that may be open bound its connections.
        rlimit::increase_nofile_limit(u64::MAX).unwrap();
        let running = running::start(&config).await.unwrap();
        *self.addr.0.lock().unwrap() = running.addr();
        self.running = Some(running);
    }

    /// Stops it as a signal would.
    pub async fn stop(&mut self) {
        self.running.take().unwrap().stop().await;
    }

    /// Starts it again on the same folder.
    pub async fn restart(&mut self) {
        if self.running.is_some() {
            self.stop().await;
        }
        self.begin().await;
    }

    /// From its next start on it has this flag too.
    pub fn flag(&mut self, name: &str, value: &str) {
        self.flags.extend([name, value].map(str::to_owned));
    }

    /// What it prints for whoever makes the first account; empty once there is one.
    pub async fn setup_code(&self) -> String {
        let code = self.running.as_ref().unwrap().setup_code().await.unwrap();
        code.map_or_else(String::new, |code| code.as_str().to_owned())
    }

    /// How many sockets are open.
    pub fn sockets(&self) -> usize {
        self.running.as_ref().unwrap().hub().sockets()
    }

    /// Every way in.
    pub fn doors(&self) -> &[Door] {
        self.running.as_ref().unwrap().doors()
    }

    /// The file of its database.
    pub fn database(&self) -> PathBuf {
        self.data.path().join("data/natter.db")
    }

    /// Where it is, also after a restart.
    pub fn addr(&self) -> &Addr {
        &self.addr
    }

    /// Somebody without an account.
    pub fn stranger(&self) -> Browser {
        Browser::new(self.addr.clone())
    }

    /// Somebody without an account, at an address of this machine.
    pub fn stranger_at(&self, here: &str) -> Browser {
        Browser::at(Some(here.parse().unwrap()), self.addr.clone())
    }

    /// Somebody with a new account, logged in.
    pub async fn person(&self, username: &str) -> Person {
        self.stranger().registers(username).await
    }

    /// Somebody who has an account, in another browser.
    pub async fn again(&self, person: &Person) -> Person {
        self.stranger().logs_in(&person.username).await
    }
}
