//! Checks of what longer candles are built from: the venue's own candles of an hour and a day against what the
//! stored minutes make.
//!
//! Prices must be equal and volumes to their last decimal. A longer candle in which minutes are missing differs when the
//! venue has more volume than the stored ones: without that, nothing was traded in them.

use domain::{MarketKind, PriceKind, PriceScale, TimeRange, Timeframe, Timestamp};
use market::{
    CandleRow, Columns, Comparison, Difference, Series, SeriesKey, compare_aggregate, decimal_sum,
};
use storage::{CheckOutcome, CheckedRange, DownloadPart, PartState};

use super::part::{Part, PartSeries};
use super::plan::aligned_up;
use crate::data::MarketData;

/// Longer candles that are checked.
const LONGER: [Timeframe; 2] = [Timeframe::H1, Timeframe::D1];
/// Longer candles of one part.
const PART_CANDLES: u64 = 1_500;
/// Only so much time of candles of an hour is checked, the newest, ms: 365 days are 23 pages.
const HOURS_BACK: i64 = 365 * 24 * 3_600_000;
/// A candle that closed this little ago is live data, ms.
const SETTLING: i64 = 2_000;
/// Share of a volume that sums may lose.
const VOLUME_TOLERANCE: f64 = 1e-11;
/// Differing candles that a part names.
const NAMED_MAX: usize = 3;

/// The checks of what `fetched` brings of a series, ascending by time. Only minutes of last prices are checked.
pub(super) fn check_parts(series: &PartSeries, fetched: &[Part], now: Timestamp) -> Vec<Part> {
    let is_checked = series.timeframe == Timeframe::M1 && series.price == PriceKind::Last;
    let ranges: Vec<TimeRange> = fetched.iter().filter_map(candles_of).collect();
    let of = |longer: &Timeframe| {
        let ranges = if is_checked { joined(&ranges, *longer, now) } else { Vec::new() };
        let part = |range| Part::Check { series: series.clone(), longer: *longer, range };
        let parts = ranges.into_iter().flat_map(|range| pieces(range, *longer));
        parts.map(part).collect::<Vec<_>>()
    };
    LONGER.iter().flat_map(of).collect()
}

fn candles_of(part: &Part) -> Option<TimeRange> {
    match part {
        Part::Archive { period, .. } => Some(period.range()),
        Part::Rest { range, .. } => Some(*range),
        Part::ArchiveFunding { .. } | Part::RestFunding { .. } | Part::Check { .. } => None,
    }
}

/// Ascending ranges, widened to whole longer candles that have closed; those that a page apart are joined.
fn joined(ranges: &[TimeRange], longer: Timeframe, now: Timestamp) -> Vec<TimeRange> {
    let closed = longer.open_of(now.plus_millis(-SETTLING));
    let earliest = if longer == Timeframe::H1 {
        longer.open_of(now.plus_millis(-HOURS_BACK))
    } else {
        Timestamp::from_millis(0)
    };
    let mut whole: Vec<TimeRange> = Vec::new();
    for range in ranges {
        let range = TimeRange {
            start: longer.open_of(range.start).max(earliest),
            end: aligned_up(longer, range.end).min(closed),
        };
        if range.start >= range.end {
            continue;
        }
        match whole.last_mut() {
            Some(last) if longer.count_between(last.end, range.start) < PART_CANDLES => {
                last.end = last.end.max(range.end);
            }
            Some(_) | None => whole.push(range),
        }
    }
    whole
}

fn pieces(range: TimeRange, longer: Timeframe) -> Vec<TimeRange> {
    let length = longer.fixed_millis().unwrap_or(0);
    let step = length.saturating_mul(i64::try_from(PART_CANDLES).unwrap_or(1)).max(1);
    let mut pieces = Vec::new();
    let mut start = range.start;
    while start < range.end {
        let end = start.plus_millis(step).min(range.end);
        pieces.push(TimeRange { start, end });
        start = end;
    }
    pieces
}

/// What a check is of.
pub(super) struct Check<'a> {
    pub(super) market: MarketKind,
    pub(super) series: &'a PartSeries,
    pub(super) longer: Timeframe,
    pub(super) range: TimeRange,
    /// Open times of the shorter candles that should be stored: a longer one that goes beyond is not missed in.
    pub(super) wanted: TimeRange,
}

