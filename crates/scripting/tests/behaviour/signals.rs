//! Wishes of scripts: how they are read, and what is wrong with those that are not.

use domain::{
    BreakEven, Direction, EntryOrder, ExitReason, Intent, Rate, Sizing, TimeInForce, Timestamp,
};

use crate::support::{decimal, end_of, entry_of, on_candle, price, wishes_of};

fn rate(text: &str) -> Rate {
    Rate::new(decimal(text)).unwrap()
}

#[test]
fn a_signal_becomes_an_entry() {
    let entry = entry_of(
        "side = 'short', stop_loss = 101.005, take_profit = 97, confidence = 0.7, risk = 0.01, kind = 'cross', \
         metadata = { slow = 2, fast = 1.5, late = 0/0 }",
    )
    .unwrap();
    let signal = &entry.signal;
    assert_eq!((signal.direction(), signal.entry()), (Direction::Short, price("100")));
    assert_eq!(
        (signal.stop_loss(), signal.take_profit()),
        (Some(price("101.01")), Some(price("97")))
    );
    assert_eq!((signal.confidence().value(), &*signal.metadata().kind), (0.7, "cross"));
    let readings: Vec<_> =
        signal.metadata().readings.iter().map(|(name, value)| (&**name, *value)).collect();
    assert_eq!(readings, [("fast", 1.5), ("slow", 2.0)], "by name, without what is no number yet");
    assert_eq!(
        (entry.sizing, entry.order),
        (Sizing::RiskOfEquity(rate("0.01")), EntryOrder::Market)
    );
}

#[test]
fn sizes_are_exact() {
    let size = |fields: &str| entry_of(&format!("side = 'long', {fields}")).unwrap().sizing;
    let quantity = |text: &str| Sizing::Fixed(domain::Quantity::new(decimal(text)).unwrap());
    assert_eq!(size("quantity = 0.1 + 0.2"), quantity("0.3"));
    assert_eq!(size("notional = 1000"), Sizing::Notional(domain::Money::new(decimal("1000"))));
    assert_eq!(size("equity = 0.5"), Sizing::Equity(rate("0.5")));
    let volatility = Sizing::Volatility { risk: rate("0.01"), volatility: price("12.5") };
    assert_eq!(size("risk = 0.01, volatility = 12.5"), volatility);
}

#[test]
fn a_target_by_ratio_is_not_nearer_than_asked() {
    let target =
        |fields: &str| entry_of(&format!("quantity = 1, {fields}")).unwrap().signal.take_profit();
    assert_eq!(target("side = 'long', stop_loss = 98, reward_to_risk = 1.5"), Some(price("103")));
    assert_eq!(target("side = 'short', stop_loss = 102, reward_to_risk = 2"), Some(price("96")));
    assert_eq!(
        target("side = 'long', stop_loss = 99.97, reward_to_risk = 1.5"),
        Some(price("100.05"))
    );
    assert_eq!(
        target("side = 'short', stop_loss = 100.03, reward_to_risk = 1.5"),
        Some(price("99.95"))
    );
}

#[test]
fn orders_wait_as_told() {
    let order =
        |fields: &str| entry_of(&format!("side = 'long', quantity = 1, {fields}")).unwrap().order;
    let limit = |time_in_force| EntryOrder::Limit { time_in_force };
    let later = Timestamp::from_millis(4 * 60_000);
    assert_eq!(order("order = 'limit', entry = 90"), limit(TimeInForce::GoodTilCancelled));
    assert_eq!(
        order("order = 'limit', entry = 90, time_in_force = 'post_only'"),
        limit(TimeInForce::PostOnly)
    );
    assert_eq!(
        order("order = 'limit', entry = 90, valid_for = 3"),
        limit(TimeInForce::GoodTilDate(later))
    );
    assert_eq!(
        order("order = 'stop', entry = 110, valid_for = 3"),
        EntryOrder::Stop { until: Some(later) }
    );
    let stop_limit = EntryOrder::StopLimit { trigger: price("110"), until: None };
    assert_eq!(order("order = 'stop_limit', entry = 111, trigger = 110"), stop_limit);
}

#[test]
fn plans_are_read() {
    let plan = |fields: &str| {
        entry_of(&format!("side = 'long', quantity = 1, stop_loss = 98, {fields}")).unwrap().plan
    };
    let targets =
        plan("targets = { { price = 101, share = 0.5 }, { reward_to_risk = 2, share = 0.25 } }")
            .targets;
    let told: Vec<_> = targets.iter().flatten().map(|it| (it.price, it.share)).collect();
    assert_eq!(told, [(price("101"), rate("0.5")), (price("104"), rate("0.25"))]);
    assert_eq!(plan("break_even = 1.5").break_even, Some(BreakEven::AtReward(rate("1.5"))));
    let first =
        plan("targets = { { price = 101, share = 0.5 } }, break_even = 'first_target'").break_even;
    assert_eq!(first, Some(BreakEven::AfterFirstTarget));
    let trailing = plan("trailing = 0.01").trailing.unwrap();
    assert_eq!((trailing.callback, trailing.activation), (rate("0.01"), None));
    let trailing = plan("trailing = { callback = 0.02, activation = 105 }").trailing.unwrap();
    assert_eq!((trailing.callback, trailing.activation), (rate("0.02"), Some(price("105"))));
}

