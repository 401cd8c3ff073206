//! Laws of whole runs on random walks.

use std::collections::BTreeMap;

use backtest::{RunResult, Trade};
use domain::{Decimal, Direction, Money, Price};
use proptest::prelude::*;
use simulator::{IntrabarPolicy, Latency, VenueSettings};

use crate::random_runs::{Bracket, all_at_once, continuous, jumping, script, settings};
use crate::scripts::{Script, Stage, exit, fives, long, short, stage, stage_on};
use crate::support::{Seeded, decimal, minutes, rate, scaled_minutes};

/// So many cases; seeds that failed are not kept in files.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

fn with_venue(stage: Stage, venue: VenueSettings) -> Stage {
    stage.with(|it| it.venue = venue)
}

/// A random run without delays.
fn random_run(seed: u64, rows: usize) -> Stage {
    let random = &mut Seeded(seed);
    let candles = jumping(random, rows, 120);
    let script = script(random, &candles, 150);
    with_venue(stage(&candles, script), settings(random))
}

fn gain(result: &RunResult) -> Money {
    result.final_balance - result.initial_balance
}

/// A trade without what depends on the scale or direction of prices.
fn shape(trade: &Trade) -> (i64, i64, Decimal, String, bool) {
    let (entry, exit) = (trade.entry_time.millis(), trade.exit_time.millis());
    (entry, exit, trade.quantity.decimal(), trade.exit_reason.to_string(), trade.ambiguous)
}

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn equal_requests_give_equal_results(seed in any::<u64>(), jitter_ms in 0i64..100_000) {
        let given = || {
            let stage = random_run(seed, 120);
            let next_open = stage.spec.venue.fill_time == simulator::FillTime::NextOpen;
            let jitter_ms = if next_open { jitter_ms } else { 0 };
            stage.with(|it| it.venue.latency = Latency { jitter_ms, ..Latency::default() })
        };
        prop_assert_eq!(given().run(), given().run());
    }

    #[test]
    fn candles_in_a_row_are_what_they_are_one_by_one(seed in any::<u64>()) {
        // A limit that nothing can reach: equity is looked at after each candle.
        let given = |loss: Option<&str>| {
            all_at_once(seed).with(|it| it.rules.loss_daily_max = loss.map(rate))
        };
        prop_assert_eq!(given(None).run(), given(Some("1000")).run());
    }

    #[test]
    fn the_future_does_not_change_the_past(seed in any::<u64>(), cut in 20usize..100) {
        let random = &mut Seeded(seed);
        let mut candles = jumping(random, 120, 120);
        let script = script(random, &candles, 150);
        let venue = settings(random);
        let before = with_venue(stage(&candles, script.clone()), venue).run();
        let other = jumping(&mut Seeded(!seed), 120, 120);
        candles.truncate(cut);
        candles.extend_from_slice(&other[cut..]);
        let after = with_venue(stage(&candles, script.clone()), venue).run();
        candles.truncate(cut);
        let short = with_venue(stage(&candles, script), venue).run();
        // Fills carry the time of their candle; those of the cut's end belong to the end of the run.
        let known = |result: &RunResult| -> Vec<_> {
            let end = i64::try_from(cut).unwrap() * 60_000;
            let known = result.fills.iter().map(|it| it.fill).filter(|it| it.time.millis() < end);
            known.collect()
        };
        prop_assert_eq!(known(&before), known(&after));
        prop_assert_eq!(known(&before), known(&short));
        prop_assert_eq!(&before.equity[..cut - 1], &short.equity[..cut - 1]);
    }

    #[test]
    fn nothing_is_filled_beyond_what_was_ordered(seed in any::<u64>()) {
        let result = random_run(seed, 150).run();
        let mut entered: BTreeMap<u64, Decimal> = BTreeMap::new();
        for record in &result.fills {
            *entered.entry(record.fill.order.number()).or_default() += record.fill.quantity.decimal();
        }
        prop_assert!(entered.values().all(|filled| *filled <= decimal("2.5")));
        for trade in &result.trades {
            let of = |side| -> Decimal {
                let fills = result.fills.iter().filter(|it| it.trade == trade.index);
                fills.filter(|it| it.fill.side == side).map(|it| it.fill.quantity.decimal()).sum()
            };
            prop_assert_eq!(of(trade.direction.entry_side()), trade.quantity.decimal());
            prop_assert_eq!(of(trade.direction.exit_side()), trade.quantity.decimal());
        }
    }

    #[test]
    fn the_wallet_is_the_sum_of_its_trades(seed in any::<u64>()) {
        let result = random_run(seed, 150).run();
        let sum: Money = result.trades.iter().map(Trade::net).sum();
        prop_assert_eq!(sum, gain(&result));
        let costs: Money = result.fills.iter().map(|it| it.fill.commission).sum();
        let of_trades: Money = result.trades.iter().map(|it| it.costs.commission).sum();
        prop_assert_eq!(costs, of_trades);
    }

    #[test]
    fn prices_times_ten_give_profit_times_ten(seed in any::<u64>()) {
        // The same whole numbers read with one decimal fewer: the tick grows with the prices, since a
        // break-even stop is rounded to it.
        let run = |decimals: u8| {
            let random = &mut Seeded(seed);
            let candles = jumping(random, 120, 120);
            let written = script(random, &candles, 150);
            let script = scaled_script(&written, Decimal::from(10u32.pow(2 - u32::from(decimals))));
            let venue = settings(random);
            with_venue(stage_on(scaled_minutes(&candles, decimals), script), venue)
                .with(|it| it.initial_balance = Money::new(Decimal::from(10_000_000)))
                .run()
        };
        let (one, ten) = (run(2), run(1));
        // Parts of costs are settled to 14 decimals each.
        let difference = gain(&one).decimal() * Decimal::TEN - gain(&ten).decimal();
        prop_assert!(difference.abs() < Decimal::new(1, 11), "{}", difference);
        let shapes = |result: &RunResult| result.trades.iter().map(shape).collect::<Vec<_>>();
        prop_assert_eq!(shapes(&one), shapes(&ten));
    }

    #[test]
    fn a_long_is_a_short_on_the_mirror(seed in any::<u64>(), policy in 0usize..4) {
        let run = |is_mirrored: bool| {
            let random = &mut Seeded(seed);
            let mut candles = jumping(random, 60, 120);
            let bracket = Bracket::random(random, 150);
            // Equal ways to the high and to the low are the one thing that is not symmetric.
            for [open, high, low, _] in &mut candles {
                *high += i64::from(*high - *open == *open - *low);
            }
            let mut venue = settings(random);
            venue.costs = simulator::Costs::default();
            venue.intrabar = IntrabarPolicy::ALL[policy];
            let mirror = |price: i64| 40_000 - price;
            let (candles, bracket): (Vec<[i64; 4]>, Bracket) = if is_mirrored {
                let turn = |[open, high, low, close]: [i64; 4]| {
                    [mirror(open), mirror(low), mirror(high), mirror(close)]
                };
                (candles.iter().map(|candle| turn(*candle)).collect(), bracket.opposite())
            } else {
                (candles, bracket)
            };
            let wish = bracket.wish(candles[5][3]).at(5);
            with_venue(stage(&candles, vec![wish, exit(40)]), venue).run()
        };
        let (plain, mirrored) = (run(false), run(true));
        prop_assert_eq!(gain(&plain), gain(&mirrored));
        let shapes = |result: &RunResult| result.trades.iter().map(shape).collect::<Vec<_>>();
        prop_assert_eq!(shapes(&plain), shapes(&mirrored));
        let total = |price: Price| Decimal::from(400) - price.decimal();
        for (one, other) in plain.trades.iter().zip(&mirrored.trades) {
            prop_assert_eq!(one.direction, other.direction.opposite());
            prop_assert_eq!(total(one.entry_price).round_dp(10), other.entry_price.decimal().round_dp(10));
        }
    }

    #[test]
    fn splitting_a_fill_changes_nothing_but_rounding(
        seed in any::<u64>(),
        parts in 1i64..25,
        amount in 1i64..5_000,
        direction in prop_oneof![Just(Direction::Long), Just(Direction::Short)],
    ) {
        let random = &mut Seeded(seed);
        let calm = |price: i64| vec![[price; 4]; 30];
        let walk = continuous(random, 30, 100);
        let last = walk[29][3];
        let candles = [calm(10_000), walk, calm(last)].concat();
        let amount = Decimal::new(amount, 3);
        let wish = match direction { Direction::Long => long("100"), Direction::Short => short("100") };
        let given = stage(&candles, vec![wish.units(&amount.to_string()).at(0), exit(61)])
            .with(|it| {
                it.venue.costs.taker = rate("0.000513");
                it.initial_balance = Money::new(Decimal::from(10_000_000));
            });
        let whole = given.run();
        // A volume of 1 in each candle, of which so much is ours.
        let share = domain::Rate::new((amount / Decimal::from(parts)).round_dp(8)).unwrap();
        let split = given.with(|it| it.venue.participation_max = Some(share)).run();
        prop_assert!(split.fills.len() >= whole.fills.len() * usize::try_from(parts).unwrap());
        let difference = (gain(&whole) - gain(&split)).abs();
        prop_assert!(difference < Money::new(Decimal::new(1, 10)), "{}", difference);
    }
}

