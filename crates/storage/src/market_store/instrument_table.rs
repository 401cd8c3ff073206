//! Table `instrument`: the exchange rules of an instrument, one row for each time that they changed.

use domain::{MarketKind, Symbol, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::sql_text::parsed;

/// First schema of the table.
pub(super) const MIGRATION: &str = "
CREATE TABLE instrument (
    market TEXT NOT NULL,
    symbol TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    status TEXT NOT NULL,
    rules_json TEXT NOT NULL,
    seen_at_ms INTEGER NOT NULL,
    PRIMARY KEY (market, symbol, since_ms)
) STRICT, WITHOUT ROWID;
";

/// The rules of an instrument from a moment on. Words of the venue, opaque here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstrumentRules {
    /// Its market.
    pub market: MarketKind,
    /// The instrument.
    pub symbol: Symbol,
    /// From when on they hold, as far as is known.
    pub since: Timestamp,
    /// Whether it is traded, in the venue's word (`TRADING`).
    pub status: String,
    /// The rules as JSON.
    pub rules_json: String,
    /// When they were seen last.
    pub seen_at: Timestamp,
}

const COLUMNS: &str = "market, symbol, since_ms, status, rules_json, seen_at_ms";

fn rules(row: &Row<'_>) -> rusqlite::Result<InstrumentRules> {
    Ok(InstrumentRules {
        market: parsed(row, 0)?,
        symbol: parsed(row, 1)?,
        since: Timestamp::from_millis(row.get(2)?),
        status: row.get(3)?,
        rules_json: row.get(4)?,
        seen_at: Timestamp::from_millis(row.get(5)?),
    })
}

/// The rules of an instrument that hold at `time`.
pub(super) fn find(
    connection: &Connection,
    market: MarketKind,
    symbol: &Symbol,
    time: Timestamp,
) -> rusqlite::Result<Option<InstrumentRules>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM instrument WHERE market = ?1 AND symbol = ?2 AND since_ms <= ?3
             ORDER BY since_ms DESC LIMIT 1"
        ))?
        .query_row(params![market.name(), symbol.as_str(), time.millis()], rules)
        .optional()
}

/// The rules of all instruments of a market that hold at `time`, ascending by symbol.
pub(super) fn at(
    connection: &Connection,
    market: MarketKind,
    time: Timestamp,
) -> rusqlite::Result<Vec<InstrumentRules>> {
    // With max() the other columns are those of the row that has it (sqlite.org/lang_select.html, "bare columns").
    let mut statement = connection.prepare_cached(
        "SELECT market, symbol, max(since_ms), status, rules_json, seen_at_ms FROM instrument
         WHERE market = ?1 AND since_ms <= ?2 GROUP BY symbol ORDER BY symbol",
    )?;
    let rows = statement.query_map(params![market.name(), time.millis()], rules)?;
    rows.collect()
}

/// All rules that an instrument ever had, ascending by time.
pub(super) fn history(
    connection: &Connection,
    market: MarketKind,
    symbol: &Symbol,
) -> rusqlite::Result<Vec<InstrumentRules>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM instrument WHERE market = ?1 AND symbol = ?2 ORDER BY since_ms"
    ))?;
    let rows = statement.query_map(params![market.name(), symbol.as_str()], rules)?;
    rows.collect()
}

/// Notes that the rules of an instrument that begin to hold at `since` were seen again.
pub(super) fn see(
    connection: &Connection,
    rules: &InstrumentRules,
    since: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE instrument SET seen_at_ms = max(seen_at_ms, ?4)
             WHERE market = ?1 AND symbol = ?2 AND since_ms = ?3",
        )?
        .execute(params![
            rules.market.name(),
            rules.symbol.as_str(),
            since.millis(),
            rules.seen_at.millis()
        ])
        .map(|_| ())
}

/// Writes rules over those of the same moment, if any.
pub(super) fn put(connection: &Connection, rules: &InstrumentRules) -> rusqlite::Result<()> {
    connection
        .prepare_cached(&format!(
            "INSERT OR REPLACE INTO instrument ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        ))?
        .execute(params![
            rules.market.name(),
            rules.symbol.as_str(),
            rules.since.millis(),
            rules.status,
            rules.rules_json,
            rules.seen_at.millis()
        ])
        .map(|_| ())
}
