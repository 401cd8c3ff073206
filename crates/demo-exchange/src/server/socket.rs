//! One WebSocket: frames of the core out, messages and pongs in.

use std::sync::Arc;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use tokio::sync::mpsc;

use super::{FRAMES_WAITING_MAX, Shared, ahead};
use crate::api_call::ApiReply;
use crate::exchange::Need;
use crate::sockets::{ConnectionId, Sent};

/// Opens a connection in the core.
pub(super) fn open(
    shared: &Shared,
    path: &str,
) -> Result<(ConnectionId, mpsc::Receiver<Sent>), ApiReply> {
    let (sender, frames) = mpsc::channel(FRAMES_WAITING_MAX);
    let connection = shared.at_present(|state, now| {
        let connection = state.exchange.connect(path, now)?;
        state.senders.insert(connection, sender);
        Ok(connection)
    })?;
    Ok((connection, frames))
}

/// Serves it until either side ends it.
pub(super) async fn run(
    shared: Arc<Shared>,
    mut socket: WebSocket,
    connection: ConnectionId,
    mut frames: mpsc::Receiver<Sent>,
) {
    loop {
        let goes_on = tokio::select! {
            frame = frames.recv() => match frame {
                Some(frame) => send(&mut socket, frame).await,
                None => false,
            },
            message = socket.recv() => match message {
                Some(Ok(message)) => hear(&shared, connection, message).await,
                Some(Err(_)) | None => false,
            },
        };
        if !goes_on {
            break;
        }
    }
    shared.at_present(|state, now| {
        state.senders.remove(&connection);
        state.exchange.disconnect(connection, now);
    });
}

/// False when the connection is over.
async fn send(socket: &mut WebSocket, sent: Sent) -> bool {
    match sent {
        Sent::Text(text) => socket.send(Message::Text(text.into())).await.is_ok(),
        Sent::Ping(payload) => socket.send(Message::Ping(payload.into())).await.is_ok(),
        Sent::Close(code, reason) => {
            let frame = CloseFrame { code, reason: reason.into() };
            // Whether or not the client still hears it, this is the end.
            let _ = socket.send(Message::Close(Some(frame))).await;
            false
        }
        Sent::Reset => false,
        Sent::HalfOpen => std::future::pending().await,
    }
}

/// False when the client said goodbye.
async fn hear(shared: &Shared, connection: ConnectionId, message: Message) -> bool {
    match message {
        Message::Text(text) => {
            ahead::prepare(shared, Need::Message(&text)).await;
            shared.at_present(|state, now| state.exchange.receive(connection, &text, now));
        }
        Message::Pong(_) => shared.at_present(|state, now| state.exchange.pong(connection, now)),
        // Pings of clients are answered by the library below; binary messages mean nothing here.
        Message::Ping(_) | Message::Binary(_) => {}
        Message::Close(_) => return false,
    }
    true
}
