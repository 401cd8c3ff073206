//! The badge is earned by honest strategies and refused to those that look ahead.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::{
    Confidence, Direction, Entry, ExitReason, Intent, Metadata, Quantity, Rate, Role, Signal,
    Sizing, Timeframe,
};
use simulator::{FillTime, IntrabarPolicy, Latency};
use strategy::{Context, Definition, Kept, ParameterError, Parameters, Source, Strategy};

use super::*;
use crate::tests::{self, BRACKETS, decimal, go_on, minutes, portfolio, single, spec};

fn check(spec: &RunSpec, data: &RunData, cuts: usize) -> TruncationReport {
    let plan = TruncationPlan { cuts, seed: 5 };
    check_truncation(spec, data, &Registry::built_in(), &plan, &mut go_on).unwrap()
}

fn check_passes(spec: &RunSpec, data: &RunData) {
    let report = check(spec, data, 4);
    assert_eq!(report.first_difference(), None, "{report:?}");
    assert_eq!((report.badge(), report.cuts.len()), (TruncationBadge::Passed, 4));
    let last = report.cuts[3];
    assert!(last.decisions > 10 && last.fills > 10 && last.trades > 5, "{last:?}");
    assert!(report.cuts.windows(2).all(|cuts| cuts[0].time < cuts[1].time));
}

#[test]
fn the_built_in_strategies_pass() {
    let data = single(minutes("TESTUSDT", 5 * 1440, 3));
    check_passes(&spec("SMA_CROSS", &[]), &data);
    check_passes(&spec("SMA_CROSS", BRACKETS), &data);
    let data = single(minutes("TESTUSDT", 20 * 1440, 3));
    check_passes(&spec("SIMPLE_TEST", &[("signal_frequency", "1")]), &data);
}

#[test]
fn a_portfolio_passes_under_every_policy_and_fill_time() {
    let (mut spec, data) = portfolio();
    for intrabar in IntrabarPolicy::ALL {
        spec.venue.intrabar = intrabar;
        check_passes(&spec, &data);
    }
    for fill_time in FillTime::ALL {
        spec.venue.fill_time = fill_time;
        check_passes(&spec, &data);
    }
}

#[test]
fn delays_pass() {
    let (mut spec, mut data) = portfolio();
    // Delays are not for sleeves that share a position.
    spec.sleeves.truncate(2);
    data.timeframes.truncate(2);
    for place in 0..2u16 {
        spec.sleeves[usize::from(place)] = tests::sleeve("SMA_CROSS", &BRACKETS[..3], place);
    }
    for (orders_ms, reports_ms) in [(300, 200), (0, 70_000)] {
        spec.venue.latency = Latency { orders_ms, reports_ms, jitter_ms: 0 };
        check_passes(&spec, &data);
    }
}

#[test]
fn partial_fills_pass() {
    let data = single(minutes("TESTUSDT", 4 * 1440, 1));
    let mut spec = spec("SMA_CROSS", BRACKETS);
    spec.venue.participation_max = Some(tests::rate("0.5"));
    check_passes(&spec, &data);
}

#[test]
fn longer_timeframes_that_carry_fills_may_be_open_at_a_cut() {
    let one = minutes("ONEUSDT", 3 * 1440, 1);
    let quarters = tests::longer(&minutes("TWOUSDT", 3 * 1440, 2), Timeframe::M15);
    let mut data = single(one);
    data.instruments.push(tests::instrument(&quarters));
    data.timeframes.push(vec![(Role::Ltf, quarters)]);
    let mut spec = spec("SMA_CROSS", BRACKETS);
    spec.sleeves.push(tests::sleeve("SMA_CROSS", BRACKETS, 1));
    check_passes(&spec, &data);
}

thread_local! {
    /// Closes of the run in work by close time: what no strategy should have.
    static FUTURE: RefCell<Vec<(i64, f64)>> = const { RefCell::new(Vec::new()) };
}

/// Holds a long position exactly while the close `AHEAD` candles later is higher.
struct Cheat<const AHEAD: usize>;

