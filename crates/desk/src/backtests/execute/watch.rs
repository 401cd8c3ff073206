//! Tells how far a run and its proofs have come, and asks whether to stop.

use std::ops::ControlFlow;
use std::time::Duration;

use backtest::Progress;

use crate::clock::Stopwatch;

/// Progress is told at most this often.
const TOLD_EVERY: Duration = Duration::from_millis(100);

/// The observer of one run with all further runs that belong to it.
pub(super) struct Watch<'a> {
    /// Takes note of what is done and of all there is to do.
    advance: &'a dyn Fn(u64, u64),
    tell: &'a dyn Fn(),
    stop: &'a dyn Fn() -> bool,
    /// Runs in all.
    runs: u64,
    /// Candles of one run.
    candles: u64,
    told: Stopwatch,
}

impl<'a> Watch<'a> {
    pub(super) fn new(
        advance: &'a dyn Fn(u64, u64),
        tell: &'a dyn Fn(),
        stop: &'a dyn Fn() -> bool,
        runs: u64,
    ) -> Self {
        Self { advance, tell, stop, runs, candles: 0, told: Stopwatch::start() }
    }

    /// Progress of the first run.
    pub(super) fn advance(&mut self, progress: Progress) -> ControlFlow<()> {
        self.candles = progress.total;
        self.advance_from(0, progress)
    }

    /// Progress of what comes after `before` whole runs.
    pub(super) fn advance_from(&mut self, before: u64, progress: Progress) -> ControlFlow<()> {
        (self.advance)(before * self.candles + progress.done, self.runs * self.candles);
        if self.told.elapsed() >= TOLD_EVERY {
            self.told = Stopwatch::start();
            (self.tell)();
        }
        self.look()
    }

    /// Only asks whether to stop.
    pub(super) fn look(&self) -> ControlFlow<()> {
        if (self.stop)() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
