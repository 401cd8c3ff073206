//! Money of whole runs: margin modes, liquidation by mark candles, depletion, funding, brackets.

use std::sync::Arc;

use backtest::{Notice, RunData, RunResult};
use domain::{
    Direction, ExitReason, InstrumentRules, Money, PositionMode, Rate, Timeframe, Timestamp,
};
use margin::{Leverage, MarginMode};
use market::Series;
use simulator::IntrabarPolicy;

use crate::scripts::{Stage, check, exit, long, money, short, stage, stage_on, whole};
use crate::support::{decimal, minutes, rate, scaled_minutes, series};

/// Changes leverage and margin mode of every instrument.
fn margined(leverage: i64, mode: MarginMode) -> impl FnOnce(&mut RunData) {
    move |data| {
        for instrument in &mut data.instruments {
            instrument.listing.leverage = Leverage::new(leverage.into()).unwrap();
            instrument.listing.margin_mode = mode;
        }
    }
}

fn mark_of(candles: &[[i64; 4]]) -> impl FnOnce(&mut RunData) {
    let series = minutes(&whole(candles));
    move |data| data.instruments[0].mark = Some(Arc::new(series))
}

const FLAT: [i64; 4] = [100, 101, 99, 100];

/// Long 10 at 100, ten times leverage, isolated: liquidated at 90.9.
fn isolated_long(candles: &[[i64; 4]]) -> Stage {
    let all = [[FLAT, FLAT].as_slice(), candles].concat();
    stage(&whole(&all), vec![long("100").units("10").at(0)])
        .with_data(margined(10, MarginMode::Isolated))
}

#[test]
fn mark_candles_decide_about_liquidation() {
    let plunge = [[100, 101, 50, 100], FLAT];
    let by_last = isolated_long(&plunge).run();
    assert_eq!(by_last.trades[0].exit_reason, ExitReason::Liquidation);
    let calm = [FLAT; 4];
    let by_mark = isolated_long(&plunge).with_data(mark_of(&calm)).run();
    assert_eq!(by_mark.trades[0].exit_reason, ExitReason::StrategyEnd);
    let falling_mark = [FLAT, FLAT, [100, 101, 90, 100], FLAT];
    let by_mark = isolated_long(&[FLAT, FLAT]).with_data(mark_of(&falling_mark)).run();
    let trade = &by_mark.trades[0];
    assert_eq!((trade.exit_reason, trade.ambiguous), (ExitReason::Liquidation, false));
    assert_eq!(trade.net(), money("-100"));
}

#[test]
fn a_liquidation_costs_its_fee_and_is_told() {
    let fee = |fraction: &str| {
        let rules =
            InstrumentRules { liquidation_fee: rate(fraction), ..InstrumentRules::unknown() };
        move |data: &mut RunData| {
            let listing = &mut data.instruments[0].listing;
            let (symbol, scale) = (listing.instrument.symbol.clone(), listing.instrument.scale);
            listing.instrument = domain::Instrument::new(symbol, scale, rules);
        }
    };
    let result = isolated_long(&[[100, 101, 90, 95], FLAT]).with_data(fee("0.001")).run();
    let trade = &result.trades[0];
    // Ten at 90.909...: 9.09... of margin are left, the fee takes 0.909...
    assert_eq!(trade.costs.liquidation_fee.rounded(6), money("0.909091"));
    assert_eq!(trade.net().rounded(6), money("-91.818182"));
    assert!(matches!(result.notices[..], [Notice::Liquidated { .. }]));
    assert_eq!(result.metrics.final_balance, result.final_balance);
}

#[test]
fn a_cross_account_that_is_gone_stops_and_says_when_and_why() {
    let candles = whole(&[FLAT, FLAT, [100, 101, 50, 60], FLAT, FLAT, FLAT]);
    let script = vec![long("100").units("9").at(0), long("100").at(3), long("100").at(4)];
    let result = stage(&candles, script)
        .with(|it| it.initial_balance = money("100"))
        .with_data(margined(10, MarginMode::Cross))
        .run();
    assert_eq!(result.trades.len(), 1);
    assert_eq!(result.final_balance, Money::ZERO);
    assert_eq!(result.depleted(), Some(Timestamp::from_millis(120_000)));
    let warning = &result.warnings[0];
    assert_eq!(warning.code, "ACCOUNT_DEPLETED");
    assert!(warning.message.contains("rest of the range was not traded"), "{}", warning.message);
    assert_eq!(result.equity.len(), 6);
    assert_eq!(result.equity[3..], [0.0; 3]);
}