/// All prices of a script multiplied.
fn scaled_script(script: &Script, factor: Decimal) -> Script {
    use domain::Intent;
    let scaled = |price: Price| Price::new(price.decimal() * factor).unwrap();
    let intent = |intent: &Intent| match intent {
        Intent::Enter(entry) => {
            let mut entry = entry.clone();
            let signal = &entry.signal;
            let mut moved = domain::Signal::new(
                signal.direction(),
                scaled(signal.entry()),
                signal.confidence(),
                signal.metadata().clone(),
            );
            if let Some(stop) = signal.stop_loss() {
                moved = moved.with_stop_loss(scaled(stop)).unwrap();
            }
            if let Some(target) = signal.take_profit() {
                moved = moved.with_take_profit(scaled(target)).unwrap();
            }
            entry.signal = moved;
            Intent::Enter(entry)
        }
        Intent::MoveStop(price) => Intent::MoveStop(scaled(*price)),
        Intent::Exit { .. } | Intent::CancelEntries | Intent::GiveUp(_) => intent.clone(),
    };
    script.iter().map(|(row, wish)| (*row, intent(wish))).collect()
}

/// Outcomes of one bracket under a policy: five-minute candles, told by minutes when drilled.
fn banded(seed: u64, policy: IntrabarPolicy) -> (Money, RunResult) {
    let random = &mut Seeded(seed);
    let finer = continuous(random, 60, 60);
    let longer: Vec<[i64; 4]> = finer
        .chunks(5)
        .map(|five| {
            let high = five.iter().map(|candle| candle[1]).max().unwrap();
            let low = five.iter().map(|candle| candle[2]).min().unwrap();
            [five[0][0], high, low, five[4][3]]
        })
        .collect();
    let bracket = Bracket::random(random, 120);
    let start = usize::try_from(random.below(4)).unwrap();
    let wish = bracket.wish(longer[start][3]).at(start);
    let result = stage_on(fives(&longer), vec![wish])
        .finer(minutes(&finer))
        .with(|it| it.venue.intrabar = policy)
        .run();
    (gain(&result), result)
}

