//! Laws and named cases of whole runs.

use std::ops::ControlFlow;

use backtest::{RunError, run};
use domain::{Decimal, Direction, ExitReason, Money, Role, Timeframe, Timestamp};
use margin::Leverage;
use market::aggregate;
use simulator::IntrabarPolicy;
use strategy::Registry;

use crate::support::{
    data, decimal, minutes, run_data, run_on, scaled_minutes, slipping, spec, try_run, walk,
};

#[test]
fn simple_test_trades_with_resting_stops_and_targets() {
    let spec = slipping(spec("SIMPLE_TEST", &[], "10000", "0.001"), "0.0001");
    let result = run_on(&spec, minutes(&walk(3, 5000, 900)));
    assert!(result.trades.len() > 20, "{} trades", result.trades.len());
    let reasons = |reason| result.trades.iter().filter(|trade| trade.exit_reason == reason).count();
    assert!(reasons(ExitReason::StopLoss) > 0 && reasons(ExitReason::TakeProfit) > 0);
    for trade in &result.trades {
        let (stop, target) = (trade.stop_loss.unwrap(), trade.take_profit.unwrap());
        match trade.exit_reason {
            ExitReason::TakeProfit => assert_eq!(trade.exit_price, target),
            ExitReason::StopLoss => match trade.direction {
                Direction::Long => assert!(trade.exit_price < stop),
                Direction::Short => assert!(trade.exit_price > stop),
            },
            ExitReason::BreakEven
            | ExitReason::TrailingStop
            | ExitReason::Signal
            | ExitReason::Liquidation
            | ExitReason::RiskLock
            | ExitReason::Manual
            | ExitReason::StrategyEnd => {}
        }
        assert!(trade.entry_price * trade.quantity <= Money::new(decimal("30000")));
    }
    let sum: Money = result.trades.iter().map(backtest::Trade::net).sum();
    assert_eq!(result.initial_balance + sum, result.final_balance);
}

#[test]
fn simple_test_enters_only_after_every_fifth_counted_candle() {
    let result = run_on(&spec("SIMPLE_TEST", &[], "10000", "0"), minutes(&walk(5, 4000, 700)));
    assert!(!result.trades.is_empty());
    for trade in &result.trades {
        let signal_candle = trade.entry_time.millis() / 60_000; // counted from 1: the one before the entry
        assert!(signal_candle >= 24 && (signal_candle - 24) % 5 == 0, "candle {signal_candle}");
    }
}

#[test]
fn equal_requests_give_equal_results() {
    let spec = spec("SIMPLE_TEST", &[], "10000", "0.001");
    let one = run_on(&spec, minutes(&walk(9, 3000, 500)));
    assert_eq!(one, run_on(&spec, minutes(&walk(9, 3000, 500))));
}

#[test]
fn what_came_later_changes_nothing_before() {
    let spec = spec("SIMPLE_TEST", &[], "10000", "0.001");
    let candles = walk(11, 3000, 500);
    let mut other = candles.clone();
    other.truncate(2000);
    other.extend(walk(12, 1000, 500));
    let cut = 2000 * 60_000;
    let known = |result: backtest::RunResult| -> Vec<backtest::Trade> {
        result.trades.into_iter().filter(|trade| trade.exit_time.millis() < cut).collect()
    };
    let before = known(run_on(&spec, minutes(&candles)));
    assert!(before.len() > 5);
    assert_eq!(before, known(run_on(&spec, minutes(&other))));
}

#[test]
fn prices_times_ten_give_profit_times_ten() {
    let candles = walk(2, 3000, 500);
    let tenfold: Vec<[i64; 4]> =
        candles.iter().map(|candle| candle.map(|cents| cents * 10)).collect();
    let gain = |candles: &[[i64; 4]]| {
        let result = run_on(
            &spec("SMA_CROSS", &[("quantity", "0.1")], "10000000", "0.0004"),
            minutes(candles),
        );
        (result.final_balance - result.initial_balance).decimal()
    };
    assert_eq!(gain(&candles) * Decimal::TEN, gain(&tenfold));
}

#[test]
fn pessimistic_is_never_better_than_optimistic() {
    for seed in 0..20 {
        let candles = walk(seed, 2000, 2500);
        let mut spec = spec("SIMPLE_TEST", &[], "10000", "0.001");
        let pessimistic = run_on(&spec, minutes(&candles));
        spec.venue.intrabar = IntrabarPolicy::Optimistic;
        let optimistic = run_on(&spec, minutes(&candles));
        assert!(pessimistic.final_balance <= optimistic.final_balance, "seed {seed}");
    }
}

#[test]
fn higher_timeframes_run_beside_the_driving_one() {
    let base = minutes(&walk(4, 3000, 500));
    let higher = aggregate(&base, Timeframe::M15).unwrap();
    let spec = spec("SMA_CROSS", &[], "100000", "0.001");
    let alone = run_on(&spec, base.clone());
    let both = try_run(&spec, vec![(Role::Htf, higher), (Role::Ltf, base)]).unwrap();
    assert_eq!(alone.trades, both.trades);
}

#[test]
fn unaffordable_entries_are_counted_not_traded() {
    let result = run_on(
        &spec("SMA_CROSS", &[("quantity", "1")], "100", "0.001"),
        minutes(&walk(1, 500, 500)),
    );
    assert!(result.trades.is_empty());
    assert_eq!(result.skipped[0].code, "INSUFFICIENT_MARGIN");
    assert!(result.skipped[0].count > 3);
    assert_eq!(result.final_balance, result.initial_balance);
    assert_eq!(result.metrics.win_rate, None);
}

