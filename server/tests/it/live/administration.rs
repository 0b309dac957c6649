//! The pages of administration, by forms.

use super::support::{Answer, Person, Server, Tag, Tags};
use protocol::close;

const REGISTRATION: &str = "/administration/registration";

/// The first of all looks after the server.
async fn ines(server: &Server) -> Person {
    server.person("ines").await
}

async fn invites(by: &Person, note: &str) {
    let fields = [("note", note), ("uses", "1"), ("days", "7"), ("page", REGISTRATION)];
    assert_eq!(by.form("make_invitation", &fields).await.status, 200);
}

async fn page(by: &Person, path: &str) -> String {
    let answer = by.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.body
}

/// Where a link of that text leads, if there is one.
fn link(page: &str, text: &str) -> Option<String> {
    let (before, _) = page.split_once(&format!(">{text}<"))?;
    let (_, href) = before.rsplit_once("href=\"")?;
    Some(href.split('"').next()?.replace("&amp;", "&"))
}

fn goes_on(page: &str) -> Option<String> {
    link(page, "Go on")
}

fn forms(page: &str) -> Vec<String> {
    Tags::of(page).filter(|tag| tag.name == "form").filter_map(|tag| tag.attribute("action")).collect()
}

fn field(page: &str, id: &str) -> Tag {
    Tags::of(page).find(|tag| tag.attribute("id").as_deref() == Some(id)).unwrap()
}

#[tokio::test]
async fn an_open_invitation_is_listed_however_many_have_ended_since() {
    let server = Server::with(&[]).await;
    let ines = ines(&server).await;
    invites(&ines, "Choir").await;
    for number in 2..=51 {
        invites(&ines, "Revoked").await;
        ines.does("revoke_invitation", &[("invitation", &number.to_string()), ("page", REGISTRATION)]).await;
    }
    let listed = page(&ines, REGISTRATION).await;
    assert!(listed.contains("Choir") && !listed.contains("No open invitation."), "{listed}");
    assert_eq!((listed.contains("Revoked"), goes_on(&listed)), (false, None));
}

#[tokio::test]
async fn a_list_goes_on_only_where_there_is_more() {
    let server = Server::with(&[]).await;
    let ines = ines(&server).await;
    invites(&ines, "The first").await;
    for _ in 2..=50 {
        invites(&ines, "Another").await;
    }
    let log = "/administration/log?act=invite";
    for path in [REGISTRATION, log] {
        assert_eq!(goes_on(&page(&ines, path).await), None, "{path}");
    }
    invites(&ines, "Another").await;
    for path in [REGISTRATION, log] {
        let next = goes_on(&page(&ines, path).await).expect("there is one more");
        let next = page(&ines, &next).await;
        assert!(next.contains("The first") && !next.contains("Another"), "{path}");
        assert_eq!(goes_on(&next), None, "{path}");
    }
}

#[tokio::test]
async fn nobody_is_invited_while_registration_is_closed() {
    let server = Server::with(&[]).await;
    let ines = ines(&server).await;
    invites(&ines, "Choir").await;
    assert!(forms(&page(&ines, REGISTRATION).await).contains(&"/form/make_invitation".to_owned()));
    ines.does("set_registration", &[("registration", "closed"), ("page", REGISTRATION)]).await;
    let closed = page(&ines, REGISTRATION).await;
    assert!(!forms(&closed).contains(&"/form/make_invitation".to_owned()));
    assert!(closed.contains("Invitations serve nobody while registration is closed.") && closed.contains("Choir"));
    assert!(closed.contains("choose “Whoever is invited” above"));
}

#[tokio::test]
async fn where_the_configuration_closes_registration_the_page_says_so() {
    let server = Server::with(&["--registration", "closed"]).await;
    let closed = page(&ines(&server).await, REGISTRATION).await;
    assert!(!forms(&closed).contains(&"/form/make_invitation".to_owned()));
    assert!(closed.contains("configuration closes it (NATTER_REGISTRATION)") && !closed.contains("above and save"));
}

