//! The stream of market events inside the application, for those who act on it.
//!
//! Bounded: a reader that falls behind is told how many events it missed, which it has to treat as a gap.

use domain::{MarketKind, Symbol, Timeframe};
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
