//! Several sleeves and instruments on one account.

use std::sync::Arc;

use backtest::{RunData, RunResult, Trade};
use domain::{ExitReason, Instrument, InstrumentRules, Money, PositionMode, Role, Timeframe};
use market::{Columns, ExtraColumns, Series, SeriesKey};

use crate::scripts::{Stage, exit, exit_share, line, long, money, price, short, stage, whole};
use crate::support::{decimal, instrument, minutes, rate, run_data, sleeve, spec, walk};

/// The same candles under another name.
pub(crate) fn renamed(series: &Series, symbol: &str) -> Series {
    let key = SeriesKey { symbol: symbol.parse().unwrap(), ..series.key().clone() };
    let columns = Columns {
        open_time: series.open_times().to_vec(),
        open: series.open().to_vec(),
        high: series.high().to_vec(),
        low: series.low().to_vec(),
        close: series.close().to_vec(),
        volume: series.volume().to_vec(),
        extra: ExtraColumns::default(),
    };
    Series::new(key, series.scale(), columns).unwrap()
}

fn data_of(series: Vec<Series>, instruments: &[usize]) -> RunData {
    let series: Vec<Arc<Series>> = series.into_iter().map(Arc::new).collect();
    let of = |instrument: &usize| vec![(Role::Ltf, Arc::clone(&series[*instrument]))];
    RunData {
        instruments: series.iter().map(|it| instrument(it)).collect(),
        timeframes: instruments.iter().map(of).collect(),
    }
}

fn of_sleeve(result: &RunResult, number: u16) -> Vec<Trade> {
    let of = result.trades.iter().filter(|trade| trade.sleeve.number() == number);
    of.map(|trade| Trade { index: 0, ..trade.clone() }).collect()
}

#[test]
fn a_strategy_trades_in_a_portfolio_as_it_does_alone() {
    let mut together = spec("SMA_CROSS", &[], "100000000", "0.0005");
    together.sleeves.clear();
    let (mut all, mut sleeves) = (Vec::new(), Vec::new());
    let kinds = [
        ("SMA_CROSS", vec![("fast", "3"), ("slow", "8"), ("quantity", "0.7")]),
        ("SMA_CROSS", vec![("quantity", "0.3"), ("stop_loss", "0.02"), ("take_profit", "0.05")]),
        ("SIMPLE_TEST", vec![("risk_per_trade", "0.001")]),
    ];
    for (number, (name, parameters)) in (0u16..).zip(&kinds) {
        let symbol = format!("TEST{number}USDT");
        all.push(renamed(&minutes(&walk(40 + u64::from(number), 4000, 700)), &symbol));
        sleeves.push(sleeve(name, parameters, number));
    }
    together.sleeves.clone_from(&sleeves);
    let result = run_data(&together, &data_of(all.clone(), &[0, 1, 2]));
    for (number, series) in (0u16..).zip(all) {
        let mut alone = together.clone();
        alone.sleeves = vec![sleeves[usize::from(number)].clone()];
        alone.sleeves[0].instrument = domain::InstrumentId::new(0);
        let strip = |trade: Trade| Trade {
            sleeve: domain::SleeveId::new(0),
            instrument: domain::InstrumentId::new(0),
            ..trade
        };
        if kinds[usize::from(number)].0 == "SIMPLE_TEST" {
            continue; // It sizes by the equity of the account, which others move.
        }
        let found = run_data(&alone, &data_of(vec![series], &[0]));
        let expected = of_sleeve(&result, number).into_iter().map(strip).collect::<Vec<_>>();
        let without_trace =
            |trades: Vec<Trade>| -> Vec<String> { trades.iter().map(line).collect() };
        let found: Vec<Trade> =
            found.trades.into_iter().map(|trade| Trade { index: 0, ..trade }).collect();
        assert!(found.len() > 20, "{} trades", found.len());
        assert_eq!(without_trace(found), without_trace(expected), "sleeve {number}");
    }
    assert!(of_sleeve(&result, 2).len() > 20);
    let sum: Money = result.trades.iter().map(Trade::net).sum();
    assert_eq!(result.initial_balance + sum, result.final_balance);
}

