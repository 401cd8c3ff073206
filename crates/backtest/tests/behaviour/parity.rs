//! Parity certificates: empty where nothing is different, and each difference the right cause's.

use backtest::{
    Act, CandlePart, ParityCause, ParityReference, ParityReport, SessionInput, TradeDifference,
    compare_with_backtest,
};
use domain::{
    Candle, ExitReason, InstrumentId, Intent, Money, Rate, SleeveId, TimeRange, Timestamp,
};
use proptest::prelude::*;
use simulator::{FillTime, IntrabarPolicy, Latency, Slippage};

use crate::random_runs::all_at_once;
use crate::scripts::{Script, Stage, exit, long, registry, stage, whole};
use crate::session_feeds::{self, part, tell};
use crate::support::rate;

const FIRST: SleeveId = SleeveId::new(0);

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

const ALL: TimeRange =
    TimeRange { start: Timestamp::from_millis(i64::MIN), end: Timestamp::from_millis(i64::MAX) };

/// A backtest of what the session itself had.
fn own(stage: &Stage) -> ParityReference {
    let count = stage.data.instruments.len();
    ParityReference {
        spec: stage.spec.clone(),
        candles: vec![None; count],
        marks: vec![None; count],
        funding: vec![None; count],
    }
}

fn report(
    stage: &Stage,
    inputs: &[SessionInput],
    reference: &ParityReference,
    range: TimeRange,
) -> ParityReport {
    stage.tell_scripts();
    let start = stage.start(at(i64::MIN));
    let mut go_on = session_feeds::go_on;
    compare_with_backtest((&stage.spec, &start, inputs), reference, range, &registry(), &mut go_on)
        .unwrap()
}

/// A policy that needs no finer candles.
pub(crate) fn without_finer(stage: &mut Stage) {
    if stage.spec.venue.intrabar == IntrabarPolicy::Drill {
        stage.spec.venue.intrabar = IntrabarPolicy::Pessimistic;
    }
}

/// The causes that changed something.
fn causes(report: &ParityReport) -> Vec<ParityCause> {
    report.steps.iter().filter(|step| !step.is_empty()).map(|step| step.cause).collect()
}

/// What was left out adds up to the whole difference, and what is left is a backtest.
fn check_sum(report: &ParityReport) {
    let sum: Money = report.steps.iter().map(|step| step.net_profit).sum();
    assert_eq!(sum, report.difference());
    let equity: f64 = report.steps.iter().map(|step| step.equity_change).sum();
    let difference = report.session.equity_change - report.backtest.equity_change;
    assert!((equity - difference).abs() < 1e-6, "{equity} {difference}");
}

fn minutes_up() -> Vec<[i64; 4]> {
    whole(&[
        [100, 100, 100, 100],
        [100, 105, 100, 105],
        [105, 110, 104, 110],
        [110, 112, 108, 112],
        [112, 115, 110, 114],
        [114, 116, 112, 116],
    ])
}

fn trading() -> Stage {
    stage(&minutes_up(), vec![long("100").stop("90").at(0), exit(3)])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn nothing_different_is_an_empty_certificate(seed in any::<u64>()) {
        let mut stage = all_at_once(seed);
        stage.spec.venue.fill_time = FillTime::NextOpen;
        without_finer(&mut stage);
        let report = report(&stage, &stage.feed(at(i64::MIN)), &own(&stage), ALL);
        prop_assert!(report.is_empty(), "{:?}", causes(&report));
        prop_assert!(report.steps.iter().all(|step| !step.is_present));
        let run = stage.run();
        prop_assert_eq!(report.backtest.trades, report.session.trades);
        let net: Money = run.trades.iter().map(backtest::Trade::net).sum();
        // What is open at the end is no trade of a session yet.
        prop_assert!(run.trades.len() >= report.backtest.trades);
        prop_assert!(report.backtest.net_profit == net || run.trades.len() > report.backtest.trades);
    }

    #[test]
    fn delays_and_slippage_bear_all_of_what_they_cost(seed in any::<u64>()) {
        let mut stage = all_at_once(seed);
        stage.spec.venue.fill_time = FillTime::NextOpen;
        without_finer(&mut stage);
        let mut reference = own(&stage);
        stage.spec.venue.costs.slippage = Slippage::Fixed(rate("0.0009"));
        stage.spec.venue.latency = Latency { orders_ms: 900, reports_ms: 300, jitter_ms: 500 };
        reference.spec.venue.costs.slippage = Slippage::None;
        reference.spec.venue.latency = Latency::default();
        let report = report(&stage, &stage.feed(at(i64::MIN)), &reference, ALL);
        check_sum(&report);
        let others = causes(&report);
        prop_assert!(others.iter().all(|it| matches!(it, ParityCause::Latency | ParityCause::Slippage)));
        // What is left in the end is the backtest of the reference.
        let run = stage.with(|spec| *spec = reference.spec).run();
        let closed = run.trades.iter().filter(|it| it.exit_reason != ExitReason::StrategyEnd);
        let net: Money = closed.map(backtest::Trade::net).sum();
        prop_assert_eq!(report.backtest.net_profit, net);
    }
}

