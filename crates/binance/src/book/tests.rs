//! The procedure step by step, a reference model, and the recorded stream of a real book.

use std::collections::BTreeMap;

use domain::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::Number;

fn levels(pairs: &[(i64, i64)]) -> Vec<Level> {
    let number = |value: i64| Number::parse(value.to_string().as_bytes()).unwrap();
    pairs
        .iter()
        .map(|(price, quantity)| Level { price: number(*price), quantity: number(*quantity) })
        .collect()
}

/// An event with the ids `U`, `u`, `pu`.
fn event(
    (first, last, previous): (u64, u64, u64),
    bids: &[(i64, i64)],
    asks: &[(i64, i64)],
) -> Depth {
    Depth {
        event_time: Timestamp::from_millis(0),
        time: Timestamp::from_millis(0),
        symbol: "BTCUSDT".parse().unwrap(),
        first_update: first,
        last_update: last,
        previous_update: previous,
        bids: levels(bids),
        asks: levels(asks),
    }
}

fn snapshot(last_update: u64, bids: &[(i64, i64)], asks: &[(i64, i64)]) -> BookSnapshot {
    let time = Timestamp::from_millis(0);
    BookSnapshot { last_update, time, bids: levels(bids), asks: levels(asks) }
}

fn book() -> Book {
    Book::new("BTCUSDT".parse().unwrap())
}

/// Prices and quantities of one side.
fn shown(levels: impl Iterator<Item = BookLevel>) -> Vec<(String, String)> {
    levels.map(|level| (level.price.to_string(), level.quantity.to_string())).collect()
}

fn pairs(texts: &[(&str, &str)]) -> Vec<(String, String)> {
    texts.iter().map(|(price, quantity)| ((*price).into(), (*quantity).into())).collect()
}

/// A book that is live at update 20.
fn live() -> Book {
    let mut book = book();
    assert_eq!(book.on_depth(&event((1, 5, 0), &[], &[])), BookStep::Held);
    let second = event((6, 12, 5), &[(99, 7)], &[]);
    assert_eq!(book.on_depth(&second), BookStep::FetchSnapshot { after_ms: 0 });
    assert_eq!(book.on_depth(&event((13, 20, 12), &[(98, 0)], &[(102, 4)])), BookStep::Held);
    let step = book.on_snapshot(&snapshot(10, &[(99, 1), (98, 2)], &[(101, 3)]));
    assert_eq!(step, BookStep::Applied);
    book
}

#[test]
fn a_snapshot_is_bridged_by_the_events_held() {
    let book = live();
    assert_eq!(book.last_update(), Some(20));
    assert_eq!(shown(book.bids()), pairs(&[("99", "7")]), "zero removes, quantities are absolute");
    assert_eq!(shown(book.asks()), pairs(&[("101", "3"), ("102", "4")]));
    assert_eq!(book.counters().ignored, 1, "the event before the snapshot");
}

#[test]
fn ids_need_not_be_contiguous_but_pu_must_match() {
    let mut book = live();
    assert_eq!(book.on_depth(&event((25, 30, 20), &[], &[(101, 0)])), BookStep::Applied);
    let gap = BookBreak::Gap { expected: 30, was: 31 };
    assert_eq!(book.on_depth(&event((32, 40, 31), &[], &[])), BookStep::Broken(gap));
    assert!(!book.is_live() && book.bids().next().is_none());
    assert_eq!(
        book.on_depth(&event((41, 50, 40), &[], &[])),
        BookStep::FetchSnapshot { after_ms: 500 }
    );
    assert_eq!(book.on_snapshot(&snapshot(45, &[(9, 1)], &[])), BookStep::Applied);
    assert_eq!(book.last_update(), Some(50));
    for id in 51..160 {
        book.on_depth(&event((id, id, id - 1), &[], &[]));
    }
    book.on_depth(&event((170, 170, 169), &[], &[]));
    let step = book.on_depth(&event((171, 171, 170), &[], &[]));
    assert_eq!(step, BookStep::FetchSnapshot { after_ms: 0 }, "the book was steady");
}

#[test]
fn repeated_and_foreign_events_are_ignored() {
    let mut book = live();
    assert_eq!(book.on_depth(&event((13, 20, 12), &[(1, 1)], &[])), BookStep::Ignored);
    let foreign = Depth { symbol: "ETHUSDT".parse().unwrap(), ..event((21, 22, 20), &[], &[]) };
    assert_eq!(book.on_depth(&foreign), BookStep::Ignored);
    assert_eq!(book.on_snapshot(&snapshot(30, &[], &[])), BookStep::Ignored, "nobody asked");
    assert_eq!(book.last_update(), Some(20));
}

#[test]
fn a_snapshot_older_than_the_events_is_asked_for_again_and_later() {
    let mut book = book();
    book.on_depth(&event((10, 12, 9), &[], &[]));
    book.on_depth(&event((13, 15, 12), &[(5, 5)], &[]));
    assert_eq!(book.on_snapshot(&snapshot(8, &[], &[])), BookStep::FetchSnapshot { after_ms: 500 });
    assert_eq!(book.on_snapshot_failed(), BookStep::FetchSnapshot { after_ms: 1000 });
    assert_eq!(book.on_snapshot(&snapshot(11, &[(4, 4)], &[])), BookStep::Applied);
    assert_eq!(shown(book.bids()), pairs(&[("5", "5"), ("4", "4")]));
}

