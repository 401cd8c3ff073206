//! Cuts what a feed tells of the candle that is open into the parts that a session is told.
//!
//! It is no part of a session's state: parts in which nothing happens are forgotten, and after a restart it goes on
//! from what the session was told last.

use domain::{Candle, InstrumentId, Timeframe, Timestamp};
use simulator::Tape;

use super::input::CandlePart;
use super::tape::ToldSoFar;

/// The open candle of one instrument as it was seen last.
#[derive(Clone, Debug)]
pub struct CandleWatcher {
    instrument: InstrumentId,
    timeframe: Timeframe,
    seen: Option<ToldSoFar>,
}

impl CandleWatcher {
    /// Goes on from what the session was told of the open candle ([`Session::told`](crate::Session::told)); candles of
    /// this length.
    #[must_use]
    pub const fn new(
        instrument: InstrumentId,
        timeframe: Timeframe,
        told: Option<ToldSoFar>,
    ) -> Self {
        Self { instrument, timeframe, seen: told }
    }

    /// The part from what was seen last to the candle as it is now, `until` this moment, or its close where that was
    /// before. `None` where nothing follows what was seen: the frame is older, or of a candle before. It counts as seen
    /// once it is [taken](Self::take).
    #[must_use]
    pub fn part(&self, so_far: Candle, mark: Option<f64>, until: Timestamp) -> Option<CandlePart> {
        let until = until.min(self.timeframe.next_open(so_far.open_time));
        let seen = self.seen.as_ref();
        if seen.is_some_and(|seen| seen.so_far.open_time > so_far.open_time || seen.until > until)
            || until < so_far.open_time
        {
            return None;
        }
        let of_same = seen.filter(|seen| seen.so_far.open_time == so_far.open_time);
        if of_same.is_some_and(|seen| !continues(&seen.so_far, &so_far)) {
            return None;
        }
        let tape = self.tape(of_same, &so_far, mark);
        Some(CandlePart { instrument: self.instrument, tape, until, so_far })
    }

    /// The part from what was seen last to this moment, in which nothing was told: the price stands. `None` where
    /// nothing of the open candle was seen.
    #[must_use]
    pub fn again(&self, until: Timestamp) -> Option<CandlePart> {
        let seen = self.seen?;
        self.part(seen.so_far, None, until)
    }

    /// A part was told to the session, or left out because nothing happens in it.
    pub fn take(&mut self, part: &CandlePart) {
        let mark = part.tape.mark.map(|mark| mark.close);
        self.seen = Some(ToldSoFar { until: part.until, so_far: part.so_far, mark });
    }

    /// What of a candle that has closed was not seen yet, with the mark price at its close; `None` where nothing of it
    /// was seen.
    #[must_use]
    pub fn rest(&self, candle: &Candle, mark: Option<f64>) -> Option<Tape> {
        let mut seen = self.seen.filter(|seen| seen.so_far.open_time == candle.open_time)?;
        // The venue may correct a candle when it closes: what was seen outside it was not there.
        seen.so_far.close = seen.so_far.close.max(candle.low).min(candle.high);
        Some(self.tape(Some(&seen), candle, mark))
    }

    /// The prices between two sights of one candle. Where the price was at its extremes before, it was not again. The
    /// mark price known last stands until the next.
    fn tape(&self, seen: Option<&ToldSoFar>, now: &Candle, mark: Option<f64>) -> Tape {
        let last = match seen {
            None => *now,
            Some(ToldSoFar { until, so_far: before, .. }) => {
                let (low, high) = (before.close.min(now.close), before.close.max(now.close));
                Candle {
                    open_time: *until,
                    open: before.close,
                    high: if now.high > before.high { now.high } else { high },
                    low: if now.low < before.low { now.low } else { low },
                    close: now.close,
                    volume: now.volume,
                }
            }
        };
        let known = self.seen.and_then(|seen| seen.mark);
        let mark = mark.or(known).map(|close| {
            let open = known.unwrap_or(close);
            let (low, high) = (open.min(close), open.max(close));
            Candle { open, high, low, close, volume: 0.0, ..last }
        });
        Tape { last, mark }
    }
}

/// Whether a sight of a candle can follow another: extremes only widen.
fn continues(before: &Candle, now: &Candle) -> bool {
    now.high >= before.high && now.low <= before.low && now.open == before.open
}
