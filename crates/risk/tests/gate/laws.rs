//! What holds for all entries, exits, rules and histories of equity.

use domain::{
    Decimal, Direction, Entry, EntryOrder, ExitReason, InstrumentRules, LotRules, OrderKind,
    Quantity, Side, Signal, Sizing, SleeveId, TimeInForce, Timestamp,
};
use margin::MarginMode;
use proptest::prelude::*;
use proptest::sample::select;
use risk::{
    EntryTicket, ExitAmount, ExitTicket, Exposure, ExposureState, Lock, Quote, Refusal, RiskRules,
    SizeCap,
};

use crate::support::{Setup, decimal, held, money, position, price, rate, signal};

fn small(units: i64, scale: u32) -> Decimal {
    Decimal::new(units, scale)
}

fn optional<T: Clone + std::fmt::Debug + 'static>(
    values: Vec<T>,
) -> impl Strategy<Value = Option<T>> {
    proptest::option::of(select(values))
}

fn some_rates(texts: &[&str]) -> Vec<domain::Rate> {
    texts.iter().map(|text| rate(text)).collect()
}

prop_compose! {
    fn rules()(
        (commission, slippage) in (0i64..10, 0i64..10),
        positions_max in optional(vec![1, 2, 3]),
        entries_max in 1u32..3,
        instrument in optional(some_rates(&["0.3", "1", "2.5"])),
        account in optional(some_rates(&["0.5", "1.2", "4"])),
        order in optional(vec![money("300"), money("2000")]),
        distance in optional(some_rates(&["0.01", "0.1"])),
        ratio in optional(vec![decimal("1"), decimal("2")]),
        buffer in optional(some_rates(&["0", "0.02"])),
        risk in optional(some_rates(&["0.003", "0.01"])),
    ) -> RiskRules {
        RiskRules {
            commission: domain::Rate::new(small(commission, 4)).unwrap(),
            slippage: domain::Rate::new(small(slippage, 4)).unwrap(),
            positions_max,
            entries_max: Some(entries_max),
            exposure_instrument_max: instrument,
            exposure_account_max: account,
            order_notional_max: order,
            price_distance_max: distance,
            reward_to_risk_min: ratio,
            liquidation_buffer: buffer,
            risk_per_trade: risk,
            ..RiskRules::default()
        }
    }
}

prop_compose! {
    fn filters()(
        tick in select(vec![None, Some("0.01"), Some("0.5"), Some("0.3")]),
        step in select(vec!["0.001", "0.1", "0.03", "1"]),
        lots in 1i64..3,
        largest in 2i64..100,
        notional_min in 0i64..50,
    ) -> InstrumentRules {
        let step = decimal(step);
        let quantity = |value| Quantity::new(value).unwrap();
        InstrumentRules {
            tick: tick.map(price),
            lot: LotRules {
                min: quantity(step * Decimal::from(lots)),
                max: quantity(step * Decimal::from(largest * 10)),
                step: quantity(step),
            },
            notional_min: domain::Money::new(Decimal::from(notional_min)),
            ..InstrumentRules::unknown()
        }
    }
}

prop_compose! {
    fn exposure()(
        sleeve in 0u16..4,
        number in 0u16..2,
        direction in select(vec![Direction::Long, Direction::Long, Direction::Short]),
        notional in 1i64..1500,
        state in select(vec![ExposureState::Open, ExposureState::Waiting, ExposureState::Closing]),
    ) -> Exposure {
        let exposure = held(sleeve, position(number), "1");
        Exposure { direction, state, notional: domain::Money::new(small(notional, 0)), ..exposure }
    }
}

