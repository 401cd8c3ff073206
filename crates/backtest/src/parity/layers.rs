//! A session with causes left out: other settings, other inputs.

use std::collections::BTreeMap;

use domain::{Candle, InstrumentId, Settlement, Timestamp};
use market::Series;
use simulator::{IntrabarPolicy, VenueSettings};

use super::{ParityCause, ParityReference};
use crate::RunSpec;
use crate::session::{ClosedCandle, SessionError, SessionInput, SessionStart};

/// What a session is made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layer {
    pub(super) spec: RunSpec,
    pub(super) inputs: Vec<SessionInput>,
}

/// Whether reference and session have the same instruments and sleeves.
pub(super) fn check(
    spec: &RunSpec,
    start: &SessionStart,
    reference: &ParityReference,
) -> Result<(), SessionError> {
    let instruments = start.instruments.len();
    let places = |spec: &RunSpec| spec.sleeves.iter().map(|it| it.instrument).collect::<Vec<_>>();
    if reference.spec.venue.intrabar == IntrabarPolicy::Drill {
        return Err(SessionError::Misfit {
            expected: "an intrabar policy that needs no finer candles",
            was: reference.spec.venue.intrabar.name().to_owned(),
        });
    }
    if reference.candles.len() != instruments
        || reference.marks.len() != instruments
        || reference.funding.len() != instruments
        || places(&reference.spec) != places(spec)
    {
        return Err(SessionError::Misfit {
            expected: "a backtest of the instruments and sleeves of the session",
            was: format!(
                "candles of {}, funding of {} and {} sleeves",
                reference.candles.len(),
                reference.funding.len(),
                reference.spec.sleeves.len()
            ),
        });
    }
    Ok(())
}

impl Layer {
    /// The same without one more cause.
    pub(super) fn without(
        &self,
        cause: ParityCause,
        start: &SessionStart,
        reference: &ParityReference,
    ) -> Result<Self, SessionError> {
        let mut spec = self.spec.clone();
        let there: &VenueSettings = &reference.spec.venue;
        let inputs = match cause {
            ParityCause::ManualActs => without_acts(&self.inputs),
            ParityCause::InsideCandles => without_parts(&self.inputs),
            ParityCause::MissedCandles => in_time(&self.inputs, (&self.spec, start)),
            ParityCause::Latency => {
                spec.venue.latency = there.latency;
                self.inputs.clone()
            }
            ParityCause::Slippage => {
                spec.venue.costs.slippage = there.costs.slippage;
                spec.rules.slippage = reference.spec.rules.slippage;
                self.inputs.clone()
            }
            ParityCause::Fees => {
                spec.venue.costs = there.costs;
                spec.rules.commission = reference.spec.rules.commission;
                self.inputs.clone()
            }
            ParityCause::Settings => {
                spec = reference.spec.clone();
                self.inputs.clone()
            }
            ParityCause::Funding => with_funding(&self.inputs, start, reference),
            ParityCause::Candles => with_candles(&self.inputs, start, reference),
        };
        Ok(Self { spec, inputs })
    }
}

/// The prices that acts came with stay.
fn without_acts(inputs: &[SessionInput]) -> Vec<SessionInput> {
    let mut kept = Vec::with_capacity(inputs.len());
    for input in inputs {
        match input {
            SessionInput::Act { time, parts, .. } => {
                if !parts.is_empty() {
                    let (time, parts) = (*time, parts.clone());
                    kept.push(SessionInput::Parts { time, parts });
                }
            }
            SessionInput::Closed { .. }
            | SessionInput::Late { .. }
            | SessionInput::Parts { .. }
            | SessionInput::Funding { .. } => kept.push(input.clone()),
        }
    }
    kept
}

/// Whole candles alone.
fn without_parts(inputs: &[SessionInput]) -> Vec<SessionInput> {
    let whole = |candle: &ClosedCandle| ClosedCandle { rest: None, ..candle.clone() };
    let told = inputs.iter().filter_map(|input| match input {
        SessionInput::Parts { .. } => None,
        SessionInput::Closed { time, candles, is_missed } => Some(SessionInput::Closed {
            time: *time,
            candles: candles.iter().map(whole).collect(),
            is_missed: *is_missed,
        }),
        SessionInput::Late { time, candle } => {
            Some(SessionInput::Late { time: *time, candle: whole(candle) })
        }
        SessionInput::Funding { .. } | SessionInput::Act { .. } => Some(input.clone()),
    });
    told.collect()
}

