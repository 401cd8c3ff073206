//! Each candle once, in order, never early, whatever happens to frames and answers.

use domain::{Candle, Seeded};
use proptest::prelude::*;

use super::*;

const MINUTE: i64 = 60_000;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// The candle of a minute; other versions have other prices.
fn row(minute: i64, version: u8) -> CandleRow {
    let close = 100.0 + (minute % 7) as f64 + f64::from(version);
    CandleRow {
        candle: Candle {
            open_time: at(minute * MINUTE),
            open: 100.0,
            high: close.max(100.0),
            low: 99.0,
            close,
            volume: 1.0,
        },
        quote_volume: 1_000.0,
        trades: 3.0,
        taker_buy_volume: 0.5,
        taker_buy_quote_volume: 1_000.0,
        price_decimals: 0,
    }
}

fn close(minute: i64) -> Timestamp {
    at((minute + 1) * MINUTE)
}

fn hear(follower: &mut Follower, minute: i64) -> Vec<Step> {
    follower.heard(row(minute, 0), close(minute), close(minute).plus_millis(20))
}

fn rows(minutes: std::ops::Range<i64>) -> Vec<CandleRow> {
    minutes.map(|minute| row(minute, 0)).collect()
}

fn range(minutes: std::ops::Range<i64>) -> TimeRange {
    TimeRange { start: at(minutes.start * MINUTE), end: at(minutes.end * MINUTE) }
}

fn follower() -> Follower {
    Follower::new(Timeframe::M1, at(0), at(0))
}

#[test]
fn a_successor_is_live_at_once() {
    let mut follower = follower();
    for minute in 0..3 {
        let steps = hear(&mut follower, minute);
        assert_eq!(steps, [Step::Deliver(row(minute, 0), Delivery::Live)]);
        assert_eq!(follower.state(close(minute).plus_millis(20)), FollowState::Whole);
    }
}

#[test]
fn a_gap_is_healed_before_the_next_candle_is_shown() {
    let mut follower = follower();
    hear(&mut follower, 0);
    assert_eq!(hear(&mut follower, 3), [Step::Fetch(range(1..4))]);
    assert_eq!(follower.state(close(3).plus_millis(20)), FollowState::Healing);
    let steps = follower.fetched(&rows(1..4), close(3).plus_millis(400));
    let deliver = |minute, delivery| Step::Deliver(row(minute, 0), delivery);
    assert_eq!(
        steps,
        [deliver(1, Delivery::History), deliver(2, Delivery::History), deliver(3, Delivery::Live)]
    );
}

#[test]
fn a_frame_that_does_not_come_is_asked_for() {
    let mut follower = follower();
    hear(&mut follower, 0);
    assert!(follower.tick(close(1).plus_millis(1_999)).is_empty());
    assert_eq!(follower.wake_at(), close(1).plus_millis(GRACE_MILLIS));
    assert_eq!(follower.tick(close(1).plus_millis(2_000)), [Step::Fetch(range(1..2))]);
    assert!(follower.tick(close(1).plus_millis(3_000)).is_empty(), "asked once");
    let steps = follower.fetched(&rows(1..2), close(1).plus_millis(2_300));
    assert_eq!(steps, [Step::Deliver(row(1, 0), Delivery::Live)]);
    assert!(hear(&mut follower, 1).is_empty(), "the frame came at last");
    assert_eq!(follower.counts().duplicates, 1);
}

#[test]
fn what_is_called_closed_too_early_is_not_believed() {
    let mut follower = follower();
    let early = follower.heard(row(0, 0), at(MINUTE - 1), at(MINUTE + 5));
    assert!(early.is_empty());
    let far_ahead = follower.heard(row(1_000_000, 0), close(1_000_000), at(MINUTE));
    assert!(far_ahead.is_empty());
    assert_eq!(follower.counts().refused, 2);
    hear(&mut follower, 0);
    assert_eq!(follower.tick(close(1).plus_millis(2_500)), [Step::Fetch(range(1..2))]);
    let steps = follower.fetched(&rows(1..4), close(1).plus_millis(2_600));
    assert_eq!(steps.len(), 1, "rows beyond the asked range are refused");
}

#[test]
fn a_revised_candle_is_stored_and_not_shown_again() {
    let mut follower = follower();
    hear(&mut follower, 0);
    hear(&mut follower, 1);
    let revised = row(0, 1);
    let steps = follower.heard(revised, close(0), close(1).plus_millis(900));
    assert_eq!(steps, [Step::Revised(revised)]);
    assert!(follower.heard(revised, close(0), close(1).plus_millis(950)).is_empty());
    assert_eq!((follower.counts().revised, follower.counts().duplicates), (1, 1));
}

#[test]
fn a_candle_the_venue_never_made_is_a_hole_after_two_looks() {
    let mut follower = follower();
    hear(&mut follower, 0);
    hear(&mut follower, 3);
    let now = close(3).plus_millis(300);
    let with_hole = [row(1, 0), row(3, 0)];
    let first = follower.fetched(&with_hole, now);
    assert_eq!(first[0], Step::Deliver(row(1, 0), Delivery::History));
    assert_eq!(first[1], Step::Fetch(range(2..4)));
    assert!(
        follower.fetched(&[row(3, 0)], now.plus_millis(100)).is_empty(),
        "one look is no proof"
    );
    let again = now.plus_millis(100 + ABSENT_AGAIN_MILLIS);
    assert!(follower.tick(again.plus_millis(-1)).is_empty());
    assert_eq!(follower.tick(again), [Step::Fetch(range(2..4))]);
    let steps = follower.fetched(&[row(3, 0)], again.plus_millis(50));
    let hole = Gap { from: at(2 * MINUTE), to: at(3 * MINUTE), missing: 1 };
    assert_eq!(steps, [Step::Hole(hole), Step::Deliver(row(3, 0), Delivery::Live)]);
}

