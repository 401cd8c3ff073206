//! What a download has to fetch: which parts, given what is stored and what time it is.
//!
//! Whole months that have ended come from the monthly archive, days that have ended from the daily one, the rest
//! by request. What the archive does not have (yet) is replaced by smaller parts when that is found out.

use domain::{Symbol, TimeRange, Timeframe, Timestamp};
use storage::{Coverage, FundingCoverage};

use super::part::{Part, PartSeries, Period};

/// Candles of one request part: a few pages, so that little is fetched again after an interruption.
const REST_CANDLES: u64 = 5_000;
/// Days of funding of one request part: 1,000 settlements at one an hour.
const FUNDING_DAYS: i64 = 40;
const DAY: i64 = 24 * 3600 * 1000;

/// What becomes of what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aim {
    /// What is missing is fetched; a file may reach over what is stored.
    Missing,
    /// What is stored is fetched again, too.
    Verify,
    /// What is missing is fetched, and no file reaches over what is stored.
    Refresh,
}

/// What is wanted of one series.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) series: PartSeries,
    /// Open times.
    pub(crate) range: TimeRange,
    pub(crate) aim: Aim,
}

/// The parts of a series, ascending by time.
pub(crate) fn candle_parts(
    wanted: &Wanted,
    stored: Option<&Coverage>,
    now: Timestamp,
) -> Vec<Part> {
    let timeframe = wanted.series.timeframe;
    // The open candle and the one that closes right now are live data.
    let settled = timeframe.open_of(now.plus_millis(-2_000));
    let range = TimeRange {
        start: aligned_up(timeframe, wanted.range.start),
        end: wanted.range.end.min(settled),
    };
    let missing = match (stored, wanted.aim) {
        (Some(stored), Aim::Missing | Aim::Refresh) => missing_of(stored, range),
        (None, Aim::Missing | Aim::Refresh) | (_, Aim::Verify) => vec![range],
    };
    let mut parts = Vec::new();
    for piece in missing.into_iter().filter(|piece| piece.start < piece.end) {
        add_periods(wanted, piece, now, &mut parts);
    }
    parts.dedup();
    parts
}

/// Which open times inside `range` are not stored.
fn missing_of(stored: &Coverage, range: TimeRange) -> Vec<TimeRange> {
    let end = stored.key.timeframe.next_open(stored.last);
    let before = TimeRange { start: range.start, end: range.end.min(stored.first) };
    let after = TimeRange { start: range.start.max(end), end: range.end };
    let gaps = stored
        .gaps
        .iter()
        .map(|gap| TimeRange { start: gap.from.max(range.start), end: gap.to.min(range.end) });
    std::iter::once(before).chain(gaps).chain(std::iter::once(after)).collect()
}

/// A gap of a few candles is a request; longer pieces go by months, days and requests.
fn add_periods(wanted: &Wanted, piece: TimeRange, now: Timestamp, parts: &mut Vec<Part>) {
    let (series, timeframe) = (&wanted.series, wanted.series.timeframe);
    let may_take = |period: Period| match wanted.aim {
        Aim::Missing | Aim::Verify => true,
        Aim::Refresh => piece.start <= period.range().start && period.range().end <= piece.end,
    };
    if timeframe.count_between(piece.start, piece.end) <= REST_CANDLES {
        parts.push(Part::Rest { series: series.clone(), range: piece });
        return;
    }
    let mut at = piece.start;
    while at < piece.end {
        let month = Period::month_of(at);
        let day = Period::Day(at.day_start());
        // A day is published on the next one; a month some days after its end, found out by asking.
        let has_month = month.range().end <= now.day_start() && has_monthly(month, piece);
        let has_day = day.range().end.plus_millis(DAY / 4) <= now && timeframe <= Timeframe::D1;
        let period = if has_month && may_take(month) {
            Some(month)
        } else {
            (has_day && may_take(day)).then_some(day)
        };
        match period {
            Some(period) => {
                let part = Part::Archive { series: series.clone(), period };
                if parts.last() != Some(&part) {
                    parts.push(part);
                }
                at = period.range().end;
            }
            None => {
                let end = if has_day { day.range().end.min(piece.end) } else { piece.end };
                add_requests(series, TimeRange { start: at, end }, parts);
                at = end;
            }
        }
    }
}

