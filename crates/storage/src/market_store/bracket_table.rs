//! Table `bracket`: the leverage brackets of an instrument, one row for each time that they changed.

use domain::{MarketKind, Symbol, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::sql_text::parsed;

/// First schema of the table.
pub(super) const MIGRATION: &str = "
CREATE TABLE bracket (
    market TEXT NOT NULL,
    symbol TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    brackets_json TEXT NOT NULL,
    seen_at_ms INTEGER NOT NULL,
    PRIMARY KEY (market, symbol, since_ms)
) STRICT, WITHOUT ROWID;
";

/// The leverage brackets of an instrument from a moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstrumentBrackets {
    /// Its market.
    pub market: MarketKind,
    /// The instrument.
    pub symbol: Symbol,
    /// From when on they hold.
    pub since: Timestamp,
    /// The brackets as JSON, opaque here.
    pub brackets_json: String,
    /// When they were seen last.
    pub seen_at: Timestamp,
}

const COLUMNS: &str = "market, symbol, since_ms, brackets_json, seen_at_ms";

fn brackets(row: &Row<'_>) -> rusqlite::Result<InstrumentBrackets> {
    Ok(InstrumentBrackets {
        market: parsed(row, 0)?,
        symbol: parsed(row, 1)?,
        since: Timestamp::from_millis(row.get(2)?),
        brackets_json: row.get(3)?,
        seen_at: Timestamp::from_millis(row.get(4)?),
    })
}

/// The brackets of an instrument that hold at `time`.
pub(super) fn find(
    connection: &Connection,
    (market, symbol): (MarketKind, &Symbol),
    time: Timestamp,
) -> rusqlite::Result<Option<InstrumentBrackets>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM bracket WHERE market = ?1 AND symbol = ?2 AND since_ms <= ?3
             ORDER BY since_ms DESC LIMIT 1"
        ))?
        .query_row(params![market.name(), symbol.as_str(), time.millis()], brackets)
        .optional()
}

/// All brackets that an instrument ever had, ascending by time.
pub(super) fn history(
    connection: &Connection,
    (market, symbol): (MarketKind, &Symbol),
) -> rusqlite::Result<Vec<InstrumentBrackets>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM bracket WHERE market = ?1 AND symbol = ?2 ORDER BY since_ms"
    ))?;
    let rows = statement.query_map(params![market.name(), symbol.as_str()], brackets)?;
    rows.collect()
}

/// Notes that the brackets of an instrument that begin to hold at `since` were seen again.
pub(super) fn see(
    connection: &Connection,
    brackets: &InstrumentBrackets,
    since: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE bracket SET seen_at_ms = max(seen_at_ms, ?4)
             WHERE market = ?1 AND symbol = ?2 AND since_ms = ?3",
        )?
        .execute(params![
            brackets.market.name(),
            brackets.symbol.as_str(),
            since.millis(),
            brackets.seen_at.millis()
        ])
        .map(|_| ())
}

/// Writes brackets over those of the same moment, if any.
pub(super) fn put(connection: &Connection, brackets: &InstrumentBrackets) -> rusqlite::Result<()> {
    connection
        .prepare_cached(&format!(
            "INSERT OR REPLACE INTO bracket ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5)"
        ))?
        .execute(params![
            brackets.market.name(),
            brackets.symbol.as_str(),
            brackets.since.millis(),
            brackets.brackets_json,
            brackets.seen_at.millis()
        ])
        .map(|_| ())
}
