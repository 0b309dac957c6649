//! The pages of settings: log-ins, tokens, bots and webhooks, by forms.

use super::support::{Answer, Browser, Person, Server, Socket, Tag, Tags};
use protocol::close;

/// The values of the hidden fields of that name on a page, in order.
fn hidden(answer: &Answer, name: &str) -> Vec<String> {
    let inputs = Tags::of(&answer.body).filter(|tag| tag.attribute("name").as_deref() == Some(name));
    inputs.filter_map(|tag| tag.attribute("value")).collect()
}

/// What the page after a form tells this one time.
fn secret(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let told = Tags::of(&answer.body).find(|tag| tag.attribute("id").as_deref() == Some("secret"));
    told.expect("the page tells a secret").attribute("value").unwrap()
}

async fn token(person: &Person, fields: &[(&str, &str)]) -> Answer {
    let bearer = person.id.to_string();
    let own: [(&str, &str); 7] = [
        ("password", Person::PASSWORD),
        ("page", "/settings/tokens"),
        ("bearer", &bearer),
        ("name", "Backup"),
        ("access", "both"),
        ("reach", "all"),
        ("lifetime", "90"),
    ];
    let is_given = |name: &str| fields.iter().any(|(given, _)| *given == name);
    let rest: Vec<_> = own.into_iter().filter(|(name, _)| !is_given(name)).collect();
    person.form("create_token", &[fields, &rest].concat()).await
}

async fn socket_by(browser: &Browser, token: &str) -> Result<Socket, u16> {
    Socket::open(browser.addr(), "/ws", &[("authorization", &format!("Bearer {token}"))]).await
}

#[tokio::test]
async fn another_device_is_ended_with_its_sockets() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    let elsewhere = server.again(&ines).await;
    let mut open = elsewhere.socket().await;
    let listed = hidden(&ines.get("/settings/devices").await, "session");
    assert_eq!(listed.len(), 1, "there is no button for the one that asks");
    ines.does("end_session", &[("session", &listed[0]), ("page", "/settings/devices")]).await;
    assert_eq!(open.ends().await, Some(close::LOGGED_OUT));
    assert_eq!(elsewhere.get("/rooms").await.location(), "/login?next=/rooms");
    let page = ines.get("/settings/devices").await;
    assert_eq!((page.status, hidden(&page, "session").len()), (200, 0));
}

#[tokio::test]
async fn all_other_devices_end_and_tokens_go_on() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    let elsewhere = [server.again(&ines).await, server.again(&ines).await];
    let secret = secret(&token(&ines, &[]).await);
    let mut by_token = socket_by(&ines, &secret).await.unwrap();
    let mut sockets = [elsewhere[0].socket().await, elsewhere[1].socket().await];
    ines.does("end_other_sessions", &[("page", "/settings/devices")]).await;
    for socket in &mut sockets {
        assert_eq!(socket.ends().await, Some(close::LOGGED_OUT));
    }
    assert_eq!(ines.get("/rooms").await.status, 200);
    by_token.is_welcomed().await;
    assert!(socket_by(&ines, &secret).await.is_ok());
}

#[tokio::test]
async fn nobody_ends_the_sessions_of_others() {
    let server = Server::start().await;
    let (ines, mallory) = (server.person("ines").await, server.person("mallory").await);
    let elsewhere = server.again(&ines).await;
    let theirs = hidden(&ines.get("/settings/devices").await, "session").remove(0);
    let nul = format!("{}\0", &theirs[1..]);
    for session in [theirs.as_str(), "", "x", &nul, &theirs.to_uppercase(), &"f".repeat(64)] {
        let fields = [("session", session), ("page", "/settings/devices")];
        assert_eq!(mallory.form("end_session", &fields).await.status, 404, "{session:?}");
    }
    assert_eq!(elsewhere.get("/rooms").await.status, 200);
}

