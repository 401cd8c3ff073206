//! What happens, told to every door: one typed bus.
//!
//! Bounded: a reader that falls behind by more than the capacity learns how many
//! events it missed and is expected to reload. Sending never waits.

use std::sync::{Arc, Mutex};

use domain::{MarketKind, Symbol, Timeframe, Timestamp};
use market::CandleRow;
use tokio::sync::broadcast;

use crate::backtests::RunProgress;
use crate::clock;
use crate::data::ImportProgress;
use crate::live::{DownloadProgress, LiveStatus, Ticker};
use crate::lock::lock;
use crate::settings::Settings;

const CAPACITY: usize = 1024;

/// One fact.
#[derive(Clone, Debug)]
pub enum Event {
    /// A backtest moved or changed its state.
    Backtest(RunProgress),
    /// An import moved or changed its state.
    Import(Arc<ImportProgress>),
    /// Stored candles changed.
    DataChanged,
    /// The list of runs changed.
    RunsChanged,
    /// The strategies of the folder changed.
    StrategiesChanged,
    /// The watch-list changed.
    WatchlistChanged,
    /// Live data got better or worse.
    Live(Arc<LiveStatus>),
    /// Prices of pairs changed; only those that did.
    Tickers(MarketKind, Arc<Vec<Ticker>>),
    /// Candles have closed, as live data or as what was missing.
    CandlesClosed(Arc<ClosedCandles>),
    /// A download moved or changed its state.
    Download(Arc<DownloadProgress>),
    /// Settings changed; the new ones.
    SettingsChanged(Settings),
}

/// Candles of one length that have closed.
#[derive(Clone, Debug)]
pub struct ClosedCandles {
    /// Market.
    pub market: MarketKind,
    /// Candle length.
    pub timeframe: Timeframe,
    /// The candles, those of a pair ascending.
    pub rows: Vec<(Symbol, CandleRow)>,
}

/// An event with its place in the sequence.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// Ascending by one from 1 since the desk opened.
    pub seq: u64,
    /// When it was sent.
    pub timestamp: Timestamp,
    /// What happened.
    pub event: Event,
}

/// What a reader gets.
#[derive(Clone, Debug)]
pub enum Received {
    /// The next event.
    Event(Arc<Envelope>),
    /// This many events were lost because the reader was too slow.
    Lagged(u64),
    /// The desk has closed.
    Closed,
}

/// Sends events to any number of readers.
#[derive(Debug)]
pub struct EventBus {
    sender: broadcast::Sender<Arc<Envelope>>,
    seq: Mutex<u64>,
}

/// One reader's place in the stream.
#[derive(Debug)]
pub struct Subscription {
    receiver: broadcast::Receiver<Arc<Envelope>>,
}

impl EventBus {
    pub(crate) fn new() -> Self {
        Self { sender: broadcast::channel(CAPACITY).0, seq: Mutex::new(0) }
    }

    pub(crate) fn send(&self, event: Event) {
        // Held while sending, so that numbers ascend in the order of the stream.
        let mut seq = lock(&self.seq);
        *seq += 1;
        let envelope = Envelope { seq: *seq, timestamp: clock::now(), event };
        // Nobody listening is the usual case of the command line.
        let _ = self.sender.send(Arc::new(envelope));
    }

    /// Number of the newest event.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        *lock(&self.seq)
    }

    /// A reader of everything sent from here on.
    #[must_use]
    pub fn subscribe(&self) -> Subscription {
        Subscription { receiver: self.sender.subscribe() }
    }
}

impl Subscription {
    /// Waits for the next event.
    pub async fn next(&mut self) -> Received {
        match self.receiver.recv().await {
            Ok(envelope) => Received::Event(envelope),
            Err(broadcast::error::RecvError::Lagged(missed)) => Received::Lagged(missed),
            Err(broadcast::error::RecvError::Closed) => Received::Closed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_slow_reader_is_told_what_it_missed() {
        let bus = EventBus::new();
        let mut slow = bus.subscribe();
        for _ in 0..CAPACITY + 24 {
            bus.send(Event::DataChanged);
        }
        let Received::Lagged(missed) = slow.next().await else {
            panic!("events were lost in silence")
        };
        assert_eq!(missed, 24);
        let Received::Event(next) = slow.next().await else { panic!("the stream goes on") };
        assert_eq!(next.seq, missed + 1);
        assert_eq!(bus.last_seq(), 1048);
    }

    #[tokio::test]
    async fn readers_learn_that_the_desk_closed() {
        let bus = EventBus::new();
        let mut reader = bus.subscribe();
        drop(bus);
        assert!(matches!(reader.next().await, Received::Closed));
    }
}
