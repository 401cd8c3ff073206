//! Longer candles out of shorter ones.

use domain::{Candle, Timeframe, Timestamp};

use crate::{Columns, ExtraColumns, Series, SeriesKey};

/// Why a series cannot be aggregated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AggregateError {
    /// The longer timeframe is no whole number of shorter ones.
    #[error("{to} candles cannot be built from {from} candles")]
    NotDivisible {
        /// Timeframe of the source.
        from: Timeframe,
        /// Wanted timeframe.
        to: Timeframe,
    },
    /// Shorter candles add up to what is none, such as an endless volume.
    #[error("the {to} candle of {time} would break a rule")]
    Broken {
        /// Wanted timeframe.
        to: Timeframe,
        /// Open time of the longer candle.
        time: Timestamp,
    },
}

/// Builds `to` candles. A longer candle exists where at least one shorter one does; gaps
/// are reported on the source. A last candle whose end the source does not reach has not
/// closed yet and is left out.
///
/// # Errors
/// [`AggregateError::NotDivisible`] when candle edges do not match.
pub fn aggregate(source: &Series, to: Timeframe) -> Result<Series, AggregateError> {
    check_edges(source.timeframe(), to)?;
    let mut columns = Columns::with_capacity(rows_estimate(source.len(), source.timeframe(), to));
    let mut extra = ExtraColumns::default();
    let mut row = 0;
    while let Some((open_time, end)) = next_whole(source, row, to) {
        columns.push(&merge(source, row, end, open_time));
        merge_extra(source.extra(), &mut extra, row, end);
        row = end;
    }
    columns.extra = extra;
    let key = SeriesKey { timeframe: to, ..source.key().clone() };
    Ok(Series::from_trusted(key, source.scale(), columns).expect("columns are filled row by row"))
}

/// Appends to a series of longer candles those that have closed in `source` since its last one; they carry
/// no optional columns. Gives how many they were. What [`aggregate`] builds of a growing source, piece by piece; but
/// a first longer candle that began before the source is left out, as it is not known whole.
///
/// # Errors
/// [`AggregateError::NotDivisible`] when candle edges do not match; [`AggregateError::Broken`].
pub fn extend_aggregate(longer: &mut Series, source: &Series) -> Result<usize, AggregateError> {
    let to = longer.timeframe();
    check_edges(source.timeframe(), to)?;
    let before = longer.len();
    let from = match before.checked_sub(1) {
        Some(last) => longer.close_time(last).millis(),
        None => first_edge(source, to),
    };
    let mut row = match source.open_times().last() {
        // The usual case: it lies within the longer candle that is open.
        Some(last) if *last < from => source.len(),
        _ => source.open_times().partition_point(|time| *time < from),
    };
    while let Some((open_time, end)) = next_whole(source, row, to) {
        longer
            .push(&merge(source, row, end, open_time))
            .map_err(|_| AggregateError::Broken { to, time: open_time })?;
        row = end;
    }
    Ok(longer.len() - before)
}

/// The first instant at which a longer candle begins that the source may hold whole.
fn first_edge(source: &Series, to: Timeframe) -> i64 {
    let Some(first) = source.open_times().first().map(|first| Timestamp::from_millis(*first))
    else {
        return i64::MIN;
    };
    let open = to.open_of(first);
    if open == first { first.millis() } else { to.next_open(open).millis() }
}

fn check_edges(from: Timeframe, to: Timeframe) -> Result<(), AggregateError> {
    if from.divides(to) { Ok(()) } else { Err(AggregateError::NotDivisible { from, to }) }
}

/// The longer candle that begins with `row`, if the source reaches its end: its open time, and the row after
/// its last one.
fn next_whole(source: &Series, row: usize, to: Timeframe) -> Option<(Timestamp, usize)> {
    let open_time = to.open_of(Timestamp::from_millis(*source.open_times().get(row)?));
    let end = to.next_open(open_time);
    if source.close_time(source.len() - 1) < end {
        return None;
    }
    Some((open_time, row + rows_before(&source.open_times()[row..], end)))
}

fn rows_estimate(rows: usize, from: Timeframe, to: Timeframe) -> usize {
    let ratio = to.longest_millis() / from.longest_millis();
    rows / usize::try_from(ratio.max(1)).unwrap_or(1) + 2
}

fn rows_before(open_times: &[i64], end: Timestamp) -> usize {
    open_times.iter().take_while(|time| **time < end.millis()).count()
}

fn merge(source: &Series, from: usize, to: usize, open_time: Timestamp) -> Candle {
    let fold =
        |column: &[f64], pick: fn(f64, f64) -> f64| column[from..to].iter().copied().reduce(pick);
    Candle {
        open_time,
        open: source.open()[from],
        high: fold(source.high(), f64::max).unwrap_or(f64::NAN),
        low: fold(source.low(), f64::min).unwrap_or(f64::NAN),
        close: source.close()[to - 1],
        volume: source.volume()[from..to].iter().sum(),
    }
}

