//! Leverage brackets of instruments as they changed over time.

use domain::{MarketKind, Symbol};

use super::MarketStore;
use super::bracket_table::{self, InstrumentBrackets};
use crate::StorageError;

impl MarketStore {
    /// Stores brackets that differ from what held for their instrument at their time, and returns whether they did. Of
    /// those that do not, it is noted when they were seen. Brackets that are stored for the very same moment with other words are replaced.
    ///
    /// # Errors
    /// [`StorageError`] when they cannot be written.
    pub fn put_brackets(&self, brackets: &InstrumentBrackets) -> Result<bool, StorageError> {
        let InstrumentBrackets { market, symbol, since, brackets_json, .. } = brackets;
        self.write(&format!("store the brackets of {market} {symbol}"), |connection| {
            let known = bracket_table::find(connection, (*market, symbol), *since)?;
            if let Some(same) = known.filter(|known| known.brackets_json == *brackets_json) {
                bracket_table::see(connection, brackets, same.since)?;
                return Ok(false);
            }
            bracket_table::put(connection, brackets)?;
            Ok(true)
        })
    }

    /// All brackets that an instrument had, ascending by the time from which they held.
    ///
    /// # Errors
    /// [`StorageError`] when they cannot be read.
    pub fn bracket_history(
        &self,
        market: MarketKind,
        symbol: &Symbol,
    ) -> Result<Vec<InstrumentBrackets>, StorageError> {
        self.read(&format!("read the brackets of {market} {symbol}"), |connection| {
            Ok(bracket_table::history(connection, (market, symbol))?)
        })
    }
}
