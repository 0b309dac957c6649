use super::cast::Cast;
use super::knock::Row;
use super::visitor::Guest;
use crate::live::support::{Answer, Belongings, Person, fresh_name};
use protocol::{RoomId, UserId};
use reqwest::Method;
use serde_json::{Value, json};

/// Whom and what a request names.
struct Named {
    room: RoomId,
    user: UserId,
    belongings: Belongings,
    hook: String,
}

/// Asks the API, and sees to it that nothing happens which must not.
pub async fn call(cast: &Cast, guest: &Guest<'_>, row: &Row, door: (&Method, &str)) -> Answer {
    let named = Named::by(cast, guest, row).await;
    let before = guest.before(cast).await;
    let answer = ask(cast, guest, door, &named).await;
    guest.is_harmless(cast, row, before).await;
    if answer.status >= 400 {
        assert_eq!(answer.header("content-type"), "application/problem+json", "{row}");
    }
    if answer.status == 404 {
        let nothing = ask(cast, guest, door, &Named::nothing(&named)).await;
        assert_eq!(answer.words(), nothing.words(), "{row}: what is hidden is told from what does not exist");
    }
    answer
}

impl Named {
    async fn by(cast: &Cast, guest: &Guest<'_>, row: &Row) -> Self {
        let belongings = cast.belongings_of(guest.member).await;
        let hook = if row.is_a_hook() { hook(cast, guest.room).await } else { String::new() };
        Self { room: guest.room, user: cast.friend.id, belongings, hook }
    }

    /// What nobody has.
    fn nothing(like: &Self) -> Self {
        let (id, name) = (987_654, "f".repeat(64));
        let bot = UserId::try_from(id).unwrap();
        let (session, token, token_of_bot) = (name.clone(), name.clone(), name);
        let owner = like.belongings.owner;
        let belongings = Belongings { owner, bot, session, token, token_of_bot };
        Self { room: RoomId::try_from(id).unwrap(), user: bot, belongings, hook: "natter_p_0".to_owned() }
    }

    fn place(&self, path: &str) -> String {
        let Belongings { bot, session, token, token_of_bot, .. } = &self.belongings;
        let (user, id) = match path.split('/').nth(3) {
            Some("bots") => (bot, token_of_bot),
            Some("tokens") => (&self.user, token),
            _ => (&self.user, session),
        };
        let path = path.replace("{room}", &self.room.to_string()).replace("{user}", &user.to_string());
        path.replace("{id}", id).replace("{no}", "1").replace("{token}", &self.hook)
    }
}

async fn ask(cast: &Cast, guest: &Guest<'_>, (method, path): (&Method, &str), named: &Named) -> Answer {
    let body = match *method {
        Method::GET | Method::DELETE => None,
        _ => body(cast, path, named).await,
    };
    let path_asked = named.place(path);
    let asked = guest.browser.asks(method.clone(), &path_asked, body);
    cast.drawing(&format!("{method} {path}"), asked).await
}

/// A body with which a request succeeds that changes something.
async fn body(cast: &Cast, path: &str, named: &Named) -> Option<Value> {
    let (friend, password) = (&cast.friend.username, Person::PASSWORD);
    let (username, display_name) = (fresh_name(), "Forged");
    let email = format!("{username}@example.org");
    let body = match path.strip_prefix("/api/v1").unwrap_or(path) {
        "/tickets" | "/contacts/{user}" => return None,
        "/accounts" => {
            json!({"username": username, "display_name": display_name, "email": email, "password": password})
        }
        "/me" => json!({"display_name": display_name}),
        "/me/password" => json!({"password": password, "new_password": password}),
        "/sessions" => json!({"login": friend, "password": password}),
        "/sessions/refresh" => json!({"refresh_token": refresh(cast).await}),
        "/rooms" => json!({"name": "Forged", "members": [named.user]}),
        "/rooms/{room}" => json!({"name": "Forged"}),
        "/rooms/{room}/members" => json!({"users": [named.user]}),
        "/rooms/{room}/messages" | "/api/hooks/{token}" => json!({"text": "forged"}),
        "/rooms/{room}/read" | "/rooms/{room}/unread" => json!({"no": 1}),
        "/rooms/{room}/hooks" | "/bots" => json!({"username": username, "display_name": display_name}),
        "/tokens" => json!({"name": "Forged", "access": "read", "rooms": [named.room], "password": password}),
        "/bots/{user}/tokens" => json!({"name": "Forged", "access": "read", "password": password}),
        _ => panic!("say in server/tests/it/matrix/calls.rs with which body {path} succeeds"),
    };
    Some(body)
}

/// What renews a log-in of the friend's.
async fn refresh(cast: &Cast) -> String {
    let credentials = json!({"login": cast.friend.username, "password": Person::PASSWORD});
    let made = cast.ground.server.stranger().asks(Method::POST, "/api/v1/sessions", Some(credentials)).await.json();
    made["refresh_token"].as_str().unwrap().to_owned()
}

/// The end of an address by which anybody posts to the room.
async fn hook(cast: &Cast, room: RoomId) -> String {
    let names = json!({"username": fresh_name(), "display_name": "Builds"});
    let made = cast.owner.asks(Method::POST, &format!("/api/v1/rooms/{room}/hooks"), Some(names)).await.json();
    made["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
}
