//! The stream of Smart Money Concepts against shared vectors, its laws on random candles, and plain models of
//! the same definitions that look at whole series.
//!
//! The vectors are read from the folder named by `STB_SMC_VECTORS`, by default `shared/data/smc` beside the
//! repository; without it the tests that need them say so and pass.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![expect(clippy::print_stdout, reason = "what was compared is told")]

#[path = "smc_stream/breaks.rs"]
mod breaks;
#[path = "smc_stream/laws.rs"]
mod laws;
#[path = "smc_stream/levels.rs"]
mod levels;
#[path = "smc_stream/lives.rs"]
mod lives;
#[path = "smc_stream/random.rs"]
mod random;
#[path = "smc_stream/snapshots.rs"]
mod snapshots;
#[path = "smc_stream/vectors.rs"]
mod vectors;

use domain::{Candle, Timeframe};
use indicators::smc::{Event, Smc, SmcSettings};

/// The events of all candles.
fn run(timeframe: Timeframe, settings: &SmcSettings, candles: &[Candle]) -> Vec<Event> {
    let mut smc = Smc::new(timeframe, settings.clone()).unwrap();
    let mut events = Vec::new();
    for candle in candles {
        smc.push(candle);
        events.extend_from_slice(smc.events());
    }
    events
}
