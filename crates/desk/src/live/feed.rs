//! The stream of market events inside the application, for those who act on it.
//!
//! Bounded: a reader that falls behind is told how many events it missed, which it has to treat as a gap.

use domain::{Candle, MarketKind, Price, Rate, Symbol, Timeframe, Timestamp};
use market::follow::Delivery;
use market::{CandleRow, Gap};
use tokio::sync::broadcast;

use super::status::PairState;

/// Events that may wait for a reader.
const CAPACITY: usize = 8_192;

/// One fact of the market.
#[derive(Clone, Debug, PartialEq)]
pub enum FeedEvent {
    /// A candle has closed. The candles of a series come once each, in order.
    Candle {
        /// Whose market.
        market: MarketKind,
        /// Instrument.
        symbol: Symbol,
        /// Candle length.
        timeframe: Timeframe,
        /// The candle.
        row: CandleRow,
        /// Whether it may lead to orders.
        delivery: Delivery,
    },
    /// The venue never made these candles.
    Hole {
        /// Whose market.
        market: MarketKind,
        /// Instrument.
        symbol: Symbol,
        /// Candle length.
        timeframe: Timeframe,
        /// Which.
        gap: Gap,
    },
    /// The one-minute candle that has not closed, as it stands.
    Forming {
        /// Whose market.
        market: MarketKind,
        /// Instrument.
        symbol: Symbol,
        /// The candle so far.
        candle: Candle,
        /// When the venue told it, its time.
        at: Timestamp,
    },
    /// The mark price, and what funding will be.
    Mark {
        /// Whose market.
        market: MarketKind,
        /// Instrument.
        symbol: Symbol,
        /// What was told.
        mark: MarkNews,
    },
    /// A pair got better or worse. Nothing may be opened on one that is not live.
    State {
        /// Whose market.
        market: MarketKind,
        /// Instrument.
        symbol: Symbol,
        /// Its new state.
        state: PairState,
    },
}

/// A mark price with the funding that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarkNews {
    /// When the venue told it, its time.
    pub at: Timestamp,
    /// Mark price, quote asset.
    pub price: Price,
    /// Rate of the next settlement as it stands, fraction of the notional that longs pay; `None` without funding.
    pub rate: Option<Rate>,
    /// When it will be settled.
    pub next_funding: Option<Timestamp>,
}

/// What a reader hears.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// The next event.
    Event(FeedEvent),
    /// So many events were missed: treat it as a gap of everything.
    Missed(u64),
    /// The market is followed no more.
    Ended,
}

/// The sending end.
#[derive(Clone, Debug)]
pub(super) struct FeedSender(broadcast::Sender<FeedEvent>);

/// One reader's place in the feed.
#[derive(Debug)]
pub struct Feed(broadcast::Receiver<FeedEvent>);

impl FeedSender {
    pub(super) fn new() -> Self {
        Self(broadcast::channel(CAPACITY).0)
    }

    /// Tells everyone who listens; nobody may.
    pub(super) fn tell(&self, event: FeedEvent) {
        let _ = self.0.send(event);
    }

    /// Whether anyone listens: prices come many times a second.
    pub(super) fn has_readers(&self) -> bool {
        self.0.receiver_count() > 0
    }

    /// A reader of what comes from here on.
    pub(super) fn reader(&self) -> Feed {
        Feed(self.0.subscribe())
    }
}

impl Feed {
    /// Waits for the next event.
    pub async fn next(&mut self) -> Heard {
        match self.0.recv().await {
            Ok(event) => Heard::Event(event),
            Err(broadcast::error::RecvError::Lagged(missed)) => Heard::Missed(missed),
            Err(broadcast::error::RecvError::Closed) => Heard::Ended,
        }
    }

    /// The next event, if there is one already.
    pub fn try_next(&mut self) -> Option<Heard> {
        match self.0.try_recv() {
            Ok(event) => Some(Heard::Event(event)),
            Err(broadcast::error::TryRecvError::Empty) => None,
            Err(broadcast::error::TryRecvError::Lagged(missed)) => Some(Heard::Missed(missed)),
            Err(broadcast::error::TryRecvError::Closed) => Some(Heard::Ended),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_slow_reader_is_told_what_it_missed() {
        let sender = FeedSender::new();
        let mut reader = sender.reader();
        let event = FeedEvent::State {
            market: MarketKind::Demo,
            symbol: "BTCUSDT".parse().unwrap(),
            state: PairState::Live,
        };
        for _ in 0..CAPACITY + 3 {
            sender.tell(event.clone());
        }
        assert_eq!(reader.next().await, Heard::Missed(3));
        assert_eq!(reader.next().await, Heard::Event(event));
        drop(sender);
        for _ in 0..CAPACITY - 1 {
            assert!(matches!(reader.next().await, Heard::Event(_)));
        }
        assert_eq!(reader.next().await, Heard::Ended);
    }
}