#[test]
fn what_a_person_did_is_theirs() {
    let stage = trading();
    let mut inputs = stage.feed(at(i64::MIN));
    let leave = Intent::Exit { reason: ExitReason::Manual, share: Rate::ONE };
    let act = Act::Wish { sleeve: FIRST, intent: leave };
    inputs.insert(3, SessionInput::Act { time: at(180_000), parts: vec![], act });
    let report = report(&stage, &inputs, &own(&stage), ALL);
    check_sum(&report);
    assert_eq!(causes(&report), [ParityCause::ManualActs]);
    let [TradeDifference::Changed { with, without }] = &report.steps[0].trades[..] else {
        panic!("{:?}", report.steps[0].trades)
    };
    assert_eq!([with.exit_reason, without.exit_reason], [ExitReason::Manual, ExitReason::Signal]);
}

#[test]
fn the_order_of_events_inside_a_candle_is_its_own_cause() {
    // Target and stop in one minute: the policy takes the stop, the market went to the target first.
    let candles = whole(&[[100, 100, 100, 100], [100, 110, 90, 100], [100, 100, 100, 100]]);
    let stage = stage(&candles, vec![long("100").stop("95").target("105").at(0)]);
    let mut inputs = stage.feed(at(i64::MIN));
    let so_far = |high, low, close| Candle {
        open_time: at(60_000),
        open: 100.0,
        high,
        low,
        close,
        volume: 1.0,
    };
    let up = part(0, so_far(110.0, 100.0, 110.0), (at(60_000), 100.0), at(70_000));
    let SessionInput::Closed { candles, .. } = &mut inputs[1] else { panic!("candles") };
    let mut rest = part(0, so_far(110.0, 90.0, 100.0), (at(70_000), 110.0), at(120_000)).tape;
    rest.last.low = 90.0;
    candles[0].rest = Some(rest);
    inputs.insert(1, session_feeds::told(up));
    let report = report(&stage, &inputs, &own(&stage), ALL);
    check_sum(&report);
    assert_eq!(causes(&report), [ParityCause::InsideCandles]);
    assert_eq!(report.difference(), Money::whole(10.into()));
}

#[test]
fn missed_and_late_candles_are_their_own_cause() {
    let stage = trading();
    let mut inputs = stage.feed(at(i64::MIN));
    let SessionInput::Closed { is_missed, .. } = &mut inputs[3] else { panic!("candles") };
    *is_missed = true;
    let missed = report(&stage, &inputs, &own(&stage), ALL);
    check_sum(&missed);
    assert_eq!(causes(&missed), [ParityCause::MissedCandles]);
    // The same candle alone and late: an act has moved the time on.
    let mut inputs = stage.feed(at(i64::MIN));
    let SessionInput::Closed { candles, .. } = inputs[3].clone() else { panic!("candles") };
    inputs[3] = SessionInput::Late { time: at(241_000), candle: candles[0].clone() };
    let resume = Act::Pause { sleeve: None, is_paused: false };
    inputs.insert(3, SessionInput::Act { time: at(240_500), parts: vec![], act: resume });
    let late = report(&stage, &inputs, &own(&stage), ALL);
    check_sum(&late);
    assert_eq!(causes(&late), [ParityCause::MissedCandles]);
    assert!(late.steps[0].is_present, "an act that changed nothing is told");
}

