//! Rules and brackets of an instrument by the moment from which they hold, for runs over the past.

use domain::{InstrumentRules, MarketKind, Symbol, TimeRange, Timestamp};
use margin::BracketTable;
use storage::MarketStore;

use super::{brackets_json, rules_json};
use crate::backtests::known_rules;
use crate::error::DeskError;

/// Something with the moment from which it holds.
pub(crate) type Dated<T> = (Timestamp, T);

/// Something with the moment from which it holds, and the moment at which it was seen last.
type Seen<T> = (Dated<T>, Timestamp);

/// What may pass without a word before what holds counts as unconfirmed: an application that runs reads every hour.
const UNSEEN_MAX_MS: i64 = 86_400_000;

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
    Ok(changes(rules_seen(store, market, symbol)?))
}

/// When the rules of an instrument were seen last before more than a day of `range` in which nobody looked; `None` when
/// there is no such time, or nothing is known at all. The rules that come with the product were seen on their day.
///
/// # Errors
/// As of [`rules_history`].
pub(crate) fn rules_unconfirmed(
    store: &MarketStore,
    (market, symbol): (MarketKind, &Symbol),
    range: TimeRange,
) -> Result<Option<Timestamp>, DeskError> {
    Ok(unconfirmed(&rules_seen(store, market, symbol)?, range))
}

fn rules_seen(
    store: &MarketStore,
    market: MarketKind,
    symbol: &Symbol,
) -> Result<Vec<Seen<InstrumentRules>>, DeskError> {
    let rows = store.instrument_history(market, symbol)?;
    let first_stored = rows.first().map(|row| row.since);
    // Other markets quote in other steps.
    let mut known = if market == MarketKind::UsdM { known_rules(symbol) } else { Vec::new() };
    known.retain(|(since, _)| first_stored.is_none_or(|first| *since < first));
    let mut history: Vec<_> = known.into_iter().map(|known| (known, known.0)).collect();
    for row in rows {
        let rules = rules_json::read(&row.rules_json)
            .map_err(|detail| damaged("exchange rules", (market, symbol), (row.since, detail)))?;
        history.push(((row.since, rules), row.seen_at));
    }
    Ok(history)
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
    Ok(changes(brackets_seen(store, market, symbol)?))
}

/// When the brackets of an instrument were announced last before more than a day of `range` without an announcement;
/// `None` when there is no such time, or nothing is known at all.
///
/// # Errors
/// As of [`bracket_history`].
pub(crate) fn brackets_unconfirmed(
    store: &MarketStore,
    (market, symbol): (MarketKind, &Symbol),
    range: TimeRange,
) -> Result<Option<Timestamp>, DeskError> {
    Ok(unconfirmed(&brackets_seen(store, market, symbol)?, range))
}

fn brackets_seen(
    store: &MarketStore,
    market: MarketKind,
    symbol: &Symbol,
) -> Result<Vec<Seen<BracketTable>>, DeskError> {
    let own = if market.is_synthetic() { super::table_of_demo(symbol) } else { None };
    let always = Timestamp::from_millis(i64::MIN);
    let mut history: Vec<Seen<BracketTable>> =
        own.map(|table| ((always, table), always)).into_iter().collect();
    for row in store.bracket_history(market, symbol)? {
        let table = brackets_json::read(&row.brackets_json)
            .map_err(|detail| damaged("brackets", (market, symbol), (row.since, detail)))?;
        history.push(((row.since, table), row.seen_at));
    }
    Ok(history)
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
fn changes<T: PartialEq>(history: Vec<Seen<T>>) -> Vec<Dated<T>> {
    let mut history: Vec<Dated<T>> = history.into_iter().map(|(dated, _)| dated).collect();
    history.dedup_by(|later, earlier| later.1 == earlier.1);
    history
}

/// When something was seen last before more than a day of `range` in which nobody looked. Where the same was found
/// afterwards, it held in between.
fn unconfirmed<T: PartialEq>(history: &[Seen<T>], range: TimeRange) -> Option<Timestamp> {
    let mut later = history.iter().skip(1).map(|(dated, _)| dated);
    history.iter().find_map(|((since, entry), seen)| {
        let next = later.next();
        if next.is_some_and(|(_, next)| next == entry) {
            return None;
        }
        let end = next.map_or(range.end, |(since, _)| range.end.min(*since));
        let seen = *since.max(seen);
        let unseen_ms = end.millis() - seen.max(range.start).millis();
        (unseen_ms > UNSEEN_MAX_MS).then_some(seen)
    })
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

    #[test]
    fn a_time_in_which_nobody_looked_is_found_when_it_is_in_the_range() {
        let at = |day: i64| Timestamp::from_millis(day * UNSEEN_MAX_MS);
        let seen = |since, entry, seen| ((at(since), entry), at(seen));
        let history = [seen(10, 'a', 12), seen(20, 'a', 22), seen(30, 'b', 32)];
        let check = |start, end, expected: Option<i64>| {
            let found = unconfirmed(&history, TimeRange { start: at(start), end: at(end) });
            assert_eq!(found, expected.map(at), "{start}..{end}");
        };
        check(0, 9, None);
        check(0, 23, None);
        check(0, 24, Some(22));
        check(13, 19, None);
        check(25, 29, Some(22));
        check(29, 33, None);
        check(29, 34, Some(32));
        check(40, 41, None);
        check(40, 42, Some(32));
        assert_eq!(unconfirmed::<char>(&[], TimeRange { start: at(0), end: at(9) }), None);
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
