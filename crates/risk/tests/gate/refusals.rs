//! Each refusal of an entry with its code and its numbers. Locks and guards are elsewhere.

use domain::{
    BreakEven, Confidence, Direction, Entry, EntryOrder, ExitPlan, FilterBreach, InstrumentRules,
    Metadata, Signal, Sizing, Target, TimeInForce, Trailing,
};
use margin::{BracketTable, MarginMode};
use risk::{PlanFault, Quote, Refusal, RiskRules, SleeveRules};

use crate::support::{
    Setup, coarse, decimal, fixed, held, long, long_of, money, position, price, quantity, rate,
    risk_of_equity, signal,
};

fn check(setup: &Setup, entry: Entry, code: &str, expected: Refusal) {
    let refusal = setup.review(entry).unwrap_err();
    assert_eq!(refusal, expected);
    assert_eq!(refusal.code(), code);
}

fn rules() -> RiskRules {
    RiskRules::default()
}

fn at_market(signal: Signal) -> Entry {
    Entry::at_market(signal, fixed("1"))
}

#[test]
fn weak_signals_are_refused() {
    let [minimum, was] = [0.5, 0.4].map(|value| Confidence::new(value).unwrap());
    let setup = Setup::with(RiskRules { confidence_min: Some(minimum), ..rules() });
    let of = |confidence| {
        let metadata = Metadata::of_kind("test");
        at_market(Signal::new(Direction::Long, price("100"), confidence, metadata))
    };
    let refusal = Refusal::Confidence { minimum, was };
    check(&setup, of(was), "CONFIDENCE", refusal);
    assert_eq!(refusal.to_string(), "confidence must be at least 0.5, was 0.4");
    assert!(setup.review(of(minimum)).is_ok());
}

#[test]
fn reward_to_risk_is_compared_exactly() {
    let setup = Setup::with(RiskRules { reward_to_risk_min: Some(decimal("1.5")), ..rules() });
    let refusal = Refusal::RewardToRisk { minimum: decimal("1.5"), was: decimal("1.495") };
    check(&setup, at_market(long(Some("98"), Some("102.99"))), "REWARD_TO_RISK", refusal);
    assert!(setup.review(at_market(long(Some("98"), Some("103")))).is_ok());
    let short = signal(Direction::Short).with_stop_loss(price("100.3")).unwrap();
    assert!(
        setup.review(at_market(short.clone().with_take_profit(price("99.55")).unwrap())).is_ok()
    );
    let near = short.with_take_profit(price("99.550001")).unwrap();
    let refusal = setup.review(at_market(near)).unwrap_err();
    assert_eq!(refusal.to_string(), "reward-to-risk must be at least 1.5, was 1.499997");
}

#[test]
fn sentences_round_what_the_fields_keep() {
    let check = |refusal: Refusal, expected| assert_eq!(refusal.to_string(), expected);
    let (liquidation, buffer) = (price("45180.7228915662651"), rate("0.0123"));
    check(
        Refusal::StopBeyondLiquidation { liquidation, buffer, was: price("45000") },
        "the stop 45000 must come before the liquidation price 45180.72289157 \
         with a buffer of 0.0123 of the entry price",
    );
    let (maximum, was) = (money("66.66666666666667"), money("70.12345678901234"));
    check(
        Refusal::Drawdown { maximum, was },
        "the drawdown may be at most 66.66666667, was 70.12345679; locked until released",
    );
    let (needed, available) = (money("1000.00000000000001"), money("1000"));
    check(
        Refusal::InsufficientMargin { needed, available },
        "margin and fee of 1000.00000000000001 were needed, 1000 was available",
    );
    let equity = money("-0.00000000012345");
    check(
        Refusal::AccountDepleted { equity },
        "the account is depleted, its equity was -0.0000000001",
    );
    let until = "2024-01-02".parse().unwrap();
    check(
        Refusal::LowProfit { minimum: rate("0.00015"), was: decimal("-0.02345678901234"), until },
        "recent trades must return at least 0.00015, returned -0.0235; \
         locked until 2024-01-02T00:00:00Z",
    );
    let [minimum, was] = [0.5, 0.1 + 0.2].map(|value| Confidence::new(value).unwrap());
    check(Refusal::Confidence { minimum, was }, "confidence must be at least 0.5, was 0.3");
    let (price, was) = (price("0.333333333333333333"), price("0.3333"));
    check(
        Refusal::BadPlan(PlanFault::StopSide { price, was }),
        "the stop must lie on the losing side of the order's price 0.33333333, was 0.3333",
    );
    let (bound, was) = (price, was);
    check(
        Refusal::Filter(FilterBreach::PriceBand { bound, was }),
        "the price is too far from the mark price, bound 0.33333333, was 0.3333",
    );
}

