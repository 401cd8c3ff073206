//! What a session can be asked: news, books, figures, candles.

use domain::{InstrumentId, Money, Timestamp};
use engine::{EngineState, FillRecord, Mark, Notice, ProposedEntry, SkippedSignal, Trade};
use market::Series;
use simulator::VenueAccount;

use super::{Session, ToldSoFar};
use crate::metrics::Tally;
use crate::{DecisionLog, Metrics, MetricsInput, OrderNews, Times};

/// How much of each list was given out as news.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    fills: usize,
    trades: usize,
    skips: usize,
    notices: usize,
}

/// What has come of the inputs since the news before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct News {
    /// What happened to orders, in order.
    pub orders: Vec<OrderNews>,
    /// Executions. Where several sleeves trade, their trades have no number before they close.
    pub fills: Vec<FillRecord>,
    /// Round trips that are complete.
    pub trades: Vec<Trade>,
    /// Wishes that did not become a position.
    pub skips: Vec<SkippedSignal>,
    /// Entries that wait for the word of a person.
    pub proposals: Vec<ProposedEntry>,
    /// Events of the whole account.
    pub notices: Vec<Notice>,
}

impl News {
    /// Whether nothing has come of them.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Session {
    /// What has come of the inputs since this was asked last.
    pub fn news(&mut self) -> News {
        let Ok(kept) = &mut self.kept else { return News::default() };
        let effects = &mut kept.effects;
        let seen = self.seen;
        self.seen = Seen {
            fills: effects.fills.len(),
            trades: effects.trades.len(),
            skips: effects.skips.len(),
            notices: effects.notices.len(),
        };
        News {
            orders: kept.orders.as_mut().map(std::mem::take).unwrap_or_default(),
            fills: effects.fills[seen.fills..].to_vec(),
            trades: effects.trades[seen.trades..].to_vec(),
            skips: effects.skips[seen.skips..].to_vec(),
            proposals: std::mem::take(&mut effects.proposals),
            notices: effects.notices[seen.notices..].to_vec(),
        }
    }

    /// First deposit, quote asset.
    #[must_use]
    pub const fn initial_balance(&self) -> Money {
        self.initial_balance
    }

    /// The engine: books, open orders, the risk gate. `None` once the session has stopped.
    #[must_use]
    pub fn engine(&self) -> Option<&EngineState> {
        Some(&self.kept.as_ref().ok()?.engine)
    }

    /// The venue's record of the account.
    #[must_use]
    pub fn venue_account(&self) -> Option<&VenueAccount> {
        Some(self.kept.as_ref().ok()?.venue.account())
    }

    /// Mark prices known last, by instrument.
    #[must_use]
    pub fn marks(&self) -> &[Mark] {
        self.kept.as_ref().map_or(&[], |kept| &kept.marks)
    }

    /// Executions so far.
    #[must_use]
    pub fn fills(&self) -> &[FillRecord] {
        self.kept.as_ref().map_or(&[], |kept| &kept.effects.fills)
    }

    /// Closed round trips so far.
    #[must_use]
    pub fn trades(&self) -> &[Trade] {
        self.kept.as_ref().map_or(&[], |kept| &kept.effects.trades)
    }

    /// Instants at which candles closed, ms since the epoch, and the equity at each of them, in quote asset.
    #[must_use]
    pub fn equity(&self) -> (&[i64], &[f64]) {
        self.kept.as_ref().map_or((&[], &[]), |kept| (&kept.instants, &kept.equity))
    }

    /// What strategies decided.
    #[must_use]
    pub fn decisions(&self) -> Option<&DecisionLog> {
        self.kept.as_ref().ok()?.decisions.as_ref()
    }

    /// The candles of an instrument that have closed, by timeframe, the shortest first.
    #[must_use]
    pub fn candles(&self, instrument: InstrumentId) -> Option<&[Series]> {
        Some(&self.tapes.get(instrument.index())?.series)
    }

    /// What was told of the candle of an instrument that is open.
    #[must_use]
    pub fn told(&self, instrument: InstrumentId) -> Option<ToldSoFar> {
        self.tapes.get(instrument.index())?.told().copied()
    }

    /// When the latest settlement of an instrument was that it knows.
    #[must_use]
    pub fn funded_until(&self, instrument: InstrumentId) -> Option<Timestamp> {
        self.tapes.get(instrument.index())?.funded_until()
    }

    /// The latest time that it knows.
    #[must_use]
    pub const fn clock(&self) -> Timestamp {
        self.clock
    }

    /// Key figures so far: of closed trades and of the equity at closes, open positions at their marks. The wallet
    /// stands for the final balance. `None` before the first candle.
    #[must_use]
    pub fn metrics(&self) -> Option<Metrics> {
        let kept = self.kept.as_ref().ok()?;
        let trades = &kept.effects.trades;
        let input = MetricsInput {
            start: self.first?,
            time: Times::from(&kept.instants),
            equity: &kept.equity,
            initial_balance: self.initial_balance,
            final_balance: kept.engine.books().account().balance(ledger::Account::Wallet),
            trades,
        };
        Some(Metrics::with_tally(&input, &Tally::of(trades)))
    }
}