/// Every candle at its own close, so that each is decided about. What closed before the history of all ended stays
/// late: a session begins with its end.
fn in_time(inputs: &[SessionInput], (spec, start): (&RunSpec, &SessionStart)) -> Vec<SessionInput> {
    let begun = start.instruments.iter().filter_map(|it| known_until(&it.history)).max();
    let mut late: BTreeMap<Timestamp, Vec<ClosedCandle>> = BTreeMap::new();
    let stays =
        |candle: &ClosedCandle| begun.is_some_and(|it| close_of(candle, (spec, start)) <= it);
    for input in inputs {
        if let SessionInput::Late { candle, .. } = input
            && !stays(candle)
        {
            late.entry(close_of(candle, (spec, start))).or_default().push(candle.clone());
        }
    }
    let mut told = Vec::with_capacity(inputs.len());
    let closed = |time, mut candles: Vec<ClosedCandle>| {
        candles.sort_by_key(|it| it.instrument);
        SessionInput::Closed { time, candles, is_missed: false }
    };
    for input in inputs {
        match input {
            SessionInput::Late { candle, .. } if stays(candle) => told.push(input.clone()),
            SessionInput::Late { .. } => {}
            SessionInput::Closed { time, candles, .. } => {
                while let Some(before) = late.first_entry().filter(|it| it.key() < time) {
                    let (time, candles) = before.remove_entry();
                    told.push(closed(time, candles));
                }
                let mut candles = candles.clone();
                candles.extend(late.remove(time).unwrap_or_default());
                let before = told.last_mut();
                if let Some(SessionInput::Closed { time: known, candles: others, .. }) = before
                    && known == time
                {
                    candles.append(others);
                    told.pop();
                }
                told.push(closed(*time, candles));
            }
            SessionInput::Parts { .. }
            | SessionInput::Funding { .. }
            | SessionInput::Act { .. } => {
                told.push(input.clone());
            }
        }
    }
    told.extend(late.into_iter().map(|(time, candles)| closed(time, candles)));
    told
}

/// When a candle closes, by the shortest timeframe of its instrument.
fn close_of(candle: &ClosedCandle, (spec, start): (&RunSpec, &SessionStart)) -> Timestamp {
    let sleeves = spec.sleeves.iter().zip(&start.timeframes);
    let own = sleeves.filter(|(sleeve, _)| sleeve.instrument == candle.instrument);
    let shortest = own.flat_map(|(_, roles)| roles.iter().map(|(_, it)| *it)).min();
    let open_time = candle.candle.open_time;
    shortest.map_or(open_time, |timeframe| timeframe.next_open(open_time))
}

/// What happens in a session of whole candles that come in time, by time.
struct Feed {
    /// What is late whatever is left out, as it was told.
    late: Vec<SessionInput>,
    candles: BTreeMap<Timestamp, Vec<ClosedCandle>>,
    funding: BTreeMap<Timestamp, Vec<(InstrumentId, Settlement)>>,
}

impl Feed {
    fn of(inputs: &[SessionInput]) -> Self {
        let mut feed =
            Self { late: Vec::new(), candles: BTreeMap::new(), funding: BTreeMap::new() };
        for input in inputs {
            match input {
                SessionInput::Closed { time, candles, .. } => {
                    feed.candles.entry(*time).or_default().extend(candles.iter().cloned());
                }
                SessionInput::Funding { instrument, settlement } => {
                    let due = feed.funding.entry(settlement.time).or_default();
                    due.push((*instrument, *settlement));
                }
                SessionInput::Late { .. } => feed.late.push(input.clone()),
                SessionInput::Parts { .. } | SessionInput::Act { .. } => {}
            }
        }
        feed
    }

