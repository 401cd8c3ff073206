//! High and low of the previous period (`previous_high_low`), with the library's lag.
//!
//! A candle sees the second last of the period labels strictly before it. Days and hours are labelled by their start, so
//! the first candle of a period is one period late; weeks and months by their last day, so nearly all are.

use domain::{Candle, Timeframe, Timestamp};

use super::{Precision, Sign};

const MINUTE: i64 = 60_000;
const DAY: i64 = 1_440 * MINUTE;

/// A length of periods, as pandas names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Period {
    /// Milliseconds, counted from midnight of the first candle's day.
    Fixed(i64),
    /// Monday to Sunday.
    Week,
    Month,
}

/// One row for each candle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PreviousLevels {
    /// High and low; `None` until two labels precede the candle.
    pub(crate) levels: Option<(f64, f64)>,
    pub(crate) is_high_broken: bool,
    pub(crate) is_low_broken: bool,
}

impl Period {
    /// `15min`, `4h`, `1D`, `W`, `ME`; `None` for anything else.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "W" => return Some(Self::Week),
            "ME" => return Some(Self::Month),
            _ => {}
        }
        let units = [("min", MINUTE), ("h", 60 * MINUTE), ("D", DAY)];
        let (count, unit) = units.iter().find_map(|(suffix, unit)| {
            let count = name.strip_suffix(suffix)?;
            Some((if count.is_empty() { 1 } else { count.parse().ok()? }, *unit))
        })?;
        (count > 0).then_some(Self::Fixed(count * unit))
    }

    /// The label of the period that `time` lies in.
    fn label(self, time: Timestamp, first: Timestamp) -> Timestamp {
        let last_day =
            |timeframe: Timeframe| timeframe.next_open(timeframe.open_of(time)).plus_millis(-DAY);
        match self {
            Self::Fixed(millis) => {
                let since = time.millis() - first.day_start().millis();
                time.plus_millis(-since.rem_euclid(millis))
            }
            Self::Week => last_day(Timeframe::W1),
            Self::Month => last_day(Timeframe::Month1),
        }
    }
}

/// One row for each candle, in order.
pub(crate) fn previous_high_low(
    candles: &[Candle],
    period: Period,
    precision: Precision,
) -> Vec<PreviousLevels> {
    let ranges = ranges_of(candles, period);
    let mut rows = Vec::with_capacity(candles.len());
    let (mut labels_before, mut since) = (0, 0);
    for (row, candle) in candles.iter().enumerate() {
        let before = labels_before;
        while ranges.get(labels_before).is_some_and(|range| range.label < candle.open_time) {
            labels_before += 1;
        }
        if labels_before != before {
            since = row;
        }
        let levels = labels_before.checked_sub(2).map(|second_last| {
            let range = &ranges[second_last];
            (precision.keep(range.high), precision.keep(range.low))
        });
        rows.push(PreviousLevels { levels, is_high_broken: false, is_low_broken: false });
        note_breaks(&mut rows, candle, since);
    }
    rows
}

/// Marks the newest row as broken when its candle breaks a level, or an earlier one since the row `since` did.
fn note_breaks(rows: &mut [PreviousLevels], candle: &Candle, since: usize) {
    let (row, earlier) = rows.split_last_mut().expect("there is a newest row");
    let Some((high, low)) = row.levels else {
        return;
    };
    let before = earlier.last().filter(|_| earlier.len() > since);
    row.is_high_broken =
        before.is_some_and(|it| it.is_high_broken) || Sign::Plus.is_beyond(candle.high, high);
    row.is_low_broken =
        before.is_some_and(|it| it.is_low_broken) || Sign::Minus.is_beyond(candle.low, low);
}

struct Range {
    label: Timestamp,
    high: f64,
    low: f64,
}

/// High and low of each period that has candles.
fn ranges_of(candles: &[Candle], period: Period) -> Vec<Range> {
    let mut ranges: Vec<Range> = Vec::new();
    for candle in candles {
        let label = period.label(candle.open_time, candles[0].open_time);
        match ranges.last_mut() {
            Some(last) if last.label == label => {
                last.high = last.high.max(candle.high);
                last.low = last.low.min(candle.low);
            }
            Some(_) | None => ranges.push(Range { label, high: candle.high, low: candle.low }),
        }
    }
    ranges
}
