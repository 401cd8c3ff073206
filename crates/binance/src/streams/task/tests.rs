//! Sessions over real sockets on loopback, time running twenty times as fast.

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::*;
use crate::frame::Frame;
use crate::streams::StreamState;
use crate::test_server::Running;
use domain::Timestamp;

const NOON: i64 = 1_789_473_600_000;

fn session(listener: &TcpListener) -> SessionSettings {
    let base = format!("ws://{}", listener.local_addr().unwrap());
    SessionSettings { heartbeat: None, ..SessionSettings::new(&base, 1) }
}

fn clock() -> Arc<ServerClock> {
    Arc::new(ServerClock::new(Arc::new(Running::fast(Timestamp::from_millis(NOON)))))
}

fn trades() -> Stream {
    Stream::AggTrade("BTCUSDT".parse().unwrap())
}

fn frame(id: u64) -> Message {
    Message::text(format!(
        "{{\"stream\":\"btcusdt@aggTrade\",\"data\":{{\"e\":\"aggTrade\",\"E\":{NOON},\"s\":\"BTCUSDT\",\"a\":{id},\"p\":\"1.5\",\"q\":\"1\",\"f\":1,\"l\":1,\"T\":{NOON},\"m\":true}}}}"
    ))
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

/// A socket of the venue on which a subscription has been acknowledged.
async fn subscribed(listener: &TcpListener) -> WebSocketStream<TcpStream> {
    let (stream, _) = listener.accept().await.unwrap();
    let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
    let request = socket.next().await.unwrap().unwrap().into_text().unwrap();
    assert!(request.contains("SUBSCRIBE") && request.contains("btcusdt@aggTrade"), "{request}");
    socket.send(Message::text("{\"result\":null,\"id\":1}")).await.unwrap();
    socket
}

fn start(settings: SessionSettings, capacity: usize) -> (Streams, StreamWishes, JoinHandle<()>) {
    let (streams, wishes, driver) = open(settings, clock(), capacity);
    wishes.add([trades()]);
    (streams, wishes, tokio::spawn(driver))
}

/// The next frame's id or the next state of the stream, whichever comes first.
async fn next(streams: &mut Streams) -> Result<u64, StreamState> {
    loop {
        let event = streams.next().await.unwrap();
        if let StreamEvent::State { state, .. } = event {
            return Err(state);
        }
        if let StreamEvent::Frame { frame: Frame::AggTrade(trade), received, .. } = event {
            assert_eq!(received.millis(), NOON);
            return Ok(trade.id);
        }
    }
}

#[tokio::test]
async fn a_stream_that_is_torn_off_comes_back_by_itself() {
    let listener = listener().await;
    let (mut streams, wishes, driver) = start(session(&listener), 64);
    let mut first = subscribed(&listener).await;
    first.send(frame(1)).await.unwrap();
    assert_eq!(next(&mut streams).await, Err(StreamState::Waiting));
    assert_eq!(next(&mut streams).await, Err(StreamState::Live));
    assert_eq!(next(&mut streams).await, Ok(1));
    drop(first);
    assert_eq!(next(&mut streams).await, Err(StreamState::Lost));
    let mut second = subscribed(&listener).await;
    second.send(frame(9)).await.unwrap();
    assert_eq!(next(&mut streams).await, Err(StreamState::Live));
    assert_eq!(next(&mut streams).await, Ok(9));
    drop(wishes);
    driver.await.unwrap();
    assert!(streams.next().await.is_none(), "it ends with the last wish");
}

#[tokio::test]
async fn pings_are_answered_while_nobody_reads_the_events() {
    let listener = listener().await;
    let (_streams, _wishes, _driver) = start(session(&listener), 16);
    let mut socket = subscribed(&listener).await;
    for id in 0..500 {
        socket.send(frame(id)).await.unwrap();
    }
    socket.send(Message::Ping("payload".into())).await.unwrap();
    let answer = socket.next().await.unwrap().unwrap();
    assert_eq!(answer, Message::Pong("payload".into()));
}

#[tokio::test]
async fn a_slow_receiver_is_told_what_it_has_missed() {
    let listener = listener().await;
    let (mut streams, wishes, _driver) = start(session(&listener), 16);
    let mut socket = subscribed(&listener).await;
    for id in 0..100 {
        socket.send(frame(id)).await.unwrap();
    }
    let mut health = wishes.health.clone();
    health.wait_for(|(_, counters)| counters.frames >= 100).await.unwrap();
    let (mut events, mut missed) = (0, 0);
    while missed == 0 {
        let event = streams.next().await.unwrap();
        if let StreamEvent::Lagged { missed: count } = event { missed = count } else { events += 1 }
    }
    // Two states and the opening besides the frames.
    assert_eq!((events, missed), (16, 103 - 16));
    assert_eq!(next(&mut streams).await, Err(StreamState::Live), "the states follow");
    socket.send(frame(100)).await.unwrap();
    assert_eq!(next(&mut streams).await, Ok(100), "and then it goes on");
}

#[tokio::test]
async fn a_stream_nobody_wants_any_more_closes_its_socket() {
    let listener = listener().await;
    let (_streams, wishes, _driver) = start(session(&listener), 64);
    let mut socket = subscribed(&listener).await;
    wishes.remove(&[trades()]);
    assert!(matches!(socket.next().await, Some(Ok(Message::Close(_)))));
}
