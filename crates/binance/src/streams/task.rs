//! A session over real sockets: wishes in, events out.
//!
//! Events go through a bounded channel. When its receiver is too slow, events are counted, not kept: the next
//! thing it hears is [`StreamEvent::Lagged`], then the state of every stream.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use domain::{TimeRange, Timestamp};
use tokio::sync::{mpsc, watch};
use tokio::time::MissedTickBehavior;

use super::socket::{self, Incoming, SocketId};
use super::{
    Action, ConnectionId, Session, SessionSettings, Stream, StreamCounters, StreamEvent,
    StreamHealth,
};
use crate::clock::ServerClock;

/// How often time passes for the session.
const TICK: Duration = Duration::from_millis(100);
/// Frames between the sockets and the session; it reads them faster than they come.
pub(crate) const INCOMING: usize = 16_384;
/// Frames taken at once.
const BATCH: usize = 256;
/// Remarks on quiet streams that may wait for the session; what does not fit is left out.
const REMARKS: usize = 4_096;

/// The receiving end: what happens on the wanted streams.
#[derive(Debug)]
pub struct Streams(mpsc::Receiver<StreamEvent>);

impl Streams {
    /// The next event; `None` when the session has ended.
    pub async fn next(&mut self) -> Option<StreamEvent> {
        self.0.recv().await
    }

    /// The next event, if there is one already.
    pub fn try_next(&mut self) -> Option<StreamEvent> {
        self.0.try_recv().ok()
    }
}

/// The wishing end: which streams are wanted, and how they are. The session ends with its last copy.
#[derive(Clone, Debug)]
pub struct StreamWishes {
    wanted: watch::Sender<BTreeSet<Stream>>,
    quiet: mpsc::Sender<(Stream, TimeRange)>,
    health: watch::Receiver<(Vec<StreamHealth>, StreamCounters)>,
}

impl StreamWishes {
    /// Sets all wanted streams; those that stay are not touched.
    pub fn set(&self, streams: BTreeSet<Stream>) {
        self.wanted.send_replace(streams);
    }

    /// Wants some more.
    pub fn add(&self, streams: impl IntoIterator<Item = Stream>) {
        self.wanted.send_modify(|wanted| wanted.extend(streams));
    }

    /// Wants some no more.
    pub fn remove(&self, streams: &[Stream]) {
        self.wanted.send_modify(|wanted| wanted.retain(|stream| !streams.contains(stream)));
    }

    /// Remarks that the venue had nothing to tell by a stream in this time (venue time), see
    /// [`Session::had_nothing`].
    pub fn had_nothing(&self, stream: Stream, range: TimeRange) {
        // Without the remark the stream is asked for anew for nothing, and no more.
        let _ = self.quiet.try_send((stream, range));
    }

    /// How each stream is and how often what happened, at most a tenth of a second old.
    #[must_use]
    pub fn health(&self) -> (Vec<StreamHealth>, StreamCounters) {
        self.health.borrow().clone()
    }
}

/// Makes a session. Nothing happens until the future is run; it ends when one of the other two is dropped.
///
/// `capacity` is how many events may wait for their receiver.
pub fn open(
    settings: SessionSettings,
    clock: Arc<ServerClock>,
    capacity: usize,
) -> (Streams, StreamWishes, impl Future<Output = ()> + Send + 'static) {
    let (events, receiver) = mpsc::channel(capacity.max(16));
    let (wanted, wishes) = watch::channel(BTreeSet::new());
    let (health, reader) = watch::channel(Default::default());
    let (to_driver, incoming) = mpsc::channel(INCOMING);
    let (quiet, remarks) = mpsc::channel(REMARKS);
    let driver = Driver {
        session: Session::new(settings),
        sockets: BTreeMap::new(),
        generation: 0,
        incoming: to_driver,
        delivery: Delivery { events, missed: 0 },
        clock,
    };
    let wishes_end = StreamWishes { wanted, quiet, health: reader };
    (Streams(receiver), wishes_end, driver.run((wishes, remarks), incoming, health))
}

struct Driver {
    session: Session,
    sockets: BTreeMap<ConnectionId, (u64, mpsc::Sender<String>)>,
    generation: u64,
    incoming: mpsc::Sender<(SocketId, Incoming)>,
    delivery: Delivery,
    clock: Arc<ServerClock>,
}

