//! What is generated from the command line itself: the manual page and the shells' completions.

use clap::Command;
use clap_complete::Shell;
use std::io::{self, Write};

pub fn completions(mut command: Command, shell: Shell) -> anyhow::Result<()> {
    // Into memory first: a reader that goes away early is no fault.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "natter", &mut script);
    Ok(io::stdout().write_all(&script)?)
}

pub fn page(command: Command) -> anyhow::Result<()> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    Ok(io::stdout().write_all(&page)?)
}
