//! A script at work: a strategy like any other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use domain::{Candle, Intent, Role, Settlement};
use market::Candles;
use mlua::Error;
use strategy::{Context, Output, StopRequest, Strategy};

use crate::candles::FUNDING;
use crate::failure::Failure;
use crate::feed::Feed;
use crate::host::Moment;
use crate::limits::STEPS_CANDLE;
use crate::names;
use crate::views::{self, Position};
use crate::vm::{Script, Vm};

/// So many series are handed over as arguments.
const FEW: usize = 4;

/// A strategy that a script decides.
pub(crate) struct Running {
    script: Arc<Script>,
    vm: Vm,
    ltf: Feed,
    htf: Feed,
    /// Whether the script reads anything of HTF.
    reads_htf: bool,
    /// Funding settlements that have been taken.
    settled: usize,
    position: Position,
    /// The series of LTF if they are few: their readings go without the frame.
    few: Option<[usize; FEW]>,
    /// The newest readings of all series, and the same as bytes.
    values: Vec<f64>,
    bytes: Vec<u8>,
    /// What `htf.closed_now` says.
    htf_closed: bool,
    is_over: bool,
}

impl Running {
    pub(crate) fn new(script: Arc<Script>, mut vm: Vm) -> Self {
        let mut state = vm.host.state();
        let wired = std::mem::take(&mut state.wired);
        let series = state.histories.len();
        let studies_htf = state.studies.iter().any(|study| study.role == Role::Htf);
        drop(state);
        let (ltf_wired, htf_wired) = wired.into_iter().partition(|it| it.role == Role::Ltf);
        let position = Position::new(vm.show_position.clone());
        let [ltf_columns, htf_columns] = std::mem::take(&mut vm.columns);
        let ltf = Feed::new(Role::Ltf, ltf_columns, ltf_wired);
        let htf = Feed::new(Role::Htf, htf_columns, htf_wired);
        Self {
            reads_htf: htf.is_read() || studies_htf || script.reads_htf,
            script,
            few: few(&ltf.slots()),
            ltf,
            htf,
            vm,
            settled: 0,
            position,
            values: vec![f64::NAN; series],
            bytes: f64::NAN.to_le_bytes().repeat(series),
            htf_closed: false,
            is_over: false,
        }
    }

    /// Shows one candle to the script.
    fn attend(&mut self, context: &Context<'_>, candles: Candles<'_>) -> Result<(), Error> {
        self.vm.budget.begin(STEPS_CANDLE);
        if self.reads_htf {
            self.follow_higher(context)?;
        }
        if self.vm.funding.is_some() {
            self.follow_funding(context.funding())?;
        }
        self.position.show(&self.vm.lua, context.position())?;
        if self.script.sees_account {
            views::show_account(&self.vm.account, context)?;
        }
        // All but the newest, if the script has not been asked for a while.
        while self.ltf.taken + 1 < candles.len() {
            let Some(candle) = candles.back(candles.len() - 1 - self.ltf.taken) else { break };
            let mut state = self.vm.host.state();
            state.study((Role::Ltf, candles.timeframe()), &candle);
            self.ltf.push(&candle, &mut self.values, &mut state.histories);
            drop(state);
            self.write();
            self.vm.shift.call::<()>(self.ltf.group())?;
            // What the script did not see is not for it to pay.
            self.vm.budget.begin(STEPS_CANDLE);
        }
        let Some(candle) = candles.last() else { return Ok(()) };
        if self.ltf.taken == 0 {
            self.take(context, &candle, candles);
            self.write();
            self.vm.first.call::<()>(())?;
        } else if let Some(slots) = self.few {
            self.take(context, &candle, candles);
            self.step_few(slots)?;
        } else {
            self.take(context, &candle, candles);
            self.write();
            self.vm.step.call::<()>(())?;
        }
        self.vm.budget.end(&self.vm.lua, STEPS_CANDLE)
    }

    /// Hands the readings of up to four series over as arguments.
    #[inline]
    fn step_few(&self, slots: [usize; FEW]) -> Result<(), Error> {
        let [a, b, c, d] = slots.map(|slot| self.values.get(slot).copied().unwrap_or(f64::NAN));
        self.vm.step_few.call((a, b, c, d))
    }

