//! The streaming engine against the batch port on every prefix: what the stream has told up to a candle is what the
//! batch function says of the candles up to it.
//!
//! What the batch function says of a prefix it may take back later; the stream's log must lead to the same state
//! without a word changed. Of long series every prefix of the first candles is compared, and then each of a
//! stride.

mod book;

use std::collections::BTreeSet;

use domain::{Candle, Timeframe};
use indicators::smc::{GapRule, Retracement, Scope, Smc, SmcSettings, Tolerance};

use super::batch::{self, Edges, Join, Mitigation, Precision, Sign, Swing};
use super::parity::{say, sources};
use super::vectors::Folder;
use book::{Block, Book};

/// Prefixes up to this length are all compared.
const ALL_UP_TO: usize = 6_000;
/// Of longer ones each so many.
const STRIDE: usize = 97;
/// Share of the whole range within which swings are equal.
const RANGE_PERCENT: f64 = 0.002;

#[test]
fn the_stream_equals_the_batch_on_prefixes() {
    for source in sources() {
        for folder in &source.folders {
            for length in lengths(folder) {
                check(folder, length, GapRule::Single);
            }
            check(folder, 5, GapRule::Joined);
        }
    }
}

/// The swing lengths for which a folder has vectors.
fn lengths(folder: &Folder) -> BTreeSet<usize> {
    folder.files.iter().filter_map(|file| file.form.function.swing_length()).collect()
}

/// How much was compared.
#[derive(Default)]
struct Compared {
    prefixes: usize,
    swings: usize,
    gaps: usize,
    pools: usize,
    blocks: usize,
    retracements: usize,
}

fn check(folder: &Folder, length: usize, gap_rule: GapRule) {
    let candles = &folder.candles;
    let tolerance = batch::tolerance_of(candles, RANGE_PERCENT);
    let settings = SmcSettings {
        internal_length: length,
        swing_length: 2 * length,
        gap_rule,
        tolerance: Tolerance::Absolute(tolerance),
        ..SmcSettings::default()
    };
    // Rows are compared, not times: any timeframe that divides the series' own will do.
    let mut engine = Smc::new(Timeframe::M1, settings).expect("valid settings");
    let mut book = Book::default();
    let mut compared = Compared::default();
    for row in 0..candles.len() {
        engine.push(&candles[row]);
        book.take(engine.events());
        if row >= ALL_UP_TO && row % STRIDE != 0 {
            continue;
        }
        let place = format!("{}, k = {length}, {gap_rule}, candle {row}", folder.name);
        compare(&candles[..=row], (length, gap_rule, tolerance), &book, &mut compared, &place);
        compare_retracement(&book, &candles[..=row], &engine, &mut compared, &place);
    }
    say(&format!(
        "stream and batch on prefixes of {}, k = {length}, gaps {gap_rule}: {} prefixes, {} swings, {} gaps, {} pools, {} blocks, {} retracements, differences 0",
        folder.name,
        compared.prefixes,
        compared.swings,
        compared.gaps,
        compared.pools,
        compared.blocks,
        compared.retracements,
    ));
}

fn compare(
    prefix: &[Candle],
    (length, gap_rule, tolerance): (usize, GapRule, f64),
    book: &Book,
    compared: &mut Compared,
    place: &str,
) {
    let swings = batch::swing_highs_lows(prefix, length, Edges::Blank);
    assert_eq!(book.swings, swings, "swings: {place}");
    let join = match gap_rule {
        GapRule::Single => Join::Separate,
        GapRule::Joined => Join::Consecutive,
    };
    let gaps = batch::fair_value_gaps(prefix, join);
    assert_eq!(book.gaps(), gaps, "gaps: {place}");
    let pools = batch::liquidity(prefix, &swings, tolerance, Precision::Double);
    book::check_pools(&book.pools(), &pools, place);
    let blocks = created(prefix, &swings);
    assert_eq!(book.new_blocks, blocks, "order blocks: {place}");
    compared.prefixes += 1;
    compared.swings += swings.len();
    compared.gaps += gaps.len();
    compared.pools += pools.len();
    compared.blocks += blocks.len();
}

/// The order blocks that the last candle of a prefix creates: those that are not there when it closes nowhere.
/// Each direction by itself, as the library lets the bearish ones overwrite bullish ones of the same candle.
fn created(prefix: &[Candle], swings: &[Swing]) -> Vec<Block> {
    let mut without = prefix.to_vec();
    if let Some(last) = without.last_mut() {
        last.close = f64::NAN;
    }
    let of_sign = |sign: Sign| {
        let swings: Vec<Swing> = swings.iter().filter(|it| it.sign == sign).copied().collect();
        let of = |candles: &[Candle]| {
            batch::order_blocks(candles, &swings, Mitigation::Wick, Precision::Double)
        };
        let without = of(&without);
        of(prefix).into_iter().filter(move |block| !without.contains(block))
    };
    let found = Sign::BOTH.into_iter().flat_map(of_sign);
    found.map(|it| Block { row: it.row, sign: it.sign, top: it.top, bottom: it.bottom }).collect()
}

fn compare_retracement(
    book: &Book,
    prefix: &[Candle],
    engine: &Smc,
    compared: &mut Compared,
    place: &str,
) {
    // Before there is a leg the library measures from zero.
    if book.swings.len() < 3 {
        return;
    }
    let rows = batch::retracements::unshifted_retracements(prefix, &book.swings);
    let Some(expected) = rows.last() else { return };
    let Some(Retracement { direction, current, deepest }) = engine.retracement(Scope::Internal)
    else {
        // A swing high may lie below the swing low next to it: that is no leg.
        let level = |sign| book.swings.iter().rfind(|it| it.sign == sign).map(|it| it.level);
        assert!(level(Sign::Plus) <= level(Sign::Minus), "no retracement: {place}");
        return;
    };
    let sign = book::sign_of(direction);
    assert_eq!(Some(sign), expected.direction, "retracement: {place}");
    let near = |one: f64, other: f64| (100.0 * one - other).abs() <= 0.050_001;
    assert!(near(current, expected.current), "current {current}, {expected:?}: {place}");
    assert!(near(deepest, expected.deepest), "deepest {deepest}, {expected:?}: {place}");
    compared.retracements += 1;
}
