//! Scripts in whole runs: the examples, their proof against the future, and what a failure leaves standing.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use backtest::{
    Notice, Observe, Progress, RunError, TruncationBadge, TruncationPlan, check_truncation,
};
use domain::ExitReason;
use strategy::StopRequest;

use crate::stage::{data, registry, run, spec};
use crate::support::{on_candle, walk};

/// The example files: id and text.
const EXAMPLES: [(&str, &str); 12] = [
    ("SMA_CROSS_LUAU", include_str!("../../examples/sma_cross.luau")),
    ("RSI_WITH_PARAMS", include_str!("../../examples/rsi_with_params.luau")),
    ("BOLLINGER_BREAKOUT", include_str!("../../examples/bollinger_breakout.luau")),
    ("MULTI_TIMEFRAME_TREND", include_str!("../../examples/multi_timeframe_trend.luau")),
    ("TRAILING_AND_BREAK_EVEN", include_str!("../../examples/trailing_and_break_even.luau")),
    ("PARTIAL_TARGETS", include_str!("../../examples/partial_targets.luau")),
    ("GRID_WITH_LIMITS", include_str!("../../examples/grid_with_limits.luau")),
    ("SMC_ENTRY", include_str!("../../examples/smc_entry.luau")),
    ("DRAWING_AND_LOG", include_str!("../../examples/drawing_and_log.luau")),
    ("ACCOUNT_SIZING", include_str!("../../examples/account_sizing.luau")),
    ("FUNDING_FILTER", include_str!("../../examples/funding_filter.luau")),
    ("MY_STRATEGY", scripting::TEMPLATE),
];

#[test]
fn each_example_trades_and_equals_itself() {
    // Eight days from a Thursday on.
    let data = data(&[walk(11, 8 * 1440)]);
    for (id, text) in EXAMPLES {
        let registry = registry(&[text]);
        let spec = spec(&registry, &[id]);
        let result = run(&spec, &data, &registry);
        assert!(result.notices.is_empty(), "{id}: {:?}", result.notices);
        assert!(!result.trades.is_empty(), "{id}: {:?}", result.skips);
        let again = run(&spec, &data, &crate::stage::registry(&[text]));
        assert_eq!(format!("{result:?}"), format!("{again:?}"), "{id}");
    }
}

#[test]
fn no_example_needs_the_future() {
    let data = data(&[walk(7, 3 * 1440)]);
    for (id, text) in EXAMPLES {
        let registry = registry(&[text]);
        let spec = spec(&registry, &[id]);
        let plan = TruncationPlan { cuts: 3, seed: 1 };
        let report =
            check_truncation(&spec, &data, &registry, &plan, &mut |_| ControlFlow::Continue(()));
        let report = report.unwrap();
        assert_eq!(
            report.badge(),
            TruncationBadge::Passed,
            "{id}: {:?}",
            report.first_difference()
        );
    }
}

#[test]
fn the_example_of_a_cross_decides_as_the_built_in_one() {
    let data = data(&[walk(3, 5000)]);
    let registry = registry(&[EXAMPLES[0].1]);
    let lines = |id: &str| {
        let result = run(&spec(&registry, &[id]), &data, &registry);
        let line = |it: &backtest::Trade| {
            format!(
                "{:?} {} {} {}",
                it.direction,
                it.entry_time.millis(),
                it.entry_price,
                it.exit_price
            )
        };
        result.trades.iter().map(line).collect::<Vec<_>>()
    };
    // The built-in one compares exact sums of units, the script binary means: equal but for ties.
    let (script, built_in) = (lines("SMA_CROSS_LUAU"), lines("SMA_CROSS"));
    assert!(script.len() > 100);
    let common = script.iter().filter(|it| built_in.contains(it)).count();
    assert!(
        common * 100 >= script.len() * 98,
        "{common} of {} and {}",
        script.len(),
        built_in.len()
    );
}

const FAILS: &str = "strategy { id = 'FAILS', summary = 'Fails after its entry.' }\n\
    local n = 0\n\
    function on_candle()\n\
    n += 1\n\
    if n == 3 then signal { side = 'long', quantity = 1, stop_loss = 95 } end\n\
    if n == 6 then signal { side = 'long', quantity = 1 } local nothing = nil log(nothing.field) end\n\
    if n > 6 then log('asked again') end\n\
    end";

