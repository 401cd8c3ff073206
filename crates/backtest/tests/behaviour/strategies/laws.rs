//! What holds for every built-in strategy: no look ahead, no trade before warm-up, no surprise at the bounds.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use backtest::{
    RunData, RunError, RunResult, RunSpec, Settlement, SleeveSpec, Trade, TruncationBadge,
    TruncationPlan, check_truncation, run,
};
use domain::{Decimal, InstrumentId, Money, Role, Timeframe, Timestamp};
use margin::Leverage;
use market::aggregate;
use proptest::prelude::*;
use strategy::{Definition, ParameterInput, ParameterKind, ParameterSpec, Parameters, Registry};

use super::{gain, spec_of};
use crate::scripts::fives;
use crate::support::{Seeded, data, minutes, rate, run_data, slipping, walk};

/// Candles of a walk with those of five minutes above them, and a settlement of funding every 20 minutes.
fn market(seed: u64, rows: usize, grain: i64) -> RunData {
    let candles = walk(seed, rows, grain);
    let fold = |part: &[[i64; 4]]| {
        let (high, low) = (part.iter().map(|it| it[1]).max(), part.iter().map(|it| it[2]).min());
        [part[0][0], high.unwrap(), low.unwrap(), part[4][3]]
    };
    let higher: Vec<[i64; 4]> = candles.chunks_exact(5).map(fold).collect();
    let mut data = data(vec![(Role::Ltf, minutes(&candles)), (Role::Htf, fives(&higher))]);
    let random = &mut Seeded(seed);
    let settlements = (1..i64::try_from(rows).unwrap() / 20).map(|number| Settlement {
        time: Timestamp::from_millis(number * 1_200_000),
        rate: rate(&Decimal::new(random.below(11) - 5, 4).to_string()),
        mark: None,
    });
    data.instruments[0].funding = settlements.collect();
    data
}

/// Only what the strategy asks for: the higher timeframe is too short for some.
fn fitting(definition: &Definition, mut data: RunData) -> RunData {
    let roles = &definition.info.required_roles;
    data.timeframes[0].retain(|(role, _)| roles.contains(role));
    let shortest = definition.info.role_constraints.iter().find(|it| it.role == Role::Htf);
    if let Some(shortest) = shortest.filter(|it| it.min > Timeframe::M5) {
        let longer = aggregate(&data.timeframes[0][0].1, shortest.min).unwrap();
        data.timeframes[0][1].1 = Arc::new(longer);
    }
    data
}

/// Strategies that some hundred minutes are enough for. `SMC` needs days, and has tests of its own.
fn quick(registry: &Registry) -> impl Iterator<Item = &Definition> {
    registry.list().filter(|definition| definition.info.id != "SMC")
}

/// Short lengths, so that walks of some hundred candles are enough for everything to happen.
fn lively(strategy: &str) -> &'static [(&'static str, &'static str)] {
    match strategy {
        "SIMPLE_TEST" => &[("signal_frequency", "1")],
        "SMA_CROSS" => &[("fast", "3"), ("slow", "8")],
        "EMA_TREND" => &[("htf_ema", "3"), ("ltf_ema", "4"), ("atr", "5")],
        "DONCHIAN_BREAKOUT" => &[("entry", "8"), ("exit", "4"), ("atr", "5")],
        "BOLLINGER_SQUEEZE" => &[("length", "6"), ("lookback", "10"), ("atr", "5")],
        "RSI_REVERSION" => &[("rsi", "3"), ("trend", "0"), ("mean", "6"), ("atr", "5")],
        "GRID" => &[("spacing", "0.003"), ("pause", "5")],
        "DCA" => &[("step", "0.003"), ("target", "0.004"), ("stop", "0.03"), ("pause", "5")],
        "FUNDING_CARRY" => &[("settlements", "3"), ("enter", "0.0001"), ("leave", "0")],
        _ => &[],
    }
}

