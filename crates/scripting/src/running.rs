//! A script at work: a strategy like any other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use domain::{Candle, Intent, Role, Settlement};
use market::Candles;
use mlua::Error;
use strategy::{Context, Output, StopRequest, Strategy};

use crate::candles::FUNDING;
use crate::failure::Failure;
use crate::feed::{Feed, Readings};
use crate::host::{Kept, Moment};
use crate::limits::STEPS_CANDLE;
use crate::names;
use crate::views::{self, Position};
use crate::vm::{Script, Vm};

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
    readings: Readings,
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
        let position = Position::new(vm.show_position.clone(), vm.lua.globals());
        let [ltf_columns, htf_columns] = std::mem::take(&mut vm.columns);
        let ltf = Feed::new(Role::Ltf, ltf_columns, ltf_wired);
        let htf = Feed::new(Role::Htf, htf_columns, htf_wired);
        Self {
            reads_htf: htf.is_read() || studies_htf || script.reads_htf,
            script,
            ltf,
            htf,
            vm,
            settled: 0,
            position,
            readings: Readings::new(series),
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
        self.position.show(context.position())?;
        if self.script.sees_account {
            views::show_account(&self.vm.account, context)?;
        }
        // All but the newest, if the script has not been asked for a while.
        while self.ltf.taken + 1 < candles.len() {
            let Some(candle) = candles.back(candles.len() - 1 - self.ltf.taken) else { break };
            let mut state = self.vm.host.state();
            state.study((Role::Ltf, candles.timeframe()), &candle);
            self.ltf.push(&candle, &mut self.readings, &mut state.histories);
            drop(state);
            self.shift(self.ltf.group())?;
        }
        let Some(candle) = candles.last() else { return Ok(()) };
        let is_first = self.ltf.taken == 0;
        let has_readings = self.take(context, &candle, candles) != Kept::Nothing;
        self.readings.write(&self.vm.frame);
        if has_readings && is_first {
            self.vm.shift.call::<()>(self.ltf.group())?;
        }
        let step = if has_readings && !is_first { &self.vm.step } else { &self.vm.on_candle };
        step.call::<()>(())?;
        self.vm.budget.end(&self.vm.lua)
    }

    /// The readings that the prelude has of a group take the newest.
    fn shift(&mut self, group: usize) -> Result<(), Error> {
        if self.vm.host.state().pass(group) != Kept::Nothing {
            self.readings.write(&self.vm.frame);
            self.vm.shift.call::<()>(group)?;
            // What the script did not see is not for it to pay.
            self.vm.budget.begin(STEPS_CANDLE);
        }
        Ok(())
    }

    /// Takes the newest candle; what the prelude has of readings before it.
    #[inline]
    fn take(&mut self, context: &Context<'_>, candle: &Candle, candles: Candles<'_>) -> Kept {
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
        self.ltf.push(candle, &mut self.readings, &mut state.histories);
        state.pass(self.ltf.group())
    }

    fn follow_higher(&mut self, context: &Context<'_>) -> Result<(), Error> {
        let Some(candles) = context.candles(Role::Htf) else { return Ok(()) };
        while self.htf.taken < candles.len() {
            let Some(candle) = candles.back(candles.len() - 1 - self.htf.taken) else { break };
            let mut state = self.vm.host.state();
            state.study((Role::Htf, candles.timeframe()), &candle);
            self.htf.push(&candle, &mut self.readings, &mut state.histories);
            drop(state);
            self.shift(self.htf.group())?;
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
            let rate = settlement.rate.to_f64();
            self.readings.set(slot, rate);
            self.vm.host.state().histories[slot].push(rate);
            self.shift(FUNDING)?;
        }
        Ok(())
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
