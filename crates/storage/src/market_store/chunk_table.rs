//! Table `candle_chunk`: one row per series and calendar month, replaced whole or not at all.
//!
//! `candles` and `extra` are blocks (see `block`); `extra` holds the optional columns and lies behind
//! `candles`, so that reading the candles does not touch its pages.

use domain::{Timeframe, Timestamp};
use market::Gap;
use rusqlite::{Connection, Row, params};

/// First schema of the table.
pub(super) const MIGRATION: &str = "
CREATE TABLE candle_chunk (
    series_id INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    month_index INTEGER NOT NULL, -- year * 12 + month - 1
    candle_count INTEGER NOT NULL,
    first_open_ms INTEGER NOT NULL,
    last_open_ms INTEGER NOT NULL,
    price_decimals INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    inner_gaps BLOB NOT NULL, -- pairs of little-endian 64-bit open times: first missing, next present
    candles BLOB NOT NULL,
    extra BLOB,
    PRIMARY KEY (series_id, month_index)
) STRICT;
";

/// What is stored of a month, without its columns.
#[derive(Clone, Debug)]
pub(super) struct MonthHead {
    pub(super) series_id: i64,
    pub(super) month: Month,
    pub(super) candles: u64,
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
    pub(super) price_decimals: u8,
    pub(super) updated_at: Timestamp,
    pub(super) gaps: Vec<Gap>,
    pub(super) bytes: u64,
}

/// A chunk to be written.
#[derive(Clone, Debug)]
pub(super) struct NewChunk {
    pub(super) month: Month,
    pub(super) candles: usize,
    pub(super) first_ms: i64,
    pub(super) last_ms: i64,
    pub(super) price_decimals: u8,
    pub(super) gaps: Vec<Gap>,
    pub(super) block: Vec<u8>,
    pub(super) extra: Option<Vec<u8>>,
}

/// A calendar month, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Month(i64);

impl Month {
    pub(super) fn of(time: Timestamp) -> Self {
        let (year, month) = time.year_month();
        Self::new(year, month)
    }

    pub(super) fn new(year: i32, month: u32) -> Self {
        Self(i64::from(year) * 12 + i64::from(month) - 1)
    }

    pub(super) fn year(self) -> i32 {
        i32::try_from(self.0.div_euclid(12)).unwrap_or(i32::MAX)
    }

    /// 1 to 12.
    pub(super) fn month(self) -> u32 {
        u32::try_from(self.0.rem_euclid(12) + 1).unwrap_or(1)
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{:02}", self.year(), self.month())
    }
}

/// Which columns to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    Candles,
    Everything,
}

pub(super) fn put(
    connection: &Connection,
    series_id: i64,
    chunk: &NewChunk,
) -> rusqlite::Result<()> {
    let gaps: Vec<u8> = chunk
        .gaps
        .iter()
        .flat_map(|gap| [gap.from.millis().to_le_bytes(), gap.to.millis().to_le_bytes()])
        .flatten()
        .collect();
    let mut statement = connection.prepare_cached(
        "INSERT OR REPLACE INTO candle_chunk (series_id, month_index, candle_count, first_open_ms, last_open_ms,
             price_decimals, updated_at_ms, inner_gaps, candles, extra)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, CAST(unixepoch('subsec') * 1000 AS INTEGER), ?7, ?8, ?9)",
    )?;
    let candles = i64::try_from(chunk.candles).unwrap_or(i64::MAX);
    statement.execute(params![
        series_id,
        chunk.month.0,
        candles,
        chunk.first_ms,
        chunk.last_ms,
        chunk.price_decimals,
        gaps,
        chunk.block,
        chunk.extra
    ])?;
    Ok(())
}

/// Heads of all chunks, ascending by series and month.
pub(super) fn heads(
    connection: &Connection,
    timeframe_of: impl Fn(i64) -> Option<Timeframe>,
) -> rusqlite::Result<Vec<MonthHead>> {
    let mut statement = connection.prepare_cached(
        "SELECT series_id, month_index, candle_count, first_open_ms, last_open_ms, price_decimals, updated_at_ms,
             inner_gaps, length(candles) + coalesce(length(extra), 0)
         FROM candle_chunk ORDER BY series_id, month_index",
    )?;
    let rows = statement.query_map([], |row| head(row, &timeframe_of))?;
    rows.collect()
}

