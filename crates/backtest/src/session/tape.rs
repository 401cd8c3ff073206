//! One instrument of a session: its candles of all timeframes as they grow, its funding, and what has been told of
//! the candle that is open.

use std::sync::Arc;

use domain::{
    Candle, Direction, InstrumentId, PositionKey, Quantity, Settlement, Timeframe, Timestamp,
};
use market::{Series, SeriesError, extend_aggregate};
use simulator::Tape;

use super::input::{CandlePart, ClosedCandle};
use super::{SessionError, last_close};
use crate::lane::{Lane, Told};
use crate::run::{check_price, check_scale};

/// Largest volume of a candle, base asset: sums of such stay numbers.
const VOLUME_MAX: f64 = 1e18;
/// How far ahead of its instrument's prices a settlement may be, ms.
const AHEAD_MILLIS: i64 = 40 * 86_400_000;
/// How long what was held is remembered, ms.
const KEPT_MILLIS: i64 = 86_400_000;

/// The candles of an instrument that have closed, and more.
#[derive(Clone, Debug)]
pub(crate) struct InstrumentTape {
    pub(crate) instrument: InstrumentId,
    /// By timeframe, the shortest first: it carries the fills.
    pub(crate) series: Vec<Series>,
    funding: Vec<Settlement>,
    /// Settlements that have been settled, or came before the start.
    settled: usize,
    /// What has been told of the open candle.
    told: Option<ToldSoFar>,
    /// Up to when prices were told. Nothing happens before it any more.
    told_until: Timestamp,
    /// What was held after which moment, the latest last: a settlement that is told late meets what was held then.
    held: Vec<(Timestamp, Vec<HeldPart>)>,
}

/// A position with its direction and size.
pub(crate) type HeldPart = (PositionKey, Direction, Quantity);

/// What of an open candle a session has worked on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ToldSoFar {
    /// Up to when.
    pub until: Timestamp,
    /// The candle up to then.
    pub so_far: Candle,
    /// The mark price then, quote asset; `None` where it was not told.
    pub mark: Option<f64>,
}

impl InstrumentTape {
    /// `series` has one of each timeframe.
    pub(crate) fn new(
        instrument: InstrumentId,
        mut series: Vec<Series>,
        funding: Vec<Settlement>,
    ) -> Result<Self, SessionError> {
        series.sort_by_key(Series::timeframe);
        if let [shortest, longer @ ..] = series.as_mut_slice() {
            for longer in longer {
                check_continuity(shortest, longer)?;
                extend_aggregate(longer, shortest)?;
            }
        }
        if funding.windows(2).any(|pair| pair[0].time >= pair[1].time) {
            return Err(SessionError::Misfit {
                expected: "funding settlements in ascending order of time",
                was: format!("{} in another order", funding.len()),
            });
        }
        for of_length in &series {
            check_scale(of_length)?;
        }
        let settled = funding.len();
        let known = series.first().and_then(last_close);
        Ok(Self {
            instrument,
            series,
            funding,
            settled,
            told: None,
            told_until: known.unwrap_or(Timestamp::from_millis(i64::MIN)),
            held: Vec::new(),
        })
    }

    /// The candles that carry the fills.
    pub(crate) fn fills(&self) -> &Series {
        &self.series[0]
    }

    pub(crate) const fn told(&self) -> Option<&ToldSoFar> {
        self.told.as_ref()
    }

    /// Settlements from before the start.
    pub(crate) fn known_funding(&self) -> &[Settlement] {
        &self.funding[..self.settled]
    }

    fn error(&self, error: SeriesError) -> SessionError {
        SessionError::Candle { instrument: self.instrument, error }
    }

    fn misfit(&self, expected: &'static str, was: String) -> SessionError {
        SessionError::Misfit {
            expected,
            was: format!("{was} of instrument {}", self.instrument.number()),
        }
    }

    /// Whether a candle can be the next one; gives its close. Of one that is late a later one may have been told in
    /// parts already.
    pub(crate) fn check_closed(
        &self,
        closed: &ClosedCandle,
        is_late: bool,
    ) -> Result<Timestamp, SessionError> {
        self.check_candle(&closed.candle)?;
        self.check_tape(&Tape { last: closed.candle, mark: closed.mark })?;
        let time = closed.candle.open_time;
        let close = self.fills().timeframe().next_open(time);
        let told = self.told.filter(|told| told.so_far.open_time == time);
        match (told, &closed.rest) {
            (None, None) => {
                let later = self.told.filter(|told| told.so_far.open_time > time && !is_late);
                if let Some(later) = later {
                    let open = later.so_far.open_time;
                    let was = format!("the candle of {time} while that of {open} is open");
                    return Err(self.misfit("the candle that is open", was));
                }
            }
            (Some(_), None) => {
                let was = format!("the whole candle of {time}");
                return Err(self.misfit("the rest of a candle that was told in parts", was));
            }
            (told, Some(rest)) => {
                let from = told.map_or(time, |told| told.until);
                self.check_prices(rest, (from, close), &closed.candle)?;
            }
        }
        Ok(close)
    }

