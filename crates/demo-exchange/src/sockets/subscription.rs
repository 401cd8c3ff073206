//! One subscription: when it is next owed a frame, and which.
//!
//! Candles and trades are told after trades happened and not otherwise, so that quiet symbols cost nothing.

use domain::{Timeframe, Timestamp};

use super::frames::{self, Ended};
use super::stream::Stream;
use crate::market::book::{Book, LEVELS, Level, step_of, update_id};
use crate::market::hash::{Purpose, chance};
use crate::market::{Change, Market, NextTrade, Row, Series};

/// Milliseconds between frames of a candle.
const KLINE_PERIOD: i64 = 250;
const TRADE_PERIOD: i64 = 100;
const BOOK_TICKER_PERIOD: i64 = 100;
const ALL_BOOK_TICKERS_PERIOD: i64 = 5_000;
const TICKER_PERIOD: i64 = 2_000;
const ALL_TICKERS_PERIOD: i64 = 1_000;

/// A stream that a connection listens to.
#[derive(Clone, Debug)]
pub(super) struct Subscription {
    pub(super) id: u64,
    pub(super) name: String,
    /// `None` when the name means nothing on this route: acknowledged and silent.
    pub(super) stream: Option<Stream>,
    pub(super) is_silent: bool,
    /// Up to where trades have been told.
    told: i64,
    /// Open time of the candle under way.
    open: i64,
    book: Book,
    book_step: i64,
    best: Vec<Option<(Level, Level)>>,
    changes_known: usize,
}

/// A payload that is due.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) text: String,
    /// Place of the symbol it is about.
    pub(super) symbol: Option<usize>,
    /// The same candle without its last trade, when this frame closes it.
    pub(super) unfinished: Option<String>,
}

impl Subscription {
    pub(super) fn new(
        id: u64,
        name: &str,
        stream: Option<Stream>,
        (market, now): (&mut Market, i64),
    ) -> Self {
        let mut made = Self {
            id,
            name: name.to_owned(),
            stream,
            is_silent: false,
            told: now,
            open: 0,
            book: Book::default(),
            book_step: 0,
            best: Vec::new(),
            changes_known: market.changes_count(),
        };
        match stream {
            Some(Stream::Kline(_, timeframe) | Stream::ContinuousKline(_, timeframe)) => {
                made.open = timeframe.open_of(Timestamp::from_millis(now)).millis();
            }
            Some(Stream::Depth(place, _)) => {
                made.book = Book::at(market.series(place), now, LEVELS);
                made.book_step = step_of(now);
            }
            Some(
                Stream::AggregateTrade(_)
                | Stream::BookTicker(_)
                | Stream::BookTickerAll
                | Stream::Mark(..)
                | Stream::MarkAll(_)
                | Stream::PartialDepth(..)
                | Stream::MiniTicker(_)
                | Stream::Ticker(_)
                | Stream::MiniTickerAll
                | Stream::TickerAll
                | Stream::ContractInfo,
            )
            | None => {}
        }
        made
    }

    /// When it next has to be looked at, after `after`; `None` for a name that means nothing.
    pub(super) fn next_due(&self, market: &mut Market, after: i64) -> Option<i64> {
        let due = match self.stream? {
            Stream::Kline(place, timeframe) | Stream::ContinuousKline(place, timeframe) => {
                self.next_candle(market.series(place), timeframe)
            }
            Stream::AggregateTrade(place) => {
                match market.series(place).next_trade_time(self.told) {
                    NextTrade::At(time) => up(time, TRADE_PERIOD),
                    NextTrade::NotBefore(time) => time,
                }
            }
            Stream::BookTicker(_) => up(after + 1, BOOK_TICKER_PERIOD),
            Stream::BookTickerAll => up(after + 1, ALL_BOOK_TICKERS_PERIOD),
            Stream::Mark(_, period) | Stream::MarkAll(period) => up(after + 1, period),
            Stream::Depth(_, period) | Stream::PartialDepth(_, _, period) => up(after + 1, period),
            Stream::MiniTicker(_) | Stream::Ticker(_) => up(after + 1, TICKER_PERIOD),
            Stream::MiniTickerAll | Stream::TickerAll | Stream::ContractInfo => {
                up(after + 1, ALL_TICKERS_PERIOD)
            }
        };
        Some(due.max(after + 1))
    }

