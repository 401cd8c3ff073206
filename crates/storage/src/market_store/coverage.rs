//! What is stored of which series, told from the heads of its months alone: nothing is decompressed.

use std::collections::BTreeMap;

use domain::{Timeframe, Timestamp};
use market::{Gap, SeriesKey};

use super::chunk_table::{self, Month, MonthHead};
use super::{MarketStore, known_series, tail_table};
use crate::StorageError;

/// What is stored of one series.
#[derive(Clone, Debug, PartialEq)]
pub struct Coverage {
    /// The series.
    pub key: SeriesKey,
    /// Open time of the first candle.
    pub first: Timestamp,
    /// Open time of the last candle.
    pub last: Timestamp,
    /// Number of candles.
    pub candles: u64,
    /// Runs of missing candles between first and last, ascending.
    pub gaps: Vec<Gap>,
    /// Compressed size; a candle that is not in a chunk yet counts 80 bytes.
    pub bytes: u64,
    /// Decimals of the prices.
    pub price_decimals: u8,
    /// Its months, ascending; months without candles are left out.
    pub months: Vec<MonthCoverage>,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// What is stored of one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthCoverage {
    /// Calendar year.
    pub year: i32,
    /// 1 to 12.
    pub month: u32,
    /// Candles stored.
    pub candles: u64,
    /// Candles of a complete month.
    pub expected: u64,
}

impl MarketStore {
    /// Which candles are stored, ascending by market, symbol, timeframe and price. Nothing is decompressed.
    ///
    /// # Errors
    /// [`StorageError`] when the database cannot be read.
    pub fn coverage(&self) -> Result<Vec<Coverage>, StorageError> {
        self.read("read the coverage", |connection| {
            // One transaction: all tables as of the same commit.
            let snapshot = connection.unchecked_transaction()?;
            let keys = known_series(&snapshot)?;
            let timeframe_of = |id| keys.get(&id).map(|key| key.timeframe);
            let chunks = chunk_table::heads(&snapshot, timeframe_of)?;
            let tails = tail_table::heads(&snapshot, timeframe_of)?;
            let heads = join(chunks, tails, timeframe_of);
            let mut coverage: Vec<Coverage> = heads
                .chunk_by(|a, b| a.series_id == b.series_id)
                .filter_map(|heads| keys.get(&heads[0].series_id).map(|key| cover(key, heads)))
                .collect();
            coverage.sort_by(|a, b| a.key.cmp(&b.key));
            Ok(coverage)
        })
    }
}

/// One head for each series and month, ascending.
fn join(
    chunks: Vec<MonthHead>,
    tails: Vec<MonthHead>,
    timeframe_of: impl Fn(i64) -> Option<Timeframe>,
) -> Vec<MonthHead> {
    if tails.is_empty() {
        return chunks;
    }
    let place = |head: &MonthHead| (head.series_id, head.month);
    let mut heads: BTreeMap<(i64, Month), MonthHead> =
        chunks.into_iter().map(|head| (place(&head), head)).collect();
    for tail in tails {
        let joined = match (heads.remove(&place(&tail)), timeframe_of(tail.series_id)) {
            (Some(chunk), Some(timeframe)) => join_month(&chunk, &tail, timeframe),
            (None, _) | (_, None) => tail,
        };
        heads.insert(place(&joined), joined);
    }
    heads.into_values().collect()
}

fn join_month(chunk: &MonthHead, tail: &MonthHead, timeframe: Timeframe) -> MonthHead {
    let mut runs = runs_of(chunk, timeframe);
    runs.extend(runs_of(tail, timeframe));
    runs.sort_unstable();
    MonthHead {
        candles: chunk.candles + tail.candles,
        first: chunk.first.min(tail.first),
        last: chunk.last.max(tail.last),
        price_decimals: chunk.price_decimals.max(tail.price_decimals),
        updated_at: chunk.updated_at.max(tail.updated_at),
        gaps: gaps_between(&runs, timeframe),
        bytes: chunk.bytes + tail.bytes,
        ..*chunk
    }
}

/// Runs of candles without a gap: open time of the first, and of the one after the last.
fn runs_of(head: &MonthHead, timeframe: Timeframe) -> Vec<(Timestamp, Timestamp)> {
    let starts = [head.first].into_iter().chain(head.gaps.iter().map(|gap| gap.to));
    let ends = head.gaps.iter().map(|gap| gap.from).chain([timeframe.next_open(head.last)]);
    starts.zip(ends).collect()
}

/// Gaps between runs that ascend and do not overlap.
fn gaps_between(runs: &[(Timestamp, Timestamp)], timeframe: Timeframe) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for pair in runs.windows(2) {
        let ((_, end), (to, _)) = (pair[0], pair[1]);
        let missing = timeframe.count_between(end, to);
        if missing > 0 {
            gaps.push(Gap { from: end, to, missing });
        }
    }
    gaps
}

/// Joins the heads of one series, which are not empty, and the gaps between them.
fn cover(key: &SeriesKey, heads: &[MonthHead]) -> Coverage {
    let timeframe = key.timeframe;
    let mut coverage = Coverage {
        key: key.clone(),
        first: heads[0].first,
        last: heads[0].last,
        candles: 0,
        gaps: Vec::new(),
        bytes: 0,
        price_decimals: 0,
        months: Vec::with_capacity(heads.len()),
        updated_at: heads[0].updated_at,
    };
    for (place, head) in heads.iter().enumerate() {
        let next = timeframe.next_open(coverage.last);
        if place > 0 && next < head.first {
            let missing = timeframe.count_between(next, head.first);
            coverage.gaps.push(Gap { from: next, to: head.first, missing });
        }
        coverage.gaps.extend_from_slice(&head.gaps);
        coverage.last = head.last;
        coverage.candles += head.candles;
        coverage.bytes += head.bytes;
        coverage.price_decimals = coverage.price_decimals.max(head.price_decimals);
        coverage.updated_at = coverage.updated_at.max(head.updated_at);
        coverage.months.push(month_coverage(key, head));
    }
    coverage
}

fn month_coverage(key: &SeriesKey, head: &MonthHead) -> MonthCoverage {
    let start = Timeframe::Month1.open_of(head.first);
    let expected = key.timeframe.count_between(start, Timeframe::Month1.next_open(start));
    MonthCoverage {
        year: head.month.year(),
        month: head.month.month(),
        candles: head.candles,
        expected,
    }
}