fn go_on(_: backtest::Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

#[test]
fn every_strategy_earns_the_truncation_badge() {
    let registry = Registry::built_in();
    for definition in quick(&registry) {
        let id = &*definition.info.id;
        let spec = slipping(spec_of(id, lively(id)), "0.0001");
        for (seed, grain) in [(1, 700), (2, 2500)] {
            let data = fitting(definition, market(seed, 1500, grain));
            let plan = TruncationPlan { cuts: 12, seed };
            let report = check_truncation(&spec, &data, &registry, &plan, &mut go_on).unwrap();
            assert_eq!(report.badge(), TruncationBadge::Passed, "{id}: {report:?}");
            assert!(report.decisions() > 10, "{id} decides {} times", report.decisions());
        }
    }
}

/// The row at whose close the first signal may come, with defaults.
fn warm_up(strategy: &str) -> i64 {
    match strategy {
        "SIMPLE_TEST" => 19 + 4,
        "SMA_CROSS" => 30,
        // Two readings of the average of 50 candles of five minutes.
        "EMA_TREND" => 51 * 5 - 1,
        "DONCHIAN_BREAKOUT" => 20,
        "BOLLINGER_SQUEEZE" => 20 + 120 - 2,
        "RSI_REVERSION" => 199,
        // The close of row 0 is the centre, or begins the cycle.
        "GRID" | "DCA" => 0,
        // Nine settlements, 20 minutes apart.
        "FUNDING_CARRY" => 9 * 20 - 1,
        other => panic!("{other} needs a warm-up"),
    }
}

#[test]
fn no_strategy_trades_before_its_warm_up() {
    let registry = Registry::built_in();
    for definition in quick(&registry) {
        let id = &*definition.info.id;
        let mut first = i64::MAX;
        for seed in 0..12 {
            let result = run_data(&spec_of(id, &[]), &fitting(definition, market(seed, 700, 2500)));
            first = result
                .trades
                .iter()
                .map(|it| it.entry_time.millis() / 60_000)
                .fold(first, i64::min);
        }
        assert!(first > warm_up(id), "{id} entered at row {first}");
        assert!(first < i64::MAX, "{id} never traded");
    }
}

#[test]
fn nothing_moves_and_nothing_is_won_or_lost() {
    let registry = Registry::built_in();
    for definition in registry.list() {
        let id = &*definition.info.id;
        let (ones, higher) = (minutes(&[[10_000; 4]; 400]), fives(&[[10_000; 4]; 80]));
        let data = fitting(definition, data(vec![(Role::Ltf, ones), (Role::Htf, higher)]));
        let result = run_data(&spec_of(id, lively(id)), &data);
        assert_eq!(gain(&result), Money::ZERO, "{id}");
        assert!(result.trades.len() <= 1, "{id}: a flat market is held or left alone");
    }
}

/// A value of a parameter: a bound, a small one, the default, or any.
fn value(spec: &ParameterSpec, random: &mut Seeded) -> ParameterInput {
    let choice = random.below(6);
    match &spec.kind {
        ParameterKind::Integer { default, min, max, .. } => {
            let value = match choice {
                0 => *min,
                1 => *max,
                2 => *default,
                3 => min + random.below(max - min + 1),
                _ => (min + random.below(20)).min(*max),
            };
            ParameterInput::Number(value.into())
        }
        ParameterKind::Decimal { default, min, max, .. } => {
            let part = Decimal::new(random.below(1001), 3);
            ParameterInput::Number(match choice {
                0 => *min,
                1 => *max,
                2 => *default,
                3 => min + (max - min) * part,
                _ => min + (default - min) * part,
            })
        }
        ParameterKind::Boolean { .. } => ParameterInput::Boolean(choice % 2 == 0),
        ParameterKind::Choice { choices, .. } => {
            let count = i64::try_from(choices.len()).unwrap();
            let place = usize::try_from(random.below(count)).unwrap();
            ParameterInput::Text(choices[place].to_string())
        }
    }
}

/// Values that do not contradict each other, if a few attempts find any.
fn parameters(definition: &Definition, random: &mut Seeded) -> Option<Parameters> {
    (0..20).find_map(|_| {
        let given: BTreeMap<String, ParameterInput> = definition
            .info
            .parameters
            .iter()
            .map(|spec| (spec.name.to_string(), value(spec, random)))
            .collect();
        definition.resolve(&given).ok()
    })
}

fn random_run(definition: &Definition, seed: u64) -> Option<(RunSpec, RunData)> {
    let random = &mut Seeded(seed);
    let parameters = parameters(definition, random)?;
    let grain = [70, 700, 2500, 9000][usize::try_from(random.below(4)).unwrap()];
    let mut data = fitting(definition, market(seed, 400, grain));
    let leverage = [1, 3, 20][usize::try_from(random.below(3)).unwrap()];
    data.instruments[0].listing.leverage = Leverage::new(leverage.into()).unwrap();
    let mut spec = slipping(spec_of(&definition.info.id, &[]), "0.0005");
    spec.rules.commission = rate("0.001");
    (spec.venue.costs.maker, spec.venue.costs.taker) = (rate("0.0002"), rate("0.001"));
    let instrument = InstrumentId::new(0);
    spec.sleeves =
        vec![SleeveSpec { strategy: definition.info.id.to_string(), parameters, instrument }];
    Some((spec, data))
}

fn try_run(spec: &RunSpec, data: &RunData) -> Result<RunResult, RunError> {
    run(spec, data, &Registry::built_in(), &mut go_on)
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(60)
    })]

    #[test]
    fn any_parameters_run_to_the_end_and_the_books_agree(seed in any::<u64>()) {
        for definition in Registry::built_in().list() {
            let Some((spec, data)) = random_run(definition, seed) else { continue };
            let result = try_run(&spec, &data);
            prop_assert!(result.is_ok(), "{}: {:?} with {:?}", definition.info.id, result, spec.sleeves);
            let result = result.unwrap();
            let sum: Money = result.trades.iter().map(Trade::net).sum();
            prop_assert_eq!(sum, gain(&result), "{}", &definition.info.id);
            prop_assert!(result.equity.iter().all(|equity| equity.is_finite()));
            let readings = result.trades.iter().flat_map(|it| &it.metadata.readings);
            prop_assert!(readings.clone().all(|(_, value)| value.is_finite()));
            prop_assert!(result.trades.iter().all(|it| it.stop_loss.is_some() || definition.info.id == "SMA_CROSS"));
            prop_assert_eq!(Ok(result), try_run(&spec, &data), "equal runs of {}", &definition.info.id);
        }
    }
}

