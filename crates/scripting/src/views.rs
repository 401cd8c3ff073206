//! What a script sees beside candles: its position, its account, settled funding.

use mlua::{Function, Result, Table};
use strategy::{Context, PositionView};

/// The position as the script sees it: nil, or a table that is made anew when the position changes.
#[derive(Debug)]
pub(crate) struct Position {
    seen: Option<PositionView>,
    show: Function,
    /// Where the script finds it.
    env: Table,
}

impl Position {
    /// Nothing is held.
    pub(crate) const fn new(show: Function, env: Table) -> Self {
        Self { seen: None, show, env }
    }

    /// Shows the position of the moment.
    #[inline]
    pub(crate) fn show(&mut self, position: Option<&PositionView>) -> Result<()> {
        if self.seen.as_ref() == position { Ok(()) } else { self.change(position) }
    }

    #[inline(never)]
    fn change(&mut self, position: Option<&PositionView>) -> Result<()> {
        self.seen = position.copied();
        let env = &self.env;
        match position {
            None => self.show.call(env),
            Some(it) => {
                let is_long = it.direction == domain::Direction::Long;
                self.show.call((env, is_long, it.quantity.to_f64(), it.entry_price.to_f64()))
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
