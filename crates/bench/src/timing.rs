//! Repeats work and prints what it took.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Which benchmarks run, and how often.
pub(crate) struct Bench {
    filter: Option<String>,
    rounds: Option<usize>,
}

impl Bench {
    /// The first argument is a part of the names that shall run, the second how often instead of as usual: once
    /// under a profiler.
    pub(crate) fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Self {
        let filter = arguments.next();
        let rounds = arguments.next().and_then(|rounds| rounds.parse().ok());
        Self { filter, rounds: rounds.filter(|rounds| *rounds > 0) }
    }

    /// Whether a benchmark whose name begins like this may run.
    pub(crate) fn wants(&self, prefix: &str) -> bool {
        self.filter
            .as_ref()
            .is_none_or(|filter| filter.starts_with(prefix) || prefix.contains(filter.as_str()))
    }

    /// Runs `work` `n` times and prints the best and the median time in milliseconds; `None` if filtered out.
    pub(crate) fn millis<T>(
        &self,
        name: &str,
        n: usize,
        mut work: impl FnMut() -> T,
    ) -> Option<Duration> {
        if self.filter.as_ref().is_some_and(|filter| !name.contains(filter.as_str())) {
            return None;
        }
        let n = self.rounds.unwrap_or(n);
        let mut times: Vec<Duration> = (0..n).map(|_| time(&mut work)).collect();
        times.sort_unstable();
        let (best, median) = (times[0], times[n / 2]);
        line(name, best.as_secs_f64() * 1e3, "ms", n);
        line(&format!("{name}.median"), median.as_secs_f64() * 1e3, "ms", n);
        Some(best)
    }
}

/// Prints one result.
#[expect(clippy::print_stdout, reason = "printing lines is what this program is for")]
pub(crate) fn line(name: &str, value: f64, unit: &str, n: usize) {
    println!("{{\"name\":\"{name}\",\"value\":{value:.3},\"unit\":\"{unit}\",\"n\":{n}}}");
}

/// This moment.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Prints median, 99th percentile and maximum of latencies in microseconds.
pub(crate) fn percentiles(name: &str, latencies: &mut [Duration]) {
    latencies.sort_unstable();
    let n = latencies.len();
    let Some(last) = n.checked_sub(1) else { return };
    for (word, place) in [("p50", n / 2), ("p99", n * 99 / 100), ("max", last)] {
        let micros = latencies[place.min(last)].as_secs_f64() * 1e6;
        line(&format!("{name}.{word}"), micros, "us", n);
    }
}

fn time<T>(work: &mut impl FnMut() -> T) -> Duration {
    let start = now();
    black_box(work());
    start.elapsed()
}
