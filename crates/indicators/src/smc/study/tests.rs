//! Studies of hand-made candles.

use super::*;
use crate::smc::fixture::{candles, settings};

/// A bullish gap from 12 to 14, and what follows. Rows 3 and on are `after`.
fn study(question: &StudyQuestion, after: &[[f64; 4]]) -> Study {
    let gap = [[10.0, 12.0, 9.0, 11.0], [11.0, 15.0, 11.0, 15.0], [15.0, 17.0, 14.0, 16.0]];
    let prices: Vec<_> = gap.into_iter().chain(after.iter().copied()).collect();
    question.answer(Timeframe::M1, settings(), &candles(&prices)).unwrap()
}

fn question(stop: StopRule, horizon: usize) -> StudyQuestion {
    let targets = vec![1.0, 2.0];
    StudyQuestion { kind: ZoneKind::FairValueGap, targets, stop, horizon, ..Default::default() }
}

/// Enters at 14; heights are 2: targets at 16 and 18, the stop below 12.
const TOUCH: [f64; 4] = [16.0, 17.0, 13.0, 15.0];

fn check(stop: StopRule, after: &[[f64; 4]], expected: [Outcome; 2]) -> Sample {
    let after: Vec<_> = [TOUCH].into_iter().chain(after.iter().copied()).collect();
    let study = study(&question(stop, 3), &after);
    assert_eq!((study.zones, study.samples.len()), (1, 1));
    let sample = study.samples[0].clone();
    assert_eq!(sample.outcomes, expected);
    sample
}

#[test]
fn targets_are_hit_or_lost_or_neither() {
    use Outcome::{Ambiguous, Cut, Hit, Lost, Unresolved};
    let up = [15.0, 16.0, 14.5, 15.5];
    let down = [15.0, 15.0, 11.0, 13.0];
    let both = [15.0, 18.0, 11.0, 13.0];
    let flat = [15.0, 15.5, 14.5, 15.0];
    // The high of 17 in the candle of the touch may have come before it.
    check(StopRule::Wick, &[flat, flat, flat], [Unresolved, Unresolved]);
    check(StopRule::Wick, &[flat, flat], [Cut, Cut]);
    check(StopRule::Wick, &[up, down], [Hit, Lost]);
    check(StopRule::Wick, &[up, both], [Hit, Ambiguous]);
    check(StopRule::Wick, &[down, up], [Lost, Lost]);
    // A close of 13 is no stop; the high of the same candle counts.
    check(StopRule::Close, &[both, flat, flat], [Hit, Hit]);
    check(StopRule::Close, &[[15.0, 16.0, 11.0, 11.5]], [Hit, Lost]);
}

#[test]
fn distances_are_measured_from_the_entry_until_the_stop() {
    let sample = check(
        StopRule::Wick,
        &[[15.0, 17.0, 14.0, 16.0], [16.0, 17.5, 11.0, 13.0], [13.0, 30.0, 1.0, 20.0]],
        [Outcome::Hit, Outcome::Lost],
    );
    assert_eq!((sample.entry, sample.height), (14.0, 2.0));
    assert_eq!((sample.against, sample.along, sample.stopped_after), (1.5, 1.5, Some(2)));
    assert_eq!(sample.against_fraction(), 3.0 / 14.0);
}

#[test]
fn an_open_beyond_the_edge_is_the_entry() {
    let study = study(&question(StopRule::Wick, 3), &[[13.0, 13.5, 12.0, 12.5]]);
    let sample = &study.samples[0];
    assert_eq!((sample.entry, sample.against, sample.along), (13.0, 0.5, 0.25));
    assert_eq!(sample.known_at.millis() - sample.touched.millis(), 60_000);
}

#[test]
fn the_table_counts_what_the_samples_say() {
    let after = [TOUCH, [15.0, 18.0, 14.5, 15.0], [15.0, 16.0, 14.2, 15.0], TOUCH];
    let first = study(&question(StopRule::Wick, 9), &after);
    let row = first.targets[1];
    assert_eq!((row.hits, row.losses, row.cut, row.rate()), (1, 0, 0, Some(1.0)));
    let along = first.along.unwrap();
    assert_eq!((along.mean, along.median, along.ninth_decile, along.most), (2.0, 2.0, 2.0, 2.0));
    let second = study(&StudyQuestion { touch: 2, ..question(StopRule::Wick, 9) }, &after);
    assert_eq!((second.samples.len(), second.targets[0].cut), (1, 1));
    assert_eq!(second.targets[0].rate(), None);
    let bearish = Some(Direction::Bearish);
    let other = study(&StudyQuestion { direction: bearish, ..question(StopRule::Wick, 9) }, &after);
    assert_eq!((other.zones, other.samples.len(), other.against), (0, 0, None));
}
