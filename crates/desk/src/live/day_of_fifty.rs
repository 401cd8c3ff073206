//! A day of fifty pairs: the history of two days at the start, dropped sockets, an hour in which every socket is
//! half open, and the hand-over before a socket is 24 hours old. In virtual time.
//!
//! An ordinary test run lives through the same in little more than half an hour, with sockets that age as much
//! faster; `STB_WHOLE_DAY` makes it the whole day, which takes minutes.

use std::time::Duration;

use demo_exchange::{Limits, Options, SymbolSet, SymbolSpec, numbered_symbols, well_known_symbols};
use domain::{Timeframe, Timestamp};

use super::rig::{MINUTE, Rig, Setup};

const PAIRS: usize = 50;
/// History that is missing at the start: the most that following a pair fetches, ms.
const BACK: i64 = 2 * 1440 * MINUTE;
/// Share of the weight that is left to orders, in percent.
const RESERVED: u32 = 20;
/// 2025-01-01T00:00:20Z: in the middle of a minute.
const START: Timestamp = Timestamp::from_millis(1_735_689_620_000);

/// When what happens, in minutes since the start.
struct Day {
    drops: [i64; 2],
    half_open: (i64, i64),
    /// Age at which a socket hands over, and at which the venue closes it.
    hand_over: i64,
    life: i64,
    end: i64,
}

/// The sockets that are opened after the half-open hour hand over in the 25th hour.
const WHOLE: Day =
    Day { drops: [20, 40], half_open: (60, 120), hand_over: 23 * 60, life: 24 * 60, end: 26 * 60 };
const SHORT: Day = Day { drops: [3, 6], half_open: (8, 14), hand_over: 13, life: 15, end: 34 };

#[test]
fn a_day_of_fifty_pairs_is_whole_and_within_the_budget() {
    let is_whole = std::env::var_os("STB_WHOLE_DAY").is_some();
    let day = if is_whole { WHOLE } else { SHORT };
    let mut rig = rig(&day, Limits::default());
    rig.run_until(at(day.end));
    let candles = rig.check("a day of fifty pairs");
    tell(&day, &rig, candles);

    let truth = rig.exchange.truth();
    assert_eq!((truth.refused_count(), truth.banned_count()), (0, 0), "answers with 429 and 418");
    let (_, peak) = rig.exchange.weight_used();
    assert!(peak <= limit() / 100 * (100 - RESERVED), "{peak} of {}", limit());
    assert_eq!(rig.counts.holes, 0, "the venue made every candle");
    assert!(rig.counts.ended >= 3, "both drops and the half-open hour were felt");
    let rotations = rig.session.counters().rotations;
    assert!(rotations >= 1, "a socket handed over before the venue closed it");
    let unheard = day.half_open.1 - day.half_open.0 + 6;
    let newest = (day.end - unheard).unsigned_abs() * PAIRS as u64;
    assert!(rig.counts.live >= newest, "{} live of {newest}", rig.counts.live);
}

/// Two days of fifty pairs weigh 600, the first minutes allow 240 each.
#[test]
fn a_start_that_asks_for_more_than_a_minute_allows_waits() {
    let tight = Limits { weight_per_minute: 300, ..Limits::default() };
    let mut rig = rig(&SHORT, tight);
    rig.run_until(at(SHORT.drops[0]));
    rig.check("a tight budget");
    let truth = rig.exchange.truth();
    assert_eq!((truth.refused_count(), truth.banned_count()), (0, 0), "answers with 429 and 418");
    let (_, peak) = rig.exchange.weight_used();
    let ceiling = tight.weight_per_minute / 100 * (100 - RESERVED);
    assert!((ceiling - 2..=ceiling).contains(&peak), "{peak} of {ceiling}: used up and not more");
}

fn tell(day: &Day, rig: &Rig, candles: u64) {
    println!(
        "{PAIRS} pairs, {} minutes: {candles} candles stored as they happened, {} live, {} as history; {} frames, \
         {} requests, peak weight {} of {} a minute; {} sockets ended, {} handed over",
        day.end,
        rig.counts.live,
        rig.counts.history,
        rig.counts.frames,
        rig.counts.requests,
        rig.exchange.weight_used().1,
        limit(),
        rig.counts.ended,
        rig.session.counters().rotations,
    );
}

fn limit() -> u32 {
    Limits::default().weight_per_minute
}

fn rig(day: &Day, limits: Limits) -> Rig {
    let symbols = symbols();
    let pairs = symbols.iter().map(|spec| spec.symbol.clone()).collect();
    let [first, second] =
        day.drops.map(|minute| format!("ws.*:reset@x1,{}", within(minute, minute + 1)));
    let half_open = format!("ws.*:half-open@{}", within(day.half_open.0, day.half_open.1));
    let plan = [first, second, half_open].join("; ");
    let options = Options {
        symbols: SymbolSet::These(symbols),
        faults: plan.parse().unwrap(),
        limits,
        connection_life_millis: day.life * MINUTE,
        ..Options::default()
    };
    Rig::new(Setup {
        options,
        pairs,
        timeframes: vec![Timeframe::M1],
        start: START,
        back: BACK,
        rotate_after: Duration::from_millis((day.hand_over * MINUTE).unsigned_abs()),
    })
}

/// The well-known pairs, and made-up ones that were listed before the history begins. The quiet one is left out: for
/// the sake of candles that do not come, its socket would be opened anew long before its hand-over.
fn symbols() -> Vec<SymbolSpec> {
    let listed = START.plus_millis(-2 * BACK);
    let mut symbols = well_known_symbols();
    symbols.retain(|spec| spec.quiet_percent == 0);
    let others = PAIRS - symbols.len();
    symbols.extend(numbered_symbols(u32::try_from(others).unwrap(), listed, 1));
    symbols
}

fn at(minute: i64) -> Timestamp {
    START.plus_millis(minute * MINUTE)
}

fn within(from: i64, until: i64) -> String {
    format!("{}..{}", at(from), at(until))
}
