//! Stored candles: what there is, prepared for runs and charts, imported and deleted.

mod cache;
mod candles;
pub(crate) mod coverage;
mod demo;
mod file_report;

mod import_job;
mod imports;
mod integrity;
mod upload;

use std::sync::{Arc, Mutex};

use domain::{MarketKind, Symbol, TimeRange, Timeframe, Timestamp};
use market::{CandleRow, Series, SeriesKey};
use storage::{Appended, FetchedPart, MarketStore, StorageError};

pub use candles::{CandlePage, CandleQuery};
pub use import_job::{ImportProgress, ImportRequestDraft};
pub use imports::{Imports, markets_named, symbol_named};
pub use integrity::{Finding, FindingKind, IntegrityReport, Severity};
pub use market::import::FileContent;
pub use storage::{
    CheckedTimeframe, Conflict, Coverage, FileError, FileReport, FileStatus, FundingCoverage,
    MonthCoverage,
};
pub use upload::{UPLOAD_BYTES_MAX, Upload};

use crate::error::{DeskError, FieldError};
use crate::events::{Event, EventBus};
use crate::lock::lock;
use cache::{CacheKey, SeriesCache};

/// Reads and deletes stored candles; keeps what was prepared in memory.
#[derive(Debug)]
pub struct MarketData {
    store: Arc<MarketStore>,
    events: Arc<EventBus>,
    cache: SeriesCache,
    coverage: Mutex<Option<(u64, Arc<Vec<Coverage>>)>>,
}

impl MarketData {
    pub(crate) fn new(store: Arc<MarketStore>, events: Arc<EventBus>) -> Self {
        Self { store, events, cache: SeriesCache::default(), coverage: Mutex::new(None) }
    }

    pub(crate) fn store(&self) -> &MarketStore {
        &self.store
    }

    /// What is stored, series by series.
    ///
    /// # Errors
    /// [`DeskError::Storage`].
    pub fn coverage(&self) -> Result<Arc<Vec<Coverage>>, DeskError> {
        let generation = self.cache.generation();
        if let Some((_, known)) = lock(&self.coverage).as_ref().filter(|(of, _)| *of == generation)
        {
            return Ok(Arc::clone(known));
        }
        let fresh = Arc::new(self.store.coverage()?);
        *lock(&self.coverage) = Some((generation, Arc::clone(&fresh)));
        Ok(fresh)
    }

    /// Whole `wanted` candles of the stored series that open in `range`; from memory when possible.
    pub(crate) fn prepared(
        &self,
        source: &SeriesKey,
        wanted: Timeframe,
        range: TimeRange,
    ) -> Result<Arc<Series>, DeskError> {
        let key = CacheKey::new(source.clone(), wanted, range);
        if let Some(series) = self.cache.get(&key) {
            return Ok(series);
        }
        let generation = self.cache.generation();
        let series = Arc::new(self.built(source, wanted, range)?);
        self.cache.insert(key, generation, &series);
        Ok(series)
    }

    /// As [`Self::prepared`], without keeping anything.
    pub(crate) fn built(
        &self,
        source: &SeriesKey,
        wanted: Timeframe,
        range: TimeRange,
    ) -> Result<Series, DeskError> {
        let series = self.store.load(source, Some(range))?;
        if source.timeframe == wanted {
            return Ok(series);
        }
        market::aggregate(&series, wanted).map_err(|error| DeskError::Stored {
            what: source.to_string(),
            detail: error.to_string(),
        })
    }

    /// Deletes one stored series. Returns how many candles it had.
    ///
    /// # Errors
    /// [`DeskError::Invalid`] naming every wrong field; [`DeskError::NotFound`]; [`DeskError::Storage`].
    pub fn delete_series(
        &self,
        market: &str,
        symbol: &str,
        (timeframe, price): (&str, &str),
    ) -> Result<u64, DeskError> {
        let key = self.stored_key(market, symbol, (timeframe, price))?;
        let candles = self.store.delete_series(&key)?;
        self.changed();
        Ok(candles)
    }

    /// The stored series that these words name.
    fn stored_key(
        &self,
        market: &str,
        symbol: &str,
        (timeframe, price): (&str, &str),
    ) -> Result<SeriesKey, DeskError> {
        let mut errors = Vec::new();
        let market = parsed(&mut errors, "market", market);
        let symbol = parsed(&mut errors, "symbol", symbol);
        let timeframe = parsed(&mut errors, "timeframe", timeframe);
        let price = parsed(&mut errors, "price", price);
        let (Some(market), Some(symbol), Some(timeframe), Some(price)) =
            (market, symbol, timeframe, price)
        else {
            return Err(DeskError::Invalid(errors));
        };
        let key = SeriesKey::new(market, symbol, timeframe).of_price(price);
        if !self.coverage()?.iter().any(|coverage| coverage.key == key) {
            return Err(DeskError::NotFound { what: "series", id: key.to_string() });
        }
        Ok(key)
    }

