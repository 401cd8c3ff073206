//! Rules and brackets of an instrument by the moment from which they hold, for runs over the past.

use domain::{InstrumentRules, MarketKind, Symbol, TimeRange, Timestamp};
use margin::BracketTable;
use storage::MarketStore;

use super::{brackets_json, rules_json};
use crate::backtests::known_rules;
use crate::error::DeskError;

/// Something with the moment from which it holds.
pub(crate) type Dated<T> = (Timestamp, T);

/// The rules of an instrument, ascending by time, each other than the one before; empty when none are known. What is
/// stored counts from its moment on; for futures the rules that come with the product count before.
///
/// # Errors
/// [`DeskError::Stored`] naming the row that cannot be read; [`DeskError::Storage`].
pub(crate) fn rules_history(
    store: &MarketStore,
    market: MarketKind,
    symbol: &Symbol,
) -> Result<Vec<Dated<InstrumentRules>>, DeskError> {
    let rows = store.instrument_history(market, symbol)?;
    let first_stored = rows.first().map(|row| row.since);
    // Other markets quote in other steps.
    let mut history = if market == MarketKind::UsdM { known_rules(symbol) } else { Vec::new() };
    history.retain(|(since, _)| first_stored.is_none_or(|first| *since < first));
    for row in rows {
        let rules = rules_json::read(&row.rules_json)
            .map_err(|detail| damaged("exchange rules", (market, symbol), (row.since, detail)))?;
        history.push((row.since, rules));
    }
    Ok(changes(history))
}

/// The brackets of an instrument, ascending by time, each other than the one before; empty when none are known. What is
/// stored counts from its moment on; for the demo market the exchange's own table counts before.
///
/// # Errors
/// [`DeskError::Stored`] naming the row that cannot be read; [`DeskError::Storage`].
pub(crate) fn bracket_history(
    store: &MarketStore,
    market: MarketKind,
    symbol: &Symbol,
) -> Result<Vec<Dated<BracketTable>>, DeskError> {
    let own = if market.is_synthetic() { super::table_of_demo(symbol) } else { None };
    let always = Timestamp::from_millis(i64::MIN);
    let mut history: Vec<Dated<BracketTable>> =
        own.map(|table| (always, table)).into_iter().collect();
    for row in store.bracket_history(market, symbol)? {
        let table = brackets_json::read(&row.brackets_json)
            .map_err(|detail| damaged("brackets", (market, symbol), (row.since, detail)))?;
        history.push((row.since, table));
    }
    Ok(changes(history))
}

/// The part of a history that matters in `range`: what holds at its start, or the first entry when that is later,
/// and what begins to hold up to its end.
pub(crate) fn within<T: Clone>(history: &[Dated<T>], range: TimeRange) -> Vec<Dated<T>> {
    let begun = history.partition_point(|(since, _)| *since <= range.start);
    let first = begun.saturating_sub(1);
    let later = history.iter().enumerate().skip(first);
    later
        .take_while(|(place, (since, _))| *place == first || *since <= range.end)
        .map(|(_, entry)| entry.clone())
        .collect()
}

/// Without the entries that change nothing, such as a halt.
fn changes<T: PartialEq>(mut history: Vec<Dated<T>>) -> Vec<Dated<T>> {
    history.dedup_by(|later, earlier| later.1 == earlier.1);
    history
}

fn damaged(
    what: &str,
    (market, symbol): (MarketKind, &Symbol),
    (since, detail): (Timestamp, String),
) -> DeskError {
    DeskError::Stored { what: format!("{what} of {market} {symbol} since {since}"), detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_at_the_start_and_what_changes_inside_is_taken() {
        let at = Timestamp::from_millis;
        let history = [(at(10), 'a'), (at(20), 'b'), (at(30), 'c')];
        let check = |start, end, expected: &str| {
            let taken = within(&history, TimeRange { start: at(start), end: at(end) });
            let taken: String = taken.into_iter().map(|(_, entry)| entry).collect();
            assert_eq!(taken, expected, "{start}..{end}");
        };
        check(0, 5, "a");
        check(0, 10, "a");
        check(0, 20, "ab");
        check(10, 19, "a");
        check(19, 30, "abc");
        check(20, 29, "b");
        check(31, 99, "c");
        assert!(within::<char>(&[], TimeRange { start: at(0), end: at(9) }).is_empty());
    }

    fn row(since: &str, rules: &InstrumentRules) -> storage::InstrumentRules {
        storage::InstrumentRules {
            market: MarketKind::UsdM,
            symbol: "BTCUSDT".parse().unwrap(),
            since: since.parse().unwrap(),
            status: "TRADING".to_owned(),
            rules_json: rules_json::written(rules),
            seen_at: since.parse().unwrap(),
        }
    }

    #[test]
    fn rules_that_come_with_the_product_count_before_the_stored_ones() {
        let dir = tempfile::tempdir().unwrap();
        let store = MarketStore::open(dir.path()).unwrap();
        let symbol = "BTCUSDT".parse().unwrap();
        let days = || -> Vec<String> {
            let history = rules_history(&store, MarketKind::UsdM, &symbol).unwrap();
            history.iter().map(|(since, _)| since.to_string().chars().take(10).collect()).collect()
        };
        let known = known_rules(&symbol)[0].1;
        assert_eq!(days(), ["2026-09-11"]);
        store.put_instruments(&[row("2026-12-01", &known)]).unwrap();
        assert_eq!(days(), ["2026-09-11"], "the same rules are no change");
        let finer = InstrumentRules { tick: None, ..known };
        store.put_instruments(&[row("2026-12-05", &finer)]).unwrap();
        assert_eq!(days(), ["2026-09-11", "2026-12-05"]);
        store.put_instruments(&[row("2025-01-01", &finer)]).unwrap();
        assert_eq!(days(), ["2025-01-01", "2026-12-01", "2026-12-05"], "what was seen counts");
        assert!(rules_history(&store, MarketKind::Spot, &symbol).unwrap().is_empty());
    }
}
