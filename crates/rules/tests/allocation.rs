//! Counts allocations: none at a candle without a wish. A binary of its own, as the counting allocator serves the
//! whole program.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::{Role, TimeRange, Timestamp};
use market::synthetic::{SyntheticSpec, generate};
use strategy::{Stretch, Surroundings};

struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

#[expect(unsafe_code, reason = "an allocator is unsafe to write; this one only counts")]
// SAFETY: every call is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as promised by the caller.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as promised by the caller.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The rules of the file of everything, but that nothing is ever wished for.
fn text() -> String {
    let everything: serde_json::Value =
        serde_json::from_str(include_str!("behaviour/every_block.json")).unwrap();
    let mut rules = everything;
    for entry in rules["entries"].as_array_mut().unwrap() {
        let when = entry["when"].take();
        entry["when"] = serde_json::json!({ "all": [when, { "position": "short" }] });
    }
    rules.to_string()
}

#[test]
fn a_candle_without_a_wish_allocates_nothing() {
    let start: Timestamp = "2024-01-01".parse().unwrap();
    let series = generate(&SyntheticSpec {
        symbol: "TESTUSDT".parse().unwrap(),
        range: TimeRange { start, end: start.plus_millis(40_000 * 60_000) },
        first_price: 30_000.0,
        growth_yearly: 0.1,
        price_decimals: 2,
        volume_typical: 10.0,
        seed: 5,
    });
    let definition = rules::load("every.json", &text()).unwrap();
    let parameters = definition.resolve(&BTreeMap::new()).unwrap();
    let mut strategy = definition.strategy(&parameters).unwrap();
    strategy.omit_output();
    let mut intents = Vec::new();
    let mut show = |rows: std::ops::Range<usize>| {
        let surroundings = Surroundings::default();
        let shortest = (Role::Ltf, &series);
        let mut stretch = Stretch::new(shortest, rows, &mut [], None, surroundings);
        let before = ALLOCATIONS.load(Ordering::Relaxed);
        strategy.show(&mut stretch, &mut intents);
        ALLOCATIONS.load(Ordering::Relaxed) - before
    };
    assert!(show(0..20_000) > 0, "lists of market structure grow to their size");
    // Those lists may still grow, each time to the double: a few times in as many candles.
    let later = show(20_000..40_000);
    assert!(later < 20, "{later} allocations at 20000 candles");
    assert!(intents.is_empty());
}
