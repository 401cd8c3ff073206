//! Follows a series as it grows: each closed candle once, in order, never before its close.
//!
//! Pure: told what the stream says, what the venue answered and what time it is (venue time), it says
//! what to hand on and what to ask for. A candle that is not the successor of the last one is a gap: it
//! waits until the missing ones have been fetched. What was missing is history; only the newest candle,
//! heard in time, is live and may lead to orders. What was handed on is compared with the venue's once more after a
//! while. Sockets, requests and storage are the caller's.

mod counts;

use std::collections::{BTreeMap, VecDeque};

use domain::{TimeRange, Timeframe, Timestamp};

use crate::{CandleRow, Gap};
pub use counts::FollowCounts;

/// A closing frame may come this late before it is asked for, ms.
pub const GRACE_MILLIS: i64 = 2_000;
/// A candle that is handed on later than this after its close is history, ms.
pub const FRESH_MILLIS: i64 = 10_000;
/// A candle that closes later than this after now is not believed: clocks differ, but not so much, ms.
const AHEAD_MILLIS: i64 = 30_000;
/// An absent candle counts as never made when the venue lacked it twice, this far apart, ms.
const ABSENT_AGAIN_MILLIS: i64 = 5_000;
/// Heard candles kept while earlier ones are missing; what does not fit is fetched instead.
const WAITING_MAX: usize = 2_000;
/// Handed-on candles remembered, to tell a repeated frame from a revised candle.
const RECENT: usize = 64;
/// How often candles that were handed on are compared with the venue's once more, ms: a correction that was lost
/// on its way is found.
const COMPARED_EVERY_MILLIS: i64 = 600_000;
/// A candle this young is not compared: the venue may still correct it, ms.
const SETTLED_MILLIS: i64 = 10_000;
const BACKOFF_FIRST_MILLIS: i64 = 1_000;
const BACKOFF_LAST_MILLIS: i64 = 60_000;

/// How a candle reaches a strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It has just closed: what it leads to may become an order.
    Live,
    /// It was missed or fetched: it forms readings, and places no orders.
    History,
}

/// What the caller has to do, in this order.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Store the candle and show it to those who listen.
    Deliver(CandleRow, Delivery),
    /// Ask the venue for the closed candles that open in this range, for the first of them where they are
    /// too many for one answer; tell with [`Follower::fetched`] or [`Follower::failed`]. There is never
    /// more than one such request of a series.
    Fetch(TimeRange),
    /// A candle of a time that was handed on already, with other numbers, or of one so long ago that only the store
    /// knows whether they differ: store it as a revision if they do. It is not shown to strategies again.
    Revised(CandleRow),
    /// The venue never made these candles: they stay missing.
    Hole(Gap),
}

/// Whether a series is whole up to now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowState {
    /// Each candle that has closed was handed on.
    Whole,
    /// Candles are missing and being fetched. Strategies on this series wait.
    Healing,
}

/// The place in one growing series.
#[derive(Clone, Debug)]
pub struct Follower {
    timeframe: Timeframe,
    /// Since when it follows.
    begun: Timestamp,
    /// Open time of the next candle to hand on.
    next: Timestamp,
    /// Heard or fetched, after a missing one.
    waiting: BTreeMap<Timestamp, CandleRow>,
    recent: VecDeque<CandleRow>,
    asked: Option<Asked>,
    /// Open time of the first candle that was not compared with the venue's again.
    compared: Timestamp,
    compare_at: Timestamp,
    ask_again: Timestamp,
    backoff: i64,
    /// Since when the venue is known to lack `next` although it has later ones.
    absent_since: Option<Timestamp>,
    counts: FollowCounts,
}

/// A request under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Asked {
    range: TimeRange,
    purpose: Purpose,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// Candles are missing.
    Missing,
    /// Candles that were handed on are compared with the venue's.
    Compare,
}

/// What a candle that was handed on already turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repeated {
    /// The one that was handed on.
    Equal,
    /// One with other numbers.
    Revised,
    /// One that is remembered no more: the store knows whether it differs.
    Forgotten,
}

impl Follower {
    /// Follows, from `now` on, from the candle that opens at `next` or later: the successor of the last stored one,
    /// or as far back as history is wanted. What closed before `now` is history: it may have been acted on before a
    /// restart that came too soon to store it.
    #[must_use]
    pub fn new(timeframe: Timeframe, next: Timestamp, now: Timestamp) -> Self {
        let open = timeframe.open_of(next);
        let next = if open == next { next } else { timeframe.next_open(open) };
        Self {
            timeframe,
            begun: now,
            next,
            waiting: BTreeMap::new(),
            recent: VecDeque::with_capacity(RECENT),
            asked: None,
            compared: next,
            compare_at: next.plus_millis(COMPARED_EVERY_MILLIS),
            ask_again: Timestamp::from_millis(i64::MIN),
            backoff: BACKOFF_FIRST_MILLIS,
            absent_since: None,
            counts: FollowCounts::default(),
        }
    }