/// Events on their way to a receiver that may be slow.
struct Delivery {
    events: mpsc::Sender<StreamEvent>,
    missed: u64,
}

impl Driver {
    async fn run(
        mut self,
        (mut wishes, mut remarks): (
            watch::Receiver<BTreeSet<Stream>>,
            mpsc::Receiver<(Stream, TimeRange)>,
        ),
        mut incoming: mpsc::Receiver<(SocketId, Incoming)>,
        health: watch::Sender<(Vec<StreamHealth>, StreamCounters)>,
    ) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut batch = Vec::with_capacity(BATCH);
        wishes.mark_changed();
        loop {
            tokio::select! {
                biased;
                changed = wishes.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let wanted = wishes.borrow_and_update().clone();
                    self.session.want(&wanted, self.clock.monotonic());
                }
                // Its end is that of the wishes.
                Some((stream, range)) = remarks.recv() => {
                    let at = |time: Timestamp| self.monotonic_at(time);
                    let (from, to) = (at(range.start), at(range.end));
                    self.session.had_nothing(&stream, from, to);
                }
                _ = ticks.tick() => {
                    let now = self.clock.monotonic();
                    self.session.tick(now);
                    self.delivery.catch_up(&self.session, now);
                    // Nobody has to look at it.
                    health.send_replace((self.session.health(now), self.session.counters()));
                }
                _ = incoming.recv_many(&mut batch, BATCH) => {
                    for (id, item) in batch.drain(..) {
                        self.take(id, item);
                        self.act();
                    }
                }
            }
            self.act();
            if self.delivery.events.is_closed() {
                return;
            }
        }
    }

    /// The monotonic time of a venue time.
    fn monotonic_at(&self, time: Timestamp) -> Duration {
        let (now, ago) = (self.clock.monotonic(), self.clock.now().millis() - time.millis());
        let distance = Duration::from_millis(ago.unsigned_abs());
        if ago < 0 { now + distance } else { now.saturating_sub(distance) }
    }

    fn take(&mut self, id: SocketId, item: Incoming) {
        let is_current =
            self.sockets.get(&id.connection).is_some_and(|(known, _)| *known == id.generation);
        if !is_current {
            return;
        }
        let now = self.clock.monotonic();
        match item {
            Incoming::Opened => self.session.connected(id.connection, now),
            Incoming::Text(text, received) => {
                self.session.text(id.connection, &text, received, now);
            }
            Incoming::Closed(reason) => {
                self.sockets.remove(&id.connection);
                self.session.closed(id.connection, &reason, now);
            }
        }
    }

    fn act(&mut self) {
        while let Some(action) = self.session.poll() {
            match action {
                Action::Connect { connection, url } => self.connect(connection, url),
                Action::Send { connection, text } => {
                    let socket = self.sockets.get(&connection);
                    // A socket that cannot take a text is found out by the answer that does not come.
                    let _ = socket.map(|(_, socket)| socket.try_send(text));
                }
                Action::Close { connection } => drop(self.sockets.remove(&connection)),
                Action::Tell(event) => self.delivery.deliver(event),
            }
        }
    }

    fn connect(&mut self, connection: ConnectionId, url: String) {
        self.generation += 1;
        let id = SocketId { connection, generation: self.generation };
        let (outgoing, texts) = mpsc::channel(64);
        self.sockets.insert(connection, (self.generation, outgoing));
        tokio::spawn(socket::run((id, url), texts, self.incoming.clone(), Arc::clone(&self.clock)));
    }
}

impl Delivery {
    fn deliver(&mut self, event: StreamEvent) {
        if self.missed > 0 || self.events.try_send(event).is_err() {
            self.missed += 1;
        }
    }

    /// Owns up to what was missed as soon as there is room for it and for the state of every stream.
    fn catch_up(&mut self, session: &Session, now: Duration) {
        if self.missed == 0 {
            return;
        }
        let states = session.health(now);
        let needed = (states.len() + 1).min(self.events.max_capacity());
        if self.events.capacity() < needed {
            return;
        }
        let missed = std::mem::take(&mut self.missed);
        self.deliver(StreamEvent::Lagged { missed });
        for StreamHealth { stream, state, .. } in states {
            self.deliver(StreamEvent::State { stream, state });
        }
    }
}

#[cfg(test)]
mod tests;
