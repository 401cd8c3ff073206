//! What a venue says of longer candles, kept where the stored shorter ones make others.
//!
//! The venue's candle is kept, not the difference: whoever looks later compares it with what is stored then. Of the
//! others it is kept that they were compared: equal and never looked at are two things.

use domain::{PriceScale, TimeRange, Timeframe, Timestamp};
use market::{CandleRow, Columns, Series, SeriesKey};

use super::download_part_table::{self, DownloadPart};
use super::{MarketStore, ReadError, series_table, venue_candle_table, venue_check_table};
use crate::StorageError;

/// Which candles of a venue were compared with stored ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedRange {
    /// The stored, shorter candles.
    pub key: SeriesKey,
    /// Length of the venue's candles.
    pub timeframe: Timeframe,
    /// Open times of the venue's candles.
    pub range: TimeRange,
}

/// What a check found.
#[derive(Clone, Copy, Debug, Default)]
pub struct CheckOutcome<'a> {
    /// Open times of the venue's candles that could be compared.
    pub compared: &'a [Timestamp],
    /// Those of them that differ, as the venue tells them.
    pub different: &'a [CandleRow],
}

/// How many longer candles of a venue were compared with a stored series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckedTimeframe {
    /// Length of the venue's candles.
    pub timeframe: Timeframe,
    /// How many, each once; more than none.
    pub candles: u64,
    /// When the last ones were.
    pub last: Timestamp,
}

impl MarketStore {
    /// Keeps what a check found, in place of what an earlier check of the same range found, and writes what became of the part of the download that checked, in one transaction.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be written; [`StorageError::UnknownPart`] when there is no such part.
    pub fn write_check(
        &self,
        checked: &CheckedRange,
        outcome: CheckOutcome<'_>,
        (download_id, part): (&str, &DownloadPart),
    ) -> Result<(), StorageError> {
        let CheckedRange { key, timeframe, range } = checked;
        self.write(&format!("store {}", part.name), |connection| {
            if let Some(id) = series_table::find(connection, key)? {
                let of = (id, *timeframe);
                venue_check_table::put(
                    connection,
                    of,
                    (*range, outcome.compared),
                    part.updated_at,
                )?;
                venue_candle_table::delete(connection, id, *timeframe, *range)?;
                for row in outcome.different {
                    venue_candle_table::insert(connection, of, row, part.updated_at)?;
                }
            }
            if download_part_table::update(connection, download_id, part)? {
                return Ok(());
            }
            let (download, part) = (download_id.to_owned(), part.name.clone());
            Err(ReadError::UnknownPart { download, part })
        })
    }

    /// The kept candles of the venue that differed from what a stored series made when they were checked: one
    /// series a timeframe, ascending.
    ///
    /// # Errors
    /// [`StorageError`] when the database cannot be read; [`StorageError::Corrupt`] when a row is no candle.
    pub fn venue_candles(&self, key: &SeriesKey) -> Result<Vec<Series>, StorageError> {
        let rows = self.read(&format!("list what the venue says of {key}"), |connection| {
            let Some(id) = series_table::find(connection, key)? else { return Ok(Vec::new()) };
            Ok(venue_candle_table::all(connection, id)?)
        })?;
        let mut series = Vec::new();
        for rows in rows.chunk_by(|one, other| one.0 == other.0) {
            series.push(self.series_of(key, rows)?);
        }
        series.sort_by_key(Series::timeframe);
        Ok(series)
    }

    /// How many longer candles of the venue were compared with what a stored series makes, by timeframe, ascending;
    /// timeframes of which none was are left out.
    ///
    /// # Errors
    /// [`StorageError`] when the database cannot be read.
    pub fn venue_checks(&self, key: &SeriesKey) -> Result<Vec<CheckedTimeframe>, StorageError> {
        self.read(&format!("count the checks of {key}"), |connection| {
            let Some(id) = series_table::find(connection, key)? else { return Ok(Vec::new()) };
            let counts = venue_check_table::counts(connection, id)?;
            let checked = counts.into_iter().map(|(timeframe, (candles, last))| CheckedTimeframe {
                timeframe,
                candles,
                last,
            });
            Ok(checked.collect())
        })
    }

    fn series_of(
        &self,
        key: &SeriesKey,
        rows: &[(Timeframe, CandleRow)],
    ) -> Result<Series, StorageError> {
        let mut columns = Columns::with_capacity(rows.len());
        rows.iter().for_each(|(_, row)| columns.push_row(row));
        let timeframe = rows.first().map_or(key.timeframe, |(timeframe, _)| *timeframe);
        let decimals = rows.iter().map(|(_, row)| row.price_decimals).max().unwrap_or(0);
        let key = SeriesKey { timeframe, ..key.clone() };
        Series::new(key.clone(), PriceScale::new(decimals), columns)
            .map_err(|error| self.corrupt(format!("what the venue says of {key}: {error}")))
    }
}
