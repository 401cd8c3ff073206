//! One candle or one settlement is enough to be named.

use std::sync::Arc;

use market::Series;

use super::*;
use crate::Settlement;
use crate::tests::{columns_of, rate};

/// The names of all differences but those of the result.
fn causes(capsule: &RunCapsule, spec: &RunSpec, data: &RunData) -> Vec<String> {
    let differences = verify(capsule, spec, data).differences;
    let causes = differences.iter().filter(|it| it.part != CapsulePart::Result);
    causes.map(|it| format!("{} {}", it.part.name(), it.name)).collect()
}

fn changed(series: &Series, change: impl FnOnce(&mut market::Columns)) -> Arc<Series> {
    let mut columns = columns_of(series);
    change(&mut columns);
    Arc::new(Series::new(series.key().clone(), series.scale(), columns).unwrap())
}

#[test]
fn one_candle_of_any_series_is_named() {
    let (spec, data) = portfolio();
    let original = capsule(&spec, &data);
    let check = |other: &RunData, expected: &[&str]| {
        assert_eq!(causes(&original, &spec, other), expected);
    };
    let nudge = |columns: &mut market::Columns| columns.volume[1] += 1.0;
    let mut other = data.clone();
    let hours = &mut other.timeframes[0][1].1;
    *hours = changed(hours, nudge);
    check(&other, &["data sleeves.0.timeframes.1"]);
    let mut other = data.clone();
    let minutes = changed(&other.timeframes[0][0].1, nudge);
    other.timeframes[0][0].1 = Arc::clone(&minutes);
    other.timeframes[2][0].1 = minutes;
    check(&other, &["data sleeves.0.timeframes.0", "data sleeves.2.timeframes.0"]);
    let mut other = data.clone();
    let mark = other.instruments[0].mark.as_mut().unwrap();
    *mark = changed(mark, |columns| columns.high[7] += 0.01);
    check(&other, &["data instruments.0.mark"]);
    let mut other = data.clone();
    let finer = other.instruments[1].finer.as_mut().unwrap();
    *finer = changed(finer, |columns| columns.high[7] += 0.01);
    check(&other, &["data instruments.1.finer"]);
    let mut other = data.clone();
    other.instruments[1].mark = other.instruments[0].mark.clone();
    check(&other, &["data instruments.1.mark"]);
}

#[test]
fn one_settlement_is_named() {
    let (spec, data) = portfolio();
    let original = capsule(&spec, &data);
    let check = |change: fn(&mut Settlement)| {
        let mut other = data.clone();
        let mut settlements = other.instruments[1].funding.to_vec();
        change(&mut settlements[3]);
        other.instruments[1].funding = settlements.into();
        assert_eq!(causes(&original, &spec, &other), ["data instruments.1.funding"]);
    };
    check(|settlement| settlement.rate = rate("0.00011"));
    check(|settlement| settlement.time = settlement.time.plus_millis(1));
    check(|settlement| settlement.mark = domain::Price::new(decimal("1000")).ok());
}

#[test]
fn what_is_missing_is_named_with_what_there_was() {
    let (spec, data) = portfolio();
    let original = capsule(&spec, &data);
    assert_eq!(original.missing_data(&data), []);
    let mut other = data.clone();
    other.instruments[0].mark = None;
    let finer = other.instruments[1].finer.as_mut().unwrap();
    let rows = finer.len();
    let at = |row: usize| domain::Timestamp::from_millis(finer.open_times()[row]);
    let all_but_the_last = domain::TimeRange { start: at(0), end: at(rows - 1) };
    *finer = Arc::new(finer.slice(all_but_the_last));
    let missing = original.missing_data(&other);
    let found: Vec<(&str, &str, u64)> =
        missing.iter().map(|it| (it.name.as_str(), it.stated.price.as_str(), it.rows)).collect();
    let expected =
        [("instruments.0.mark", "mark", 0), ("instruments.1.finer", "last", rows as u64 - 1)];
    assert_eq!(found, expected);
    assert!(missing.iter().all(|it| it.stated.rows > it.rows && it.stated.first.is_some()));
}