#[test]
fn every_mistake_is_told_at_its_line() {
    let check = |fields: &str, expected: &str| {
        assert_eq!(entry_of(fields).unwrap_err(), format!("my.luau:4: {expected}"), "{fields}");
    };
    let good = "side = 'long', quantity = 1";
    check("", "signal: side: expected \"long\" or \"short\", was nil");
    check("side = 'up', quantity = 1", "signal: side: expected \"long\" or \"short\", was \"up\"");
    check("side = 1, quantity = 1", "signal: side: expected \"long\" or \"short\", was 1");
    check(
        "side = 'long'",
        "signal: expected exactly one of quantity, notional, equity, risk, was none",
    );
    check(
        &format!("{good}, equity = 1"),
        "signal: expected exactly one of quantity, notional, equity, risk, was quantity and equity",
    );
    check(
        "side = 'long', quantity = 0",
        "signal: quantity: expected greater than 0 and at most 1e12, was 0",
    );
    check(
        "side = 'long', quantity = -1",
        "signal: quantity: expected greater than 0 and at most 1e12, was -1",
    );
    check("side = 'long', quantity = 0/0", "signal: quantity: expected a number, was nan");
    check("side = 'long', quantity = 1/0", "signal: quantity: expected a number, was inf");
    check("side = 'long', quantity = '1'", "signal: quantity: expected a number, was \"1\"");
    check(
        "side = 'long', notional = 0",
        "signal: notional: expected greater than 0 and at most 1e15, was 0",
    );
    check(
        "side = 'long', equity = 200",
        "signal: equity: expected a fraction greater than 0 and at most 100, was 200",
    );
    check(
        "side = 'long', risk = 0.01",
        "signal: risk: expected a stop_loss or a volatility beside it, was none",
    );
    check(
        "side = 'long', risk = 2, stop_loss = 90",
        "signal: risk: expected a fraction greater than 0 and at most 1, was 2",
    );
    check(
        "side = 'long', risk = 0.01, volatility = 0",
        "signal: risk: expected a volatility greater than 0, was 0",
    );
    check(
        &format!("{good}, volatility = 1"),
        "signal: volatility: expected only beside risk, was 1",
    );
    check(
        &format!("{good}, stop_loss = 100"),
        "signal: long signal: stop loss must be below the entry 100, was 100",
    );
    check(
        &format!("{good}, take_profit = 99"),
        "signal: long signal: take profit must be above the entry 100, was 99",
    );
    check(&format!("{good}, stop_loss = 0/0"), "signal: stop_loss: expected a number, was nan");
    check(
        &format!("{good}, stop_loss = -5"),
        "signal: stop_loss: expected a price greater than 0, was -5",
    );
    check(
        &format!("{good}, entry = 1e12"),
        "signal: entry: expected a price greater than 0, was 1000000000000",
    );
    check(
        &format!("{good}, entry = 200, stop_loss = 150"),
        "signal: entry: a market order has no price of its own: leave it out, or name order = \"limit\", \"stop\" or \"stop_limit\"",
    );
    check(
        &format!("{good}, reward_to_risk = 2"),
        "signal: reward_to_risk: expected a stop_loss beside it, was none",
    );
    check(
        &format!("{good}, stop_loss = 99, take_profit = 101, reward_to_risk = 2"),
        "signal: expected take_profit or reward_to_risk, was both",
    );
    check(
        "side = 'short', quantity = 1, stop_loss = 190, reward_to_risk = 2",
        "signal: reward_to_risk: leads to a price must be greater than 0 and at most 1e9, was -80.00",
    );
    check(&format!("{good}, confidence = 2"), "signal: confidence must be between 0 and 1, was 2");
    check(
        &format!("{good}, order = 'fast'"),
        "signal: order: expected \"market\" or \"limit\" or \"stop\" or \"stop_limit\", was \"fast\"",
    );
    check(
        &format!("{good}, order = 'limit'"),
        "signal: entry: expected the price of the waiting order, was nil",
    );
    check(
        &format!("{good}, order = 'stop_limit', entry = 90"),
        "signal: trigger: expected the price that starts the order, was nil",
    );
    check(
        &format!("{good}, trigger = 90"),
        "signal: trigger: expected with order = \"stop_limit\" only, was 90",
    );
    check(
        &format!("{good}, valid_for = 2"),
        "signal: valid_for: expected with a waiting order only, was 2",
    );
    check(
        &format!("{good}, order = 'limit', entry = 90, valid_for = 0"),
        "signal: valid_for: expected a whole number of candles from 1 to 100000, was 0",
    );
    check(
        &format!("{good}, order = 'limit', entry = 90, valid_for = 2, time_in_force = 'ioc'"),
        "signal: expected valid_for or time_in_force, was both",
    );
    check(
        &format!("{good}, stop_los = 90"),
        "signal: unknown field stop_los; did you mean stop_loss?",
    );
    check(
        &format!("{good}, 5"),
        "signal: unknown field 1, expected one of break_even, confidence, entry, equity, kind, metadata, notional, order, quantity, reward_to_risk, risk, side, stop_loss, take_profit, targets, time_in_force, trailing, trigger, valid_for, volatility",
    );
    check(
        &format!("{good}, metadata = {{ 1 }}"),
        "signal: metadata: expected numbers by name, as in { fast = fast[0] }",
    );
    check(&format!("{good}, kind = {{}}"), "signal: kind: expected a text, was table");
    check(
        &format!("{good}, targets = {{}}"),
        "signal: targets: expected a list of one to three { price = ..., share = ... }",
    );
    check(
        &format!("{good}, targets = {{ 1 }}"),
        "signal: targets: expected tables { price = ..., share = ... }",
    );
    check(
        &format!("{good}, targets = {{ {{ price = 101 }} }}"),
        "signal: targets: share: expected a fraction, was nil",
    );
    check(
        &format!("{good}, targets = {{ {{ share = 1 }} }}"),
        "signal: targets: expected price or reward_to_risk",
    );
    check(
        &format!("{good}, targets = {{ {{ price = 99, share = 1 }} }}"),
        "signal: targets: long signal: take profit must be above the entry 100, was 99",
    );
    check(
        &format!(
            "{good}, targets = {{ {{ price = 103, share = 0.5 }}, {{ price = 102, share = 0.5 }} }}"
        ),
        "signal: targets: expected the nearest first",
    );
    check(
        &format!(
            "{good}, targets = {{ {{ price = 103, share = 0.6 }}, {{ price = 104, share = 0.6 }} }}"
        ),
        "signal: targets: expected shares of at most 1 in all",
    );
    check(
        &format!("{good}, take_profit = 105, targets = {{ {{ price = 103, share = 0.6 }} }}"),
        "signal: expected targets or one target, was both",
    );
    check(
        &format!("{good}, break_even = 1"),
        "signal: break_even: expected a stop_loss beside it, was 1",
    );
    check(
        &format!("{good}, stop_loss = 90, break_even = 'first_target'"),
        "signal: break_even: expected targets beside it, was \"first_target\"",
    );
    check(
        &format!("{good}, stop_loss = 90, break_even = true"),
        "signal: break_even: expected \"first_target\" or a number of risks, was true",
    );
    check(
        &format!("{good}, trailing = 0.9"),
        "signal: trailing: expected a fraction greater than 0 and at most 0.5, was 0.9",
    );
    check(
        &format!("{good}, trailing = {{ }}"),
        "signal: trailing: callback: expected a fraction, was nil",
    );
}

