//! People with accounts and sessions, registered over HTTP once and kept in a folder that runs copy.

use crate::natter::{Natter, folder};
use crate::wire::{Door, Line};
use anyhow::{Context, Result, bail};
use futures::{StreamExt, TryStreamExt, stream};
use protocol::{Event, RoomId, UserId};
use reqwest::header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Client, StatusCode, redirect};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tokio::sync::OnceCell;

/// As many as the largest room has members, and one who is in none.
const PEOPLE: usize = 501;

/// The prepared data folder, and who is in it.
const FOLDER: &str = "target/bench/people";
const LIST: &str = "target/bench/people.txt";

/// Of everybody.
const PASSWORD: &str = "benchmark";

/// Somebody who is logged in.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: UserId,
    pub cookie: String,
}

/// The data folder with the people in it. An older one is taken again if this build of Natter still knows its people.
pub async fn prepared() -> Result<PathBuf> {
    static ONCE: OnceCell<()> = OnceCell::const_new();
    let prepare = async || {
        if is_fresh().await {
            return Ok(());
        }
        eprintln!("Registering {PEOPLE} people");
        register().await.context("the people could not be registered")
    };
    ONCE.get_or_try_init(prepare).await?;
    Ok(FOLDER.into())
}

/// Those whom [`prepared`] has registered.
pub fn all() -> Result<Vec<Person>> {
    let list = std::fs::read_to_string(LIST).context("nobody is registered")?;
    list.lines().map(|line| Person::read(line).with_context(|| format!("{LIST} is spoilt"))).collect()
}

impl Person {
    pub async fn register(addr: SocketAddr, username: &str) -> Result<Self> {
        let email = format!("{username}@bench.example");
        let fields = [("username", username), ("display_name", username), ("email", &email), ("password", PASSWORD)];
        let answer = post(addr, "register", None, &fields).await?;
        let mut cookies = answer.headers().get_all(SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
        let names = ["natter=".to_owned(), format!("natter-{}=", addr.port())];
        let is_session = |cookie: &&str| names.iter().any(|name| cookie.starts_with(name));
        let cookie = cookies.find(is_session).context("no session came with the account")?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let id = welcome(addr, &cookie).await?;
        Ok(Self { id, cookie })
    }

    /// Makes a group of oneself and others.
    pub async fn create_room(&self, addr: SocketAddr, others: &[Person]) -> Result<RoomId> {
        let ids: Vec<_> = others.iter().map(|person| person.id.to_string()).collect();
        let mut fields = vec![("room_name", "The bakery")];
        fields.extend(ids.iter().map(|id| ("members[]", id.as_str())));
        let answer = post(addr, "create_room", Some(&self.cookie), &fields).await?;
        let place = answer.headers().get(LOCATION).context("no room was made")?.to_str()?;
        place.rsplit('/').next().and_then(|id| id.parse().ok()).with_context(|| format!("{place} is no room"))
    }

    /// Posts a form; the answer, whatever it is.
    pub async fn posts(&self, addr: SocketAddr, form: &str, fields: &[(&str, &str)]) -> Result<reqwest::Response> {
        answer(addr, form, Some(&self.cookie), fields).await
    }

    fn read(line: &str) -> Option<Self> {
        let (id, cookie) = line.split_once(' ')?;
        Some(Self { id: id.parse().ok()?, cookie: cookie.to_owned() })
    }
}

/// One of the people logs in.
pub async fn log_in(addr: SocketAddr, number: usize) -> Result<()> {
    let login = format!("person-{number}");
    post(addr, "login", None, &[("login", &login), ("password", PASSWORD)]).await.map(drop)
}

/// One of the people tries to log in; the status of the answer.
pub async fn try_log_in(addr: SocketAddr, number: usize) -> Result<StatusCode> {
    let login = format!("person-{number}");
    Ok(answer(addr, "login", None, &[("login", &login), ("password", PASSWORD), ("page", "/login")]).await?.status())
}

/// Somebody tries to log in with a wrong password.
pub async fn is_refused(addr: SocketAddr, login: &str) -> Result<()> {
    let fields = [("login", login), ("password", "not the right one"), ("page", "/login")];
    let answer = answer(addr, "login", None, &fields).await?;
    anyhow::ensure!(answer.status() == StatusCode::UNPROCESSABLE_ENTITY, "it was answered with {}", answer.status());
    Ok(())
}

/// A session's cookie under the names that a server at this address may give it: its port is a part of the name where no
/// origin is configured.
pub fn cookie_at(addr: SocketAddr, cookie: &str) -> String {
    let value = cookie.split_once('=').map_or(cookie, |(_, value)| value);
    format!("natter={value}; natter-{}={value}", addr.port())
}

async fn is_fresh() -> bool {
    let Ok(people) = all() else { return false };
    let Ok(natter) = Natter::start_on(Path::new(FOLDER)).await else { return false };
    let Some(last) = people.last() else { return false };
    let user = welcome(natter.process.addr(), &last.cookie).await;
    people.len() == PEOPLE && user.is_ok_and(|user| user == last.id) && natter.stop().await.is_ok()
}

async fn register() -> Result<()> {
    let natter = Natter::start_in(folder()?).await?;
    let addr = natter.process.addr();
    let names = (0..PEOPLE).map(|number| format!("person-{number}"));
    let registered = stream::iter(names).map(|name| async move { Person::register(addr, &name).await });
    // A few more than the server hashes passwords at once on small machines, to keep it busy.
    let people: Vec<Person> = registered.buffered(3).try_collect().await?;
    let folder = natter.stop().await?;
    let lines: Vec<_> = people.iter().map(|person| format!("{} {}\n", person.id, person.cookie)).collect();
    let _ = std::fs::remove_dir_all(FOLDER);
    std::fs::rename(folder.keep(), FOLDER)?;
    Ok(std::fs::write(LIST, lines.concat())?)
}

/// Whose cookie it is, as the server tells on a socket.
async fn welcome(addr: SocketAddr, cookie: &str) -> Result<UserId> {
    let mut line = Line::open(&Door { addr, path: "/ws", cookie: Some(cookie) }).await?;
    let Event::Welcome { user, .. } = line.next().await?.event else { bail!("no welcome") };
    Ok(user)
}

/// Posts a form that has to succeed.
async fn post(
    addr: SocketAddr,
    form: &str,
    cookie: Option<&str>,
    fields: &[(&str, &str)],
) -> Result<reqwest::Response> {
    let answer = answer(addr, form, cookie, fields).await?;
    if !answer.status().is_redirection() {
        bail!("{form} was answered with {}", answer.status());
    }
    Ok(answer)
}

async fn answer(
    addr: SocketAddr,
    form: &str,
    cookie: Option<&str>,
    fields: &[(&str, &str)],
) -> Result<reqwest::Response> {
    let client = Client::builder().redirect(redirect::Policy::none()).build()?;
    let origin = format!("http://{addr}");
    let mut request = client.post(format!("{origin}/form/{form}")).header(ORIGIN, origin).form(fields);
    if let Some(cookie) = cookie {
        request = request.header(COOKIE, cookie_at(addr, cookie));
    }
    Ok(request.send().await?)
}
