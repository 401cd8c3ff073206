//! Tells how far a run and its proofs have come, and asks whether to stop.

use std::ops::ControlFlow;
use std::time::Duration;

use backtest::{Observe, Progress};
use strategy::StopRequest;

use crate::clock::Stopwatch;

/// Progress is told at most this often.
const TOLD_EVERY: Duration = Duration::from_millis(100);

/// The observer of one run with all further runs that belong to it.
pub(super) struct Watch<'a> {
    /// Takes note of what is done and of all there is to do.
    advance: &'a dyn Fn(u64, u64),
    tell: &'a dyn Fn(),
    stop: &'a StopRequest,
    /// Runs in all, and those that are done.
    runs: u64,
    before: u64,
    /// Candles of one run.
    candles: u64,
    told: Stopwatch,
}

impl<'a> Watch<'a> {
    pub(super) fn new(
        advance: &'a dyn Fn(u64, u64),
        tell: &'a dyn Fn(),
        stop: &'a StopRequest,
        runs: u64,
    ) -> Self {
        Self { advance, tell, stop, runs, before: 0, candles: 0, told: Stopwatch::start() }
    }

    /// What comes next is told as what comes after the first run.
    pub(super) fn after_first(&mut self) {
        self.before = 1;
    }

    /// Only asks whether to stop.
    pub(super) fn stop_request(&self) -> StopRequest {
        self.stop.clone()
    }
}

impl Observe for Watch<'_> {
    fn advance(&mut self, progress: Progress) -> ControlFlow<()> {
        if self.before == 0 {
            self.candles = progress.total;
        }
        (self.advance)(self.before * self.candles + progress.done, self.runs * self.candles);
        if self.told.elapsed() >= TOLD_EVERY {
            self.told = Stopwatch::start();
            (self.tell)();
        }
        if self.stop.is_made() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn stop(&self) -> Option<StopRequest> {
        Some(self.stop.clone())
    }
}