    /// Whether a candle, or what is known of one, can stand after the last one that has closed.
    fn check_candle(&self, candle: &Candle) -> Result<(), SessionError> {
        let fills = self.fills();
        fills.check_next(candle).map_err(|error| self.error(error))?;
        check_price(fills.scale().fitting(candle.high), candle)?;
        if candle.volume > VOLUME_MAX {
            let was = candle.volume.to_string();
            return Err(self.misfit("a volume of at most 1e18", was));
        }
        Ok(())
    }

    /// Whether a part can be the next one.
    pub(crate) fn check_part(&self, part: &CandlePart) -> Result<(), SessionError> {
        self.check_candle(&part.so_far)?;
        let time = part.so_far.open_time;
        let mut from = time;
        if let Some(told) = &self.told {
            if told.so_far.open_time > time {
                let was = format!("one of {time} while that of {} is open", told.so_far.open_time);
                return Err(self.misfit("a part of the candle that is open", was));
            }
            // Of one that never closes nothing more comes.
            if told.so_far.open_time == time {
                from = told.until;
            }
        }
        let close = self.fills().timeframe().next_open(time);
        if part.until > close {
            return Err(self.misfit("a part that ends with its candle", part.until.to_string()));
        }
        self.check_prices(&part.tape, (from, part.until), &part.so_far)
    }

    /// Whether the prices of a part lie within its candle and its time.
    fn check_prices(
        &self,
        tape: &Tape,
        (from, until): (Timestamp, Timestamp),
        candle: &Candle,
    ) -> Result<(), SessionError> {
        self.check_tape(tape)?;
        let last = &tape.last;
        if last.open_time < from || last.open_time > until {
            let was = format!("{} instead of {from} to {until}", last.open_time);
            return Err(self.misfit("a part that begins where the one before ended", was));
        }
        if last.high > candle.high || last.low < candle.low || last.close != candle.close {
            let was = format!("{} to {}, {} last", last.low, last.high, last.close);
            return Err(self.misfit("prices within their candle, the last one its last", was));
        }
        Ok(())
    }

    fn check_tape(&self, tape: &Tape) -> Result<(), SessionError> {
        let row = self.fills().len();
        let check = |candle: &Candle| {
            candle.validate().map_err(|error| self.error(SeriesError::Candle { row, error }))
        };
        check(&tape.last)?;
        tape.mark.as_ref().map_or(Ok(()), check)
    }

