//! Table `funding`: one row per settlement of an instrument.
//!
//! A settlement is known by its minute and kind, since reported times jitter; the reported time is kept
//! beside it. Rates and prices are decimal texts, exact.

use domain::{Decimal, MarketKind, Price, Rate, Symbol, TimeRange, Timestamp};
use market::{Funding, FundingKind};
use rusqlite::{Connection, params};

/// First schema of the table.
pub(super) const MIGRATION: &str = "
CREATE TABLE funding (
    market TEXT NOT NULL,
    symbol TEXT NOT NULL,
    settled_at_ms INTEGER NOT NULL, -- time_ms rounded to the minute
    kind TEXT NOT NULL CHECK (kind IN ('regular', 'special')),
    time_ms INTEGER NOT NULL, -- as the venue reported it
    rate TEXT NOT NULL,
    mark TEXT,
    PRIMARY KEY (market, symbol, settled_at_ms, kind)
) STRICT, WITHOUT ROWID;
";

/// A stored row as it lies in the database.
struct Row {
    settled_at_ms: i64,
    kind: String,
    time_ms: i64,
    rate: String,
    mark: Option<String>,
}

/// What a row says without its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) market: String,
    pub(super) symbol: String,
    pub(super) settled_at: Timestamp,
    pub(super) is_regular: bool,
    pub(super) has_mark: bool,
}

/// Settlements whose minute lies inside `range`, ascending by minute and kind; `Err` holds the words of the
/// first row that this version cannot read.
pub(super) fn load(
    connection: &Connection,
    market: MarketKind,
    symbol: &Symbol,
    range: TimeRange,
) -> rusqlite::Result<Result<Vec<Funding>, String>> {
    let mut statement = connection.prepare_cached(
        "SELECT settled_at_ms, kind, time_ms, rate, mark FROM funding
         WHERE market = ?1 AND symbol = ?2 AND settled_at_ms >= ?3 AND settled_at_ms < ?4
         ORDER BY settled_at_ms, kind",
    )?;
    let (start, end) = (range.start.millis(), range.end.millis());
    let rows = statement.query_map(params![market.name(), symbol.as_str(), start, end], |row| {
        Ok(Row {
            settled_at_ms: row.get(0)?,
            kind: row.get(1)?,
            time_ms: row.get(2)?,
            rate: row.get(3)?,
            mark: row.get(4)?,
        })
    })?;
    let rows: Vec<Row> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(rows.iter().map(|row| funding_of(row).ok_or_else(|| words(row))).collect())
}

fn funding_of(row: &Row) -> Option<Funding> {
    let decimal = |text: &str| Decimal::from_str_exact(text).ok();
    let mark = match &row.mark {
        Some(text) => Some(Price::new(decimal(text)?).ok()?),
        None => None,
    };
    let kind: FundingKind = row.kind.parse().ok()?;
    let rate = Rate::new(decimal(&row.rate)?).ok()?;
    let funding = Funding { time: Timestamp::from_millis(row.time_ms), rate, mark, kind };
    (funding.settled_at().millis() == row.settled_at_ms).then_some(funding)
}

fn words(row: &Row) -> String {
    let Row { settled_at_ms, kind, time_ms, rate, mark } = row;
    let minute = Timestamp::from_millis(*settled_at_ms);
    format!("{minute}: expected a settlement, was {kind} {time_ms} {rate} {mark:?}")
}

/// All rows without their values, ascending by market, symbol, minute and kind.
pub(super) fn heads(connection: &Connection) -> rusqlite::Result<Vec<Head>> {
    let mut statement = connection.prepare_cached(
        "SELECT market, symbol, settled_at_ms, kind = 'regular', mark IS NOT NULL FROM funding
         ORDER BY market, symbol, settled_at_ms, kind",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(Head {
            market: row.get(0)?,
            symbol: row.get(1)?,
            settled_at: Timestamp::from_millis(row.get(2)?),
            is_regular: row.get(3)?,
            has_mark: row.get(4)?,
        })
    })?;
    rows.collect()
}

/// Writes a settlement over the one of the same minute and kind, if any.
pub(super) fn put(
    connection: &Connection,
    market: MarketKind,
    symbol: &Symbol,
    funding: &Funding,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO funding (market, symbol, settled_at_ms, kind, time_ms, rate, mark)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            market.name(),
            symbol.as_str(),
            funding.settled_at().millis(),
            funding.kind.name(),
            funding.time.millis(),
            funding.rate.to_string(),
            funding.mark.map(|mark| mark.to_string()),
        ])
        .map(|_| ())
}

pub(super) fn delete_one(
    connection: &Connection,
    market: MarketKind,
    symbol: &Symbol,
    funding: &Funding,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM funding WHERE market = ?1 AND symbol = ?2 AND settled_at_ms = ?3 AND kind = ?4",
        )?
        .execute(params![
            market.name(),
            symbol.as_str(),
            funding.settled_at().millis(),
            funding.kind.name()
        ])
        .map(|_| ())
}

/// Deletes all settlements of an instrument and returns how many there were.
pub(super) fn delete(
    connection: &Connection,
    market: MarketKind,
    symbol: &Symbol,
) -> rusqlite::Result<u64> {
    connection
        .prepare_cached("DELETE FROM funding WHERE market = ?1 AND symbol = ?2")?
        .execute([market.name(), symbol.as_str()])
        .map(|deleted| deleted as u64)
}