/// Compares `rows`, the venue's longer candles, with what the stored ones make, and stores what differs together with
/// the mark of the part, which it returns.
pub(super) fn check(
    data: &MarketData,
    check: &Check<'_>,
    rows: &[CandleRow],
    (id, part): (&str, DownloadPart),
) -> Result<DownloadPart, String> {
    let PartSeries { symbol, timeframe, price } = check.series.clone();
    let key = SeriesKey::new(check.market, symbol, timeframe).of_price(price);
    let (mut compared, mut found) = (Vec::new(), Vec::new());
    // Month by month, so that few minutes are in memory at once.
    let month = |row: &CandleRow| Timeframe::Month1.open_of(row.candle.open_time);
    for rows in rows.chunk_by(|one, other| month(one) == month(other)) {
        let shorter = shorter(data, &key, check.longer, rows)?;
        let comparison = compare(&shorter, check.longer, rows)?;
        let lacking = lacking(&shorter, check, rows);
        let is_whole = |open: &Timestamp| {
            let (stored, of) = stored_in(&shorter, check.longer, *open);
            stored.len() as u64 == of
        };
        compared.extend(rows.iter().map(|row| row.candle.open_time).filter(is_whole));
        compared.extend(lacking.iter().map(|lacking| lacking.0));
        found.extend(differing(&key, check.longer, &comparison.differences));
        found.extend(lacking);
    }
    found.sort_by_key(|found| found.0);
    let differs = |row: &&CandleRow| {
        let open_time = row.candle.open_time;
        found.binary_search_by_key(&open_time, |found| found.0).is_ok()
    };
    let different: Vec<CandleRow> = rows.iter().filter(differs).copied().collect();
    let part = DownloadPart {
        state: PartState::Stored,
        rows: compared.len() as u64,
        differences: different.len() as u64,
        error: words(&found),
        ..part
    };
    let checked = CheckedRange { key, timeframe: check.longer, range: check.range };
    let outcome = CheckOutcome { compared: &compared, different: &different };
    let stored = data.store().write_check(&checked, outcome, (id, &part));
    stored.map_err(|error| error.to_string())?;
    Ok(part)
}

/// The stored candles that `rows` are built from.
fn shorter(
    data: &MarketData,
    key: &SeriesKey,
    longer: Timeframe,
    rows: &[CandleRow],
) -> Result<Series, String> {
    let start = rows.first().map_or(Timestamp::from_millis(0), |row| row.candle.open_time);
    let end = rows.last().map_or(start, |row| longer.next_open(row.candle.open_time));
    let range = TimeRange { start, end };
    data.store().load_full(key, Some(range)).map_err(|error| error.to_string())
}

fn compare(shorter: &Series, longer: Timeframe, rows: &[CandleRow]) -> Result<Comparison, String> {
    let mut columns = Columns::with_capacity(rows.len());
    rows.iter().for_each(|row| columns.push_row(row));
    let decimals = rows.iter().map(|row| row.price_decimals).max().unwrap_or(0);
    let key = SeriesKey { timeframe: longer, ..shorter.key().clone() };
    let venue = Series::new(key, PriceScale::new(decimals), columns);
    let venue = venue.map_err(|error| format!("the venue's candles: {error}"))?;
    compare_aggregate(shorter, &venue, usize::MAX).map_err(|error| error.to_string())
}

/// The venue's candles in which shorter ones are missing that were traded in, a line each.
fn lacking(shorter: &Series, check: &Check<'_>, rows: &[CandleRow]) -> Vec<(Timestamp, String)> {
    let (longer, timeframe) = (check.longer, shorter.timeframe());
    let line = |row: &CandleRow| {
        let open = row.candle.open_time;
        let end = longer.next_open(open);
        let (volumes, of) = stored_in(shorter, longer, open);
        let stored = volumes.len();
        let traded = row.candle.volume - volumes.iter().sum::<f64>();
        let is_lacking = (stored as u64) < of
            && check.wanted.start <= open
            && end <= check.wanted.end
            && traded > VOLUME_TOLERANCE * row.candle.volume;
        let symbol = &check.series.symbol;
        is_lacking.then(|| {
            let words = format!(
                "{symbol} {longer} {open}: the venue has it, {stored} of {of} {timeframe} candles are stored"
            );
            (open, words)
        })
    };
    rows.iter().filter_map(line).collect()
}

/// Volumes of the stored candles inside the longer one that opens at `open`, and how many would make it whole.
fn stored_in(shorter: &Series, longer: Timeframe, open: Timestamp) -> (&[f64], u64) {
    let before =
        |time: Timestamp| shorter.open_times().partition_point(|open| *open < time.millis());
    let end = longer.next_open(open);
    let of = shorter.timeframe().count_between(open, end);
    (shorter.volume().get(before(open)..before(end)).unwrap_or_default(), of)
}

/// Differing candles, a line each.
fn differing(
    key: &SeriesKey,
    longer: Timeframe,
    differences: &[Difference],
) -> Vec<(Timestamp, String)> {
    differences
        .chunk_by(|one, other| one.time == other.time)
        .filter_map(|of_candle| of_candle.first())
        .map(|Difference { time, field, derived, venue }| {
            let (symbol, shorter) = (&key.symbol, key.timeframe);
            let made =
                decimal_sum(*derived, shorter.count_between(*time, longer.next_open(*time)));
            let words = format!(
                "{symbol} {longer} {time}: {field} of the venue's candle is {venue}, its {shorter} candles make {made}"
            );
            (*time, words)
        })
        .collect()
}

/// The first lines.
fn words(found: &[(Timestamp, String)]) -> Option<String> {
    let lines: Vec<&str> = found.iter().take(NAMED_MAX).map(|found| found.1.as_str()).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests;
