//! The heart of live data, free of I/O: frames, answers and time in; candles, prices and requests out.
//!
//! Times are those of the venue. What is stored, asked and shown is the caller's.

use std::collections::{BTreeMap, BTreeSet};

use binance::frame::{BookTicker, Frame, Kline, MarkPrice, Ticker as DayTicker};
use domain::{Candle, Decimal, Symbol, TimeRange, Timeframe, Timestamp};
use market::CandleRow;
use market::follow::{Delivery, FollowCounts, FollowState, Follower, Step};

use super::status::{PairHealth, PairState};
use super::ticker::{FormingCandle, Ticker};

/// A mark price or book older than this is stale, ms: the mark price comes each second, by the socket that also
/// carries the candles, the book by another one.
const PRICE_AGE_MAX: i64 = 5_000;
/// Decimals of the 24-hour change, a fraction.
const CHANGE_DECIMALS: u32 = 6;

/// What the caller has to do, in this order.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Output {
    /// Store a candle and show it to those who listen.
    Candle { symbol: Symbol, timeframe: Timeframe, row: CandleRow, delivery: Delivery },
    /// Store other numbers of a candle that was handed on already.
    Revised { symbol: Symbol, timeframe: Timeframe, row: CandleRow },
    /// Ask the venue for closed candles; answer with [`Core::fetched`] or [`Core::failed`].
    Fetch { symbol: Symbol, timeframe: Timeframe, range: TimeRange },
    /// The venue never made these candles.
    Hole { symbol: Symbol, timeframe: Timeframe, gap: market::Gap },
}

/// All watched pairs that are followed.
#[derive(Debug, Default)]
pub(super) struct Core {
    pairs: BTreeMap<Symbol, Pair>,
    /// Pairs whose prices changed since [`Self::take_changed`].
    changed: BTreeSet<Symbol>,
}

#[derive(Debug)]
struct Pair {
    ticker: Ticker,
    followers: Vec<Follower>,
    /// When the venue told the mark price and the book last, its time. Each comes by a socket of its own.
    mark_at: Option<Timestamp>,
    book_at: Option<Timestamp>,
    last_candle: Option<Timestamp>,
    is_trading: bool,
}

impl Core {
    /// Follows a pair: each timeframe from the given open time on. One that is followed already goes on.
    pub(super) fn follow(
        &mut self,
        symbol: &Symbol,
        series: &[(Timeframe, Timestamp)],
        now: Timestamp,
    ) {
        let pair = self.pairs.entry(symbol.clone()).or_insert_with(|| Pair {
            ticker: Ticker::unknown(symbol.clone(), now),
            followers: Vec::new(),
            mark_at: None,
            book_at: None,
            last_candle: None,
            is_trading: true,
        });
        for (timeframe, next) in series {
            if pair.followers.iter().all(|follower| follower.timeframe() != *timeframe) {
                pair.followers.push(Follower::new(*timeframe, *next, now));
            }
        }
    }

    /// The open minute of a pair, as it was told last.
    pub(super) fn forming(&self, symbol: &Symbol) -> Option<&FormingCandle> {
        self.pairs.get(symbol)?.ticker.forming.as_ref()
    }

    /// Whether a pair is followed.
    pub(super) fn follows(&self, symbol: &Symbol) -> bool {
        self.pairs.contains_key(symbol)
    }

    /// Follows a pair no longer.
    pub(super) fn forget(&mut self, symbol: &Symbol) {
        self.pairs.remove(symbol);
        self.changed.remove(symbol);
    }

    /// The followed pairs, by name.
    pub(super) fn symbols(&self) -> impl Iterator<Item = &Symbol> {
        self.pairs.keys()
    }

    /// Whether the venue trades a pair at present.
    pub(super) fn set_trading(&mut self, symbol: &Symbol, is_trading: bool) {
        if let Some(pair) = self.pairs.get_mut(symbol) {
            pair.is_trading = is_trading;
        }
    }

