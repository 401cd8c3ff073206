//! Table `watch`: the instruments that the user follows, in the user's order.

use domain::{MarketKind, Symbol, Timestamp};
use rusqlite::{Connection, Row, params};

use crate::sql_text::parsed;

/// First schema of the table.
pub(super) const MIGRATION: &str = "
CREATE TABLE watch (
    market TEXT NOT NULL,
    symbol TEXT NOT NULL,
    position INTEGER NOT NULL, -- from 0 without holes
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    added_at_ms INTEGER NOT NULL,
    PRIMARY KEY (market, symbol)
) STRICT, WITHOUT ROWID;
";

/// An instrument that the user follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    /// Its market.
    pub market: MarketKind,
    /// The instrument.
    pub symbol: Symbol,
    /// Whether its data is kept up to date.
    pub state: WatchState,
    /// When it was added.
    pub added_at: Timestamp,
}

/// Whether the data of a watched instrument is kept up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WatchState {
    /// It is.
    Active,
    /// It stays in the list, and nothing is fetched.
    Paused,
}

/// All watched instruments in their order.
pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<Watch>> {
    let mut statement = connection.prepare_cached(
        "SELECT market, symbol, is_active, added_at_ms FROM watch ORDER BY position",
    )?;
    let rows = statement.query_map([], watch)?;
    rows.collect()
}

fn watch(row: &Row<'_>) -> rusqlite::Result<Watch> {
    Ok(Watch {
        market: parsed(row, 0)?,
        symbol: parsed(row, 1)?,
        state: if row.get(2)? { WatchState::Active } else { WatchState::Paused },
        added_at: Timestamp::from_millis(row.get(3)?),
    })
}

/// Adds an instrument behind all others; whether it was not there.
pub(super) fn add(connection: &Connection, watch: &Watch) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "INSERT INTO watch (market, symbol, position, is_active, added_at_ms)
             VALUES (?1, ?2, (SELECT count(*) FROM watch), ?3, ?4) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            watch.market.name(),
            watch.symbol.as_str(),
            watch.state == WatchState::Active,
            watch.added_at.millis()
        ])
        .map(|added| added > 0)
}

/// Whether the instrument is there.
pub(super) fn set_state(
    connection: &Connection,
    market: MarketKind,
    symbol: &Symbol,
    state: WatchState,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("UPDATE watch SET is_active = ?3 WHERE market = ?1 AND symbol = ?2")?
        .execute(params![market.name(), symbol.as_str(), state == WatchState::Active])
        .map(|changed| changed > 0)
}

/// Writes the places of instruments in the order given.
pub(super) fn order(connection: &Connection, watches: &[Watch]) -> rusqlite::Result<()> {
    let mut statement = connection
        .prepare_cached("UPDATE watch SET position = ?3 WHERE market = ?1 AND symbol = ?2")?;
    for (position, watch) in (0i64..).zip(watches) {
        statement.execute(params![watch.market.name(), watch.symbol.as_str(), position])?;
    }
    Ok(())
}

/// Whether the instrument was there.
pub(super) fn delete(
    connection: &Connection,
    market: MarketKind,
    symbol: &Symbol,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("DELETE FROM watch WHERE market = ?1 AND symbol = ?2")?
        .execute(params![market.name(), symbol.as_str()])
        .map(|deleted| deleted > 0)
}
