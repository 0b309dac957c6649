//! Requests to the API, as programs write them: whatever is in the path, the query, the headers or the body, there is an
//! answer, in the one shape when it is a refusal, and nobody without a token is told what a room holds.
//!
//! An input is a request line without the version, headers, an empty line and a body; `{token}` stands for a token of
//! somebody who is in room 1.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode, Uri, header};
use serde_json::{Value, json};
use server::cli::CommandLine;
use server::running::{self, Running};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::sync::LazyLock;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// What only members may read.
const SECRET: &str = "the key is under the stone";

const TOKEN: &str = "{token}";

static NATTER: LazyLock<Natter> = LazyLock::new(Natter::begin);

pub fn hold(text: &str) {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let Some((method, target)) = lines.next().and_then(|line| line.split_once(' ')) else { return };
    let (Ok(method), Ok(uri)) = (method.parse::<Method>(), target.parse::<Uri>()) else { return };
    // Pages answer in another shape, and a session that ends itself leaves nothing to be tried.
    if !uri.path().starts_with("/api/v1/") && !uri.path().starts_with("/api/hooks/")
        || method == Method::DELETE && uri.path() == "/api/v1/sessions/current"
    {
        return;
    }
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        request = request.header(name, value.replace(TOKEN, &NATTER.token));
    }
    // What is no header does not get so far.
    let Ok(request) = request.body(Body::from(body.replace(TOKEN, &NATTER.token))) else { return };
    NATTER.answers(request, text.contains(TOKEN));
}

/// A server that is asked within the process.
struct Natter {
    runtime: Runtime,
    router: Router,
    token: String,
    _running: Running,
    _data: TempDir,
}

impl Natter {
    fn begin() -> Self {
        let runtime = Runtime::new().expect("threads");
        let data = tempfile::tempdir().expect("a folder");
        let flags =
            ["natter", "--addr", "127.0.0.1:0", "--limits", "off", "--first-room", "off", "--data"].map(OsString::from);
        let flags = flags.into_iter().chain([data.path().join("data").into_os_string()]);
        let config = CommandLine::read(flags, std::iter::empty()).expect("flags that there are").config;
        let running = runtime.block_on(running::start(&config)).expect("a server, and a site that is built");
        let router = running.router();
        let mut natter = Self { runtime, router, token: String::new(), _running: running, _data: data };
        natter.token = natter.furnish();
        let page =
            Request::get("/api/v1/rooms/1/messages").header(header::AUTHORIZATION, format!("Bearer {}", natter.token));
        let (_, _, page) = natter.asks(page.body(Body::empty()).expect("a request"));
        assert!(page.contains(SECRET), "who has the token is told what the room holds: {page}");
        natter
    }

    /// Room 1 with a message; and a token of the second person in it, for reading and writing.
    fn furnish(&self) -> String {
        let [owner, member] = ["ines", "jona"].map(|username| {
            let email = format!("{username}@example.org");
            let new =
                json!({"username": username, "display_name": username, "email": email, "password": "correct horse"});
            self.makes("", "/accounts", &new)["access_token"].as_str().expect("a log-in").to_owned()
        });
        let room = self.makes(&owner, "/rooms", &json!({"name": "Kitchen", "members": [2]}));
        assert_eq!(room["id"], 1, "as the inputs say");
        self.makes(&owner, "/rooms/1/messages", &json!({"text": SECRET}));
        let new = json!({"name": "Of the inputs", "access": "read_and_write", "password": "correct horse"});
        let token = self.makes(&member, "/tokens", &new);
        token["token"].as_str().expect("a token").to_owned()
    }

    fn makes(&self, token: &str, path: &str, new: &Value) -> Value {
        let mut request = Request::post(format!("/api/v1{path}")).header(header::CONTENT_TYPE, "application/json");
        // From this machine, where the first account takes no code.
        request = request.header(header::HOST, "localhost");
        if !token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let (status, _, body) = self.asks(request.body(Body::from(new.to_string())).expect("a request"));
        assert_eq!(status, StatusCode::CREATED, "{path}: {body}");
        serde_json::from_str(&body).expect("JSON")
    }

    fn answers(&self, request: Request<Body>, has_token: bool) {
        let (status, kind, body) = self.asks(request);
        assert!(!status.is_server_error(), "{status} {body}");
        if status.is_client_error() && !body.is_empty() {
            assert_eq!(kind, "application/problem+json", "{status} {body}");
            let problem: Value = serde_json::from_str(&body).expect("a refusal is JSON");
            assert_eq!(problem["status"], status.as_u16(), "{body}");
            assert!(["code", "title", "detail"].iter().all(|name| problem[name].as_str() > Some("")), "{body}");
        }
        if kind == "application/json" {
            serde_json::from_str::<Value>(&body).expect("what says that it is JSON is JSON");
        }
        assert!(has_token || !body.contains(SECRET), "the room's words are told to somebody outside");
    }

    fn asks(&self, mut request: Request<Body>) -> (StatusCode, String, String) {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 9))));
        self.runtime.block_on(async {
            let answer = match self.router.clone().oneshot(request).await {
                Ok(answer) => answer,
                Err(never) => match never {},
            };
            let (status, kind) = (answer.status(), answer.headers().get(header::CONTENT_TYPE));
            let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
            let body = to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
            (status, kind, String::from_utf8_lossy(&body).into_owned())
        })
    }
}
