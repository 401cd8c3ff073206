//! What is known when: opens, insides and closes of candles, side by side and after one another.

use backtest::{RunData, RunResult};
use domain::{Candle, ExitReason, Money, Timeframe, Timestamp};
use margin::{Leverage, MarginMode};
use market::{Columns, Series};
use simulator::{FillTime, IntrabarPolicy, Slippage};

use crate::portfolio::renamed;
use crate::scripts::{Stage, check, exit, line, long, money, short, stage, stage_on, whole};
use crate::support::{decimal, minutes, rate, series};

const FLAT: [i64; 4] = [100, 101, 99, 100];

/// Cross margin of so many times on every instrument.
fn cross(leverage: i64) -> impl FnOnce(&mut RunData) {
    move |data| {
        for instrument in &mut data.instruments {
            instrument.listing.leverage = Leverage::new(leverage.into()).unwrap();
            instrument.listing.margin_mode = MarginMode::Cross;
        }
    }
}

/// Two instruments on one wallet.
fn pair(candles: [&[[i64; 4]]; 2], wallet: &str) -> Stage {
    let other = renamed(&minutes(&whole(candles[1])), "OTHERUSDT");
    stage(&whole(candles[0]), vec![])
        .and(other)
        .with(|it| it.initial_balance = money(wallet))
        .with_data(cross(10))
}

/// Long 10 of each of two instruments, whose lows would liquidate both if they came together.
fn two_lows(policy: IntrabarPolicy) -> RunResult {
    let both = |low| [FLAT, FLAT, [100, 101, low, 100], FLAT];
    let mut given = pair([&both(85), &both(84)], "300").with(|it| it.venue.intrabar = policy);
    given.spec.sleeves.clear();
    given.data.timeframes.clear();
    given
        .playing(vec![long("100").units("10").at(0)], 0)
        .playing(vec![long("100").units("10").at(0)], 1)
        .run()
}

#[test]
fn a_liquidation_that_the_policy_waves_through_is_owned_up_to() {
    for policy in [IntrabarPolicy::Optimistic, IntrabarPolicy::Adaptive] {
        let result = two_lows(policy);
        let ends: Vec<_> = result.trades.iter().map(|it| (it.exit_reason, it.ambiguous)).collect();
        assert_eq!(ends, [(ExitReason::StrategyEnd, true); 2], "{policy:?}");
    }
    let result = two_lows(IntrabarPolicy::Pessimistic);
    let ends: Vec<_> = result.trades.iter().map(|it| (it.exit_reason, it.ambiguous)).collect();
    assert_eq!(ends, [(ExitReason::Liquidation, true); 2]);
}

