//! What a script may use, and how it is stopped when it uses more.
//!
//! The interpreter asks before each call and return and at each turn of a loop. Steps are counted, so that a run ends at
//! the same step on every machine. Once stopped, a script is stopped again at each further step: it cannot catch
//! the stop and go on.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use mlua::{Error, Lua, Result, VmState};
use strategy::StopRequest;

use crate::failure::Failure;
use crate::interrupt;
use crate::limits::{
    BYTES_KEPT_A_WEIGHT, BYTES_LOADED_A_WEIGHT, BYTES_TAKEN_A_WEIGHT, ITEMS_A_STEP,
    LETTERS_A_WEIGHT, MEMORY_CANDLE, MEMORY_GROWN, MEMORY_GROWN_SHARE, MEMORY_LIGHT, MEMORY_MAX,
    MEMORY_RESERVE, MEMORY_UNSWEPT, STEPS_A_LOOK, WEIGHT_HEAVY,
};

const ENDLESS: &str = "takes more steps than a script may: does a loop never end?";
const HEAVY: &str = "takes more steps than a script may: they weigh more the more memory it uses and the longer \
    the texts are that it searches";

const UNWANTED: &str = "was stopped as the run was to end";

/// The budget of one VM.
#[derive(Clone, Debug)]
pub(crate) struct Budget(Arc<Meter>);

/// One thread uses it: the atomics are cells that may be sent.
#[derive(Debug)]
struct Meter {
    file: String,
    /// Steps that are left.
    left: AtomicI64,
    /// What a step weighs.
    weight: AtomicI64,
    /// What long texts add to it.
    letters: AtomicI64,
    /// The next look comes when so many steps are left.
    look_at: AtomicI64,
    /// Questions from the last time that `left` was known to the next look.
    pace: AtomicI64,
    /// Bytes in use when the call began.
    began: AtomicUsize,
    /// Bytes in use that weigh nothing.
    first: AtomicUsize,
    /// Bytes in use when the last sweep ended.
    swept: AtomicUsize,
    /// So many bytes taken make a step weigh one more.
    grain: AtomicUsize,
    is_stopped: AtomicBool,
    stop: Mutex<Option<Failure>>,
    request: OnceLock<StopRequest>,
}

impl Budget {
    /// The budget of a fresh VM, which from now on is asked about each step.
    pub(crate) fn install(lua: &Lua, file: &str) -> Result<Self> {
        let used = || AtomicUsize::new(lua.used_memory());
        let meter = Meter {
            file: file.to_owned(),
            left: AtomicI64::new(i64::MAX),
            weight: AtomicI64::new(1),
            letters: AtomicI64::new(0),
            look_at: AtomicI64::new(0),
            pace: AtomicI64::new(0),
            began: used(),
            first: used(),
            swept: used(),
            grain: AtomicUsize::new(BYTES_LOADED_A_WEIGHT),
            is_stopped: AtomicBool::new(false),
            stop: Mutex::new(None),
            request: OnceLock::new(),
        };
        let budget = Self(Arc::new(meter));
        budget.sweep(lua)?;
        let asked = budget.clone();
        interrupt::install(lua, move |lua| asked.look(lua))?;
        budget.begin(i64::MAX);
        Ok(budget)
    }

    /// What the VM uses now is not the script's.
    pub(crate) fn spare(&self, lua: &Lua) {
        let used = lua.used_memory();
        for mark in [&self.0.began, &self.0.first, &self.0.swept] {
            mark.store(used, Relaxed);
        }
    }

    /// Begins a call of so many steps.
    #[inline]
    pub(crate) fn begin(&self, steps: i64) {
        let meter = &self.0;
        meter.left.store(steps, Relaxed);
        meter.weight.store(1, Relaxed);
        meter.letters.store(0, Relaxed);
        meter.look_at.store(steps - STEPS_A_LOOK, Relaxed);
        self.look_after(STEPS_A_LOOK);
    }

    #[inline]
    fn look_after(&self, questions: i64) {
        self.0.pace.store(questions, Relaxed);
        interrupt::count_down(questions);
    }

    /// Steps that are left.
    #[inline]
    fn left(&self) -> i64 {
        let meter = &self.0;
        let steps = meter.pace.load(Relaxed) - interrupt::left();
        meter.left.load(Relaxed).saturating_sub(steps.saturating_mul(meter.weight.load(Relaxed)))
    }

    /// Ends a call: what is not used any more is given back when it has become much.
    #[inline]
    pub(crate) fn end(&self, lua: &Lua) -> Result<()> {
        let used = lua.used_memory();
        let began = self.0.began.swap(used, Relaxed);
        let swept = self.0.swept.load(Relaxed);
        // A sweep takes the longer the more is kept.
        let has_grown = used > began + MEMORY_GROWN && used > swept + swept / MEMORY_GROWN_SHARE;
        let is_due = has_grown || used > swept + MEMORY_UNSWEPT;
        if is_due { self.sweep(lua) } else { Ok(()) }
    }

    /// Gives back what is not used any more. When this happens follows from what the script does, hence
    /// nothing that depends on it differs from run to run.
    #[cold]
    pub(crate) fn sweep(&self, lua: &Lua) -> Result<()> {
        lua.gc_collect()?;
        // A whole collection starts the collector that runs beside the script, by the clock.
        lua.gc_stop();
        let used = lua.used_memory();
        self.0.began.store(used, Relaxed);
        self.0.swept.store(used, Relaxed);
        lua.set_memory_limit(MEMORY_MAX.min(used + MEMORY_UNSWEPT + 2 * MEMORY_CANDLE))?;
        Ok(())
    }

