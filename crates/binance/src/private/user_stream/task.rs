//! The session over a real socket and the client's calls.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

use super::{UserAction, UserSession, UserStreamEvent};
use crate::error::CallError;
use crate::private::{ListenKey, user_stream_url};
use crate::rest::Client;
use crate::streams::socket::{self, Incoming, SocketId};
use crate::streams::{ConnectionId, SOCKET_QUEUE};

const TICK: Duration = Duration::from_millis(100);

/// The receiving end of the user stream; the session ends when it is dropped.
#[derive(Debug)]
pub struct UserEvents(mpsc::Receiver<UserStreamEvent>);

impl UserEvents {
    /// The next event; `None` when the session has ended.
    pub async fn next(&mut self) -> Option<UserStreamEvent> {
        self.0.recv().await
    }
}

/// What came of a call about the key.
enum KeyReply {
    Made(Result<ListenKey, CallError>),
    Renewed(Result<Option<ListenKey>, CallError>),
}

/// Makes the user stream of a client that has a key. Nothing happens until the future is run.
///
/// `capacity` is how many events may wait for their receiver.
pub fn open_user_stream(
    client: Arc<Client>,
    seed: u64,
    capacity: usize,
) -> (UserEvents, impl Future<Output = ()> + Send + 'static) {
    let (events, receiver) = mpsc::channel(capacity.max(2));
    let (to_driver, incoming) = mpsc::channel(SOCKET_QUEUE);
    let (to_keys, keys) = mpsc::channel(4);
    let session = UserSession::new(seed, client.server_clock().monotonic());
    let driver = Driver {
        session,
        client,
        socket: None,
        generation: 0,
        incoming: to_driver,
        keys: to_keys,
        events,
        missed: 0,
    };
    (UserEvents(receiver), driver.run(incoming, keys))
}

struct Driver {
    session: UserSession,
    client: Arc<Client>,
    socket: Option<mpsc::Sender<String>>,
    generation: u64,
    incoming: mpsc::Sender<(SocketId, Incoming)>,
    keys: mpsc::Sender<KeyReply>,
    events: mpsc::Sender<UserStreamEvent>,
    missed: u64,
}

impl Driver {
    async fn run(
        mut self,
        mut incoming: mpsc::Receiver<(SocketId, Incoming)>,
        mut keys: mpsc::Receiver<KeyReply>,
    ) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !self.events.is_closed() {
            tokio::select! {
                biased;
                Some(reply) = keys.recv() => {
                    let now = self.client.server_clock().monotonic();
                    match reply {
                        KeyReply::Made(made) => self.session.key_made(made, now),
                        KeyReply::Renewed(renewed) => self.session.key_renewed(renewed, now),
                    }
                }
                _ = ticks.tick() => {
                    self.session.tick(self.client.server_clock().monotonic());
                    self.catch_up();
                }
                Some((id, item)) = incoming.recv() => self.take(id, item),
            }
            self.act();
        }
    }

    fn take(&mut self, id: SocketId, item: Incoming) {
        if id.generation != self.generation || self.socket.is_none() {
            return;
        }
        let now = self.client.server_clock().monotonic();
        match item {
            Incoming::Opened => self.session.connected(now),
            Incoming::Text(text, received) => self.session.text(&text, received, now),
            Incoming::Closed(reason) => {
                self.socket = None;
                self.session.closed(&reason, now);
            }
        }
    }

    fn act(&mut self) {
        while let Some(action) = self.session.poll() {
            match action {
                UserAction::MakeKey => self.ask_for_key(true),
                UserAction::RenewKey => self.ask_for_key(false),
                UserAction::Connect(key) => self.connect(&key),
                UserAction::Send(text) => {
                    // A text that cannot be sent is found out by the answer that does not come.
                    let _ = self.socket.as_ref().map(|socket| socket.try_send(text));
                }
                UserAction::Close => self.socket = None,
                UserAction::Tell(event) => self.tell(event),
            }
        }
    }

    /// The call runs beside: reading the socket must not wait for it.
    fn ask_for_key(&self, anew: bool) {
        let (client, keys) = (Arc::clone(&self.client), self.keys.clone());
        tokio::spawn(async move {
            let reply = if anew {
                KeyReply::Made(client.create_listen_key().await)
            } else {
                KeyReply::Renewed(client.renew_listen_key().await)
            };
            // Whoever does not listen any more does not need the key.
            let _ = keys.send(reply).await;
        });
    }

    fn connect(&mut self, key: &ListenKey) {
        self.generation += 1;
        let id = SocketId { connection: ConnectionId(0), generation: self.generation };
        let (outgoing, texts) = mpsc::channel(8);
        self.socket = Some(outgoing);
        let url = user_stream_url(self.client.endpoints(), key);
        let clock = Arc::clone(self.client.server_clock());
        tokio::spawn(socket::run((id, url), texts, self.incoming.clone(), clock));
    }

    fn tell(&mut self, event: UserStreamEvent) {
        if self.missed > 0 || self.events.try_send(event).is_err() {
            self.missed += 1;
        }
    }

    /// Owns up to what was missed as soon as there is room.
    fn catch_up(&mut self) {
        if self.missed > 0 {
            let missed = self.missed;
            if self.events.try_send(UserStreamEvent::Lagged { missed }).is_ok() {
                self.missed = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests;
