//! Single steps of paths under each policy.

use super::*;
use IntrabarPolicy::{Adaptive, Drill, Optimistic, Pessimistic};
use domain::Timestamp;

fn path(open: f64, high: f64, low: f64, close: f64) -> Path {
    let open_time = Timestamp::default();
    let last = Candle { open_time, open, high, low, close, volume: 1.0 };
    Path::new(&Tape { last, mark: None }, PriceScale::new(2))
}

const fn at(level: f64, valence: Valence) -> Candidate<&'static str> {
    let event = match valence {
        Valence::Bad => "bad",
        Valence::Neutral => "neutral",
        Valence::Good => "good",
    };
    Candidate { event, level, watches: PriceKind::Last, valence, through: false, late: false }
}

type Offered<'a> = &'a [(Toward, Candidate<&'static str>)];

fn next(path: &mut Path, policy: IntrabarPolicy, offered: Offered<'_>) -> Step<&'static str> {
    let mut offers = Offers::new(path, policy);
    for (toward, candidate) in offered {
        offers.add(*toward, *candidate);
    }
    path.next(&offers)
}

const fn take(event: &'static str, level: f64, certain: bool) -> Step<&'static str> {
    Step::Take { event, level, certain }
}

const GAIN: (Toward, Candidate<&'static str>) = (Toward::High, at(103.0, Valence::Good));
const LOSS: (Toward, Candidate<&'static str>) = (Toward::Low, at(98.0, Valence::Bad));

#[test]
fn policies_differ_where_both_are_in_reach() {
    let first = |mut path: Path, policy| next(&mut path, policy, &[GAIN, LOSS]);
    let low_first = path(100.0, 104.0, 97.0, 100.0);
    assert_eq!(first(low_first, Pessimistic), take("bad", 98.0, true));
    assert_eq!(first(low_first, Drill), take("bad", 98.0, true));
    assert_eq!(first(low_first, Optimistic), take("good", 103.0, true));
    assert_eq!(first(low_first, Adaptive), take("bad", 98.0, true), "the low is nearer");
    let high_first = path(101.0, 104.0, 97.0, 100.0);
    assert_eq!(first(high_first, Adaptive), take("good", 103.0, true));
}

#[test]
fn what_an_extreme_or_the_close_demands_is_certain() {
    let mut path_up = path(100.0, 104.0, 97.0, 100.0);
    assert_eq!(next(&mut path_up, Pessimistic, &[GAIN]), take("good", 103.0, true));
    // The low may have been visited before: a stop that was placed since is not certain.
    let mut optimist = path_up;
    assert_eq!(next(&mut optimist, Optimistic, &[LOSS]), Step::End);
    assert_eq!(next(&mut path_up, Pessimistic, &[LOSS]), take("bad", 98.0, false));
    let mut falling = path(100.0, 104.0, 97.0, 98.0);
    next(&mut falling, Pessimistic, &[GAIN]);
    assert_eq!(next(&mut falling, Optimistic, &[LOSS]), take("bad", 98.0, true));
}

#[test]
fn what_waited_all_the_time_is_still_certain_after_the_other_side() {
    let mut optimist = path(100.0, 104.0, 97.0, 100.0);
    next(&mut optimist, Optimistic, &[GAIN, LOSS]);
    assert_eq!(next(&mut optimist, Optimistic, &[LOSS]), take("bad", 98.0, true));
}

#[test]
fn the_adaptive_path_is_known_in_full() {
    // Open 101: the high comes first, then the low, then the close.
    let entry = (Toward::High, at(103.0, Valence::Neutral));
    let mut high_first = path(101.0, 104.0, 97.0, 100.0);
    assert_eq!(next(&mut high_first, Adaptive, &[entry]), take("neutral", 103.0, true));
    assert_eq!(next(&mut high_first, Adaptive, &[LOSS]), take("bad", 98.0, false));
    // On the way back from the low only what lies below the close is met.
    let entry = (Toward::Low, at(98.0, Valence::Neutral));
    let mut back = path(101.0, 104.0, 97.0, 100.0);
    next(&mut back, Adaptive, &[entry]);
    let mut both = back;
    assert_eq!(next(&mut back, Adaptive, &[GAIN]), Step::End);
    let near = (Toward::High, at(99.5, Valence::Good));
    assert_eq!(next(&mut both, Adaptive, &[near]), take("good", 99.5, true));
}

#[test]
fn ways_of_equal_length_go_to_the_low_first() {
    // 0.3 - 0.2 is less than 0.2 - 0.1 in binary numbers.
    for open in [0.2, 100.46, 1.1] {
        let mut even = path(open, open + 0.1, open - 0.1, open);
        let (up, down) = (at(open + 0.05, Valence::Good), at(open - 0.05, Valence::Bad));
        let offered = [(Toward::High, up), (Toward::Low, down)];
        assert_eq!(next(&mut even, Adaptive, &offered), take("bad", open - 0.05, true));
    }
}

#[test]
fn an_adaptive_path_at_its_end_comes_to_neither_side() {
    let mut path = path(101.0, 104.0, 97.0, 100.0);
    next(&mut path, Adaptive, &[GAIN]);
    next(&mut path, Adaptive, &[LOSS]);
    let (up, down) = (at(100.5, Valence::Good), at(97.5, Valence::Bad));
    let offered = [(Toward::High, up), (Toward::Low, down)];
    path.falls = false;
    assert_eq!(next(&mut path, Adaptive, &offered), Step::End);
}

#[test]
fn a_limit_at_the_close_is_not_through() {
    let mut path = path(100.0, 104.0, 97.0, 103.0);
    next(&mut path, Pessimistic, &[(Toward::Low, at(98.0, Valence::Neutral))]);
    let limit = Candidate { through: true, ..at(103.0, Valence::Good) };
    assert_eq!(next(&mut path, Pessimistic, &[(Toward::High, limit)]), Step::End);
}

#[test]
fn a_wanted_event_draws_in_what_lies_before_it() {
    let mut path = path(100.0, 104.0, 97.0, 104.0);
    next(&mut path, Pessimistic, &[(Toward::High, at(103.0, Valence::Neutral))]);
    let entry = (Toward::Low, at(99.0, Valence::Neutral));
    let mut alone = path;
    assert_eq!(next(&mut alone, Pessimistic, &[entry]), Step::End);
    assert_eq!(next(&mut path, Pessimistic, &[entry, LOSS]), take("neutral", 99.0, false));
    assert_eq!(next(&mut path, Pessimistic, &[LOSS]), take("bad", 98.0, false));
}

#[test]
fn each_price_has_its_own_extremes() {
    let open_time = Timestamp::default();
    let candle = |open, high, low, close| Candle { open_time, open, high, low, close, volume: 1.0 };
    let (last, mark) = (candle(100.0, 104.0, 100.0, 104.0), candle(99.0, 103.0, 97.0, 102.0));
    let mut path = Path::new(&Tape { last, mark: Some(mark) }, PriceScale::new(2));
    let stop = Candidate { watches: PriceKind::Mark, ..at(98.0, Valence::Bad) };
    let step = next(&mut path, Optimistic, &[(Toward::Low, stop)]);
    assert_eq!(step, take("bad", 98.0, true));
    assert_eq!(path.price.to_bits(), 100f64.to_bits(), "the last price was never lower");
}
