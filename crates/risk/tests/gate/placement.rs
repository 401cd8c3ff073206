//! Kinds of entry orders and prices on their ticks.

use domain::{
    Direction, Entry, EntryOrder, ExitPlan, OrderKind, PriceKind, Signal, Target, TimeInForce,
    Trailing,
};
use risk::{PlanFault, Refusal};

use crate::support::{Setup, coarse, fixed, price, rate, signal};

const GTC: TimeInForce = TimeInForce::GoodTilCancelled;

fn at(direction: Direction, entry: &str) -> Signal {
    let plain = signal(direction);
    Signal::new(direction, price(entry), plain.confidence(), plain.metadata().clone())
}

/// Kind of the order of an entry at 100.3 on a tick of 0.5.
fn check(direction: Direction, order: EntryOrder, expected: OrderKind) {
    let setup = Setup { filters: coarse(), ..Setup::default() };
    let entry = Entry { order, ..Entry::at_market(at(direction, "100.3"), fixed("1")) };
    let ticket = setup.review(entry).unwrap();
    assert_eq!(ticket.kind, expected);
    assert_eq!(ticket.side, direction.entry_side());
}

#[test]
fn limits_are_never_worse_than_asked_for() {
    let order = EntryOrder::Limit { time_in_force: TimeInForce::PostOnly };
    let limit =
        |text| OrderKind::Limit { price: price(text), time_in_force: TimeInForce::PostOnly };
    check(Direction::Long, order, limit("100"));
    check(Direction::Short, order, limit("100.5"));
    check(Direction::Long, EntryOrder::Market, OrderKind::Market);
}

#[test]
fn triggers_never_fire_before_the_break() {
    let order = EntryOrder::Stop { until: None };
    check(Direction::Long, order, OrderKind::stop(price("100.5")));
    check(Direction::Short, order, OrderKind::stop(price("100")));
    let stop_limit = |trigger, limit| OrderKind::StopLimit {
        trigger: price(trigger),
        price: price(limit),
        watches: PriceKind::Last,
        time_in_force: GTC,
    };
    let order = |trigger| EntryOrder::StopLimit { trigger: price(trigger), until: None };
    check(Direction::Long, order("99.7"), stop_limit("100", "100"));
    check(Direction::Short, order("100.7"), stop_limit("100.5", "100.5"));
}

#[test]
fn stops_move_toward_safety_and_targets_are_never_worse() {
    let setup = Setup { filters: coarse(), ..Setup::default() };
    let check = |direction, [stop, target]: [&str; 2], [stop_moved, target_moved]: [&str; 2]| {
        let signal = at(direction, "100").with_stop_loss(price(stop)).unwrap();
        let signal = signal.with_take_profit(price(target)).unwrap();
        let mut plan = ExitPlan::NONE;
        plan.targets[0] = Some(Target { price: price(target), share: rate("1") });
        plan.trailing = Some(Trailing { activation: Some(price(target)), callback: rate("0.01") });
        let entry = Entry { plan, ..Entry::at_market(signal, fixed("1")) };
        let moved = setup.review(entry).unwrap().entry;
        assert_eq!(moved.signal.stop_loss(), Some(price(stop_moved)));
        assert_eq!(moved.signal.take_profit(), Some(price(target_moved)));
        assert_eq!(moved.plan.targets[0].unwrap().price, price(target_moved));
        assert_eq!(moved.plan.trailing.unwrap().activation, Some(price(target_moved)));
        assert_eq!(moved.signal.entry(), price("100"), "the signal's entry is the strategy's own");
    };
    check(Direction::Long, ["97.6", "104.1"], ["98", "104.5"]);
    check(Direction::Short, ["102.4", "95.9"], ["102", "95.5"]);
    check(Direction::Long, ["97.5", "104.5"], ["97.5", "104.5"]);
}

#[test]
fn a_stop_that_its_tick_moves_to_the_entry_is_refused() {
    let setup = Setup { filters: coarse(), ..Setup::default() };
    let fault =
        |at, was| Err(Refusal::BadPlan(PlanFault::StopSide { price: price(at), was: price(was) }));
    let of = |entry, stop, order| {
        let signal = at(Direction::Long, entry).with_stop_loss(price(stop)).unwrap();
        setup.review(Entry { order, ..Entry::at_market(signal, fixed("1")) })
    };
    assert_eq!(of("100", "99.9", EntryOrder::Market), fault("100", "100"));
    let limit = EntryOrder::Limit { time_in_force: GTC };
    assert_eq!(of("100.3", "99.9", limit), fault("100", "100"));
    assert!(of("100.3", "99.5", limit).is_ok());
}

#[test]
fn prices_below_one_tick_are_refused() {
    let setup = Setup { filters: coarse(), ..Setup::default() };
    let order = EntryOrder::Limit { time_in_force: GTC };
    let entry = Entry { order, ..Entry::at_market(at(Direction::Long, "0.3"), fixed("1")) };
    assert_eq!(setup.review(entry).unwrap_err().code(), "FILTER");
}
