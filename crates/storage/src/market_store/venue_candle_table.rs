//! Table `venue_candle`: longer candles as their venue told them, where the stored shorter ones make others.

use domain::{Candle, TimeRange, Timeframe, Timestamp};
use market::CandleRow;
use rusqlite::{Connection, Row, params};

use crate::sql_text::parsed;

/// First schema of the table.
pub(super) const MIGRATION: &str = "
CREATE TABLE venue_candle (
    series_id INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE, -- the shorter candles
    timeframe TEXT NOT NULL,
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
    seen_at_ms INTEGER NOT NULL,
    PRIMARY KEY (series_id, timeframe, open_ms)
) STRICT, WITHOUT ROWID;
";

/// Forgets the candles of a timeframe that open inside `range`.
pub(super) fn delete(
    connection: &Connection,
    series_id: i64,
    timeframe: Timeframe,
    range: TimeRange,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM venue_candle
             WHERE series_id = ?1 AND timeframe = ?2 AND open_ms >= ?3 AND open_ms < ?4",
        )?
        .execute(params![series_id, timeframe.name(), range.start.millis(), range.end.millis()])
        .map(|_| ())
}

/// Adds a candle of whose time there is none.
pub(super) fn insert(
    connection: &Connection,
    (series_id, timeframe): (i64, Timeframe),
    row: &CandleRow,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let Candle { open_time, open, high, low, close, volume } = row.candle;
    // SQLite keeps NaN as NULL, which is what absent is called there.
    let [quote_volume, trades, taker_buy, taker_buy_quote] = row.optional().map(|(_, value)| value);
    connection
        .prepare_cached(
            "INSERT INTO venue_candle (series_id, timeframe, open_ms, open, high, low, close, volume,
                 quote_volume, trade_count, taker_buy_volume, taker_buy_quote_volume, price_decimals, seen_at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?
        .execute(params![
            series_id,
            timeframe.name(),
            open_time.millis(),
            open,
            high,
            low,
            close,
            volume,
            quote_volume,
            trades,
            taker_buy,
            taker_buy_quote,
            row.price_decimals,
            now.millis(),
        ])
        .map(|_| ())
}

/// All candles of a series, ascending by timeframe name and open time.
pub(super) fn all(
    connection: &Connection,
    series_id: i64,
) -> rusqlite::Result<Vec<(Timeframe, CandleRow)>> {
    let mut statement = connection.prepare_cached(
        "SELECT timeframe, open_ms, open, high, low, close, volume, quote_volume, trade_count,
             taker_buy_volume, taker_buy_quote_volume, price_decimals
         FROM venue_candle WHERE series_id = ?1 ORDER BY timeframe, open_ms",
    )?;
    let rows = statement.query_map([series_id], candle)?;
    rows.collect()
}

fn candle(row: &Row<'_>) -> rusqlite::Result<(Timeframe, CandleRow)> {
    let optional = |column: usize| -> rusqlite::Result<f64> {
        Ok(row.get::<_, Option<f64>>(column)?.unwrap_or(f64::NAN))
    };
    let candle = Candle {
        open_time: Timestamp::from_millis(row.get(1)?),
        open: row.get(2)?,
        high: row.get(3)?,
        low: row.get(4)?,
        close: row.get(5)?,
        volume: row.get(6)?,
    };
    let told = CandleRow {
        candle,
        quote_volume: optional(7)?,
        trades: optional(8)?,
        taker_buy_volume: optional(9)?,
        taker_buy_quote_volume: optional(10)?,
        price_decimals: row.get(11)?,
    };
    Ok((parsed(row, 0)?, told))
}
