//! A run whose candles come while they happen: the paper desk, and the replay of history step by step.
//!
//! The same kernel, venue and loop as in a backtest. Told nothing but whole candles, a session comes to the very result
//! of a run over them. Beside that it is told parts of candles that are open, what a person does, and what was missed.
//! A function of what it was begun with and its inputs: whoever keeps them can make it again. No clock, no file.

mod check;
mod error;
mod input;
mod reading;
mod tape;
mod warm_up;
mod watcher;

pub use error::SessionError;
pub use input::{Act, CandlePart, ClosedCandle, SessionInput, SessionInstrument, SessionStart};
pub use reading::News;
pub use tape::ToldSoFar;
pub use watcher::CandleWatcher;

use std::sync::Arc;

use domain::{InstrumentId, Intent, Money, Role, Settlement, SleeveId, Timestamp};
use engine::{Event, Heed, Marks, step};
use market::Series;
use simulator::{FillTime, FundingRate, Tape};
use strategy::{Registry, StopRequest};

use crate::drive::Drive;
use crate::finish::{Span, finish};
use crate::kept::Kept;
use crate::lane::Told;
use crate::run::{check_sleeves, check_ticks, fill_series, in_order, set_up};
use crate::sleeve_lane::SleeveLane;
use crate::{InstrumentData, RunData, RunError, RunResult, RunSpec};
use reading::Seen;
use tape::{InstrumentTape, arrange};

/// A session.
#[derive(Debug)]
pub struct Session {
    initial_balance: Money,
    tapes: Vec<InstrumentTape>,
    sleeves: Vec<SleevePlan>,
    /// All that goes on; what ended it when its books disagreed.
    kept: Result<Box<Kept>, String>,
    clock: Timestamp,
    /// Open times of the first and the last candle that was told, and how many they were.
    first: Option<Timestamp>,
    last: Timestamp,
    candles: u64,
    /// Sleeves that are to be left as soon as a price of their instrument of then or later is known.
    pending: Vec<(SleeveId, Timestamp)>,
    stop: Option<StopRequest>,
    seen: Seen,
}

/// What a sleeve sees of its instrument.
#[derive(Clone, Debug)]
struct SleevePlan {
    instrument: usize,
    /// Its roles, the shortest timeframe first, each with the place of its series.
    roles: Vec<(Role, usize)>,
    /// How many candles of each have been shown.
    shown: Vec<usize>,
}

impl Session {
    /// Begins a session and shows its strategies the history. `stop` ends strategies that are busy for too long.
    ///
    /// # Errors
    /// [`SessionError`]; what would be refused as a run is refused here, and fills at a candle's close.
    pub fn begin(
        spec: &RunSpec,
        start: SessionStart,
        registry: &Registry,
        stop: Option<&StopRequest>,
    ) -> Result<Self, SessionError> {
        let SessionStart { instruments, timeframes } = start;
        check_fill_time(spec)?;
        let mut data = RunData::default();
        let (mut series, mut funding) = (Vec::new(), Vec::new());
        for (number, instrument) in (0u16..).zip(instruments) {
            let id = InstrumentId::new(number);
            let traded = spec.sleeves.iter().zip(&timeframes).filter(|(it, _)| it.instrument == id);
            let mut used: Vec<_> =
                traded.flat_map(|(_, roles)| roles.iter().map(|(_, it)| *it)).collect();
            used.sort_unstable();
            used.dedup();
            series.push(arrange(id, instrument.history, &used)?);
            funding.push(instrument.funding);
            data.instruments.push(InstrumentData {
                listing: instrument.listing,
                mark: None,
                finer: None,
                funding: Arc::new([]),
            });
        }
        for (sleeve, roles) in spec.sleeves.iter().zip(&timeframes) {
            let of_instrument = series.get(sleeve.instrument.index());
            let find = |(role, timeframe)| {
                let found = of_instrument?.iter().find(|it| it.timeframe() == timeframe)?;
                Some((role, Arc::clone(found)))
            };
            data.timeframes.push(roles.iter().copied().filter_map(find).collect());
        }
        let definitions = check_sleeves(spec, &data, registry)?;
        let plans = spec.sleeves.iter().zip(&data.timeframes).map(|(sleeve, timeframes)| {
            let instrument = sleeve.instrument.index();
            let roles: Vec<(Role, usize)> = in_order(timeframes)?
                .into_iter()
                .filter_map(|(role, of_role)| {
                    let place = series[instrument].iter().position(|it| Arc::ptr_eq(it, &of_role));
                    Some((role, place?))
                })
                .collect();
            let shown = vec![0; roles.len()];
            Ok(SleevePlan { instrument, roles, shown })
        });
        let plans = plans.collect::<Result<Vec<_>, RunError>>()?;
        let fills = fill_series(spec, &data)?;
        check_ticks(&data, &fills)?;
        let (engine, venue) = set_up(spec, &data, &definitions, stop)?;
        drop(fills);
        drop(data);
        let tapes = (0u16..).zip(series).zip(funding).map(|((number, series), funding)| {
            let series = series.into_iter().map(Arc::unwrap_or_clone).collect();
            InstrumentTape::new(InstrumentId::new(number), series, funding)
        });
        let tapes = tapes.collect::<Result<Vec<_>, SessionError>>()?;
        let known = tapes.iter().filter_map(|tape| last_close(tape.fills())).max();
        let mut session = Self {
            initial_balance: spec.initial_balance,
            kept: Ok(Box::new(Kept::new(engine, venue, tapes.len()))),
            tapes,
            sleeves: plans,
            clock: known.unwrap_or(Timestamp::from_millis(i64::MIN)),
            first: None,
            last: Timestamp::default(),
            candles: 0,
            pending: Vec::new(),
            stop: stop.cloned(),
            seen: Seen::default(),
        };
        session.warm_up()?;
        Ok(session)
    }

