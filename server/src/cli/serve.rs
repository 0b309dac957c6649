//! `natter serve`.

use crate::config::{Config, LogFormat};
use crate::running;
use std::io::IsTerminal;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Serves until SIGTERM or Ctrl-C; SIGHUP has the certificate read again.
///
/// # Errors
/// One sentence that says what is in the way.
#[tokio::main]
pub async fn serve(config: &Config) -> anyhow::Result<()> {
    log(config)?;
    // Each socket is a descriptor, and the usual soft limit is 1,024.
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "The limit of open files stays as it is");
    }
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let server = running::start(config).await?;
    let site = address(config, &server);
    let mut ready = format!("Natter is ready at {site}\nIts data is kept in {}\n", place(config)?);
    if let Some(code) = server.setup_code().await? {
        // Only here: a log goes to more places, and the link is a secret.
        ready += &format!("Create the first account, which administers the server, at {site}{}\n", code.path());
    }
    // In one write, so that a reader who stops after the first line has all of it.
    print!("{ready}");
    loop {
        tokio::select! {
            _ = hangup.recv() => server.reload(),
            _ = terminate.recv() => break,
            _ = tokio::signal::ctrl_c() => break,
        }
    }
    server.stop().await;
    Ok(())
}

fn address(config: &Config, server: &running::Running) -> String {
    let scheme = if server.is_tls() { "https" } else { "http" };
    config.origin.clone().unwrap_or_else(|| format!("{scheme}://{}", server.addr()))
}

fn place(config: &Config) -> anyhow::Result<String> {
    if config.is_shared() {
        return Ok("PostgreSQL".to_owned());
    }
    Ok(std::path::absolute(&config.data)?.display().to_string())
}

fn log(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log)
        .map_err(|_| anyhow::anyhow!("NATTER_LOG is not a level or filter such as `info` or `warn,server=debug`"))?;
    let stderr = std::io::stderr;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr).with_ansi(stderr().is_terminal());
    match config.log_format {
        LogFormat::Human => lines.init(),
        LogFormat::Json => {
            lines.json().init();
            // Else these lines alone would be no JSON.
            std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
        }
    }
    Ok(())
}