#[test]
fn the_larger_reward_to_risk_of_account_and_sleeve_binds() {
    let of = |account: Option<&str>, sleeve: Option<&str>| {
        let rules = RiskRules { reward_to_risk_min: account.map(decimal), ..rules() };
        let sleeve = SleeveRules { reward_to_risk_min: sleeve.map(decimal), entries_max: None };
        let setup = Setup { sleeve, ..Setup::with(rules) };
        setup.review(at_market(long(Some("98"), Some("104")))).is_ok()
    };
    assert!(of(Some("2"), None) && of(None, Some("2")) && of(Some("1"), Some("2")));
    assert!(!of(Some("1"), Some("3")) && !of(Some("3"), Some("1")) && !of(None, Some("3")));
}

#[test]
fn rules_that_need_levels_refuse_without_them() {
    let ratio = Setup::with(RiskRules { reward_to_risk_min: Some(decimal("1")), ..rules() });
    let missing = Refusal::LevelsMissing;
    check(&ratio, at_market(long(Some("98"), None)), "LEVELS_MISSING", missing);
    check(&ratio, at_market(long(None, Some("103"))), "LEVELS_MISSING", missing);
    let by_risk = Entry::at_market(long(None, None), risk_of_equity("0.01"));
    check(&Setup::default(), by_risk, "LEVELS_MISSING", missing);
}

/// A plan of targets given as price and share, for a long at 100.
fn targets(given: &[(&str, &str)]) -> ExitPlan {
    let mut plan = ExitPlan::NONE;
    for (place, (at, share)) in given.iter().enumerate() {
        plan.targets[place] = Some(Target { price: price(at), share: rate(share) });
    }
    plan
}

#[test]
fn plans_that_contradict_themselves_are_refused() {
    let check = |plan, fault| {
        let entry = Entry { plan, ..at_market(long(Some("98"), None)) };
        check(&Setup::default(), entry, "BAD_PLAN", Refusal::BadPlan(fault));
    };
    let side = PlanFault::TargetSide { entry: price("100"), was: price("100") };
    check(targets(&[("100", "0.5")]), side);
    let order = PlanFault::TargetOrder { before: price("104"), was: price("103") };
    check(targets(&[("104", "0.5"), ("103", "0.5")]), order);
    check(targets(&[("104", "0")]), PlanFault::Share { was: rate("0") });
    check(targets(&[("104", "1.1")]), PlanFault::Share { was: rate("1.1") });
    let sum = PlanFault::Shares { sum: decimal("1.01") };
    check(targets(&[("102", "0.5"), ("103", "0.5"), ("104", "0.01")]), sum);
    let reward = Some(BreakEven::AtReward(rate("0")));
    let plan = ExitPlan { break_even: reward, ..ExitPlan::NONE };
    check(plan, PlanFault::BreakEvenReward { was: rate("0") });
    let trailing = Some(Trailing { activation: None, callback: rate("1") });
    check(ExitPlan { trailing, ..ExitPlan::NONE }, PlanFault::Callback { was: rate("1") });
}

#[test]
fn sound_plans_pass() {
    let full = targets(&[("102", "0.5"), ("103", "0.3"), ("104", "0.2")]);
    let trailing = Some(Trailing { activation: Some(price("101")), callback: rate("0.01") });
    let plan = ExitPlan { trailing, break_even: Some(BreakEven::AfterFirstTarget), ..full };
    let entry = Entry { plan, ..at_market(long(Some("98"), None)) };
    assert_eq!(Setup::default().review(entry).unwrap().entry.plan, plan);
}

#[test]
fn moving_a_stop_by_reward_needs_a_stop() {
    let break_even = Some(BreakEven::AtReward(rate("1")));
    let entry =
        Entry { plan: ExitPlan { break_even, ..ExitPlan::NONE }, ..at_market(long(None, None)) };
    check(&Setup::default(), entry, "LEVELS_MISSING", Refusal::LevelsMissing);
}

