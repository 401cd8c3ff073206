//! The files of causal events, as far as they can be checked without a stream: against their own candles.

use domain::Candle;

use super::{say, sources};
use crate::smc::batch::{KnownStructure, Structure};
use crate::smc::vectors::{
    Action, CausalBreak, CausalSwing, Function, Malformed, Table, VectorFile, read_breaks,
    read_known, read_swings,
};

#[test]
fn causal_events_agree_with_their_candles() {
    for source in sources() {
        let mut events = 0;
        for folder in &source.folders {
            for file in &folder.files {
                let checked = check(file, &folder.candles);
                events += checked.unwrap_or_else(|malformed| panic!("{malformed}"));
            }
        }
        say(&format!("causal events, {}: {events} read", source.name));
        assert!(!source.is_own || events > 0, "our own vectors hold causal events");
    }
}

/// How many events the file holds.
fn check(file: &VectorFile, candles: &[Candle]) -> Result<usize, Malformed> {
    let open = || Table::open(&file.path);
    if let Function::CausalSwings { length } = file.form.function {
        let swings = read_swings(&open()?, candles.len())?;
        check_swings(&swings, candles, length);
        return Ok(swings.len());
    }
    if let Function::CausalBreaks { .. } = file.form.function {
        let breaks = read_breaks(&open()?, candles.len())?;
        breaks.iter().for_each(|event| check_break(event, candles));
        return Ok(breaks.len());
    }
    if let Function::KnownAt { .. } = file.form.function {
        let known = read_known(&open()?, candles.len())?;
        known.iter().for_each(|row| check_known(row, candles));
        return Ok(known.len());
    }
    Ok(0)
}

fn check_swings(swings: &[CausalSwing], candles: &[Candle], length: usize) {
    let mut last = None;
    for swing in swings {
        assert_eq!(swing.confirmed, swing.row + length, "{swing:?}");
        assert_eq!(swing.level, swing.sign.extreme(&candles[swing.row]), "{swing:?}");
        match swing.action {
            Action::New => last = Some(swing.row),
            Action::Replace { other } => {
                assert_eq!(last.replace(swing.row), Some(other), "{swing:?}");
            }
            Action::Ignore { other } => assert_eq!(last, Some(other), "{swing:?}"),
        }
    }
}

fn check_break(event: &CausalBreak, candles: &[Candle]) {
    assert_eq!(event.level, event.sign.extreme(&candles[event.swing]), "{event:?}");
    assert!(event.sign.is_beyond(candles[event.row].close, event.level), "{event:?}");
    assert!(event.swing < event.block && event.block < event.row, "{event:?}");
    let block = &candles[event.block];
    assert_eq!((event.block_high, event.block_low), (block.high, block.low), "{event:?}");
}

fn check_known(known: &KnownStructure, candles: &[Candle]) {
    let Structure { sign, level, .. } = known.structure;
    assert_eq!(level as f32, sign.extreme(&candles[known.row]) as f32, "{known:?}");
    assert_eq!(known.known_at, known.broken.max(known.shape_confirmed), "{known:?}");
}