    /// Takes an input: all of it, or nothing.
    ///
    /// # Errors
    /// [`SessionError`]; nothing has changed but where the books disagree, or the session was asked to stop, which ends
    /// it.
    pub fn apply(&mut self, input: &SessionInput) -> Result<(), SessionError> {
        self.check(input)?;
        match input {
            SessionInput::Closed { time, candles, is_missed } => {
                self.close(*time, candles, *is_missed)?;
            }
            SessionInput::Late { time, candle } => self.close_late(*time, candle)?,
            SessionInput::Parts { time, parts } => self.tell_parts(*time, parts)?,
            SessionInput::Funding { instrument, settlement } => {
                self.fund(*instrument, *settlement)?;
            }
            SessionInput::Act { time, parts, act } => {
                if !parts.is_empty() {
                    self.tell_parts(*time, parts)?;
                }
                self.act(*time, parts, act)?;
            }
        }
        if let Some(time) = input.time() {
            self.clock = time;
        }
        Ok(())
    }

    /// Whether nothing happens in a part, so that the session need not be told: no order waits for its prices, no
    /// position is near its liquidation, nothing is due or on its way. What others may carry goes by the prices told
    /// last: of an instrument that holds something they are to be told together with those of others.
    #[must_use]
    pub fn is_quiet(&self, part: &CandlePart) -> bool {
        let (Ok(kept), Some(tape)) = (&self.kept, self.tapes.get(part.instrument.index())) else {
            return true;
        };
        let lane = tape.lane(None);
        let last = (part.tape.last.low, part.tape.last.high);
        let mark = part.tape.mark.map(|mark| (mark.low, mark.high));
        lane.next_settlement > part.until.millis()
            && kept.has_heard_all()
            && !kept.venue.shares_wallet()
            && kept.venue.is_quiet(part.instrument, last, mark, part.until.millis())
    }

    /// Candles that closed at one instant.
    fn close(
        &mut self,
        time: Timestamp,
        candles: &[ClosedCandle],
        is_missed: bool,
    ) -> Result<(), SessionError> {
        let tapes: Vec<(usize, Tape)> =
            candles.iter().map(|it| (it.instrument.index(), self.prices(it))).collect();
        for closed in candles {
            self.take_in(closed)?;
        }
        let told = tapes.iter().zip(candles).map(|((place, tape), closed)| {
            (*place, Told { tape, candle_close: time, is_whole: closed.rest.is_none() })
        });
        let places: Vec<usize> = tapes.iter().map(|(place, _)| *place).collect();
        self.go(time, told, |drive| {
            if drive.engine.is_depleted() {
                drive.stand_still(time);
                return Ok(());
            }
            drive.engine.heed(if is_missed { Heed::Missed } else { Heed::Act });
            drive.forget_instant(time);
            drive.instant(time)?;
            drive.engine.heed(Heed::Act);
            drive.end_parts(&places);
            Ok(())
        })?;
        self.note_told(time, &places);
        self.close_pending((time, time), &places)
    }