#[tokio::test]
async fn a_token_is_told_once_and_serves_until_it_is_revoked() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    let made = token(&ines, &[]).await;
    let secret = secret(&made);
    assert!(secret.starts_with("natter_p_"), "{secret}");
    assert_eq!(made.header("cache-control"), "no-store");
    let again = ines.get("/settings/tokens").await;
    assert!(again.body.contains("Backup") && again.body.contains("Not used yet"));
    assert!(!again.body.contains(&secret));
    let mut open = socket_by(&ines, &secret).await.unwrap();
    open.is_welcomed().await;
    let used = ines.get("/settings/tokens").await;
    assert!(used.body.contains("Last used") && !used.body.contains("Not used yet"));

    let (bearer, name) = (ines.id.to_string(), hidden(&used, "token").remove(0));
    ines.does("revoke_token", &[("bearer", &bearer), ("token", &name), ("page", "/settings/tokens")]).await;
    assert_eq!(open.ends().await, Some(close::LOGGED_OUT));
    assert_eq!(socket_by(&ines, &secret).await.err(), Some(401));
}

#[tokio::test]
async fn a_token_hears_its_own_rooms_only_and_reading_is_asked_for() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    let (inside, outside) =
        (ines.room_with(&[&server.person("jona").await]).await, ines.room_with(&[&server.person("noor").await]).await);
    let room = inside.to_string();
    let reader = secret(&token(&ines, &[("access", "read"), ("reach", "some"), ("rooms[]", &room)]).await);
    let mut socket = socket_by(&ines, &reader).await.unwrap();
    socket.is_welcomed().await;
    socket.catches_up(None).await;
    assert!(socket.state.room(inside).is_some() && socket.state.room(outside).is_none());
    let writer = secret(&token(&ines, &[("access", "write"), ("reach", "some"), ("rooms[]", &room)]).await);
    assert_eq!(socket_by(&ines, &writer).await.err(), Some(403));
}

#[tokio::test]
async fn what_is_wrong_with_a_token_is_told_and_what_was_chosen_stays() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    ines.room_with(&[&server.person("jona").await]).await;
    let answer = token(&ines, &[("name", " "), ("reach", "some"), ("access", "read"), ("lifetime", "7")]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("Enter a name.") && answer.body.contains("Choose at least one room"));
    let is_checked = |tag: &Tag| tag.names().any(|name| name == "checked");
    let chosen: Vec<_> = Tags::of(&answer.body).filter(is_checked).filter_map(|tag| tag.attribute("value")).collect();
    assert_eq!(chosen, ["read", "some", "7"]);
    for odd in [("access", "admin"), ("lifetime", "36500"), ("lifetime", "-1"), ("rooms[]", "x"), ("bearer", "0")] {
        assert_eq!(token(&ines, &[odd]).await.status, 400, "{odd:?}");
    }
    let nowhere = [("reach", "some"), ("rooms[]", "4711")];
    assert_eq!(token(&ines, &nowhere).await.status, 404);
    assert!(hidden(&ines.get("/settings/tokens").await, "token").is_empty());
}

#[tokio::test]
async fn nobody_touches_the_tokens_and_bots_of_others() {
    let server = Server::start().await;
    let (ines, mallory) = (server.person("ines").await, server.person("mallory").await);
    ines.does("create_bot", &[("username", "helper"), ("display_name", "Helper"), ("page", "/settings/bots")]).await;
    token(&ines, &[]).await;
    let bearer = ines.id.to_string();
    let name = hidden(&ines.get("/settings/tokens").await, "token").remove(0);
    let bot = (mallory.id.get() + 1).to_string();
    let page = ("page", "/settings/tokens");
    assert_eq!(ines.get(&format!("/settings/bots/{bot}")).await.status, 200);
    for bearer in [&bearer, &bot] {
        assert_eq!(token(&mallory, &[("bearer", bearer)]).await.status, 404);
        let fields = [("bearer", bearer.as_str()), ("token", &name), page];
        assert_eq!(mallory.form("revoke_token", &fields).await.status, 404);
        assert_eq!(mallory.form("retire_bot", &[("bot", bearer.as_str()), page]).await.status, 404);
        assert_eq!(mallory.get(&format!("/settings/bots/{bearer}")).await.status, 404);
    }
    assert_eq!(mallory.form("retire_bot", &[("bot", &mallory.id.to_string()), page]).await.status, 404);
    assert_eq!(hidden(&ines.get("/settings/tokens").await, "token"), [name]);
    assert_eq!(ines.get(&format!("/settings/bots/{bot}")).await.status, 200);
}

