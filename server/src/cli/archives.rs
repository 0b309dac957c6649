//! `natter backup`, `natter restore` and `natter check`.

use super::output::Shape;
use crate::archive::{self, Checked, Contents, Header, Progress};
use crate::config::Config;
use anyhow::bail;
use serde_json::{Map, Value, json};
use std::path::Path;

#[tokio::main]
pub async fn backup(config: &Config, file: &Path, shape: Shape) -> anyhow::Result<()> {
    let made = archive::backup(&config.database_url(), file, &Progress::shown()).await?;
    let words =
        format!("{} has {} bytes: {}.\n{}", file.display(), made.bytes, told(&made.contents), digest(&made.contents));
    let mut result = summary(&made.header, &made.contents);
    result["file"] = json!(file.display().to_string());
    result["bytes"] = json!(made.bytes);
    shape.tell(&words, &result)
}

#[tokio::main]
pub async fn restore(config: &Config, file: &Path, shape: Shape) -> anyhow::Result<()> {
    let (header, contents) = archive::restore(&config.database_url(), file, &Progress::shown()).await?;
    let words = format!("The database is filled from {}: {}.\n{}", file.display(), told(&contents), digest(&contents));
    shape.tell(&words, &summary(&header, &contents))
}

#[tokio::main]
pub async fn check(config: &Config, file: Option<&Path>, shape: Shape) -> anyhow::Result<()> {
    let Some(file) = file else { return database(config, shape).await };
    let progress = Progress::shown();
    let (header, contents) = archive::verified(file, 0, &progress).await?;
    progress.end();
    let words = format!("{} is whole: {}.\n{}", file.display(), told(&contents), digest(&contents));
    shape.tell(&words, &summary(&header, &contents))
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