fn head(
    row: &Row<'_>,
    timeframe_of: &impl Fn(i64) -> Option<Timeframe>,
) -> rusqlite::Result<MonthHead> {
    let series_id = row.get(0)?;
    let gaps: Vec<u8> = row.get(7)?;
    Ok(MonthHead {
        series_id,
        month: Month(row.get(1)?),
        candles: row.get::<_, i64>(2)?.unsigned_abs(),
        first: Timestamp::from_millis(row.get(3)?),
        last: Timestamp::from_millis(row.get(4)?),
        price_decimals: row.get(5)?,
        updated_at: Timestamp::from_millis(row.get(6)?),
        gaps: timeframe_of(series_id)
            .map(|timeframe| gaps_of(&gaps, timeframe))
            .unwrap_or_default(),
        bytes: row.get::<_, i64>(8)?.unsigned_abs(),
    })
}

fn gaps_of(bytes: &[u8], timeframe: Timeframe) -> Vec<Gap> {
    let time = |bytes: &[u8]| {
        let bytes = bytes.try_into().unwrap_or_default();
        Timestamp::from_millis(i64::from_le_bytes(bytes))
    };
    let gap = |pair: &[u8]| {
        let (from, to) = (time(&pair[..8]), time(&pair[8..]));
        Gap { from, to, missing: timeframe.count_between(from, to) }
    };
    bytes.chunks_exact(16).map(gap).collect()
}

/// One stored chunk as it lies in the database.
pub(super) struct StoredChunk<'a> {
    pub(super) month: Month,
    pub(super) candles: i64,
    pub(super) first_ms: i64,
    pub(super) last_ms: i64,
    pub(super) price_decimals: u8,
    pub(super) block: &'a [u8],
    pub(super) extra: Option<&'a [u8]>,
}

/// Shows the chunks from `first` to `last` (both included) to `visit`, ascending.
pub(super) fn visit<E: From<rusqlite::Error>>(
    connection: &Connection,
    series_id: i64,
    (first, last): (Month, Month),
    want: Want,
    mut visit: impl FnMut(StoredChunk<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let columns = match want {
        Want::Candles => "candles, NULL",
        Want::Everything => "candles, extra",
    };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT month_index, candle_count, first_open_ms, last_open_ms, price_decimals, {columns}
         FROM candle_chunk WHERE series_id = ?1 AND month_index BETWEEN ?2 AND ?3 ORDER BY month_index"
    ))?;
    let mut rows = statement.query(params![series_id, first.0, last.0])?;
    while let Some(row) = rows.next()? {
        visit(StoredChunk {
            month: Month(row.get(0)?),
            candles: row.get(1)?,
            first_ms: row.get(2)?,
            last_ms: row.get(3)?,
            price_decimals: row.get(4)?,
            block: row.get_ref(5)?.as_blob().map_err(rusqlite::Error::from)?,
            extra: row.get_ref(6)?.as_blob_or_null().map_err(rusqlite::Error::from)?,
        })?;
    }
    Ok(())
}

/// Whether `time` lies between the first and the last candle of a chunk, so that the chunk may hold a candle
/// that opens then.
pub(super) fn spans(
    connection: &Connection,
    series_id: i64,
    time: Timestamp,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "SELECT 1 FROM candle_chunk
             WHERE series_id = ?1 AND month_index = ?2 AND ?3 BETWEEN first_open_ms AND last_open_ms",
        )?
        .exists(params![series_id, Month::of(time).0, time.millis()])
}

/// Number of candles (a month has at most 44,640) of a series from month `first` to `last`, both included.
pub(super) fn count(
    connection: &Connection,
    series_id: i64,
    (first, last): (Month, Month),
) -> rusqlite::Result<usize> {
    let sql = "SELECT coalesce(sum(min(candle_count, 44640)), 0) FROM candle_chunk
               WHERE series_id = ?1 AND month_index BETWEEN ?2 AND ?3";
    let sum: i64 = connection
        .prepare_cached(sql)?
        .query_row(params![series_id, first.0, last.0], |row| row.get(0))?;
    Ok(usize::try_from(sum).unwrap_or(0))
}