#[test]
fn who_fails_keeps_its_stop_and_the_other_sleeve_goes_on() {
    let mut falls = vec![100.0; 10];
    falls.extend([98.0, 96.0, 94.0, 92.0, 90.0]);
    let registry = registry(&[FAILS, EXAMPLES[0].1]);
    let data = data(&[falls, walk(3, 2000)]);
    let alone = {
        let data = crate::stage::data(&[walk(3, 2000)]);
        run(&spec(&registry, &["SMA_CROSS_LUAU"]), &data, &registry).trades.len()
    };
    let result = run(&spec(&registry, &["FAILS", "SMA_CROSS_LUAU"]), &data, &registry);
    let [Notice::GaveUp { reason, is_unprotected, .. }] = &result.notices[..] else {
        panic!("one notice, was {:?}", result.notices);
    };
    assert_eq!(&**reason, "my.luau:6: attempt to index nil with 'field'");
    assert!(!is_unprotected);
    let exits: Vec<ExitReason> =
        result.trades.iter().filter(|it| it.sleeve.index() == 0).map(|it| it.exit_reason).collect();
    assert_eq!(exits, [ExitReason::StopLoss]);
    assert!(result.outputs.iter().all(|it| it.log.is_empty()), "it was not asked again");
    assert_eq!(result.trades.len(), 1 + alone);
}

#[test]
fn a_hang_ends_the_strategy_and_not_the_run() {
    let text = on_candle("if candle.time[0] > 600000 then while true do end end");
    let registry = registry(&[&text]);
    let data = data(&[walk(1, 100)]);
    let result = run(&spec(&registry, &["MINE"]), &data, &registry);
    assert!(
        matches!(&result.notices[..], [Notice::GaveUp { reason, .. }] if reason.starts_with("my.luau:4: takes more steps"))
    );
}

#[test]
fn a_look_ahead_is_not_there_to_be_taken() {
    // What a script could try: negative places, fractions, places as texts.
    for body in [
        "log(candle.close[-1])",
        "log(candle.close[-0.5])",
        "log(candle.close['-1'])",
        "log(htf.close[-1])",
    ] {
        let text = format!(
            "strategy {{ id = 'MINE', summary = 'x', roles = {{ LTF = {{}}, HTF = {{}} }} }}\n\n\nfunction on_candle() {body} end"
        );
        let registry = registry(&[&text]);
        let data = data(&[walk(1, 40)]);
        let result = run(&spec(&registry, &["MINE"]), &data, &registry);
        assert!(
            matches!(&result.notices[..], [Notice::GaveUp { reason, .. }] if reason.contains("my.luau:4: ") && reason.contains("how many candles back")),
            "{body}: {:?}",
            result.notices
        );
    }
}

/// Never breaks a run off between candles.
struct Patient(StopRequest);

impl Observe for Patient {
    fn advance(&mut self, _: Progress) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn stop(&self) -> Option<StopRequest> {
        Some(self.0.clone())
    }
}

#[test]
fn a_run_ends_inside_a_candle_when_it_is_asked_to() {
    let text = on_candle("local sum = 0 for place = 1, 100000 do sum += place end");
    let (data, registry) = (data(&[walk(3, 1)]), registry(&[&text]));
    let spec = spec(&registry, &["MINE"]);
    let run = |made_at: u32| {
        let asked = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&asked);
        let stop = StopRequest::new(move || counted.fetch_add(1, Relaxed) >= made_at);
        let result = backtest::run(&spec, &data, &registry, &mut Patient(stop));
        (result.map(|it| it.notices.len()), asked.load(Relaxed))
    };
    let (whole, asked) = run(u32::MAX);
    assert_eq!(whole, Ok(0));
    assert!(asked > 1000, "{asked}");
    // Once more at the end of the run.
    assert_eq!(run(3), (Err(RunError::Cancelled), 5));
}

#[test]
fn what_is_thrown_away_changes_no_run() {
    // A list that forgets by itself shows when memory was swept; a heavy script shows when it was stopped.
    let forgetful = on_candle(
        "local seen = state.seen or setmetatable({}, { __mode = 'v' })\nstate.seen = seen\n\
         for i = 1, 40 do seen[#seen + 1] = { candle.close[0] } end\n\
         local count = 0\nfor _ in seen do count += 1 end\nlog(count)",
    );
    let heavy = on_candle(
        "for i = 1, 60 do state[#state + 1] = { tostring(i * candle.close[0]) } end\nlog(#state)",
    );
    let data = data(&[walk(5, 6_000)]);
    for text in [forgetful, heavy] {
        let told = || {
            let registry = registry(&[&text]);
            let result = run(&spec(&registry, &["MINE"]), &data, &registry);
            format!("{:?} {:?}", result.notices, result.outputs)
        };
        let first = told();
        assert!((0..3).all(|_| told() == first), "{text}");
    }
}
