//! Table `series`: one row per market, symbol and timeframe.

use domain::{MarketKind, Symbol, Timeframe};
use market::SeriesKey;
use rusqlite::{Connection, OptionalExtension, params};

/// First schema of the table.
pub(super) const MIGRATION: &str = "
CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    market TEXT NOT NULL,
    symbol TEXT NOT NULL,
    timeframe TEXT NOT NULL,
    UNIQUE (market, symbol, timeframe)
) STRICT;
";

pub(super) fn find(connection: &Connection, key: &SeriesKey) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached(
            "SELECT id FROM series WHERE market = ?1 AND symbol = ?2 AND timeframe = ?3",
        )?
        .query_row(params![key.market.name(), key.symbol.as_str(), key.timeframe.name()], |row| {
            row.get(0)
        })
        .optional()
}

pub(super) fn find_or_add(connection: &Connection, key: &SeriesKey) -> rusqlite::Result<i64> {
    if let Some(id) = find(connection, key)? {
        return Ok(id);
    }
    connection.execute(
        "INSERT INTO series (market, symbol, timeframe) VALUES (?1, ?2, ?3)",
        params![key.market.name(), key.symbol.as_str(), key.timeframe.name()],
    )?;
    Ok(connection.last_insert_rowid())
}

pub(super) fn delete(connection: &Connection, id: i64) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM series WHERE id = ?1", [id]).map(|_| ())
}

/// All series; `Err` holds the words of a row that this version cannot read.
pub(super) fn all(
    connection: &Connection,
) -> rusqlite::Result<Vec<Result<(i64, SeriesKey), String>>> {
    let mut statement =
        connection.prepare_cached("SELECT id, market, symbol, timeframe FROM series")?;
    let rows = statement.query_map([], |row| {
        let words: [String; 3] = [row.get(1)?, row.get(2)?, row.get(3)?];
        Ok((row.get(0)?, words))
    })?;
    rows.map(|row| {
        row.map(|(id, words)| key_of(&words).map(|key| (id, key)).ok_or_else(|| words.join(" ")))
    })
    .collect()
}

fn key_of([market, symbol, timeframe]: &[String; 3]) -> Option<SeriesKey> {
    let market: MarketKind = market.parse().ok()?;
    let symbol: Symbol = symbol.parse().ok()?;
    let timeframe: Timeframe = timeframe.parse().ok()?;
    Some(SeriesKey { market, symbol, timeframe })
}