#[test]
fn what_closed_before_following_began_is_history() {
    let begun = close(2).plus_millis(3_000);
    let mut follower = Follower::new(Timeframe::M1, at(0), begun);
    let steps = follower.tick(begun);
    assert_eq!(steps, [Step::Fetch(range(0..3))]);
    let steps = follower.fetched(&rows(0..3), begun.plus_millis(200));
    let history = |minute| Step::Deliver(row(minute, 0), Delivery::History);
    assert_eq!(steps, [0, 1, 2].map(history), "it may have been acted on before a crash");
    assert_eq!(hear(&mut follower, 3), [Step::Deliver(row(3, 0), Delivery::Live)]);
}

#[test]
fn a_correction_that_was_lost_is_found_later() {
    let mut follower = follower();
    for minute in 0..9 {
        hear(&mut follower, minute);
    }
    let now = close(9).plus_millis(20);
    let steps = hear(&mut follower, 9);
    assert_eq!(steps[1..], [Step::Fetch(range(0..9))], "the youngest may still be corrected");
    assert_eq!(follower.state(now), FollowState::Whole);
    let mut told = rows(0..9);
    told[4] = row(4, 1);
    assert_eq!(follower.fetched(&told, now), [Step::Revised(row(4, 1))]);
    let counts = follower.counts();
    assert_eq!((counts.compared, counts.revised, counts.duplicates), (9, 1, 0));
    assert_eq!(hear(&mut follower, 10).len(), 1, "not again so soon");
}

#[test]
fn an_empty_answer_proves_nothing() {
    let mut follower = follower();
    hear(&mut follower, 0);
    hear(&mut follower, 2);
    let mut now = close(2).plus_millis(100);
    for _ in 0..20 {
        assert!(follower.fetched(&[], now).is_empty());
        now = follower.wake_at().max(now);
        assert_eq!(follower.tick(now), [Step::Fetch(range(1..3))]);
    }
    assert_eq!(follower.counts().holes, 0);
}

#[test]
fn failures_are_asked_again_ever_more_slowly() {
    let mut follower = follower();
    let mut now = at(10 * MINUTE);
    let mut waits = Vec::new();
    for _ in 0..9 {
        assert_eq!(follower.tick(now), [Step::Fetch(range(0..10))]);
        follower.failed(now);
        let wake = follower.wake_at();
        waits.push((wake.millis() - now.millis()) / 1000);
        if wake.millis() >= 11 * MINUTE {
            break;
        }
        now = wake;
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32]);
}

/// A venue, a bad line between, and a follower, over minutes. Returns what was handed on.
fn carried(
    seed: u64,
    minutes: i64,
    holes: &[i64],
) -> (Vec<(CandleRow, Delivery, Timestamp)>, Follower) {
    let mut chance = Seeded::new(seed);
    let mut follower = follower();
    let mut shown = Vec::new();
    let mut flying: BTreeMap<(i64, i64), i64> = BTreeMap::new();
    let mut answer: Option<(i64, TimeRange)> = None;
    let made = |minute: &i64| !holes.contains(minute);
    for minute in (0..minutes).filter(made) {
        let end = close(minute).millis();
        // Dropped, delayed by up to four minutes, repeated.
        if chance.draw() % 10 < 7 {
            flying.insert((end + chance.up_to(300), minute), minute);
        }
        if chance.draw() % 10 < 2 {
            flying.insert((end + chance.up_to(4 * MINUTE), minute + 1_000_000), minute);
        }
    }
    let mut now = 0;
    while now < (minutes + 30) * MINUTE {
        now += 100;
        let mut steps = Vec::new();
        let due: Vec<_> =
            flying.range(..=(now, i64::MAX)).map(|(key, minute)| (*key, *minute)).collect();
        for (key, minute) in due {
            flying.remove(&key);
            steps.extend(follower.heard(row(minute, 0), close(minute), at(now)));
        }
        if let Some((_, range)) = answer.filter(|(when, _)| *when <= now) {
            answer = None;
            if chance.draw().is_multiple_of(4) {
                follower.failed(at(now));
            } else {
                let first = range.start.millis() / MINUTE;
                let last = (range.end.millis() / MINUTE).min(minutes);
                let found: Vec<_> =
                    (first..last).filter(made).take(20).map(|it| row(it, 0)).collect();
                steps.extend(follower.fetched(&found, at(now)));
            }
        }
        steps.extend(follower.tick(at(now)));
        for step in steps {
            match step {
                Step::Deliver(row, delivery) => shown.push((row, delivery, at(now))),
                Step::Fetch(range) => {
                    assert!(answer.is_none(), "one request at a time");
                    answer = Some((now + 50 + chance.up_to(2_000), range));
                }
                Step::Revised(_) | Step::Hole(_) => {}
            }
        }
    }
    (shown, follower)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn each_candle_once_in_order_never_early(seed: u64, hole in 3i64..50, length in 0i64..5) {
        let holes: Vec<i64> = (hole..hole + length).collect();
        let (shown, follower) = carried(seed, 60, &holes);
        let opens: Vec<i64> = shown.iter().map(|(row, _, _)| row.candle.open_time.millis() / MINUTE).collect();
        let expected: Vec<i64> = (0..60).filter(|minute| !holes.contains(minute)).collect();
        prop_assert_eq!(opens, expected);
        for (row, delivery, now) in &shown {
            let end = Timeframe::M1.next_open(row.candle.open_time);
            prop_assert!(*now >= end);
            prop_assert_eq!(*delivery == Delivery::Live, *now < end.plus_millis(FRESH_MILLIS));
        }
        prop_assert_eq!(follower.counts().holes, holes.len() as u64);
    }
}
