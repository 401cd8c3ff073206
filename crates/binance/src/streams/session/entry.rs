//! One wanted stream: its home, its age, and how patient to be with it.

use std::time::Duration;

use super::{ConnectionId, Stream, StreamState};

/// Least time between two reconnects of a socket for the sake of one stream: of one that is never silent by
/// nature, and of candles, which are silent while nothing trades.
const RECONNECT_EVERY: Duration = Duration::from_secs(600);
const RECONNECT_EVERY_CANDLES: Duration = Duration::from_secs(1800);
/// Times of the venue and of this machine are this far apart at most when they are compared.
const CLOCKS_APART: Duration = Duration::from_secs(1);
/// The most by which the age limit of a stream grows that stays silent.
const PATIENCE_MAX: u32 = 64;

/// A wanted stream.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) stream: Stream,
    pub(super) home: ConnectionId,
    pub(super) state: StreamState,
    /// Place of its last frame in the order of its kind.
    pub(super) order: u64,
    last_data: Option<Duration>,
    /// Since when it could have sent something that did not come, for all that is known.
    since: Duration,
    /// How often it was asked for anew since its last frame.
    renewals: u32,
}

/// What its silence asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    None,
    AskAnew,
    /// Unless the socket was reconnected for such a reason within this time.
    Reconnect {
        every: Duration,
    },
}

impl Entry {
    pub(super) const fn new(stream: Stream, home: ConnectionId, now: Duration) -> Self {
        Self {
            stream,
            home,
            state: StreamState::Waiting,
            order: 0,
            last_data: None,
            since: now,
            renewals: 0,
        }
    }

    /// Its socket was opened.
    pub(super) const fn began(&mut self, now: Duration) {
        self.since = now;
    }

    pub(super) fn age(&self, now: Duration) -> Option<Duration> {
        self.last_data.map(|then| now.saturating_sub(then))
    }

    /// A frame came; its new state, when it changed.
    pub(super) fn heard(&mut self, now: Duration) -> Option<StreamState> {
        self.last_data = Some(now);
        self.renewals = 0;
        let changed = self.state != StreamState::Live;
        self.state = StreamState::Live;
        changed.then_some(self.state)
    }

    /// The venue had nothing to tell by it in this time. Its silence counts from the end on, if nothing that it
    /// should have told lies before.
    pub(super) fn had_nothing(&mut self, from: Duration, to: Duration) {
        let silent_since = self.silent_since();
        if from <= silent_since + CLOCKS_APART {
            self.since = silent_since.max(to);
        }
    }

    fn silent_since(&self) -> Duration {
        self.last_data.map_or(self.since, |data| data.max(self.since))
    }

    /// Whether it has been silent for too long, and what to do: ask anew first, then reconnect, then ask anew
    /// less and less often. Trades alone are no reason to reconnect.
    pub(super) fn silence(&mut self, now: Duration) -> Silence {
        let Some(age_max) = self.stream.age_max() else { return Silence::None };
        let patience = match self.renewals {
            0 | 1 => 1,
            more => 2u32.saturating_pow(more - 1).min(PATIENCE_MAX),
        };
        if now.saturating_sub(self.silent_since()) <= age_max * patience {
            return Silence::None;
        }
        self.state = StreamState::Stale;
        self.since = now;
        self.renewals = self.renewals.saturating_add(1);
        match (&self.stream, self.renewals) {
            (
                Stream::MarkPrice(_)
                | Stream::BookTicker(_)
                | Stream::Depth(..)
                | Stream::Ticker(_),
                2,
            ) => Silence::Reconnect { every: RECONNECT_EVERY },
            (Stream::Kline(..), 3) => Silence::Reconnect { every: RECONNECT_EVERY_CANDLES },
            _ => Silence::AskAnew,
        }
    }
}