#[test]
fn what_is_opened_at_a_close_was_not_there_at_the_low_before_it() {
    let calm = [FLAT; 5];
    let low = [FLAT, FLAT, [100, 101, 70, 100], FLAT, FLAT];
    let mut given = pair([&calm, &low], "300").with(|it| it.venue.fill_time = FillTime::NextClose);
    given.spec.sleeves.clear();
    given.data.timeframes.clear();
    let result = given
        .playing(vec![long("100").units("10").at(0)], 0)
        .playing(vec![long("100").units("10").at(1)], 1)
        .run();
    let lines: Vec<String> = result.trades.iter().map(line).collect();
    let expected = [
        "long 10: 100 at 2 to 100 at 5, Strategy End, 0",
        "long 10: 100 at 3 to 100 at 5, Strategy End, 0",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn an_entry_at_the_open_knows_no_close_of_another_instrument() {
    let falling = [FLAT, FLAT, [100, 100, 97, 97], [97; 4]];
    let calm = [FLAT; 4];
    // 1000 of wallet: 500 are bound, and a fall to 97 would leave 365 for the other's 400.
    let held = || vec![long("100").units("50").at(0)];
    let entered = || vec![long("100").units("40").at(1)];
    for (candles, scripts) in
        [([&falling, &calm], [held(), entered()]), ([&calm, &falling], [entered(), held()])]
    {
        let mut given = pair(candles.map(<[_; 4]>::as_slice), "1000");
        given.spec.sleeves.clear();
        given.data.timeframes.clear();
        let [first, second] = scripts;
        let result = given.playing(first, 0).playing(second, 1).run();
        assert_eq!(result.skipped, [], "the order of instruments does not matter");
        assert_eq!(result.trades.len(), 2);
    }
}

/// Minutes at 100 with these volumes.
fn with_volumes(volumes: &[f64]) -> Series {
    let mut columns = Columns::default();
    for (minute, volume) in (0i64..).zip(volumes) {
        let open_time = Timestamp::from_millis(minute * 60_000);
        let [open, high, low, close] = [100.0; 4];
        columns.push(&Candle { open_time, open, high, low, close, volume: *volume });
    }
    Series::new(minutes(&[]).key().clone(), minutes(&[]).scale(), columns).unwrap()
}

#[test]
fn a_fill_at_a_close_has_the_volume_of_its_own_candle() {
    let volumes = [50.0, 200.0, 100.0, 400.0];
    let impact = Slippage::VolumeShare { spread: rate("0"), impact: rate("0.1") };
    let given = stage_on(with_volumes(&volumes), vec![long("100").at(1), exit(2)])
        .with(|it| it.venue.fill_time = FillTime::ThisClose);
    // One of 200 in, one of 100 out.
    let slipped = given.clone().with(|it| it.venue.costs.slippage = impact);
    check(&slipped, &["long 1: 100.05 at 2 to 99.9 at 3, Signal, -0.15"]);
    let capped = given.with(|it| it.venue.participation_max = Some(rate("0.001")));
    let result = capped.run();
    let fills: Vec<String> = result
        .fills
        .iter()
        .map(|it| format!("{} at {}", it.fill.quantity, it.fill.time.millis() / 60_000))
        .collect();
    // A thousandth of each candle's volume: the entry twice, which leaves nothing for the exit then.
    assert_eq!(fills, ["0.2 at 2", "0.1 at 3", "0.3 at 4"]);
}

#[test]
fn finer_candles_share_the_volume_of_theirs() {
    // Ten of volume in five minutes, two in each.
    let five = |[open, high, low, close]: [i64; 4]| [open, high, low, close].map(|it| it * 100);
    let outer = [FLAT, [100, 106, 94, 100], FLAT].map(five);
    let mut columns = Columns::default();
    for minute in 0..15i64 {
        let (high, low) = if minute == 7 { (106.0, 94.0) } else { (101.0, 99.0) };
        let open_time = Timestamp::from_millis(minute * 60_000);
        columns.push(&Candle { open_time, open: 100.0, high, low, close: 100.0, volume: 0.2 });
    }
    let finer = Series::new(minutes(&[]).key().clone(), minutes(&[]).scale(), columns).unwrap();
    let script = vec![long("100").units("2").stop("95").target("105").at(0)];
    let result = stage_on(series(Timeframe::M5, (0..).map(|it| it * 300_000).zip(outer)), script)
        .finer(finer)
        .with(|it| {
            it.venue.intrabar = IntrabarPolicy::Drill;
            it.venue.participation_max = Some(rate("0.5"));
        })
        .run();
    let within =
        result.fills.iter().filter(|it| (300_000..600_000).contains(&it.fill.time.millis()));
    let traded: domain::Decimal = within.map(|it| it.fill.quantity.decimal()).sum();
    // The long candle has a volume of 1.
    assert!(traded <= decimal("0.5"), "{traded}: {:?}", result.fills);
}

/// Two days, from the epoch on; 100 all the time but for a low on the second day.
fn days(low: i64) -> Series {
    let rows = [FLAT, [100, 101, low, 100], FLAT, FLAT].map(|it| it.map(|price| price * 100));
    series(Timeframe::D1, (0..).map(|day| day * 86_400_000).zip(rows))
}

fn funded(given: Stage, times: &[i64]) -> Stage {
    let settlements: Vec<(i64, &str)> = times.iter().map(|time| (*time, "0.001")).collect();
    given.funding(&settlements)
}

#[test]
fn settlements_inside_a_candle_are_paid_by_what_was_there() {
    const HOURS: i64 = 3_600_000;
    let day = 24 * HOURS;
    let times = [day, day + 8 * HOURS, day + 16 * HOURS, 2 * day];
    // In at the close of the second day, which has settled: nothing but what follows.
    let entered = funded(stage_on(days(99), vec![long("100").at(0)]), &times)
        .with(|it| it.venue.fill_time = FillTime::NextClose)
        .run();
    assert_eq!(entered.trades[0].costs.funding, Money::ZERO);
    // In at the close of the first day, before it settles, out at the close of the second.
    let left = funded(stage_on(days(99), vec![long("100").at(0), exit(1)]), &times);
    let left = left.with(|it| it.venue.fill_time = FillTime::ThisClose).run();
    assert_eq!(left.trades[0].costs.funding, money("0.3"));
    let held = funded(stage_on(days(99), vec![long("100").at(0), exit(1)]), &times).run();
    assert_eq!(held.trades[0].costs.funding, money("0.3"));
    assert!(!held.trades[0].ambiguous);
}

#[test]
fn whether_a_stop_came_before_a_settlement_is_the_policy_s_to_say() {
    const HOURS: i64 = 3_600_000;
    let times = [24 * HOURS + 8 * HOURS, 24 * HOURS + 16 * HOURS];
    let paid = |policy: IntrabarPolicy, is_long: bool| {
        let wish =
            if is_long { long("100").stop("95").at(0) } else { short("100").stop("100.5").at(0) };
        let given =
            funded(stage_on(days(90), vec![wish]), &times).with(|it| it.venue.intrabar = policy);
        let result = given.run();
        assert_eq!(result.trades[0].exit_reason, ExitReason::StopLoss);
        assert!(result.trades[0].ambiguous, "{policy:?}");
        result.trades[0].costs.funding.to_string()
    };
    // Longs pay, shorts receive.
    assert_eq!(paid(IntrabarPolicy::Pessimistic, true), "0.2");
    assert_eq!(paid(IntrabarPolicy::Optimistic, true), "0");
    assert_eq!(paid(IntrabarPolicy::Adaptive, true), "0.1", "only what comes before noon");
    assert_eq!(paid(IntrabarPolicy::Pessimistic, false), "0");
    assert_eq!(paid(IntrabarPolicy::Optimistic, false), "-0.2");
}

#[test]
fn finer_candles_tell_whether_a_stop_came_before_a_settlement() {
    const HOURS: i64 = 3_600_000;
    let times = [24 * HOURS + 8 * HOURS, 24 * HOURS + 16 * HOURS];
    let hour = |hour: i64| if hour == 24 + 12 { [100, 101, 90, 100] } else { FLAT };
    let rows = (0..96).map(|it| (it * HOURS, hour(it).map(|price| price * 100)));
    let given = funded(stage_on(days(90), vec![long("100").stop("95").at(0)]), &times)
        .finer(series(Timeframe::H1, rows))
        .with(|it| it.venue.intrabar = IntrabarPolicy::Drill);
    let result = given.run();
    assert_eq!(result.trades[0].exit_reason, ExitReason::StopLoss);
    assert!(!result.trades[0].ambiguous);
    assert_eq!(result.trades[0].costs.funding, money("0.1"));
}
