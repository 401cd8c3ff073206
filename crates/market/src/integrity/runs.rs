//! Candles that are missing, stand still or break a rule.

use domain::{CandleError, PriceKind, Timestamp};

use super::IntegrityLimits;
use super::finding::{FindingKind, Found};
use super::tally::Tally;
use crate::{Series, gaps_in};

/// Sums and averages of many trades are rounded.
const ROUNDING: f64 = 1e-6;

/// A finding about the candle in `row` alone.
pub(super) fn at_row(series: &Series, kind: FindingKind, row: usize, size: f64) -> Found {
    let from = Timestamp::from_millis(series.open_times()[row]);
    Found { kind, from, to: series.close_time(row), candles: 1, size, field: "" }
}

/// Candles whose time, prices or volumes cannot be right.
pub(super) fn find_unsound(series: &Series, tally: &mut Tally) {
    let timeframe = series.timeframe();
    for row in 0..series.len() {
        let candle = series.candle(row);
        if row > 0 && series.open_times()[row - 1] >= candle.open_time.millis() {
            tally.add(at_row(series, FindingKind::OutOfOrder, row, 1.0));
        }
        if !timeframe.is_aligned(candle.open_time) {
            tally.add(at_row(series, FindingKind::Misaligned, row, 1.0));
        }
        match candle.validate() {
            Ok(()) => find_contradictions(series, row, tally),
            Err(CandleError::BadField { field, .. }) => {
                tally.add(Found { field, ..at_row(series, FindingKind::Unsound, row, 1.0) });
            }
        }
    }
}

/// Optional volumes that contradict the candle. Absent ones are NaN and contradict nothing.
fn find_contradictions(series: &Series, row: usize, tally: &mut Tally) {
    let extra = series.extra();
    let value = |column: &[f64]| column.get(row).copied().unwrap_or(f64::NAN);
    let volume = series.volume()[row];
    if volume <= 0.0 {
        return;
    }
    let average = value(&extra.quote_volume) / volume;
    let (low, high) = (series.low()[row], series.high()[row]);
    let outside = (average / high - 1.0).max(1.0 - average / low);
    if outside > ROUNDING {
        tally.add(at_row(series, FindingKind::QuoteVolume, row, outside));
    }
    let beyond = (value(&extra.taker_buy_volume) / volume - 1.0)
        .max(value(&extra.taker_buy_quote_volume) / value(&extra.quote_volume) - 1.0);
    if beyond > ROUNDING {
        tally.add(at_row(series, FindingKind::TakerVolume, row, beyond));
    }
}

/// Missing candles.
pub(super) fn find_gaps(series: &Series, tally: &mut Tally) {
    for gap in gaps_in(series.open_times(), series.timeframe(), None) {
        let (from, to, candles) = (gap.from, gap.to, gap.missing);
        // Out of order, which is found elsewhere, is no gap.
        if candles > 0 {
            let size = candles as f64;
            tally.add(Found { kind: FindingKind::Gap, from, to, candles, size, field: "" });
        }
    }
}

/// Runs of candles without volume, flat ones apart. Mark prices have no volume: only flat runs count there.
pub(super) fn find_quiet(series: &Series, limits: &IntegrityLimits, tally: &mut Tally) {
    let is_mark = match series.key().price {
        PriceKind::Mark => true,
        PriceKind::Last => false,
    };
    let mut start = 0;
    while start < series.len() {
        if !is_quiet(series, start, is_mark) {
            start += 1;
            continue;
        }
        let goes_on = |row: &usize| {
            is_quiet(series, *row, is_mark)
                && series.close_time(row - 1).millis() == series.open_times()[*row]
                && !(is_mark && series.close()[*row] != series.close()[row - 1])
        };
        let end = (start + 1..series.len()).take_while(goes_on).last().unwrap_or(start) + 1;
        add_quiet(series, (start, end), limits, tally);
        start = end;
    }
}

fn is_quiet(series: &Series, row: usize, is_mark: bool) -> bool {
    if is_mark { is_flat(series, row) } else { series.volume()[row] == 0.0 }
}

fn is_flat(series: &Series, row: usize) -> bool {
    let (open, close) = (series.open()[row], series.close()[row]);
    open == close && series.high()[row] == open && series.low()[row] == open
}

fn add_quiet(
    series: &Series,
    (start, end): (usize, usize),
    limits: &IntegrityLimits,
    tally: &mut Tally,
) {
    let candles = (end - start) as u64;
    let price = series.open()[start];
    let stands_still = |row: usize| is_flat(series, row) && series.open()[row] == price;
    let kind = if candles >= limits.flat_run_min && (start..end).all(stands_still) {
        FindingKind::FlatRun
    } else if series.key().price == PriceKind::Last {
        FindingKind::ZeroVolume
    } else {
        return;
    };
    let from = Timestamp::from_millis(series.open_times()[start]);
    let to = series.close_time(end - 1);
    tally.add(Found { kind, from, to, candles, size: candles as f64, field: "" });
}
