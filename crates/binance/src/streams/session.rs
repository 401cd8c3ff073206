//! The wanted streams over all their sockets. No I/O.
//!
//! Each socket carries a heartbeat stream of its route. Before a socket is 24 hours old another one takes over:
//! both run side by side until all streams have come by the new one, and what both tell is told once.
//! Times are monotonic.

mod entry;
mod handover;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use domain::{Seeded, Symbol, Timestamp};

use super::connection::{Connection, Doing};
use super::log::Outbox;
use super::{ConnectionId, Route, Stream, StreamCounters, StreamEvent, StreamHealth, StreamState};
use crate::frame::{Frame, parse_message};
use entry::{Entry, Silence};
use handover::order_of;

/// What a session is made of.
#[derive(Clone, Debug)]
pub struct SessionSettings {
    /// Base URL, such as `wss://fstream.binance.com`; routes are added to it.
    pub base: String,
    /// The contract whose mark price and best prices show that a socket is alive; `None` for none.
    pub heartbeat: Option<Symbol>,
    /// Seed of the jitter.
    pub seed: u64,
    /// Streams a socket, at most 1,024 ("Websocket Market Streams").
    pub streams_max: usize,
    /// Age at which a socket hands over; the venue closes it at 24 hours.
    pub rotate_after: Duration,
}

impl SessionSettings {
    /// BTCUSDT as heartbeat, 200 streams a socket, hand-over after 23 hours.
    ///
    /// # Panics
    /// Never: BTCUSDT is a symbol.
    #[must_use]
    pub fn new(base: &str, seed: u64) -> Self {
        Self {
            base: base.to_owned(),
            heartbeat: Some("BTCUSDT".parse().expect("BTCUSDT is a symbol")),
            seed,
            streams_max: 200,
            rotate_after: Duration::from_secs(23 * 3600),
        }
    }
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Open a socket.
    Connect {
        /// Its number.
        connection: ConnectionId,
        /// Where to.
        url: String,
    },
    /// Send a text.
    Send {
        /// By which socket.
        connection: ConnectionId,
        /// What.
        text: String,
    },
    /// Close a socket, or stop opening it; nothing it does matters any more until it is opened again.
    Close {
        /// Which socket.
        connection: ConnectionId,
    },
    /// Tell this.
    Tell(StreamEvent),
}

/// Streams, sockets and what to do about them.
#[derive(Debug)]
pub struct Session {
    settings: SessionSettings,
    entries: BTreeMap<String, Entry>,
    connections: BTreeMap<ConnectionId, Connection>,
    /// Old socket to new one.
    successors: BTreeMap<ConnectionId, ConnectionId>,
    next_connection: u64,
    chance: Seeded,
    outbox: Outbox<Action>,
    counters: StreamCounters,
}

impl Session {
    /// A session that wants nothing.
    #[must_use]
    pub fn new(settings: SessionSettings) -> Self {
        let chance = Seeded::new(settings.seed);
        Self {
            settings,
            entries: BTreeMap::new(),
            connections: BTreeMap::new(),
            successors: BTreeMap::new(),
            next_connection: 1,
            chance,
            outbox: Outbox::new(),
            counters: StreamCounters::default(),
        }
    }

    /// The next thing to do; ask until there is none after every input.
    pub fn poll(&mut self) -> Option<Action> {
        self.outbox.pop()
    }

    /// Sets the wanted streams; those that stay are not touched.
    pub fn want(&mut self, streams: &BTreeSet<Stream>, now: Duration) {
        let names: BTreeMap<String, &Stream> =
            streams.iter().map(|stream| (stream.to_string(), stream)).collect();
        let gone: Vec<_> =
            self.entries.keys().filter(|name| !names.contains_key(*name)).cloned().collect();
        for name in gone {
            self.forget(&name);
        }
        for (name, stream) in names {
            if !self.entries.contains_key(&name) {
                self.adopt(name, stream, now);
            }
        }
        self.close_idle();
        self.tick(now);
    }

