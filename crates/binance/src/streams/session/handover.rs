//! From an old socket to a new one without a hole: both run until all has come by the new one.

use std::time::Duration;

use super::{Action, ConnectionId, Session, StreamEvent, StreamState};
use crate::frame::Frame;

/// How long an old socket waits for streams that are slow to come by the new one.
const OVERLAP_MAX: Duration = Duration::from_secs(60);

/// The place of a frame among those of its stream: the same on every socket, ascending. `None` where frames
/// share a place; those are told twice in a hand-over, which does no harm.
pub(super) fn order_of(frame: &Frame) -> Option<u64> {
    let millis = |time: domain::Timestamp| Some(time.millis().unsigned_abs());
    match frame {
        Frame::Kline(kline) => millis(kline.event_time),
        Frame::AggTrade(trade) => Some(trade.id),
        Frame::Trade(trade) => Some(trade.id),
        Frame::BookTicker(ticker) => Some(ticker.update_id),
        Frame::MarkPrice(mark) => millis(mark.event_time),
        Frame::Depth(depth) => Some(depth.last_update),
        Frame::Ticker(ticker) => millis(ticker.event_time),
        Frame::ContractInfo(_) | Frame::Reply(_) | Frame::Error(_) | Frame::Unknown { .. } => None,
    }
}

impl Session {
    /// Begins hand-overs that are due, and ends those that are complete.
    pub(super) fn hand_over(&mut self, now: Duration) {
        let due = self.connections.iter().filter(|(id, connection)| {
            connection.open_for(now).is_some_and(|age| age >= self.settings.rotate_after)
                && !self.successors.contains_key(*id)
        });
        let due: Vec<_> = due.map(|(id, _)| *id).collect();
        for old in due {
            let Some(connection) = self.connections.get(&old) else { continue };
            let (route, wanted) = (connection.route, connection.wanted.clone());
            let new = self.add_connection(route, now);
            if let Some(connection) = self.connections.get_mut(&new) {
                connection.wanted.extend(wanted);
            }
            self.successors.insert(old, new);
        }
        let complete: Vec<_> = self
            .successors
            .iter()
            .filter(|(_, new)| self.is_complete(**new, now))
            .map(|(old, new)| (*old, *new))
            .collect();
        for (old, new) in complete {
            self.move_home(old, new);
            self.drop_connection(old);
            self.counters.rotations += 1;
        }
    }

    /// Whether a new socket carries what it should: each stream that has a limit of age, or a minute of time.
    fn is_complete(&self, new: ConnectionId, now: Duration) -> bool {
        let Some(connection) = self.connections.get(&new) else { return false };
        let Some(age) = connection.open_for(now) else { return false };
        let has_come = |name: &String| {
            let entry = self.entries.get(name);
            connection.seen.contains(name)
                || entry.is_some_and(|entry| entry.stream.age_max().is_none())
        };
        age >= OVERLAP_MAX || connection.wanted.iter().all(has_come)
    }

    fn move_home(&mut self, old: ConnectionId, new: ConnectionId) {
        for entry in self.entries.values_mut().filter(|entry| entry.home == old) {
            entry.home = new;
        }
    }

    /// A socket is gone: its streams are lost, but for those that come by its successor already.
    pub(super) fn lose(&mut self, id: ConnectionId) {
        if let Some(new) = self.successors.remove(&id) {
            self.move_home(id, new);
            self.connections.remove(&id);
            let seen = self.connections.get(&new).map(|connection| connection.seen.clone());
            return self.tell_lost(new, &seen.unwrap_or_default());
        }
        self.tell_lost(id, &std::collections::BTreeSet::new());
    }

    fn tell_lost(&mut self, home: ConnectionId, saved: &std::collections::BTreeSet<String>) {
        for (name, entry) in &mut self.entries {
            if entry.home != home || saved.contains(name) || entry.state == StreamState::Lost {
                continue;
            }
            // What has never come cannot be lost.
            if entry.state != StreamState::Waiting {
                entry.state = StreamState::Lost;
                let (stream, state) = (entry.stream.clone(), entry.state);
                self.outbox.push(Action::Tell(StreamEvent::State { stream, state }));
            }
        }
    }

    /// Whether two sockets tell the same streams.
    pub(super) fn is_in_hand_over(&self, id: ConnectionId) -> bool {
        self.successors.iter().any(|(old, new)| *old == id || *new == id)
    }

    /// Remembers which streams a socket has brought.
    pub(super) fn note_seen(&mut self, id: ConnectionId, name: &str) {
        if let Some(connection) = self.connections.get_mut(&id)
            && !connection.seen.contains(name)
        {
            connection.seen.insert(name.to_owned());
        }
    }
}
