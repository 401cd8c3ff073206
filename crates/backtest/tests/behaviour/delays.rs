//! Latency in whole runs: orders and reports take their time, the same one for the same seed.

use domain::{ExitReason, Timeframe, Timestamp};
use simulator::Latency;

use crate::scripts::{Script, Stage, check, exit, line, long, short, stage, stage_on, whole};
use crate::support::{minutes, rate, run_on, series, spec, walk};

const FLAT: [i64; 4] = [100, 101, 99, 100];

fn delayed(candles: &[[i64; 4]], script: Script, orders_ms: i64, reports_ms: i64) -> Stage {
    stage(&whole(candles), script)
        .with(|it| it.venue.latency = Latency { orders_ms, reports_ms, jitter_ms: 0 })
}

#[test]
fn an_entry_fills_on_the_line_from_open_to_close_at_its_arrival() {
    let candles = [FLAT, [100, 109, 99, 108], [108, 109, 107, 108], [108, 109, 107, 108]];
    let given = delayed(&candles, vec![long("100").at(0), exit(1)], 15_000, 0);
    check(&given, &["long 1: 102 at 1+15000ms to 108 at 2+15000ms, Signal, 6"]);
}

#[test]
fn a_stop_is_placed_when_the_fill_is_known() {
    // The fill is reported after two minutes: the plunge of minute 2 finds no stop.
    let candles = [FLAT, FLAT, [100, 101, 90, 100], FLAT, [100, 101, 94, 95], [95, 96, 94, 95]];
    let stop = || vec![long("100").stop("95").at(0)];
    check(&delayed(&candles, stop(), 1, 10), &["long 1: 100 at 1+1ms to 95 at 2, Stop Loss, -5"]);
    check(
        &delayed(&candles, stop(), 1, 120_000),
        &["long 1: 100 at 1+1ms to 95 at 4, Stop Loss, -5"],
    );
}

#[test]
fn a_stop_that_arrives_behind_the_price_is_a_market_exit() {
    // When the report arrives, the price has long been below the stop.
    let candles =
        [FLAT, FLAT, [90, 91, 89, 90], [90, 91, 89, 90], [90, 91, 89, 90], [90, 91, 89, 90]];
    let result = delayed(&candles, vec![long("100").stop("95").at(0)], 1, 70_000).run();
    let trade = &result.trades[0];
    assert_eq!(
        (trade.exit_reason, trade.exit_price.to_string()),
        (ExitReason::StopLoss, "90".to_owned())
    );
    assert!(trade.exit_time < Timestamp::from_millis(6 * 60_000), "not left to the end");
}

#[test]
fn what_travels_at_the_end_arrives_before_everything_is_closed() {
    let candles = [FLAT, FLAT, FLAT];
    for (orders, reports) in [(1, 500_000), (200_000, 1), (70_000, 70_000)] {
        let result = delayed(&candles, vec![long("100").stop("95").at(0)], orders, reports).run();
        assert!(result.trades.len() <= 1, "{orders} {reports}");
        assert_eq!(result.final_balance, result.initial_balance);
    }
}

#[test]
fn equal_seeds_give_equal_runs_and_others_do_not() {
    let run = |seed| {
        let mut spec = spec("SIMPLE_TEST", &[], "10000", "0.001");
        spec.venue.latency = Latency { orders_ms: 100, reports_ms: 50, jitter_ms: 40_000 };
        spec.venue.seed = seed;
        run_on(&spec, minutes(&walk(17, 3000, 700)))
    };
    let one = run(1);
    assert!(one.trades.len() > 20, "{} trades", one.trades.len());
    assert_eq!(one, run(1));
    assert_ne!(one.trades, run(2).trades);
}

#[test]
fn books_agree_under_every_delay() {
    for seed in 0..40 {
        let mut spec = spec("SMA_CROSS", &[("fast", "2"), ("slow", "5")], "1000000", "0.0004");
        let parameters =
            [("fast", "2"), ("slow", "5"), ("stop_loss", "0.01"), ("take_profit", "0.02")];
        spec.sleeves = vec![crate::support::sleeve("SMA_CROSS", &parameters, 0)];
        spec.venue.latency = Latency {
            orders_ms: 7_000 * (seed % 5),
            reports_ms: 11_000 * (seed % 7),
            jitter_ms: 90_000 * (seed % 3),
        };
        spec.venue.seed = u64::try_from(seed).unwrap();
        let result = run_on(&spec, minutes(&walk(u64::try_from(seed).unwrap(), 1500, 700)));
        assert!(result.trades.len() > 30, "{} trades", result.trades.len());
    }
}

#[test]
fn no_report_overtakes_another() {
    // The fill at 110 s is told at 125 s, after its candle; the next one opens at 300 s.
    let rows = [0, 60_000, 300_000, 360_000, 420_000];
    for settlement in [120_000, 122_000, 130_000, 240_000] {
        let candles = rows.into_iter().map(|at| (at, [10_000, 10_100, 9_900, 10_000]));
        let given = stage_on(series(Timeframe::M1, candles), vec![long("100").at(0)])
            .funding(&[(settlement, "0.001")])
            .with(|it| {
                it.venue.latency = Latency { orders_ms: 50_000, reports_ms: 15_000, jitter_ms: 0 };
            });
        check(&given, &["long 1: 100 at 1+50000ms to 100 at 8, Strategy End, -0.1"]);
    }
}

#[test]
fn what_an_entry_still_gets_after_an_exit_of_all_leaves_as_well() {
    let script = vec![long("100").units("2").at(0), exit(1), short("100").at(1)];
    let given = delayed(&[FLAT; 9], script, 100, 100)
        .with(|it| it.venue.participation_max = Some(rate("1")));
    let all = given.run();
    let lines: Vec<String> = all.trades.iter().map(line).collect();
    assert_eq!(lines[0], "long 2: 100 at 1+100ms to 100 at 4, Signal, 0");
    assert!(lines[1].starts_with("short 1: 100 at 5"), "{lines:?}");
    assert!(all.skips.is_empty(), "{:?}", all.skips);
}