fn merge_extra(source: &ExtraColumns, target: &mut ExtraColumns, from: usize, to: usize) {
    let add = |source: &[f64], target: &mut Vec<f64>| {
        if !source.is_empty() {
            target.push(source[from..to].iter().sum());
        }
    };
    add(&source.quote_volume, &mut target.quote_volume);
    add(&source.trades, &mut target.trades);
    add(&source.taker_buy_volume, &mut target.taker_buy_volume);
    add(&source.taker_buy_quote_volume, &mut target.taker_buy_quote_volume);
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{MarketKind, PriceScale};

    fn series(timeframe: Timeframe, rows: &[(i64, f64)]) -> Series {
        let mut columns = Columns::default();
        for &(minute, price) in rows {
            let open_time = Timestamp::from_millis(minute * 60_000);
            columns.push(&Candle {
                open_time,
                open: price,
                high: price + 2.0,
                low: price - 2.0,
                close: price + 1.0,
                volume: 1.0,
            });
        }
        columns.extra.trades = vec![2.0; rows.len()];
        let key = SeriesKey::new(MarketKind::Demo, "TESTUSDT".parse().unwrap(), timeframe);
        Series::new(key, PriceScale::new(0), columns).unwrap()
    }

    fn without_extra(series: &Series) -> Series {
        Series::new(series.key().clone(), series.scale(), Columns::default()).unwrap()
    }

    #[test]
    fn five_minutes_out_of_ones_with_a_gap() {
        let five = aggregate(
            &series(
                Timeframe::M1,
                &[(3, 10.0), (4, 20.0), (5, 30.0), (16, 40.0), (19, 40.0), (20, 50.0)],
            ),
            Timeframe::M5,
        )
        .unwrap();
        assert_eq!(five.open_times(), [0, 300_000, 900_000]);
        assert_eq!(five.open(), [10.0, 30.0, 40.0]);
        assert_eq!(five.high(), [22.0, 32.0, 42.0]);
        assert_eq!(five.low(), [8.0, 28.0, 38.0]);
        assert_eq!(five.close(), [21.0, 31.0, 41.0]);
        assert_eq!(five.volume(), [2.0, 1.0, 2.0]);
        assert_eq!(five.extra().trades, [4.0, 2.0, 4.0]);
    }

    #[test]
    fn edges_must_match() {
        let hour = series(Timeframe::H4, &[(0, 10.0)]);
        assert!(aggregate(&hour, Timeframe::H6).is_err());
        assert!(aggregate(&hour, Timeframe::H1).is_err());
    }

    proptest::proptest! {
        #[test]
        fn aggregate_of_aggregates_is_the_aggregate(present in proptest::collection::vec(proptest::bool::ANY, 1..600)) {
            let rows: Vec<(i64, f64)> = (0i64..).zip(&present).filter(|(_, there)| **there)
                .map(|(minute, _)| (minute, 100.0 + f64::from(i32::try_from(minute * 7919 % 97).unwrap()))).collect();
            let minutes = series(Timeframe::M1, &rows);
            let direct = aggregate(&minutes, Timeframe::H1).unwrap();
            let stepped = aggregate(&aggregate(&minutes, Timeframe::M15).unwrap(), Timeframe::H1).unwrap();
            proptest::prop_assert_eq!(&direct, &stepped);
        }

        #[test]
        fn longer_candles_grow_with_their_source(present in proptest::collection::vec(proptest::bool::ANY, 1..400)) {
            let rows: Vec<(i64, f64)> = (0i64..).zip(&present).filter(|(_, there)| **there)
                .map(|(minute, _)| (minute, 100.0 + f64::from(i32::try_from(minute * 7919 % 97).unwrap()))).collect();
            let mut minutes = without_extra(&series(Timeframe::M1, &[]));
            let mut quarters = without_extra(&series(Timeframe::M15, &[]));
            let whole = series(Timeframe::M1, &rows);
            for row in 0..whole.len() {
                minutes.push(&whole.candle(row)).unwrap();
                extend_aggregate(&mut quarters, &minutes).unwrap();
                let first = minutes.open_times()[0];
                let known = domain::TimeRange {
                    start: Timestamp::from_millis((first + 899_999) / 900_000 * 900_000),
                    end: Timestamp::from_millis(i64::MAX),
                };
                let whole = aggregate(&minutes, Timeframe::M15).unwrap().slice(known);
                proptest::prop_assert_eq!(&whole, &quarters);
            }
        }
    }
}