#[test]
fn a_run_can_be_cancelled() {
    let data = data(vec![(Role::Ltf, minutes(&walk(1, 20_000, 5)))]);
    let mut asked = 0;
    let result = run(
        &spec("SMA_CROSS", &[], "1000", "0"),
        &data,
        &Registry::built_in(),
        &mut |progress: backtest::Progress| {
            asked += 1;
            if progress.done > 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        },
    );
    assert_eq!(result.unwrap_err(), RunError::Cancelled);
    assert_eq!(asked, 2);
}

#[test]
fn roles_and_emptiness_are_checked() {
    let base = minutes(&walk(1, 300, 5));
    let error = |timeframes| {
        try_run(&spec("SIMPLE_TEST", &[], "1000", "0"), timeframes).unwrap_err().to_string()
    };
    assert!(error(vec![]).contains("needs a timeframe with the role LTF"));
    assert!(error(vec![(Role::Htf, base.clone())]).contains("needs a timeframe with the role LTF"));
    let hours = aggregate(&base, Timeframe::H2).unwrap();
    assert!(error(vec![(Role::Ltf, hours)]).contains("accepts 1m to 1h as LTF, was 2h"));
    assert!(error(vec![(Role::Ltf, minutes(&[]))]).contains("there are no 1m candles"));
}

#[test]
fn a_short_that_loses_everything_ends_the_run() {
    let falling = (0..60).map(|row| [100_000 - row * 10; 4]);
    let mut candles: Vec<[i64; 4]> = (0..20).map(|_| [100_000; 4]).chain(falling).collect();
    // One jump from about 994 to 3000 while short 9 units with 10000 of equity.
    candles.extend([[300_000; 4]; 5]);
    let parameters = [("fast", "5"), ("slow", "10"), ("quantity", "9")];
    let result = run_on(&spec("SMA_CROSS", &parameters, "10000", "0"), minutes(&candles));
    let jump = Timestamp::from_millis(80 * 60_000);
    let trade = result.trades.last().unwrap();
    assert_eq!((trade.exit_reason, trade.exit_time), (ExitReason::Liquidation, jump));
    assert_eq!(trade.net(), Money::new(decimal("-10000")), "no more than the margin is lost");
    assert_eq!(result.final_balance, Money::ZERO);
    assert_eq!(result.depleted(), Some(jump));
    assert_eq!(result.warnings[0].code, "ACCOUNT_DEPLETED");
    assert_eq!(result.equity.len(), 85, "equity goes on to the end of the range");
}

#[test]
fn books_agree_for_every_scale_of_prices_and_odd_costs() {
    for decimals in 0..=12 {
        for (seed, commission, slippage) in
            [(1, "0.000375", "0.000125"), (2, "0.00031234", "0.00012345"), (3, "0.001", "0.0001")]
        {
            let spec = spec("SIMPLE_TEST", &[], "1000000.12345678", commission);
            let spec = slipping(spec, slippage);
            let candles = scaled_minutes(&walk(seed, 3000, 2000), decimals);
            let result = run_on(&spec, candles);
            assert!(!result.trades.is_empty(), "{decimals} decimals");
            let sum: Money = result.trades.iter().map(backtest::Trade::net).sum();
            assert_eq!(spec.initial_balance + sum, result.final_balance);
        }
    }
}

#[test]
fn more_decimals_in_later_candles_change_nothing_before() {
    let candles = walk(21, 2000, 500);
    let spec = spec("SIMPLE_TEST", &[], "10000", "0.001");
    let coarse = run_on(&spec, scaled_minutes(&candles, 2));
    let finer: Vec<[i64; 4]> =
        candles.iter().map(|candle| candle.map(|units| units * 10_000)).collect();
    assert_eq!(coarse.trades, run_on(&spec, scaled_minutes(&finer, 6)).trades);
}

#[test]
fn a_longer_ltf_is_decided_on_its_own_closes_only() {
    let base = minutes(&walk(6, 6000, 500));
    let quarter = aggregate(&base, Timeframe::M15).unwrap();
    let spec = spec("SMA_CROSS", &[], "100000", "0.001");
    let alone = run_on(&spec, quarter.clone());
    let error =
        try_run(&spec, vec![(Role::Htf, base.clone()), (Role::Ltf, quarter.clone())]).unwrap_err();
    assert_eq!(error, RunError::RolesReversed);
    // Without the role of a higher timeframe the shorter one only carries fills.
    let both = try_run(&spec, vec![(Role::Ltf, quarter), (Role::Ltf, base)]).unwrap();
    assert_ne!(alone.trades, both.trades, "the shortest timeframe of a role is the one decided on");
}

#[test]
fn a_run_without_signals_says_so() {
    let result =
        run_on(&spec("SMA_CROSS", &[("slow", "1000")], "10000", "0"), minutes(&walk(1, 200, 5)));
    assert_eq!(result.warnings[0].code, "NO_SIGNALS");
}

#[test]
fn leverage_carries_more() {
    let spec = spec("SMA_CROSS", &[("quantity", "5")], "10000", "0.0004");
    let mut data = data(vec![(Role::Ltf, minutes(&walk(8, 2000, 5)))]);
    let refused = run_data(&spec, &data);
    assert!(refused.trades.is_empty());
    let [only] = refused.warnings.as_slice() else { panic!("{:?}", refused.warnings) };
    assert_eq!(only.code, "NO_TRADES");
    let [reason] = refused.skipped.as_slice() else { panic!("{:?}", refused.skipped) };
    let expected = format!(
        "none of {} entries was made, all for the same reason: {}",
        reason.count, reason.message
    );
    assert_eq!(only.message, expected);
    data.instruments[0].listing.leverage = Leverage::new(Decimal::TEN).unwrap();
    assert!(run_data(&spec, &data).trades.len() > 10);
}
