//! Which inputs a session takes. An input is looked at as a whole before anything of it is done.

use domain::{InstrumentId, Intent, Timestamp};

use super::tape::InstrumentTape;
use super::{Act, CandlePart, Session, SessionError, SessionInput};

/// The latest time that is taken: the end of the year 9999.
const LATEST: Timestamp = Timestamp::from_millis(253_402_300_799_999);

impl Session {
    /// Whether an input would be taken.
    ///
    /// # Errors
    /// As [`Self::apply`].
    pub fn check(&self, input: &SessionInput) -> Result<(), SessionError> {
        if let Err(reason) = &self.kept {
            return Err(SessionError::Stopped(reason.clone()));
        }
        if let Some(was) = input.time() {
            if was < self.clock {
                return Err(SessionError::Earlier { clock: self.clock, was });
            }
            if was > LATEST {
                return Err(misfit("a time before the year 10000", was.to_string()));
            }
        }
        match input {
            SessionInput::Closed { time, candles, .. } => {
                check_order(candles.iter().map(|it| it.instrument))?;
                for closed in candles {
                    let closes = self.tape(closed.instrument)?.check_closed(closed, false)?;
                    if closes != *time {
                        let was = format!("one of {closes} at {time}");
                        return Err(misfit("candles that close at one time", was));
                    }
                }
            }
            SessionInput::Late { time, candle } => {
                let closes = self.tape(candle.instrument)?.check_closed(candle, true)?;
                if closes > *time {
                    let was = format!("one that closes at {closes} at {time}");
                    return Err(misfit("a candle that has closed", was));
                }
            }
            SessionInput::Parts { time, parts } => self.check_parts(*time, parts)?,
            SessionInput::Funding { instrument, settlement } => {
                if settlement.time > LATEST {
                    let was = settlement.time.to_string();
                    return Err(misfit("a time before the year 10000", was));
                }
                self.tape(*instrument)?.check_funding(settlement)?;
            }
            SessionInput::Act { time, parts, act } => {
                if !parts.is_empty() {
                    self.check_parts(*time, parts)?;
                }
                self.check_act(*time, parts, act)?;
            }
        }
        Ok(())
    }

    fn check_parts(&self, time: Timestamp, parts: &[CandlePart]) -> Result<(), SessionError> {
        check_order(parts.iter().map(|it| it.instrument))?;
        for part in parts {
            self.tape(part.instrument)?.check_part(part)?;
            if part.until != time {
                let was = format!("one until {} at {time}", part.until);
                return Err(misfit("parts up to one moment", was));
            }
        }
        Ok(())
    }

    fn check_act(
        &self,
        time: Timestamp,
        parts: &[CandlePart],
        act: &Act,
    ) -> Result<(), SessionError> {
        let (sleeve, places_orders) = match act {
            Act::Wish { sleeve, intent } => {
                let places = match intent {
                    Intent::Enter(_) | Intent::Exit { .. } | Intent::MoveStop(_) => true,
                    Intent::CancelEntries | Intent::GiveUp(_) => false,
                };
                (Some(*sleeve), places)
            }
            Act::TakeBack { sleeve, .. } => (Some(*sleeve), false),
            Act::Pause { sleeve, .. } | Act::Ask { sleeve, .. } => (*sleeve, false),
            Act::Release(_) | Act::CloseAll => (None, false),
        };
        let Some(sleeve) = sleeve else { return Ok(()) };
        let Some(plan) = self.sleeves.get(sleeve.index()) else {
            let was = format!("{} of {}", sleeve.number(), self.sleeves.len());
            return Err(misfit("the number of a sleeve", was));
        };
        let told_until = self.tapes[plan.instrument].told_until();
        let has_part = parts.iter().any(|part| part.instrument.index() == plan.instrument);
        if places_orders && !has_part && told_until != time {
            let was = format!("{time} with prices until {told_until}");
            return Err(misfit("the price of the instrument at the moment of the act", was));
        }
        Ok(())
    }

    fn tape(&self, instrument: InstrumentId) -> Result<&InstrumentTape, SessionError> {
        self.tapes.get(instrument.index()).ok_or_else(|| {
            let was = format!("{} of {}", instrument.number(), self.tapes.len());
            misfit("the number of an instrument", was)
        })
    }
}

/// Each instrument once, in order, and at least one.
fn check_order(instruments: impl Iterator<Item = InstrumentId>) -> Result<(), SessionError> {
    let instruments: Vec<InstrumentId> = instruments.collect();
    let rises = instruments.windows(2).all(|pair| pair[0] < pair[1]);
    if rises && !instruments.is_empty() {
        return Ok(());
    }
    let numbers: Vec<u16> = instruments.iter().map(|it| it.number()).collect();
    Err(misfit("each instrument once, in ascending order", format!("{numbers:?}")))
}

const fn misfit(expected: &'static str, was: String) -> SessionError {
    SessionError::Misfit { expected, was }
}
