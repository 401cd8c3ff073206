//! Table `candle_tail`: closed candles as they arrive, one row each, until they move into their chunk.
//!
//! A chunk holds a month and is written whole; rows here are cheap. No candle lies in both tables.
//!
//! A minute brings one candle to each of many series. Rows of ten minutes lie together, whatever their series, so
//! that a minute writes a few pages and not one for every series: a twentieth of it with 200 of them. The candles
//! of one series are then found by looking into each spell of ten minutes that has any.

use std::collections::BTreeSet;

use domain::{Candle, TimeRange, Timeframe, Timestamp};
use market::{CandleRow, Columns, gaps_in};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::chunk_table::{Month, MonthHead, Want};
use super::reading::month_of;

/// First schema of the table.
pub(super) const MIGRATION: &str = "
CREATE TABLE candle_tail (
    spell INTEGER NOT NULL CHECK (spell = open_ms / 600000), -- ten minutes
    series_id INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    open_ms INTEGER NOT NULL,
    open REAL NOT NULL,
    high REAL NOT NULL,
    low REAL NOT NULL,
    close REAL NOT NULL,
    volume REAL NOT NULL,
    quote_volume REAL,
    trade_count REAL,
    taker_buy_volume REAL,
    taker_buy_quote_volume REAL,
    price_decimals INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    PRIMARY KEY (spell, series_id, open_ms)
) STRICT, WITHOUT ROWID;
";

/// Nine numbers and the open time, of eight bytes each.
const ROW_BYTES: u64 = 80;
const COLUMNS: &str =
    "open_ms, open, high, low, close, volume, price_decimals, quote_volume, trade_count,
    taker_buy_volume, taker_buy_quote_volume";

/// Candles of series ?1 that open from ?2 to before ?3. The spells that have any are found one after the other,
/// each by one look at the primary key.
const OF_SERIES: &str = "spell IN (
        WITH RECURSIVE known (spell) AS (
            SELECT min(spell) FROM candle_tail WHERE spell >= ?2 / 600000
            UNION ALL
            SELECT (SELECT min(spell) FROM candle_tail WHERE spell > known.spell) FROM known
                WHERE known.spell < ?3 / 600000
        )
        SELECT spell FROM known WHERE spell IS NOT NULL
    ) AND series_id = ?1 AND open_ms >= ?2 AND open_ms < ?3";

/// Adds a candle of whose time there is none. (An insert that might replace would keep a copy of its page beside
/// it, a hundred times the row.)
pub(super) fn insert(
    connection: &Connection,
    series_id: i64,
    row: &CandleRow,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO candle_tail (spell, series_id, open_ms, open, high, low, close, volume,
             price_decimals, quote_volume, trade_count, taker_buy_volume, taker_buy_quote_volume, updated_at_ms)
         VALUES (?2 / 600000, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    let Candle { open_time, open, high, low, close, volume } = row.candle;
    // SQLite keeps NaN as NULL, which is what absent is called there.
    let [quote_volume, trades, taker_buy, taker_buy_quote] = row.optional().map(|(_, value)| value);
    statement.execute(params![
        series_id,
        open_time.millis(),
        open,
        high,
        low,
        close,
        volume,
        row.price_decimals,
        quote_volume,
        trades,
        taker_buy,
        taker_buy_quote,
        now.millis(),
    ])?;
    Ok(())
}

/// Writes a candle over the one of the same time.
pub(super) fn replace(
    connection: &Connection,
    series_id: i64,
    row: &CandleRow,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let time = row.candle.open_time;
    delete(connection, series_id, TimeRange { start: time, end: time.plus_millis(1) })?;
    insert(connection, series_id, row, now)
}

pub(super) fn find(
    connection: &Connection,
    series_id: i64,
    time: Timestamp,
) -> rusqlite::Result<Option<CandleRow>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM candle_tail WHERE spell = ?2 / 600000 AND series_id = ?1 AND open_ms = ?2"
        ))?
        .query_row(params![series_id, time.millis()], |row| candle_row(row, Want::Everything))
        .optional()
}

/// Candles of a series that open inside `range`, ascending, and the most decimals of their prices.
pub(super) fn load(
    connection: &Connection,
    series_id: i64,
    range: TimeRange,
    want: Want,
) -> rusqlite::Result<(Columns, u8)> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM candle_tail WHERE {OF_SERIES} ORDER BY open_ms"
    ))?;
    let mut columns = Columns::default();
    let mut decimals = 0;
    let mut rows = statement.query(params![series_id, range.start.millis(), range.end.millis()])?;
    while let Some(row) = rows.next()? {
        let row = candle_row(row, want)?;
        decimals = decimals.max(row.price_decimals);
        columns.push_row(&row);
    }
    Ok((columns, decimals))
}

fn candle_row(row: &Row<'_>, want: Want) -> rusqlite::Result<CandleRow> {
    let optional = |column: usize| -> rusqlite::Result<f64> {
        match want {
            Want::Candles => Ok(f64::NAN),
            Want::Everything => Ok(row.get::<_, Option<f64>>(column)?.unwrap_or(f64::NAN)),
        }
    };
    Ok(CandleRow {
        candle: Candle {
            open_time: Timestamp::from_millis(row.get(0)?),
            open: row.get(1)?,
            high: row.get(2)?,
            low: row.get(3)?,
            close: row.get(4)?,
            volume: row.get(5)?,
        },
        price_decimals: row.get(6)?,
        quote_volume: optional(7)?,
        trades: optional(8)?,
        taker_buy_volume: optional(9)?,
        taker_buy_quote_volume: optional(10)?,
    })
}

