//! Every setting is part of a capsule and is named when it differs.

use domain::{InstrumentRules, Timestamp};
use margin::{BracketTable, Leverage, MarginMode};
use risk::{GuardScope, LowProfit, StopCluster};
use simulator::{FillTime, IntrabarPolicy, Latency, LimitFill, Slippage};

use super::*;
use crate::tests::rate;

/// Verifies a capsule against a request that was changed, which must be named alone among the causes.
#[track_caller]
fn check_setting(name: &str, change: impl FnOnce(&mut RunSpec, &mut RunData)) {
    let (mut spec, mut data) = small();
    let original = capsule(&spec, &data);
    change(&mut spec, &mut data);
    let causes: Vec<CapsuleDifference> = verify(&original, &spec, &data)
        .differences
        .into_iter()
        .filter(|difference| difference.part != CapsulePart::Result)
        .collect();
    assert!(!causes.is_empty(), "{name} is not part of the capsule");
    for cause in causes {
        assert_eq!(cause.part, CapsulePart::Setting, "{cause}");
        assert!(cause.name.starts_with(name), "{cause}");
    }
}

#[test]
fn every_setting_of_the_venue_is_named() {
    check_setting("initial_balance", |spec, _| spec.initial_balance = Money::new(decimal("5e4")));
    check_setting("venue.position_mode", |spec, _| {
        spec.venue.position_mode = domain::PositionMode::Hedge;
    });
    check_setting("venue.fill_time", |spec, _| spec.venue.fill_time = FillTime::NextClose);
    check_setting("venue.intrabar", |spec, _| spec.venue.intrabar = IntrabarPolicy::Optimistic);
    check_setting("venue.limit_fill", |spec, _| spec.venue.limit_fill = LimitFill::Touch);
    check_setting("venue.costs.maker", |spec, _| spec.venue.costs.maker = rate("0.0003"));
    check_setting("venue.costs.taker", |spec, _| spec.venue.costs.taker = rate("0.0005"));
    check_setting("venue.costs.slippage", |spec, _| spec.venue.costs.slippage = Slippage::None);
    check_setting("venue.costs.slippage", |spec, _| {
        spec.venue.costs.slippage =
            Slippage::VolumeShare { spread: rate("0.0001"), impact: rate("0.001") };
    });
    check_setting("venue.participation_max", |spec, _| {
        spec.venue.participation_max = Some(rate("1"));
    });
    check_setting("venue.seed", |spec, _| spec.venue.seed = u64::MAX);
}

#[test]
fn delays_are_named() {
    let (spec, data) = small();
    let result = tests::try_run(&spec, &data).unwrap();
    let registry = Registry::built_in();
    let delayed = |orders_ms, reports_ms, jitter_ms| {
        let mut spec = spec.clone();
        spec.venue.latency = Latency { orders_ms, reports_ms, jitter_ms };
        RunCapsule::of(&spec, &data, &registry, &result)
    };
    let check = |other: RunCapsule, name: &str, was: &str| {
        let verdict = delayed(0, 0, 0).compare(&other);
        let [only] = verdict.differences.as_slice() else { panic!("{verdict:?}") };
        assert_eq!(only.to_string(), format!("setting {name}: expected 0, was {was}"));
        assert!(verdict.is_reproduced() && !verdict.is_identical());
    };
    check(delayed(1, 0, 0), "venue.latency.orders_ms", "1");
    check(delayed(0, 2, 0), "venue.latency.reports_ms", "2");
    check(delayed(0, 0, 3), "venue.latency.jitter_ms", "3");
}

#[test]
fn every_rule_of_risk_is_named() {
    check_setting("rules.commission", |spec, _| spec.rules.commission = rate("0.001"));
    check_setting("rules.slippage", |spec, _| spec.rules.slippage = rate("0.001"));
    check_setting("rules.confidence_min", |spec, _| {
        spec.rules.confidence_min = Some(domain::Confidence::FULL);
    });
    check_setting("rules.reward_to_risk_min", |spec, _| {
        spec.rules.reward_to_risk_min = Some(decimal("2.50"));
    });
    check_setting("rules.risk_per_trade", |spec, _| spec.rules.risk_per_trade = Some(rate("0.01")));
    check_setting("rules.positions_max", |spec, _| spec.rules.positions_max = Some(3));
    check_setting("rules.entries_max", |spec, _| spec.rules.entries_max = Some(2));
    check_setting("rules.exposure_instrument_max", |spec, _| {
        spec.rules.exposure_instrument_max = Some(rate("1"));
    });
    check_setting("rules.exposure_account_max", |spec, _| {
        spec.rules.exposure_account_max = Some(rate("1"));
    });
    check_setting("rules.order_notional_max", |spec, _| {
        spec.rules.order_notional_max = Some(Money::new(decimal("9000")));
    });
    check_setting("rules.price_distance_max", |spec, _| {
        spec.rules.price_distance_max = Some(rate("0.1"));
    });
    check_setting("rules.price_age_max_ms", |spec, _| {
        spec.rules.price_age_max_ms = Some(60_000);
    });
    check_setting("rules.loss_daily_max", |spec, _| spec.rules.loss_daily_max = Some(rate("0.5")));
    check_setting("rules.drawdown_max", |spec, _| spec.rules.drawdown_max = Some(rate("0.5")));
    check_setting("rules.stop_cluster", |spec, _| {
        let (within_ms, lock_ms) = (60_000, 60_000);
        let scope = GuardScope::Account;
        spec.rules.stop_cluster = Some(StopCluster { stops: 3, within_ms, lock_ms, scope });
    });
    check_setting("rules.cool_down_ms", |spec, _| spec.rules.cool_down_ms = Some(60_000));
    check_setting("rules.low_profit", |spec, _| {
        let (within_ms, lock_ms) = (60_000, 60_000);
        let return_min = rate("-0.5");
        spec.rules.low_profit = Some(LowProfit { trades: 3, within_ms, return_min, lock_ms });
    });
    check_setting("rules.liquidation_buffer", |spec, _| {
        spec.rules.liquidation_buffer = Some(rate("0"));
    });
    check_setting("rules.on_breach", |spec, _| {
        spec.rules.on_breach = risk::BreachAction::Flatten;
    });
}

#[test]
fn parameters_and_listings_are_named() {
    check_setting("sleeves.0.parameters.slow", |spec, _| {
        let slower: Vec<_> = BRACKETS
            .iter()
            .map(|(name, value)| if *name == "slow" { (*name, "9") } else { (*name, *value) })
            .collect();
        spec.sleeves[0] = tests::sleeve("SMA_CROSS", &slower, 0);
    });
    check_setting("instruments.0.leverage", |_, data| {
        data.instruments[0].listing.leverage = Leverage::ONE;
    });
    check_setting("instruments.0.margin_mode", |_, data| {
        data.instruments[0].listing.margin_mode = MarginMode::Isolated;
    });
    let later = Timestamp::from_millis(1_700_000_000_123);
    check_setting("instruments.0.filters.1.", |_, data| {
        let instrument = &mut data.instruments[0].listing.instrument;
        *instrument = instrument.clone().with_rules_since(later, InstrumentRules::unknown());
    });
    check_setting("instruments.0.brackets.1.", |_, data| {
        let brackets = &mut data.instruments[0].listing.brackets;
        *brackets = brackets.clone().with_table_since(later, BracketTable::historical_btcusdt());
    });
}