#[tokio::test]
async fn a_bot_is_seen_once_its_token_was_used() {
    let server = Server::with(&[]).await;
    let ines = ines(&server).await;
    let fields = [("username", "helper"), ("display_name", "Helper"), ("page", "/settings/bots")];
    let made = ines.form("create_bot", &fields).await;
    let bot = made.location().split('?').next().unwrap().rsplit('/').next().unwrap().to_owned();
    let (list, own) = ("/administration/people?filter=bots", format!("/administration/people/{bot}"));
    let secret = token(&ines, &bot).await;
    for path in [list, &own] {
        assert!(page(&ines, path).await.contains("Not used yet"), "{path}");
    }
    let helper = server.stranger().with_token(&secret);
    assert_eq!(helper.get("/api/v1/rooms").await.status, 200);
    for path in [list, &own] {
        let seen = page(&ines, path).await;
        assert!(seen.contains("just now") && !seen.contains("Not used yet"), "{path}");
    }
    ines.does("disable_person", &[("user", &bot), ("page", &own)]).await;
    assert!(page(&ines, &own).await.contains("Not in use"));
}

#[tokio::test]
async fn a_password_by_link_revokes_tokens_and_an_administrator_ends_all_access() {
    let server = Server::with(&[]).await;
    let (ines, jona) = (ines(&server).await, server.person("jona").await);
    let own = format!("/administration/people/{}", jona.id);
    let subject = [("user", jona.id.to_string()), ("page", own.clone())];
    let subject = subject.each_ref().map(|(name, value)| (*name, value.as_str()));

    let bearer = server.stranger().with_token(&own_token(&jona).await);
    assert_eq!(bearer.get("/api/v1/rooms").await.status, 200);
    let made = ines.form("make_reset", &subject).await;
    let link = field(&made.body, "secret").attribute("value").unwrap();
    let (path, reset) = (link.split_once("/reset").unwrap().1, link.rsplit('=').next().unwrap());
    let fields = [("secret", reset), ("new_password", Person::PASSWORD), ("page", &format!("/reset{path}"))];
    assert_eq!(server.stranger().form("reset_password", &fields).await.location(), "/login?done=password");
    assert_eq!(bearer.get("/api/v1/rooms").await.status, 401);
    let still_in = ines.get("/login?done=password").await;
    assert!(still_in.status == 200 && still_in.body.contains("You are still logged in as"), "{}", still_in.body);

    let back = server.again(&jona).await;
    let bearer = server.stranger().with_token(&own_token(&back).await);
    let mut socket = back.socket().await;
    let done = ines.form("end_access", &subject).await;
    assert_eq!(done.location(), format!("{own}?done=access"));
    assert_eq!(socket.ends().await, Some(close::LOGGED_OUT));
    assert_eq!(bearer.get("/api/v1/rooms").await.status, 401);
    assert!(page(&ines, "/administration/log").await.contains("ended the sessions and tokens of"));
}

#[tokio::test]
async fn open_password_links_are_listed_and_revoked() {
    let server = Server::with(&[]).await;
    let (ines, jona) = (ines(&server).await, server.person("jona").await);
    assert!(page(&ines, REGISTRATION).await.contains("No open password link."));
    let subject = [("user", jona.id.to_string()), ("page", format!("/administration/people/{}", jona.id))];
    let subject = subject.each_ref().map(|(name, value)| (*name, value.as_str()));
    let made = ines.form("make_reset", &subject).await;
    let link = field(&made.body, "secret").attribute("value").unwrap();
    let path = link[link.find("/reset").unwrap()..].to_owned();
    let listed = page(&ines, REGISTRATION).await;
    assert!(listed.contains("@jona") && listed.contains("made by @ines"), "{listed}");
    let page_of_link = server.stranger().get(&path).await;
    assert!(page_of_link.status == 200 && !page_of_link.body.contains("You are logged in as"));
    assert!(!jona.get(&path).await.body.contains("You are logged in as"), "it is for that account");
    let elsewhere = ines.get(&path).await.body;
    assert!(elsewhere.contains("You are logged in as") && elsewhere.contains("this link is for another account"));
    ines.does("revoke_reset", &[("user", &jona.id.to_string()), ("page", REGISTRATION)]).await;
    assert_eq!(server.stranger().get(&path).await.status, 404);
    assert!(page(&ines, REGISTRATION).await.contains("No open password link."));
    assert!(page(&ines, "/administration/log").await.contains("revoked the password link of"));
}

/// A new token of a bot's, as the page tells it this one time.
async fn token(owner: &Person, bot: &str) -> String {
    made_token(owner, bot, &format!("/settings/bots/{bot}")).await
}

async fn own_token(owner: &Person) -> String {
    made_token(owner, &owner.id.to_string(), "/settings/tokens").await
}