    /// Sweeps. When there is little room afterwards, it leaves less, so that what has found no room finds
    /// none again.
    pub(crate) fn narrow(&self, lua: &Lua) -> Result<()> {
        self.sweep(lua)?;
        let used = lua.used_memory();
        if used + MEMORY_UNSWEPT + 2 * MEMORY_CANDLE > MEMORY_MAX {
            lua.set_memory_limit(used + BYTES_TAKEN_A_WEIGHT)?;
        }
        Ok(())
    }

    /// Most of what running the file took is what a script needs; what it took beyond that weighs on each
    /// candle like what candles take.
    pub(crate) fn settle(&self, lua: &Lua) -> Result<()> {
        self.sweep(lua)?;
        let first = self.0.first.load(Relaxed) + MEMORY_LIGHT;
        self.0.first.store(first.min(lua.used_memory()), Relaxed);
        self.0.grain.store(BYTES_TAKEN_A_WEIGHT, Relaxed);
        Ok(())
    }

    /// From here on the script is stopped as soon as this is asked for.
    pub(crate) fn heed(&self, request: StopRequest) {
        // There is one run, and one request for it.
        let _ = self.0.request.set(request);
    }

    /// Takes account of a call that compares so many letters.
    pub(crate) fn weigh(&self, letters: f64) {
        let weight = as_steps(letters / LETTERS_A_WEIGHT);
        let (meter, left) = (&self.0, self.left().saturating_sub(weight));
        meter.letters.store(meter.letters.load(Relaxed).max(weight), Relaxed);
        meter.weight.store(meter.weight.load(Relaxed).saturating_add(weight), Relaxed);
        self.go_on(left);
    }

    /// Takes account of a call that is about to go through so many items.
    pub(crate) fn count(&self, items: f64) {
        let steps = as_steps(items / ITEMS_A_STEP);
        self.go_on(self.left().saturating_sub(steps));
    }

    /// Goes on with so many steps left.
    fn go_on(&self, left: i64) {
        self.0.left.store(left, Relaxed);
        let free = left.saturating_sub(self.0.look_at.load(Relaxed)).max(0);
        self.look_after(free.div_euclid(self.0.weight.load(Relaxed)).max(1));
    }

    /// Why the script was stopped, if it was.
    #[inline]
    pub(crate) fn stopped(&self) -> Option<Failure> {
        if !self.0.is_stopped.load(Relaxed) {
            return None;
        }
        self.0.stop.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets a stop, to look for the place of it.
    pub(crate) fn resume(&self) {
        self.0.is_stopped.store(false, Relaxed);
    }

    #[cold]
    #[inline(never)]
    fn look(&self, lua: &Lua) -> Result<VmState> {
        let (meter, left) = (&self.0, self.left());
        if let Some(failure) = self.stopped() {
            return Err(Error::runtime(failure.told(&meter.file)));
        }
        if meter.request.get().is_some_and(StopRequest::is_made) {
            return self.stop(lua, UNWANTED);
        }
        if left <= 0 {
            let is_heavy = meter.weight.load(Relaxed) >= WEIGHT_HEAVY;
            return self.stop(lua, if is_heavy { HEAVY } else { ENDLESS });
        }
        let began = meter.began.load(Relaxed);
        let is_much =
            |used: usize| used > began + MEMORY_CANDLE || used > MEMORY_MAX - MEMORY_RESERVE;
        if is_much(lua.used_memory()) {
            // What has been thrown away does not count.
            self.sweep(lua)?;
            meter.began.store(began, Relaxed);
            if is_much(lua.used_memory() + MEMORY_CANDLE / 16) {
                return self.stop(lua, &Failure::out_of_memory().message);
            }
        }
        let taken = lua.used_memory().saturating_sub(began);
        let kept = meter.swept.load(Relaxed).saturating_sub(meter.first.load(Relaxed));
        let bytes = taken / meter.grain.load(Relaxed) + kept / BYTES_KEPT_A_WEIGHT;
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let weight = bytes.saturating_add(1 + meter.letters.load(Relaxed));
        meter.weight.store(weight, Relaxed);
        // The heavier steps are, the fewer come before the next look.
        let until = STEPS_A_LOOK.max(weight);
        meter.look_at.store(left.saturating_sub(until).max(0), Relaxed);
        self.go_on(left);
        Ok(VmState::Continue)
    }

    /// Stops the script where it is.
    fn stop(&self, lua: &Lua, message: &str) -> Result<VmState> {
        let meter = &self.0;
        let failure = Failure::at(line_of(lua, &meter.file), message);
        let told = failure.told(&meter.file);
        *meter.stop.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
        meter.is_stopped.store(true, Relaxed);
        // From here on each step is asked about.
        self.look_after(0);
        Err(Error::runtime(told))
    }
}

/// The line of the script that is being run.
pub(crate) fn line_of(lua: &Lua, file: &str) -> Option<usize> {
    (0..64).find_map(|level| {
        lua.inspect_stack(level, |at| {
            let is_script = at.source().short_src.as_deref() == Some(file);
            at.current_line().filter(|_| is_script)
        })
        .flatten()
    })
}

#[expect(clippy::cast_possible_truncation, reason = "as saturates")]
fn as_steps(weight: f64) -> i64 {
    weight as i64
}
