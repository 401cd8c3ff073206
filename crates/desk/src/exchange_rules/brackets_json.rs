//! The stored form of leverage brackets: JSON with a [`BracketRow`] for each, ascending by cap.
//!
//! `[{"cap":"50000","maintenance_rate":"0.004","leverage_max":"125"}]`, caps in the quote asset. Floors and maintenance
//! amounts follow from the brackets below; a venue that says otherwise is not believed.

use binance::frame::Bracket;
use domain::{Decimal, Money, Rate, Symbol};
use margin::{BracketStep, BracketTable, Leverage};

use crate::backtests::BracketRow;

/// How far a maintenance amount of the venue may be from the formula: it may be rounded to a cent.
const CENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// What is compared of a bracket.
struct Stated {
    floor: Decimal,
    row: BracketRow,
    cumulated: Decimal,
}

/// Writes the brackets that a venue announced.
///
/// # Errors
/// A sentence when they leave holes, do not rise, or their maintenance amounts are not those of the formula.
pub(super) fn written(brackets: &[Bracket]) -> Result<String, String> {
    let stated = brackets.iter().map(|bracket| Stated {
        floor: bracket.notional_floor.to_decimal(),
        row: BracketRow {
            cap: bracket.notional_cap.to_decimal().normalize(),
            maintenance_rate: bracket.maintenance_rate.to_decimal().normalize(),
            leverage_max: Decimal::from(bracket.leverage_max),
        },
        cumulated: bracket.cumulative.to_decimal(),
    });
    let rows = checked(&stated.collect::<Vec<_>>())?;
    Ok(serde_json::to_string(&rows).expect("decimals can be written"))
}

/// Reads a table.
///
/// # Errors
/// A sentence when the text is none.
pub(super) fn read(text: &str) -> Result<BracketTable, String> {
    let rows: Vec<BracketRow> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    table(&rows)
}

/// The table that the demo exchange publishes of a symbol of its own; `None` of all others.
pub(crate) fn table_of_demo(symbol: &Symbol) -> Option<BracketTable> {
    let spec = demo_exchange::well_known_symbols().into_iter().find(|one| one.symbol == *symbol)?;
    let stated = spec.brackets().into_iter().map(|bracket| Stated {
        floor: Decimal::from(bracket.floor),
        row: BracketRow {
            cap: Decimal::from(bracket.cap),
            maintenance_rate: Decimal::from(bracket.maintenance) * Decimal::new(1, 4),
            leverage_max: Decimal::from(bracket.leverage_max),
        },
        cumulated: Decimal::from(bracket.cumulated) * Decimal::new(1, 4),
    });
    let rows = checked(&stated.collect::<Vec<_>>()).and_then(|rows| table(&rows));
    Some(rows.expect("a test reads the brackets of every symbol"))
}

/// Brackets without holes whose amounts are those of the formula; neighbours that ask for the same are one.
fn checked(stated: &[Stated]) -> Result<Vec<BracketRow>, String> {
    let mut rows: Vec<BracketRow> = Vec::with_capacity(stated.len());
    let mut floor = Decimal::ZERO;
    for one in stated {
        if one.floor != floor {
            return Err(format!("expected a bracket that begins at {floor}, was {}", one.floor));
        }
        floor = one.row.cap;
        match rows.last_mut() {
            Some(last) if is_same(last, &one.row) && one.row.cap > last.cap => {
                last.cap = one.row.cap;
            }
            Some(_) | None => rows.push(one.row),
        }
    }
    let table = table(&rows)?;
    for one in stated {
        let expected = table.bracket(Money::new(one.row.cap)).maintenance_amount().decimal();
        if (expected - one.cumulated).abs() > CENT {
            return Err(format!(
                "expected a maintenance amount of {expected} up to {}, was {}",
                one.row.cap, one.cumulated
            ));
        }
    }
    Ok(rows)
}

fn is_same(one: &BracketRow, other: &BracketRow) -> bool {
    (one.maintenance_rate, one.leverage_max) == (other.maintenance_rate, other.leverage_max)
}

