//! Where the future is cut off: at closes of candles, spread over the range.

use std::sync::Arc;

use domain::Timestamp;
use market::Series;

use crate::DecisionLog;

/// How many candles of a series have closed by `time`.
pub(super) fn closed_by(series: &Series, time: Timestamp) -> usize {
    let timeframe = series.timeframe();
    series
        .open_times()
        .partition_point(|open| timeframe.next_open(Timestamp::from_millis(*open)) <= time)
}

/// Up to `count` closes, ascending, each once: `count + 1` parts of the range end at them, moved back
/// to the last decision since the cut before.
pub(super) fn cut_times(
    count: usize,
    carrying: &[Option<&Arc<Series>>],
    decisions: &DecisionLog,
) -> Vec<Timestamp> {
    let filled = || carrying.iter().flatten().filter(|series| !series.is_empty());
    let first = filled().map(|series| series.close_time(0)).min();
    let last = filled().map(|series| series.close_time(series.len() - 1)).max();
    let Some((first, last)) = first.zip(last) else { return Vec::new() };
    let span = i128::from(last.millis()) - i128::from(first.millis());
    let mut cuts: Vec<Timestamp> = Vec::with_capacity(count);
    for part in 1..=count as i128 {
        let offset = i64::try_from(span * part / (count as i128 + 1)).unwrap_or_default();
        let target = first.plus_millis(offset);
        let closes = filled().filter_map(|series| last_close(series, target));
        let close = closes.max().unwrap_or(first);
        let decided = last_decision(filled(), decisions, close);
        let cut = decided.filter(|time| cuts.last().is_none_or(|before| before < time));
        let cut = cut.unwrap_or(close);
        if cuts.last().is_none_or(|before| *before < cut) {
            cuts.push(cut);
        }
    }
    cuts
}

fn last_close(series: &Series, time: Timestamp) -> Option<Timestamp> {
    closed_by(series, time).checked_sub(1).map(|row| series.close_time(row))
}

/// Time of the last decision up to `time`: the first close by which as many have been taken.
fn last_decision<'a>(
    carrying: impl Iterator<Item = &'a &'a Arc<Series>>,
    decisions: &DecisionLog,
    time: Timestamp,
) -> Option<Timestamp> {
    let (count, _) = decisions.until(time);
    if count == 0 {
        return None;
    }
    let closes = carrying.filter_map(|series| {
        let timeframe = series.timeframe();
        let row = series.open_times().partition_point(|open| {
            let close = timeframe.next_open(Timestamp::from_millis(*open));
            decisions.until(close).0 < count
        });
        (row < series.len()).then(|| series.close_time(row))
    });
    closes.min()
}
