//! Checks against a store, with the venue's candles made of the same minutes.

use std::sync::Arc;

use market::aggregate;
use market::synthetic::{SyntheticSpec, generate};
use storage::{Download, JobStatus, MarketStore};

use super::*;
use crate::events::EventBus;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn range(start: &str, end: &str) -> TimeRange {
    TimeRange { start: at(start), end: at(end) }
}

fn minutes() -> PartSeries {
    let symbol = "BTCUSDT".parse().unwrap();
    PartSeries { symbol, timeframe: Timeframe::M1, price: PriceKind::Last }
}

fn names(fetched: &[Part], now: &str) -> Vec<String> {
    check_parts(&minutes(), fetched, at(now)).iter().map(ToString::to_string).collect()
}

fn rest(start: &str, end: &str) -> Part {
    Part::Rest { series: minutes(), range: range(start, end) }
}

fn name(longer: &str, start: &str, end: &str) -> String {
    format!("check BTCUSDT 1m {longer} {}..{}", at(start).millis(), at(end).millis())
}

#[test]
fn whole_closed_candles_around_what_is_fetched_are_checked() {
    let fetched = [rest("2024-03-02T22:30:00Z", "2024-03-03T12:40:00Z")];
    let hours = name("1h", "2024-03-02T22:00:00Z", "2024-03-03T12:00:00Z");
    assert_eq!(
        names(&fetched, "2024-03-03T12:40:30Z"),
        [hours, name("1d", "2024-03-02", "2024-03-03")]
    );
    assert!(
        names(&[rest("2024-03-03T12:01:00Z", "2024-03-03T12:40:00Z")], "2024-03-03T12:40:30Z")
            .is_empty()
    );
    let of_mark = PartSeries { price: PriceKind::Mark, ..minutes() };
    assert!(check_parts(&of_mark, &fetched, at("2024-03-04")).is_empty());
}

#[test]
fn hours_are_checked_for_a_year_and_days_for_ever() {
    let fetched = [rest("2015-01-01", "2015-01-02"), rest("2023-01-15", "2023-01-16")];
    let old = [name("1d", "2015-01-01", "2015-01-02"), name("1d", "2023-01-15", "2023-01-16")];
    assert_eq!(names(&fetched, "2024-03-03"), old);
    let near = [rest("2024-01-01", "2024-01-02"), rest("2024-01-20", "2024-01-21")];
    let one_each = [name("1h", "2024-01-01", "2024-01-21"), name("1d", "2024-01-01", "2024-01-21")];
    assert_eq!(names(&near, "2024-03-03"), one_each);
    let long = names(&[rest("2023-04-01", "2024-03-01")], "2024-03-03");
    assert_eq!(long.len(), 6 + 1, "1,500 hours are one part");
}

/// A store with three days of minutes without some of the second hour, and the venue's hours.
fn stored(dir: &std::path::Path) -> (MarketData, Vec<CandleRow>) {
    let spec = SyntheticSpec {
        symbol: "BTCUSDT".parse().unwrap(),
        range: range("2024-01-30", "2024-02-02"),
        first_price: 100.0,
        growth_yearly: 0.1,
        price_decimals: 2,
        volume_typical: 1.0,
        seed: 1,
    };
    let whole = generate(&spec);
    let hours = aggregate(&whole, Timeframe::H1).unwrap();
    let rows = (0..hours.len()).map(|row| CandleRow {
        candle: hours.candle(row),
        quote_volume: f64::NAN,
        trades: f64::NAN,
        taker_buy_volume: f64::NAN,
        taker_buy_quote_volume: f64::NAN,
        price_decimals: 2,
    });
    let rows = rows.collect();
    let mut columns = Columns::default();
    let kept = |row: &usize| !(70..75).contains(row);
    (0..whole.len()).filter(kept).for_each(|row| columns.push(&whole.candle(row)));
    let store = MarketStore::open(dir).unwrap();
    store
        .write_series(&Series::new(whole.key().clone(), PriceScale::new(2), columns).unwrap())
        .unwrap();
    let download = Download {
        id: "a".to_owned(),
        request_json: "{}".to_owned(),
        state: JobStatus::Running,
        created_at: at("2024-02-02"),
        updated_at: at("2024-02-02"),
        error: None,
    };
    store.insert_download(&download, &[waiting()]).unwrap();
    (MarketData::new(Arc::new(store), Arc::new(EventBus::new())), rows)
}