    /// The first open and the last close of its candles.
    fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let ((first, candles), (last, _)) =
            (self.candles.first_key_value()?, self.candles.last_key_value()?);
        let opened = candles.iter().map(|it| it.candle.open_time).min().unwrap_or(*first);
        Some((opened, *last))
    }

    /// Inputs in the order of time: settlements before the candles that end then or later.
    fn told(mut self) -> Vec<SessionInput> {
        let mut inputs = self.late;
        for (time, mut candles) in self.candles {
            while let Some(due) = self.funding.first_entry().filter(|due| *due.key() <= time) {
                inputs.extend(due.remove().into_iter().map(|(instrument, settlement)| {
                    SessionInput::Funding { instrument, settlement }
                }));
            }
            candles.sort_by_key(|it| it.instrument);
            inputs.push(SessionInput::Closed { time, candles, is_missed: false });
        }
        inputs
    }
}

/// The stored settlements between those before the start and the last close, each before the candle it falls into.
fn with_funding(
    inputs: &[SessionInput],
    start: &SessionStart,
    reference: &ParityReference,
) -> Vec<SessionInput> {
    let mut feed = Feed::of(inputs);
    let Some((opened, last)) = feed.span() else { return inputs.to_vec() };
    for ((number, stored), at_start) in (0u16..).zip(&reference.funding).zip(&start.instruments) {
        let Some(stored) = stored else { continue };
        let id = InstrumentId::new(number);
        for due in feed.funding.values_mut() {
            due.retain(|(instrument, _)| *instrument != id);
        }
        let known = at_start.funding.last().map(|it| it.time);
        for settlement in stored {
            let (time, is_new) = (settlement.time, known.is_none_or(|it| settlement.time > it));
            if is_new && time >= opened && time <= last {
                feed.funding.entry(time).or_default().push((id, *settlement));
            }
        }
    }
    feed.funding.retain(|_, due| !due.is_empty());
    for due in feed.funding.values_mut() {
        due.sort_by_key(|(instrument, _)| *instrument);
    }
    feed.told()
}

/// The stored candles from the session's first to its last.
fn with_candles(
    inputs: &[SessionInput],
    start: &SessionStart,
    reference: &ParityReference,
) -> Vec<SessionInput> {
    let mut feed = Feed::of(inputs);
    let Some((opened, last)) = feed.span() else { return inputs.to_vec() };
    for ((number, stored), at_start) in (0u16..).zip(&reference.candles).zip(&start.instruments) {
        let Some(stored) = stored else { continue };
        let id = InstrumentId::new(number);
        let mut marks: BTreeMap<Timestamp, Option<Candle>> = BTreeMap::new();
        let stored_marks = reference.marks.get(usize::from(number)).and_then(Option::as_ref);
        for candles in feed.candles.values_mut() {
            candles.retain(|it| {
                let is_other = it.instrument != id;
                if !is_other {
                    marks.insert(it.candle.open_time, it.mark);
                }
                is_other
            });
        }
        let known = known_until(&at_start.history);
        for row in 0..stored.len() {
            let (candle, time) = (stored.candle(row), stored.close_time(row));
            let is_new = known.is_none_or(|known| candle.open_time >= known);
            if is_new && candle.open_time >= opened && time <= last {
                let mark = match stored_marks {
                    Some(stored) => at(stored, candle.open_time),
                    None => marks.get(&candle.open_time).copied().flatten(),
                };
                let closed = ClosedCandle { instrument: id, candle, mark, rest: None };
                feed.candles.entry(time).or_default().push(closed);
            }
        }
    }
    feed.candles.retain(|_, candles| !candles.is_empty());
    feed.told()
}

/// The candle that opens then.
fn at(series: &Series, open_time: Timestamp) -> Option<Candle> {
    let row = series.open_times().binary_search(&open_time.millis()).ok()?;
    Some(series.candle(row))
}

/// The end of the history of the shortest timeframe.
fn known_until(history: &[Series]) -> Option<Timestamp> {
    let shortest = history.iter().min_by_key(|series| series.timeframe())?;
    shortest.len().checked_sub(1).map(|last| shortest.close_time(last))
}
