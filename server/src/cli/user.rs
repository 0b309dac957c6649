//! `natter user`: people's accounts.

use super::desk::{Desk, told};
use super::output::print;
use super::password;
use crate::api::written;
use crate::config::Config;
use anyhow::anyhow;
use clap::{Args, Subcommand};
use domain::accounts::Applicant;
use domain::administration::people;
use domain::ports::{PeopleSearch, PersonRecord};
use domain::{Error, resets};
use protocol::{DisplayName, Email, Person, UserId, Username};
use serde_json::{Value, json};

#[derive(Debug, Subcommand)]
pub enum Task {
    /// List the accounts, by username.
    List {
        /// A part of the username, display name or e-mail address; without it, everybody.
        words: Option<String>,
        /// As one JSON array.
        #[arg(long)]
        json: bool,
    },
    /// Make an account; the password is asked for, or is a line of the standard input.
    Add(New),
    /// Shut an account: its person is out everywhere at once, and cannot log in; so are their bots.
    Disable(Whom),
    /// Open an account again, with the bots that were shut with it.
    Enable(Whom),
    /// Print a link by which its person sets a new password, once and within a day.
    ResetPassword {
        #[command(flatten)]
        whom: Whom,
        /// As one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// End all sessions and tokens of an account and its bots: use this if someone else may have access to it.
    EndAccess(Whom),
    /// Let somebody administer the server.
    MakeAdmin(Whom),
}

#[derive(Args, Debug)]
pub struct Whom {
    /// Their username or e-mail address.
    login: String,
}

#[derive(Args, Debug)]
pub struct New {
    /// 2 to 32 of a–z, 0–9, dot, underscore and hyphen.
    #[arg(value_parser = Username::parse)]
    username: Username,

    /// Their e-mail address.
    #[arg(long, value_parser = Email::parse)]
    email: Email,

    /// How others see them; the username, if it is not given.
    #[arg(long, value_parser = DisplayName::parse)]
    name: Option<DisplayName>,

    /// Let them administer the server, too; before the first start this makes the database.
    #[arg(long)]
    admin: bool,
}

#[tokio::main(flavor = "current_thread")]
pub async fn run(config: &Config, task: Task) -> anyhow::Result<()> {
    // The first administrator can be made before the first start.
    let desk = match &task {
        Task::Add(new) if new.admin => Desk::open_or_create(config).await?,
        _ => Desk::open(config).await?,
    };
    let done = perform(&desk, task).await;
    desk.close(done).await
}

async fn perform(desk: &Desk, task: Task) -> anyhow::Result<()> {
    let Desk { env, by, .. } = desk;
    match task {
        Task::List { words, json } => list(desk, words.unwrap_or_default(), json).await,
        Task::Add(new) => add(desk, new).await,
        Task::Disable(whom) => {
            let found = whom.find(desk).await?;
            people::disable(env, by, found.person.id).await.map_err(told)?;
            print(&format!("{} is disabled, and out everywhere.", found.person.username))
        }
        Task::Enable(whom) => {
            let found = whom.find(desk).await?;
            people::enable(env, by, found.person.id).await.map_err(told)?;
            print(&format!("{} can log in again.", found.person.username))
        }
        Task::ResetPassword { whom, json } => reset(desk, &whom.find(desk).await?, json).await,
        Task::EndAccess(whom) => {
            let found = whom.find(desk).await?;
            people::end_access(env, by, found.person.id).await.map_err(told)?;
            print(&format!("Every session and token of {} has ended.", found.person.username))
        }
        Task::MakeAdmin(whom) => {
            let found = whom.find(desk).await?;
            people::make_administrator(env, by, found.person.id).await.map_err(told)?;
            print(&format!("{} is an administrator.", found.person.username))
        }
    }
}

impl Whom {
    async fn find(&self, desk: &Desk) -> anyhow::Result<PersonRecord> {
        people::called(&desk.env, &desk.by, &self.login).await.map_err(|error| match error {
            Error::NotFound => anyhow!("There is nobody called {}.", self.login),
            other => told(other),
        })
    }
}

async fn list(desk: &Desk, words: String, json: bool) -> anyhow::Result<()> {
    let mut search = PeopleSearch { words, ..PeopleSearch::default() };
    let mut found = Vec::new();
    loop {
        let page = people::list(&desk.env, &desk.by, &search).await.map_err(told)?;
        let last = page.goes_on_after().map(|last| Username::try_from(last.person.username.clone())).transpose()?;
        found.extend(page.entries);
        if last.is_none() {
            break;
        }
        search.after = last;
    }
    if json {
        return print(&as_json(&found));
    }
    if found.is_empty() {
        let nobody = if search.words.is_empty() { "has an account yet" } else { "is called like that" };
        eprintln!("Nobody {nobody}.");
        return Ok(());
    }
    print(&as_lines(&found))
}

fn as_json(found: &[PersonRecord]) -> String {
    let entry = |record: &PersonRecord| {
        json!({
            "id": record.person.id.get(),
            "username": record.person.username,
            "display_name": record.person.name,
            "email": Some(&record.email).filter(|email| !email.is_empty()),
            "is_admin": record.is_admin,
            "bot_of": record.bot_of.map(UserId::get),
            "created": written(record.created),
            "seen": record.seen.map(written),
            "disabled": record.disabled.map(written),
        })
    };
    format!("{:#}", Value::from_iter(found.iter().map(entry)))
}

fn as_lines(found: &[PersonRecord]) -> String {
    let line = |record: &PersonRecord| {
        let Person { username, name, .. } = &record.person;
        let kind = match record {
            PersonRecord { bot_of: Some(_), .. } => "bot",
            PersonRecord { is_admin: true, .. } => "administrator",
            _ => "person",
        };
        let state = if record.disabled.is_some() { "disabled" } else { "open" };
        format!("{username:<32}  {kind:<13}  {state:<8}  {:<32}  {name}", record.email)
    };
    found.iter().map(line).collect::<Vec<_>>().join("\n")
}

async fn add(desk: &Desk, New { username, email, name, admin }: New) -> anyhow::Result<()> {
    let display_name = match name {
        Some(name) => name,
        None => DisplayName::parse(username.as_str())?,
    };
    let (called, password) = (username.clone(), password::read()?);
    let applicant = Applicant { username, display_name, email, password };
    let user = people::add(&desk.env, &desk.by, applicant).await.map_err(told)?;
    if admin {
        people::make_administrator(&desk.env, &desk.by, user).await.map_err(told)?;
    }
    print(&format!("{called} has an account."))
}

async fn reset(desk: &Desk, found: &PersonRecord, json: bool) -> anyhow::Result<()> {
    let reset = resets::make(&desk.env, &desk.by, found.person.id).await.map_err(told)?;
    let (link, expires) = (desk.link(&reset.path()), written(reset.expires));
    if json {
        return print(&json!({ "link": link, "expires": expires }).to_string());
    }
    eprintln!("For {}, once and until {expires}:", found.person.username);
    print(&link)
}
