//! The user stream over loopback: key, socket, events, and the way back.

use domain::Timestamp;
use futures_util::SinkExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::*;
use crate::private::UserEvent;
use crate::rest::Endpoints;
use crate::sign::Credentials;
use crate::test_server::{Answer, Running, TestServer};

async fn accept(listener: &TcpListener) -> WebSocketStream<TcpStream> {
    let (stream, _) = listener.accept().await.unwrap();
    tokio_tungstenite::accept_async(stream).await.unwrap()
}

#[tokio::test]
async fn the_stream_opens_tells_and_comes_back() {
    let rest = TestServer::start(|_| Answer::json(200, "{\"listenKey\":\"s3cret\"}")).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let streams = format!("ws://{}", listener.local_addr().unwrap());
    let mut settings = rest.settings(Arc::new(Running::fast(Timestamp::from_millis(0))));
    settings.endpoints = Endpoints::custom(&rest.base, &streams, &rest.base).unwrap();
    let credentials = Credentials::hmac("thekey", "thesecret").unwrap();
    let client = Arc::new(Client::new(settings).unwrap().with_credentials(credentials));
    let (mut events, driver) = open_user_stream(client, 1, 16);
    let driver = tokio::spawn(driver);
    let mut socket = accept(&listener).await;
    assert_eq!(events.next().await, Some(UserStreamEvent::Opened));
    let text = "{\"e\":\"listenKeyExpired\",\"E\":1,\"listenKey\":\"s3cret\"}";
    socket.send(Message::text(text)).await.unwrap();
    let event = events.next().await.unwrap();
    assert!(matches!(event, UserStreamEvent::Event { event: UserEvent::ListenKeyExpired, .. }));
    assert!(matches!(events.next().await, Some(UserStreamEvent::Interrupted { .. })));
    let _second = accept(&listener).await;
    assert_eq!(events.next().await, Some(UserStreamEvent::Opened));
    let made = rest.requests().iter().filter(|it| it.starts_with("POST")).count();
    assert_eq!(made, 2);
    drop(events);
    driver.await.unwrap();
}