impl<const AHEAD: usize> Strategy for Cheat<AHEAD> {
    fn on_candle(&mut self, context: &Context<'_>, intents: &mut Vec<Intent>) {
        let Some(candles) = context.just_closed(Role::Ltf) else { return };
        let later = FUTURE.with_borrow(|closes| {
            let row = closes.partition_point(|(time, _)| *time < context.now().millis());
            closes.get(row + AHEAD).map(|(_, close)| *close)
        });
        let last = candles.close()[candles.len() - 1];
        match (context.position(), later.map(|later| later > last)) {
            (None, Some(true)) => intents.push(long(&candles)),
            (Some(_), Some(false)) => intents.push(close()),
            (None | Some(_), _) => {}
        }
    }
}

fn long(candles: &market::Candles<'_>) -> Intent {
    let entry = candles.scale().price(candles.close()[candles.len() - 1]).unwrap();
    let metadata = Metadata::of_kind("test");
    let signal = Signal::new(Direction::Long, entry, Confidence::FULL, metadata);
    let sizing = Sizing::Fixed(Quantity::new(decimal("1")).unwrap());
    Intent::enter(Entry::at_market(signal, sizing))
}

fn close() -> Intent {
    Intent::Exit { reason: ExitReason::Signal, share: Rate::ONE }
}

type Made = Result<Box<dyn Kept>, ParameterError>;

/// The built-in strategies and one that another function makes.
fn registry_with<M: Fn(&Parameters) -> Made + Send + Sync + 'static>(make: M) -> Registry {
    let built_in = Registry::built_in();
    let mut info = built_in.find("SMA_CROSS").unwrap().info.clone();
    (info.id, info.aliases, info.parameters) = ("TESTED".into(), Vec::new(), Vec::new());
    built_in.with(Definition::new(info, Source::built_in("tested"), make))
}

/// Runs with the candles of each run laid open to the strategy.
fn check_cheat<M: Fn(&Parameters) -> Made + Send + Sync + 'static>(
    make: M,
    cuts: usize,
) -> TruncationReport {
    let data = single(minutes("TESTUSDT", 1440, 3));
    let spec = spec("TESTED", &[]);
    let registry = registry_with(make);
    let mut run = |data: &RunData, observer: Observer<'_>| {
        let series = &data.timeframes[0][0].1;
        let closes = series.close_times(series.len()).into_iter().zip(series.close().to_vec());
        FUTURE.with_borrow_mut(|future| *future = closes.collect());
        run_noting(&spec, data, &registry, (observer, Notes::Decisions))
    };
    let plan = TruncationPlan { cuts, seed: 1 };
    check_by(&mut run, (&spec, &data), &plan, &mut go_on).unwrap()
}

#[test]
fn a_look_at_the_candle_just_closed_passes() {
    let report = check_cheat(|_| Ok(Box::new(Cheat::<0>)), 4);
    assert_eq!(report.badge(), TruncationBadge::Passed);
}

#[test]
fn a_look_one_candle_ahead_fails_at_a_single_cut() {
    let report = check_cheat(|_| Ok(Box::new(Cheat::<1>)), 1);
    assert_eq!(report.badge(), TruncationBadge::Failed);
    let cut = report.cuts[0];
    let expected = TruncationDifference { in_what: TruncationSubject::Decisions, time: cut.time };
    assert_eq!(cut.prefix, Some(expected), "the last decision before the cut needs the next close");
}

#[test]
fn a_look_far_ahead_fails_before_every_cut() {
    let report = check_cheat(|_| Ok(Box::new(Cheat::<20>)), 4);
    for cut in &report.cuts {
        assert!(cut.prefix.is_some_and(|difference| difference.time <= cut.time), "{cut:?}");
        assert!(cut.noise.is_some_and(|difference| difference.time <= cut.time), "{cut:?}");
    }
    let (first, cut) = (report.first_difference().unwrap(), report.cuts[0].time);
    assert!(first.time > cut.plus_millis(-20 * 60_000), "nothing 20 candles before it can differ");
}

