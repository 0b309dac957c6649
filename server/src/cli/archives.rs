//! `natter backup`, `natter restore` and `natter check`.

use super::output::Shape;
use crate::archive::{self, Checked, Contents, Header, Progress, Spool};
use crate::config::Config;
use anyhow::bail;
use serde_json::{Map, Value, json};
use std::io::IsTerminal;
use std::path::Path;

#[tokio::main]
pub async fn backup(config: &Config, file: &Path, shape: Shape) -> anyhow::Result<()> {
    let (url, progress) = (config.database_url(), Progress::shown());
    let is_stream = file.as_os_str() == STANDARD_STREAM;
    if is_stream && std::io::stdout().is_terminal() {
        bail!("An archive is not for a terminal; name a file, or lead the standard output to one.");
    }
    let made = if is_stream {
        archive::stream(&url, &progress).await?
    } else {
        archive::backup(&url, file, &progress).await?
    };
    let name = if is_stream { "The archive".to_owned() } else { file.display().to_string() };
    let words = format!("{name} has {} bytes: {}.\n{}", made.bytes, told(&made.contents), digest(&made.contents));
    let mut result = summary(&made.header, &made.contents);
    result["file"] = json!(file.display().to_string());
    result["bytes"] = json!(made.bytes);
    if is_stream { shape.tell_aside(&words, &result) } else { shape.tell(&words, &result) }
}

#[tokio::main]
pub async fn restore(config: &Config, file: &Path, shape: Shape) -> anyhow::Result<()> {
    let source = Spool::of(file)?;
    let (header, contents) = archive::restore(&config.database_url(), source.path(), &Progress::shown()).await?;
    let words = format!("The database is filled from {}: {}.\n{}", named(file), told(&contents), digest(&contents));
    shape.tell(&words, &summary(&header, &contents))
}

#[tokio::main]
pub async fn check(config: &Config, file: Option<&Path>, shape: Shape) -> anyhow::Result<()> {
    let Some(file) = file else { return database(config, shape).await };
    let (source, progress) = (Spool::of(file)?, Progress::shown());
    let (header, contents) = archive::verified(source.path(), 0, &progress).await?;
    progress.end();
    let words = format!("{} is whole: {}.\n{}", named(file), told(&contents), digest(&contents));
    shape.tell(&words, &summary(&header, &contents))
}

/// Stands for the standard output or input in place of a file.
const STANDARD_STREAM: &str = "-";

fn named(file: &Path) -> String {
    if file.as_os_str() == STANDARD_STREAM { "the standard input".to_owned() } else { file.display().to_string() }
}

async fn database(config: &Config, shape: Shape) -> anyhow::Result<()> {
    let Checked { origin, contents, faults } = archive::check(&config.database_url(), &Progress::shown()).await?;
    let words = match faults.as_slice() {
        [] => format!("The database is sound: {}.\n{}", told(&contents), digest(&contents)),
        faults => faults.join("\n"),
    };
    let result = json!({
        "schema": origin.schema,
        "database": origin.database,
        "rows": rows(&contents),
        "content": contents.digest,
        "faults": faults,
    });
    shape.tell(&words, &result)?;
    match faults.len() {
        0 => Ok(()),
        1 => bail!("The database has a fault."),
        count => bail!("The database has {count} faults."),
    }
}

fn summary(header: &Header, contents: &Contents) -> Value {
    json!({
        "schema": header.schema,
        "database": header.database,
        "natter": header.natter,
        "at": header.at,
        "rows": rows(contents),
        "content": contents.digest,
    })
}

fn rows(contents: &Contents) -> Map<String, Value> {
    contents.tables.iter().map(|(table, rows)| (table.name.clone(), json!(rows))).collect()
}

/// `users 12, rooms 1`: the names of tables are plural, whatever the number.
fn told(contents: &Contents) -> String {
    let told = |(table, rows): &(archive::Table, u64)| format!("{} {rows}", table.name.replace('_', " "));
    let all: Vec<_> = contents.tables.iter().filter(|(_, rows)| *rows > 0).map(told).collect();
    if all.is_empty() { "nothing in it".to_owned() } else { all.join(", ") }
}

fn digest(contents: &Contents) -> String {
    format!("content {}", contents.digest)
}
