//! Table `series`: one row per market, symbol, timeframe and price.

use domain::{MarketKind, PriceKind, Symbol, Timeframe};
use market::SeriesKey;
use rusqlite::{Connection, OptionalExtension};

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

/// Adds the price; what was stored before is of last prices. A constraint cannot be changed in place, so the
/// table is made anew under its name.
pub(super) const MIGRATION_PRICE: &str = "
CREATE TABLE series_with_price (
    id INTEGER PRIMARY KEY,
    market TEXT NOT NULL,
    symbol TEXT NOT NULL,
    timeframe TEXT NOT NULL,
    price TEXT NOT NULL CHECK (price IN ('last', 'mark')),
    UNIQUE (market, symbol, timeframe, price)
) STRICT;
INSERT INTO series_with_price (id, market, symbol, timeframe, price)
    SELECT id, market, symbol, timeframe, 'last' FROM series;
DROP TABLE series;
ALTER TABLE series_with_price RENAME TO series;
";

pub(super) fn find(connection: &Connection, key: &SeriesKey) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached(
            "SELECT id FROM series WHERE market = ?1 AND symbol = ?2 AND timeframe = ?3 AND price = ?4",
        )?
        .query_row(params_of(key), |row| row.get(0))
        .optional()
}

pub(super) fn find_or_add(connection: &Connection, key: &SeriesKey) -> rusqlite::Result<i64> {
    if let Some(id) = find(connection, key)? {
        return Ok(id);
    }
    connection.execute(
        "INSERT INTO series (market, symbol, timeframe, price) VALUES (?1, ?2, ?3, ?4)",
        params_of(key),
    )?;
    Ok(connection.last_insert_rowid())
}

fn params_of(key: &SeriesKey) -> [&str; 4] {
    [key.market.name(), key.symbol.as_str(), key.timeframe.name(), key.price.name()]
}

pub(super) fn delete(connection: &Connection, id: i64) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM series WHERE id = ?1", [id]).map(|_| ())
}

/// All series; `Err` holds the words of a row that this version cannot read.
pub(super) fn all(
    connection: &Connection,
) -> rusqlite::Result<Vec<Result<(i64, SeriesKey), String>>> {
    let mut statement =
        connection.prepare_cached("SELECT id, market, symbol, timeframe, price FROM series")?;
    let rows = statement.query_map([], |row| {
        let words: [String; 4] = [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
        Ok((row.get(0)?, words))
    })?;
    rows.map(|row| {
        row.map(|(id, words)| key_of(&words).map(|key| (id, key)).ok_or_else(|| words.join(" ")))
    })
    .collect()
}

fn key_of([market, symbol, timeframe, price]: &[String; 4]) -> Option<SeriesKey> {
    let market: MarketKind = market.parse().ok()?;
    let symbol: Symbol = symbol.parse().ok()?;
    let timeframe: Timeframe = timeframe.parse().ok()?;
    let price: PriceKind = price.parse().ok()?;
    Some(SeriesKey::new(market, symbol, timeframe).of_price(price))
}
