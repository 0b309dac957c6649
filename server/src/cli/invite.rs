//! `natter invite`.

use super::desk::{Desk, told};
use super::output::print;
use crate::api::written;
use crate::config::Config;
use clap::Args;
use domain::{Registration, invitations, registration};
use protocol::Note;
use serde_json::json;

#[derive(Args, Debug)]
pub struct Offer {
    /// As many accounts can be made by it.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    uses: u32,

    /// For as many days it is good.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=365))]
    days: u32,

    /// Whom or what it is for, so that administrators recognise it in their list.
    #[arg(long, value_parser = Note::parse)]
    note: Option<Note>,

    /// As one JSON object.
    #[arg(long)]
    json: bool,
}

#[tokio::main(flavor = "current_thread")]
pub async fn run(config: &Config, offer: Offer) -> anyhow::Result<()> {
    let desk = Desk::open(config).await?;
    let done = invite(&desk, offer).await;
    desk.close(done).await
}

async fn invite(desk: &Desk, Offer { uses, days, note, json }: Offer) -> anyhow::Result<()> {
    let mode = registration::mode(&desk.env).await.map_err(told)?;
    let offer = invitations::Offer { uses, days, note };
    let made = invitations::make(&desk.env, &desk.by, offer).await.map_err(told)?;
    let (link, expires) = (desk.link(&made.path()), written(made.expires));
    if json {
        return print(&json!({ "link": link, "expires": expires, "uses": uses }).to_string());
    }
    match mode {
        Registration::Invitation => {}
        Registration::Open => eprintln!("Registration is open, so nobody needs an invitation now."),
        Registration::Closed => eprintln!("Registration is closed, so it lets nobody in until that is changed."),
    }
    eprintln!("For {uses} {}, until {expires}:", if uses == 1 { "account" } else { "accounts" });
    print(&link)
}
