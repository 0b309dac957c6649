use crate::live::support::within;
use crate::support::{certify, free_port};
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The name for which certificates are asked; no name server outside of the test is asked for it.
pub const NAME: &str = "chat.example.org";

/// An authority that speaks ACME, and the name server that it asks, which finds everybody on this machine.
/// Both end with this value, or with the thread that started it.
pub struct Pebble {
    addr: SocketAddr,
    management: SocketAddr,
    folder: TempDir,
    children: Vec<Child>,
}

impl Pebble {
    /// Starts one that looks at this port whether a name is somebody's.
    pub fn start(port: u16) -> Self {
        let folder = TempDir::new().unwrap();
        certify(folder.path());
        let (addr, management, names) = (free_addr(), free_addr(), free_addr());
        let mut pebble = Self { addr, management, folder, children: Vec::new() };
        let config = format!(
            r#"{{"pebble": {{"listenAddress": "{addr}", "managementListenAddress": "{management}",
                "certificate": "server.crt", "privateKey": "server.key", "httpPort": 1, "tlsPort": {port}}}}}"#
        );
        fs::write(pebble.folder.path().join("config.json"), config).unwrap();
        let names_of_this_machine = ["-defaultIPv4", "127.0.0.1", "-defaultIPv6", ""];
        let nothing_else = ["-http01", "", "-https01", "", "-tlsalpn01", "", "-management", "127.0.0.1:0"];
        let names = names.to_string();
        let flags = [&["-dns01", &names][..], &names_of_this_machine, &nothing_else].concat();
        pebble.run("pebble-challtestsrv", &flags);
        pebble.run("pebble", &["-config", "config.json", "-dnsserver", &names]);
        for addr in [addr, management] {
            pebble.listens(addr);
        }
        pebble
    }

    /// The settings by which a server asks it.
    pub fn settings(&self) -> [(&'static str, String); 3] {
        [
            ("NATTER_ACME_DOMAIN", NAME.to_owned()),
            ("NATTER_ACME_DIRECTORY", format!("https://{}/dir", self.addr)),
            ("NATTER_ACME_ROOT", self.certificate().display().to_string()),
        ]
    }

    /// The certificate with which it speaks https itself.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("server.crt")
    }

    /// The certificate of those who sign for it, made anew with each start, as a file.
    pub async fn root(&self) -> PathBuf {
        let tls = super::program::trusting(&self.certificate(), &[b"http/1.1"]);
        let client = reqwest::Client::builder().use_preconfigured_tls(tls).no_proxy().build().unwrap();
        let url = format!("https://{}/roots/0", self.management);
        let pem = within("a root", client.get(url).send()).await.unwrap().text().await.unwrap();
        let path = self.folder.path().join("root.crt");
        fs::write(&path, pem).unwrap();
        path
    }

    /// How many certificates it has signed.
    pub fn signed(&self) -> usize {
        self.log().matches("Issued certificate serial").count()
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("pebble.log")).unwrap_or_default()
    }

    fn run(&mut self, program: &str, flags: &[&str]) {
        let log = File::create(self.folder.path().join(format!("{program}.log"))).unwrap();
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", program]).args(flags).current_dir(self.folder.path());
        // Otherwise it refuses some requests on purpose, and looks after some seconds.
        command.env("PEBBLE_VA_NOSLEEP", "1").env("PEBBLE_WFE_NONCEREJECT", "0").env("PEBBLE_AUTHZREUSE", "0");
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        self.children.push(command.spawn().expect("setpriv is installed"));
    }

    fn listens(&mut self, addr: SocketAddr) {
        let begun = Instant::now();
        while std::net::TcpStream::connect(addr).is_err() {
            let has_ended = self.children.iter_mut().any(|child| child.try_wait().unwrap().is_some());
            assert!(!has_ended && begun.elapsed() < Duration::from_secs(10), "no pebble: {}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Pebble {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            eprintln!("pebble has written:\n{}", self.log());
        }
    }
}

pub fn free_addr() -> SocketAddr {
    ([127, 0, 0, 1], free_port()).into()
}

/// The file that the server keeps its certificate in.
pub fn kept(folder: &Path) -> PathBuf {
    folder.join("data/acme/certificate.pem")
}