#[test]
fn a_snapshot_newer_than_all_events_waits_for_the_next() {
    let mut book = book();
    book.on_depth(&event((1, 2, 0), &[], &[]));
    book.on_depth(&event((3, 4, 2), &[], &[]));
    assert_eq!(book.on_snapshot(&snapshot(9, &[(4, 4)], &[])), BookStep::Held);
    assert_eq!(book.on_depth(&event((5, 8, 4), &[], &[])), BookStep::Ignored);
    assert!(!book.is_live());
    assert_eq!(book.on_depth(&event((9, 10, 8), &[], &[])), BookStep::Applied);
}

#[test]
fn a_crossed_book_is_counted_and_void() {
    let mut book = live();
    let step = book.on_depth(&event((21, 22, 20), &[(101, 1)], &[]));
    assert_eq!(step, BookStep::Broken(BookBreak::Crossed));
    assert_eq!((book.counters().crossed, book.is_live()), (1, false));
}

#[test]
fn prices_beyond_the_grid_make_the_book_void() {
    let mut book = live();
    let mut event = event((21, 22, 20), &[(1, 1)], &[]);
    event.bids[0].price = Number::parse(b"0.123456789").unwrap();
    assert_eq!(book.on_depth(&event), BookStep::Broken(BookBreak::OffGrid));
}

proptest! {
    #[test]
    fn a_side_is_an_ordered_map(changes in prop::collection::vec((1i64..40, 0i64..4), 0..200)) {
        let (mut bids, mut asks, mut model) = (BookSide::bids(), BookSide::asks(), BTreeMap::new());
        for (price, quantity) in changes {
            if quantity == 0 { model.remove(&price); } else { model.insert(price, quantity); }
            for level in levels(&[(price, quantity)]) {
                bids.set(Units::of(&level).unwrap());
                asks.set(Units::of(&level).unwrap());
            }
        }
        let expected: Vec<_> = model.iter().map(|(p, q)| (p.to_string(), q.to_string())).collect();
        prop_assert_eq!(shown(asks.levels()), expected.clone());
        prop_assert_eq!(shown(bids.levels()), expected.into_iter().rev().collect::<Vec<_>>());
    }
}

/// What a replay of recorded frames came to.
#[derive(Debug, Default)]
struct Replayed {
    frames: u64,
    events: u64,
    /// Best prices told of an update that the book stands at, and how many of them it has as well.
    compared: u64,
    agreed: u64,
}

#[test]
fn the_recorded_book_stays_whole() {
    let Some(lines) = crate::test_data::recorded_frames() else { return };
    let (mut book, mut replayed) = (book(), Replayed::default());
    for line in lines {
        if line.starts_with("{\"lastUpdateId\"") {
            book.on_snapshot(&BookSnapshot::parse(&line).unwrap());
            continue;
        }
        replayed.frames += 1;
        let frame = crate::frame::parse(&line).unwrap();
        if let crate::frame::Frame::Depth(event) = &frame {
            follow(&mut book, event, &mut replayed);
        } else if let crate::frame::Frame::BookTicker(ticker) = &frame {
            compare(&book, ticker, &mut replayed);
        }
    }
    let counters = book.counters();
    println!(
        "{} recorded frames, {} depth events, {} in the book, {} gaps, {} crossed, {} of {} best prices agree",
        replayed.frames,
        replayed.events,
        counters.applied,
        counters.gaps,
        counters.crossed,
        replayed.agreed,
        replayed.compared
    );
    assert_eq!((counters.gaps, counters.crossed, counters.snapshots), (0, 0, 1));
    assert!(counters.applied > 6_500, "{counters:?}");
    assert_eq!(replayed.agreed, replayed.compared, "where both tell of one update they agree");
    assert!(replayed.compared > 100, "{replayed:?}");
}

/// An event follows the one before, and leaves the best bid below the best ask.
fn follow(book: &mut Book, event: &Depth, replayed: &mut Replayed) {
    replayed.events += 1;
    let before = book.last_update();
    let step = book.on_depth(event);
    assert!(!matches!(step, BookStep::Broken(_)), "{step:?}");
    if !book.is_live() {
        return;
    }
    if let Some(before) = before.filter(|_| step == BookStep::Applied) {
        let is_joint = event.first_update <= before + 1 && before < event.last_update;
        assert!(event.previous_update == before || is_joint, "update ids go on after {before}");
    }
    let best = (book.bids().next().unwrap().price, book.asks().next().unwrap().price);
    assert!(best.0 < best.1, "best bid and ask after update {}: {best:?}", event.last_update);
}

fn compare(book: &Book, ticker: &crate::frame::BookTicker, replayed: &mut Replayed) {
    if book.last_update() == Some(ticker.update_id) {
        replayed.compared += 1;
        let best = book.bids().next().unwrap();
        replayed.agreed += u64::from(best.price.decimal() == ticker.bid.price.to_decimal());
    }
}