    /// The payloads due at `now`.
    pub(super) fn tick(&mut self, market: &mut Market, now: i64) -> Vec<Frame> {
        let Some(stream) = self.stream else {
            return Vec::new();
        };
        match stream {
            Stream::Kline(place, timeframe) | Stream::ContinuousKline(place, timeframe) => {
                self.candle(market.series(place), (place, timeframe), now).into_iter().collect()
            }
            Stream::AggregateTrade(place) => self.trades(market.series(place), place, now),
            Stream::BookTicker(place) => {
                self.best.resize(1, None);
                book_ticker(market.series(place), &mut self.best[0], (place, now))
                    .into_iter()
                    .collect()
            }
            Stream::BookTickerAll => {
                self.best.resize(market.len(), None);
                let all = (0..market.len()).zip(&mut self.best);
                all.filter_map(|(place, best)| {
                    book_ticker(market.series(place), best, (place, now))
                })
                .collect()
            }
            Stream::Mark(place, _) => {
                vec![of(place, frames::mark_price(market.series(place), now))]
            }
            Stream::MarkAll(_) => {
                let listed =
                    (0..market.len()).filter(|place| market.series(*place).first_time() <= now);
                let listed: Vec<usize> = listed.collect();
                let texts =
                    listed.into_iter().map(|place| frames::mark_price(market.series(place), now));
                vec![all(crate::rest::list(texts))]
            }
            Stream::Depth(place, _) => {
                self.depth(market.series(place), place, now).into_iter().collect()
            }
            Stream::PartialDepth(place, levels, period) => {
                vec![of(place, partial_depth(market.series(place), levels, (period, now)))]
            }
            Stream::MiniTicker(place) => self.ticker(market, place, (now, frames::mini_ticker)),
            Stream::Ticker(place) => self.ticker(market, place, (now, frames::ticker)),
            Stream::MiniTickerAll => self.tickers(market, now, frames::mini_ticker),
            Stream::TickerAll => self.tickers(market, now, frames::ticker),
            Stream::ContractInfo => self.contract_info(market, now),
        }
    }

    fn next_candle(&self, series: &mut Series, timeframe: Timeframe) -> i64 {
        let close = timeframe.next_open(Timestamp::from_millis(self.open)).millis();
        let closing = close + close_delay(series, close);
        let due = match series.next_trade_time(self.told) {
            NextTrade::At(time) => up(time, KLINE_PERIOD),
            NextTrade::NotBefore(time) => time,
        };
        if due < close { due } else { closing }
    }

    fn candle(
        &mut self,
        series: &mut Series,
        (place, timeframe): (usize, Timeframe),
        now: i64,
    ) -> Option<Frame> {
        let close = timeframe.next_open(Timestamp::from_millis(self.open)).millis();
        let open = self.open;
        if now >= close {
            self.told = self.told.max(close - 1);
            self.open = close;
            let row = series.candle(timeframe, open, close - 1).filter(|row| row.ids.is_some())?;
            let early = unfinished(series, &row, timeframe, close);
            let text = |row: &Row| self.candle_text(row, (timeframe, Ended::Closed), series, now);
            let (text, unfinished) = (text(&row), early.as_ref().map(text));
            return Some(Frame { text, symbol: Some(place), unfinished });
        }
        let is_new = !series.trades_between(self.told, now).is_empty();
        self.told = now;
        let row = is_new.then(|| series.candle(timeframe, open, now)).flatten()?;
        Some(of(place, self.candle_text(&row, (timeframe, Ended::Open), series, now)))
    }

    fn candle_text(
        &self,
        row: &Row,
        (timeframe, ended): (Timeframe, Ended),
        series: &Series,
        now: i64,
    ) -> String {
        let about = (series.spec(), ended);
        if matches!(self.stream, Some(Stream::ContinuousKline(..))) {
            frames::continuous_kline(row, timeframe, about, now)
        } else {
            frames::kline(row, timeframe, about, now)
        }
    }