/// A month's file is worth it when most of the month is wanted.
fn has_monthly(month: Period, piece: TimeRange) -> bool {
    let TimeRange { start, end } = month.range();
    let wanted = piece.end.min(end).millis() - piece.start.max(start).millis();
    wanted > (end.millis() - start.millis()) / 4
}

/// Requests for a range.
pub(crate) fn add_requests(series: &PartSeries, range: TimeRange, parts: &mut Vec<Part>) {
    let timeframe = series.timeframe;
    let mut start = range.start;
    while start < range.end {
        let end = match timeframe.fixed_millis() {
            Some(millis) => {
                start.plus_millis(millis.saturating_mul(i64::try_from(REST_CANDLES).unwrap_or(1)))
            }
            None => range.end,
        };
        let range = TimeRange { start, end: end.min(range.end) };
        parts.push(Part::Rest { series: series.clone(), range });
        start = range.end;
    }
}

/// What takes the place of a part that the archive does not have: a month's days, a day's requests. Nothing takes
/// the place of a request.
pub(crate) fn smaller(part: &Part, listed: Option<Timestamp>, now: Timestamp) -> Vec<Part> {
    let begins = listed.unwrap_or(Timestamp::from_millis(i64::MIN));
    match part {
        Part::Archive { series, period: Period::Month { year, month } }
            if series.timeframe <= Timeframe::D1 =>
        {
            let days = Period::Month { year: *year, month: *month }.days();
            let of_day = |day: Timestamp| {
                let period = Period::Day(day);
                (period.range().end > begins && day < now)
                    .then(|| Part::Archive { series: series.clone(), period })
            };
            days.into_iter().filter_map(of_day).collect()
        }
        Part::Archive { series, period } => {
            let range = period.range();
            let timeframe = series.timeframe;
            let settled = timeframe.open_of(now.plus_millis(-2_000));
            let range = TimeRange {
                start: aligned_up(timeframe, range.start.max(begins)),
                end: range.end.min(settled),
            };
            let mut parts = Vec::new();
            add_requests(series, range, &mut parts);
            parts
        }
        Part::ArchiveFunding { symbol, period } => {
            let range = period.range();
            funding_requests(
                symbol,
                TimeRange { start: range.start.max(begins), end: range.end.min(now) },
            )
        }
        Part::Rest { .. } | Part::RestFunding { .. } | Part::Check { .. } => Vec::new(),
    }
}

/// The parts of the funding of an instrument.
pub(crate) fn funding_parts(
    (symbol, range): (&Symbol, TimeRange),
    stored: Option<&FundingCoverage>,
    (aim, now): (Aim, Timestamp),
) -> Vec<Part> {
    let range = TimeRange { start: range.start, end: range.end.min(now) };
    let missing = match stored.filter(|_| aim != Aim::Verify) {
        Some(stored) => {
            let before = TimeRange { start: range.start, end: range.end.min(stored.first) };
            let after = TimeRange {
                start: range.start.max(stored.last.plus_millis(60_000)),
                end: range.end,
            };
            let gaps = stored.gaps.iter().map(|gap| TimeRange {
                start: gap.from.max(range.start),
                end: gap.to.min(range.end),
            });
            std::iter::once(before).chain(gaps).chain(std::iter::once(after)).collect()
        }
        None => vec![range],
    };
    let may_take_months = aim != Aim::Refresh || stored.is_none();
    let mut parts: Vec<Part> = Vec::new();
    for piece in missing.into_iter().filter(|piece| piece.start < piece.end) {
        let mut at = piece.start;
        while at < piece.end {
            let month = Period::month_of(at);
            let is_long = piece.end.millis() - at.millis() > 10 * DAY;
            if may_take_months && is_long && month.range().end <= now.day_start() {
                let part = Part::ArchiveFunding { symbol: symbol.clone(), period: month };
                if !parts.contains(&part) {
                    parts.push(part);
                }
                at = month.range().end;
            } else {
                parts.extend(funding_requests(symbol, TimeRange { start: at, end: piece.end }));
                at = piece.end;
            }
        }
    }
    parts
}

