use super::server::Addr;
use super::{Person, Socket, within};
use reqwest::header::{HeaderMap, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, redirect};
use rustls::ClientConfig;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

/// A site whose pages come by ticket.
const ELSEWHERE: &str = "https://tools.example.org";

/// What the server answered.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// The body without the name of its request, which differs each time.
    pub fn words(&self) -> String {
        self.body.replace(self.header("x-request-id"), "")
    }

    /// The body of a success, as the API tells it.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.body);
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A browser without scripts: it keeps cookies and says where a form stands. With a token it stands for a program.
#[derive(Clone)]
pub struct Browser {
    addr: Addr,
    http: Client,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
    token: Option<String>,
    /// What makes the first account where nobody at the server's machine does.
    setup_code: Option<String>,
    /// What opens a socket in place of all that.
    ticket: Option<String>,
    /// How it speaks https, if it does.
    tls: Option<Arc<ClientConfig>>,
}

impl Browser {
    pub fn new(addr: Addr) -> Self {
        Self::at(None, addr)
    }

    /// One on a machine of that address, if one is given; this machine has all that begin with 127.
    pub fn at(here: Option<IpAddr>, addr: Addr) -> Self {
        let builder = Client::builder().redirect(redirect::Policy::none()).no_proxy();
        let http = builder.local_address(here).build().unwrap();
        Self { addr, http, cookies: Arc::default(), token: None, setup_code: None, ticket: None, tls: None }
    }

    /// One that speaks https only; `tls` says whom it trusts.
    pub fn by_tls(addr: Addr, mut tls: ClientConfig) -> Self {
        let builder = Client::builder().redirect(redirect::Policy::none()).no_proxy();
        let http = builder.use_preconfigured_tls(tls.clone()).build().unwrap();
        // A socket has a line of its own, on which no other version is spoken.
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        Self {
            addr,
            http,
            cookies: Arc::default(),
            token: None,
            setup_code: None,
            ticket: None,
            tls: Some(Arc::new(tls)),
        }
    }

    /// A browser into which somebody has put the cookies of this one.
    pub fn copy(&self) -> Self {
        let cookies = self.cookies.lock().unwrap().clone();
        Self { cookies: Arc::new(Mutex::new(cookies)), ..self.clone() }
    }

    /// A browser that trusts the same and has no connection yet.
    pub fn fresh(&self) -> Self {
        let tls = self.tls.as_ref().expect("one that speaks https");
        Self::by_tls(self.addr.clone(), tls.as_ref().clone())
    }

    /// This browser with the cookies of another one, which may have them from another server.
    pub fn with_cookies_of(self, other: &Self) -> Self {
        Self { cookies: other.copy().cookies, ..self }
    }

    /// This browser at another node of the same installation.
    pub fn towards(self, node: &Addr) -> Self {
        Self { addr: node.clone(), ..self }
    }

    /// A program that shows this token.
    pub fn with_token(self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self }
    }

    /// Somebody who reads what the server prints.
    pub fn with_setup_code(self, code: &str) -> Self {
        Self { setup_code: Some(code.to_owned()), ..self }
    }

    /// A page elsewhere that has this ticket.
    pub fn with_ticket(self, ticket: &str) -> Self {
        Self { ticket: Some(format!("natter, {ticket}")), ..self }
    }

    /// A ticket for a socket, as a program or one of our own pages gets it.
    pub async fn ticket(&self) -> String {
        let made = self.asks(Method::POST, "/api/v1/tickets", None).await.json();
        made["ticket"].as_str().unwrap().to_owned()
    }

    pub fn addr(&self) -> std::net::SocketAddr {
        self.addr.get()
    }

    pub fn origin(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.addr())
    }

    /// The `Cookie` header.
    pub fn cookie(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// A request with the cookies, and nothing that says where it comes from.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.origin()));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request.header("cookie", self.cookie()),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.answer(self.request(Method::GET, path)).await
    }

    /// Asks the API for something, from one of our own pages or as a program.
    pub async fn asks(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = self.request(method, path).header("origin", self.origin());
        self.answer(if let Some(body) = body { request.json(&body) } else { request }).await
    }

    /// Posts a form from one of our own pages.
    pub async fn form(&self, endpoint: &str, fields: &[(&str, &str)]) -> Answer {
        let origin = self.origin();
        self.answer(self.posting(endpoint, fields).header("origin", origin)).await
    }

    /// A form on its way, which does not yet say where it comes from.
    pub fn posting(&self, endpoint: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let body: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.request(Method::POST, &format!("/form/{endpoint}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            .body(body)
    }

    pub async fn answer(&self, request: RequestBuilder) -> Answer {
        let response = within("an answer", request.send()).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        for line in headers.get_all(SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            if line.contains("Max-Age=0") || value.is_empty() {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let body = within("a body", response.bytes()).await.unwrap();
        Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    /// Makes an account and is logged in with it.
    pub async fn registers(self, username: &str) -> Person {
        let name = format!("{}{}", username[..1].to_uppercase(), &username[1..]);
        let email = format!("{username}@example.org");
        let fields = [
            ("username", username),
            ("display_name", &name),
            ("email", &email),
            ("password", Person::PASSWORD),
            ("setup_code", self.setup_code.as_deref().unwrap_or_default()),
            ("page", "/register"),
        ];
        let answer = self.form("register", &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        Person::arrived(self, username).await
    }

    pub async fn logs_in(self, username: &str) -> Person {
        let fields = [("login", username), ("password", Person::PASSWORD), ("page", "/login")];
        let answer = self.form("login", &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        Person::arrived(self, username).await
    }

    /// Opens a socket as a page or a program would: the answer's status when there is none.
    pub async fn upgrade(&self, path: &str) -> Result<Socket, u16> {
        let (origin, cookie) = (self.origin(), self.cookie());
        let authorization = self.token.as_ref().map(|token| format!("Bearer {token}"));
        let headers = match (&self.ticket, &authorization) {
            (Some(ticket), _) => &[("sec-websocket-protocol", ticket.as_str()), ("origin", ELSEWHERE)][..],
            (None, Some(bearer)) => &[("authorization", bearer.as_str())],
            (None, None) => &[("cookie", cookie.as_str()), ("origin", origin.as_str())],
        };
        match &self.tls {
            Some(tls) => Socket::encrypted(self.addr(), tls.clone(), path, headers).await,
            None => Socket::open(self.addr(), path, headers).await,
        }
    }
}
