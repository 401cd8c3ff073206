//! The band of a result: how far an unknown order of events inside candles moves it.
//!
//! Its edges are two whole runs, under the pessimistic and the optimistic policy. They are no bounds in
//! the strict sense: a trade that ends otherwise changes what can be traded after it.

use domain::{Decimal, Money};
use simulator::IntrabarPolicy;
use strategy::Registry;

use crate::run::Part;
use crate::{Metrics, Observer, Progress, RunData, RunError, RunResult, RunSpec, run_for_figures};

/// What a run would have come to under either extreme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FillBand {
    /// Everywhere the worse for the trader.
    pub pessimistic: BandEdge,
    /// Everywhere the better for the trader.
    pub optimistic: BandEdge,
    /// Trades of the given result that depended on an unknown order of events.
    pub ambiguous_trades: u64,
}

/// One edge of a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BandEdge {
    /// Wallet at the end, in quote asset.
    pub final_balance: Money,
    /// (final - initial) / initial, a fraction.
    pub total_return: Decimal,
    /// Closed round trips.
    pub trades: u64,
    /// Those that depended on an unknown order of events.
    pub ambiguous: u64,
}

impl FillBand {
    /// Distance of the edges, in quote asset; never negative.
    #[must_use]
    pub fn width(&self) -> Money {
        (self.optimistic.final_balance - self.pessimistic.final_balance).abs()
    }

    /// Whether the edges lie the right way round with this balance between them. Where they do not, the
    /// policies led to other trades, as when one run could afford what another could not.
    #[must_use]
    pub fn bounds(&self, final_balance: Money) -> bool {
        self.pessimistic.final_balance <= final_balance
            && final_balance <= self.optimistic.final_balance
    }
}

impl BandEdge {
    /// The edge that a result with these figures stands for.
    #[must_use]
    pub const fn of(metrics: &Metrics) -> Self {
        Self {
            final_balance: metrics.final_balance,
            total_return: metrics.total_return,
            trades: metrics.total_trades,
            ambiguous: metrics.ambiguous_trades,
        }
    }
}

