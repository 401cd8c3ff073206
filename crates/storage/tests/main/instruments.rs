//! Exchange rules and leverage brackets as they changed over time.

use domain::MarketKind;
use storage::{InstrumentBrackets, InstrumentRules};

use crate::support::{Folder, at};

const UM: MarketKind = MarketKind::UsdM;

fn rules(symbol: &str, since: i64, tick: &str) -> InstrumentRules {
    InstrumentRules {
        market: UM,
        symbol: symbol.parse().unwrap(),
        since: at(since),
        status: "TRADING".to_owned(),
        rules_json: format!("{{\"tickSize\":\"{tick}\"}}"),
        seen_at: at(since),
    }
}

#[test]
fn rules_are_stored_when_they_change_and_found_at_any_time() {
    let folder = Folder::new();
    let store = folder.store();
    let first = [rules("ETHUSDT", 10, "0.01"), rules("BTCUSDT", 10, "0.1")];
    assert_eq!(store.put_instruments(&first).unwrap(), 2);
    assert_eq!(store.put_instruments(&[rules("BTCUSDT", 20, "0.1")]).unwrap(), 0);
    let halted = InstrumentRules { status: "BREAK".to_owned(), ..rules("BTCUSDT", 40, "0.1") };
    let changes = [rules("BTCUSDT", 30, "0.5"), halted.clone(), rules("SOLUSDT", 35, "0.001")];
    assert_eq!(store.put_instruments(&changes).unwrap(), 3);

    let first = first.map(|rules| {
        let seen = if rules.symbol.as_str() == "BTCUSDT" { 20 } else { 10 };
        InstrumentRules { seen_at: at(seen), ..rules }
    });
    let check = |time, expected: &[&InstrumentRules]| {
        let found = store.instruments_at(UM, at(time)).unwrap();
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "at {time}");
    };
    check(9, &[]);
    check(10, &[&first[1], &first[0]]);
    check(29, &[&first[1], &first[0]]);
    check(30, &[&changes[0], &first[0]]);
    check(99, &[&halted, &first[0], &changes[2]]);
    assert_eq!(store.instruments_at(MarketKind::Spot, at(99)).unwrap(), []);
    let bitcoin = "BTCUSDT".parse().unwrap();
    let history = store.instrument_history(UM, &bitcoin).unwrap();
    assert_eq!(history, [first[1].clone(), changes[0].clone(), halted]);
}

#[test]
fn rules_of_the_very_same_moment_are_replaced() {
    let folder = Folder::new();
    let store = folder.store();
    store.put_instruments(&[rules("BTCUSDT", 10, "0.1")]).unwrap();
    assert_eq!(store.put_instruments(&[rules("BTCUSDT", 10, "0.5")]).unwrap(), 1);
    assert_eq!(store.instruments_at(UM, at(10)).unwrap(), [rules("BTCUSDT", 10, "0.5")]);
}

fn brackets(symbol: &str, since: i64, cap: u32) -> InstrumentBrackets {
    InstrumentBrackets {
        market: UM,
        symbol: symbol.parse().unwrap(),
        since: at(since),
        brackets_json: format!("[{{\"cap\":\"{cap}\"}}]"),
        seen_at: at(since + 1),
    }
}

#[test]
fn brackets_are_stored_when_they_change() {
    let folder = Folder::new();
    let store = folder.store();
    assert!(store.put_brackets(&brackets("BTCUSDT", 10, 50)).unwrap());
    assert!(!store.put_brackets(&brackets("BTCUSDT", 20, 50)).unwrap(), "they hold already");
    assert!(store.put_brackets(&brackets("BTCUSDT", 30, 60)).unwrap());
    assert!(store.put_brackets(&brackets("BTCUSDT", 30, 70)).unwrap(), "the later word counts");
    assert!(store.put_brackets(&brackets("ETHUSDT", 10, 50)).unwrap());
    let bitcoin = "BTCUSDT".parse().unwrap();
    let history = store.bracket_history(UM, &bitcoin).unwrap();
    let seen_again = InstrumentBrackets { seen_at: at(21), ..brackets("BTCUSDT", 10, 50) };
    assert_eq!(history, [seen_again, brackets("BTCUSDT", 30, 70)]);
    assert_eq!(store.bracket_history(MarketKind::Demo, &bitcoin).unwrap(), []);
}
