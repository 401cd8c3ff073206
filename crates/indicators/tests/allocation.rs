//! Counts allocations: none after an indicator has been made. A binary of its own, as the counting allocator
//! serves the whole program.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

use domain::{Candle, Timestamp};
use indicators::Source;
use indicators::catalogue::all;

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

/// Falls for 400 candles, then rises for as many: queues of extremes grow as long as they can.
fn candle(row: i32) -> Candle {
    let price = 1000.0 + f64::from((row - 400).abs());
    Candle {
        open_time: Timestamp::from_millis(i64::from(row) * 3_600_000),
        open: price,
        high: price + 2.0,
        low: price - 1.0,
        close: price,
        volume: 5.0,
    }
}

#[test]
fn a_candle_allocates_nothing() {
    let mut readings = [0.0; 16];
    for spec in all() {
        let mut indicator = spec.make(&[], Source::Close).expect("defaults are in range");
        let before = ALLOCATIONS.load(Ordering::Relaxed);
        (0..800).for_each(|row| indicator.push(&candle(row), &mut readings));
        let after = ALLOCATIONS.load(Ordering::Relaxed);
        assert_eq!(after - before, 0, "{}", spec.id);
    }
}
