//! Seeded fault scripts: the core, the sessions of the client and the demo exchange, in virtual time.
//!
//! Each script draws a plan of faults, follows one pair over six timeframes through it, and compares what was
//! stored with what really happened. `STB_FAULT_SCRIPTS` says how many scripts are run.

use std::time::Duration;

use demo_exchange::Options;
use domain::{Seeded, Timeframe, Timestamp};

use super::rig::{Counts, MINUTE, Rig, Setup};

const TIMEFRAMES: [Timeframe; 6] =
    [Timeframe::M1, Timeframe::M3, Timeframe::M5, Timeframe::M15, Timeframe::M30, Timeframe::H1];
/// Scripts of an ordinary test run.
const SCRIPTS: u64 = 24;
/// Faults happen for so long.
const TROUBLE: i64 = 70 * MINUTE;
/// Then there is so much quiet time: a ban may last for half of it.
const QUIET: i64 = 15 * MINUTE;

/// What may go wrong, one rule each; several are drawn for a script.
const MENU: &[&str] = &[
    "klines:503@0.3",
    "klines:503-unknown@0.2",
    "klines:408@0.2",
    "klines:lost@0.2",
    "klines:reply-lost@0.2",
    "klines:reset@0.2",
    "klines:truncated@0.2",
    "klines:429@x2",
    "klines:429=7@x1",
    "klines:418=120@x1",
    "klines:bad-json@0.2",
    "klines:html@0.3",
    "klines:empty@0.3",
    "klines:wrong-type@0.2",
    "klines:nan@0.2",
    "klines:empty-text@0.2",
    "klines:number@0.2",
    "klines:removed@0.2",
    "klines:exponent@0.3",
    "klines:redirect@0.2",
    "klines:delay=4000@0.3",
    "klines:stale=1500@0.3",
    "klines:huge=104857600@0.1",
    "ws.kline:drop@0.05",
    "ws.kline:drop@0.5",
    "ws.kline:duplicate@0.1",
    "ws.kline:reorder@0.1",
    "ws.kline:delay=30000@0.02",
    "ws.kline:delay=2500@0.1",
    "ws.kline:revise@0.2",
    "ws.kline:bad-json@0.02",
    "ws.kline:removed=x@0.05",
    "ws.kline:renamed@0.02",
    "ws.kline:nan@0.02",
    "ws.kline:number@0.02",
    "ws.kline:empty-text@0.02",
    "ws.kline:exponent@0.05",
    "ws.kline:added@0.1",
    "ws.kline:silent@x1",
    "ws.*:close@0.001",
    "ws.*:reset@0.001",
    "ws.*:half-open@0.0005",
    "ws.markPrice:drop@0.2",
    "clock:offset=-3000",
    "clock:offset=3000",
    "clock:offset=-10000",
    "clock:offset=10000",
];

/// A rule that needs a time of its own: minutes that the venue never makes.
fn gap_rule(chance: &mut Seeded, start: Timestamp) -> String {
    let from = start.plus_millis((10 + chance.up_to(40)) * MINUTE);
    let until = from.plus_millis((1 + chance.up_to(6)) * MINUTE);
    format!("market/BTCUSDT:gap@{from}..{until}")
}

#[test]
fn what_is_stored_is_what_happened_whatever_goes_wrong() {
    let scripts = std::env::var("STB_FAULT_SCRIPTS").ok().and_then(|text| text.parse().ok());
    let scripts = scripts.unwrap_or(SCRIPTS);
    let (mut candles, mut sum) = (0, Counts::default());
    for seed in 0..scripts {
        let (stored, counts) = script(seed);
        candles += stored;
        sum.live += counts.live;
        sum.history += counts.history;
        sum.holes += counts.holes;
    }
    println!(
        "{scripts} fault scripts: {candles} candles stored as they happened, {} live, {} as history, {} never made",
        sum.live, sum.history, sum.holes
    );
}

/// How many candles were stored, and what else was counted.
fn script(seed: u64) -> (u64, Counts) {
    let mut chance = Seeded::new(seed);
    let start = Timestamp::from_millis(
        1_735_689_600_000 + chance.up_to(59) * MINUTE + chance.up_to(59_999),
    );
    let mut rules: Vec<String> = (0..1 + chance.up_to(4))
        .map(|_| MENU[usize::try_from(chance.draw() % MENU.len() as u64).unwrap()].to_owned())
        .collect();
    // Minutes that were never made stay so when the trouble is over.
    let gap =
        if chance.draw().is_multiple_of(4) { gap_rule(&mut chance, start) } else { String::new() };
    rules.push(gap.clone());
    let plan = rules.join("; ");
    let mut rig = Rig::new(Setup {
        options: Options { faults: plan.parse().unwrap(), seed, ..Options::default() },
        pairs: vec!["BTCUSDT".parse().unwrap()],
        timeframes: TIMEFRAMES.to_vec(),
        start,
        back: 0,
        rotate_after: Duration::from_secs(23 * 3600),
    });
    rig.run_until(start.plus_millis(TROUBLE));
    rig.exchange.set_faults(gap.parse().unwrap());
    rig.run_until(start.plus_millis(TROUBLE + QUIET));
    let candles = rig.check(&format!("script {seed}: {plan}"));
    (candles, rig.counts)
}