fn funding_requests(symbol: &Symbol, range: TimeRange) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut start = range.start;
    while start < range.end {
        let end = start.plus_millis(FUNDING_DAYS * DAY).min(range.end);
        parts.push(Part::RestFunding { symbol: symbol.clone(), range: TimeRange { start, end } });
        start = end;
    }
    parts
}

pub(super) fn aligned_up(timeframe: Timeframe, time: Timestamp) -> Timestamp {
    let open = timeframe.open_of(time);
    if open == time { open } else { timeframe.next_open(open) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{MarketKind, PriceKind};
    use market::{Gap, SeriesKey};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn range(start: &str, end: &str) -> TimeRange {
        TimeRange { start: at(start), end: at(end) }
    }

    fn series() -> PartSeries {
        PartSeries {
            symbol: "BTCUSDT".parse().unwrap(),
            timeframe: Timeframe::M1,
            price: PriceKind::Last,
        }
    }

    fn stored(first: &str, last: &str, gaps: &[(&str, &str)]) -> Coverage {
        let gap = |(from, to): &(&str, &str)| {
            let (from, to) = (at(from), at(to));
            Gap { from, to, missing: Timeframe::M1.count_between(from, to) }
        };
        Coverage {
            key: SeriesKey::new(MarketKind::UsdM, series().symbol, Timeframe::M1),
            first: at(first),
            last: at(last),
            candles: 1,
            gaps: gaps.iter().map(gap).collect(),
            bytes: 0,
            price_decimals: 1,
            months: Vec::new(),
            updated_at: at(first),
        }
    }

    fn parts(wanted: TimeRange, stored: Option<&Coverage>, now: &str) -> Vec<String> {
        of_aim(Aim::Missing, wanted, stored, now)
    }

    fn of_aim(aim: Aim, range: TimeRange, stored: Option<&Coverage>, now: &str) -> Vec<String> {
        let wanted = Wanted { series: series(), range, aim };
        candle_parts(&wanted, stored, at(now)).iter().map(ToString::to_string).collect()
    }

    /// Open times that the parts cover, minute by minute.
    fn covered(parts: &[Part], within: TimeRange) -> u64 {
        let mut minutes = std::collections::BTreeSet::new();
        for part in parts {
            let range = match part {
                Part::Archive { period, .. } => period.range(),
                Part::Rest { range, .. } => *range,
                Part::ArchiveFunding { .. } | Part::RestFunding { .. } | Part::Check { .. } => {
                    panic!("no candles")
                }
            };
            let mut open = range.start;
            while open < range.end {
                if within.contains(open) {
                    minutes.insert(open);
                }
                open = Timeframe::M1.next_open(open);
            }
        }
        minutes.len() as u64
    }

    #[test]
    fn months_then_days_then_requests() {
        let parts = parts(range("2024-01-01", "2024-03-04"), None, "2024-03-03T12:00:30Z");
        assert_eq!(
            parts[..4],
            [
                "archive BTCUSDT 1m 2024-01",
                "archive BTCUSDT 1m 2024-02",
                "archive BTCUSDT 1m 2024-03-01",
                "archive BTCUSDT 1m 2024-03-02"
            ]
        );
        let (start, end) = (at("2024-03-03").millis(), at("2024-03-03T12:00:00Z").millis());
        assert_eq!(parts[4..], [format!("rest BTCUSDT 1m {start}..{end}")]);
    }

    #[test]
    fn what_is_stored_is_not_fetched_and_short_gaps_are_requests() {
        let stored = stored(
            "2024-01-01",
            "2024-02-29T23:59:00Z",
            &[("2024-01-05T10:00:00Z", "2024-01-05T11:20:00Z")],
        );
        let parts = parts(range("2024-01-01", "2024-03-01"), Some(&stored), "2024-03-03");
        let (start, end) =
            (at("2024-01-05T10:00:00Z").millis(), at("2024-01-05T11:20:00Z").millis());
        assert_eq!(parts, [format!("rest BTCUSDT 1m {start}..{end}")]);
    }

    #[test]
    fn no_file_of_a_refresh_reaches_over_what_is_stored() {
        let stored = stored("2024-01-01", "2024-01-30T11:59:00Z", &[]);
        let wanted = range("2024-01-01", "2024-03-03");
        let now = "2024-03-02T12:00:00Z";
        let names = of_aim(Aim::Refresh, wanted, Some(&stored), now);
        let (noon, day) = (at("2024-01-30T12:00:00Z").millis(), at("2024-01-31").millis());
        let expected = [
            format!("rest BTCUSDT 1m {noon}..{day}"),
            "archive BTCUSDT 1m 2024-01-31".to_owned(),
            "archive BTCUSDT 1m 2024-02".to_owned(),
            "archive BTCUSDT 1m 2024-03-01".to_owned(),
        ];
        assert_eq!(names[..4], expected);
        let first = &of_aim(Aim::Missing, wanted, Some(&stored), now)[0];
        assert_eq!(first, "archive BTCUSDT 1m 2024-01-30");
    }

    #[test]
    fn what_the_archive_lacks_falls_into_smaller_parts() {
        let month =
            Part::Archive { series: series(), period: Period::Month { year: 2024, month: 2 } };
        let listed = Some(at("2024-02-20T08:00:00Z"));
        let days = smaller(&month, listed, at("2024-03-03"));
        assert_eq!(days.len(), 10, "from the day of the listing on");
        let requests = smaller(&days[0], listed, at("2024-03-03"));
        let (start, end) = (at("2024-02-20T08:00:00Z").millis(), at("2024-02-21").millis());
        assert_eq!(requests[0].to_string(), format!("rest BTCUSDT 1m {start}..{end}"));
        assert!(smaller(&requests[0], listed, at("2024-03-03")).is_empty());
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]

        #[test]
        fn parts_cover_what_is_missing(
            start in 0i64..60 * 1440, length in 1i64..80 * 1440, first in 0i64..60 * 1440,
            held in 1i64..40 * 1440, gap in 0i64..20 * 1440, now in 60i64 * 1440..130 * 1440,
        ) {
            let zero = at("2024-01-01");
            let minute = |minutes: i64| zero.plus_millis(minutes * 60_000);
            let wanted_range = TimeRange { start: minute(start), end: minute(start + length) };
            let hole = gap.min(held - 1);
            let mut known = stored("2024-01-01", "2024-01-01", &[]);
            (known.first, known.last) = (minute(first), minute(first + held));
            if hole > 0 {
                let (from, to) = (minute(first + 1), minute(first + 1 + hole));
                known.gaps = vec![Gap { from, to, missing: hole.unsigned_abs() }];
            }
            let now = minute(now).plus_millis(30_000);
            let aim = if gap % 2 == 0 { Aim::Missing } else { Aim::Refresh };
            let wanted = Wanted { series: series(), range: wanted_range, aim };
            let parts = candle_parts(&wanted, Some(&known), now);
            let end = wanted_range.end.min(Timeframe::M1.open_of(now));
            let within = TimeRange { start: wanted_range.start, end: end.max(wanted_range.start) };
            let is_stored = |open: Timestamp| {
                known.first <= open && open <= known.last
                    && !known.gaps.iter().any(|gap| gap.from <= open && open < gap.to)
            };
            let mut missing = 0;
            let mut open = within.start;
            while open < within.end {
                missing += u64::from(!is_stored(open));
                open = Timeframe::M1.next_open(open);
            }
            proptest::prop_assert!(covered(&parts, within) >= missing);
            if missing == 0 {
                proptest::prop_assert!(parts.is_empty());
            }
            if aim == Aim::Refresh {
                proptest::prop_assert_eq!(covered(&parts, within), missing, "nothing stored is met");
            }
        }
    }
}