/// Open time of the first candle of a series that opens inside `range`.
pub(super) fn first_in(
    connection: &Connection,
    series_id: i64,
    range: TimeRange,
) -> rusqlite::Result<Option<Timestamp>> {
    connection
        .prepare_cached(&format!("SELECT min(open_ms) FROM candle_tail WHERE {OF_SERIES}"))?
        .query_row(params![series_id, range.start.millis(), range.end.millis()], |row| {
            row.get::<_, Option<i64>>(0)
        })
        .map(|millis| millis.map(Timestamp::from_millis))
}

/// Series with candles that open before `end`.
pub(super) fn series_before(
    connection: &Connection,
    end: Timestamp,
) -> rusqlite::Result<BTreeSet<i64>> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT series_id FROM candle_tail WHERE spell <= ?1 / 600000 AND open_ms < ?1",
    )?;
    let rows = statement.query_map([end.millis()], |row| row.get(0))?;
    rows.collect()
}

/// Number of candles of a series.
pub(super) fn count(connection: &Connection, series_id: i64) -> rusqlite::Result<u64> {
    connection
        .prepare_cached("SELECT count(*) FROM candle_tail WHERE series_id = ?1")?
        .query_row([series_id], |row| row.get::<_, i64>(0))
        .map(i64::unsigned_abs)
}

/// Deletes the candles of a series that open inside `range`, and returns how many there were.
pub(super) fn delete(
    connection: &Connection,
    series_id: i64,
    range: TimeRange,
) -> rusqlite::Result<u64> {
    connection
        .prepare_cached(&format!("DELETE FROM candle_tail WHERE {OF_SERIES}"))?
        .execute(params![series_id, range.start.millis(), range.end.millis()])
        .map(|deleted| deleted as u64)
}

/// Heads of what the tail holds of each month, ascending by series and month. One look at the table; a second
/// one only at series whose tail has a gap or reaches into another month.
pub(super) fn heads(
    connection: &Connection,
    timeframe_of: impl Fn(i64) -> Option<Timeframe>,
) -> rusqlite::Result<Vec<MonthHead>> {
    let mut statement = connection.prepare_cached(
        "SELECT series_id, count(*), min(open_ms), max(open_ms), max(price_decimals), max(updated_at_ms)
         FROM candle_tail GROUP BY series_id ORDER BY series_id",
    )?;
    let whole: Vec<MonthHead> = statement.query_map([], head)?.collect::<rusqlite::Result<_>>()?;
    let mut heads = Vec::with_capacity(whole.len());
    for head in whole {
        let timeframe = timeframe_of(head.series_id);
        for mut head in by_month(connection, head)? {
            if let Some(timeframe) = timeframe {
                find_gaps(connection, &mut head, timeframe)?;
            }
            heads.push(head);
        }
    }
    Ok(heads)
}

fn head(row: &Row<'_>) -> rusqlite::Result<MonthHead> {
    let first = Timestamp::from_millis(row.get(2)?);
    let candles = row.get::<_, i64>(1)?.unsigned_abs();
    Ok(MonthHead {
        series_id: row.get(0)?,
        month: Month::of(first),
        candles,
        first,
        last: Timestamp::from_millis(row.get(3)?),
        price_decimals: row.get(4)?,
        updated_at: Timestamp::from_millis(row.get(5)?),
        gaps: Vec::new(),
        bytes: candles * ROW_BYTES,
    })
}

fn by_month(connection: &Connection, whole: MonthHead) -> rusqlite::Result<Vec<MonthHead>> {
    if Month::of(whole.last) == whole.month {
        return Ok(vec![whole]);
    }
    let mut statement = connection.prepare_cached(&format!(
        "SELECT series_id, count(*), min(open_ms), max(open_ms), max(price_decimals), max(updated_at_ms)
         FROM candle_tail WHERE {OF_SERIES} GROUP BY series_id"
    ))?;
    let mut heads = Vec::new();
    let mut month = month_of(whole.first);
    while month.start <= whole.last {
        let range = params![whole.series_id, month.start.millis(), month.end.millis()];
        heads.extend(statement.query_row(range, head).optional()?);
        month = month_of(month.end);
    }
    Ok(heads)
}

fn find_gaps(
    connection: &Connection,
    head: &mut MonthHead,
    timeframe: Timeframe,
) -> rusqlite::Result<()> {
    let end = timeframe.next_open(head.last);
    if timeframe.count_between(head.first, end) == head.candles {
        return Ok(());
    }
    let mut statement = connection.prepare_cached(&format!(
        "SELECT open_ms FROM candle_tail WHERE {OF_SERIES} ORDER BY open_ms"
    ))?;
    let bounds = params![head.series_id, head.first.millis(), end.millis()];
    let times = statement.query_map(bounds, |row| row.get(0))?;
    head.gaps = gaps_in(&times.collect::<rusqlite::Result<Vec<i64>>>()?, timeframe, None);
    Ok(())
}