    /// A candle that comes after others of its time.
    fn close_late(&mut self, time: Timestamp, late: &ClosedCandle) -> Result<(), SessionError> {
        let place = late.instrument.index();
        let mut tape = self.prices(late);
        // It is met when it is told; when it happened, others have gone on since.
        tape.last.open_time = time;
        self.take_in(late)?;
        let closed_at = last_close(self.tapes[place].fills()).unwrap_or(time);
        let is_whole = late.rest.is_none();
        let told = Told { tape: &tape, candle_close: closed_at, is_whole };
        self.go(time, std::iter::once((place, told)), |drive| {
            if drive.engine.is_depleted() {
                return Ok(());
            }
            drive.end_parts(&[place]);
            drive.market(time)?;
            drive.engine.heed(Heed::Missed);
            for sleeve in 0..drive.sleeves.len() {
                if drive.sleeves[sleeve].lane == place && drive.sleeves[sleeve].closed(0, closed_at)
                {
                    drive.decide(sleeve, closed_at)?;
                }
            }
            drive.engine.heed(Heed::Act);
            drive.end_parts(&[place]);
            Ok(())
        })?;
        self.note_told(time, &[place]);
        self.close_pending((time, closed_at), &[place])
    }

    fn take_in(&mut self, closed: &ClosedCandle) -> Result<(), SessionError> {
        let opened = closed.candle.open_time;
        self.tapes[closed.instrument.index()].push(&closed.candle)?;
        self.first = Some(self.first.map_or(opened, |first| first.min(opened)));
        self.last = self.last.max(opened);
        self.candles += 1;
        Ok(())
    }

    /// The prices of a closed candle that were not told before.
    fn prices(&self, closed: &ClosedCandle) -> Tape {
        let tape = &self.tapes[closed.instrument.index()];
        tape.not_before_told(match &closed.rest {
            None => Tape { last: closed.candle, mark: closed.mark },
            Some(rest) => tape.with_usual_volume(rest, &closed.candle),
        })
    }

    fn tell_parts(&mut self, time: Timestamp, parts: &[CandlePart]) -> Result<(), SessionError> {
        let tapes: Vec<(usize, Tape, Timestamp)> = parts
            .iter()
            .map(|part| {
                let place = part.instrument.index();
                let tape = &self.tapes[place];
                let told = tape.with_usual_volume(&part.tape, &part.so_far);
                (place, tape.not_before_told(told), self.candle_close(part))
            })
            .collect();
        for part in parts {
            self.tapes[part.instrument.index()].note_part(part);
        }
        let told = tapes.iter().map(|(place, tape, candle_close)| {
            (*place, Told { tape, candle_close: *candle_close, is_whole: false })
        });
        self.go(time, told, |drive| {
            if !drive.engine.is_depleted() {
                drive.market(time)?;
            }
            Ok(())
        })?;
        let places: Vec<usize> = tapes.iter().map(|(place, ..)| *place).collect();
        self.note_told(time, &places);
        self.close_pending((time, time), &places)
    }

    fn candle_close(&self, part: &CandlePart) -> Timestamp {
        let timeframe = self.tapes[part.instrument.index()].fills().timeframe();
        timeframe.next_open(part.so_far.open_time)
    }

    /// A settlement: it waits for the prices of its time, or meets what was held then where they were told already.
    fn fund(
        &mut self,
        instrument: InstrumentId,
        settlement: Settlement,
    ) -> Result<(), SessionError> {
        let place = instrument.index();
        let tape = &mut self.tapes[place];
        let is_late = settlement.time <= tape.told_until() && !tape.has_due();
        tape.push_funding(settlement);
        if !is_late {
            return Ok(());
        }
        tape.settle_last();
        let held = tape.held_at(settlement.time);
        let time = self.clock;
        self.go(time, std::iter::empty(), |drive| {
            drive.know_funding(place, settlement)?;
            let scale = drive.lanes[place].series.scale();
            let near = scale.price(drive.marks[place].price);
            let Some(mark) = settlement.mark.or(near) else { return Ok(()) };
            let Settlement { time, rate, .. } = settlement;
            drive.venue.fund_held(instrument, FundingRate { time, rate, mark }, &held);
            while let Some(report) = drive.venue.told() {
                drive.deliver(report, time)?;
            }
            Ok(())
        })
    }