#[test]
fn fees_settings_funding_and_candles_are_causes_of_their_own() {
    let stage = trading();
    let inputs = stage.feed(at(i64::MIN));
    let alone = |change: &dyn Fn(&mut ParityReference)| {
        let mut reference = own(&stage);
        change(&mut reference);
        let report = report(&stage, &inputs, &reference, ALL);
        check_sum(&report);
        causes(&report)
    };
    assert_eq!(alone(&|it| it.spec.venue.costs.taker = rate("0.001")), [ParityCause::Fees]);
    assert_eq!(
        alone(&|it| it.spec.initial_balance = Money::whole(50.into())),
        [ParityCause::Settings]
    );
    let settlement = domain::Settlement { time: at(200_000), rate: rate("0.01"), mark: None };
    assert_eq!(alone(&|it| it.funding[0] = Some(vec![settlement])), [ParityCause::Funding]);
    let mut revised = minutes_up();
    revised[4] = [11_150, 11_500, 11_000, 11_400];
    let revised = crate::support::minutes(&revised);
    assert_eq!(alone(&|it| it.candles[0] = Some(revised.clone())), [ParityCause::Candles]);
    assert!(alone(&|it| it.candles[0] = Some(crate::support::minutes(&minutes_up()))).is_empty());
}

#[test]
fn funding_that_comes_late_is_funding() {
    let stage = trading().funding(&[(180_000, "0.01")]);
    let mut inputs = stage.feed(at(i64::MIN));
    let place = inputs.iter().position(|it| matches!(it, SessionInput::Funding { .. })).unwrap();
    inputs.swap(place, place + 1);
    let report = report(&stage, &inputs, &own(&stage), ALL);
    check_sum(&report);
    assert!(report.steps.iter().all(|it| it.is_present == (it.cause == ParityCause::Funding)));
    assert_eq!(report.difference(), Money::ZERO, "it is paid for what was held all the same");
}

#[test]
fn only_what_closes_in_the_time_looked_at_counts() {
    let stage = trading();
    let mut inputs = stage.feed(at(i64::MIN));
    let act = Act::Pause { sleeve: None, is_paused: true };
    inputs.insert(0, SessionInput::Act { time: at(0), parts: vec![], act });
    let day = |start, end| {
        let range = TimeRange { start: at(start), end: at(end) };
        report(&stage, &inputs, &own(&stage), range)
    };
    assert_eq!(causes(&day(0, 400_000)), [ParityCause::ManualActs]);
    let before = day(-100, 0);
    assert!(before.is_empty() && before.session.trades == 0);
    let (whole, early, later) = (day(0, 400_000), day(0, 120_000), day(120_000, 400_000));
    assert_eq!(early.difference() + later.difference(), whole.difference());
    assert!(early.session.equity_change.abs() < 1e-9 && early.backtest.equity_change > 0.0);
}

#[test]
fn acts_on_several_instruments_and_quiet_parts_stay_whole() {
    let stage = trading()
        .and(crate::portfolio::renamed(&crate::support::minutes(&minutes_up()), "TWOUSDT"))
        .playing(Script::new(), 1);
    let mut inputs = stage.feed(at(i64::MIN));
    let so_far = Candle {
        open_time: at(180_000),
        open: 110.0,
        high: 110.5,
        low: 110.0,
        close: 110.5,
        volume: 1.0,
    };
    let parts: Vec<CandlePart> =
        (0..2).map(|it| part(it, so_far, (at(180_000), 110.0), at(185_000))).collect();
    let enter = long("110").at(0).1;
    let act = Act::Wish { sleeve: SleeveId::new(1), intent: enter };
    inputs.insert(3, SessionInput::Act { time: at(185_000), parts, act });
    let SessionInput::Closed { candles, .. } = &mut inputs[4] else { panic!("candles") };
    for (number, closed) in (0u16..).zip(candles.iter_mut()) {
        assert_eq!(closed.instrument, InstrumentId::new(number));
        let mut rest = part(number, closed.candle, (at(185_000), 110.5), at(240_000)).tape;
        rest.last.low = 108.0;
        closed.rest = Some(rest);
    }
    let mut session = stage.begin_fresh();
    tell(&mut session, &inputs);
    assert_eq!(session.fills().iter().filter(|it| it.sleeve == SleeveId::new(1)).count(), 1);
    let report = report(&stage, &inputs, &own(&stage), ALL);
    check_sum(&report);
    assert_eq!(causes(&report), [ParityCause::ManualActs]);
    assert!(report.steps[1].is_present);
}
