//! `smc { ... }`: Smart Money Concepts as a script asks for them.
//!
//! An engine per call, fed with the candles of its role. Its readings become tables only when the script asks.

mod asking;
mod board;
mod settings;
mod tables;

use board::Board;
use domain::{Candle, Role, Timeframe};
use indicators::smc::{Smc, SmcSettings};
use mlua::{Buffer, Lua, MultiValue, Value};

use crate::arguments::Fields;
use crate::host::State;
use crate::ta;

pub(crate) use asking::ask;
pub(crate) use board::{kinds, words};
pub(crate) use settings::FIELDS;

/// Most engines of a strategy.
const STUDIES_MAX: usize = 8;

/// What a script may ask an engine.
pub(crate) const QUESTIONS: [&str; 11] = [
    "events",
    "zones",
    "pools",
    "trend",
    "swing",
    "last_break",
    "range",
    "optimal_entry",
    "previous",
    "session",
    "last_session",
];

/// An engine of one role. It begins with the first candle, which tells the timeframe.
#[derive(Debug)]
pub(crate) struct Study {
    pub(crate) role: Role,
    settings: SmcSettings,
    engine: Option<Smc>,
    board: Board,
}

impl Study {
    /// Takes one candle.
    pub(crate) fn push(&mut self, timeframe: Timeframe, candle: &Candle) {
        if self.engine.is_none() {
            self.engine = Smc::new(timeframe, self.settings.clone()).ok();
        }
        if let Some(engine) = &mut self.engine {
            engine.push(candle);
            self.board.show(engine);
        }
    }
}

impl State {
    /// Shows a candle to the engines of its role.
    #[inline]
    pub(crate) fn study(&mut self, (role, timeframe): (Role, Timeframe), candle: &Candle) {
        for study in self.studies.iter_mut().filter(|study| study.role == role) {
            study.push(timeframe, candle);
        }
    }
}

/// `smc { ... }`: the number of the engine.
pub(crate) fn smc(lua: &Lua, state: &mut State, arguments: &MultiValue) -> Result<usize, String> {
    let fields = Fields::passed("smc", arguments, &FIELDS);
    if state.studies.len() >= STUDIES_MAX {
        return Err(format!("smc: more than {STUDIES_MAX} in one strategy"));
    }
    let (role, settings) = (ta::role(&fields)?, settings::read(&fields)?);
    state.declared.uses(role);
    let board = Board::new(lua).map_err(|error| error.to_string())?;
    state.studies.push(Study { role, settings, engine: None, board });
    Ok(state.studies.len() - 1)
}

/// The board of an engine, and the names of its windows of the day.
pub(crate) fn board(
    _: &Lua,
    state: &mut State,
    arguments: &MultiValue,
) -> Result<(Buffer, Vec<String>), String> {
    let study = study(state, arguments)?;
    let windows = study.settings.sessions.iter().map(|window| window.name.to_string());
    Ok((study.board.buffer().clone(), windows.collect()))
}

/// Whether the board shows this from now on: not before there is an engine.
pub(crate) fn want(_: &Lua, state: &mut State, arguments: &MultiValue) -> Result<bool, String> {
    let study = study(state, arguments)?;
    let Some(engine) = &study.engine else { return Ok(false) };
    study.board.want(arguments.get(1).and_then(Value::as_usize).unwrap_or_default());
    study.board.show_all(engine);
    Ok(true)
}

fn study<'a>(state: &'a mut State, arguments: &MultiValue) -> Result<&'a mut Study, String> {
    let number = arguments.front().and_then(Value::as_usize).unwrap_or_default();
    state.studies.get_mut(number).ok_or_else(|| "smc: no such engine".to_owned())
}
