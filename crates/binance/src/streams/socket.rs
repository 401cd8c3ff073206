//! One socket: reads as fast as the venue sends, whatever becomes of what it reads.
//!
//! The reader waits for nobody who processes frames, so that pings are answered in time.

use std::sync::Arc;
use std::time::Duration;

use domain::Timestamp;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

use super::ConnectionId;
use crate::clock::ServerClock;

/// Largest frame: lists over all symbols come close to a megabyte.
const FRAME_MAX: usize = 8 << 20;
/// How long sending a text may take.
const SEND_MAX: Duration = Duration::from_secs(10);
/// How long a farewell may take.
const CLOSE_MAX: Duration = Duration::from_secs(1);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Which socket: a connection opens many in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SocketId {
    pub(crate) connection: ConnectionId,
    pub(crate) generation: u64,
}

/// What comes from a socket.
#[derive(Debug)]
pub(crate) enum Incoming {
    Opened,
    Text(Utf8Bytes, Timestamp),
    Closed(String),
}

/// Runs a socket until it ends or its texts to send do.
pub(crate) async fn run(
    (id, url): (SocketId, String),
    mut outgoing: mpsc::Receiver<String>,
    incoming: mpsc::Sender<(SocketId, Incoming)>,
    clock: Arc<ServerClock>,
) {
    let socket = tokio::select! {
        biased;
        // Nothing is sent before it is open: this ends only when nobody wants it any more.
        _ = outgoing.recv() => return,
        socket = connect(&url) => socket,
    };
    let reason = match socket {
        Ok(socket) => talk(id, socket, (&mut outgoing, &incoming), &clock).await,
        Err(error) => Some(format!("no connection: {error}")),
    };
    if let Some(reason) = reason {
        // Whoever does not listen any more does not need to know.
        let _ = incoming.send((id, Incoming::Closed(reason))).await;
    }
}

async fn connect(url: &str) -> Result<Socket, Error> {
    let config = WebSocketConfig::default()
        .max_message_size(Some(FRAME_MAX))
        .max_frame_size(Some(FRAME_MAX));
    let (socket, _) = connect_async_tls_with_config(url, Some(config), true, None).await?;
    Ok(socket)
}

/// Why the socket ended; `None` when we ended it.
async fn talk(
    id: SocketId,
    mut socket: Socket,
    (outgoing, incoming): (&mut mpsc::Receiver<String>, &mpsc::Sender<(SocketId, Incoming)>),
    clock: &ServerClock,
) -> Option<String> {
    if incoming.send((id, Incoming::Opened)).await.is_err() {
        return None;
    }
    loop {
        tokio::select! {
            biased;
            text = outgoing.recv() => {
                let Some(text) = text else {
                    // The venue closes it in any case.
                    let _ = tokio::time::timeout(CLOSE_MAX, socket.close(None)).await;
                    return None;
                };
                match tokio::time::timeout(SEND_MAX, socket.send(Message::text(text))).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => return Some(error.to_string()),
                    Err(_) => return Some("a text could not be sent in time".to_owned()),
                }
            }
            message = socket.next() => {
                let text = match message {
                    Some(Ok(Message::Text(text))) => text,
                    // The library answers pings itself, with the next read at the latest.
                    Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_))) => continue,
                    Some(Ok(Message::Close(_) | Message::Frame(_))) | None => {
                        return Some("closed by the venue".to_owned());
                    }
                    Some(Err(error)) => return Some(error.to_string()),
                };
                let item = (id, Incoming::Text(text, clock.now()));
                if incoming.send(item).await.is_err() {
                    return None;
                }
            }
        }
    }
}
