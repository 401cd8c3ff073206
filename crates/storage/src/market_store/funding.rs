//! Funding settlements of the market store: load, coverage, delete, write.

use domain::{MarketKind, Symbol, TimeRange, Timestamp};
use market::{FundingHistory, Gap, funding_gaps};

use super::funding_table::{self, Head};
use super::{MarketStore, ReadError};
use crate::StorageError;

/// What is stored of the funding of one instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FundingCoverage {
    /// Market of the instrument.
    pub market: MarketKind,
    /// The instrument.
    pub symbol: Symbol,
    /// Minute of the first settlement.
    pub first: Timestamp,
    /// Minute of the last settlement.
    pub last: Timestamp,
    /// Number of settlements.
    pub settlements: u64,
    /// How many of them carry their mark price.
    pub with_mark: u64,
    /// Runs of missing regular settlements between first and last, ascending.
    pub gaps: Vec<Gap>,
}

impl MarketStore {
    /// Loads settlements whose minute lies inside `range` (all without one). An instrument without any
    /// has an empty history.
    ///
    /// # Errors
    /// [`StorageError::Corrupt`] naming the instrument and the minute when a stored row makes no sense.
    pub fn load_funding(
        &self,
        market: MarketKind,
        symbol: &Symbol,
        range: Option<TimeRange>,
    ) -> Result<FundingHistory, StorageError> {
        let range = range.unwrap_or(TimeRange {
            start: Timestamp::from_millis(i64::MIN),
            end: Timestamp::from_millis(i64::MAX),
        });
        let corrupt =
            |detail: String| ReadError::Corrupt(format!("funding of {market} {symbol}, {detail}"));
        self.read(&format!("load the funding of {market} {symbol}"), |connection| {
            let settlements =
                funding_table::load(connection, market, symbol, range)?.map_err(corrupt)?;
            FundingHistory::new(settlements).map_err(|error| corrupt(error.to_string()))
        })
    }

    /// Which settlements are stored, ascending by market and symbol.
    ///
    /// # Errors
    /// [`StorageError`] when the database cannot be read.
    pub fn funding_coverage(&self) -> Result<Vec<FundingCoverage>, StorageError> {
        let mut coverage = self.read("read the coverage of funding", |connection| {
            let heads = funding_table::heads(connection)?;
            let instruments =
                heads.chunk_by(|a, b| (&a.market, &a.symbol) == (&b.market, &b.symbol));
            instruments.map(cover).collect::<Result<Vec<_>, _>>()
        })?;
        coverage.sort_by(|a, b| (a.market, &a.symbol).cmp(&(b.market, &b.symbol)));
        Ok(coverage)
    }

    /// Deletes the settlements of an instrument and returns how many there were.
    ///
    /// # Errors
    /// [`StorageError`] when the database cannot be written.
    pub fn delete_funding(&self, market: MarketKind, symbol: &Symbol) -> Result<u64, StorageError> {
        self.write(&format!("delete the funding of {market} {symbol}"), |connection| {
            Ok(funding_table::delete(connection, market, symbol)?)
        })
    }

    /// Stores a whole history in place of what is stored of the instrument, in one transaction.
    ///
    /// # Errors
    /// [`StorageError`] when the database cannot be written.
    pub fn write_funding(
        &self,
        market: MarketKind,
        symbol: &Symbol,
        history: &FundingHistory,
    ) -> Result<(), StorageError> {
        self.write(&format!("store the funding of {market} {symbol}"), |connection| {
            funding_table::delete(connection, market, symbol)?;
            for funding in history.settlements() {
                funding_table::put(connection, market, symbol, funding)?;
            }
            Ok(())
        })
    }
}

/// Joins the rows of one instrument, which are not empty.
fn cover(heads: &[Head]) -> Result<FundingCoverage, ReadError> {
    let (first, last) = (&heads[0], &heads[heads.len() - 1]);
    let unknown =
        || ReadError::Corrupt(format!("unknown instrument {} {}", first.market, first.symbol));
    let regular: Vec<Timestamp> =
        heads.iter().filter(|head| head.is_regular).map(|head| head.settled_at).collect();
    Ok(FundingCoverage {
        market: first.market.parse().map_err(|_| unknown())?,
        symbol: first.symbol.parse().map_err(|_| unknown())?,
        first: first.settled_at,
        last: last.settled_at,
        settlements: heads.len() as u64,
        with_mark: heads.iter().filter(|head| head.has_mark).count() as u64,
        gaps: funding_gaps(&regular),
    })
}