#[tokio::test]
async fn a_bot_speaks_by_its_token_until_it_is_retired() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    let fields = [("username", "helper"), ("display_name", "</title><i>Helper"), ("page", "/settings/bots")];
    let made = ines.form("create_bot", &fields).await;
    let page = made.location().split('?').next().unwrap().to_owned();
    let bot = page.rsplit('/').next().unwrap().to_owned();
    assert!(!ines.get(&page).await.body.contains("<i>"), "a name is text everywhere");
    assert_eq!(ines.form("create_bot", &fields).await.status, 409, "its name is taken");
    let room = ines.room_with(&[&server.person("jona").await]).await;
    ines.does("add_members", &[("room", &room.to_string()), ("members[]", &bot)]).await;

    let secret = secret(&token(&ines, &[("bearer", &bot), ("page", &page)]).await);
    let mut open = socket_by(&ines, &secret).await.unwrap();
    open.is_welcomed().await;
    open.catches_up(None).await;
    assert!(open.state.room(room).is_some());
    let members = format!("/rooms/{room}/members");
    assert!(ines.get(&members).await.body.contains("Helper"));
    ines.does("retire_bot", &[("bot", &bot), ("page", &page)]).await;
    assert_eq!(open.ends().await, Some(close::LOGGED_OUT));
    assert_eq!(socket_by(&ines, &secret).await.err(), Some(401));
    assert_eq!(ines.get(&page).await.status, 404);
    assert!(!ines.get(&members).await.body.contains("Helper"), "it has left its rooms");
    assert_eq!(ines.form("create_bot", &fields).await.status, 409, "its name is not given again");
}

#[tokio::test]
async fn a_webhook_tells_its_address_once_and_is_listed_under_its_bot() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    let room = ines.room_with(&[&server.person("jona").await]).await.to_string();
    let hook = [("room", room.as_str()), ("name", "Build server"), ("page", "/settings/bots")];
    let made = ines.form("create_hook", &hook).await;
    let address = secret(&made);
    assert!(address.starts_with(&format!("{}/api/hooks/natter_p_", ines.origin())), "{address}");
    assert!(made.body.contains("build-server"));
    assert_eq!(ines.form("create_hook", &hook).await.status, 200, "a second one of that name has another username");
    let bots = ines.get("/settings/bots").await;
    let mut links = Tags::of(&bots.body).filter_map(|tag| tag.attribute("href"));
    let page = links.find(|href| href.starts_with("/settings/bots/")).unwrap();
    let bot = ines.get(&page).await;
    assert!(bot.body.contains("Writes in Kitchen"));
    let secret = address.rsplit('/').next().unwrap();
    assert_eq!(socket_by(&ines, secret).await.err(), Some(403), "it hears nothing");
    let (bearer, token) = (hidden(&bot, "bearer").remove(0), hidden(&bot, "token").remove(0));
    ines.does("revoke_token", &[("bearer", &bearer), ("token", &token), ("page", &page)]).await;
    assert_eq!(socket_by(&ines, secret).await.err(), Some(401));

    let no_name = [("room", room.as_str()), ("name", ""), ("page", "/settings/bots")];
    assert_eq!(ines.form("create_hook", &no_name).await.status, 422);
    let elsewhere = [("room", "4711"), ("name", "Build server"), ("page", "/settings/bots")];
    assert_eq!(ines.form("create_hook", &elsewhere).await.status, 404);
}

