use crate::live::support::{Browser, PATIENCE, Person, within};
use crate::support::certify;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Instant;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Natter in a process of its own, which ends with this value or with the thread that started it.
pub struct Program {
    pub addr: SocketAddr,
    folder: TempDir,
    child: Child,
}

impl Program {
    /// The settings that name the certificate of the folder.
    pub const FILES: [(&str, &str); 2] = [("NATTER_TLS_CERT", "server.crt"), ("NATTER_TLS_KEY", "server.key")];

    /// One that speaks https by a certificate from files.
    pub async fn encrypted(settings: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        certify(folder.path());
        Self::start(folder, &[&Self::FILES, settings].concat()).await
    }

    /// One that is given these settings and works in this folder.
    pub async fn start(folder: TempDir, settings: &[(&str, &str)]) -> Self {
        Self::at(([127, 0, 0, 1], 0).into(), folder, settings).await
    }

    /// The same at this address.
    pub async fn at(addr: SocketAddr, folder: TempDir, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", env!("CARGO_BIN_EXE_natter"), "--addr", &addr.to_string()]);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.envs([
            ("NATTER_LIMITS", "off"),
            ("NATTER_FIRST_ROOM", "off"),
            ("NATTER_COMMANDS_PER_MINUTE", "60000000"),
        ]);
        command.envs(settings.iter().copied()).current_dir(folder.path()).stdin(Stdio::null());
        let log = File::options().create(true).append(true).open(folder.path().join("log")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = within("the start", lines.next_line()).await.unwrap().unwrap_or_default();
        let addr = line.rsplit('/').next().and_then(|addr| addr.parse().ok());
        let addr = addr.unwrap_or_else(|| panic!("{line}\n{}", read(&folder.path().join("log"))));
        // It tells where its data is before nobody listens any more.
        assert!(within("a line", lines.next_line()).await.unwrap().is_some());
        Self { addr, folder, child }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Somebody without an account, who trusts the certificate that is in the folder now.
    pub fn stranger(&self) -> Browser {
        self.stranger_by(&[b"h2", b"http/1.1"])
    }

    pub fn stranger_by(&self, versions: &[&[u8]]) -> Browser {
        Browser::by_tls(self.addr.into(), trusting(&self.folder().join("server.crt"), versions))
    }

    /// Somebody with a new account, logged in.
    pub async fn person(&self, username: &str) -> Person {
        self.stranger().registers(username).await
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().unwrap().try_into().unwrap()), signal).unwrap();
    }

    /// Lowers the number of files that it may open.
    pub fn limit_files(&self, files: usize) {
        let pid = self.child.id().unwrap().to_string();
        let limit = format!("--nofile={files}:{files}");
        assert!(std::process::Command::new("prlimit").args(["--pid", &pid, &limit]).status().unwrap().success());
    }

    /// Resident memory in bytes (proc(5)).
    pub fn resident(&self) -> usize {
        let status = read(Path::new(&format!("/proc/{}/status", self.child.id().unwrap())));
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line of memory");
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
    }

    /// Has the files read again, and waits until the log says so.
    pub async fn reloads(&self, told: &str) {
        let before = self.log().matches(told).count();
        self.signal(Signal::SIGHUP);
        self.logs(told, before + 1).await;
    }

    /// Waits until the log has said this so often.
    pub async fn logs(&self, told: &str, times: usize) {
        let begun = Instant::now();
        while self.log().matches(told).count() < times {
            assert!(begun.elapsed() < PATIENCE, "no {told:?} in the log:\n{}", self.log());
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    pub fn log(&self) -> String {
        read(&self.folder().join("log"))
    }

    /// Waits for its end, which something else has brought about.
    pub async fn ends(&mut self) -> ExitStatus {
        within("the end of the program", self.child.wait()).await.unwrap()
    }

    /// Stops it, and keeps its folder.
    pub async fn stop(mut self) -> TempDir {
        self.signal(Signal::SIGTERM);
        assert!(self.ends().await.success(), "{}", self.log());
        self.into_folder()
    }

    pub fn into_folder(self) -> TempDir {
        self.folder
    }
}

/// A client that trusts one certificate and offers these versions of HTTP.
pub fn trusting(certificate: &Path, versions: &[&[u8]]) -> ClientConfig {
    trusting_by(certificate, rustls::DEFAULT_VERSIONS, versions)
}

/// The same for some versions of TLS.
pub fn trusting_by(
    certificate: &Path,
    of_tls: &[&'static SupportedProtocolVersion],
    of_http: &[&[u8]],
) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificate).unwrap()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_protocol_versions(of_tls).unwrap();
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = of_http.iter().map(|version| version.to_vec()).collect();
    config
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}
