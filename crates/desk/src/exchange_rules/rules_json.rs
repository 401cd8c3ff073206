//! The stored form of exchange rules: JSON with the fields of [`FilterRow`], decimals as texts.
//!
//! `{"tick":"0.1","price_min":"556.8","price_max":"4529764","step":"0.001","min_quantity":"0.001",
//! "max_quantity":"1000","market_quantity_max":"120","min_notional":"50","band_up":"0.05","band_down":"0.05",
//! "market_bound":"0.05","liquidation_fee":"0.0125"}`. Every field is there; one that does not bind is null.
//! Equal rules have equal texts.

use std::collections::BTreeMap;

use domain::{Decimal, InstrumentRules, Price, Rate};

use crate::backtests::{FilterRow, rules_of};

/// All fields, ascending.
const FIELDS: [&str; 12] = [
    "band_down",
    "band_up",
    "liquidation_fee",
    "market_bound",
    "market_quantity_max",
    "max_quantity",
    "min_notional",
    "min_quantity",
    "price_max",
    "price_min",
    "step",
    "tick",
];

/// Writes rules.
pub(super) fn written(rules: &InstrumentRules) -> String {
    serde_json::to_string(&row_of(rules)).expect("decimals and nulls can be written")
}

/// Reads rules.
///
/// # Errors
/// A sentence when the text is not what [`written`] writes: a field that is missing, unknown or out of its range.
pub(super) fn read(text: &str) -> Result<InstrumentRules, String> {
    let fields: BTreeMap<String, Option<Decimal>> =
        serde_json::from_str(text).map_err(|error| error.to_string())?;
    let names: Vec<&str> = fields.keys().map(String::as_str).collect();
    if names != FIELDS {
        return Err(format!("expected the fields {}, was {}", FIELDS.join(", "), names.join(", ")));
    }
    let row: FilterRow = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let rules = rules_of(&row);
    // What is out of its range got lost on the way.
    if row_of(&rules) == row {
        Ok(rules)
    } else {
        Err(format!("expected exchange rules in their ranges, was {text}"))
    }
}

fn row_of(rules: &InstrumentRules) -> FilterRow {
    let unknown = InstrumentRules::unknown();
    let price = |price: Option<Price>| price.map(|price| price.decimal().normalize());
    let rate = |rate: Option<Rate>| rate.map(|rate| rate.decimal().normalize());
    FilterRow {
        tick: price(rules.tick),
        price_min: price(rules.price_min),
        price_max: price(rules.price_max),
        step: Some(rules.lot.step.decimal().normalize()),
        min_quantity: Some(rules.lot.min.decimal().normalize()),
        max_quantity: (rules.lot.max != unknown.lot.max)
            .then(|| rules.lot.max.decimal().normalize()),
        market_quantity_max: rules.market_quantity_max.map(|max| max.decimal().normalize()),
        min_notional: Some(rules.notional_min.decimal().normalize()),
        band_up: rate(rules.band_up),
        band_down: rate(rules.band_down),
        market_bound: rate(rules.market_bound),
        liquidation_fee: Some(rules.liquidation_fee.decimal().normalize()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use binance::parse::ExchangeInfo;
    use demo_exchange::{ApiRequest, Exchange, Method, Options};

    /// What the demo exchange lists.
    fn listings() -> Vec<binance::parse::Listing> {
        let mut exchange =
            Exchange::new(Options::default(), "2026-01-01".parse().unwrap()).unwrap();
        let request = ApiRequest {
            method: Method::Get,
            path: "/fapi/v1/exchangeInfo".to_owned(),
            query: String::new(),
            body: String::new(),
            api_key: None,
        };
        let now = exchange.now();
        let told = exchange.request(&request, now).reply.body;
        ExchangeInfo::parse(std::str::from_utf8(&told).unwrap()).unwrap().listings
    }

    #[test]
    fn every_listing_survives_its_stored_form() {
        for rules in
            listings().iter().map(|listing| listing.rules).chain([InstrumentRules::unknown()])
        {
            let text = written(&rules);
            assert_eq!(read(&text).unwrap(), rules, "{text}");
            assert_eq!(written(&read(&text).unwrap()), text);
        }
    }

    #[test]
    fn words_of_one_value_make_no_difference() {
        let with = |tick: &str| {
            let tick = Price::new(tick.parse().unwrap()).unwrap();
            written(&InstrumentRules { tick: Some(tick), ..InstrumentRules::unknown() })
        };
        assert_eq!(with("0.10"), with("0.1"));
    }

    fn check_refused(text: &str, words: &str) {
        let error = read(text).unwrap_err();
        assert!(error.contains(words), "{text}: {error}");
    }

    #[test]
    fn a_damaged_text_is_an_error_and_no_default() {
        let whole = written(&InstrumentRules::unknown());
        check_refused("{}", "expected the fields band_down");
        check_refused(&whole[1..], "expected");
        check_refused(&whole.replace("\"tick\":null,", ""), "expected the fields");
        check_refused(&whole.replace("tick", "tock"), "expected the fields");
        check_refused(&whole.replace("\"tick\":null", "\"tick\":\"-1\""), "in their ranges");
        check_refused(&whole.replace("\"tick\":null", "\"tick\":\"much\""), "invalid");
        check_refused(&whole.replace("0.00000001", "0"), "in their ranges");
    }
}