    /// A frame of the market streams. What belongs to no followed pair is passed over.
    pub(super) fn frame(&mut self, frame: &Frame, now: Timestamp) -> Vec<Output> {
        match frame {
            Frame::Kline(kline) => self.kline(kline, now),
            Frame::BookTicker(book) => {
                self.book(book, now);
                Vec::new()
            }
            Frame::MarkPrice(mark) => {
                self.mark(mark, now);
                Vec::new()
            }
            Frame::Ticker(day) => {
                self.day(day);
                Vec::new()
            }
            Frame::AggTrade(_)
            | Frame::Trade(_)
            | Frame::Depth(_)
            | Frame::ContractInfo(_)
            | Frame::Reply(_)
            | Frame::Error(_)
            | Frame::Unknown { .. } => Vec::new(),
        }
    }

    /// The closed candles that were asked for.
    pub(super) fn fetched(
        &mut self,
        (symbol, timeframe): (&Symbol, Timeframe),
        rows: &[CandleRow],
        now: Timestamp,
    ) -> Vec<Output> {
        self.step((symbol, timeframe), |follower| follower.fetched(rows, now))
    }

    /// A request for candles failed.
    pub(super) fn failed(&mut self, (symbol, timeframe): (&Symbol, Timeframe), now: Timestamp) {
        if let Some(follower) = self.follower(symbol, timeframe) {
            follower.failed(now);
        }
    }

    /// Time has passed.
    pub(super) fn tick(&mut self, now: Timestamp) -> Vec<Output> {
        let mut outputs = Vec::new();
        for (symbol, pair) in &mut self.pairs {
            for follower in pair.followers.iter_mut().filter(|follower| follower.wake_at() <= now) {
                let timeframe = follower.timeframe();
                let steps = follower.tick(now);
                outputs.extend(steps.into_iter().map(|step| output(symbol, timeframe, step)));
            }
        }
        outputs
    }

    /// Prices that changed since the last call, by name.
    pub(super) fn take_changed(&mut self) -> Vec<Ticker> {
        let changed = std::mem::take(&mut self.changed);
        changed
            .iter()
            .filter_map(|symbol| self.pairs.get(symbol))
            .map(|pair| pair.ticker.clone())
            .collect()
    }

    /// How a pair is; `None` when it is not followed.
    pub(super) fn health(&self, symbol: &Symbol, now: Timestamp) -> Option<PairHealth> {
        let pair = self.pairs.get(symbol)?;
        Some(PairHealth {
            symbol: symbol.clone(),
            state: pair.state(now),
            last_candle: pair.last_candle,
            age_ms: pair.oldest().map(|at| (now.millis() - at.millis()).max(0)),
            counts: pair.counts(),
        })
    }

    fn kline(&mut self, kline: &Kline, now: Timestamp) -> Vec<Output> {
        let Some(pair) = self.pairs.get_mut(&kline.symbol) else { return Vec::new() };
        if kline.timeframe == Timeframe::M1 {
            let (candle, price_decimals) = (kline.row.candle, kline.row.price_decimals);
            if is_newer(pair.ticker.forming.as_ref(), &candle) {
                pair.ticker.last = price(candle.close, pair.decimals(price_decimals));
                pair.ticker.forming = Some(FormingCandle { candle, price_decimals });
                self.touch(&kline.symbol, kline.event_time);
            }
        }
        if !kline.closed {
            return Vec::new();
        }
        let told_at = kline.event_time;
        self.step((&kline.symbol, kline.timeframe), |follower| {
            follower.heard(kline.row, told_at, now)
        })
    }

    fn book(&mut self, book: &BookTicker, now: Timestamp) {
        let Some(pair) = self.pairs.get_mut(&book.symbol) else { return };
        pair.book_at = pair.book_at.max(Some(book.event_time.min(now)));
        let side = |level: &binance::frame::Level| {
            (!level.quantity.is_zero()).then(|| level.price.to_decimal())
        };
        (pair.ticker.bid, pair.ticker.ask) = (side(&book.bid), side(&book.ask));
        self.touch(&book.symbol, book.event_time);
    }

    fn mark(&mut self, mark: &MarkPrice, now: Timestamp) {
        let Some(pair) = self.pairs.get_mut(&mark.symbol) else { return };
        pair.mark_at = pair.mark_at.max(Some(mark.event_time.min(now)));
        let ticker = &mut pair.ticker;
        ticker.mark = Some(mark.mark.decimal());
        ticker.index = mark.index.map(domain::Price::decimal);
        ticker.funding_rate = mark.rate.map(domain::Rate::decimal);
        ticker.next_funding_at = mark.next_funding;
        self.touch(&mark.symbol, mark.event_time);
    }