prop_compose! {
    fn setup()(
        rules in rules(),
        filters in filters(),
        leverage in select(vec![1i64, 3, 10, 125]),
        mode in select(vec![MarginMode::Cross, MarginMode::Isolated]),
        (equity, bound) in (1i64..10_000_000, 0i64..100),
        mark in 9_000i64..11_000,
        exposures in proptest::collection::vec(exposure(), 0..3),
    ) -> Setup {
        let equity = small(equity, 3);
        let available = equity * small(100 - bound, 2);
        Setup {
            filters,
            leverage: Decimal::from(leverage),
            mode,
            equity: domain::Money::new(equity),
            available: domain::Money::new(available),
            quote: Quote { mark: domain::Price::new(small(mark, 2)).unwrap(), age_ms: 0 },
            exposures,
            ..Setup::with(rules)
        }
    }
}

fn sizing() -> impl Strategy<Value = Sizing> {
    let fraction = || (1i64..2000).prop_map(|units| domain::Rate::new(small(units, 5)).unwrap());
    prop_oneof![
        (1i64..100_000).prop_map(|units| Sizing::Fixed(Quantity::new(small(units, 3)).unwrap())),
        (1i64..10_000).prop_map(|units| Sizing::Notional(domain::Money::new(small(units, 0)))),
        (1i64..300).prop_map(|units| Sizing::Equity(domain::Rate::new(small(units, 2)).unwrap())),
        fraction().prop_map(Sizing::RiskOfEquity),
        (fraction(), 1i64..900).prop_map(|(risk, units)| Sizing::Volatility {
            risk,
            volatility: domain::Price::new(small(units, 2)).unwrap()
        }),
    ]
}

/// A signal at 100 with its stop and target so many hundredths away.
fn with_levels(direction: Direction, stop: i64, target: i64) -> Signal {
    let away = |units: i64| domain::Price::new(small(10_000 + units, 2)).unwrap();
    let (stop, target) = match direction {
        Direction::Long => (away(-stop), away(target)),
        Direction::Short => (away(stop), away(-target)),
    };
    signal(direction).with_stop_loss(stop).unwrap().with_take_profit(target).unwrap()
}

prop_compose! {
    fn entry()(
        direction in select(vec![Direction::Long, Direction::Long, Direction::Short]),
        stop in 51i64..900,
        target in 51i64..2000,
        order in select(vec![
            EntryOrder::Market,
            EntryOrder::Limit { time_in_force: TimeInForce::GoodTilCancelled },
            EntryOrder::Stop { until: None },
        ]),
        sizing in sizing(),
    ) -> Entry {
        let signal = with_levels(direction, stop, target);
        Entry { order, ..Entry::at_market(signal, sizing) }
    }
}

fn counted(setup: &Setup) -> impl Iterator<Item = &Exposure> {
    setup.exposures.iter().filter(|exposure| exposure.state != ExposureState::Closing)
}

fn total<'a>(exposures: impl Iterator<Item = &'a Exposure>) -> Decimal {
    exposures.map(|exposure| exposure.notional.decimal()).sum()
}

/// Every limit of an approved entry, by arithmetic of its own.
fn check_limits(setup: &Setup, ticket: &EntryTicket) {
    let (rules, filters) = (&setup.rules, &setup.filters);
    let quantity = ticket.quantity.decimal();
    let asked = match ticket.kind {
        OrderKind::Limit { price, .. } => price.decimal(),
        OrderKind::StopMarket { trigger, .. } => trigger.decimal(),
        OrderKind::Market => ticket.entry.signal.entry().decimal(),
        OrderKind::StopLimit { .. }
        | OrderKind::TakeProfitMarket { .. }
        | OrderKind::TakeProfitLimit { .. }
        | OrderKind::TrailingStop { .. } => unreachable!("no such entry was proposed"),
    };
    let lot = &filters.lot;
    assert_eq!(quantity % lot.step.decimal(), Decimal::ZERO, "on its step");
    assert!(ticket.quantity >= lot.min && ticket.quantity <= lot.max);
    let equity = setup.equity.decimal();
    for at in [asked, setup.quote.mark.decimal()] {
        let notional = at * quantity;
        assert!(rules.order_notional_max.is_none_or(|max| notional <= max.decimal()));
        let on_it = total(counted(setup).filter(|it| it.position == position(0))) + notional;
        assert!(rules.exposure_instrument_max.is_none_or(|max| on_it <= equity * max.decimal()));
        let all = total(counted(setup)) + notional;
        assert!(rules.exposure_account_max.is_none_or(|max| all <= equity * max.decimal()));
        let bracket = if setup.leverage == Decimal::from(125) { 50_000 } else { 10_000_000 };
        assert!(on_it <= Decimal::from(bracket));
        let needed = notional / setup.leverage + notional * rules.commission.decimal();
        assert!(needed <= setup.available.decimal() + decimal("0.00000000000000000001"));
    }
    let mut sleeves: Vec<SleeveId> = counted(setup).map(|exposure| exposure.sleeve).collect();
    sleeves.push(ticket.sleeve);
    sleeves.sort_unstable();
    sleeves.dedup();
    assert!(rules.positions_max.is_none_or(|max| sleeves.len() <= max as usize));
    let own = counted(setup).filter(|exposure| exposure.sleeve == ticket.sleeve).count();
    assert!(own < rules.entries_max.unwrap_or(1) as usize);
}