async fn made_token(owner: &Person, bearer: &str, page: &str) -> String {
    let fields = [
        ("bearer", bearer),
        ("name", "Backup"),
        ("access", "both"),
        ("reach", "all"),
        ("lifetime", "90"),
        ("password", Person::PASSWORD),
        ("page", page),
    ];
    field(&owner.form("create_token", &fields).await.body, "secret").attribute("value").unwrap()
}

#[tokio::test]
async fn a_time_says_that_it_is_utc_until_the_browser_has_told_its_zone() {
    let server = Server::with(&[]).await;
    let ines = ines(&server).await;
    ines.does("set_instance_name", &[("name", "Choir"), ("page", "/administration/server")]).await;
    let log = "/administration/log";
    let told = page(&ines, log).await;
    assert!(told.contains(" UTC</time>") && title(&told).ends_with(" UTC"), "{told}");
    let there = ines.request(reqwest::Method::GET, log).header("cookie", "natter-zone=Europe/Berlin");
    let told: Answer = ines.answer(there).await;
    assert!(told.body.contains("</time>") && !told.body.contains("UTC"), "{}", told.body);

    let fields = [("uses", "1"), ("days", "7"), ("page", REGISTRATION)];
    assert!(ines.form("make_invitation", &fields).await.body.contains(" UTC"));
}

fn title(page: &str) -> String {
    Tags::of(page).find(|tag| tag.name == "time").unwrap().attribute("title").unwrap()
}

#[tokio::test]
async fn whoever_is_not_among_the_filtered_is_searched_for_among_all() {
    let server = Server::with(&[]).await;
    let ines = ines(&server).await;
    let found = page(&ines, "/administration/people?q=ines&filter=disabled").await;
    assert!(found.contains("No name or e-mail address among the disabled contains “ines”."), "{found}");
    let all = link(&found, "Search among all").unwrap();
    assert!(page(&ines, &all).await.contains("Manage Ines"), "{all}");
    let nobody = page(&ines, "/administration/people?q=nobody").await;
    assert!(nobody.contains("No name or e-mail address here contains “nobody”."));
}

#[tokio::test]
async fn an_empty_log_says_why_and_leads_on() {
    let server = Server::with(&[]).await;
    let ines = ines(&server).await;
    let empty = page(&ines, "/administration/log").await;
    assert!(empty.contains("Nothing yet") && !empty.contains("See everything"), "{empty}");
    let narrow = page(&ines, "/administration/log?act=disable&by=&person=&from=&until=").await;
    assert!(narrow.contains("Nothing of that kind has been done.") && narrow.contains("See everything"));
}

#[tokio::test]
async fn days_in_the_wrong_order_are_told_at_their_field() {
    let server = Server::with(&[]).await;
    let ines = ines(&server).await;
    let asks = |from: &str, until: &str| format!("/administration/log?from={from}&until={until}");
    let wrong = page(&ines, &asks("2026-11-22", "2026-11-21")).await;
    assert_eq!(field(&wrong, "until").attribute("aria-describedby").as_deref(), Some("until-error"));
    assert_eq!(field(&wrong, "until-error").attribute("role").as_deref(), Some("alert"));
    assert!(!wrong.contains("Nothing of that kind"));
    for (from, until) in [("2026-11-22", "2026-11-22"), ("2026-11-22", ""), ("x", "2026-11-21")] {
        let right = page(&ines, &asks(from, until)).await;
        assert_eq!(field(&right, "until").attribute("aria-describedby"), None, "{from} {until}");
    }
}

#[tokio::test]
async fn a_note_that_is_too_long_is_called_a_note() {
    let server = Server::with(&[]).await;
    let (ines, note) = (ines(&server).await, "x".repeat(81));
    let fields = [("note", note.as_str()), ("uses", "1"), ("days", "7"), ("page", REGISTRATION)];
    let refused = ines.form("make_invitation", &fields).await;
    assert!(refused.status == 422 && refused.body.contains("Choose a note of at most 80 characters."));
}

#[tokio::test]
async fn the_last_administrator_is_spoken_to() {
    let server = Server::with(&[]).await;
    let ines = ines(&server).await;
    let user = ines.id.to_string();
    for form in ["disable_person", "remove_administrator"] {
        let refused = ines.form(form, &[("user", &user), ("page", &format!("/administration/people/{user}"))]).await;
        assert_eq!(refused.status, 409);
        assert!(refused.body.contains("You are the last administrator. Make somebody else one first."), "{form}");
    }
}