#[test]
fn sleeves_with_odd_costs_sum_to_the_account_to_the_last_digit() {
    // The run itself fails when the books of the sleeves do not sum to those of the account.
    for seed in 0..30 {
        let mut spec = spec("SMA_CROSS", &[], "1000000.12345678", "0.00037519");
        spec.venue.costs.maker = rate("-0.00011113");
        spec.sleeves.clear();
        let series = vec![minutes(&walk(seed, 1500, 900)), {
            renamed(&minutes(&walk(seed + 500, 1500, 900)), "TWOUSDT")
        }];
        for (fast, instrument) in [("2", 0), ("3", 0), ("5", 1)] {
            let levels = [("stop_loss", "0.013"), ("take_profit", "0.017")];
            let parameters = [[("fast", fast), ("slow", "9")], levels].concat();
            let odd = [parameters.as_slice(), &[("quantity", "0.33333333")]].concat();
            spec.sleeves.push(sleeve("SMA_CROSS", &odd, instrument));
        }
        for mode in [PositionMode::OneWay, PositionMode::Hedge] {
            spec.venue.position_mode = mode;
            let mut data = data_of(series.clone(), &[0, 0, 1]);
            data.instruments[0].funding = (0..1500)
                .step_by(97)
                .map(|minute| backtest::Settlement {
                    time: domain::Timestamp::from_millis(minute * 60_000),
                    rate: rate("0.00013579"),
                    mark: None,
                })
                .collect();
            let result = run_data(&spec, &data);
            assert!(result.trades.len() > 50, "{} trades", result.trades.len());
        }
    }
}

const FLAT: [i64; 4] = [100, 101, 99, 100];

fn lines(stage: &Stage, sleeve: u16) -> Vec<String> {
    of_sleeve(&stage.run(), sleeve).iter().map(line).collect()
}

#[test]
fn two_sleeves_share_a_one_way_position() {
    let candles = whole(&[FLAT, FLAT, [104, 105, 103, 104], [104, 105, 89, 95], FLAT]);
    let given = stage(&candles, vec![long("100").units("2").stop("97").at(0), exit(1)])
        .playing(vec![long("100").units("3").stop("90").at(0)], 0);
    assert_eq!(lines(&given, 0), ["long 2: 100 at 1 to 104 at 2, Signal, 8"]);
    assert_eq!(lines(&given, 1), ["long 3: 100 at 1 to 90 at 3, Stop Loss, -30"]);
}

#[test]
fn a_one_way_position_has_one_direction() {
    let candles = whole(&[FLAT; 5]);
    let given = stage(&candles, vec![long("100").at(0)]).playing(vec![short("100").at(1)], 0);
    let result = given.run();
    assert_eq!(result.trades.len(), 1);
    assert_eq!(result.skipped[0].code, "OPPOSITE_POSITION");
    let hedged = given.with(|it| it.venue.position_mode = PositionMode::Hedge).run();
    assert_eq!(hedged.trades.len(), 2);
}

#[test]
fn an_exit_of_one_sleeve_never_closes_what_another_holds() {
    // Half is sold first; the target of the other half must not close the other sleeve's unit.
    let candles = whole(&[FLAT, FLAT, FLAT, [100, 111, 99, 110], [110, 111, 109, 110]]);
    let half = rate("0.5");
    let given = stage(
        &candles,
        vec![long("100").units("2").stop("90").target("110").at(0), exit_share(1, half)],
    )
    .playing(vec![long("100").units("1").at(0)], 0);
    assert_eq!(lines(&given, 0), ["long 2: 100 at 1 to 105 at 3, Take Profit, 10"]);
    assert_eq!(lines(&given, 1), ["long 1: 100 at 1 to 110 at 5, Strategy End, 10"]);
}

#[test]
fn a_stop_after_a_part_of_an_exit_closes_no_more_than_its_own() {
    // Half of each volume of 1 is ours. One part of the exit is filled when the stop takes over: 1.2 are
    // held, in parts of 0.5, and the rest of the position belongs to the other sleeve.
    let fall = [[100, 101, 94, 95], [95, 96, 94, 95], [95, 96, 94, 95], [95, 96, 94, 95]];
    let candles = whole(&[[FLAT; 10].as_slice(), &fall].concat());
    let half = rate("0.5");
    let given =
        stage(&candles, vec![long("100").units("1.7").stop("95").at(0), exit_share(9, half)])
            .playing(vec![long("100").units("2").at(4)], 0)
            .with(|it| it.venue.participation_max = Some(half));
    assert_eq!(lines(&given, 0), ["long 1.7: 100 at 1 to 96.47058823529412 at 13, Stop Loss, -6"]);
    assert_eq!(lines(&given, 1), ["long 2: 100 at 5 to 95 at 14, Strategy End, -10"]);
}

