//! What is generated from the command line itself: the manual page and the shells' completions.

use super::output::write;
use clap::Command;
use clap_complete::Shell;

pub fn completions(mut command: Command, shell: Shell) -> anyhow::Result<()> {
    // Into memory first: its writer panics where a reader has gone away.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "natter", &mut script);
    write(&script)
}

pub fn page(command: Command) -> anyhow::Result<()> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    write(&page)
}
