//! Exchange filters that come with the product, effective-dated, and those that a request gives.
//!
//! The data file holds what the venue said on the day named in it. Before the first known rules of a
//! symbol these hold too: a run over older candles says so.

use std::sync::LazyLock;

use domain::{Decimal, InstrumentRules, LotRules, Money, Price, Quantity, Rate, Symbol, Timestamp};
use serde::Deserialize;

use super::request::FilterRow;
use crate::text;

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    serde_json::from_str(include_str!("instrument_rules.json")).expect("the data file is tested")
});

#[derive(Debug, Deserialize)]
struct Known {
    symbols: Vec<KnownSymbol>,
}

#[derive(Debug, Deserialize)]
struct KnownSymbol {
    symbol: String,
    history: Vec<KnownRules>,
}

#[derive(Debug, Deserialize)]
struct KnownRules {
    #[serde(with = "text")]
    since: Timestamp,
    #[serde(flatten)]
    row: FilterRow,
}

/// Rules of a symbol with the day from which they are known, ascending; empty when none are known.
pub(crate) fn known_rules(symbol: &Symbol) -> Vec<(Timestamp, InstrumentRules)> {
    let found = KNOWN.symbols.iter().find(|one| one.symbol == symbol.as_str());
    let history = found.map_or(&[][..], |one| one.history.as_slice());
    history.iter().map(|rules| (rules.since, rules_of(&rules.row))).collect()
}

/// The rules of a row; what it leaves open does not bind.
pub(crate) fn rules_of(row: &FilterRow) -> InstrumentRules {
    let unknown = InstrumentRules::unknown();
    let quantity = |value: Option<Decimal>| value.and_then(|value| Quantity::new(value).ok());
    let step = quantity(row.step).unwrap_or(unknown.lot.step);
    InstrumentRules {
        tick: price(row.tick),
        price_min: price(row.price_min),
        price_max: price(row.price_max),
        lot: LotRules {
            min: quantity(row.min_quantity).unwrap_or(step),
            max: quantity(row.max_quantity).unwrap_or(unknown.lot.max),
            step,
        },
        market_quantity_max: quantity(row.market_quantity_max),
        notional_min: row.min_notional.map_or(unknown.notional_min, Money::new),
        band_up: rate(row.band_up),
        band_down: rate(row.band_down),
        market_bound: rate(row.market_bound),
        liquidation_fee: rate(row.liquidation_fee).unwrap_or(unknown.liquidation_fee),
    }
}

fn price(value: Option<Decimal>) -> Option<Price> {
    value.and_then(|value| Price::new(value).ok())
}

fn rate(value: Option<Decimal>) -> Option<Rate> {
    value.and_then(|value| Rate::new(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_symbol_has_whole_ascending_rules() {
        assert_eq!(KNOWN.symbols.len(), 5);
        for one in &KNOWN.symbols {
            let symbol: Symbol = one.symbol.parse().unwrap();
            let rules = known_rules(&symbol);
            assert!(!rules.is_empty() && rules.is_sorted_by(|a, b| a.0 < b.0), "{symbol}");
            for ((_, rules), KnownRules { row, .. }) in rules.iter().zip(&one.history) {
                assert_eq!(rules.tick.map(Price::decimal), row.tick, "{symbol}");
                assert_eq!(rules.price_min.map(Price::decimal), row.price_min, "{symbol}");
                assert_eq!(Some(rules.lot.min.decimal()), row.min_quantity, "{symbol}");
                assert_eq!(Some(rules.lot.max.decimal()), row.max_quantity, "{symbol}");
                assert!(
                    rules.lot.min.round_down(rules.lot.step) == Some(rules.lot.min),
                    "{symbol}"
                );
                assert_eq!(rules.band_up.map(Rate::decimal), row.market_bound, "{symbol}");
                assert!(rules.market_quantity_max.is_some_and(|max| max <= rules.lot.max));
            }
        }
    }

    #[test]
    fn bitcoin_has_the_filters_of_the_day_they_were_read() {
        let rules = known_rules(&"BTCUSDT".parse().unwrap());
        assert_eq!(rules[0].0.to_string(), "2026-09-11T00:00:00Z");
        let rules = rules[0].1;
        assert_eq!(rules.tick.unwrap().to_string(), "0.1");
        assert_eq!(rules.lot.step.to_string(), "0.001");
        assert_eq!(rules.notional_min, Money::new(Decimal::from(50)));
        assert_eq!(rules.liquidation_fee.to_string(), "0.0125");
        assert!(known_rules(&"NOPEUSDT".parse().unwrap()).is_empty());
    }

    #[test]
    fn what_is_not_given_does_not_bind() {
        let row = FilterRow { tick: Some(Decimal::ONE), ..FilterRow::default() };
        let rules = rules_of(&row);
        assert_eq!(rules.tick.map(Price::decimal), Some(Decimal::ONE));
        assert_eq!(InstrumentRules { tick: None, ..rules }, InstrumentRules::unknown());
    }
}