static CANDLES: AtomicU64 = AtomicU64::new(0);

/// Remembers candles from one run to the next.
struct Haunted;

impl Strategy for Haunted {
    fn on_candle(&mut self, context: &Context<'_>, intents: &mut Vec<Intent>) {
        let seen = CANDLES.fetch_add(1, Ordering::Relaxed);
        match (context.position(), context.just_closed(Role::Ltf)) {
            (None, Some(candles)) if seen.is_multiple_of(97) => intents.push(long(&candles)),
            (Some(_), Some(_)) if seen.is_multiple_of(89) => intents.push(close()),
            (None | Some(_), _) => {}
        }
    }
}

#[test]
fn a_memory_beyond_the_run_fails() {
    let data = single(minutes("TESTUSDT", 1440, 3));
    let registry = registry_with(|_| Ok(Box::new(Haunted)));
    let plan = TruncationPlan::default();
    let report = check_truncation(&spec("TESTED", &[]), &data, &registry, &plan, &mut go_on);
    assert_eq!(report.unwrap().badge().name(), "failed");
}

#[test]
fn cuts_are_few_where_closes_are_few() {
    let data = single(minutes("TESTUSDT", 3, 3));
    let report = check(&spec("SMA_CROSS", &[]), &data, 64);
    let closes = data.timeframes[0][0].1.close_times(2);
    let cuts: Vec<i64> = report.cuts.iter().map(|cut| cut.time.millis()).collect();
    assert_eq!((cuts, report.decisions()), (closes, 0));
    let alone = single(minutes("TESTUSDT", 1, 3));
    assert_eq!(check(&spec("SMA_CROSS", &[]), &alone, 4).cuts.len(), 1);
}

#[test]
fn the_number_of_cuts_is_bounded() {
    let data = single(minutes("TESTUSDT", 3, 3));
    for (cuts, is_good) in [(0, false), (1, true), (64, true), (65, false)] {
        let plan = TruncationPlan { cuts, seed: 0 };
        let registry = Registry::built_in();
        let report = check_truncation(&spec("SMA_CROSS", &[]), &data, &registry, &plan, &mut go_on);
        assert_eq!(report.is_ok(), is_good, "{cuts}");
    }
}

#[test]
fn progress_rises_to_the_end_over_all_runs_and_can_be_stopped() {
    let data = single(minutes("TESTUSDT", 20_000, 3));
    let (spec, registry) = (spec("SMA_CROSS", &[]), Registry::built_in());
    let mut seen: Vec<Progress> = Vec::new();
    let mut observe = |progress| {
        seen.push(progress);
        ControlFlow::Continue(())
    };
    let plan = TruncationPlan { cuts: 2, seed: 0 };
    check_truncation(&spec, &data, &registry, &plan, &mut observe).unwrap();
    assert!(seen.windows(2).all(|two| two[0].done <= two[1].done));
    assert!(seen.iter().all(|progress| progress.total == 5 * 20_000));
    assert_eq!(seen.last().unwrap().done, 5 * 20_000);

    let mut stop = |progress: Progress| match progress.done {
        0..50_000 => ControlFlow::Continue(()),
        _ => ControlFlow::Break(()),
    };
    let stopped = check_truncation(&spec, &data, &registry, &plan, &mut stop);
    assert_eq!(stopped, Err(RunError::Cancelled));
}

#[test]
fn what_cannot_be_run_cannot_be_checked() {
    let data = single(minutes("TESTUSDT", 3, 3));
    let mut spec = spec("SMA_CROSS", &[]);
    spec.sleeves[0].strategy = "NOBODY".to_owned();
    let plan = TruncationPlan::default();
    let report = check_truncation(&spec, &data, &Registry::built_in(), &plan, &mut go_on);
    assert!(matches!(report, Err(RunError::UnknownStrategy { .. })));
    let nothing = RunData::default();
    let report = check_truncation(&spec, &nothing, &Registry::built_in(), &plan, &mut go_on);
    assert!(matches!(report, Err(RunError::Misfit(_))));
}