    /// A socket was opened.
    pub fn connected(&mut self, id: ConnectionId, now: Duration) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.opened(now);
            for entry in self.entries.values_mut().filter(|entry| entry.home == id) {
                entry.began(now);
            }
        }
        self.collect(id);
    }

    /// A socket was closed, or could not be opened.
    pub fn closed(&mut self, id: ConnectionId, reason: &str, now: Duration) {
        if let Some(connection) = self.connections.get_mut(&id) {
            self.counters.closed += 1;
            connection.closed(now, reason, &mut self.chance);
        }
        self.collect(id);
    }

    /// A text came by a socket.
    pub fn text(&mut self, id: ConnectionId, text: &str, received: Timestamp, now: Duration) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        connection.heard(now);
        let message = match parse_message(text) {
            Ok(message) => message,
            Err(error) => return self.malformed(error.to_string()),
        };
        match (message.stream, message.frame) {
            (_, Frame::Reply(reply)) => connection.replied(&reply, &mut self.counters),
            (_, Frame::Error(error)) => connection.refused(&error, now, &mut self.counters),
            (Some(name), frame) => self.frame(id, &name, (frame, received), now),
            (None, _) => self.counters.strays += 1,
        }
    }

    /// The venue had nothing to tell by a stream in this time, as it said in answer to a request: candles without a
    /// trade send no frame. Only what is silent beyond that is taken for broken.
    pub fn had_nothing(&mut self, stream: &Stream, from: Duration, to: Duration) {
        if let Some(entry) = self.entries.get_mut(&stream.to_string()) {
            entry.had_nothing(from, to);
        }
    }

    /// Lets time pass; to be called every 100 ms or so.
    pub fn tick(&mut self, now: Duration) {
        self.look_for_silence(now);
        self.hand_over(now);
        let ids: Vec<_> = self.connections.keys().copied().collect();
        for id in ids {
            if let Some(connection) = self.connections.get_mut(&id) {
                connection.tick(now, &mut self.chance, &mut self.counters);
            }
            self.collect(id);
        }
    }

    /// How each wanted stream is.
    #[must_use]
    pub fn health(&self, now: Duration) -> Vec<StreamHealth> {
        let health = |entry: &Entry| StreamHealth {
            stream: entry.stream.clone(),
            state: entry.state,
            age_ms: entry.age(now).map(|age| u64::try_from(age.as_millis()).unwrap_or(u64::MAX)),
        };
        self.entries.values().map(health).collect()
    }

    /// How often what happened.
    #[must_use]
    pub const fn counters(&self) -> StreamCounters {
        self.counters
    }

    fn malformed(&mut self, reason: String) {
        self.counters.malformed += 1;
        self.outbox.push(Action::Tell(StreamEvent::Malformed { reason }));
    }

    /// A frame of a stream.
    fn frame(
        &mut self,
        id: ConnectionId,
        name: &str,
        (frame, received): (Frame, Timestamp),
        now: Duration,
    ) {
        self.note_seen(id, name);
        let in_hand_over = self.is_in_hand_over(id);
        let Some(entry) = self.entries.get_mut(name) else {
            // The heartbeat, or a stream that was wanted until a moment ago.
            self.counters.strays += u64::from(!self.is_heartbeat(name));
            return;
        };
        if !entry.stream.carries(&frame) {
            return self.malformed(format!("{name}: a frame of another stream"));
        }
        if let Some(order) = order_of(&frame) {
            if in_hand_over && order <= entry.order {
                self.counters.duplicates += 1;
                return;
            }
            entry.order = order;
        }
        self.counters.frames += 1;
        if let Some(state) = entry.heard(now) {
            let stream = entry.stream.clone();
            self.outbox.push(Action::Tell(StreamEvent::State { stream, state }));
        }
        let stream = entry.stream.clone();
        self.outbox.push(Action::Tell(StreamEvent::Frame { stream, received, frame }));
    }

    fn is_heartbeat(&self, name: &str) -> bool {
        Route::ALL.iter().any(|route| self.heartbeat(*route).as_deref() == Some(name))
    }

    fn heartbeat(&self, route: Route) -> Option<String> {
        let symbol = self.settings.heartbeat.clone()?;
        let stream = match route {
            Route::Public => Stream::BookTicker(symbol),
            Route::Market => Stream::MarkPrice(symbol),
        };
        Some(stream.to_string())
    }

    fn adopt(&mut self, name: String, stream: &Stream, now: Duration) {
        let route = stream.route();
        let limit = self.settings.streams_max.clamp(1, 1000);
        let has_room = |(id, connection): &(&ConnectionId, &Connection)| {
            connection.route == route
                && connection.wanted.len() <= limit
                && !self.successors.contains_key(id)
        };
        let home = match self.connections.iter().find(has_room) {
            Some((id, _)) => *id,
            None => self.add_connection(route, now),
        };
        if let Some(connection) = self.connections.get_mut(&home) {
            connection.wanted.insert(name.clone());
        }
        let entry = Entry::new(stream.clone(), home, now);
        self.tell_state(&entry.stream, StreamState::Waiting);
        self.entries.insert(name, entry);
    }

    fn add_connection(&mut self, route: Route, now: Duration) -> ConnectionId {
        let id = ConnectionId(self.next_connection);
        self.next_connection += 1;
        self.connections.insert(id, Connection::new(route, self.heartbeat(route), now));
        id
    }

    fn forget(&mut self, name: &str) {
        self.entries.remove(name);
        let heartbeats: Vec<_> = Route::ALL.iter().map(|route| self.heartbeat(*route)).collect();
        if !heartbeats.iter().flatten().any(|heartbeat| heartbeat == name) {
            for connection in self.connections.values_mut() {
                connection.wanted.remove(name);
            }
        }
    }

    /// Closes sockets that carry nothing anybody wants.
    fn close_idle(&mut self) {
        let homes: BTreeSet<_> = self.entries.values().map(|entry| entry.home).collect();
        let idle = self.connections.iter().filter(|(id, connection)| {
            connection.is_idle() && !homes.contains(*id) && !self.successors.contains_key(*id)
        });
        let idle: Vec<_> = idle.map(|(id, _)| *id).collect();
        for id in idle {
            self.drop_connection(id);
        }
    }

    /// Forgets a socket and closes it.
    fn drop_connection(&mut self, id: ConnectionId) {
        self.successors.retain(|old, new| *old != id && *new != id);
        if self.connections.remove(&id).is_some() {
            self.outbox.push(Action::Close { connection: id });
        }
    }

    fn tell_state(&mut self, stream: &Stream, state: StreamState) {
        let stream = stream.clone();
        self.outbox.push(Action::Tell(StreamEvent::State { stream, state }));
    }

    /// Looks for streams whose data is too old.
    fn look_for_silence(&mut self, now: Duration) {
        for (name, entry) in &mut self.entries {
            let Some(connection) = self.connections.get_mut(&entry.home) else { continue };
            if connection.open_for(now).is_none() {
                continue;
            }
            let was = entry.state;
            match entry.silence(now) {
                Silence::None => continue,
                Silence::AskAnew => connection.renew(name),
                Silence::Reconnect { every } => {
                    let reason = format!("{name} is silent");
                    if !connection.reconnect_for_stream(now, every, &reason, &mut self.chance) {
                        connection.renew(name);
                    }
                }
            }
            if was != StreamState::Stale {
                self.counters.stale += 1;
                let (stream, state) = (entry.stream.clone(), entry.state);
                self.outbox.push(Action::Tell(StreamEvent::State { stream, state }));
            }
        }
    }

    /// Takes what a socket wants done over into the session's own list.
    fn collect(&mut self, id: ConnectionId) {
        loop {
            let Some(connection) = self.connections.get_mut(&id) else { return };
            let route = connection.route;
            let Some(doing) = connection.outbox.pop() else { return };
            let action = match doing {
                Doing::Connect => Action::Connect {
                    connection: id,
                    url: format!("{}/{}/stream", self.settings.base, route.path()),
                },
                Doing::Send(text) => Action::Send { connection: id, text },
                Doing::Close => Action::Close { connection: id },
                Doing::Opened => {
                    self.counters.opened += 1;
                    Action::Tell(StreamEvent::Opened { connection: id, route })
                }
                Doing::Closed(reason) => {
                    self.lose(id);
                    Action::Tell(StreamEvent::Closed { connection: id, route, reason })
                }
            };
            self.outbox.push(action);
        }
    }
}

#[cfg(test)]
mod tests;
