//! `ta.*`: the indicators of the catalogue as a script asks for them.
//!
//! This is the only file that knows the catalogue.

use std::ops::Range;

use domain::{Candle, Role};
use indicators::catalogue::{self, Indicator, IndicatorSpec, Source};
use mlua::{IntoLua, Lua, MultiValue, Table, Value};

use crate::arguments::{self, Fields, shown};
use crate::candles::group_of;
use crate::host::State;
use crate::limits::SERIES_MAX;
use crate::spelling;

/// An indicator at work and the series it writes.
#[derive(Debug)]
pub(crate) struct Wired {
    pub(crate) role: Role,
    pub(crate) slots: Range<usize>,
    indicator: Box<dyn Indicator>,
}

/// What the prelude makes series of.
pub(crate) struct Made {
    slot: usize,
    group: usize,
    /// Names of the outputs; none if the only one needs no name.
    outputs: Option<Vec<&'static str>>,
}

impl IntoLua for Made {
    fn into_lua(self, lua: &Lua) -> mlua::Result<Value> {
        let table = lua.create_table()?;
        table.raw_set("slot", self.slot)?;
        table.raw_set("group", self.group)?;
        table.raw_set("outputs", self.outputs)?;
        Ok(Value::Table(table))
    }
}

impl Wired {
    /// Takes one candle; the readings with it, one per slot.
    #[inline]
    pub(crate) fn push(&mut self, candle: &Candle, values: &mut [f64]) {
        self.indicator.push(candle, &mut values[self.slots.clone()]);
    }
}

/// Names of all indicators.
pub(crate) fn names() -> Vec<&'static str> {
    catalogue::all().iter().map(|spec| spec.id).collect()
}

/// `ta.name(...)`: the name, then settings by position, or one table of settings, role and source.
pub(crate) fn indicator(
    _: &Lua,
    state: &mut State,
    arguments: &MultiValue,
) -> Result<Made, String> {
    let mut arguments = arguments.clone();
    let name =
        arguments.pop_front().and_then(|name| name.as_string().map(|name| name.to_string_lossy()));
    let name = name.unwrap_or_default();
    let spec =
        catalogue::find(&name).ok_or_else(|| spelling::unknown("indicator", &name, names()))?;
    let table = arguments.front().and_then(Value::as_table).filter(|_| arguments.len() == 1);
    let wish = match table {
        Some(table) => Wish::named(spec, table)?,
        None => Wish::by_position(spec, &arguments)?,
    };
    wire(state, spec, &wish)
}

/// Settings, source and role of an indicator.
struct Wish {
    settings: Vec<f64>,
    source: Source,
    role: Role,
}

impl Wish {
    fn by_position(spec: &IndicatorSpec, arguments: &MultiValue) -> Result<Self, String> {
        let settings = arguments.iter().map(|value| {
            arguments::number(value).ok_or_else(|| {
                format!(
                    "ta.{}: expected numbers or one table {{ ... }}, was {}",
                    spec.id,
                    shown(value)
                )
            })
        });
        Ok(Self {
            settings: settings.collect::<Result<_, _>>()?,
            source: Source::Close,
            role: Role::Ltf,
        })
    }

    fn named(spec: &IndicatorSpec, table: &Table) -> Result<Self, String> {
        let call = format!("ta.{}", spec.id);
        let mut known: Vec<&str> = spec.parameters.iter().map(|setting| setting.name).collect();
        known.push("role");
        if spec.takes_source {
            known.push("source");
        }
        let fields = Fields::of(&call, table, &known)?;
        let mut named = Vec::new();
        for setting in spec.parameters {
            if let Some(value) = fields.number(setting.name)? {
                named.push((setting.name, value));
            }
        }
        let settings = spec.by_name(&named).map_err(|error| format!("ta.{error}"))?;
        let sources = Source::ALL.map(|source| (source.name(), source));
        let source = fields.choice("source", &sources)?.unwrap_or(Source::Close);
        Ok(Self { settings, source, role: role(&fields)? })
    }
}

/// The role that a table names, LTF without one.
pub(crate) fn role(fields: &Fields<'_>) -> Result<Role, String> {
    let roles = [Role::Ltf, Role::Htf].map(|role| (role.name(), role));
    Ok(fields.choice("role", &roles)?.unwrap_or(Role::Ltf))
}

fn wire(state: &mut State, spec: &IndicatorSpec, wish: &Wish) -> Result<Made, String> {
    let indicator =
        spec.make(&wish.settings, wish.source).map_err(|error| format!("ta.{error}"))?;
    if state.histories.len() + spec.outputs.len() > SERIES_MAX {
        return Err(format!("ta.{}: more than {SERIES_MAX} series in one strategy", spec.id));
    }
    let first = state.histories.len();
    let slots = first..first + spec.outputs.len();
    for _ in slots.clone() {
        state.new_series();
    }
    state.declared.uses(wish.role);
    state.wired.push(Wired { role: wish.role, slots, indicator });
    let outputs: Vec<&str> = spec.outputs.iter().map(|output| output.name).collect();
    let outputs = (outputs.len() > 1).then_some(outputs);
    Ok(Made { slot: first, group: group_of(wish.role), outputs })
}
