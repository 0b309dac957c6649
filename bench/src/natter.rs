use crate::floor::disk::Disk;
use crate::people::{self, Person};
use crate::process::{Process, free_addr};
use crate::venue::{Shape, Ticket, Venue};
use anyhow::{Context, Result};
use std::path::Path;
use tempfile::TempDir;

/// A release server of its own: a free port, a folder of its own.
pub struct Natter {
    pub process: Process,
    folder: TempDir,
}

impl Natter {
    /// Starts on an empty folder.
    pub async fn start() -> Result<Self> {
        Self::start_in(folder()?).await
    }

    /// Starts on a copy of a folder that was prepared.
    pub async fn start_on(prepared: &Path) -> Result<Self> {
        Self::start_on_disk(Disk::Own, prepared).await
    }

    /// The same, on another disk.
    pub async fn start_on_disk(disk: Disk, prepared: &Path) -> Result<Self> {
        Self::start_at(disk, folder_of(prepared)?, &[]).await
    }

    /// Starts on a copy of a folder that was prepared, with the limits of every installation.
    pub async fn start_limited(prepared: &Path) -> Result<Self> {
        let limits = [("NATTER_LIMITS", "on".to_owned()), ("NATTER_COMMANDS_PER_MINUTE", "120".to_owned())];
        Self::start_with(folder_of(prepared)?, &limits).await
    }

    pub async fn start_in(folder: TempDir) -> Result<Self> {
        Self::start_with(folder, &[]).await
    }

    /// Starts with further settings.
    pub async fn start_with(folder: TempDir, settings: &[(&str, String)]) -> Result<Self> {
        Self::start_at(Disk::Own, folder, settings).await
    }

    async fn start_at(disk: Disk, folder: TempDir, settings: &[(&str, String)]) -> Result<Self> {
        let addr = free_addr()?;
        let mut command = disk.command("target/release/natter".as_ref());
        command
            .env("NATTER_ADDR", addr.to_string())
            .env("NATTER_DATA", folder.path())
            .env("NATTER_LOG", "error")
            .env("NATTER_COMMANDS_PER_MINUTE", "100000000")
            .env("NATTER_LIMITS", "off")
            .env("NATTER_FIRST_ROOM", "off")
            .envs(settings.iter().map(|(name, value)| (name, value)));
        let process = Process::start(&mut command, addr).await;
        let process = process.context("target/release/natter does not start; build it first: make bench")?;
        Ok(Self { process, folder })
    }

    pub async fn stop(self) -> Result<TempDir> {
        self.process.stop().await?;
        Ok(self.folder)
    }

    /// Group rooms of that shape, with a ticket for each member; each room has other people.
    pub async fn venue(self, shape: Shape) -> Result<Venue> {
        self.venue_of(&people::all()?, shape).await
    }

    /// The same, of these people only.
    pub async fn venue_of(self, crowd: &[Person], shape: Shape) -> Result<Venue> {
        let mut rooms = Vec::new();
        let mut tickets = Vec::new();
        for (place, members) in crowd.chunks(shape.members).take(shape.rooms).enumerate() {
            rooms.push(self.group(members).await?);
            tickets.extend(members.iter().map(|person| Ticket::natter(person, vec![place])));
        }
        anyhow::ensure!(tickets.len() == shape.rooms * shape.members, "there are not enough people for {shape:?}");
        Ok(Venue { process: self.process, folder: Some(self.folder), rooms, tickets })
    }

    /// Makes a group of these people; the first owns it.
    pub async fn group(&self, members: &[Person]) -> Result<protocol::RoomId> {
        let [owner, others @ ..] = members else { anyhow::bail!("nobody is in the room") };
        owner.create_room(self.process.addr(), others).await
    }
}

/// A copy of a folder that was prepared.
pub fn folder_of(prepared: &Path) -> Result<TempDir> {
    let folder = folder()?;
    for entry in std::fs::read_dir(prepared)? {
        let entry = entry?;
        std::fs::copy(entry.path(), folder.path().join(entry.file_name()))?;
    }
    Ok(folder)
}

/// Beside the build, so that the disk is the one that is measured.
pub fn folder() -> Result<TempDir> {
    std::fs::create_dir_all("target/bench")?;
    Ok(tempfile::tempdir_in("target/bench")?)
}