/// What a trade held at most.
fn held_at_most(result: &RunResult, trade: &Trade) -> Decimal {
    let (mut held, mut most) = (Decimal::ZERO, Decimal::ZERO);
    for record in result.fills.iter().filter(|it| it.trade == trade.index) {
        let quantity = record.fill.quantity.decimal();
        held += if record.fill.side == trade.direction.entry_side() { quantity } else { -quantity };
        most = most.max(held);
    }
    most
}

/// With orders filled at their prices and the stop at its own a trade loses the risk at most. The walk jumps by up to
/// 0.14 % of the price, which makes that a fifth more.
#[test]
fn no_inventory_is_larger_or_loses_more_than_was_said() {
    let registry = Registry::built_in();
    for id in ["GRID", "DCA"] {
        let definition = registry.find(id).unwrap();
        let mut stops = 0;
        for seed in 0..20 {
            let data = fitting(definition, market(seed, 1500, 700));
            let result = run_data(&spec_of(id, lively(id)), &data);
            for trade in &result.trades {
                let equity = trade.sizing.equity;
                let bound = equity * rate("0.036");
                assert!(trade.net() > -bound, "{id} {seed}: {} of {equity}", trade.net());
                let notional = held_at_most(&result, trade) * trade.entry_price.decimal();
                assert!(notional <= equity.decimal(), "{id} {seed}: {notional} of {equity}");
                stops += usize::from(trade.exit_reason == domain::ExitReason::StopLoss);
            }
        }
        assert!(stops > 20, "{id} was stopped {stops} times");
    }
}

#[test]
fn funding_is_what_a_carry_trade_looks_at() {
    let registry = Registry::built_in();
    let definition = registry.find("FUNDING_CARRY").unwrap();
    let mut data = fitting(definition, market(5, 1500, 700));
    assert!(!run_data(&spec_of("FUNDING_CARRY", lively("FUNDING_CARRY")), &data).trades.is_empty());
    data.instruments[0].funding = Arc::new([]);
    assert!(run_data(&spec_of("FUNDING_CARRY", lively("FUNDING_CARRY")), &data).trades.is_empty());
}