    /// Takes the newest candle.
    #[inline]
    fn take(&mut self, context: &Context<'_>, candle: &Candle, candles: Candles<'_>) {
        let mut state = self.vm.host.state();
        state.moment = Moment {
            now: context.now(),
            open_time: candle.open_time,
            close: candle.close,
            scale: candles.scale(),
            timeframe: candles.timeframe(),
        };
        state.shown.begin();
        state.asked = 0;
        state.study((Role::Ltf, candles.timeframe()), candle);
        self.ltf.push(candle, &mut self.values, &mut state.histories);
    }

    fn follow_higher(&mut self, context: &Context<'_>) -> Result<(), Error> {
        let Some(candles) = context.candles(Role::Htf) else { return Ok(()) };
        while self.htf.taken < candles.len() {
            let Some(candle) = candles.back(candles.len() - 1 - self.htf.taken) else { break };
            let mut state = self.vm.host.state();
            state.study((Role::Htf, candles.timeframe()), &candle);
            self.htf.push(&candle, &mut self.values, &mut state.histories);
            drop(state);
            self.write();
            self.vm.shift.call::<()>(self.htf.group())?;
            self.vm.budget.begin(STEPS_CANDLE);
        }
        let closed = context.just_closed(Role::Htf).is_some();
        if closed != self.htf_closed {
            self.htf_closed = closed;
            if let Some(fields) = self.vm.roles.raw_get::<Option<mlua::Table>>(self.htf.group())? {
                fields.raw_set("closed_now", closed)?;
            }
        }
        Ok(())
    }

    fn follow_funding(&mut self, settlements: &[Settlement]) -> Result<(), Error> {
        let Some(slot) = self.vm.funding else { return Ok(()) };
        while let Some(settlement) = settlements.get(self.settled) {
            self.settled += 1;
            self.values[slot] = settlement.rate.to_f64();
            self.vm.host.state().histories[slot].push(self.values[slot]);
            self.write();
            self.vm.shift.call::<()>(FUNDING)?;
            self.vm.budget.begin(STEPS_CANDLE);
        }
        Ok(())
    }

    /// Hands the newest readings over.
    #[inline]
    fn write(&mut self) {
        let (places, _) = self.bytes.as_chunks_mut();
        for (place, value) in places.iter_mut().zip(&self.values) {
            *place = value.to_le_bytes();
        }
        self.vm.frame.write_bytes(0, &self.bytes);
    }

    /// Why the script cannot go on, if it cannot.
    #[inline]
    fn failure(&self, result: std::thread::Result<Result<(), Error>>) -> Option<Failure> {
        match result {
            Ok(Ok(())) => self.vm.budget.stopped(),
            Ok(Err(error)) => {
                let failure = self.vm.failure(&self.script.file, Some(&error));
                failure.map(|failure| names::explained(&self.script.text, failure))
            }
            Err(_) => {
                Some(Failure::at(None, "failed inside the application, not by a fault of its own"))
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn give_up(&mut self, failure: &Failure, intents: &mut Vec<Intent>) {
        self.is_over = true;
        self.vm.host.hand_over(intents);
        intents.clear();
        intents.push(Intent::GiveUp(failure.told(&self.script.file).into()));
    }
}

impl Strategy for Running {
    fn on_candle(&mut self, context: &Context<'_>, intents: &mut Vec<Intent>) {
        if self.is_over {
            return;
        }
        let Some(candles) = context.just_closed(Role::Ltf) else { return };
        let result = catch_unwind(AssertUnwindSafe(|| self.attend(context, candles)));
        if let Some(failure) = self.failure(result) {
            self.give_up(&failure, intents);
            return;
        }
        self.vm.host.hand_over(intents);
    }

    fn sees_account(&self) -> bool {
        self.script.sees_account
    }

    fn take_output(&mut self) -> Output {
        self.vm.host.state().shown.take()
    }

    fn omit_output(&mut self) {
        self.vm.host.state().shown.is_omitted = true;
    }

    fn heed(&mut self, stop: StopRequest) {
        self.vm.budget.heed(stop);
    }
}

/// The places of few series; those that are not there lie beyond all others.
fn few(slots: &[usize]) -> Option<[usize; FEW]> {
    let mut places = [usize::MAX; FEW];
    places.get_mut(..slots.len())?.copy_from_slice(slots);
    Some(places)
}
