//! The interpreter's question whether to go on, at each call, return and turn of a loop.
//!
//! Most times the answer is a countdown; mlua's own way to ask takes longer than what a script does between two
//! questions. Only when the countdown is over mlua asks, and with it the budget.

use std::cell::Cell;
use std::ffi::c_int;
use std::sync::OnceLock;

use mlua::{Lua, Result, VmState, ffi};

type Interrupt = unsafe extern "C-unwind" fn(*mut ffi::lua_State, c_int);

/// How mlua asks: the same function for each VM.
static ASK: OnceLock<Interrupt> = OnceLock::new();

thread_local! {
    /// Questions that are answered before the next is asked, of the VM that this thread runs.
    static COUNTDOWN: Cell<i64> = const { Cell::new(0) };
}

/// Asks `look` whenever the countdown of the thread is over.
pub(crate) fn install(
    lua: &Lua,
    look: impl Fn(&Lua) -> Result<VmState> + Send + 'static,
) -> Result<()> {
    lua.set_interrupt(look);
    put_before(lua)
}

#[expect(unsafe_code, reason = "mlua offers no cheaper interrupt than its own")]
fn put_before(lua: &Lua) -> Result<()> {
    // Safety: the state is that of a living VM, and the callbacks live as long as it does. The function that is put
    // there keeps to what the one that it replaces keeps to, as it does nothing to the VM but call that one.
    unsafe {
        lua.exec_raw((), |state| {
            let callbacks = ffi::lua_callbacks(state);
            if let Some(ask) = (*callbacks).interrupt.replace(count) {
                ASK.get_or_init(|| ask);
            }
        })
    }
}

/// A question of the interpreter.
#[expect(unsafe_code, reason = "the interpreter is written in C++")]
unsafe extern "C-unwind" fn count(state: *mut ffi::lua_State, collector: c_int) {
    if collector >= 0 {
        return; // The collector asks too; mlua would not answer.
    }
    let left = COUNTDOWN.get() - 1;
    COUNTDOWN.set(left);
    if left <= 0
        && let Some(ask) = ASK.get()
    {
        // Safety: handed on as it came.
        unsafe { ask(state, collector) }
    }
}

/// Begins a countdown.
#[inline]
pub(crate) fn count_down(questions: i64) {
    COUNTDOWN.set(questions);
}

/// What is left of the countdown; 0 or less when it is over.
#[inline]
pub(crate) fn left() -> i64 {
    COUNTDOWN.get()
}
