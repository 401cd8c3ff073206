//! How far the price went against a trade and in its favour while it was open.
//!
//! Candles do not tell the way inside them, so a candle that was entered or left halfway counts only
//! with what is known to have come while the position was open. Amounts in quote asset.

use std::sync::Arc;

use domain::{Direction, EntryOrder, ExitReason, InstrumentId, Money, Timestamp};
use engine::Trade;
use market::Series;
use simulator::FillTime;

use crate::metrics::{highest, lowest};
use crate::{RunData, RunSpec};

/// The largest moves of the price against the average entry of one trade.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Excursion {
    /// Maximum adverse excursion: the whole quantity times the worst move, 0 or more.
    pub mae: Money,
    /// Maximum favourable excursion: the whole quantity times the best move, 0 or more.
    pub mfe: Money,
    /// Worst price seen, quote asset per unit; the entry when none was worse.
    pub mae_price: f64,
    /// Best price seen, quote asset per unit; the entry when none was better.
    pub mfe_price: f64,
}

/// Excursions of the trades of a run, in their order. `None` where an instrument has no candle at the
/// entry.
#[must_use]
pub fn excursions(trades: &[Trade], spec: &RunSpec, data: &RunData) -> Vec<Option<Excursion>> {
    let carrying = data.carrying(spec);
    of_trades(trades, spec.venue.fill_time, |instrument| {
        carrying.get(instrument.index()).copied().flatten().map(Arc::as_ref)
    })
}

/// Rows are found from the rows of the trade before, so trades in order of closing are fast.
fn of_trades<'a>(
    trades: &[Trade],
    fill_time: FillTime,
    series: impl Fn(InstrumentId) -> Option<&'a Series>,
) -> Vec<Option<Excursion>> {
    let mut hints: Vec<usize> = Vec::new();
    let mut excursion = |trade: &Trade| {
        let series = series(trade.instrument)?;
        let instrument = trade.instrument.index();
        if hints.len() <= instrument {
            hints.resize(instrument + 1, 0);
        }
        let exit = row_at(series, trade.exit_time, hints[instrument])?;
        let entry = row_at(series, trade.entry_time, exit)?;
        hints[instrument] = exit;
        let stay = Stay { trade, series, entry, exit, fill_time };
        stay.excursion()
    };
    trades.iter().map(&mut excursion).collect()
}

/// The row of the last candle that opens at `time` or before. `hint` is a row near it.
#[inline]
fn row_at(series: &Series, time: Timestamp, hint: usize) -> Option<usize> {
    let opens = series.open_times();
    let (time, known) = (time.millis(), *opens.get(hint)?);
    let guess = (time - known).div_euclid(series.timeframe().longest_millis());
    let guess = isize::try_from(guess).ok().and_then(|rows| hint.checked_add_signed(rows));
    let fits = |row: &usize| {
        opens.get(*row).is_some_and(|open| *open <= time)
            && opens.get(row + 1).is_none_or(|next| *next > time)
    };
    guess.filter(fits).or_else(|| opens.partition_point(|open| *open <= time).checked_sub(1))
}

/// A trade among the candles of its instrument.
struct Stay<'a> {
    trade: &'a Trade,
    series: &'a Series,
    /// Row of the candle that holds the first fill.
    entry: usize,
    /// Row of the candle that holds the last fill.
    exit: usize,
    /// When market orders were filled.
    fill_time: FillTime,
}

/// Lowest and highest price.
#[derive(Clone, Copy)]
struct Range {
    low: f64,
    high: f64,
}

impl Range {
    #[inline]
    fn include(&mut self, low: f64, high: f64) {
        self.low = if low < self.low { low } else { self.low };
        self.high = if high > self.high { high } else { self.high };
    }
}

