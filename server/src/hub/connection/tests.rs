use super::*;
use domain::access::Scope;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::client::TlsStream;

/// A connection and the far end of its line.
pub async fn connection(user: i64) -> (Arc<Connection>, TcpStream) {
    let (near, far) = line().await;
    (over(near.into(), user), far)
}

/// The same with a line that encrypts.
async fn encrypted(user: i64) -> (Arc<Connection>, TlsStream<TcpStream>) {
    let (near, far) = line().await;
    let (acceptor, connector) = crate::tls::tests::ends();
    let (near, far) = tokio::join!(acceptor.accept(near), connector.connect("localhost".try_into().unwrap(), far));
    (over(near.unwrap().into(), user), far.unwrap())
}

async fn line() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let far = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    (listener.accept().await.unwrap().0, far)
}

fn over(line: Stream, user: i64) -> Arc<Connection> {
    let (user, session) = (UserId::try_from(user).unwrap(), SessionId("s".into()));
    let opener = Opener { caller: Caller { user, session, scope: Scope::Person }, only: None };
    Arc::new(Connection::new(opener, Arc::new(line)))
}

/// More than the system keeps for a line that nobody reads.
const FLOOD: usize = 32 << 20;

#[tokio::test]
async fn what_the_line_takes_needs_no_task() {
    let (connection, mut far) = connection(1).await;
    connection.write(Bytes::from_static(b"one"));
    connection.write(Bytes::from_static(b"two"));
    let mut heard = [0; 6];
    far.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, b"onetwo");
}

#[tokio::test]
async fn nothing_that_reaches_a_new_socket_comes_before_its_welcome() {
    let (connection, mut far) = connection(1).await;
    let (written, is_written) = std::sync::mpsc::channel();
    let other = connection.clone();
    let is_in = connection.open(Bytes::from_static(b"welcome"), || {
        // Somebody tells it something as soon as it is known.
        std::thread::spawn(move || {
            other.write(Bytes::from_static(b"told"));
            written.send(())
        });
        assert!(is_written.recv_timeout(std::time::Duration::from_millis(50)).is_err(), "it waits for the welcome");
        true
    });
    assert!(is_in);
    let mut heard = [0; 11];
    far.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, b"welcometold");
}

#[tokio::test]
async fn a_socket_that_is_not_let_in_is_not_welcomed() {
    let (connection, mut far) = connection(1).await;
    assert!(!connection.open(Bytes::from_static(b"welcome"), || false));
    connection.write(Bytes::from_static(b"closed"));
    let mut heard = [0; 6];
    far.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, b"closed");
}

#[tokio::test]
async fn nothing_to_say_leaves_nothing_to_do() {
    let (connection, _far) = connection(1).await;
    connection.write(Bytes::new());
    assert!(lock(&connection.queue).waiting.is_empty());
}

#[tokio::test]
async fn what_the_line_does_not_take_follows_in_order() {
    let (connection, far) = connection(1).await;
    follows_in_order(&connection, far).await;
}

#[tokio::test]
async fn what_an_encrypted_line_does_not_take_follows_in_order() {
    let (connection, far) = encrypted(1).await;
    follows_in_order(&connection, far).await;
}

async fn follows_in_order(connection: &Connection, mut far: impl AsyncRead + Unpin + Send + 'static) {
    let sent: Vec<u8> = (0..FLOOD).map(|at| (at / 1024) as u8).collect();
    let reading = tokio::spawn(async move {
        let mut heard = vec![0; FLOOD];
        far.read_exact(&mut heard).await.map(|_| heard)
    });
    let writing = async {
        for piece in sent.chunks(100_000) {
            connection.write(Bytes::copy_from_slice(piece));
            connection.calm().await;
        }
        connection.push(Task::Gone(RoomId::try_from(1).unwrap()));
        connection.next().await
    };
    assert_eq!(writing.await, Task::Gone(RoomId::try_from(1).unwrap()));
    assert!(reading.await.unwrap().unwrap() == sent);
}