#[test]
fn an_account_with_less_than_the_smallest_order_is_depleted() {
    let smallest = |data: &mut RunData| {
        let listing = &mut data.instruments[0].listing;
        let rules = InstrumentRules { notional_min: money("50"), ..InstrumentRules::unknown() };
        let (symbol, scale) = (listing.instrument.symbol.clone(), listing.instrument.scale);
        listing.instrument = domain::Instrument::new(symbol, scale, rules);
    };
    let candles = whole(&[FLAT, FLAT, [40, 41, 39, 40], FLAT, FLAT]);
    let script = vec![long("100").at(0), exit(1), long("100").at(3)];
    let result = stage(&candles, script)
        .with(|it| it.initial_balance = money("101"))
        .with_data(smallest)
        .run();
    assert_eq!(result.final_balance, money("41"));
    assert!(
        matches!(result.notices[..], [Notice::Depleted { equity, .. }] if equity == money("41"))
    );
}

#[test]
fn leverage_above_the_bracket_is_refused_with_its_numbers() {
    // The cautious table allows 50x up to 5000 of notional.
    let candles = whole(&[FLAT; 5]);
    let entry = |units: &str| {
        stage(&candles, vec![long("100").units(units).at(0)])
            .with_data(margined(50, MarginMode::Cross))
            .run()
    };
    assert_eq!(entry("50").trades.len(), 1);
    let refused = entry("50.01");
    assert_eq!(refused.skipped[0].code, "BRACKET_MAX");
    assert!(refused.skipped[0].message.contains("5000"), "{}", refused.skipped[0].message);
}

#[test]
fn funding_is_paid_at_its_own_times() {
    let candles = vec![[10_000; 4]; 12];
    let settlements =
        [(60_000, "0.001"), (150_000, "0.002"), (240_000, "-0.001"), (600_000, "0.001")];
    let script = || vec![long("100").at(0), exit(8)];
    let longs = stage(&candles, script()).funding(&settlements).run();
    // In from minute 1 (its settlement is not paid) to minute 9.
    assert_eq!(longs.trades[0].costs.funding, money("0.1"));
    assert_eq!(longs.final_balance, money("99999.9"));
    let shorts = stage(&candles, vec![short("100").at(0), exit(8)]).funding(&settlements).run();
    assert_eq!(shorts.trades[0].costs.funding, money("-0.1"));
}

#[test]
fn isolated_funding_moves_the_liquidation_price() {
    let candles = [FLAT, [100, 101, 91, 95], FLAT];
    let safe = isolated_long(&candles).run();
    assert_eq!(safe.trades[0].exit_reason, ExitReason::StrategyEnd);
    // One per cent of 1000 leaves 90 of margin: (1000 - 90) / 9.9 = 91.9.
    let funded = isolated_long(&candles).funding(&[(150_000, "0.01")]).run();
    let trade = &funded.trades[0];
    assert_eq!(trade.exit_reason, ExitReason::Liquidation);
    assert_eq!(trade.net(), money("-100"), "the margin and no more, funding included");
}

/// Long 10 of one instrument at 100, ten times leverage, isolated, on a wallet of 200: 100 are free.
/// What becomes of a wish for the other instrument after two more candles of the first.
fn beside_an_isolated_long(candles: [[i64; 4]; 2], units: &str) -> Stage {
    let one = [[FLAT, FLAT].as_slice(), &candles, &[candles[1]]].concat();
    stage_on(named("ONEUSDT", &whole(&one)), vec![long("100").units("10").at(0)])
        .and(named("TWOUSDT", &whole(&[FLAT; 5])))
        .playing(vec![long("100").units(units).at(3)], 1)
        .with(|it| it.initial_balance = money("200"))
        .with_data(margined(10, MarginMode::Isolated))
}

fn skipped(result: &RunResult) -> Vec<&'static str> {
    result.skips.iter().map(|skip| skip.skip.code()).collect()
}

#[test]
fn the_profit_of_an_isolated_position_carries_nothing_else() {
    let rise = [[100, 200, 100, 200], [200, 201, 199, 200]];
    let carried = beside_an_isolated_long(rise, "9.9").run();
    assert_eq!((carried.trades.len(), skipped(&carried)), (2, vec![]));
    let refused = beside_an_isolated_long(rise, "15").run();
    assert_eq!((refused.trades.len(), skipped(&refused)), (1, vec!["INSUFFICIENT_MARGIN"]));
}

