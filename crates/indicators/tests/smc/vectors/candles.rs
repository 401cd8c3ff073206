//! The series that vectors were computed from.

use domain::{Candle, Timestamp};

use super::{Malformed, Row, Table};

const COLUMNS: [&str; 7] = ["i", "open_time", "open", "high", "low", "close", "volume"];

/// The candles of an `input` file, ascending by open time.
pub(super) fn read(table: &Table) -> Result<Vec<Candle>, Malformed> {
    let mut candles: Vec<Candle> = Vec::new();
    for row in table.rows(&COLUMNS)? {
        if row.place(0, usize::MAX)? != candles.len() {
            return Err(row.malformed(0, &candles.len().to_string()));
        }
        let candle = candle(&row)?;
        if candles.last().is_some_and(|last| candle.open_time <= last.open_time) {
            return Err(row.malformed(1, "a later time than the line before"));
        }
        candles.push(candle);
    }
    Ok(candles)
}

fn candle(row: &Row<'_>) -> Result<Candle, Malformed> {
    let millis = row.word(1).parse().map_err(|_| row.malformed(1, "milliseconds"))?;
    let candle = Candle {
        open_time: Timestamp::from_millis(millis),
        open: row.number(2)?,
        high: row.number(3)?,
        low: row.number(4)?,
        close: row.number(5)?,
        volume: row.number(6)?,
    };
    candle.validate().map_err(|error| row.malformed(2, &format!("a candle ({error})")))?;
    Ok(candle)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn check(lines: &str, expected: &str) {
        let text = format!("{}\n{lines}", COLUMNS.join(","));
        let found = match read(&Table::new(Path::new("input.csv"), text)) {
            Ok(candles) => format!("{} candles", candles.len()),
            Err(malformed) => malformed.to_string(),
        };
        assert!(found.starts_with(expected), "expected {expected}, was {found}");
    }

    #[test]
    fn a_series_is_numbered_and_goes_forward() {
        check("0,60000,2,3,1,2,0\n1,120000,2,3,1,2,0\n", "2 candles");
        check("0,60000,2,3,1,2,0\n2,120000,2,3,1,2,0\n", "input.csv:3: i: expected 1, was \"2\"");
        check("0,60000,2,3,1,2,0\n1,60000,2,3,1,2,0\n", "input.csv:3: open_time: expected a later");
        check("0,60000,2,1,3,2,0\n", "input.csv:2: open: expected a candle (");
    }
}
