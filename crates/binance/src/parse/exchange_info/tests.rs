//! A real payload, and entries that must not hide the others.

use super::*;

const INFO: &str = include_str!("../../../test_data/exchange_info.json");

fn listing_named<'a>(info: &'a ExchangeInfo, name: &str) -> &'a Listing {
    info.listing(&name.parse().unwrap()).unwrap()
}

#[test]
fn filters_become_rules_wherever_they_stand() {
    let info = ExchangeInfo::parse(INFO).unwrap();
    let bitcoin = listing_named(&info, "BTCUSDT");
    let rules = &bitcoin.rules;
    assert_eq!(rules.tick.unwrap().to_string(), "0.1");
    assert_eq!(rules.price_min.unwrap().to_string(), "556.8");
    assert_eq!(rules.lot.step.to_string(), "0.001");
    assert_eq!(rules.lot.max.to_string(), "1000");
    assert_eq!(rules.market_quantity_max.unwrap().to_string(), "120");
    assert_eq!(rules.notional_min, Money::new(Decimal::from(50)));
    assert_eq!(rules.band_up.unwrap().to_string(), "0.05");
    assert_eq!(rules.band_down.unwrap().to_string(), "0.05");
    assert_eq!(rules.market_bound.unwrap().to_string(), "0.05");
    assert_eq!(rules.liquidation_fee.to_string(), "0.0125");
    assert_eq!(bitcoin.orders_max, Some(200));
    assert!(bitcoin.is_trading_perpetual());
}

use domain::{Decimal, Money};

#[test]
fn limits_are_read() {
    let info = ExchangeInfo::parse(INFO).unwrap();
    let limits: Vec<_> = info.limits.iter().map(|it| (it.kind, it.window_ms, it.limit)).collect();
    let expected = [
        (RateLimitKind::RequestWeight, 60_000, 2400),
        (RateLimitKind::Orders, 60_000, 1200),
        (RateLimitKind::Orders, 10_000, 300),
    ];
    assert_eq!(limits, expected);
}

#[test]
fn entries_that_cannot_be_used_are_named_and_hide_no_other() {
    let info = ExchangeInfo::parse(INFO).unwrap();
    let refused: Vec<_> = info.refused.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(refused, ["币安人生USDT", "ZEROUSDT"]);
    assert!(info.refused[1].reason.contains("stepSize"), "{}", info.refused[1].reason);
}

#[test]
fn unknown_words_are_kept() {
    let info = ExchangeInfo::parse(INFO).unwrap();
    let odd = listing_named(&info, "ODDUSDT");
    assert_eq!(odd.status, SymbolStatus::Unknown("TRADING_MAYBE".to_owned()));
    assert_eq!(odd.contract_type.word(), "CURRENT_QUARTER DELIVERING");
    assert_eq!(odd.rules.market_bound, None, "a filter that is absent does not bind");
    assert!(!odd.is_trading_perpetual());
}

#[test]
fn a_body_of_another_shape_is_refused() {
    for body in ["", "{}", "[]", "<html>", r#"{"rateLimits":[],"symbols":{}}"#] {
        assert!(ExchangeInfo::parse(body).is_err(), "{body}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn no_listing_however_mangled_panics(
        cut in 0usize..INFO.len(),
        piece in proptest::sample::select(vec!["\"", "{", "]", "9e99", "-", "null", "0", "\\"]),
    ) {
        if INFO.is_char_boundary(cut) {
            let text = format!("{}{piece}{}", &INFO[..cut], &INFO[cut..]);
            if let Ok(info) = ExchangeInfo::parse(&text) {
                proptest::prop_assert_eq!(info.listings.len() + info.refused.len(), 6);
            }
        }
    }
}
