//! What a script sees beside candles: its position, its account, settled funding.

use mlua::{Function, Lua, Result, Table};
use strategy::{Context, PositionView};

/// The position as the script sees it: nil, or a table that is made anew when the position changes.
#[derive(Debug)]
pub(crate) struct Position {
    seen: Option<PositionView>,
    show: Function,
}

impl Position {
    /// Nothing is held.
    pub(crate) const fn new(show: Function) -> Self {
        Self { seen: None, show }
    }

    /// Shows the position of the moment.
    #[inline]
    pub(crate) fn show(&mut self, lua: &Lua, position: Option<&PositionView>) -> Result<()> {
        if self.seen.as_ref() == position { Ok(()) } else { self.change(lua, position) }
    }

    #[inline(never)]
    fn change(&mut self, lua: &Lua, position: Option<&PositionView>) -> Result<()> {
        self.seen = position.copied();
        let env = lua.globals();
        match position {
            None => self.show.call(env),
            Some(it) => {
                let side = crate::signal::side_name(it.direction);
                self.show.call((env, side, it.quantity.to_f64(), it.entry_price.to_f64()))
            }
        }
    }
}

/// Writes the account of the moment into the table behind `account`.
pub(crate) fn show_account(table: &Table, context: &Context<'_>) -> Result<()> {
    let Some(account) = context.account() else { return Ok(()) };
    table.raw_set("equity", account.equity.to_f64())?;
    table.raw_set("available", account.available.to_f64())
}