fn table(rows: &[BracketRow]) -> Result<BracketTable, String> {
    let step = |row: &BracketRow| {
        Ok(BracketStep {
            cap: Money::new(row.cap),
            maintenance_rate: Rate::new(row.maintenance_rate).map_err(words)?,
            leverage_max: Leverage::new(row.leverage_max).map_err(words)?,
        })
    };
    let steps = rows.iter().map(step).collect::<Result<Vec<_>, String>>()?;
    BracketTable::new(&steps).map_err(|error| error.to_string())
}

fn words(error: domain::OutOfRange) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use binance::frame::{Frame, parse};

    /// The brackets of a frame with these `bks`.
    fn announced(brackets: &str) -> Vec<Bracket> {
        let text = format!(
            r#"{{"e":"contractInfo","E":1723161256309,"s":"IOTAUSDT","ct":"PERPETUAL","dt":4133404800000,"ot":1569398400000,"cs":"TRADING","bks":[{brackets}],"st":1}}"#
        );
        let Ok(Frame::ContractInfo(info)) = parse(&text) else { panic!("{text}") };
        info.brackets
    }

    const FIRST: &str = r#"{"bs":1,"bnf":0,"bnc":5000,"mmr":0.01,"cf":0,"mi":21,"ma":50}"#;

    #[test]
    fn the_example_of_the_venue_survives_its_stored_form() {
        let second = r#"{"bs":2,"bnf":5000,"bnc":25000,"mmr":0.025,"cf":75,"mi":11,"ma":20}"#;
        let text = written(&announced(&format!("{FIRST},{second}"))).unwrap();
        let table = read(&text).unwrap();
        let amounts: Vec<String> =
            table.brackets().iter().map(|one| one.maintenance_amount().to_string()).collect();
        assert_eq!(amounts, ["0", "75"]);
        assert_eq!(table.brackets()[1].leverage_max().decimal(), Decimal::from(20));
    }

    #[test]
    fn every_symbol_of_the_demo_exchange_has_a_table() {
        for spec in demo_exchange::well_known_symbols() {
            let table = table_of_demo(&spec.symbol).unwrap();
            let last = table.brackets().last().unwrap();
            assert_eq!(last.cap(), Money::whole(300_000_000), "{}", spec.symbol);
            let leverage = table.brackets()[0].leverage_max().decimal();
            assert_eq!(leverage, Decimal::from(spec.leverage_max), "{}", spec.symbol);
        }
        assert_eq!(table_of_demo(&"NOPEUSDT".parse().unwrap()), None);
    }

    fn check_refused(second: &str, words: &str) {
        let error = written(&announced(&format!("{FIRST},{second}"))).unwrap_err();
        assert!(error.contains(words), "{error}");
    }

    #[test]
    fn a_table_that_contradicts_itself_is_refused() {
        check_refused(
            r#"{"bs":2,"bnf":6000,"bnc":25000,"mmr":0.025,"cf":75,"mi":11,"ma":20}"#,
            "begins at 5000, was 6000",
        );
        check_refused(
            r#"{"bs":2,"bnf":5000,"bnc":25000,"mmr":0.025,"cf":7,"mi":11,"ma":20}"#,
            "maintenance amount of 75 up to 25000, was 7",
        );
        check_refused(
            r#"{"bs":2,"bnf":5000,"bnc":25000,"mmr":0.005,"cf":0,"mi":11,"ma":20}"#,
            "maintenance rate of bracket 2",
        );
        check_refused(
            r#"{"bs":2,"bnf":5000,"bnc":25000,"mmr":0.025,"cf":75,"mi":11,"ma":0}"#,
            "leverage",
        );
        assert!(written(&[]).is_err(), "nothing is no table");
    }

    #[test]
    fn a_damaged_text_is_an_error_and_no_default() {
        for text in
            ["", "[]", "[{}]", r#"[{"cap":"1","maintenance_rate":"0.1","leverage_max":"0"}]"#]
        {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
