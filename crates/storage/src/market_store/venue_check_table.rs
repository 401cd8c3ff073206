//! Table `venue_check`: which longer candles of a venue were compared with what the stored shorter ones make; those that
//! differed lie in `venue_candle`. A row a day, a bit a candle.

use std::collections::BTreeMap;

use domain::{TimeRange, Timeframe, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

use crate::sql_text::parsed;

/// First schema of the table.
pub(super) const MIGRATION: &str = "
CREATE TABLE venue_check (
    series_id INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE, -- the shorter candles
    timeframe TEXT NOT NULL, -- an hour or longer
    day_ms INTEGER NOT NULL, -- start of the day in which the candles open, UTC
    compared INTEGER NOT NULL, -- bit n: the candle that opens n lengths after the start of the day
    checked_at_ms INTEGER NOT NULL,
    PRIMARY KEY (series_id, timeframe, day_ms)
) STRICT, WITHOUT ROWID;
";

/// Notes which candles that open inside `range` were compared; of the others there, that they were not.
pub(super) fn put(
    connection: &Connection,
    (series_id, timeframe): (i64, Timeframe),
    (range, compared): (TimeRange, &[Timestamp]),
    now: Timestamp,
) -> rusqlite::Result<()> {
    let mut days: BTreeMap<Timestamp, (i64, i64)> = BTreeMap::new();
    let mut open = timeframe.open_of(range.start);
    while open < range.end {
        let (day, bit) = place(timeframe, open);
        days.entry(day).or_default().0 |= bit;
        open = timeframe.next_open(open);
    }
    for open in compared.iter().filter(|open| range.contains(**open)) {
        let (day, bit) = place(timeframe, *open);
        days.entry(day).or_default().1 |= bit;
    }
    for (day, (looked_at, compared)) in days {
        let of = params![series_id, timeframe.name(), day.millis()];
        let before: Option<i64> = connection
            .prepare_cached(
                "SELECT compared FROM venue_check WHERE series_id = ?1 AND timeframe = ?2 AND day_ms = ?3",
            )?
            .query_row(of, |row| row.get(0))
            .optional()?;
        let compared = before.unwrap_or(0) & !looked_at | compared;
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO venue_check (series_id, timeframe, day_ms, compared, checked_at_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![series_id, timeframe.name(), day.millis(), compared, now.millis()])?;
    }
    Ok(())
}

/// How many candles of each timeframe were compared, and when the last ones were. Only those of which there is one.
pub(super) fn counts(
    connection: &Connection,
    series_id: i64,
) -> rusqlite::Result<BTreeMap<Timeframe, (u64, Timestamp)>> {
    let mut statement = connection.prepare_cached(
        "SELECT timeframe, compared, checked_at_ms FROM venue_check WHERE series_id = ?1 AND compared <> 0",
    )?;
    let rows = statement.query_map([series_id], |row| {
        let (compared, at): (i64, i64) = (row.get(1)?, row.get(2)?);
        Ok((parsed::<Timeframe>(row, 0)?, compared.count_ones(), Timestamp::from_millis(at)))
    })?;
    let mut counts = BTreeMap::new();
    for row in rows {
        let (timeframe, compared, at) = row?;
        let (total, last) = counts.entry(timeframe).or_insert((0, at));
        *total += u64::from(compared);
        *last = at.max(*last);
    }
    Ok(counts)
}

/// The day of a candle and its bit there. The lengths from an hour on have at most 24 a day.
fn place(timeframe: Timeframe, open: Timestamp) -> (Timestamp, i64) {
    let day = open.day_start();
    let number = timeframe.count_between(day, open).min(62);
    (day, 1 << number)
}
