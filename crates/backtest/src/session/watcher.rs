//! Cuts what a feed tells of the candle that is open into the parts that a session is told.
//!
//! It is no part of a session's state: parts in which nothing happens are forgotten, and after a restart it goes on
//! from what the session was told last.

use domain::{Candle, InstrumentId, Timestamp};
use simulator::Tape;

use super::input::CandlePart;
use super::tape::ToldSoFar;

/// The open candle of one instrument as it was seen last.
#[derive(Clone, Debug)]
pub struct CandleWatcher {
    instrument: InstrumentId,
    seen: Option<ToldSoFar>,
    /// Mark price known last.
    mark: Option<f64>,
}

impl CandleWatcher {
    /// Goes on from what a session was told of the open candle ([`Session::told`](crate::Session::told)).
    #[must_use]
    pub const fn new(instrument: InstrumentId, told: Option<ToldSoFar>) -> Self {
        Self { instrument, seen: told, mark: None }
    }

    /// The part from what was seen last to the candle as it is now, `until` this moment. `None` where nothing
    /// follows what was seen: the frame is older, or of a candle before.
    pub fn part(
        &mut self,
        so_far: Candle,
        mark: Option<f64>,
        until: Timestamp,
    ) -> Option<CandlePart> {
        let seen = self.seen.as_ref();
        if seen.is_some_and(|seen| seen.so_far.open_time > so_far.open_time || seen.until > until)
            || until < so_far.open_time
        {
            return None;
        }
        let seen = seen.filter(|seen| seen.so_far.open_time == so_far.open_time);
        if seen.is_some_and(|seen| !continues(&seen.so_far, &so_far)) {
            return None;
        }
        let tape = self.tape(seen.copied(), &so_far, mark);
        self.seen = Some(ToldSoFar { until, so_far });
        Some(CandlePart { instrument: self.instrument, tape, until, so_far })
    }

    /// What of a candle that has closed was not seen yet, with the mark price at its close; `None` where nothing of it
    /// was seen.
    pub fn rest(&mut self, candle: &Candle, mark: Option<f64>) -> Option<Tape> {
        let seen = self.seen.filter(|seen| seen.so_far.open_time == candle.open_time)?;
        let tape = self.tape(Some(seen), candle, mark);
        self.seen = None;
        Some(tape)
    }

    /// The prices between two sights of one candle. Where the price was at its extremes before, it was not again.
    fn tape(&mut self, seen: Option<ToldSoFar>, now: &Candle, mark: Option<f64>) -> Tape {
        let last = match seen {
            None => *now,
            Some(ToldSoFar { until, so_far: before }) => {
                let (low, high) = (before.close.min(now.close), before.close.max(now.close));
                Candle {
                    open_time: until,
                    open: before.close,
                    high: if now.high > before.high { now.high } else { high },
                    low: if now.low < before.low { now.low } else { low },
                    close: now.close,
                    volume: now.volume,
                }
            }
        };
        let from = self.mark.or(mark);
        self.mark = mark.or(self.mark);
        let mark = from.zip(mark).map(|(open, close)| Candle {
            open,
            high: open.max(close),
            low: open.min(close),
            close,
            volume: 0.0,
            ..last
        });
        Tape { last, mark }
    }
}

/// Whether a sight of a candle can follow another: extremes only widen.
fn continues(before: &Candle, now: &Candle) -> bool {
    now.high >= before.high && now.low <= before.low && now.open == before.open
}