    /// Candle length.
    #[must_use]
    pub const fn timeframe(&self) -> Timeframe {
        self.timeframe
    }

    /// Open time of the next candle to hand on.
    #[must_use]
    pub const fn next(&self) -> Timestamp {
        self.next
    }

    /// What has been counted since the start.
    #[must_use]
    pub const fn counts(&self) -> &FollowCounts {
        &self.counts
    }

    /// Whether a candle that has closed by `now` is missing, beyond the time its frame may take.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> FollowState {
        let late = now >= self.close_of(self.next).plus_millis(GRACE_MILLIS);
        if late || !self.waiting.is_empty() { FollowState::Healing } else { FollowState::Whole }
    }

    /// A candle that the stream calls closed. `told_at` is the event time of the frame: a candle that is
    /// called closed before its end is not believed.
    pub fn heard(&mut self, row: CandleRow, told_at: Timestamp, now: Timestamp) -> Vec<Step> {
        let open = row.candle.open_time;
        let mut steps = Vec::new();
        let close = self.close_of(open);
        let believed = told_at >= close && close <= now.plus_millis(AHEAD_MILLIS);
        if !self.timeframe.is_aligned(open) || !believed {
            self.counts.refused += 1;
            return steps;
        }
        if open < self.next {
            self.repeated(row, &mut steps);
            return steps;
        }
        if open > self.next {
            self.counts.out_of_order += 1;
        }
        self.keep(row);
        self.hand_on(now, &mut steps);
        self.ask(now, &mut steps);
        steps
    }

    /// The closed candles that the venue has in the range that was asked for, from its start on.
    pub fn fetched(&mut self, rows: &[CandleRow], now: Timestamp) -> Vec<Step> {
        let mut steps = Vec::new();
        let Some(Asked { range: asked, purpose }) = self.asked.take() else { return steps };
        let before = self.next;
        let mut went_on = false;
        for row in rows {
            let open = row.candle.open_time;
            if !asked.contains(open)
                || !self.timeframe.is_aligned(open)
                || now < self.close_of(open)
            {
                self.counts.refused += 1;
            } else if open < self.next {
                self.compare(*row, purpose, &mut steps);
            } else {
                self.counts.fetched += 1;
                went_on |= open > before;
                self.keep(*row);
            }
        }
        self.hand_on(now, &mut steps);
        if purpose == Purpose::Compare {
            self.compared_until(rows, now);
        } else if self.next > before {
            self.backoff = BACKOFF_FIRST_MILLIS;
            self.ask_again = now;
        } else if went_on {
            self.absent(now, &mut steps);
        } else {
            // It may not have been made yet.
            self.wait_longer(now);
        }
        self.ask(now, &mut steps);
        steps
    }

    /// The request failed; it will be made again after a while.
    pub fn failed(&mut self, now: Timestamp) {
        if self.asked.take().is_some() {
            self.counts.failed_fetches += 1;
            self.wait_longer(now);
        }
    }

    /// Time has passed: asks for candles whose frames are overdue.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Step> {
        let mut steps = Vec::new();
        self.ask(now, &mut steps);
        steps
    }

    /// When [`Self::tick`] has something to do at the earliest, if nothing is heard until then.
    #[must_use]
    pub fn wake_at(&self) -> Timestamp {
        let overdue_at = self.close_of(self.next).plus_millis(GRACE_MILLIS);
        overdue_at.min(self.compare_at).max(self.ask_again)
    }

    fn close_of(&self, open: Timestamp) -> Timestamp {
        self.timeframe.next_open(open)
    }

    /// A frame of a candle that was handed on already.
    fn repeated(&mut self, row: CandleRow, steps: &mut Vec<Step>) {
        match self.settle(row, steps) {
            Repeated::Equal => self.counts.duplicates += 1,
            Repeated::Revised => {}
            Repeated::Forgotten => self.counts.late += 1,
        }
    }

    /// A row that was asked for, of a candle that was handed on already: nothing that anybody sent twice, unless it
    /// was asked for as missing and has come by a frame meanwhile.
    fn compare(&mut self, row: CandleRow, purpose: Purpose, steps: &mut Vec<Step>) {
        let repeated = self.settle(row, steps);
        match purpose {
            Purpose::Compare => self.counts.compared += 1,
            Purpose::Missing => self.counts.duplicates += u64::from(repeated == Repeated::Equal),
        }
    }

    /// Finds out what is new about a candle that was handed on already.
    fn settle(&mut self, row: CandleRow, steps: &mut Vec<Step>) -> Repeated {
        let open = row.candle.open_time;
        let known = self.recent.iter_mut().find(|known| known.candle.open_time == open);
        match known {
            Some(known) if known.agrees_with(&row) => Repeated::Equal,
            Some(known) => {
                *known = row;
                self.counts.revised += 1;
                steps.push(Step::Revised(row));
                Repeated::Revised
            }
            None => {
                steps.push(Step::Revised(row));
                Repeated::Forgotten
            }
        }
    }

    /// Keeps a candle until its turn. What was heard first stays: a stream's closed candle is final.
    fn keep(&mut self, row: CandleRow) {
        let open = row.candle.open_time;
        match self.waiting.get(&open) {
            Some(kept) if kept.agrees_with(&row) => self.counts.duplicates += 1,
            Some(_) => self.counts.disagreements += 1,
            None => {
                self.waiting.insert(open, row);
            }
        }
        while self.waiting.len() > WAITING_MAX {
            self.waiting.pop_last();
        }
    }

    fn hand_on(&mut self, now: Timestamp, steps: &mut Vec<Step>) {
        while let Some(row) = self.waiting.remove(&self.next) {
            let close = self.close_of(self.next);
            let is_fresh = close >= self.begun && now < close.plus_millis(FRESH_MILLIS);
            let delivery = if is_fresh && self.waiting.is_empty() {
                self.counts.live += 1;
                Delivery::Live
            } else {
                self.counts.history += 1;
                Delivery::History
            };
            steps.push(Step::Deliver(row, delivery));
            if self.recent.len() == RECENT {
                self.recent.pop_front();
            }
            self.recent.push_back(row);
            self.next = close;
            self.absent_since = None;
        }
    }

    /// The venue answered with later candles, but without the next one.
    fn absent(&mut self, now: Timestamp, steps: &mut Vec<Step>) {
        let Some((later, _)) = self.waiting.first_key_value() else { return self.wait_longer(now) };
        let since = *self.absent_since.get_or_insert(now);
        if now < since.plus_millis(ABSENT_AGAIN_MILLIS) {
            self.ask_again = since.plus_millis(ABSENT_AGAIN_MILLIS);
            return;
        }
        self.skip_to(*later, steps);
        self.hand_on(now, steps);
        self.ask_again = now;
    }

    /// Candles up to the last one of an answer have been compared.
    fn compared_until(&mut self, rows: &[CandleRow], now: Timestamp) {
        if let Some(last) = rows.iter().map(|row| row.candle.open_time).max() {
            self.compared = self.compared.max(self.close_of(last)).min(self.next);
        }
        self.backoff = BACKOFF_FIRST_MILLIS;
        self.compare_at = now.plus_millis(COMPARED_EVERY_MILLIS);
    }

    fn skip_to(&mut self, later: Timestamp, steps: &mut Vec<Step>) {
        let missing = self.timeframe.count_between(self.next, later);
        self.counts.holes += missing;
        steps.push(Step::Hole(Gap { from: self.next, to: later, missing }));
        self.next = later;
        self.absent_since = None;
    }

    fn wait_longer(&mut self, now: Timestamp) {
        self.ask_again = now.plus_millis(self.backoff);
        self.backoff = (self.backoff * 2).min(BACKOFF_LAST_MILLIS);
    }

    /// Asks for what is missing, unless it was asked for already or is to be waited for.
    fn ask(&mut self, now: Timestamp, steps: &mut Vec<Step>) {
        // A time far ahead was set by a clock that has been put right since.
        let waits = now < self.ask_again && self.ask_again <= now.plus_millis(BACKOFF_LAST_MILLIS);
        if self.asked.is_some() || waits {
            return;
        }
        let overdue = now >= self.close_of(self.next).plus_millis(GRACE_MILLIS);
        let first_waiting = self.waiting.first_key_value().map(|(open, _)| *open);
        if !overdue && first_waiting.is_none() {
            return self.ask_to_compare(now, steps);
        }
        // A candle beyond the missing ones shows whether the venue has gone on without them.
        let until = match first_waiting {
            Some(open) => self.close_of(open),
            None => self.timeframe.open_of(now),
        };
        let range = TimeRange { start: self.next, end: until };
        self.counts.fetches += 1;
        self.asked = Some(Asked { range, purpose: Purpose::Missing });
        steps.push(Step::Fetch(range));
    }

    fn ask_to_compare(&mut self, now: Timestamp, steps: &mut Vec<Step>) {
        let settled = self.timeframe.open_of(now.plus_millis(-SETTLED_MILLIS));
        let range = TimeRange { start: self.compared, end: self.next.min(settled) };
        if now < self.compare_at || range.start >= range.end {
            return;
        }
        self.asked = Some(Asked { range, purpose: Purpose::Compare });
        steps.push(Step::Fetch(range));
    }
}

#[cfg(test)]
mod tests;