    fn act(
        &mut self,
        time: Timestamp,
        parts: &[CandlePart],
        act: &Act,
    ) -> Result<(), SessionError> {
        let places: Vec<usize> = parts.iter().map(|part| part.instrument.index()).collect();
        let sleeves: Vec<SleeveId> = (0u16..).map(SleeveId::new).take(self.sleeves.len()).collect();
        let those = |sleeve: &Option<SleeveId>| sleeve.map_or(sleeves.clone(), |it| vec![it]);
        match act {
            Act::Wish { sleeve, intent } => {
                self.at_standing_prices(time, &places, |drive| drive.wish(*sleeve, intent, time))
            }
            Act::TakeBack { sleeve, order } => {
                let event = Event::TakenBack { sleeve: *sleeve, order: *order };
                self.go(time, std::iter::empty(), |drive| drive.tell(event, time))
            }
            Act::Pause { sleeve, is_paused } => self.go(time, std::iter::empty(), |drive| {
                those(sleeve).into_iter().for_each(|it| drive.engine.pause(it, *is_paused));
                Ok(())
            }),
            Act::Ask { sleeve, asks } => self.go(time, std::iter::empty(), |drive| {
                those(sleeve).into_iter().for_each(|it| drive.engine.ask(it, *asks));
                Ok(())
            }),
            Act::Release(lock) => self.go(time, std::iter::empty(), |drive| {
                drive.engine.release(*lock);
                Ok(())
            }),
            Act::CloseAll => {
                self.pending = sleeves.iter().map(|sleeve| (*sleeve, time)).collect();
                self.go(time, std::iter::empty(), |drive| {
                    for sleeve in &sleeves {
                        drive.engine.pause(*sleeve, true);
                        drive.wish(*sleeve, &Intent::CancelEntries, time)?;
                    }
                    Ok(())
                })?;
                self.close_pending((time, time), &places)
            }
        }
    }

    /// Closes what is to be closed of these instruments, whose prices `as_of` a moment are known at `time`.
    fn close_pending(
        &mut self,
        (time, as_of): (Timestamp, Timestamp),
        places: &[usize],
    ) -> Result<(), SessionError> {
        let sleeves = &self.sleeves;
        let (now, later): (Vec<_>, Vec<_>) = self.pending.iter().partition(|(sleeve, since)| {
            *since <= as_of && places.contains(&sleeves[sleeve.index()].instrument)
        });
        if now.is_empty() {
            return Ok(());
        }
        self.pending = later;
        self.at_standing_prices(time, places, |drive| {
            now.iter().try_for_each(|(sleeve, _)| drive.tell(Event::Left { sleeve: *sleeve }, time))
        })
    }