fn waiting() -> DownloadPart {
    DownloadPart::waiting("check", at("2024-02-02"))
}

fn checked(data: &MarketData, rows: &[CandleRow]) -> DownloadPart {
    checked_of(data, rows, range("2024-01-30T02:00:00Z", "2024-02-02"))
}

fn checked_of(data: &MarketData, rows: &[CandleRow], wanted: TimeRange) -> DownloadPart {
    let of = Check {
        market: MarketKind::Demo,
        series: &minutes(),
        longer: Timeframe::H1,
        range: range("2024-01-30", "2024-02-02"),
        wanted,
    };
    check(data, &of, rows, ("a", waiting())).unwrap()
}

#[test]
fn an_hour_with_a_gap_that_is_not_wanted_is_no_difference_and_another_price_is() {
    let dir = tempfile::tempdir().unwrap();
    let (data, mut rows) = stored(dir.path());
    let key = SeriesKey::new(MarketKind::Demo, minutes().symbol, Timeframe::M1);
    let never = data.integrity("demo", "BTCUSDT", ("1m", "last")).unwrap();
    assert_eq!((never.checked, never.compared), (vec![], vec![]), "none was ever compared");
    let part = checked(&data, &rows);
    assert_eq!((part.rows, part.differences, part.error), (71, 0, None));
    let report = || data.integrity("demo", "BTCUSDT", ("1m", "last")).unwrap();
    assert_eq!(report().checked[0].candles, 71, "compared and equal is no silence");
    for row in [1, 50] {
        rows[row].candle.high += 1.0;
    }
    let part = checked(&data, &rows);
    assert_eq!((part.rows, part.differences, part.state), (71, 1, PartState::Stored));
    let found = part.error.clone().unwrap();
    assert!(found.starts_with("BTCUSDT 1h 2024-02-01T02:00:00Z: high of the venue's"), "{found}");
    assert_eq!(data.store().download_parts("a").unwrap(), [part]);
    let kept = data.store().venue_candles(&key).unwrap();
    assert_eq!((kept.len(), kept[0].len(), kept[0].timeframe()), (1, 1, Timeframe::H1));
    rows[50].candle.high -= 1.0;
    assert_eq!(checked(&data, &rows).differences, 0);
    assert!(data.store().venue_candles(&key).unwrap().is_empty(), "a later check takes its place");
}

#[test]
fn an_hour_with_a_gap_differs_when_the_venue_traded_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let (data, mut rows) = stored(dir.path());
    let wanted = range("2024-01-30T01:00:00Z", "2024-02-02");
    let part = checked_of(&data, &rows, wanted);
    assert_eq!((part.rows, part.differences), (72, 1));
    let found = "BTCUSDT 1h 2024-01-30T01:00:00Z: the venue has it, 55 of 60 1m candles are stored";
    assert_eq!(part.error.as_deref(), Some(found));
    let key = SeriesKey::new(MarketKind::Demo, minutes().symbol, Timeframe::M1);
    let hour = range("2024-01-30T01:00:00Z", "2024-01-30T02:00:00Z");
    let stored = data.store().load_full(&key, Some(hour)).unwrap();
    rows[1].candle.volume = stored.volume().iter().sum();
    let part = checked_of(&data, &rows, wanted);
    assert_eq!((part.rows, part.differences), (71, 0), "nothing was traded in the gap");
}