impl Stay<'_> {
    fn excursion(&self) -> Option<Excursion> {
        let range = self.range();
        let (worst, best) = match self.trade.direction {
            Direction::Long => (range.low, range.high),
            Direction::Short => (range.high, range.low),
        };
        let (mae, mfe) = (self.amount(worst)?, self.amount(best)?);
        Some(Excursion { mae, mfe, mae_price: worst, mfe_price: best })
    }

    /// Lowest and highest price that are known to have come while the position was open.
    fn range(&self) -> Range {
        let (series, trade) = (self.series, self.trade);
        let (entry, exit) = (trade.entry_price.to_f64(), trade.exit_price.to_f64());
        let mut range = Range { low: entry, high: entry };
        range.include(exit, exit);
        let left_inside = trade.exit_time < series.close_time(self.exit);
        let mut whole = self.entry..if left_inside { self.exit } else { self.exit + 1 };
        if !self.entered_at_open() {
            if !whole.is_empty() {
                self.include_entry_candle(&mut range);
            }
            whole.start += 1;
        }
        if left_inside && whole.start <= self.exit && !self.left_at_close_before() {
            let open = series.open()[self.exit];
            range.include(open, open);
        }
        if !whole.is_empty() {
            range.include(lowest(&series.low()[whole.clone()]), highest(&series.high()[whole]));
        }
        range
    }

    /// Whether it was left at the close of the candle before, which is the first instant of the next:
    /// the open that followed was not seen.
    fn left_at_close_before(&self) -> bool {
        let opens = self.series.open_times()[self.exit] == self.trade.exit_time.millis();
        let by_market = match self.trade.exit_reason {
            ExitReason::Signal
            | ExitReason::RiskLock
            | ExitReason::Manual
            | ExitReason::StrategyEnd => true,
            ExitReason::StopLoss
            | ExitReason::BreakEven
            | ExitReason::TrailingStop
            | ExitReason::TakeProfit
            | ExitReason::Liquidation => false,
        };
        opens && by_market && self.fill_time != FillTime::NextOpen
    }

    /// A market order fills at the open of a candle, or at the close before. A limit order does when
    /// the candle opens beyond its price: then the fill is at the open and not inside the candle.
    fn entered_at_open(&self) -> bool {
        let opens = self.series.open_times()[self.entry] == self.trade.entry_time.millis();
        opens
            && match self.trade.order {
                EntryOrder::Market => true,
                EntryOrder::Limit { .. } => {
                    let open = self.series.open()[self.entry];
                    let entry = self.trade.entry_price.to_f64();
                    match self.trade.direction {
                        Direction::Long => entry >= open,
                        Direction::Short => entry <= open,
                    }
                }
                EntryOrder::Stop { .. } | EntryOrder::StopLimit { .. } => false,
            }
    }

    /// The candle of an entry inside it. The extreme towards which the price moved through the
    /// entry came after it: the adverse one for a limit order, the favourable one for a stop order.
    /// Of the other side only the close is known to have come later.
    fn include_entry_candle(&self, range: &mut Range) {
        let candle = self.series.candle(self.entry);
        let (adverse, favourable) = match self.trade.direction {
            Direction::Long => (candle.low, candle.high),
            Direction::Short => (candle.high, candle.low),
        };
        range.include(candle.close, candle.close);
        match self.trade.order {
            EntryOrder::Limit { .. } => range.include(adverse, adverse),
            EntryOrder::Stop { .. } => range.include(favourable, favourable),
            EntryOrder::Market | EntryOrder::StopLimit { .. } => {}
        }
    }

    /// What the move from the entry to `price` is worth, exactly.
    #[inline]
    fn amount(&self, price: f64) -> Option<Money> {
        let (entry, exit) = (self.trade.entry_price, self.trade.exit_price);
        if price == entry.to_f64() {
            return Some(Money::ZERO);
        }
        let price = if price == exit.to_f64() { exit } else { self.series.scale().price(price)? };
        Some(Money::of_move(price.minus(entry), self.trade.quantity))
    }
}

#[cfg(test)]
mod tests;