/// What the quantity was to lose at most, by the rule of its sizing.
fn check_size(setup: &Setup, ticket: &EntryTicket) {
    let (quantity, sizing) = (ticket.quantity.decimal(), &ticket.sizing);
    let equity = setup.equity.decimal();
    assert!(ticket.quantity <= sizing.wished, "never more than wished for");
    match sizing.rule {
        Sizing::Fixed(asked) => {
            assert!(ticket.quantity <= asked);
            assert!(ticket.quantity + setup.filters.lot.step > asked, "never shrunk");
        }
        Sizing::Notional(asked) => {
            assert!(quantity * sizing.price.decimal() <= asked.decimal());
        }
        Sizing::Equity(rate) => {
            assert!(quantity * sizing.price.decimal() <= equity * rate.decimal());
        }
        Sizing::RiskOfEquity(rate) => {
            let stop = ticket.entry.signal.stop_loss().unwrap();
            let loss = quantity * sizing.price.minus(stop).abs();
            assert!(loss <= equity * rate.decimal(), "{loss} at the stop");
            assert!(setup.rules.risk_per_trade.is_none_or(|asked| rate == asked));
        }
        Sizing::Volatility { risk, volatility } => {
            assert!(quantity * volatility.decimal() <= equity * risk.decimal());
        }
    }
}

