//! `smc { ... }`: Smart Money Concepts as a script asks for them.
//!
//! An engine per call, fed with the candles of its role. Its readings become tables only when the script asks.

mod asking;
mod settings;
mod tables;

use domain::{Candle, Role, Timeframe};
use indicators::smc::{Smc, SmcSettings};
use mlua::{Lua, MultiValue};

use crate::arguments::Fields;
use crate::host::State;
use crate::ta;

pub(crate) use asking::ask;
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
}

impl Study {
    /// Takes one candle.
    pub(crate) fn push(&mut self, timeframe: Timeframe, candle: &Candle) {
        if self.engine.is_none() {
            self.engine = Smc::new(timeframe, self.settings.clone()).ok();
        }
        if let Some(engine) = &mut self.engine {
            engine.push(candle);
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
pub(crate) fn smc(_: &Lua, state: &mut State, arguments: &MultiValue) -> Result<usize, String> {
    let fields = Fields::passed("smc", arguments, &FIELDS);
    if state.studies.len() >= STUDIES_MAX {
        return Err(format!("smc: more than {STUDIES_MAX} in one strategy"));
    }
    let (role, settings) = (ta::role(&fields)?, settings::read(&fields)?);
    state.declared.uses(role);
    state.studies.push(Study { role, settings, engine: None });
    Ok(state.studies.len() - 1)
}