/// The band around `result`, which is what `spec` gave on `data`. A result without an ambiguous trade
/// is both edges; a pessimistic or optimistic one is its own edge, and one that drilled the pessimistic
/// one, as it is pessimistic wherever finer candles do not tell. Only the other edges are run.
///
/// # Errors
/// [`RunError`] of a run.
pub fn fill_band(
    spec: &RunSpec,
    data: &RunData,
    registry: &Registry,
    result: &RunResult,
    observer: Observer<'_>,
) -> Result<FillBand, RunError> {
    let given = BandEdge::of(&result.metrics);
    let ambiguous_trades = given.ambiguous;
    if ambiguous_trades == 0 {
        return Ok(FillBand { pessimistic: given, optimistic: given, ambiguous_trades });
    }
    let edge = |intrabar, before, observer: Observer<'_>| {
        let mut spec = spec.clone();
        spec.venue.intrabar = intrabar;
        let (before, runs): (u64, u64) = before;
        let place = |Progress { done, total }| Progress {
            done: before * total + done,
            total: runs * total,
        };
        let mut part = Part { whole: observer, place };
        run_for_figures(&spec, data, registry, &mut part).map(|it| BandEdge::of(&it))
    };
    let (pessimistic, optimistic) = match spec.venue.intrabar {
        IntrabarPolicy::Pessimistic | IntrabarPolicy::Drill => {
            (given, edge(IntrabarPolicy::Optimistic, (0, 1), observer)?)
        }
        IntrabarPolicy::Optimistic => (edge(IntrabarPolicy::Pessimistic, (0, 1), observer)?, given),
        IntrabarPolicy::Adaptive => (
            edge(IntrabarPolicy::Pessimistic, (0, 2), observer)?,
            edge(IntrabarPolicy::Optimistic, (1, 2), observer)?,
        ),
    };
    Ok(FillBand { pessimistic, optimistic, ambiguous_trades })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{BRACKETS, go_on, minutes, single, spec, try_run};
    use domain::Timeframe;
    use market::{Series, aggregate};
    use proptest::prelude::*;
    use std::ops::ControlFlow;
    use std::sync::Arc;

    fn band(spec: &RunSpec, data: &RunData) -> FillBand {
        let result = try_run(spec, data).unwrap();
        fill_band(spec, data, &Registry::built_in(), &result, &mut go_on).unwrap()
    }

    fn quarters(minutes: &Series) -> Series {
        aggregate(minutes, Timeframe::M15).unwrap()
    }

    fn with_policy(intrabar: IntrabarPolicy) -> RunSpec {
        let mut spec = spec("SMA_CROSS", BRACKETS);
        spec.venue.intrabar = intrabar;
        spec
    }

    #[test]
    fn a_band_bounds_what_lies_between_its_edges() {
        let edge = |amount: i128| BandEdge {
            final_balance: Money::whole(amount),
            total_return: Decimal::ZERO,
            trades: 0,
            ambiguous: 0,
        };
        let band = |pessimistic, optimistic| FillBand {
            pessimistic: edge(pessimistic),
            optimistic: edge(optimistic),
            ambiguous_trades: 1,
        };
        let bounds = |given: FillBand| [1, 2, 3, 4].map(|it| given.bounds(Money::whole(it)));
        assert_eq!(bounds(band(2, 3)), [false, true, true, false]);
        assert_eq!(bounds(band(3, 2)), [false; 4]);
    }

    #[test]
    fn the_edges_are_the_runs_under_both_policies() {
        let data = single(quarters(&minutes("TESTUSDT", 10 * 1440, 3)));
        let edge =
            |intrabar| BandEdge::of(&try_run(&with_policy(intrabar), &data).unwrap().metrics);
        let pessimistic = edge(IntrabarPolicy::Pessimistic);
        let optimistic = edge(IntrabarPolicy::Optimistic);
        assert!(pessimistic.ambiguous > 0 && optimistic.ambiguous > 0);
        assert!(pessimistic.final_balance < optimistic.final_balance);
        for intrabar in IntrabarPolicy::ALL {
            let band = band(&with_policy(intrabar), &data);
            assert_eq!((band.pessimistic, band.optimistic), (pessimistic, optimistic));
            assert_eq!(band.ambiguous_trades, edge(intrabar).ambiguous);
            assert_eq!(band.width(), optimistic.final_balance - pessimistic.final_balance);
        }
    }

    #[test]
    fn a_drilled_result_is_the_pessimistic_edge() {
        let one = minutes("TESTUSDT", 10 * 1440, 3);
        let mut data = single(quarters(&one));
        let coarse = band(&with_policy(IntrabarPolicy::Pessimistic), &data);
        data.instruments[0].finer = Some(Arc::new(one));
        let spec = with_policy(IntrabarPolicy::Drill);
        let drilled = try_run(&spec, &data).unwrap();
        let band = band(&spec, &data);
        assert_eq!(band.pessimistic, BandEdge::of(&drilled.metrics));
        assert!(band.ambiguous_trades < coarse.ambiguous_trades);
        assert!(band.width() < coarse.width(), "{band:?} {coarse:?}");
    }

    #[test]
    fn without_ambiguity_nothing_is_run() {
        let data = single(minutes("TESTUSDT", 1440, 3));
        let spec = spec("SMA_CROSS", &[]);
        let result = try_run(&spec, &data).unwrap();
        let mut observe = |_| panic!("a run was started");
        let band = fill_band(&spec, &data, &Registry::built_in(), &result, &mut observe).unwrap();
        assert_eq!((band.ambiguous_trades, band.width()), (0, Money::ZERO));
        assert_eq!(band.pessimistic, band.optimistic);
        assert_eq!(band.optimistic.final_balance, result.final_balance);
    }

    #[test]
    fn progress_counts_the_runs_and_can_be_stopped() {
        let data = single(minutes("TESTUSDT", 20_000, 3));
        let spec = with_policy(IntrabarPolicy::Adaptive);
        let result = try_run(&spec, &data).unwrap();
        let registry = Registry::built_in();
        let mut seen = Vec::new();
        let mut observe = |progress: Progress| {
            seen.push(progress.done);
            assert_eq!(progress.total, 40_000);
            ControlFlow::Continue(())
        };
        fill_band(&spec, &data, &registry, &result, &mut observe).unwrap();
        assert!(seen.is_sorted() && seen.last() == Some(&40_000), "{seen:?}");
        let mut stop = |_| ControlFlow::Break(());
        let stopped = fill_band(&spec, &data, &registry, &result, &mut stop);
        assert_eq!(stopped, Err(RunError::Cancelled));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// Where no trade was ambiguous, no policy has decided anything.
        #[test]
        fn policies_differ_only_where_a_trade_is_ambiguous(
            seed in 0u64..10_000,
            fast in 2i64..6,
            stop in 1i64..30,
            target in 1i64..30,
        ) {
            let data = single(minutes("TESTUSDT", 180, seed));
            let texts = [fast, stop, target].map(|number| number.to_string());
            let [stop, target] = [stop, target].map(|number| format!("0.{number:04}"));
            let parameters = [
                ("fast", texts[0].as_str()), ("slow", "9"), ("quantity", "1"),
                ("stop_loss", stop.as_str()), ("take_profit", target.as_str()),
            ];
            let result = |intrabar| {
                let mut spec = spec("SMA_CROSS", &parameters);
                spec.venue.intrabar = intrabar;
                try_run(&spec, &data).unwrap()
            };
            let pessimistic = result(IntrabarPolicy::Pessimistic);
            if pessimistic.metrics.ambiguous_trades == 0 {
                for intrabar in IntrabarPolicy::ALL {
                    prop_assert_eq!(&result(intrabar).trades, &pessimistic.trades);
                }
            }
        }
    }
}