#[test]
fn other_wishes_are_read() {
    let wishes = |body: &str| {
        wishes_of(&on_candle(body), &[100.0]).into_iter().map(|it| it.1).collect::<Vec<_>>()
    };
    let exit = |share| Intent::Exit { reason: ExitReason::Signal, share };
    assert_eq!(wishes("close() close(0.5)"), [exit(Rate::ONE), exit(rate("0.5"))]);
    assert_eq!(wishes("move_stop(99.996)"), [Intent::MoveStop(price("100"))]);
    assert_eq!(wishes("cancel_entries()"), [Intent::CancelEntries]);
    let check = |body: &str, expected: &str| {
        assert_eq!(end_of(&on_candle(body)).unwrap(), format!("my.luau:4: {expected}"));
    };
    check("close(0)", "close: expected a fraction greater than 0 and at most 1, was 0");
    check("close('all')", "close: expected a fraction, was \"all\"");
    check("move_stop()", "move_stop: expected a price, was nil");
    check("move_stop(0/0)", "move_stop: expected a price greater than 0, was nan");
    check("signal()", "signal: expected one table { ... }, was nil");
    check("signal('long')", "signal: expected one table { ... }, was string");
    check("ta.sma(20)", "ta belongs to the top of the file: call it before on_candle runs");
    check(
        "param { name = 'x', default = true }",
        "param belongs to the top of the file: call it before on_candle runs",
    );
    check("strategy { }", "strategy belongs to the top of the file: call it before on_candle runs");
    check("signal { side = 'long', quantity = 1 } error('no')", "no");
}

#[test]
fn a_mistake_can_be_caught_as_a_text() {
    let body = "local fine, words = pcall(signal, { side = 'long' })\nlog(fine, words)\nlog(select(2, pcall(function() signal { } end)))";
    let log = crate::support::log_of(&on_candle(body), &[100.0]);
    assert_eq!(
        log[0],
        "false signal: expected exactly one of quantity, notional, equity, risk, was none"
    );
    assert_eq!(log[1], "my.luau:6: signal: side: expected \"long\" or \"short\", was nil");
}