    /// Does something at the prices that stand at this moment, and fills what it asks for at once.
    fn at_standing_prices(
        &mut self,
        time: Timestamp,
        places: &[usize],
        work: impl FnOnce(&mut Drive<'_>) -> Result<(), RunError>,
    ) -> Result<(), SessionError> {
        let marks: Vec<f64> = self.marks().iter().map(|mark| mark.price).collect();
        let standing: Vec<(usize, Tape, Timestamp)> = places
            .iter()
            .filter_map(|place| {
                let tape = &self.tapes[*place];
                let timeframe = tape.fills().timeframe();
                let close = tape.told().map(|told| timeframe.next_open(told.so_far.open_time));
                Some((*place, tape.standing(time, marks[*place])?, close.unwrap_or(time)))
            })
            .collect();
        let told = standing.iter().map(|(place, tape, candle_close)| {
            (*place, Told { tape, candle_close: *candle_close, is_whole: false })
        });
        self.go(time, told, |drive| {
            work(drive)?;
            drive.market(time)?;
            Ok(())
        })?;
        self.note_told(time, places);
        Ok(())
    }

    /// Prices of these instruments were told up to a moment; what others hold may have changed as well.
    fn note_told(&mut self, time: Timestamp, places: &[usize]) {
        let Ok(kept) = &self.kept else { return };
        for (place, tape) in self.tapes.iter_mut().enumerate() {
            let held = kept.venue.held_of(tape.instrument);
            if places.contains(&place) {
                tape.note_told(time, held);
            } else {
                tape.note_held(time, held);
            }
        }
    }

    /// Works with the candles as they are now; `told` are the prices of instruments at this moment.
    fn go<'t>(
        &mut self,
        time: Timestamp,
        told: impl Iterator<Item = (usize, Told<'t>)>,
        work: impl FnOnce(&mut Drive<'_>) -> Result<(), RunError>,
    ) -> Result<(), SessionError> {
        let mut at_lane: Vec<Option<(Told<'t>, Timestamp)>> = vec![None; self.tapes.len()];
        for (place, told) in told {
            at_lane[place] = Some((told, time));
        }
        let kept = std::mem::replace(&mut self.kept, Err("an input was not finished".to_owned()));
        let kept = kept.map_err(SessionError::Stopped)?;
        let lanes = self.tapes.iter().zip(at_lane).map(|(tape, told)| tape.lane(told)).collect();
        let mut drive = kept.resume(lanes, self.sleeve_lanes());
        let mut done = work(&mut drive);
        drive.equity_now();
        let (kept, lanes, sleeves) = drive.pause();
        let left: Vec<usize> = lanes.iter().map(crate::lane::Lane::settlements_left).collect();
        let shown: Vec<Vec<usize>> = sleeves.iter().map(|it| it.shown().collect()).collect();
        drop((lanes, sleeves));
        if self.stop.as_ref().is_some_and(StopRequest::is_made) {
            // A strategy may have given up because of it.
            done = Err(RunError::Cancelled);
        }
        if let Err(error) = done {
            self.kept = Err(error.to_string());
            return Err(SessionError::Stopped(error.to_string()));
        }
        self.kept = Ok(Box::new(kept));
        for (tape, left) in self.tapes.iter_mut().zip(left) {
            tape.settled(left);
        }
        for (plan, shown) in self.sleeves.iter_mut().zip(shown) {
            plan.shown = shown;
        }
        Ok(())
    }

    fn sleeve_lanes(&self) -> Vec<SleeveLane<'_>> {
        let lane = |plan: &SleevePlan| {
            let series = &self.tapes[plan.instrument].series;
            // Not named by `self`: the lanes borrow the tapes alone.
            let roles: Vec<_> = plan
                .roles
                .iter()
                .zip(&plan.shown)
                .map(|((role, place), shown)| (*role, &series[*place], *shown))
                .collect();
            SleeveLane::of_session(plan.instrument, roles.into_iter())
        };
        self.sleeves.iter().map(lane).collect()
    }

    /// Ends the session: closes what is open at the prices known last, checks the books and sums up.
    ///
    /// # Errors
    /// [`SessionError::Stopped`] when it was stopped, or the books disagree.
    pub fn finish(self) -> Result<RunResult, SessionError> {
        let kept = self.kept.map_err(SessionError::Stopped)?;
        let closes = self.tapes.iter().filter_map(|tape| last_close(tape.fills())).max();
        let end = closes.map_or(self.clock, |close| close.max(self.clock));
        let span = Span {
            first: self.first.unwrap_or_default(),
            last: self.last,
            end,
            candles: self.candles,
            instants: None,
        };
        let open = self.tapes.iter().zip(&kept.marks);
        let standing: Vec<Option<Tape>> = open
            .map(|(tape, mark)| tape.told().and_then(|_| tape.standing(end, mark.price)))
            .collect();
        let lanes = self.tapes.iter().zip(&standing).map(|(tape, standing)| {
            let told = standing.as_ref();
            tape.lane(told.map(|tape| (Told { tape, candle_close: end, is_whole: true }, end)))
        });
        let sleeves = self
            .sleeves
            .iter()
            .map(|plan| SleeveLane::of_session(plan.instrument, std::iter::empty()));
        let mut drive = kept.resume(lanes.collect(), sleeves.collect());
        for place in 0..self.tapes.len() {
            drive.settle(place, (end, end))?;
        }
        Ok(finish(drive, self.initial_balance, span)?)
    }
}

impl Drive<'_> {
    /// A person's wish for a sleeve.
    fn wish(&mut self, sleeve: SleeveId, intent: &Intent, now: Timestamp) -> Result<(), RunError> {
        let marks = self.marks.clone();
        let event = Event::Wished { sleeve, intent, marks: Marks(&marks) };
        self.tell(event, now)
    }

    /// Tells the engine something and carries out what it asks for.
    fn tell(&mut self, event: Event<'_>, now: Timestamp) -> Result<(), RunError> {
        step(&mut self.engine, event, now, &mut self.effects)?;
        self.carry_out(now)
    }

    /// Candles of an instant that were told before: its equity is found anew.
    fn forget_instant(&mut self, now: Timestamp) {
        if self.instants.last() == Some(&now.millis()) {
            self.instants.pop();
            self.equity.pop();
        }
    }

    /// Candles of these instruments have closed.
    fn end_parts(&mut self, places: &[usize]) {
        for place in places {
            let instrument = self.lanes[*place].instrument;
            self.venue.end_parts(instrument);
        }
    }

    /// The account has stopped: its equity stays as it is.
    fn stand_still(&mut self, now: Timestamp) {
        self.forget_instant(now);
        let equity = self.equity_now();
        self.equity.push(equity);
        self.instants.push(now.millis());
    }
}

/// Orders that are filled at a close would be filled at a price that is over when it is known.
fn check_fill_time(spec: &RunSpec) -> Result<(), RunError> {
    if spec.venue.fill_time == FillTime::NextOpen {
        return Ok(());
    }
    Err(RunError::Setting {
        field: "fill_time",
        expected: "next_open in a session",
        was: spec.venue.fill_time.name().to_owned(),
    })
}

fn last_close(series: &Series) -> Option<Timestamp> {
    series.len().checked_sub(1).map(|row| series.close_time(row))
}
