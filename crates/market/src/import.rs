//! Binance files: candles (klines) as CSV, funding rates as CSV or JSON; plain, gzip or zip, told
//! apart by their content.
//!
//! Candle files are streamed. Rows are checked one by one and handed over in checked calendar months; nothing is
//! kept longer than a month, whatever the size of the file. Times leave in ms since the
//! epoch, UTC. No database here, and no path: names serve messages only.
//!
//! An optional column that is filled in any row of a month is kept for that month; rows
//! where it is empty hold NaN there, with a warning. Empty is absent, never zero.
//!
//! Blanks around fields, blank lines, a trailing comma and a leading `+` are accepted. An
//! open time off the grid of the timeframe is refused, hence so are archive files that
//! hold such rows (spot, February 2018).

mod archive_name;
mod error;
mod file_content;
mod funding;
mod layout;
mod months;
mod name_hints;
mod number;
mod reader;
mod row;
mod source;
mod timeframe;
mod warnings;

use std::io::{Read, Seek};
use std::ops::ControlFlow;

use domain::{PriceKind, Symbol, Timeframe, Timestamp};

use crate::{Columns, Gap};

pub use archive_name::ArchiveName;
pub use error::{ImportError, RowError};
pub use file_content::{FileContent, looks_like_funding};
pub use funding::{FundingFile, FundingRow, read_funding};
pub use name_hints::NameHints;

/// What the caller knows about a file, and how much it may hold.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// Symbol the file is meant for; checked against official archive names and symbols in rows.
    pub symbol: Option<Symbol>,
    /// Price the candles are of. Mark price candles must have no volume; of their optional columns
    /// nothing is kept.
    pub price: PriceKind,
    /// Timeframe the candles must have; found from the data when absent. A single row without a
    /// close time needs it.
    pub timeframe: Option<Timeframe>,
    /// Most CSV bytes (unpacked) that one file may hold.
    pub bytes_max: u64,
    /// Most CSV bytes per byte of a compressed file; looked at after the first 16 MiB.
    pub ratio_max: u64,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            symbol: None,
            price: PriceKind::Last,
            timeframe: None,
            bytes_max: 16 << 30,
            ratio_max: 200,
        }
    }
}

/// How the caller watches and stops the reading.
#[derive(Clone, Copy)]
pub struct ReadControl<'a> {
    /// Told the bytes read of the file as it lies on disk, and the rows accepted so far.
    pub progress: &'a dyn Fn(u64, u64),
    /// Asked at least every 64k rows whether to stop.
    pub cancelled: &'a dyn Fn() -> bool,
}

/// The checked candles of one calendar month (UTC, by open time), ascending.
#[derive(Clone, Debug, PartialEq)]
pub struct MonthBatch {
    /// Year and month (1 to 12).
    pub month: (i32, u32),
    /// Candle length, the same in all batches of a file.
    pub timeframe: Timeframe,
    /// The rows; an optional column is empty, or holds NaN where the file has no value.
    pub columns: Columns,
    /// Decimals that the prices need; trailing zeros and digits beyond the 15th do not count.
    pub price_decimals: u8,
}

/// What a whole file held.
#[derive(Clone, Debug, PartialEq)]
pub struct FileSummary {
    /// Candle length.
    pub timeframe: Timeframe,
    /// Number of candles, at least one.
    pub rows: u64,
    /// Open time of the first candle.
    pub first: Timestamp,
    /// Open time of the last candle.
    pub last: Timestamp,
    /// Runs of missing candles between first and last, ascending, at most 100,000 of them.
    pub gaps: Vec<Gap>,
    /// Number of all runs of missing candles.
    pub gap_count: u64,
    /// Sentences about what is odd but legal.
    pub warnings: Vec<String>,
    /// Decimals that the prices need.
    pub price_decimals: u8,
    /// Unpacked CSV bytes.
    pub bytes: u64,
}

/// Streams a kline file and hands over its months in ascending order.
///
/// `sink` may end the reading with [`ControlFlow::Break`], which counts as cancelled. What the
/// sink has received is only good once this function has returned `Ok`: the caller must
/// discard it otherwise.
///
/// # Errors
/// [`ImportError`] saying what is wrong, where, what was expected and what was there.
pub fn read_klines<R: Read + Seek>(
    name: &str,
    source: R,
    options: &ReadOptions,
    control: ReadControl<'_>,
    sink: &mut dyn FnMut(MonthBatch) -> ControlFlow<()>,
) -> Result<FileSummary, ImportError> {
    let reader = reader::KlineReader::new(name, options, control, sink);
    reader.read(source)
}

#[cfg(test)]
mod tests;
