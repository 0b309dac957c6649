use super::{Browser, Person, client_id};
use protocol::UserId;
use reqwest::Method;
use serde_json::{Value, json};

/// What somebody has in their settings, as paths and forms name it.
#[derive(Clone, Debug)]
pub struct Belongings {
    pub owner: UserId,
    /// A log-in beside the one that asks.
    pub session: String,
    pub token: String,
    pub bot: UserId,
    pub token_of_bot: String,
}

impl Belongings {
    /// One of each kind: one that there is, or else a new one.
    pub async fn of(owner: &Person) -> Self {
        let bot = match listed(owner, "/api/v1/bots").await.iter().find(|bot| bot["display_name"] == "Spare") {
            Some(bot) => bot["id"].clone(),
            None => make(owner, "/api/v1/bots", json!({"username": fresh_name(), "display_name": "Spare"})).await,
        };
        let bot = UserId::try_from(bot.as_i64().unwrap()).unwrap();
        let token = spare_token(owner, "/api/v1/tokens").await;
        let token_of_bot = spare_token(owner, &format!("/api/v1/bots/{bot}/tokens")).await;
        Self { owner: owner.id, session: session(owner).await, token, bot, token_of_bot }
    }

    /// All that somebody has in their settings, by id, and their names.
    pub async fn all(owner: &Person) -> String {
        let mut all = owner.get("/api/v1/me").await.body;
        let mut paths: Vec<_> = ["sessions", "tokens", "contacts", "bots"].map(|kind| format!("/api/v1/{kind}")).into();
        let bots = listed(owner, "/api/v1/bots").await;
        paths.extend(bots.iter().map(|bot| format!("/api/v1/bots/{}/tokens", bot["id"])));
        for path in paths {
            let mut ids: Vec<_> = listed(owner, &path).await.iter().map(|item| item["id"].to_string()).collect();
            ids.sort();
            all += &format!("\n{path} {}", ids.join(" "));
        }
        all
    }
}

/// A name that nobody has.
pub fn fresh_name() -> String {
    format!("x{}", &client_id().0.simple().to_string()[..12])
}

async fn session(owner: &Person) -> String {
    let path = "/api/v1/sessions";
    let other = |all: &[Value]| all.iter().find(|session| session["is_current"] == false).map(id);
    if let Some(session) = other(&listed(owner, path).await) {
        return session;
    }
    let credentials = json!({"login": owner.username, "password": Person::PASSWORD});
    owner.asks(Method::POST, path, Some(credentials)).await.json();
    other(&listed(owner, path).await).expect("it has just been made")
}

/// One for all rooms, as those of the tests' own are not.
async fn spare_token(owner: &Person, path: &str) -> String {
    let all = listed(owner, path).await;
    match all.iter().find(|token| token["name"] == "Spare") {
        Some(token) => id(token),
        None => {
            let made =
                make(owner, path, json!({"name": "Spare", "access": "read_and_write", "password": Person::PASSWORD}))
                    .await;
            made.as_str().unwrap().to_owned()
        }
    }
}

async fn make(owner: &Person, path: &str, new: Value) -> Value {
    owner.asks(Method::POST, path, Some(new)).await.json()["id"].clone()
}

async fn listed(asker: &Browser, path: &str) -> Vec<Value> {
    asker.get(path).await.json()["items"].as_array().unwrap().clone()
}

fn id(item: &Value) -> String {
    item["id"].as_str().unwrap().to_owned()
}
