//! Table `candle_revision`: closed candles that their venue told again with other values.

use domain::{Candle, TimeRange, Timestamp};
use market::{CandleRow, SeriesKey};
use rusqlite::{Connection, Row, params};

/// First schema of the table.
pub(super) const MIGRATION: &str = "
CREATE TABLE candle_revision (
    id INTEGER PRIMARY KEY,
    series_id INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    open_ms INTEGER NOT NULL,
    seen_at_ms INTEGER NOT NULL,
    old_open REAL NOT NULL,
    old_high REAL NOT NULL,
    old_low REAL NOT NULL,
    old_close REAL NOT NULL,
    old_volume REAL NOT NULL,
    old_quote_volume REAL,
    old_trade_count REAL,
    old_taker_buy_volume REAL,
    old_taker_buy_quote_volume REAL,
    old_price_decimals INTEGER NOT NULL,
    new_open REAL NOT NULL,
    new_high REAL NOT NULL,
    new_low REAL NOT NULL,
    new_close REAL NOT NULL,
    new_volume REAL NOT NULL,
    new_quote_volume REAL,
    new_trade_count REAL,
    new_taker_buy_volume REAL,
    new_taker_buy_quote_volume REAL,
    new_price_decimals INTEGER NOT NULL
) STRICT;
CREATE INDEX candle_revision_series ON candle_revision (series_id, open_ms);
";

/// A closed candle whose values changed after it was stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// Its series.
    pub key: SeriesKey,
    /// As it was stored.
    pub before: CandleRow,
    /// As it is stored since.
    pub after: CandleRow,
    /// When the change was seen.
    pub seen_at: Timestamp,
}

pub(super) fn insert(
    connection: &Connection,
    series_id: i64,
    revision: &Revision,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO candle_revision (series_id, open_ms, seen_at_ms,
             old_open, old_high, old_low, old_close, old_volume,
             old_quote_volume, old_trade_count, old_taker_buy_volume, old_taker_buy_quote_volume,
             old_price_decimals,
             new_open, new_high, new_low, new_close, new_volume,
             new_quote_volume, new_trade_count, new_taker_buy_volume, new_taker_buy_quote_volume,
             new_price_decimals)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
             ?21, ?22, ?23)",
    )?;
    let open_time = revision.before.candle.open_time;
    statement.raw_bind_parameter(1, series_id)?;
    statement.raw_bind_parameter(2, open_time.millis())?;
    statement.raw_bind_parameter(3, revision.seen_at.millis())?;
    for (row, place) in [(&revision.before, 4), (&revision.after, 14)] {
        for (number, value) in (place..).zip(values(row)) {
            statement.raw_bind_parameter(number, value)?;
        }
        statement.raw_bind_parameter(place + 9, row.price_decimals)?;
    }
    statement.raw_execute().map(|_| ())
}

fn values(row: &CandleRow) -> [f64; 9] {
    let Candle { open_time: _, open, high, low, close, volume } = row.candle;
    let [quote_volume, trades, taker_buy, taker_buy_quote] = row.optional().map(|(_, value)| value);
    [open, high, low, close, volume, quote_volume, trades, taker_buy, taker_buy_quote]
}

/// Revisions of candles that open inside `range`, ascending by open time and then as they were seen, at most
/// `limit`; and the number of all.
pub(super) fn list(
    connection: &Connection,
    (series_id, key): (i64, &SeriesKey),
    range: TimeRange,
    limit: usize,
) -> rusqlite::Result<(Vec<Revision>, u64)> {
    const WHERE: &str = "WHERE series_id = ?1 AND open_ms >= ?2 AND open_ms < ?3";
    let (start, end) = (range.start.millis(), range.end.millis());
    let total: i64 = connection
        .prepare_cached(&format!("SELECT count(*) FROM candle_revision {WHERE}"))?
        .query_row(params![series_id, start, end], |row| row.get(0))?;
    let mut statement = connection.prepare_cached(&format!(
        "SELECT open_ms, seen_at_ms,
             old_open, old_high, old_low, old_close, old_volume,
             old_quote_volume, old_trade_count, old_taker_buy_volume, old_taker_buy_quote_volume,
             old_price_decimals,
             new_open, new_high, new_low, new_close, new_volume,
             new_quote_volume, new_trade_count, new_taker_buy_volume, new_taker_buy_quote_volume,
             new_price_decimals
         FROM candle_revision {WHERE} ORDER BY open_ms, id LIMIT ?4"
    ))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![series_id, start, end, limit], |row| {
        Ok(Revision {
            key: key.clone(),
            before: candle_row(row, 2)?,
            after: candle_row(row, 12)?,
            seen_at: Timestamp::from_millis(row.get(1)?),
        })
    })?;
    Ok((rows.collect::<rusqlite::Result<_>>()?, total.unsigned_abs()))
}

/// The row whose columns begin at `place`.
fn candle_row(row: &Row<'_>, place: usize) -> rusqlite::Result<CandleRow> {
    let optional = |column: usize| -> rusqlite::Result<f64> {
        Ok(row.get::<_, Option<f64>>(place + column)?.unwrap_or(f64::NAN))
    };
    Ok(CandleRow {
        candle: Candle {
            open_time: Timestamp::from_millis(row.get(0)?),
            open: row.get(place)?,
            high: row.get(place + 1)?,
            low: row.get(place + 2)?,
            close: row.get(place + 3)?,
            volume: row.get(place + 4)?,
        },
        quote_volume: optional(5)?,
        trades: optional(6)?,
        taker_buy_volume: optional(7)?,
        taker_buy_quote_volume: optional(8)?,
        price_decimals: row.get(place + 9)?,
    })
}