    /// Whether a settlement is later than those before, and not of another age.
    pub(crate) fn check_funding(&self, settlement: &Settlement) -> Result<(), SessionError> {
        let known = self.told_until.millis();
        if known > i64::MIN && settlement.time.millis() > known.saturating_add(AHEAD_MILLIS) {
            let was = format!("{} at {}", settlement.time, self.told_until);
            return Err(self.misfit("a settlement at most 40 days ahead", was));
        }
        match self.funding.last() {
            Some(last) if last.time >= settlement.time => {
                let was = format!("{} after {}", settlement.time, last.time);
                Err(self.misfit("a settlement later than those before", was))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn funded_until(&self) -> Option<Timestamp> {
        self.funding.last().map(|it| it.time)
    }

    pub(crate) fn push_funding(&mut self, settlement: Settlement) {
        self.funding.push(settlement);
    }

    /// Takes a candle in that was checked; longer ones that close with it are built.
    pub(crate) fn push(&mut self, candle: &Candle) -> Result<(), SessionError> {
        self.told = self.told.filter(|told| told.so_far.open_time > candle.open_time);
        let Some((shortest, longer)) = self.series.split_first_mut() else { return Ok(()) };
        let instrument = self.instrument;
        shortest.push(candle).map_err(|error| SessionError::Candle { instrument, error })?;
        for longer in longer {
            extend_aggregate(longer, shortest)?;
        }
        Ok(())
    }

    pub(crate) fn note_part(&mut self, part: &CandlePart) {
        let mark = part.tape.mark.map(|mark| mark.close);
        self.told = Some(ToldSoFar { until: part.until, so_far: part.so_far, mark });
    }

    /// Prices were told up to a moment, after which this is held.
    pub(crate) fn note_told(&mut self, until: Timestamp, held: Vec<HeldPart>) {
        self.told_until = self.told_until.max(until);
        self.note_held(until, held);
    }

    /// From a moment on this is held.
    pub(crate) fn note_held(&mut self, since: Timestamp, held: Vec<HeldPart>) {
        if self.held.last().map_or(&[][..], |(_, held)| held) != held {
            self.held.push((since, held));
        }
        // Nobody tells of a settlement a day later.
        let old = since.plus_millis(-KEPT_MILLIS);
        let forgotten = self.held.partition_point(|(since, _)| *since < old);
        self.held.drain(..forgotten.saturating_sub(1));
    }

    /// Up to when prices were told.
    pub(crate) const fn told_until(&self) -> Timestamp {
        self.told_until
    }

    /// What was held at a settlement that is told after the prices of its time.
    pub(crate) fn held_at(&self, time: Timestamp) -> Vec<HeldPart> {
        let before = self.held.partition_point(|(since, _)| *since <= time);
        before.checked_sub(1).map(|last| self.held[last].1.clone()).unwrap_or_default()
    }

    /// The latest settlement is settled.
    pub(crate) const fn settle_last(&mut self) {
        self.settled = self.funding.len();
    }

    /// Whether settlements wait for the prices of their time.
    pub(crate) const fn has_due(&self) -> bool {
        self.settled < self.funding.len()
    }

    /// A part's prices with the volume that is usual: how much will trade in the whole candle is not known yet.
    pub(crate) fn with_usual_volume(&self, tape: &Tape, so_far: &Candle) -> Tape {
        let volume = self.fills().volume().last().copied().unwrap_or(so_far.volume);
        Tape { last: Candle { volume, ..tape.last }, mark: tape.mark }
    }

    /// The lane of the instrument at an instant, with what is told of it there.
    pub(crate) fn lane<'a>(&'a self, told: Option<(Told<'a>, Timestamp)>) -> Lane<'a> {
        Lane::of_session(self.instrument, self.fills(), &self.funding[self.settled..], told)
    }

    /// Takes note of how many settlements a lane has left.
    pub(crate) const fn settled(&mut self, left: usize) {
        self.settled = self.funding.len() - left;
    }

    /// A candle without extent at the price told last and at this mark price; `None` before the first price.
    pub(crate) fn standing(&self, time: Timestamp, mark: f64) -> Option<Tape> {
        let row = self.fills().len().checked_sub(1);
        let closed = row.map(|row| self.fills().candle(row));
        let known = self.told.as_ref().map(|told| told.so_far).or(closed)?;
        let last = flat(time, known.close, known.volume);
        let mark = (mark > 0.0).then(|| flat(time, mark, 0.0));
        Some(self.with_usual_volume(&Tape { last, mark }, &known))
    }

    /// Prices that begin no earlier than others were told.
    pub(crate) fn not_before_told(&self, mut tape: Tape) -> Tape {
        tape.last.open_time = tape.last.open_time.max(self.told_until);
        tape
    }
}

/// A candle without extent.
pub(crate) const fn flat(open_time: Timestamp, price: f64, volume: f64) -> Candle {
    Candle { open_time, open: price, high: price, low: price, close: price, volume }
}

/// What of a longer timeframe is missing must be there in the shortest one.
fn check_continuity(shortest: &Series, longer: &Series) -> Result<(), SessionError> {
    let Some(known_until) = longer.len().checked_sub(1).map(|last| longer.close_time(last)) else {
        return Ok(());
    };
    match shortest.open_times().first() {
        Some(first) if *first > known_until.millis() => Err(SessionError::Misfit {
            expected: "history of the shortest timeframe from the end of each longer one on",
            was: format!(
                "{} from {} with {} until {known_until}",
                shortest.timeframe(),
                Timestamp::from_millis(*first),
                longer.timeframe()
            ),
        }),
        _ => Ok(()),
    }
}

/// One series of each timeframe that the sleeves of an instrument use, out of its history.
pub(crate) fn arrange(
    instrument: InstrumentId,
    history: Vec<Series>,
    used: &[Timeframe],
) -> Result<Vec<Arc<Series>>, SessionError> {
    let mut series = Vec::with_capacity(used.len());
    for timeframe in used {
        let mut of_it = history.iter().filter(|it| it.timeframe() == *timeframe);
        let (Some(only), None) = (of_it.next(), of_it.next()) else {
            return Err(SessionError::Misfit {
                expected: "one series of history for each timeframe that is used",
                was: format!(
                    "none or several of {timeframe} for instrument {}",
                    instrument.number()
                ),
            });
        };
        series.push(Arc::new(only.clone()));
    }
    Ok(series)
}
