//! The table of functions that the prelude makes the script's functions of.

use domain::Seeded;
use mlua::{Function, Lua, MultiValue, Result, Table, Value};

use crate::budget::{self, Budget};
use crate::candles::{Column, ColumnsByRole, group_of, name_of};
use crate::failure::Failure;
use crate::host::{Host, Phase};
use crate::vm::Script;
use crate::{
    arguments, declarations, drawings, orders, parameter, random, signal, smc, spelling, ta,
};

/// What the functions work on.
pub(crate) struct Functions<'a> {
    pub(crate) script: &'a Script,
    pub(crate) lua: &'a Lua,
    pub(crate) host: &'a Host,
    pub(crate) budget: &'a Budget,
}

/// The functions, and which series there are.
pub(crate) struct Hosted {
    pub(crate) table: Table,
    pub(crate) columns: ColumnsByRole,
    pub(crate) funding: Option<usize>,
}

impl Functions<'_> {
    pub(crate) fn table(&self) -> Result<Hosted> {
        let (lua, host) = (self.lua, self.host);
        let table = lua.create_table()?;
        table.raw_set("global", lua.globals())?;
        table.raw_set("indicators", ta::names())?;
        let top = |name| (name, Phase::Top);
        let candle = |name| (name, Phase::Candle);
        table.raw_set("strategy", host.function(lua, top("strategy"), declarations::strategy)?)?;
        table.raw_set("param", host.function(lua, top("param"), parameter::param)?)?;
        table.raw_set("check", host.function(lua, top("check"), parameter::check)?)?;
        table.raw_set("smc", host.function(lua, top("smc"), smc::smc)?)?;
        table.raw_set("ask", host.function(lua, candle("smc"), smc::ask)?)?;
        table.raw_set("board", host.function(lua, top("smc"), smc::board)?)?;
        table.raw_set("want", host.function(lua, candle("smc"), smc::want)?)?;
        table.raw_set("smc_words", smc::words(lua)?)?;
        table.raw_set("questions", &smc::QUESTIONS[..])?;
        table.raw_set("smc_fields", &smc::FIELDS[..])?;
        table.raw_set("indicator", host.function(lua, top("ta"), ta::indicator)?)?;
        table.raw_set("signal", host.function(lua, candle("signal"), signal::signal)?)?;
        table.raw_set("close", host.function(lua, candle("close"), orders::close)?)?;
        table.raw_set("move_stop", host.function(lua, candle("move_stop"), orders::move_stop)?)?;
        table.raw_set(
            "cancel_entries",
            host.function(lua, candle("cancel_entries"), orders::cancel_entries)?,
        )?;
        table.raw_set("plot", host.function(lua, candle("plot"), drawings::plot)?)?;
        table.raw_set("zone", host.function(lua, candle("zone"), drawings::zone)?)?;
        table.raw_set("end_zone", host.function(lua, candle("zone:close"), drawings::end_zone)?)?;
        table.raw_set("label", host.function(lua, candle("label"), drawings::label)?)?;
        table.raw_set("log", host.function(lua, candle("log"), drawings::log)?)?;
        let fields = lua.create_table()?;
        fields.raw_set("strategy", &declarations::FIELDS[..])?;
        fields.raw_set("param", &parameter::FIELDS[..])?;
        fields.raw_set("signal", &signal::FIELDS[..])?;
        fields.raw_set("label", &drawings::LABEL[..])?;
        table.raw_set("fields", fields)?;
        table.raw_set("zone_fields", &drawings::ZONE[..])?;
        self.chance(&table)?;
        self.inner(&table)?;
        let (columns, funding) = self.series(&table)?;
        Ok(Hosted { table, columns, funding })
    }

    fn chance(&self, table: &Table) -> Result<()> {
        let host = self.host.clone();
        let draw =
            self.lua.create_function(move |_, ()| Ok(random::share(&mut host.state().random)))?;
        table.raw_set("draw", draw)?;
        let host = self.host.clone();
        let seed = self.lua.create_function(move |_, seed: f64| {
            host.state().random = Seeded::new(seed.to_bits());
            Ok(())
        })?;
        table.raw_set("seed", seed)
    }

    /// What only the prelude calls.
    fn inner(&self, table: &Table) -> Result<()> {
        let host = self.host.clone();
        let back = self.lua.create_function(move |_, (slot, steps): (usize, f64)| {
            let state = host.state();
            let history = state.histories.get(slot).map_or(&[][..], |history| &history[..]);
            Ok(back(history, steps))
        })?;
        table.raw_set("back", back)?;
        let host = self.host.clone();
        let is_wanted =
            self.lua.create_function(move |_, (slot, group, is_far): (usize, usize, bool)| {
                Ok(host.state().is_wanted(slot, group, is_far))
            })?;
        table.raw_set("is_wanted", is_wanted)?;
        let budget = self.budget.clone();
        let weigh = self.lua.create_function(move |_, letters: f64| {
            budget.weigh(letters);
            Ok(())
        })?;
        table.raw_set("weigh", weigh)?;
        let budget = self.budget.clone();
        let count = self.lua.create_function(move |_, items: f64| {
            budget.count(items);
            Ok(())
        })?;
        table.raw_set("count", count)?;
        let unknown_field =
            self.lua.create_function(|_, (name, key, fields): (String, String, Table)| {
                let mut names: Vec<String> =
                    fields.pairs::<String, Value>().flatten().map(|(name, _)| name).collect();
                names.sort();
                Ok(format!(
                    "{name}: {}",
                    spelling::unknown("field", &key, names.iter().map(String::as_str))
                ))
            })?;
        table.raw_set("unknown_field", unknown_field)?;
        let unknown_kind = self.lua.create_function(|_, kind: Value| {
            let Some(name) = kind.as_string() else {
                return Ok(format!(
                    "smc: events: expected the name of a kind of events, was {}",
                    arguments::shown(&kind)
                ));
            };
            let words =
                spelling::unknown("kind", &name.to_string_lossy(), smc::kinds().iter().copied());
            Ok(format!("smc: events: {words}"))
        })?;
        table.raw_set("unknown_kind", unknown_kind)?;
        table.raw_set("failed", self.failed()?)
    }

    /// Notes a failure with its place, while the stack is still there.
    fn failed(&self) -> Result<Function> {
        let (host, file) = (self.host.clone(), self.script.file.clone());
        self.lua.create_function(move |lua, values: MultiValue| {
            let mut failure = match values.front() {
                Some(Value::String(text)) => Failure::read(&file, &text.to_string_lossy()),
                Some(Value::Error(error)) => Failure::of(&file, error),
                Some(Value::Nil) | None => Failure::at(None, "error without a message"),
                Some(other) => Failure::at(
                    None,
                    format!("error that is a {}, not a text", arguments::kind(other)),
                ),
            };
            failure.line = failure.line.or_else(|| budget::line_of(lua, &file));
            host.state().told = Some(failure);
            Ok(())
        })
    }

    /// Series of the columns that the script mentions, and of funding.
    fn series(&self, table: &Table) -> Result<(ColumnsByRole, Option<usize>)> {
        let mut columns = [Vec::new(), Vec::new()];
        let list = self.lua.create_table()?;
        for (role, mentioned) in self.script.roles() {
            let names = self.lua.create_table()?;
            for column in mentioned {
                let slot = self.host.state().new_series();
                names.raw_set(column.name(), slot)?;
                columns[group_of(role) - 1].push((*column, slot));
            }
            let it = self.lua.create_table()?;
            it.raw_set("name", name_of(role))?;
            it.raw_set("group", group_of(role))?;
            it.raw_set("columns", names)?;
            list.raw_push(it)?;
        }
        table.raw_set("roles", list)?;
        let fields = self.lua.create_table()?;
        for name in Column::ALL.map(Column::name).into_iter().chain(["closed_now"]) {
            fields.raw_set(name, true)?;
        }
        table.raw_set("candle_fields", fields)?;
        table.raw_set("sees_account", self.script.sees_account)?;
        let funding = self.script.sees_funding.then(|| self.host.state().new_series());
        table.raw_set("funding_slot", funding)?;
        Ok((columns, funding))
    }
}

/// The reading so many steps before the newest.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "as saturates")]
fn back(history: &[f64], steps: f64) -> Option<f64> {
    let row = history.len().checked_sub(1)?.checked_sub(steps as usize)?;
    history.get(row).copied()
}