/// The rules with one of them made stricter.
fn tightened(rules: RiskRules, which: usize) -> RiskRules {
    let half = |value: domain::Rate| {
        domain::Rate::new(value.decimal() / Decimal::TWO).expect("half a rate is a rate")
    };
    let strict = rate("0.2");
    let mut rules = rules;
    match which {
        0 => rules.commission = rate("0.002"),
        1 => rules.slippage = rate("0.003"),
        2 => rules.positions_max = Some(rules.positions_max.map_or(2, |max| max - 1)),
        3 => rules.entries_max = rules.entries_max.map(|most| most - 1),
        4 => {
            rules.exposure_instrument_max = Some(rules.exposure_instrument_max.map_or(strict, half))
        }
        5 => rules.exposure_account_max = Some(rules.exposure_account_max.map_or(strict, half)),
        6 => rules.order_notional_max = Some(money("200")),
        7 => rules.price_distance_max = Some(rules.price_distance_max.map_or(strict, half)),
        8 => rules.reward_to_risk_min = Some(decimal("3")),
        9 => rules.liquidation_buffer = Some(rate("0.05")),
        _ => rules.risk_per_trade = rules.risk_per_trade.map(half),
    }
    rules
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn approved_entries_exceed_no_limit_and_no_wish(setup in setup(), entry in entry()) {
        if let Ok(ticket) = setup.review(entry) {
            check_limits(&setup, &ticket);
            check_size(&setup, &ticket);
        }
    }

    #[test]
    fn stricter_rules_never_approve_more(
        setup in setup(),
        entry in entry(),
        which in 0usize..11,
    ) {
        let strict = Setup { rules: tightened(setup.rules, which), ..setup.clone() };
        match (setup.review(entry.clone()), strict.review(entry)) {
            (Ok(loose), Ok(strict)) => prop_assert!(strict.quantity <= loose.quantity),
            (Err(refusal), Ok(strict)) => {
                // A size that was too large may pass once a stricter rule has made it smaller.
                prop_assert!(strict.quantity < strict.sizing.wished || which == 10);
                prop_assert!(strict.sizing.cap != SizeCap::None || which == 10);
                prop_assert!(matches!(
                    refusal,
                    Refusal::OrderNotional { .. } | Refusal::StopBeyondLiquidation { .. }
                ), "{refusal}");
            }
            (_, Err(_)) => {}
        }
    }

    #[test]
    fn exits_exceed_nothing_that_is_held(held in 1i64..1_000_000, asked in 1i64..1_000_000) {
        let quantity = |units| Quantity::new(small(units, 3)).unwrap();
        let exit = ExitTicket {
            sleeve: SleeveId::new(0),
            position: position(0),
            side: Side::Sell,
            kind: OrderKind::Market,
            amount: ExitAmount::Reduce(quantity(asked)),
            reason: ExitReason::Signal,
        };
        let review = Setup::default().gate().review_exit(exit, quantity(held));
        prop_assert_eq!(review.is_ok(), asked <= held);
    }

    #[test]
    fn daily_locks_follow_the_definition(
        steps in proptest::collection::vec((-40i64..200, 850i64..1150), 1..40)
    ) {
        const HOUR: i64 = 3_600_000;
        let rules = RiskRules { loss_daily_max: Some(rate("0.1")), ..RiskRules::default() };
        let mut gate = Setup::with(rules).gate();
        let (mut clock, mut day, mut start, mut last) = (0i64, i64::MIN, 0i64, None);
        let mut is_locked = false;
        for (tenths, equity) in steps {
            clock += tenths * HOUR / 10;
            if clock.div_euclid(24 * HOUR) > day {
                day = clock.div_euclid(24 * HOUR);
                let is_midnight = clock == day * 24 * HOUR;
                start = if is_midnight { equity } else { last.unwrap_or(equity) };
                is_locked = false;
            }
            last = Some(equity);
            let is_new = !is_locked && (start - equity) * 10 >= start;
            is_locked |= is_new;
            let now = Timestamp::from_millis(clock);
            let breach = gate.note_equity(now, domain::Money::new(small(equity, 0)));
            prop_assert_eq!(breach.is_some(), is_new);
            prop_assert_eq!(gate.state().lock_on(crate::support::instrument(0), now).is_some(), is_locked);
            prop_assert!(breach.is_none_or(|breach| breach.lock.lock == Lock::LossDaily));
        }
    }
}

#[test]
fn the_laws_meet_approvals_and_refusals_of_each_kind() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen = std::collections::BTreeMap::new();
    for _ in 0..4000 {
        let setup = setup().new_tree(&mut runner).unwrap().current();
        let entry = entry().new_tree(&mut runner).unwrap().current();
        let answer = match setup.review(entry) {
            Ok(ticket) => ticket.sizing.cap.name(),
            Err(refusal) => refusal.code(),
        };
        *seen.entry(answer).or_insert(0u32) += 1;
    }
    for answer in [
        "none",
        "margin",
        "lot_max",
        "instrument_exposure",
        "account_exposure",
        "ORDER_NOTIONAL",
        "INSUFFICIENT_MARGIN",
        "EXPOSURE_INSTRUMENT",
        "EXPOSURE_ACCOUNT",
        "POSITIONS_MAX",
        "FILTER",
        "POSITION_OPEN",
        "OPPOSITE_POSITION",
        "REWARD_TO_RISK",
        "PRICE_DISTANCE",
        "STOP_BEYOND_LIQUIDATION",
        "QUANTITY_TOO_SMALL",
    ] {
        assert!(seen.get(answer).is_some_and(|count| *count >= 10), "{answer} in {seen:?}");
    }
}