#[tokio::test]
async fn what_an_encrypted_line_holds_back_needs_no_further_frame() {
    let (connection, mut far) = encrypted(1).await;
    let mut sent = 0;
    while !lock(&connection.queue).is_held {
        connection.write(Bytes::from(vec![b'x'; 1024]));
        sent += 1024;
    }
    let task = connection.clone();
    let writing = tokio::spawn(async move { task.next().await });
    let mut heard = vec![0; sent];
    far.read_exact(&mut heard).await.unwrap();
    assert!(!writing.is_finished());
    writing.abort();
}

#[tokio::test]
async fn a_reader_that_is_too_slow_is_closed_and_nothing_is_skipped() {
    let (connection, _far) = connection(1).await;
    is_closed_for_being_slow(&connection).await;
}

#[tokio::test]
async fn a_reader_that_is_too_slow_is_closed_by_an_encrypted_line_too() {
    let (connection, _far) = encrypted(1).await;
    is_closed_for_being_slow(&connection).await;
}

async fn is_closed_for_being_slow(connection: &Connection) {
    for _ in 0..FLOOD / 1024 {
        connection.write(Bytes::from(vec![b'x'; 1024]));
    }
    assert_eq!(connection.next().await, Task::Close(close::TOO_SLOW));
    connection.write(Bytes::from_static(b"later"));
    assert_eq!(connection.next().await, Task::Close(close::TOO_SLOW));
    assert!(lock(&connection.queue).bytes <= QUEUE_BYTES + 2048);
}

#[tokio::test]
async fn a_long_answer_is_no_reason_to_close() {
    let (connection, mut far) = connection(1).await;
    connection.answer("a".repeat(FLOOD)).unwrap();
    connection.write(Bytes::from_static(b"told"));
    let reading = tokio::spawn(async move {
        // A frame of that size has a header of ten bytes.
        let mut heard = vec![0; 10 + FLOOD + 4];
        far.read_exact(&mut heard).await.map(|_| heard)
    });
    let heard = tokio::select! {
        task = connection.next() => panic!("{task:?}"),
        heard = reading => heard.unwrap().unwrap(),
    };
    assert!(heard.ends_with(b"atold"));
    let queue = lock(&connection.queue);
    assert_eq!((queue.bytes, queue.answers, queue.closed), (0, 0, None));
}

#[tokio::test]
async fn a_farewell_follows_a_frame_that_was_cut() {
    let (connection, far) = connection(1).await;
    a_farewell_follows(connection, far).await;
}

/// And says by the end of TLS that nothing is missing.
#[tokio::test]
async fn a_farewell_follows_a_frame_that_was_cut_on_an_encrypted_line() {
    let (connection, far) = encrypted(1).await;
    a_farewell_follows(connection, far).await;
}

async fn a_farewell_follows(connection: Arc<Connection>, mut far: impl AsyncRead + Unpin + Send + 'static) {
    connection.write(Bytes::from(vec![b'x'; FLOOD]));
    let all = tokio::spawn(async move {
        let mut heard = Vec::new();
        far.read_to_end(&mut heard).await.map(|_| heard)
    });
    connection.finish(Bytes::from_static(b"end")).await.unwrap();
    drop(connection);
    let heard = all.await.unwrap().unwrap();
    assert_eq!(heard.len(), FLOOD + 3);
    assert!(heard.ends_with(b"xend"));
}

/// What has been stored is then acknowledged by the farewell (promise R20).
#[tokio::test]
async fn an_answer_that_comes_too_late_is_given_back() {
    let (connection, _far) = connection(1).await;
    connection.close(close::RESTART);
    assert_eq!(connection.answer("ack".to_owned()), Err("ack".to_owned()));
    assert_eq!(connection.next().await, Task::Close(close::RESTART));
}

#[tokio::test]
async fn silence_is_noticed_at_the_second_beat() {
    let (connection, _far) = connection(1).await;
    assert!(!connection.is_silent());
    assert!(connection.is_silent());
    connection.heard();
    assert!(!connection.is_silent());
}