proptest! {
    #![proptest_config(config(5_000))]

    #[test]
    fn drilled_lies_between_pessimistic_and_optimistic(seed in any::<u64>()) {
        let (pessimistic, worst) = banded(seed, IntrabarPolicy::Pessimistic);
        let (drilled, _) = banded(seed, IntrabarPolicy::Drill);
        let (optimistic, best) = banded(seed, IntrabarPolicy::Optimistic);
        let (adaptive, _) = banded(seed, IntrabarPolicy::Adaptive);
        prop_assert!(pessimistic <= drilled, "{} above {}", pessimistic, drilled);
        prop_assert!(drilled <= optimistic, "{} above {}", drilled, optimistic);
        prop_assert!(pessimistic <= adaptive && adaptive <= optimistic);
        // Where nothing was unknown there is no band.
        let is_known = |result: &RunResult| result.trades.iter().all(|trade| !trade.ambiguous);
        if is_known(&worst) && is_known(&best) {
            prop_assert_eq!(pessimistic, optimistic);
        }
    }
}

#[test]
fn the_random_brackets_do_meet_unknown_orders() {
    let of = |seed| {
        let (pessimistic, _) = banded(seed, IntrabarPolicy::Pessimistic);
        let (optimistic, _) = banded(seed, IntrabarPolicy::Optimistic);
        pessimistic < optimistic
    };
    let banded = (0..1000).filter(|seed| of(*seed)).count();
    assert!(banded > 100, "{banded} of 1000 brackets have a band");
}
