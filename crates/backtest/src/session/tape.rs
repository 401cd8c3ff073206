//! One instrument of a session: its candles of all timeframes as they grow, its funding, and what has been told of
//! the candle that is open.

use std::sync::Arc;

use domain::{Candle, InstrumentId, Settlement, Timeframe, Timestamp};
use market::{Series, SeriesError, extend_aggregate};
use simulator::Tape;

use super::SessionError;
use super::input::{CandlePart, ClosedCandle};
use crate::lane::{Lane, Told};
use crate::run::check_price;

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
}

/// What of an open candle a session has worked on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ToldSoFar {
    /// Up to when.
    pub until: Timestamp,
    /// The candle up to then.
    pub so_far: Candle,
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
        let settled = funding.len();
        Ok(Self { instrument, series, funding, settled, told: None })
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

    /// Whether a candle can be the next one.
    pub(crate) fn check_closed(&self, closed: &ClosedCandle) -> Result<Timestamp, SessionError> {
        let fills = self.fills();
        fills.check_next(&closed.candle).map_err(|error| self.error(error))?;
        check_price(fills.scale().fitting(closed.candle.high), &closed.candle)?;
        let time = closed.candle.open_time;
        self.check_tape(&Tape { last: closed.candle, mark: closed.mark })?;
        match (&self.told, &closed.rest) {
            (None, None) => {}
            (Some(told), _) if told.so_far.open_time != time => {
                let was =
                    format!("the candle of {time} while that of {} is open", told.so_far.open_time);
                return Err(self.misfit("the candle that is open", was));
            }
            (Some(_), None) => {
                let was = format!("the whole candle of {time}");
                return Err(self.misfit("the rest of a candle that was told in parts", was));
            }
            (told, Some(rest)) => {
                let from = told.map_or(time, |told| told.until);
                self.check_prices(rest, (from, fills.timeframe().next_open(time)), &closed.candle)?;
            }
        }
        Ok(fills.timeframe().next_open(time))
    }

    /// Whether a part can be the next one.
    pub(crate) fn check_part(&self, part: &CandlePart) -> Result<(), SessionError> {
        let fills = self.fills();
        fills.check_next(&part.so_far).map_err(|error| self.error(error))?;
        check_price(fills.scale().fitting(part.so_far.high), &part.so_far)?;
        let time = part.so_far.open_time;
        let mut from = time;
        if let Some(told) = &self.told {
            if told.so_far.open_time != time {
                let was = format!("one of {time} while that of {} is open", told.so_far.open_time);
                return Err(self.misfit("a part of the candle that is open", was));
            }
            from = told.until;
        }
        let close = fills.timeframe().next_open(time);
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

    /// Whether a settlement is later than those before.
    pub(crate) fn check_funding(&self, settlement: &Settlement) -> Result<(), SessionError> {
        match self.funding.last() {
            Some(last) if last.time >= settlement.time => {
                let was = format!("{} after {}", settlement.time, last.time);
                Err(self.misfit("a settlement later than those before", was))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn push_funding(&mut self, settlement: Settlement) {
        self.funding.push(settlement);
    }

    /// Takes a candle in that was checked; longer ones that close with it are built.
    pub(crate) fn push(&mut self, candle: &Candle) -> Result<(), SessionError> {
        self.told = None;
        let Some((shortest, longer)) = self.series.split_first_mut() else { return Ok(()) };
        let instrument = self.instrument;
        shortest.push(candle).map_err(|error| SessionError::Candle { instrument, error })?;
        for longer in longer {
            extend_aggregate(longer, shortest)?;
        }
        Ok(())
    }

    pub(crate) const fn note_part(&mut self, part: &CandlePart) {
        self.told = Some(ToldSoFar { until: part.until, so_far: part.so_far });
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

    /// A candle without extent at the price told last.
    pub(crate) fn standing(&self) -> Option<Tape> {
        let told = self.told.as_ref()?;
        let price = told.so_far.close;
        let flat = Candle {
            open_time: told.until,
            open: price,
            high: price,
            low: price,
            close: price,
            volume: told.so_far.volume,
        };
        Some(self.with_usual_volume(&Tape { last: flat, mark: None }, &told.so_far))
    }
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
