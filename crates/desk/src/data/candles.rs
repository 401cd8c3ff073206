//! Pages of candles for charts.
//!
//! Stored candles of the asked length, or longer ones built from whole shorter ones.

use domain::{MarketKind, PriceKind, Symbol, TimeRange, Timeframe, Timestamp};
use market::{Series, decimal_sum};
use storage::Coverage;

use super::MarketData;
use super::coverage::{available, best_source};
use crate::backtests::MarketChoice;
use crate::error::{DeskError, Refusal, RefusalCode};

/// Which candles are wanted.
#[derive(Clone, Debug)]
pub struct CandleQuery {
    /// Instrument.
    pub symbol: Symbol,
    /// Candle length.
    pub timeframe: Timeframe,
    /// Where they may come from.
    pub market: MarketChoice,
    /// Price they are of.
    pub price: PriceKind,
    /// First open time; `None`: the newest `limit` before `to`.
    pub from: Option<Timestamp>,
    /// First instant after the wanted open times.
    pub to: Option<Timestamp>,
    /// At most this many.
    pub limit: usize,
}

/// Candles with what they were made from.
#[derive(Clone, Debug)]
pub struct CandlePage {
    /// Market they come from.
    pub market: MarketKind,
    /// Stored candle length they were built from.
    pub source_timeframe: Timeframe,
    /// The candles.
    pub series: Series,
    /// Traded base asset, candle by candle: of those that were built here as the decimals that their sums are.
    pub volume: Vec<f64>,
    /// Open time of the first candle there is.
    pub first_available: Option<Timestamp>,
    /// Open time of the last candle there is.
    pub last_available: Option<Timestamp>,
}

impl MarketData {
    /// One page of candles.
    ///
    /// # Errors
    /// [`DeskError::Refused`] when there is no such symbol or timeframe; [`DeskError::Storage`].
    pub fn candles(&self, query: &CandleQuery) -> Result<CandlePage, DeskError> {
        let stored = self.coverage()?;
        let series = of_market(&stored, query)?;
        let all = TimeRange {
            start: Timestamp::from_millis(i64::MIN / 4),
            end: Timestamp::from_millis(i64::MAX / 4),
        };
        let asked =
            TimeRange { start: query.from.unwrap_or(all.start), end: query.to.unwrap_or(all.end) };
        let source =
            best_source(series.iter().copied(), query.timeframe, asked).ok_or_else(|| {
                let message = format!(
                    "{} candles of {} cannot be built from what is stored",
                    query.timeframe, query.symbol
                );
                Refusal::new(RefusalCode::TimeframeNotAvailable, message)
            })?;
        let there = available(source, query.timeframe);
        let range =
            TimeRange { start: asked.start.max(there.start), end: asked.end.min(there.end) };
        let page = if query.from.is_some() { Direction::Forward } else { Direction::Backward };
        let series = self.page(source, query, range, page)?;
        let last = query.timeframe.open_of(there.end.plus_millis(-1));
        let any = there.start < there.end;
        Ok(CandlePage {
            market: source.key.market,
            source_timeframe: source.key.timeframe,
            volume: volume(&series, source.key.timeframe),
            series,
            first_available: any.then_some(there.start),
            last_available: any.then_some(last),
        })
    }

    /// Loads a stretch that is as short as possible; gaps make it longer.
    fn page(
        &self,
        source: &Coverage,
        query: &CandleQuery,
        range: TimeRange,
        direction: Direction,
    ) -> Result<Series, DeskError> {
        let candles = i64::try_from(query.limit).unwrap_or(i64::MAX).saturating_add(1);
        let mut span = candles.saturating_mul(query.timeframe.longest_millis());
        loop {
            let stretch = direction.stretch(range, span, query.timeframe);
            let series = if stretch.millis() == 0 {
                self.store()
                    .load(&source.key, Some(TimeRange { start: range.start, end: range.start }))?
            } else {
                self.built(&source.key, query.timeframe, aligned(stretch, query.timeframe))?
            };
            if series.len() >= query.limit || stretch == range || stretch.millis() == 0 {
                return Ok(direction.cut(&series, stretch, query.limit));
            }
            span = span.saturating_mul(4);
        }
    }
}

fn volume(series: &Series, source: Timeframe) -> Vec<f64> {
    let terms = series.timeframe().longest_millis() / source.longest_millis().max(1);
    let terms = terms.unsigned_abs();
    series.volume().iter().map(|sum| decimal_sum(*sum, terms)).collect()
}

#[derive(Clone, Copy)]
enum Direction {
    Forward,
    Backward,
}

impl Direction {
    fn stretch(self, range: TimeRange, span: i64, timeframe: Timeframe) -> TimeRange {
        match self {
            Self::Forward => {
                TimeRange { end: range.start.plus_millis(span).min(range.end), ..range }
            }
            Self::Backward => TimeRange {
                start: timeframe.open_of(range.end.plus_millis(-span)).max(range.start),
                ..range
            },
        }
    }

    fn cut(self, series: &Series, range: TimeRange, limit: usize) -> Series {
        let inside = series.slice(range);
        let Some(excess) = inside.len().checked_sub(limit).filter(|excess| *excess > 0) else {
            return inside;
        };
        let at = |row: usize| Timestamp::from_millis(inside.open_times()[row]);
        inside.slice(match self {
            Self::Forward => TimeRange { start: range.start, end: at(limit) },
            Self::Backward => TimeRange { start: at(excess), end: range.end },
        })
    }
}

/// Widened to whole candles, so that none is built from a part of its shorter ones.
fn aligned(range: TimeRange, timeframe: Timeframe) -> TimeRange {
    TimeRange {
        start: timeframe.open_of(range.start),
        end: timeframe.next_open(timeframe.open_of(range.end.plus_millis(-1))),
    }
}

fn of_market<'a>(
    stored: &'a [Coverage],
    query: &CandleQuery,
) -> Result<Vec<&'a Coverage>, DeskError> {
    let markets: Vec<MarketKind> = match query.market {
        MarketChoice::Only(market) => vec![market],
        MarketChoice::Auto => MarketKind::ALL.to_vec(),
    };
    let of = |market: MarketKind| -> Vec<&Coverage> {
        stored
            .iter()
            .filter(|one| {
                one.key.market == market
                    && one.key.symbol == query.symbol
                    && one.key.price == query.price
            })
            .collect()
    };
    markets.into_iter().map(of).find(|series| !series.is_empty()).ok_or_else(|| {
        let kind = match query.price {
            PriceKind::Last => "candles",
            PriceKind::Mark => "mark price candles",
        };
        let message = format!("no {} {kind} of {} are stored", query.market, query.symbol);
        Refusal::new(RefusalCode::UnknownSymbol, message).into()
    })
}