#[test]
fn stale_prices_are_refused() {
    let mut setup = Setup::with(RiskRules { price_age_max_ms: Some(5000), ..rules() });
    setup.quote.age_ms = 5001;
    let refusal = Refusal::StalePrice { maximum_ms: 5000, was_ms: 5001 };
    check(&setup, long_of("1"), "STALE_PRICE", refusal);
    setup.quote.age_ms = 5000;
    assert!(setup.review(long_of("1")).is_ok());
}

#[test]
fn prices_far_from_the_mark_are_refused_on_both_sides() {
    let mut setup = Setup::with(RiskRules { price_distance_max: Some(rate("0.05")), ..rules() });
    for (mark, is_far) in [("105.3", true), ("105.26", false), ("95.24", false), ("95.23", true)] {
        setup.quote.mark = price(mark);
        let review = setup.review(long_of("1"));
        let (maximum, was) = (rate("0.05"), price("100"));
        let refusal = Refusal::PriceDistance { maximum, mark: price(mark), was };
        assert_eq!(review.err(), is_far.then_some(refusal), "{mark}");
    }
    assert_eq!(setup.review(long_of("1")).unwrap_err().code(), "PRICE_DISTANCE");
}

#[test]
fn the_distance_is_that_of_the_limit_price() {
    let mut setup = Setup::with(RiskRules { price_distance_max: Some(rate("0.01")), ..rules() });
    setup.quote.mark = price("102");
    let order = EntryOrder::Limit { time_in_force: TimeInForce::GoodTilCancelled };
    let refusal = setup.review(Entry { order, ..long_of("1") }).unwrap_err();
    assert_eq!(refusal.code(), "PRICE_DISTANCE");
}

#[test]
fn quantities_below_one_step_are_refused_never_raised() {
    let setup = Setup { filters: coarse(), ..Setup::default() };
    let refusal = Refusal::QuantityTooSmall { step: quantity("0.1") };
    check(&setup, long_of("0.09"), "QUANTITY_TOO_SMALL", refusal);
    let by_risk = |risk| Entry::at_market(long(Some("98"), None), risk_of_equity(risk));
    check(&setup, by_risk("0.0001"), "QUANTITY_TOO_SMALL", refusal);
    check(&setup, by_risk("0"), "QUANTITY_TOO_SMALL", refusal);
    check(&setup, by_risk("-0.01"), "QUANTITY_TOO_SMALL", refusal);
    let breach = FilterBreach::QuantityMin { minimum: quantity("0.2"), was: quantity("0.1") };
    check(&setup, by_risk("0.0002"), "FILTER", Refusal::Filter(breach));
}

#[test]
fn what_cannot_be_booked_exactly_is_refused() {
    let setup = Setup { equity: money("1e13"), available: money("1e13"), ..Setup::default() };
    let (maximum, was) = (money("1000000000000"), money("1000000000100"));
    let refusal = Refusal::NotionalTooLarge { maximum, was };
    check(&setup, long_of("10000000001"), "NOTIONAL_TOO_LARGE", refusal);
}

#[test]
fn fat_fingers_are_refused_not_shrunk() {
    let setup = Setup::with(RiskRules { order_notional_max: Some(money("500")), ..rules() });
    let refusal = |was| Refusal::OrderNotional { maximum: money("500"), was: money(was) };
    check(&setup, long_of("5.01"), "ORDER_NOTIONAL", refusal("501"));
    let by_risk = Entry::at_market(long(Some("98"), None), risk_of_equity("0.011"));
    check(&setup, by_risk, "ORDER_NOTIONAL", refusal("550"));
    assert!(setup.review(long_of("5")).is_ok());
}

#[test]
fn filters_of_the_venue_refuse_with_their_numbers() {
    let setup = Setup { filters: coarse(), available: money("1e6"), ..Setup::default() };
    let check = |entry, breach| check(&setup, entry, "FILTER", Refusal::Filter(breach));
    let (maximum, was) = (quantity("30"), quantity("30.1"));
    check(long_of("30.1"), FilterBreach::QuantityMax { maximum, was });
    let order = EntryOrder::Limit { time_in_force: TimeInForce::PostOnly };
    assert!(setup.review(Entry { order, ..long_of("30.1") }).is_ok());
    let floor = InstrumentRules { notional_min: money("100"), ..coarse() };
    let setup = Setup { filters: floor, ..setup.clone() };
    let breach = FilterBreach::NotionalMin { minimum: money("100"), was: money("90") };
    let refusal = setup.review(long_of("0.9")).unwrap_err();
    assert_eq!(refusal, Refusal::Filter(breach));
    assert_eq!(refusal.to_string(), "the notional must be at least 100, was 90");
}