#[tokio::test]
async fn a_refusal_at_no_field_of_the_form_is_told_above_them() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    let room = ines.room_with(&[&server.person("jona").await]).await.to_string();
    let page = ("page", "/settings/bots");
    for number in 1..=50 {
        let username = format!("helper{number}");
        ines.does("create_bot", &[("username", &username), ("display_name", "Helper"), page]).await;
    }
    let alerts = |answer: &Answer| {
        let alerts = Tags::of(&answer.body).filter(|tag| tag.attribute("role").as_deref() == Some("alert"));
        let is_focused = |tag: &Tag| tag.names().any(|name| name == "autofocus");
        alerts.map(|tag| (tag.attribute("class").unwrap(), is_focused(&tag))).collect::<Vec<_>>()
    };
    let hook = ines.form("create_hook", &[("room", room.as_str()), ("name", "Build server"), page]).await;
    assert_eq!(hook.status, 409);
    assert!(hook.body.contains("You have 50 bots, which is the most. Retire one first."), "{}", hook.body);
    assert_eq!(alerts(&hook), [("alert".to_owned(), true)]);
    assert!(hook.body.contains("value=\"Build server\""), "what was typed stays");
    // The form that has the field tells it there, once.
    let bot = ines.form("create_bot", &[("username", "helper51"), ("display_name", "Helper"), page]).await;
    assert_eq!((bot.status, alerts(&bot)), (409, vec![("field__error".to_owned(), false)]));
}

#[tokio::test]
async fn whoever_is_not_logged_in_is_led_to_the_log_in() {
    let server = Server::start().await;
    let stranger = server.stranger();
    for path in ["/settings/devices", "/settings/tokens", "/settings/bots", "/settings/bots/1"] {
        assert_eq!(stranger.get(path).await.location(), format!("/login?next={path}"));
    }
    let answer = stranger.form("end_other_sessions", &[("page", "/settings/devices")]).await;
    assert_eq!((answer.status, answer.location()), (303, "/login?next=%2Fsettings%2Fdevices&done=ended"));
}

#[tokio::test]
async fn a_form_whose_session_has_ended_says_that_nothing_was_saved_and_keeps_the_words() {
    const ENDED: &str = "Your session has ended. Nothing was saved. Log in and try again.";
    let server = Server::start().await;
    let ines = server.person("ines").await;
    let before = ines.copy();
    ines.does("logout", &[]).await;
    let page = ("page", "/settings");
    let profile = before.form("set_profile", &[("display_name", "Ines & <b>"), page]).await;
    assert_eq!((profile.status, profile.location()), (401, ""));
    assert!(profile.body.contains(ENDED), "{}", profile.body);
    assert!(profile.body.contains(">Ines &amp; &lt;b&gt;</textarea>"), "{}", profile.body);
    let words = [("password", Person::PASSWORD), ("new_password", "a new and better one"), page];
    let password = before.form("set_password", &words).await;
    assert_eq!((password.status, password.location()), (303, "/login?next=%2Fsettings&done=ended"));
    let log_in = before.get(password.location()).await;
    assert!(log_in.body.contains(ENDED) && !log_in.body.contains("better one"), "{}", log_in.body);
    assert!(!before.get("/login").await.body.contains(ENDED));
}

#[tokio::test]
async fn a_token_takes_the_password_and_a_new_password_revokes_tokens_if_that_is_ticked() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    let wrong = token(&ines, &[("password", "not the right one")]).await;
    assert!(wrong.body.contains("That is not your current password."), "{}", wrong.body);
    assert!(!ines.get("/settings").await.body.contains("Also revoke my tokens"), "there is none yet");
    let secret = secret(&token(&ines, &[]).await);
    let mut open = socket_by(&ines, &secret).await.unwrap();
    let account = ines.get("/settings").await.body;
    assert!(account.contains("Also revoke my tokens") && account.contains("Backup"), "{account}");
    let fields = [("password", Person::PASSWORD), ("new_password", "a new and better one"), ("revoke_tokens", "yes")];
    let done = ines.form("set_password", &[&fields[..], &[("page", "/settings")]].concat()).await;
    assert_eq!(done.location(), "/settings?saved=password_and_tokens");
    assert_eq!(open.ends().await, Some(close::LOGGED_OUT));
    assert_eq!(socket_by(&ines, &secret).await.err(), Some(401));
}
