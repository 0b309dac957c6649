use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The header in which nginx tells a test which node has answered.
pub const NODE: &str = "x-node";

/// nginx as one process, which ends with this value, or with the thread that started it.
pub struct Nginx {
    pub addr: SocketAddr,
    child: Child,
}

impl Nginx {
    /// Starts it with what stands within `http`; returns when it listens.
    pub fn start(addr: SocketAddr, site: &str, folder: &Path) -> Self {
        let folder = folder.join("nginx");
        fs::create_dir(&folder).unwrap();
        let main = format!(
            "daemon off;\nmaster_process off;\npid nginx.pid;\nerror_log error.log;\n\
             events {{ worker_connections 1024; }}\n\
             http {{\naccess_log off;\nclient_body_temp_path body;\nproxy_temp_path proxy;\n\
             add_header {NODE} $upstream_addr always;\n{site}\n}}\n"
        );
        fs::write(folder.join("nginx.conf"), main).unwrap();
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "nginx", "-e", "error.log", "-c", "nginx.conf", "-p"]).arg(&folder);
        command.env("PATH", path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().expect("setpriv is installed");
        let mut nginx = Self { addr, child };
        let begun = Instant::now();
        while TcpStream::connect(addr).is_err() {
            let log = || fs::read_to_string(folder.join("error.log")).unwrap_or_default();
            let has_ended = nginx.child.try_wait().unwrap().is_some();
            assert!(!has_ended && begun.elapsed() < Duration::from_secs(10), "nginx does not start: {}", log());
            std::thread::sleep(Duration::from_millis(5));
        }
        nginx
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Debian keeps nginx where only root looks.
fn path() -> String {
    format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default())
}
