//! `close`, `move_stop` and `cancel_entries`.

use domain::{ExitReason, Intent, Rate};
use mlua::{Lua, MultiValue, Value};

use crate::arguments::{number, shown};
use crate::host::State;
use crate::{numbers, signal};

/// `close(share?)`: the whole position without a share.
pub(crate) fn close(_: &Lua, state: &mut State, arguments: &MultiValue) -> Result<(), String> {
    let share = match arguments.front() {
        None | Some(Value::Nil) => Rate::ONE,
        Some(value) => {
            let share = number(value)
                .ok_or_else(|| format!("close: expected a fraction, was {}", shown(value)))?;
            signal::share(share).map_err(|error| format!("close: {error}"))?
        }
    };
    state.wish("close", Intent::Exit { reason: ExitReason::Signal, share })
}

/// `move_stop(price)`
pub(crate) fn move_stop(_: &Lua, state: &mut State, arguments: &MultiValue) -> Result<(), String> {
    let value = arguments.front().unwrap_or(&Value::Nil);
    let price = number(value)
        .ok_or_else(|| format!("move_stop: expected a price, was {}", shown(value)))?;
    let price =
        numbers::price(state.moment.scale, price).map_err(|error| format!("move_stop: {error}"))?;
    state.wish("move_stop", Intent::MoveStop(price))
}

/// `cancel_entries()`
pub(crate) fn cancel_entries(_: &Lua, state: &mut State, _: &MultiValue) -> Result<(), String> {
    state.wish("cancel_entries", Intent::CancelEntries)
}
