//! Which stored series serves a wanted timeframe best, from coverage alone.
//!
//! Covered time is counted in milliseconds of the requested range; a longer candle
//! built from shorter ones counts only when the shorter ones reach its end.

use domain::{TimeRange, Timeframe, Timestamp};
use market::Gap;
use storage::Coverage;

/// Which candles of a stored series are needed to build the wanted ones.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Need {
    /// Wanted candles open from here on; aligned to the wanted timeframe.
    pub(crate) range: TimeRange,
    /// Whether wanted candles are missing before or after what is stored.
    pub(crate) cut_short: bool,
}

/// The stored series that covers most of the range, the longest of equals.
pub(crate) fn best_source<'a>(
    stored: impl IntoIterator<Item = &'a Coverage>,
    wanted: Timeframe,
    range: TimeRange,
) -> Option<&'a Coverage> {
    stored
        .into_iter()
        .filter(|coverage| coverage.key.timeframe.divides(wanted))
        .max_by_key(|coverage| (covered_millis(coverage, wanted, range), coverage.key.timeframe))
}

/// What to load of `source` so that only whole wanted candles come out.
pub(crate) fn need(source: &Coverage, wanted: Timeframe, range: TimeRange) -> Need {
    let asked = TimeRange {
        start: aligned_up(wanted, range.start),
        end: wanted.next_open(last_open(wanted, range.end)),
    };
    let range = TimeRange {
        start: asked.start.max(aligned_up(wanted, source.first)),
        end: asked.end.min(whole_end(source, wanted)),
    };
    let cut_short = asked.start < asked.end && (range.start > asked.start || range.end < asked.end);
    Need { range, cut_short }
}

/// Where whole wanted candles can open: the end is exclusive.
pub(crate) fn available(source: &Coverage, wanted: Timeframe) -> TimeRange {
    let start = aligned_up(wanted, source.first);
    TimeRange { start, end: whole_end(source, wanted).max(start) }
}

/// Gaps of the stored series inside the range, clipped to it.
pub(crate) fn gaps_in_range(source: &Coverage, range: TimeRange) -> Vec<Gap> {
    let timeframe = source.key.timeframe;
    let clip = |gap: &Gap| {
        let (from, to) = (gap.from.max(range.start), gap.to.min(range.end));
        let missing = timeframe.count_between(from, to);
        (missing > 0).then_some(Gap { from, to, missing })
    };
    source.gaps.iter().filter_map(clip).collect()
}

fn covered_millis(source: &Coverage, wanted: Timeframe, range: TimeRange) -> i64 {
    let covered = TimeRange {
        start: source.first.max(range.start),
        end: whole_end(source, wanted).min(range.end),
    };
    let missing: i64 = source
        .gaps
        .iter()
        .map(|gap| {
            TimeRange { start: gap.from.max(covered.start), end: gap.to.min(covered.end) }.millis()
        })
        .sum();
    covered.millis() - missing
}

/// Where the last whole wanted candle ends.
fn whole_end(source: &Coverage, wanted: Timeframe) -> Timestamp {
    let end = source.key.timeframe.next_open(source.last);
    if source.key.timeframe == wanted { end } else { wanted.open_of(end) }
}

fn aligned_up(timeframe: Timeframe, time: Timestamp) -> Timestamp {
    let open = timeframe.open_of(time);
    if open == time { open } else { timeframe.next_open(open) }
}

fn last_open(timeframe: Timeframe, end: Timestamp) -> Timestamp {
    timeframe.open_of(end.plus_millis(-1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::MarketKind;
    use market::SeriesKey;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn range(start: &str, end: &str) -> TimeRange {
        TimeRange { start: at(start), end: at(end) }
    }

    fn stored(timeframe: Timeframe, first: &str, last: &str, gaps: &[(&str, &str)]) -> Coverage {
        let gap = |&(from, to): &(&str, &str)| Gap {
            from: at(from),
            to: at(to),
            missing: timeframe.count_between(at(from), at(to)),
        };
        Coverage {
            key: SeriesKey::new(MarketKind::UsdM, "TESTUSDT".parse().unwrap(), timeframe),
            first: at(first),
            last: at(last),
            candles: 0,
            gaps: gaps.iter().map(gap).collect(),
            bytes: 0,
            price_decimals: 2,
            months: Vec::new(),
            updated_at: at("2024-01-01"),
        }
    }

    #[test]
    fn the_stored_timeframe_wins_unless_a_shorter_one_covers_more() {
        let hours = stored(Timeframe::H1, "2023-01-01", "2023-01-31T23:00:00Z", &[]);
        let minutes = stored(Timeframe::M1, "2023-01-01", "2023-02-28T23:59:00Z", &[]);
        let all = [minutes.clone(), hours.clone()];
        let best = |wanted, start, end| {
            best_source(&all, wanted, range(start, end)).map(|one| one.key.timeframe)
        };
        assert_eq!(best(Timeframe::H1, "2023-01-05", "2023-01-10"), Some(Timeframe::H1));
        assert_eq!(best(Timeframe::H1, "2023-01-05", "2023-02-10"), Some(Timeframe::M1));
        assert_eq!(best(Timeframe::H4, "2023-01-05", "2023-01-10"), Some(Timeframe::H1));
        assert_eq!(best(Timeframe::M5, "2023-01-05", "2023-01-10"), Some(Timeframe::M1));
        assert_eq!(best_source([&hours], Timeframe::M5, range("2023-01-05", "2023-01-10")), None);
    }

    #[test]
    fn a_gap_in_the_longer_series_makes_the_shorter_one_better() {
        let gap = ("2023-01-06", "2023-01-07");
        let all = [
            stored(Timeframe::H1, "2023-01-01", "2023-01-31T23:00:00Z", &[gap]),
            stored(Timeframe::M1, "2023-01-01", "2023-01-31T23:59:00Z", &[]),
        ];
        let best =
            |start, end| best_source(&all, Timeframe::H1, range(start, end)).unwrap().key.timeframe;
        assert_eq!(best("2023-01-05", "2023-01-10"), Timeframe::M1);
        assert_eq!(best("2023-01-08", "2023-01-10"), Timeframe::H1);
    }

    #[test]
    fn only_whole_candles_are_built() {
        let minutes = stored(Timeframe::M1, "2023-01-01T00:30:00Z", "2023-01-02T10:29:00Z", &[]);
        let whole = need(&minutes, Timeframe::H1, range("2023-01-01", "2023-01-03"));
        assert_eq!(whole.range, range("2023-01-01T01:00:00Z", "2023-01-02T10:00:00Z"));
        assert!(whole.cut_short);
        let inside =
            need(&minutes, Timeframe::H4, range("2023-01-01T05:00:00Z", "2023-01-01T12:01:00Z"));
        assert_eq!(inside.range, range("2023-01-01T08:00:00Z", "2023-01-01T16:00:00Z"));
        assert!(!inside.cut_short);
    }

    #[test]
    fn gaps_are_clipped_to_the_range() {
        let minutes = stored(
            Timeframe::M1,
            "2023-01-01",
            "2023-01-02",
            &[("2023-01-01T12:00:00Z", "2023-01-01T13:20:00Z")],
        );
        let gaps = gaps_in_range(&minutes, range("2023-01-01T12:10:00Z", "2023-01-01T12:40:00Z"));
        assert_eq!(gaps.len(), 1);
        assert_eq!(gaps[0].missing, 30);
        assert!(gaps_in_range(&minutes, range("2023-01-01", "2023-01-01T12:00:00Z")).is_empty());
    }
}
