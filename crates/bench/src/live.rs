//! Live data under load: how long a frame takes to a decision, and what following many symbols costs in memory.
//!
//! - `live.frame_to_decision.in_process`: goal p99 at most 200 microseconds, from the text to the decision by the
//!   session, the core and the feed of the desk, on one thread that is handed the texts by another.
//! - `live.frame_to_decision.loopback`: goal p99 at most 1,000 microseconds, from before the send of a server on loopback
//!   to the decision, through sockets, tasks and storage of a whole desk.
//! - `live.symbols_200.rss`: goal growth of at most 1 MB an hour. The venue is another process; what is measured is the
//!   one that follows it.
//! - `demo.first_touch`: how long the demo exchange lets others wait while 200 symbols are subscribed at once.
//!
//! `STB_BENCH_SECONDS` says how long each of the first three lasts, 60 without it.

mod decisions;
mod first_touch;
mod followed;
mod in_process;
mod load;
mod loopback;
mod server;
mod venue;

use std::time::Duration;

use crate::timing::Bench;

pub(crate) use first_touch::first_touch;
pub(crate) use venue::{VENUE, venue};

/// Frames a second.
const RATE: u64 = 5_000;

/// Runs the benchmarks of this folder.
pub(crate) fn run_all(bench: &Bench) -> Result<(), Box<dyn std::error::Error>> {
    let (in_process, loopback) =
        ("live.frame_to_decision.in_process", "live.frame_to_decision.loopback");
    if bench.wants(in_process) || bench.wants(loopback) {
        let load = load::Load::make(RATE * seconds().as_secs())?;
        if bench.wants(in_process) {
            in_process::measure(in_process, &load)?;
        }
        if bench.wants(loopback) {
            loopback::measure(loopback, load)?;
        }
    }
    let rss = "live.symbols_200.rss";
    if bench.wants(rss) { followed::measure(rss, seconds()) } else { Ok(()) }
}

fn seconds() -> Duration {
    let given = std::env::var("STB_BENCH_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(given.filter(|seconds| *seconds > 0).unwrap_or(60))
}
