//! Laws that hold for all runs.

use domain::Price;
use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
struct Run {
    time: Vec<i64>,
    equity: Vec<f64>,
    trades: Vec<Trade>,
}

impl Run {
    fn input(&self) -> MetricsInput<'_> {
        input(&self.time, &self.equity, &self.trades)
    }
}

/// Net profit in cents, entry minute, duration, direction, distance of the stop.
type Round = (i64, i64, i64, bool, Option<i64>);

fn trade_of(round: &Round) -> Trade {
    let (cents, entry, minutes, is_long, stop) = *round;
    let direction = if is_long { Direction::Long } else { Direction::Short };
    let mut trade = trade(direction, ["100", "100"], [entry, entry + minutes]);
    trade.gross = Money::new(Decimal::new(cents, 2));
    trade.stop_loss = stop.map(|stop| Price::new(Decimal::new(10_000 + stop, 2)).unwrap());
    trade
}

fn trades() -> impl Strategy<Value = Vec<Trade>> {
    let round = (
        prop_oneof![Just(0), -500i64..500, -100_000_000_000i64..100_000_000_000],
        0i64..10_000,
        0i64..3_000,
        any::<bool>(),
        proptest::option::of(-9_000i64..9_000),
    );
    proptest::collection::vec(round, 0..40).prop_map(|rounds| rounds.iter().map(trade_of).collect())
}

/// Equity of any size and sign, at steps from a minute to three days.
fn curve() -> impl Strategy<Value = (Vec<i64>, Vec<f64>)> {
    let equity = prop_oneof![900.0..1100.0, Just(1000.0), 0.0..1e-12, -1e12..1e12];
    proptest::collection::vec((1i64..4_320, equity), 0..120).prop_map(|steps| {
        let mut minute = 0;
        let close = |step: &i64| {
            minute += step;
            minute * MINUTE_MS
        };
        let time = steps.iter().map(|(step, _)| step).map(close).collect();
        (time, steps.iter().map(|(_, equity)| *equity).collect())
    })
}

fn run() -> impl Strategy<Value = Run> {
    (curve(), trades()).prop_map(|((time, equity), trades)| Run { time, equity, trades })
}

fn is_finite(value: MetricValue) -> bool {
    match value {
        MetricValue::Undefined | MetricValue::Exact(_) | MetricValue::Count(_) => true,
        MetricValue::Statistic(value) => value.is_finite(),
    }
}

fn same(left: MetricValue, right: MetricValue) -> bool {
    match (left, right) {
        (MetricValue::Statistic(left), MetricValue::Statistic(right)) => {
            (left - right).abs() <= 1e-9 * left.abs().max(1.0)
        }
        (left, right) => left == right,
    }
}

/// Figures that depend on the order of the trades.
const ORDERED: [&str; 2] = ["max_consecutive_wins", "max_consecutive_losses"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_figure_is_infinite(run in run()) {
        let input = run.input();
        let metrics = Metrics::of(&input);
        for row in metrics.table() {
            prop_assert!(is_finite(row.value), "{}: {:?}", row.key, row.value);
        }
        prop_assert!(metrics.exposure.is_none_or(|exposure| (0.0..=1.0).contains(&exposure)));
        prop_assert!(metrics.max_drawdown >= 0.0 && metrics.max_drawdown_hours >= 0.0);
        let months = monthly_returns(&input);
        prop_assert!(months.iter().all(|month| month.return_fraction.is_none_or(f64::is_finite)));
        if !months.is_empty() {
            let counted: u64 = months.iter().map(|month| month.trades).sum();
            prop_assert_eq!(counted, metrics.total_trades);
        }
        let periods = drawdown_periods(&input);
        let deepest = periods.first().map_or(0.0, |period| period.depth);
        prop_assert_eq!(deepest, metrics.max_drawdown);
        prop_assert!(periods.is_sorted_by(|a, b| a.depth >= b.depth));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn parts_sum_to_the_whole(run in run()) {
        let metrics = Metrics::of(&run.input());
        let net: Money = run.trades.iter().map(Trade::net).sum();
        prop_assert_eq!(metrics.long.net_profit + metrics.short.net_profit, net);
        prop_assert_eq!(metrics.long.trades + metrics.short.trades, metrics.total_trades);
        let streaks: u64 = streaks(&run.trades).iter().map(|streak| streak.length).sum();
        prop_assert_eq!(streaks, metrics.total_trades);
    }

    #[test]
    fn months_multiply_to_the_whole(steps in proptest::collection::vec((60i64..8_000, 500.0..2000.0), 1..60)) {
        let mut minute = 0;
        let time: Vec<i64> = steps.iter().map(|(step, _)| { minute += step; minute * MINUTE_MS }).collect();
        let equity: Vec<f64> = steps.iter().map(|(_, equity)| *equity).collect();
        let months = monthly_returns(&input(&time, &equity, &[]));
        let whole: f64 = months.iter().map(|month| 1.0 + month.return_fraction.unwrap()).product();
        prop_assert!((whole - equity[equity.len() - 1] / 1000.0).abs() < 1e-9);
    }

    #[test]
    fn ratios_do_not_depend_on_the_size_of_the_account(
        steps in proptest::collection::vec((60i64..8_000, 500.0..2000.0), 1..60)
    ) {
        let mut minute = 0;
        let time: Vec<i64> = steps.iter().map(|(step, _)| { minute += step; minute * MINUTE_MS }).collect();
        let equity: Vec<f64> = steps.iter().map(|(_, equity)| *equity).collect();
        let small = input(&time, &equity, &[]);
        let larger: Vec<f64> = equity.iter().map(|equity| equity * 8.0).collect();
        let eight = |amount: Money| Money::new(amount.decimal() * Decimal::from(8));
        let large = MetricsInput {
            equity: &larger,
            initial_balance: eight(small.initial_balance),
            final_balance: eight(small.final_balance),
            ..small
        };
        for (one, other) in Metrics::of(&small).table().iter().zip(Metrics::of(&large).table()) {
            let scales = one.unit == MetricUnit::Money;
            prop_assert!(scales || same(one.value, other.value), "{}: {:?}, {:?}", one.key, one.value, other.value);
        }
    }

    #[test]
    fn figures_without_order_do_not_change_with_it(
        (run, order) in run().prop_flat_map(|run| {
            let trades = run.trades.clone();
            (Just(run), Just(trades).prop_shuffle())
        })
    ) {
        let shuffled = Run { trades: order, ..run.clone() };
        let tables = [&run, &shuffled].map(|run| Metrics::of(&run.input()).table());
        for (one, other) in tables[0].iter().zip(&tables[1]) {
            let ordered = ORDERED.contains(&one.key);
            prop_assert!(ordered || same(one.value, other.value), "{}: {:?}, {:?}", one.key, one.value, other.value);
        }
    }
}