    fn trades(&mut self, series: &mut Series, place: usize, now: i64) -> Vec<Frame> {
        let trades = series.trades_between(self.told, now);
        self.told = now;
        let spec = series.spec();
        trades.iter().map(|trade| of(place, frames::aggregate_trade(trade, spec, now))).collect()
    }

    fn depth(&mut self, series: &mut Series, place: usize, now: i64) -> Option<Frame> {
        let later = Book::at(series, now, LEVELS);
        let (bids, asks) = self.book.changes_to(&later);
        if bids.is_empty() && asks.is_empty() {
            return None;
        }
        let first = update_id(series.spec().seed, self.book_step + 1);
        let ids = (first, later.update_id, self.book.update_id);
        self.book_step = step_of(now);
        self.book = later;
        Some(of(place, frames::depth(series.spec(), ids, (&bids, &asks), now)))
    }

    fn ticker(
        &mut self,
        market: &mut Market,
        place: usize,
        (now, text): (i64, TickerText),
    ) -> Vec<Frame> {
        let series = market.series(place);
        let is_new = !series.trades_between(self.told, now).is_empty();
        self.told = now;
        is_new
            .then(|| text(series, now))
            .flatten()
            .map(|text| of(place, text))
            .into_iter()
            .collect()
    }

    fn tickers(&mut self, market: &mut Market, now: i64, text: TickerText) -> Vec<Frame> {
        let told = std::mem::replace(&mut self.told, now);
        let texts: Vec<String> = (0..market.len())
            .filter_map(|place| {
                let series = market.series(place);
                let is_new = !series.trades_between(told, now).is_empty();
                is_new.then(|| text(series, now)).flatten()
            })
            .collect();
        if texts.is_empty() { Vec::new() } else { vec![all(crate::rest::list(texts))] }
    }

    fn contract_info(&mut self, market: &mut Market, now: i64) -> Vec<Frame> {
        market.turn(now);
        let changed = market.changes_after(self.changes_known).to_vec();
        self.changes_known = market.changes_count();
        let changed = changed.into_iter();
        changed
            .map(|Change { place, of_brackets }| {
                let terms = market.terms(place, now);
                of(place, frames::contract_info(market.series(place), (&terms, of_brackets), now))
            })
            .collect()
    }
}

type TickerText = fn(&mut Series, i64) -> Option<String>;

const fn of(place: usize, text: String) -> Frame {
    Frame { text, symbol: Some(place), unfinished: None }
}

const fn all(text: String) -> Frame {
    Frame { text, symbol: None, unfinished: None }
}

/// The first multiple of `period` that is not before `time`.
const fn up(time: i64, period: i64) -> i64 {
    (time + period - 1).div_euclid(period) * period
}

/// A candle is told some 3 to 40 ms after its close.
fn close_delay(series: &Series, close: i64) -> i64 {
    3 + i64::try_from(chance(series.spec().seed, Purpose::CloseDelay, close) % 38).unwrap_or(0)
}

/// The candle without its last trade; `None` when that was its only one.
fn unfinished(series: &mut Series, row: &Row, timeframe: Timeframe, close: i64) -> Option<Row> {
    let last = series.trades_between(close - 60_001, close - 1).last()?.time;
    let early = series.candle(timeframe, row.open_time, last - 1)?;
    (early.ids.is_some() && early != *row).then_some(early)
}

fn book_ticker(
    series: &mut Series,
    best: &mut Option<(Level, Level)>,
    (place, now): (usize, i64),
) -> Option<Frame> {
    if series.first_time() > now {
        return None;
    }
    let book = Book::at(series, now, 1);
    let found = Some((book.bids[0], book.asks[0]));
    let is_new = *best != found;
    *best = found;
    is_new.then(|| of(place, frames::book_ticker(&book, series.spec(), now)))
}

fn partial_depth(series: &mut Series, levels: usize, (period, now): (i64, i64)) -> String {
    let before = update_id(series.spec().seed, step_of(now - period));
    let first = update_id(series.spec().seed, step_of(now - period) + 1);
    let book = Book::at(series, now, levels);
    frames::depth(series.spec(), (first, book.update_id, before), (&book.bids, &book.asks), now)
}
