//! A server for tests on loopback: what it answers is decided by the test, byte by byte.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::Timestamp;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::clock::Clock;
use crate::rest::{Client, ClientSettings, Endpoints};

/// What the server does after it has read a request.
pub(crate) enum Answer {
    /// Sends these bytes and closes.
    Bytes(Vec<u8>),
    /// Sends these bytes and then nothing, without closing.
    Stall(Vec<u8>),
    /// Sends the head, then bytes without end.
    Endless(Vec<u8>),
    /// Closes without a word.
    Reset,
}

impl Answer {
    /// A status and a JSON body.
    pub(crate) fn json(status: u16, body: &str) -> Self {
        Self::with(status, "content-type: application/json\r\n", body)
    }

    /// A status, headers that end in line ends, and a body.
    pub(crate) fn with(status: u16, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::Bytes(
            format!("HTTP/1.1 {status} X\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}")
                .into_bytes(),
        )
    }
}

/// A running server.
pub(crate) struct TestServer {
    /// `http://127.0.0.1:port`.
    pub(crate) base: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl TestServer {
    /// Answers each request, given as `GET /path?query` with the body behind a line end and API key
    /// and range in brackets, by a function.
    pub(crate) async fn start(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (told, answer) = (Arc::clone(&requests), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, Arc::clone(&answer), Arc::clone(&told)));
            }
        });
        Self { base, requests }
    }

    /// The requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// A client of this server.
    pub(crate) fn client(&self, clock: Arc<dyn Clock>) -> Client {
        Client::new(self.settings(clock)).unwrap()
    }

    pub(crate) fn settings(&self, clock: Arc<dyn Clock>) -> ClientSettings {
        let endpoints = Endpoints::custom(&self.base, "ws://127.0.0.1:1", &self.base).unwrap();
        ClientSettings::new(endpoints, clock)
    }
}

async fn serve(
    mut socket: TcpStream,
    answer: Arc<impl Fn(&str) -> Answer>,
    requests: Arc<Mutex<Vec<String>>>,
) {
    let Some(request) = read_request(&mut socket).await else { return };
    requests.lock().unwrap().push(request.clone());
    let (bytes, then) = match answer(&request) {
        Answer::Bytes(bytes) => (bytes, Then::Close),
        Answer::Stall(bytes) => (bytes, Then::Wait),
        Answer::Endless(bytes) => (bytes, Then::Flood),
        Answer::Reset => return,
    };
    // The client may have gone: that is what some tests are about.
    let mut alive = socket.write_all(&bytes).await.is_ok();
    let mut rest = [0; 1 << 16];
    match then {
        Then::Close => {}
        Then::Wait => while matches!(socket.read(&mut rest).await, Ok(read) if read > 0) {},
        Then::Flood => {
            while alive {
                alive = socket.write_all(&[b' '; 1 << 16]).await.is_ok();
            }
        }
    }
}

enum Then {
    Close,
    Wait,
    Flood,
}

async fn read_request(socket: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let read = socket.read(&mut chunk).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if body.len() < length.map_or(0, |length| length.parse().unwrap()) {
            continue;
        }
        let first = head.lines().next().unwrap().trim_end_matches(" HTTP/1.1");
        let key = head.lines().find_map(|line| line.strip_prefix("x-mbx-apikey: "));
        let key = key.map_or(String::new(), |key| format!(" [{key}]"));
        let end = if body.is_empty() { "" } else { "\n" };
        let range = head.lines().find_map(|line| line.strip_prefix("range: "));
        let range = range.map_or(String::new(), |range| format!(" [{range}]"));
        return Some(format!("{first}{end}{body}{key}{range}"));
    }
}

/// Clocks that stand at a time.
pub(crate) struct Standing(pub(crate) Timestamp);

impl Clock for Standing {
    fn wall(&self) -> Timestamp {
        self.0
    }

    fn monotonic(&self) -> Duration {
        Duration::from_secs(1)
    }
}

/// Clocks that run; the monotonic one twenty times as fast as it should.
pub(crate) struct Running {
    wall: Timestamp,
    start: tokio::time::Instant,
}

impl Running {
    pub(crate) fn fast(wall: Timestamp) -> Self {
        Self { wall, start: tokio::time::Instant::now() }
    }
}

impl Clock for Running {
    fn wall(&self) -> Timestamp {
        self.wall
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed() * 20
    }
}

/// A parameter of a request.
pub(crate) fn parameter<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = request.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}