#[test]
fn brackets_bound_the_notional_of_a_leverage() {
    let mut setup = Setup { leverage: decimal("125"), ..Setup::default() };
    (setup.equity, setup.available) = (money("100000"), money("100000"));
    setup.exposures = vec![held(1, position(0), "20000")];
    let refusal = |was| Refusal::BracketMax { maximum: money("50000"), was: money(was) };
    check(&setup, long_of("300.01"), "BRACKET_MAX", refusal("50001"));
    assert!(setup.review(long_of("300")).is_ok());
    setup.leverage = decimal("100");
    assert!(setup.review(long_of("300.01")).is_ok());
    setup.exposures = vec![held(1, position(1), "20000")];
    setup.leverage = decimal("125");
    assert!(setup.review(long_of("300.01")).is_ok(), "other instruments have their own brackets");
}

#[test]
fn brackets_bind_from_their_date() {
    let mut setup = Setup { leverage: decimal("50"), ..Setup::default() };
    (setup.equity, setup.available) = (money("100000"), money("100000"));
    let since = setup.now.plus_millis(1);
    setup.brackets = setup.brackets.with_table_since(since, BracketTable::cautious());
    assert!(setup.review(long_of("50.01")).is_ok());
    setup.now = since;
    let refusal = Refusal::BracketMax { maximum: money("5000"), was: money("5001") };
    check(&setup, long_of("50.01"), "BRACKET_MAX", refusal);
    assert!(setup.review(long_of("50")).is_ok());
}

#[test]
fn exposure_limits_count_what_is_held_and_what_waits() {
    let mut setup = Setup { leverage: decimal("10"), ..Setup::default() };
    setup.exposures = vec![held(1, position(0), "400"), held(2, position(1), "700")];
    setup.rules.exposure_instrument_max = Some(rate("1"));
    let (maximum, was) = (money("1000"), money("1001"));
    let refusal = Refusal::ExposureInstrument { maximum, was };
    check(&setup, long_of("6.01"), "EXPOSURE_INSTRUMENT", refusal);
    assert!(setup.review(long_of("6")).is_ok());
    setup.rules.exposure_account_max = Some(rate("1.5"));
    let (maximum, was) = (money("1500"), money("1500.01"));
    let refusal = Refusal::ExposureAccount { maximum, was };
    check(&setup, long_of("4.0001"), "EXPOSURE_ACCOUNT", refusal);
    assert!(setup.review(long_of("4")).is_ok());
}

#[test]
fn exposure_is_judged_at_the_higher_of_mark_and_entry() {
    let mut setup = Setup { leverage: decimal("10"), ..Setup::default() };
    setup.rules.exposure_account_max = Some(rate("1"));
    for (mark, largest, above) in [("125", "8", "8.01"), ("80", "10", "10.01")] {
        setup.quote.mark = price(mark);
        assert!(setup.review(long_of(largest)).is_ok());
        assert_eq!(setup.review(long_of(above)).unwrap_err().code(), "EXPOSURE_ACCOUNT");
    }
}

#[test]
fn margin_and_fee_must_be_free() {
    let setup = Setup::with(RiskRules { commission: rate("0.001"), ..rules() });
    let (needed, available) = (money("1001"), money("1000"));
    let refusal = Refusal::InsufficientMargin { needed, available };
    assert_eq!(refusal.to_string(), "margin and fee of 1001 were needed, 1000 was available");
    check(&setup, long_of("10"), "INSUFFICIENT_MARGIN", refusal);
    assert!(setup.review(long_of("9.99")).is_ok());
    let setup = Setup { leverage: decimal("10"), ..setup };
    let refusal = Refusal::InsufficientMargin { needed: money("1010"), available };
    check(&setup, long_of("100"), "INSUFFICIENT_MARGIN", refusal);
    assert!(setup.review(long_of("99")).is_ok());
}

