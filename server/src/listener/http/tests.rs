use super::*;
use crate::listener::activity::{FIRST_BYTE_TIMEOUT, HEAD_TIMEOUT, IDLE_TIMEOUT, WRITE_TIMEOUT};
use axum::http::Uri;
use hyper::client::conn::http2;
use std::ops::Range;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::{interval, sleep};
use tower_http::timeout::TimeoutLayer;

const REQUEST: &[u8] = b"GET /short HTTP/1.1\r\nhost: localhost\r\n\r\n";
const LONG_REQUEST: &[u8] = b"GET /long HTTP/1.1\r\nhost: localhost\r\n\r\n";
const UPLOAD: &[u8] = b"POST /short HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100000\r\n\r\n";

const LONG: usize = 200_000;

/// Answers by a short or a long text, or by the length of the body.
fn router() -> Router {
    let answer = async |uri: Uri, body: Bytes| match uri.path() {
        "/long" => "x".repeat(LONG),
        _ if body.is_empty() => "short".to_owned(),
        _ => body.len().to_string(),
    };
    let layer = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(30));
    Router::new().fallback(answer).layer(layer)
}

/// How long a connection lasts with this client, in seconds of a clock that does not wait.
async fn lasts(client: impl AsyncFnOnce(DuplexStream)) -> u64 {
    let (near, far) = duplex(1024);
    let place = Connections::new(Vec::new()).admit([127, 0, 0, 1].into()).unwrap();
    let (_running, stop) = watch::channel(false);
    let begun = Instant::now();
    let server = async {
        serve(near, ([127, 0, 0, 1], 1).into(), &place, router(), stop).await;
        begun.elapsed().as_secs()
    };
    tokio::select! {
        seconds = server => seconds,
        () = async { client(far).await; std::future::pending().await } => unreachable!(),
    }
}

fn about(timeout: Duration) -> Range<u64> {
    timeout.as_secs()..timeout.as_secs() + 3
}

async fn answered(client: &mut DuplexStream, end: &str) {
    let mut read = Vec::new();
    while !read.ends_with(end.as_bytes()) {
        assert_ne!(client.read_buf(&mut read).await.unwrap(), 0);
    }
}

/// Keeps the connection open without a further word.
async fn waits(client: DuplexStream) {
    sleep(Duration::from_secs(100_000)).await;
    drop(client);
}

#[tokio::test(start_paused = true)]
async fn a_silent_connection_ends() {
    let seconds = lasts(waits).await;
    assert!(about(FIRST_BYTE_TIMEOUT).contains(&seconds), "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn a_head_that_comes_byte_by_byte_ends() {
    for begins_with in [&b""[..], REQUEST] {
        let drip = async |mut client: DuplexStream| {
            if !begins_with.is_empty() {
                client.write_all(begins_with).await.unwrap();
                answered(&mut client, "short").await;
            }
            let mut second = interval(Duration::from_secs(1));
            loop {
                second.tick().await;
                if client.write_all(b"G").await.is_err() {
                    break;
                }
            }
        };
        let seconds = lasts(drip).await;
        assert!(about(HEAD_TIMEOUT).contains(&seconds), "{seconds}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_kept_between_requests_for_longer_than_proxies_keep_it() {
    let client = async |mut client: DuplexStream| {
        for _ in 0..3 {
            client.write_all(REQUEST).await.unwrap();
            answered(&mut client, "short").await;
            sleep(Duration::from_secs(125)).await;
        }
        waits(client).await;
    };
    let seconds = lasts(client).await;
    assert!(about(2 * Duration::from_secs(125) + IDLE_TIMEOUT).contains(&seconds), "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_ends_with_its_request() {
    let client = async |mut client: DuplexStream| {
        client.write_all(UPLOAD).await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    };
    let seconds = lasts(client).await;
    assert!((30..32).contains(&seconds), "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_nobody_reads_ends() {
    let client = async |mut client: DuplexStream| {
        client.write_all(LONG_REQUEST).await.unwrap();
        waits(client).await;
    };
    let seconds = lasts(client).await;
    assert!(about(WRITE_TIMEOUT).contains(&seconds), "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_read_too_slowly_ends() {
    let reader = |bytes: usize| {
        async move |mut client: DuplexStream| {
            client.write_all(LONG_REQUEST).await.unwrap();
            let (mut second, mut read) = (interval(Duration::from_secs(1)), 0);
            while read < LONG {
                second.tick().await;
                match client.read(&mut vec![0; bytes]).await {
                    Ok(0) | Err(_) => return,
                    Ok(more) => read += more,
                }
            }
            waits(client).await;
        }
    };
    let seconds = lasts(reader(512)).await;
    assert!((55..70).contains(&seconds), "{seconds}");
    let seconds = lasts(reader(1024)).await;
    assert!(seconds > LONG as u64 / 1024 + 100, "a thousand bytes a second are enough: {seconds}");
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_of_http_2_ends_although_it_answers_pings() {
    let client = async |client: DuplexStream| {
        let (mut requests, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(client)).await.unwrap();
        let request = Request::get("http://localhost/short").body(Body::empty()).unwrap();
        let talk = async {
            assert_eq!(requests.send_request(request).await.unwrap().status(), 200);
            std::future::pending::<()>().await;
        };
        tokio::select! {
            ended = connection => ended.unwrap(),
            () = talk => {}
        }
    };
    let seconds = lasts(client).await;
    assert!((150..215).contains(&seconds), "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_ends_for_which_http_2_leaves_no_room() {
    let client = async |client: DuplexStream| {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder.initial_stream_window_size(0);
        let (mut requests, connection) = builder.handshake(TokioIo::new(client)).await.unwrap();
        let request = Request::get("http://localhost/long").body(Body::empty()).unwrap();
        let talk = async {
            let answer = requests.send_request(request).await.unwrap();
            assert_eq!(answer.status(), 200);
            std::future::pending::<()>().await;
            drop(answer);
        };
        tokio::select! {
            ended = connection => drop(ended),
            () = talk => {}
        }
    };
    let seconds = lasts(client).await;
    let allowed = WRITE_TIMEOUT.as_secs() + LONG as u64 / 1024;
    assert!((allowed..allowed + GRACE.as_secs() + 3).contains(&seconds), "{seconds}");
}
