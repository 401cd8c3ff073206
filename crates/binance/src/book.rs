//! A local order book, kept by the venue's procedure ("How to manage a local order book correctly").
//!
//! A state machine without I/O: events and snapshots go in, what to do comes out. Prices and quantities are
//! whole numbers of 1e-8. The book is known only inside the snapshot's 1,000 levels a side; deeper
//! levels appear when they change. Liquidity of RPI orders is not in it.

mod side;

use std::collections::VecDeque;

use domain::Symbol;

use crate::frame::{Depth, Level};
use crate::parse::BookSnapshot;
use side::{BookSide, Units};

pub use side::BookLevel;

/// Events held while a snapshot is on its way; at 100 ms these are more than five minutes.
const BUFFER_MAX: usize = 4096;
/// Events to hold before a snapshot is asked for: an older one could not be bridged.
const EVENTS_BEFORE_SNAPSHOT: usize = 2;
/// Waiting time before the second snapshot in a row; it doubles from there on.
const BACK_OFF_MS: i64 = 500;
const BACK_OFF_MAX_MS: i64 = 30_000;
/// Events in a row after which a book counts as steady, and the waiting time begins anew.
const STEADY: u32 = 100;

/// A book and the state of its synchronisation.
#[derive(Debug)]
pub struct Book {
    symbol: Symbol,
    bids: BookSide,
    asks: BookSide,
    state: State,
    buffer: VecDeque<Depth>,
    /// Snapshots asked for since the book was last steady.
    attempts: u32,
    /// Events in the book since the last snapshot.
    in_a_row: u32,
    counters: BookCounters,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Events are held; nothing has been asked for.
    Gathering,
    /// A snapshot is on its way.
    Waiting,
    /// The snapshot is loaded; the event that joins it to the stream has not come.
    Joining { last_update: u64 },
    /// In step with the venue.
    Live { last_update: u64 },
}

/// What an input came to, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookStep {
    /// Held until a snapshot comes.
    Held,
    /// Older than the book, or seen before.
    Ignored,
    /// The book is in step and contains it.
    Applied,
    /// Ask for a snapshot of 1,000 levels (weight 20) after this time in ms.
    FetchSnapshot {
        /// Zero at first, then doubling.
        after_ms: i64,
    },
    /// The book is void. A snapshot will be asked for when enough events are held.
    Broken(BookBreak),
}

/// Why a book became void.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookBreak {
    /// An event does not follow the last one: its `pu` is not the last `u`.
    Gap {
        /// The last update id of the book.
        expected: u64,
        /// What the event says came before it.
        was: u64,
    },
    /// The best bid is not below the best ask.
    Crossed,
    /// A price or quantity with more than 8 decimals, or too large.
    OffGrid,
}

/// How often what happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BookCounters {
    /// Events in the book.
    pub applied: u64,
    /// Events that were older than the book, or repeated.
    pub ignored: u64,
    /// Breaks of the chain of update ids.
    pub gaps: u64,
    /// Events after which the best bid was not below the best ask.
    pub crossed: u64,
    /// Snapshots that were asked for.
    pub snapshots: u64,
}

impl Book {
    /// An empty book.
    #[must_use]
    pub fn new(symbol: Symbol) -> Self {
        Self {
            symbol,
            bids: BookSide::bids(),
            asks: BookSide::asks(),
            state: State::Gathering,
            buffer: VecDeque::new(),
            attempts: 0,
            in_a_row: 0,
            counters: BookCounters::default(),
        }
    }

    /// Takes an event of `<symbol>@depth`. Events of other symbols are ignored.
    pub fn on_depth(&mut self, event: &Depth) -> BookStep {
        if event.symbol != self.symbol {
            return self.ignored();
        }
        match self.state {
            State::Live { last_update } => self.follow(event, last_update),
            State::Joining { last_update } => self.join(event, last_update),
            State::Gathering | State::Waiting => self.hold(event.clone()),
        }
    }

    /// Takes the snapshot that was asked for.
    pub fn on_snapshot(&mut self, snapshot: &BookSnapshot) -> BookStep {
        if self.state != State::Waiting {
            return self.ignored();
        }
        if !self.load(snapshot) {
            return self.broken(BookBreak::OffGrid);
        }
        self.state = State::Joining { last_update: snapshot.last_update };
        let mut step = BookStep::Held;
        while let Some(event) = self.buffer.pop_front() {
            let next = match self.state {
                State::Live { last_update } => self.follow(&event, last_update),
                State::Joining { last_update } => self.join(&event, last_update),
                State::Gathering | State::Waiting => return step,
            };
            match next {
                BookStep::Ignored => {}
                BookStep::Applied => step = BookStep::Applied,
                BookStep::Held | BookStep::FetchSnapshot { .. } | BookStep::Broken(_) => {
                    return next;
                }
            }
        }
        step
    }