#[test]
fn the_loss_of_an_isolated_position_takes_nothing_from_others() {
    let fall = [[100, 101, 95, 95], [95, 96, 94, 95]];
    let carried = beside_an_isolated_long(fall, "9.9").run();
    assert_eq!((carried.trades.len(), skipped(&carried)), (2, vec![]));
    let refused = beside_an_isolated_long(fall, "10.1").run();
    assert_eq!((refused.trades.len(), skipped(&refused)), (1, vec!["INSUFFICIENT_MARGIN"]));
}

#[test]
fn the_profit_of_an_isolated_position_keeps_no_cross_position_from_liquidation() {
    let rise = [[100, 200, 100, 200], [200, 201, 199, 200]];
    // A long of 5 at 100 on the 100 that are left: liquidated near 80.3.
    let stopped_at = |level: &str| {
        let mut stage = beside_an_isolated_long(rise, "5")
            .with(|it| it.rules.liquidation_buffer = Some(rate("0")))
            .with_data(|data| data.instruments[1].listing.margin_mode = MarginMode::Cross);
        stage.scripts[1] = vec![long("100").units("5").stop(level).at(3)];
        skipped(&stage.run())
    };
    assert_eq!(stopped_at("81"), [""; 0]);
    assert_eq!(stopped_at("80"), ["STOP_BEYOND_LIQUIDATION"]);
}

#[test]
fn funding_that_an_isolated_position_received_is_not_free() {
    let result = beside_an_isolated_long([FLAT; 2], "10.5").funding(&[(150_000, "-0.01")]).run();
    assert_eq!((result.trades.len(), skipped(&result)), (1, vec!["INSUFFICIENT_MARGIN"]));
}

#[test]
fn funding_takes_the_settlement_mark_or_the_last_price_before_it() {
    let candles = whole(&[FLAT, FLAT, [110, 111, 109, 110], FLAT]);
    let given = |mark: Option<&str>| {
        let result = stage(&candles, vec![long("100").at(0)])
            .with_data(|data| {
                data.instruments[0].funding = Arc::new([backtest::Settlement {
                    time: Timestamp::from_millis(120_000),
                    rate: rate("0.01"),
                    mark: mark.map(crate::scripts::price),
                }]);
            })
            .run();
        result.trades[0].costs.funding
    };
    assert_eq!(given(Some("105")), money("1.05"));
    assert_eq!(given(None), money("1"), "the close at that time, not the open that follows");
}

/// Two sleeves, long and short, on one instrument in hedge mode.
fn hedged(candles: &[[i64; 4]], mode: MarginMode) -> Stage {
    stage(&whole(candles), vec![long("100").units("10").at(0)])
        .playing(vec![short("100").units("10").at(0)], 0)
        .with(|it| {
            it.venue.position_mode = PositionMode::Hedge;
            it.initial_balance = money("250");
        })
        .with_data(margined(10, mode))
}

#[test]
fn a_hedged_cross_pair_survives_what_neither_side_would() {
    let candles = [FLAT, FLAT, [100, 130, 70, 100], FLAT];
    let result = hedged(&candles, MarginMode::Cross).run();
    assert!(result.trades.iter().all(|trade| trade.exit_reason == ExitReason::StrategyEnd));
    assert_eq!(result.final_balance, money("250"));
}

#[test]
fn hedged_isolated_sides_die_alone() {
    let candles = [FLAT, FLAT, [100, 101, 70, 80], [80, 81, 79, 80]];
    let result = hedged(&candles, MarginMode::Isolated).run();
    let reasons: Vec<_> = result.trades.iter().map(|it| (it.direction, it.exit_reason)).collect();
    assert_eq!(
        reasons,
        [(Direction::Long, ExitReason::Liquidation), (Direction::Short, ExitReason::StrategyEnd)]
    );
    assert_eq!(result.final_balance, money("350"), "-100 for the long, +200 for the short");
}

fn named(symbol: &str, candles: &[[i64; 4]]) -> Series {
    let plain =
        series(Timeframe::M1, (0i64..).map(|row| row * 60_000).zip(candles.iter().copied()));
    crate::portfolio::renamed(&plain, symbol)
}