#[test]
fn fills_carry_the_number_of_their_trade() {
    let candles = whole(&[FLAT; 8]);
    let given = stage(&candles, vec![long("100").at(0), exit(4)])
        .playing(vec![long("100").at(1), exit(2), long("100").at(3)], 0);
    let result = given.run();
    for trade in &result.trades {
        let of: Vec<_> = result.fills.iter().filter(|fill| fill.trade == trade.index).collect();
        assert_eq!(of.len(), 2, "one in, one out");
        assert!(of.iter().all(|fill| fill.sleeve == trade.sleeve));
        assert_eq!(of[0].fill.time, trade.entry_time);
    }
}

#[test]
fn a_shared_liquidation_is_split_over_its_sleeves() {
    let candles = whole(&[FLAT, FLAT, [100, 101, 50, 60], FLAT]);
    let given = stage(&candles, vec![long("100").units("3").at(0)])
        .playing(vec![long("100").units("6").at(0)], 0)
        .with(|it| it.initial_balance = money("100"))
        .with_data(|data| {
            data.instruments[0].listing.leverage = margin::Leverage::new(decimal("10")).unwrap();
        });
    let result = given.run();
    assert_eq!(result.final_balance, Money::ZERO);
    assert!(result.trades.iter().all(|trade| trade.exit_reason == ExitReason::Liquidation));
    let nets: Vec<Money> = result.trades.iter().map(|trade| trade.net().rounded(8)).collect();
    assert_eq!(nets, [money("-33.33333333"), money("-66.66666667")]);
}

#[test]
fn instruments_with_other_hours_and_timeframes_run_together() {
    let ones = minutes(&walk(7, 600, 500));
    let fives = market::aggregate(&minutes(&walk(8, 600, 500)), Timeframe::M5).unwrap();
    let mut spec = spec("SMA_CROSS", &[("fast", "2"), ("slow", "5")], "1000000", "0.0004");
    spec.sleeves.push(sleeve("SMA_CROSS", &[("fast", "2"), ("slow", "5")], 1));
    let data = data_of(vec![ones, renamed(&fives, "TWOUSDT")], &[0, 1]);
    let result = run_data(&spec, &data);
    assert!(of_sleeve(&result, 0).len() > 10 && of_sleeve(&result, 1).len() > 10);
    assert_eq!(result.equity.len(), 600);
    assert_eq!(result.candles, 720);
}

#[test]
fn trades_are_numbered_in_the_order_of_their_ends() {
    // Stops inside candles of five minutes are told of after what minutes came to in that time.
    let ones = minutes(&walk(7, 3000, 500));
    let fives = market::aggregate(&minutes(&walk(8, 3000, 500)), Timeframe::M5).unwrap();
    let brackets = [("fast", "2"), ("slow", "5"), ("stop_loss", "0.002"), ("take_profit", "0.002")];
    let mut spec = spec("SMA_CROSS", &brackets, "1000000", "0.0004");
    spec.sleeves.push(sleeve("SMA_CROSS", &brackets, 1));
    let data = data_of(vec![ones, renamed(&fives, "TWOUSDT")], &[0, 1]);
    let result = run_data(&spec, &data);
    assert!(result.trades.is_sorted_by_key(|trade| trade.exit_time));
    for (number, trade) in (1u32..).zip(&result.trades) {
        assert_eq!(trade.index, number);
        let own = result.fills.iter().filter(|record| record.trade == number);
        assert!(own.clone().all(|record| record.sleeve == trade.sleeve));
        assert_eq!(own.count(), trade.fills as usize);
    }
}

#[test]
fn a_tick_above_the_lowest_price_is_refused() {
    let coarse = stage(&whole(&[[100; 4]; 3]), vec![long("100").at(0)]).with_data(|data| {
        let instrument = &mut data.instruments[0].listing.instrument;
        let rules = InstrumentRules { tick: Some(price("1000000")), ..InstrumentRules::unknown() };
        *instrument = Instrument::new(instrument.symbol.clone(), instrument.scale, rules);
    });
    assert_eq!(
        coarse.try_run().unwrap_err().to_string(),
        "tick must be at most the lowest price of the candles, was 1000000 for TESTUSDT"
    );
}
