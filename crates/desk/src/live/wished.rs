//! What is wished for of the market: which pairs are followed, from where on, and what is heard of each.

use std::collections::{BTreeMap, BTreeSet};

use binance::streams::Stream;
use domain::{MarketKind, Symbol, Timeframe, Timestamp};
use storage::{TradingStore, Watch, WatchState};

use super::watching;
use crate::data::MarketData;
use crate::error::DeskError;

/// How far back candles are fetched when a pair is followed, at most, ms: older history is a download.
const BACK_MILLIS: i64 = 2 * 24 * 3600 * 1000;
/// The length that is followed; longer candles are built from it.
pub(super) const FOLLOWED: Timeframe = Timeframe::M1;

/// The watch-list, and from where on each pair is to be followed.
pub(super) struct Wished {
    pub(super) watches: Vec<Watch>,
    /// For each active pair that is not followed yet: open time of the first candle that is not stored, not further
    /// back than a request may fetch.
    pub(super) active: BTreeMap<Symbol, Option<Timestamp>>,
}

impl Wished {
    /// Reads the disk.
    pub(super) fn read(
        (trading, data): (&TradingStore, &MarketData),
        (market, followed): (MarketKind, &BTreeSet<Symbol>),
        now: Timestamp,
    ) -> Result<Self, DeskError> {
        let watches = watching::stored(trading, market)?;
        let earliest = FOLLOWED.open_of(now.plus_millis(-BACK_MILLIS));
        let first_wanted =
            |symbol: &Symbol| match data.first_missing((market, symbol), FOLLOWED, earliest) {
                Ok(first) => first.clamp(earliest, FOLLOWED.open_of(now)),
                Err(error) => {
                    tracing::error!(%error, %symbol, "stored candles cannot be read");
                    earliest
                }
            };
        let active = watches.iter().filter(|watch| watch.state == WatchState::Active);
        let next = |symbol: &Symbol| (!followed.contains(symbol)).then(|| first_wanted(symbol));
        let active = active.map(|watch| (watch.symbol.clone(), next(&watch.symbol))).collect();
        Ok(Self { watches, active })
    }
}

/// What is heard of each pair, and what the venue announces of all.
pub(super) fn streams_of<'a>(active: impl Iterator<Item = &'a Symbol>) -> BTreeSet<Stream> {
    let of = |symbol: &Symbol| {
        [
            Stream::Kline(symbol.clone(), FOLLOWED),
            Stream::MarkPrice(symbol.clone()),
            Stream::Ticker(symbol.clone()),
            Stream::BookTicker(symbol.clone()),
        ]
    };
    active.flat_map(of).chain([Stream::ContractInfo]).collect()
}
