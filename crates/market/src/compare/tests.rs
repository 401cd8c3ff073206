//! Small series that differ in one thing, and recorded candles whose flaws are known.

use domain::{Candle, MarketKind, PriceScale};

use super::*;
use crate::recorded::recorded;
use crate::{Columns, SeriesKey};

/// Candles of one price; the volume of each is told.
fn series(timeframe: Timeframe, rows: &[(i64, f64)]) -> Series {
    let mut columns = Columns::default();
    for (minute, volume) in rows {
        let open_time = Timestamp::from_millis(minute * 60_000);
        let (open, high, low, close, volume) = (10.0, 12.0, 8.0, 11.0, *volume);
        columns.push(&Candle { open_time, open, high, low, close, volume });
    }
    let key = SeriesKey::new(MarketKind::Demo, "TESTUSDT".parse().unwrap(), timeframe);
    Series::new(key, PriceScale::new(0), columns).unwrap()
}

fn minutes(present: impl IntoIterator<Item = i64>) -> Series {
    let rows: Vec<(i64, f64)> = present.into_iter().map(|minute| (minute, 0.1)).collect();
    series(Timeframe::M1, &rows)
}

fn of<'a>(comparison: &'a Comparison, field: &str) -> &'a FieldDifferences {
    comparison.fields.iter().find(|one| one.field == field).unwrap()
}

#[test]
fn sums_in_another_order_are_equal_and_more_is_not() {
    let venue = series(Timeframe::M5, &[(0, 0.5), (5, 0.5 + 1e-12), (10, 0.75)]);
    let compared = compare_aggregate(&minutes(0..15), &venue, 9).unwrap();
    assert_eq!((compared.compared, compared.different, compared.incomplete), (3, 1, 0));
    let [difference] = compared.differences.as_slice() else { panic!("one difference") };
    assert_eq!((difference.time.millis(), difference.field), (600_000, "volume"));
    assert_eq!((difference.derived, difference.venue), (0.5, 0.75));
    let volume = of(&compared, "volume");
    assert_eq!((volume.compared, volume.different), (3, 1));
    assert!((volume.largest - 1.0 / 3.0).abs() < 1e-12);
    assert_eq!((of(&compared, "open").different, of(&compared, "count").compared), (0, 0));
}

#[test]
fn candles_that_only_one_has_and_incomplete_ones_are_counted() {
    let shorter = minutes((2..8).chain(10..20).chain(25..30));
    let venue =
        series(Timeframe::M5, &[(0, 0.5), (5, 0.5), (10, 0.5), (20, 0.5), (25, 0.5), (30, 0.5)]);
    let compared = compare_aggregate(&shorter, &venue, 9).unwrap();
    assert_eq!((compared.compared, compared.different, compared.incomplete), (2, 0, 2));
    assert_eq!((compared.only_derived, compared.only_venue), (1, 1));
}

#[test]
fn the_list_is_bounded_and_the_totals_are_not() {
    let venue: Vec<(i64, f64)> = (0..20).map(|number| (number * 5, 9.0)).collect();
    let compared = compare_aggregate(&minutes(0..100), &series(Timeframe::M5, &venue), 3).unwrap();
    assert_eq!((compared.differences.len(), compared.different), (3, 20));
    assert_eq!(of(&compared, "volume").different, 20);
}

#[test]
fn other_lengths_are_refused() {
    let five = series(Timeframe::M5, &[(0, 1.0)]);
    let refused = compare(&minutes(0..5), &five, 9).unwrap_err();
    assert_eq!(refused.to_string(), "expected 1m candles as in the derived series, was 5m");
    let refused = compare_aggregate(&five, &minutes(0..5), 9).unwrap_err();
    assert_eq!(refused.to_string(), "1m candles cannot be built from 5m candles");
}

#[test]
fn the_hour_whose_volume_the_venue_tells_otherwise_is_found() {
    for (symbol, by) in [("BTCUSDT", 1046.0), ("ETHUSDT", 16_653.0)] {
        let read = |timeframe| {
            recorded(
                &format!("binance_um_{symbol}_{timeframe}_2023.csv.gz"),
                MarketKind::UsdM,
                symbol,
            )
        };
        let (Some(five), Some(hours)) = (read("5m"), read("1h")) else { return };
        let compared = compare_aggregate(&five, &hours, 9).unwrap();
        assert_eq!((compared.compared, compared.incomplete), (8760, 0));
        assert_eq!((compared.only_derived, compared.only_venue), (0, 0));
        let [difference] = compared.differences.as_slice() else {
            panic!("{symbol}: expected one difference, was {:?}", compared.differences)
        };
        assert_eq!(difference.time, "2023-11-10T15:00:00Z".parse().unwrap());
        assert_eq!((difference.field, compared.different), ("volume", 1));
        let found = difference.venue - difference.derived;
        assert!((found - by).abs() < 1.0, "{symbol}: {found}");
    }
}

#[test]
fn the_five_minutes_whose_volume_is_not_that_of_its_minutes_are_found() {
    let name = "binance_um_BTCUSDT_1m_2023-07-18_2023-08-17.csv.gz";
    let read = |name| recorded(name, MarketKind::UsdM, "BTCUSDT");
    let (Some(minutes), Some(five)) = (read(name), read("binance_um_BTCUSDT_5m_2023.csv.gz"))
    else {
        return;
    };
    let compared = compare_aggregate(&minutes, &five, 9).unwrap();
    assert_eq!((compared.compared, compared.incomplete, compared.different), (8639, 1, 1));
    let difference = compared.differences[0];
    assert_eq!(difference.field, "volume");
    assert!(((difference.venue - difference.derived).abs() - 0.137).abs() < 1e-6);
}
