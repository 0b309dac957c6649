//! A real Redis server for a test. It stands alone, so that other test programs can include it by its path.

use super::ports::free_port;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// A Redis server on a port of its own, which keeps nothing. It ends with this value, and with the thread that started
/// it, however that ends: start it from the test itself, not from a thread that comes and goes.
pub struct Redis {
    folder: TempDir,
    flags: Vec<String>,
    scheme: &'static str,
    port: u16,
    child: Option<Child>,
}

impl Redis {
    pub fn start() -> Self {
        Self::with("redis", &[])
    }

    /// One that asks the default person for this password.
    pub fn with_password(password: &str) -> Self {
        Self::with("redis", &["--requirepass", password])
    }

    /// One that speaks TLS only, with a certificate that nobody else trusts: [`Redis::certificate`].
    pub fn with_tls() -> Self {
        Self::with("rediss", &[])
    }

    fn with(scheme: &'static str, flags: &[&str]) -> Self {
        let flags = flags.iter().map(|flag| (*flag).to_owned()).collect();
        let mut redis = Self { folder: TempDir::new().unwrap(), flags, scheme, port: 0, child: None };
        if scheme == "rediss" {
            make_certificate(redis.folder.path());
        }
        // A free port may be taken by somebody else before Redis listens on it.
        for _ in 0..20 {
            redis.port = free_port();
            if redis.begin() {
                return redis;
            }
        }
        panic!("redis-server does not start");
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address, without a password.
    pub fn url(&self) -> String {
        format!("{}://127.0.0.1:{}", self.scheme, self.port)
    }

    /// The certificate of a server with TLS, as PEM.
    pub fn certificate(&self) -> Vec<u8> {
        std::fs::read(self.folder.path().join("cert.pem")).unwrap()
    }

    /// Ends it at once.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Starts it again, on the same port and as empty as ever.
    pub fn restart(&mut self) {
        self.kill();
        assert!(self.begin(), "redis-server does not start again");
    }

    /// It stands still; its sockets stay open.
    pub fn pause(&self) {
        self.signal(Signal::SIGSTOP);
    }

    pub fn resume(&self) {
        self.signal(Signal::SIGCONT);
    }

    fn signal(&self, signal: Signal) {
        let id = self.child.as_ref().expect("it runs").id();
        kill(Pid::from_raw(id.try_into().unwrap()), signal).unwrap();
    }

    /// Whether it listens now.
    fn begin(&mut self) -> bool {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "redis-server", "--bind", "127.0.0.1", "--save", "", "--dir"]);
        command.arg(self.folder.path()).args(["--appendonly", "no", "--loglevel", "notice"]).args(&self.flags);
        match self.scheme {
            "rediss" => command.args(["--port", "0", "--tls-port", &self.port.to_string(), "--tls-auth-clients", "no"]),
            _ => command.args(["--port", &self.port.to_string()]),
        };
        if self.scheme == "rediss" {
            command.args([
                "--tls-cert-file",
                "cert.pem",
                "--tls-key-file",
                "key.pem",
                "--tls-ca-cert-file",
                "cert.pem",
            ]);
        }
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = child.expect("setpriv and redis-server are installed");
        let log = BufReader::new(child.stdout.take().unwrap());
        let is_ready = log.lines().map_while(Result::ok).any(|line| line.contains("Ready to accept connections"));
        self.child = Some(child);
        if !is_ready {
            self.kill();
        }
        is_ready
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}

fn make_certificate(folder: &Path) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=Redis of a test", "-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", "key.pem", "-out", "cert.pem"])
        .current_dir(folder)
        .stderr(Stdio::null())
        .status();
    assert!(made.expect("openssl is installed").success(), "openssl makes a certificate");
}