    fn day(&mut self, day: &DayTicker) {
        let Some(pair) = self.pairs.get_mut(&day.symbol) else { return };
        let ticker = &mut pair.ticker;
        let (last, open) = (day.last.to_decimal(), day.open.to_decimal());
        ticker.change_24h =
            (last - open).checked_div(open).map(|change| change.round_dp(CHANGE_DECIMALS));
        ticker.high_24h = Some(day.high.to_decimal());
        ticker.low_24h = Some(day.low.to_decimal());
        ticker.quote_volume_24h =
            Decimal::from_f64_retain(day.quote_volume).map(|volume| volume.round_dp(2));
        self.touch(&day.symbol, day.event_time);
    }

    fn touch(&mut self, symbol: &Symbol, time: Timestamp) {
        if let Some(pair) = self.pairs.get_mut(symbol) {
            pair.ticker.updated_at = pair.ticker.updated_at.max(time);
            if !self.changed.contains(symbol) {
                self.changed.insert(symbol.clone());
            }
        }
    }

    fn step(
        &mut self,
        (symbol, timeframe): (&Symbol, Timeframe),
        work: impl FnOnce(&mut Follower) -> Vec<Step>,
    ) -> Vec<Output> {
        let Some(follower) = self.follower(symbol, timeframe) else { return Vec::new() };
        let steps = work(follower);
        let delivered = steps.iter().rev().find_map(|step| match step {
            Step::Deliver(row, _) => Some(row.candle.open_time),
            Step::Fetch(_) | Step::Revised(_) | Step::Hole(_) => None,
        });
        if let (Some(pair), Some(open)) = (self.pairs.get_mut(symbol), delivered) {
            pair.last_candle = pair.last_candle.max(Some(open));
        }
        steps.into_iter().map(|step| output(symbol, timeframe, step)).collect()
    }

    fn follower(&mut self, symbol: &Symbol, timeframe: Timeframe) -> Option<&mut Follower> {
        let pair = self.pairs.get_mut(symbol)?;
        pair.followers.iter_mut().find(|follower| follower.timeframe() == timeframe)
    }
}

impl Pair {
    fn state(&self, now: Timestamp) -> PairState {
        if !self.is_trading {
            return PairState::Halted;
        }
        let Some(oldest) = self.oldest() else { return PairState::Starting };
        if now.millis() - oldest.millis() > PRICE_AGE_MAX {
            return PairState::Stale;
        }
        let is_healing =
            self.followers.iter().any(|follower| follower.state(now) == FollowState::Healing);
        if is_healing { PairState::Healing } else { PairState::Live }
    }

    /// The older one of mark price and book; `None` before both have come.
    fn oldest(&self) -> Option<Timestamp> {
        Some(self.mark_at?.min(self.book_at?))
    }

    fn counts(&self) -> FollowCounts {
        self.followers
            .iter()
            .fold(FollowCounts::default(), |sum, follower| sum + *follower.counts())
    }

    /// Enough decimals for the prices told so far: a round price has few of its own.
    fn decimals(&self, own: u8) -> u8 {
        self.ticker.forming.map_or(own, |forming| forming.price_decimals.max(own))
    }
}

/// Whether a candle tells more than the one that is known: frames of two connections may overlap.
fn is_newer(known: Option<&FormingCandle>, candle: &Candle) -> bool {
    known.is_none_or(|known| {
        candle.open_time > known.candle.open_time
            || candle.open_time == known.candle.open_time && candle.volume >= known.candle.volume
    })
}

fn price(value: f64, decimals: u8) -> Option<Decimal> {
    domain::PriceScale::new(decimals).price(value).map(domain::Price::decimal)
}

fn output(symbol: &Symbol, timeframe: Timeframe, step: Step) -> Output {
    let symbol = symbol.clone();
    match step {
        Step::Deliver(row, delivery) => Output::Candle { symbol, timeframe, row, delivery },
        Step::Revised(row) => Output::Revised { symbol, timeframe, row },
        Step::Fetch(range) => Output::Fetch { symbol, timeframe, range },
        Step::Hole(gap) => Output::Hole { symbol, timeframe, gap },
    }
}

#[cfg(test)]
mod tests;