    /// The snapshot that was asked for will not come.
    pub fn on_snapshot_failed(&mut self) -> BookStep {
        if self.state != State::Waiting {
            return self.ignored();
        }
        self.fetch()
    }

    /// Begins anew: the stream was interrupted.
    pub fn restart(&mut self) {
        self.state = State::Gathering;
        self.buffer.clear();
        self.bids.clear();
        self.asks.clear();
    }

    /// Whether the book is in step with the venue; otherwise it is empty or old.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        matches!(self.state, State::Live { .. })
    }

    /// The last update id in it, when it is live.
    #[must_use]
    pub const fn last_update(&self) -> Option<u64> {
        match self.state {
            State::Live { last_update } => Some(last_update),
            State::Gathering | State::Waiting | State::Joining { .. } => None,
        }
    }

    /// Bids, the highest first; none while the book is not live.
    pub fn bids(&self) -> impl Iterator<Item = BookLevel> {
        self.bids.levels().filter(|_| self.is_live())
    }

    /// Asks, the lowest first; none while the book is not live.
    pub fn asks(&self) -> impl Iterator<Item = BookLevel> {
        self.asks.levels().filter(|_| self.is_live())
    }

    /// How often what happened.
    #[must_use]
    pub const fn counters(&self) -> BookCounters {
        self.counters
    }

    fn ignored(&mut self) -> BookStep {
        self.counters.ignored += 1;
        BookStep::Ignored
    }

    fn hold(&mut self, event: Depth) -> BookStep {
        if self.buffer.len() == BUFFER_MAX {
            self.buffer.pop_front();
        }
        self.buffer.push_back(event);
        if self.state == State::Gathering && self.buffer.len() >= EVENTS_BEFORE_SNAPSHOT {
            return self.fetch();
        }
        BookStep::Held
    }

    fn fetch(&mut self) -> BookStep {
        let doubled = BACK_OFF_MS.checked_shl(self.attempts.saturating_sub(1)).unwrap_or(i64::MAX);
        let after_ms = match self.attempts {
            0 => 0,
            1..16 => doubled.min(BACK_OFF_MAX_MS),
            _ => BACK_OFF_MAX_MS,
        };
        self.attempts += 1;
        self.in_a_row = 0;
        self.counters.snapshots += 1;
        self.state = State::Waiting;
        BookStep::FetchSnapshot { after_ms }
    }

    fn load(&mut self, snapshot: &BookSnapshot) -> bool {
        self.bids.clear();
        self.asks.clear();
        self.set_all(&snapshot.bids, &snapshot.asks)
    }

    /// The first event on a snapshot: `U <= lastUpdateId <= u`.
    fn join(&mut self, event: &Depth, last_update: u64) -> BookStep {
        if event.last_update < last_update {
            return self.ignored();
        }
        if event.first_update > last_update {
            // The snapshot is older than the events: they stay, for a newer one will fit them.
            self.buffer.push_front(event.clone());
            return self.fetch();
        }
        self.apply(event)
    }

    /// Every later event: `pu` is the last `u`.
    #[inline]
    fn follow(&mut self, event: &Depth, last_update: u64) -> BookStep {
        if event.last_update <= last_update {
            return self.ignored();
        }
        if event.previous_update != last_update {
            self.counters.gaps += 1;
            let gap = BookBreak::Gap { expected: last_update, was: event.previous_update };
            let step = self.broken(gap);
            self.buffer.push_back(event.clone());
            return step;
        }
        self.apply(event)
    }

    #[inline]
    fn apply(&mut self, event: &Depth) -> BookStep {
        if !self.set_all(&event.bids, &event.asks) {
            return self.broken(BookBreak::OffGrid);
        }
        if let (Some(bid), Some(ask)) = (self.bids.best_units(), self.asks.best_units())
            && bid >= ask
        {
            self.counters.crossed += 1;
            return self.broken(BookBreak::Crossed);
        }
        self.state = State::Live { last_update: event.last_update };
        self.in_a_row = self.in_a_row.saturating_add(1);
        if self.in_a_row == STEADY {
            self.attempts = 0;
        }
        self.counters.applied += 1;
        BookStep::Applied
    }

    /// Sets levels of both sides; false when one does not fit the grid.
    #[inline]
    fn set_all(&mut self, bids: &[Level], asks: &[Level]) -> bool {
        for (side, levels) in [(&mut self.bids, bids), (&mut self.asks, asks)] {
            for level in levels {
                let Some(units) = Units::of(level) else { return false };
                side.set(units);
            }
        }
        true
    }

    fn broken(&mut self, reason: BookBreak) -> BookStep {
        self.restart();
        BookStep::Broken(reason)
    }
}

#[cfg(test)]
mod tests;
