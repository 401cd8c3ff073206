//! Exchange rules of instruments as they changed over time.

use domain::{MarketKind, Symbol, Timestamp};

use super::MarketStore;
use super::instrument_table::{self, InstrumentRules};
use crate::StorageError;

impl MarketStore {
    /// Stores those rules, in one transaction, that differ from what held for their instrument at their time, and
    /// returns how many that were. Of those that do not, it is noted when they were seen. Rules that are stored for the
    /// very same moment with other words are replaced.
    ///
    /// # Errors
    /// [`StorageError`] when they cannot be written.
    pub fn put_instruments(&self, instruments: &[InstrumentRules]) -> Result<u64, StorageError> {
        self.write("store the exchange rules", |connection| {
            let mut changed = 0;
            for rules in instruments {
                let InstrumentRules { market, symbol, since, .. } = rules;
                let known = instrument_table::find(connection, *market, symbol, *since)?;
                let same = known.filter(|known| {
                    (&known.status, &known.rules_json) == (&rules.status, &rules.rules_json)
                });
                if let Some(same) = same {
                    instrument_table::see(connection, rules, same.since)?;
                } else {
                    instrument_table::put(connection, rules)?;
                    changed += 1;
                }
            }
            Ok(changed)
        })
    }

    /// The rules of all instruments of a market that held at `time`, ascending by symbol. An instrument of which
    /// nothing was known then is left out.
    ///
    /// # Errors
    /// [`StorageError`] when they cannot be read.
    pub fn instruments_at(
        &self,
        market: MarketKind,
        time: Timestamp,
    ) -> Result<Vec<InstrumentRules>, StorageError> {
        self.read("list the exchange rules", |connection| {
            Ok(instrument_table::at(connection, market, time)?)
        })
    }

    /// All rules that an instrument had, ascending by the time from which they held.
    ///
    /// # Errors
    /// [`StorageError`] when they cannot be read.
    pub fn instrument_history(
        &self,
        market: MarketKind,
        symbol: &Symbol,
    ) -> Result<Vec<InstrumentRules>, StorageError> {
        self.read("read the exchange rules", |connection| {
            Ok(instrument_table::history(connection, market, symbol)?)
        })
    }
}
