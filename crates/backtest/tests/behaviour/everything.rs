//! Runs with everything on: delays, thin volume, funding, leverage, several sleeves. A run checks its
//! own books to the last digit and fails when they do not agree.

use std::sync::Arc;

use backtest::{RunResult, Settlement, Trade};
use domain::{ExitReason, InstrumentRules, LotRules, Money, PositionMode, Timestamp};
use margin::{Leverage, MarginMode};
use proptest::prelude::*;
use simulator::{FillTime, Latency};

use crate::portfolio::renamed;
use crate::random_runs::{jumping, script, settings};
use crate::scripts::{Stage, fives, quantity, stage_on};
use crate::support::{Seeded, minutes, rate};

const ROWS: usize = 90;

pub(crate) fn random_stage(seed: u64) -> Stage {
    let random = &mut Seeded(seed);
    let candles: Vec<Vec<[i64; 4]>> = (0..2).map(|_| jumping(random, ROWS, 250)).collect();
    let mut stage = stage_on(minutes(&candles[0]), script(random, &candles[0], 300))
        .and(renamed(&minutes(&candles[1]), "TWOUSDT"));
    // Delays are only allowed where no sleeves share a position.
    let shares = random.below(2) == 0;
    let more: &[u16] = if shares { &[0, 1, 1] } else { &[1] };
    for instrument in more.iter().copied() {
        let script = script(random, &candles[usize::from(instrument)], 300);
        stage = stage.playing(script, instrument);
    }
    stage.spec.venue = settings(random);
    stage.spec.initial_balance = Money::new(60.into());
    stage.spec.rules.entries_max = Some(2);
    if random.below(2) == 0 {
        stage.spec.venue.position_mode = PositionMode::Hedge;
    }
    if stage.spec.venue.fill_time == FillTime::NextOpen && !shares {
        stage.spec.venue.latency = Latency {
            orders_ms: random.below(70_000),
            reports_ms: random.below(70_000),
            jitter_ms: random.below(70_000),
        };
        stage.spec.venue.seed = seed;
    }
    for number in 0..2 {
        furnish(&mut stage, number, random);
    }
    stage
}

/// Leverage, margin mode, filters and funding of an instrument.
fn furnish(stage: &mut Stage, number: usize, random: &mut Seeded) {
    let instrument = &mut stage.data.instruments[number];
    let listing = &mut instrument.listing;
    listing.leverage = Leverage::new((1 + random.below(20)).into()).unwrap();
    listing.margin_mode =
        if random.below(2) == 0 { MarginMode::Cross } else { MarginMode::Isolated };
    let rules = InstrumentRules {
        tick: Some(crate::random_runs::cents(1)),
        lot: LotRules { min: quantity("0.01"), max: quantity("1000"), step: quantity("0.01") },
        notional_min: Money::new(5.into()),
        ..InstrumentRules::unknown()
    };
    let (symbol, scale) = (listing.instrument.symbol.clone(), listing.instrument.scale);
    listing.instrument = domain::Instrument::new(symbol, scale, rules);
    let fractions = ["0.0013", "-0.0007", "0.01"];
    let settlements = (0i64..).zip(fractions).map(|(count, fraction)| Settlement {
        time: Timestamp::from_millis((7 + count * 17) * 60_000 + random.below(3) * 30_000),
        rate: rate(fraction),
        mark: None,
    });
    instrument.funding = settlements.collect();
}

fn check(result: &RunResult) -> Result<(), TestCaseError> {
    let sum: Money = result.trades.iter().map(Trade::net).sum();
    let left = result.final_balance - result.initial_balance - sum;
    // Funding of positions that nobody held any more when it was told is the only difference.
    prop_assert!(left.abs() < Money::new(20.into()), "{}", left);
    prop_assert!(result.equity.len() == ROWS && result.equity.iter().all(|it| it.is_finite()));
    for trade in &result.trades {
        prop_assert!(trade.entry_time <= trade.exit_time);
        let fills = result.fills.iter().filter(|it| it.trade == trade.index);
        let closed_by_fills: quantities::Sum = fills.clone().collect();
        prop_assert_eq!(closed_by_fills.entered, trade.quantity.decimal());
        if trade.exit_reason != ExitReason::Liquidation {
            prop_assert_eq!(closed_by_fills.exited, trade.quantity.decimal());
        }
    }
    Ok(())
}

/// Quantities of a trade's fills.
mod quantities {
    use domain::{Decimal, OrderPurpose};

    #[derive(Default)]
    pub(super) struct Sum {
        pub(super) entered: Decimal,
        pub(super) exited: Decimal,
    }

    impl<'a> FromIterator<&'a backtest::FillRecord> for Sum {
        fn from_iter<I: IntoIterator<Item = &'a backtest::FillRecord>>(fills: I) -> Self {
            let mut sum = Self::default();
            for record in fills {
                match record.purpose {
                    OrderPurpose::Entry => sum.entered += record.fill.quantity.decimal(),
                    OrderPurpose::Exit(_) => sum.exited += record.fill.quantity.decimal(),
                }
            }
            sum
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_500) })]

    #[test]
    fn books_and_trades_agree_with_everything_on(seed in any::<u64>()) {
        let stage = random_stage(seed);
        let result = stage.try_run();
        prop_assert!(result.is_ok(), "{:?}", result.err());
        check(&result.unwrap())?;
    }

    #[test]
    fn drilled_runs_keep_their_books(seed in any::<u64>()) {
        let random = &mut Seeded(seed);
        let finer = jumping(random, ROWS, 120);
        let longer: Vec<[i64; 4]> = finer
            .chunks(5)
            .map(|five| {
                let high = five.iter().map(|candle| candle[1]).max().unwrap();
                let low = five.iter().map(|candle| candle[2]).min().unwrap();
                [five[0][0], high, low, five[4][3]]
            })
            .collect();
        let script = script(random, &longer, 200);
        let venue = settings(random);
        let result = stage_on(fives(&longer), script)
            .with_data(|data| data.instruments[0].finer = Some(Arc::new(minutes(&finer))))
            .with(|it| {
                it.venue = venue;
                it.venue.intrabar = simulator::IntrabarPolicy::Drill;
            })
            .try_run();
        prop_assert!(result.is_ok(), "{:?}", result.err());
        let result = result.unwrap();
        let sum: Money = result.trades.iter().map(Trade::net).sum();
        prop_assert_eq!(result.initial_balance + sum, result.final_balance);
    }
}

#[test]
fn the_random_runs_meet_what_they_are_meant_to_meet() {
    let (mut trades, mut liquidated) = (0, 0);
    for seed in 0..300 {
        let result = random_stage(seed).run();
        trades += result.trades.len();
        let by_venue = |it: &&Trade| it.exit_reason == ExitReason::Liquidation;
        liquidated += result.trades.iter().filter(by_venue).count();
    }
    assert!(trades > 3000 && liquidated > 100, "{trades} trades, {liquidated} liquidated");
}