/// The example of the venue's "cost to open", a short of 1 at 9253.30 with 20x, mark 9259.84:
/// initial margin 462.665 and open loss 6.54.
#[test]
fn open_loss_of_a_limit_order_must_be_free() {
    let entry = price("9253.30");
    let short = Signal::new(Direction::Short, entry, Confidence::FULL, Metadata::of_kind("test"));
    let order = EntryOrder::Limit { time_in_force: TimeInForce::GoodTilCancelled };
    let mut setup = Setup { leverage: decimal("20"), ..Setup::default() };
    setup.quote = Quote { mark: price("9259.84"), age_ms: 0 };
    let cost = "469.532"; // 9259.84 / 20 + 6.54: initial margin is taken at the higher price.
    setup.available = money("469.531");
    let refusal = Refusal::InsufficientMargin { needed: money(cost), available: money("469.531") };
    let entry = Entry { order, ..at_market(short) };
    check(&setup, entry.clone(), "INSUFFICIENT_MARGIN", refusal);
    setup.available = money(cost);
    assert!(setup.review(entry).is_ok());
}

#[test]
fn stops_beyond_the_liquidation_price_are_refused() {
    let mut setup = Setup::with(RiskRules { liquidation_buffer: Some(rate("0")), ..rules() });
    (setup.leverage, setup.mode) = (decimal("10"), MarginMode::Isolated);
    // A long of 1 at 100 with a margin of 10: (10 - 100) / (0.004 - 1).
    let liquidation = price("90.361445783132530120481927711");
    let of = |stop| at_market(long(Some(stop), None));
    let refusal = setup.review(of("90.36")).unwrap_err();
    assert_eq!(refusal.code(), "STOP_BEYOND_LIQUIDATION");
    let Refusal::StopBeyondLiquidation { liquidation: found, buffer, was } = refusal else {
        unreachable!("the code says so")
    };
    assert!(found.minus(liquidation).abs() < decimal("0.0000001"), "{found}");
    assert_eq!((buffer, was), (rate("0"), price("90.36")));
    assert!(setup.review(of("90.37")).is_ok());
    setup.rules.liquidation_buffer = Some(rate("0.01"));
    assert!(setup.review(of("91.36")).is_err());
    assert!(setup.review(of("91.37")).is_ok());
    assert!(setup.review(at_market(long(None, None))).is_ok(), "there is no stop to come too late");
}

#[test]
fn other_positions_move_the_liquidation_price_of_a_cross_account() {
    let mut setup = Setup::with(RiskRules { liquidation_buffer: Some(rate("0")), ..rules() });
    (setup.equity, setup.available) = (money("100"), money("100"));
    setup.leverage = decimal("10");
    let sized = |stop| Entry::at_market(long(Some(stop), None), fixed("5"));
    // A long of 5 at 100 with 100 behind it: (100 - 500) / (5 * (0.004 - 1)) = 80.32.
    assert!(setup.review(sized("80.33")).is_ok());
    assert!(setup.review(sized("80.32")).is_err());
    // Another instrument of 10000 takes 40 as maintenance margin: 88.35.
    setup.exposures = vec![held(1, position(1), "10000")];
    assert!(setup.review(sized("88.36")).is_ok());
    assert!(setup.review(sized("88.35")).is_err());
    // The same position with 5 more of another sleeve: (100 - 1000) / (10 * -0.996) = 90.36.
    setup.exposures = vec![held(1, position(0), "500")];
    assert!(setup.review(sized("90.37")).is_ok());
    assert!(setup.review(sized("90.36")).is_err());
}

#[test]
fn a_short_is_liquidated_above() {
    let mut setup = Setup::with(RiskRules { liquidation_buffer: Some(rate("0")), ..rules() });
    (setup.leverage, setup.mode) = (decimal("10"), MarginMode::Isolated);
    // (10 + 100) / (0.004 + 1) = 109.56.
    let of = |stop| at_market(signal(Direction::Short).with_stop_loss(price(stop)).unwrap());
    assert!(setup.review(of("109.56")).is_ok());
    assert!(setup.review(of("109.57")).is_err());
}

#[test]
fn notional_sizing_is_refused_like_a_fixed_quantity() {
    let of = |notional| Entry::at_market(long(None, None), Sizing::Notional(money(notional)));
    assert_eq!(Setup::default().review(of("1000.01")).unwrap_err().code(), "INSUFFICIENT_MARGIN");
    assert_eq!(Setup::default().review(of("1000")).unwrap().quantity, quantity("10"));
    assert_eq!(Setup::default().review(of("0")).unwrap_err().code(), "QUANTITY_TOO_SMALL");
}