/// Long 10 of each of two instruments on a cross wallet of 300.
fn two_crosses(one: &[[i64; 4]], other: &[[i64; 4]], policy: IntrabarPolicy) -> Stage {
    stage_on(named("ONEUSDT", &whole(one)), vec![long("100").units("10").at(0)])
        .and(named("TWOUSDT", &whole(other)))
        .playing(vec![long("100").units("10").at(0)], 1)
        .with(|it| {
            it.initial_balance = money("300");
            it.venue.intrabar = policy;
        })
        .with_data(margined(10, MarginMode::Cross))
}

#[test]
fn a_shared_wallet_is_judged_over_all_its_positions() {
    let falls = [FLAT, FLAT, [100, 101, 60, 60], [60, 61, 59, 60]];
    let rises = [FLAT, FLAT, [120, 121, 119, 120], [120, 121, 119, 120]];
    let carried = two_crosses(&falls, &rises, IntrabarPolicy::Optimistic).run();
    assert!(carried.trades.iter().all(|trade| trade.exit_reason == ExitReason::StrategyEnd));
    assert_eq!(carried.final_balance, money("100"));
    let lost = two_crosses(&falls, &[FLAT; 4], IntrabarPolicy::Optimistic).run();
    assert!(lost.trades.iter().all(|trade| trade.exit_reason == ExitReason::Liquidation));
    assert_eq!(lost.final_balance, Money::ZERO);
    assert!(lost.trades.iter().all(|trade| !trade.ambiguous));
}

#[test]
fn a_shared_wallet_is_judged_by_mark_candles_where_there_are_some() {
    let plunge = [FLAT, FLAT, [100, 101, 50, 100], FLAT];
    let by_last = two_crosses(&plunge, &[FLAT; 4], IntrabarPolicy::Pessimistic).run();
    assert_eq!(by_last.trades[0].exit_reason, ExitReason::Liquidation);
    let calm = minutes(&whole(&[FLAT; 4]));
    let by_mark = two_crosses(&plunge, &[FLAT; 4], IntrabarPolicy::Pessimistic)
        .with_data(|data| data.instruments[0].mark = Some(Arc::new(calm)))
        .run();
    assert_eq!(by_mark.trades[0].exit_reason, ExitReason::StrategyEnd);
}

#[test]
fn no_account_ends_below_zero() {
    // Every margin mode, policy and exit; the price falls to a hundredth in one step.
    let candles = whole(&[FLAT, FLAT, FLAT, [1, 2, 1, 1], [1, 2, 1, 1]]);
    for mode in [MarginMode::Cross, MarginMode::Isolated] {
        for policy in IntrabarPolicy::ALL {
            for wish in [long("100").units("9"), long("100").units("9").stop("95")] {
                let result = stage(&candles, vec![wish.at(0), exit(2)])
                    .with(|it| {
                        it.initial_balance = money("100");
                        it.venue.intrabar = policy;
                        it.venue.costs.taker = Rate::ZERO;
                    })
                    .with_data(margined(10, mode))
                    .run();
                assert!(result.final_balance >= Money::ZERO, "{mode:?} {policy:?}");
                assert_eq!(result.trades[0].exit_reason, ExitReason::Liquidation);
            }
        }
    }
}

#[test]
fn prices_of_every_scale_can_be_liquidated() {
    for decimals in [0, 2, 5, 8] {
        let candles: Vec<[i64; 4]> =
            [FLAT, FLAT, [100, 101, 50, 60], FLAT].iter().map(|it| it.map(|p| p * 1000)).collect();
        let close = scaled_minutes(&candles, decimals)
            .scale()
            .price(scaled_minutes(&candles, decimals).close()[0]);
        let wish = crate::scripts::wish(Direction::Long, close.unwrap()).units("1");
        let result = stage_on(scaled_minutes(&candles, decimals), vec![wish.at(0)])
            .with_data(margined(10, MarginMode::Isolated))
            .with(|it| it.initial_balance = Money::new(decimal("1000000")))
            .run();
        assert_eq!(result.trades[0].exit_reason, ExitReason::Liquidation, "{decimals}");
    }
}

#[test]
fn a_trade_says_what_it_was() {
    let candles = whole(&[FLAT; 4]);
    check(
        &stage(&candles, vec![long("100").at(0), exit(1)]),
        &["long 1: 100 at 1 to 100 at 2, Signal, 0"],
    );
}
