//! A program that uses the API.

use crate::live::support::{Server, Socket, within};
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder, redirect};
use serde_json::{Value, json};
use std::net::SocketAddr;

pub const PASSWORD: &str = "correct horse battery";

/// What the API answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    /// Nothing where there was no JSON.
    pub body: Value,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The body without the name of its request, which differs each time.
    pub fn words(&self) -> String {
        self.text.replace(self.header("x-request-id"), "")
    }

    /// The body, when all is well.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.text);
        self.body
    }

    /// The status and the code of a refusal in the one shape.
    #[track_caller]
    pub fn refusal(&self) -> (u16, &str) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{} {}", self.status, self.text);
        assert_eq!(self.body["status"], self.status, "{}", self.text);
        let code = self.body["code"].as_str().unwrap();
        assert_eq!(self.body["type"], format!("/api/docs#errors-{code}"));
        assert!(!self.body["detail"].as_str().unwrap().is_empty() && !self.body["title"].as_str().unwrap().is_empty());
        assert_eq!(self.header("cache-control"), "no-store");
        assert_eq!(self.body["request_id"], self.header("x-request-id"));
        assert_eq!(self.status == 401, self.header("www-authenticate") == "Bearer", "{}", self.text);
        (self.status, code)
    }

    /// The fields at fault.
    pub fn fields(&self) -> Vec<&str> {
        let errors = self.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        errors.iter().map(|fault| fault["field"].as_str().unwrap()).collect()
    }
}

/// A program, perhaps with a bearer token.
#[derive(Clone)]
pub struct Program {
    addr: SocketAddr,
    http: Client,
    pub token: Option<String>,
}

impl Program {
    pub fn at(addr: SocketAddr) -> Self {
        let http = Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap();
        Self { addr, http, token: None }
    }

    pub fn of(server: &Server) -> Self {
        Self::at(server.stranger().addr())
    }

    /// The same program with another token.
    pub fn with(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same program at another node.
    pub fn moved(&self, addr: SocketAddr) -> Self {
        Self { addr, ..self.clone() }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let path = if path.starts_with("/api") || path == "/ws" { path.to_owned() } else { format!("/api/v1{path}") };
        let request = self.http.request(method, format!("http://{}{path}", self.addr));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn answer(&self, request: RequestBuilder) -> Answer {
        let response = within("an answer", request.send()).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = within("a body", response.text()).await.unwrap();
        Answer { status, headers, body: serde_json::from_str(&text).unwrap_or_default(), text }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.answer(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.answer(self.request(Method::POST, path).json(&body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.answer(self.request(Method::PUT, path).json(&body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.answer(self.request(Method::PATCH, path).json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.answer(self.request(Method::DELETE, path)).await
    }

    /// A body as it is, said to be JSON.
    pub async fn post_raw(&self, path: &str, body: impl Into<reqwest::Body>) -> Answer {
        self.answer(self.request(Method::POST, path).header("content-type", "application/json").body(body)).await
    }

    /// Makes an account and is logged in with it.
    pub async fn registers(&self, username: &str) -> Account {
        let body = self.post("/accounts", applicant(username)).await.ok();
        let id = body["account"]["id"].as_i64().unwrap();
        Account { program: self.with(text(&body["access_token"])), refresh: text(&body["refresh_token"]).into(), id }
    }

    /// Another log-in of somebody who has an account.
    pub async fn logs_in(&self, login: &str) -> Account {
        let body = self.post("/sessions", json!({"login": login, "password": PASSWORD})).await.ok();
        let program = self.with(text(&body["access_token"]));
        let id = program.get("/me").await.ok()["id"].as_i64().unwrap();
        Account { program, refresh: text(&body["refresh_token"]).into(), id }
    }

    /// A group room with these people.
    pub async fn makes_room(&self, members: &[i64]) -> i64 {
        let body = self.post("/rooms", json!({"name": "Kitchen", "members": members})).await.ok();
        body["id"].as_i64().unwrap()
    }

    /// Sends a message; its number.
    pub async fn says(&self, room: i64, words: &str) -> i64 {
        let body = self.post(&format!("/rooms/{room}/messages"), json!({"text": words})).await.ok();
        body["no"].as_i64().unwrap()
    }

    /// The texts on the newest page.
    pub async fn hears(&self, room: i64) -> Vec<String> {
        let body = self.get(&format!("/rooms/{room}/messages")).await.ok();
        body["items"].as_array().unwrap().iter().map(|message| text(&message["text"]).to_owned()).collect()
    }

    /// A socket by the token, welcomed; the status of the refusal when there is none.
    pub async fn opens(&self, path: &str) -> Result<Socket, u16> {
        let bearer = format!("Bearer {}", self.token.as_deref().unwrap_or_default());
        let mut socket = Socket::open(self.addr, path, &[("authorization", &bearer)]).await?;
        socket.is_welcomed().await;
        Ok(socket)
    }

    pub fn addr(&self) -> SocketAddr {
        self.addr
    }
}

/// Somebody logged in by the API.
pub struct Account {
    program: Program,
    pub refresh: String,
    pub id: i64,
}

impl std::ops::Deref for Account {
    type Target = Program;

    fn deref(&self) -> &Program {
        &self.program
    }
}

pub fn applicant(username: &str) -> Value {
    json!({
        "username": username,
        "display_name": format!("{}{}", username[..1].to_uppercase(), &username[1..]),
        "email": format!("{username}@example.org"),
        "password": PASSWORD,
    })
}

#[track_caller]
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// A member of each item.
pub fn each<'a>(list: &'a Value, name: &str) -> Vec<&'a Value> {
    list["items"].as_array().unwrap().iter().map(|item| &item[name]).collect()
}