    /// Which funding settlements are stored, instrument by instrument.
    ///
    /// # Errors
    /// [`DeskError::Storage`].
    pub fn funding_coverage(&self) -> Result<Vec<FundingCoverage>, DeskError> {
        Ok(self.store.funding_coverage()?)
    }

    /// Deletes the funding settlements of one instrument. Returns how many there were.
    ///
    /// # Errors
    /// [`DeskError::Invalid`] naming every wrong field; [`DeskError::NotFound`]; [`DeskError::Storage`].
    pub fn delete_funding(&self, market: &str, symbol: &str) -> Result<u64, DeskError> {
        let mut errors = Vec::new();
        let market = parsed(&mut errors, "market", market);
        let symbol = parsed::<Symbol>(&mut errors, "symbol", symbol);
        let (Some(market), Some(symbol)) = (market, symbol) else {
            return Err(DeskError::Invalid(errors));
        };
        let deleted = self.store.delete_funding(market, &symbol)?;
        if deleted == 0 {
            let id = format!("{market} {symbol} funding");
            return Err(DeskError::NotFound { what: "funding", id });
        }
        self.changed();
        Ok(deleted)
    }

    /// Open time of the first candle from `since` on that is not stored of a series of last prices.
    pub(crate) fn first_missing(
        &self,
        (market, symbol): (MarketKind, &Symbol),
        timeframe: Timeframe,
        since: Timestamp,
    ) -> Result<Timestamp, DeskError> {
        let key = SeriesKey::new(market, symbol.clone(), timeframe);
        let coverage = self.coverage()?;
        let Some(series) = coverage.iter().find(|series| series.key == key) else {
            return Ok(since);
        };
        let gap = series.gaps.iter().find(|gap| gap.to > since).map(|gap| gap.from.max(since));
        let begins_later = (series.first > since).then_some(since);
        Ok(begins_later.or(gap).unwrap_or_else(|| timeframe.next_open(series.last)))
    }

    /// Stores candles that have just closed, and forgets what was prepared of their series from them on. Who
    /// listens is told by the caller.
    ///
    /// # Errors
    /// [`StorageError`]; nothing is stored then.
    pub(crate) fn append(
        &self,
        batch: &[(SeriesKey, CandleRow)],
        seen_at: Timestamp,
    ) -> Result<Appended, StorageError> {
        let appended = self.store.append(batch, seen_at)?;
        for (key, row) in batch {
            self.cache.forget(key, row.candle.open_time);
        }
        Ok(appended)
    }

    /// As [`Self::append`], and marks a part of a download as stored in the same transaction.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub(crate) fn append_part(
        &self,
        batch: &[(SeriesKey, CandleRow)],
        part: &FetchedPart<'_>,
    ) -> Result<Appended, StorageError> {
        let appended = self.store.append_part(batch, part)?;
        if let Some((key, row)) = batch.first() {
            self.cache.forget(key, row.candle.open_time);
        }
        Ok(appended)
    }

    /// The stored candles changed: forget what was prepared and tell everyone.
    pub(crate) fn changed(&self) {
        self.cache.clear();
        self.events.send(Event::DataChanged);
    }
}

pub(crate) fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(
    errors: &mut Vec<FieldError>,
    field: &str,
    text: &str,
) -> Option<T> {
    text.parse()
        .map_err(|error: T::Err| errors.push(FieldError::value(&[field], error.to_string())))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use market::synthetic::{SyntheticSpec, generate};

    #[test]
    fn a_repeated_run_loads_nothing_until_the_data_change() {
        let dir = tempfile::tempdir().unwrap();
        let range =
            TimeRange { start: "2024-01-01".parse().unwrap(), end: "2024-01-03".parse().unwrap() };
        let series = generate(&SyntheticSpec {
            symbol: "TESTUSDT".parse().unwrap(),
            range,
            first_price: 100.0,
            growth_yearly: 0.1,
            price_decimals: 2,
            volume_typical: 1.0,
            seed: 1,
        });
        let store = MarketStore::open(dir.path()).unwrap();
        store.write_series(&series).unwrap();
        let data = MarketData::new(Arc::new(store), Arc::new(EventBus::new()));
        let prepared = || data.prepared(series.key(), Timeframe::H1, range).unwrap();
        let first = prepared();
        assert_eq!(first.len(), 48);
        assert!(Arc::ptr_eq(&first, &prepared()));
        data.changed();
        assert!(!Arc::ptr_eq(&first, &prepared()));
        assert_eq!(*first, *prepared());
    }
}
