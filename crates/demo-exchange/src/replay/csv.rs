//! Rows of candles and trades, read strictly into whole ticks and lots.

use super::ReplayError;
use crate::decimal_text::{decimals_of, units_of};
use crate::market::Trade;
use crate::market::trade::{MINUTE, Outline};

/// Largest time, id, price and quantity in their units: sums of a day stay far from the end of 64 bits.
const NUMBER_MAX: i64 = 1_000_000_000_000_000;

/// Recorded rows with the decimals of prices and quantities.
#[derive(Clone, Debug)]
pub(super) enum Rows {
    /// Not numbered yet.
    Candles(Vec<Outline>, (u8, u8)),
    Trades(Vec<Trade>, (u8, u8)),
}

impl Rows {
    /// Milliseconds; rows are never empty.
    pub(super) fn first_time(&self) -> i64 {
        match self {
            Self::Candles(candles, _) => candles.first().map_or(0, |candle| candle.minute * MINUTE),
            Self::Trades(trades, _) => {
                trades.first().map_or(0, |trade| trade.time.div_euclid(MINUTE) * MINUTE)
            }
        }
    }

    pub(super) fn last_minute(&self) -> i64 {
        match self {
            Self::Candles(candles, _) => candles.last().map_or(0, |candle| candle.minute),
            Self::Trades(trades, _) => {
                trades.last().map_or(0, |trade| trade.time.div_euclid(MINUTE))
            }
        }
    }

    /// Decimals, first price and mean volume of a minute.
    pub(super) fn shape(&self) -> ((u8, u8), i64, i64) {
        match self {
            Self::Candles(candles, decimals) => {
                let volume: i128 = candles.iter().map(|candle| i128::from(candle.volume)).sum();
                (
                    *decimals,
                    candles.first().map_or(1, |candle| candle.open),
                    mean(volume, candles.len()),
                )
            }
            Self::Trades(trades, decimals) => {
                let volume: i128 = trades.iter().map(|trade| i128::from(trade.quantity)).sum();
                let first = trades.first().map_or(0, |trade| trade.time);
                let minutes = trades.last().map_or(0, |trade| trade.time - first) / MINUTE + 1;
                let minutes = usize::try_from(minutes).unwrap_or(1);
                (*decimals, trades.first().map_or(1, |trade| trade.price), mean(volume, minutes))
            }
        }
    }
}

fn mean(sum: i128, count: usize) -> i64 {
    i64::try_from(sum / (count.max(1) as i128)).unwrap_or(i64::MAX)
}

/// One line with its number.
type Line<'a> = (usize, Vec<&'a str>);

/// Reads rows with or without a header line: eleven or twelve columns are candles, six or seven trades.
pub(super) fn read(text: &str) -> Result<Rows, ReplayError> {
    let lines = text.lines().map(str::trim_end).zip(1usize..).filter(|(line, _)| !line.is_empty());
    let mut lines: Vec<Line<'_>> =
        lines.map(|(line, number)| (number, line.split(',').collect())).collect();
    let has_header = lines
        .first()
        .is_some_and(|(_, cells)| cells[0].trim_start_matches('\u{feff}').parse::<i64>().is_err());
    if has_header {
        lines.remove(0);
    }
    let Some((number, first)) = lines.first() else {
        return Err(ReplayError::Empty);
    };
    match first.len() {
        11 | 12 => candles(&lines),
        6 | 7 => trades(&lines),
        _ => {
            Err(row(*number, "11 or 12 columns of a candle or 6 or 7 of a trade", &first.join(",")))
        }
    }
}

fn candles(lines: &[Line<'_>]) -> Result<Rows, ReplayError> {
    // One decimal more than was recorded, so that every volume can be cut into trades.
    let decimals = (most(lines, 1..5), most(lines, 5..6).saturating_add(1));
    let mut candles: Vec<Outline> = Vec::with_capacity(lines.len());
    for line in lines {
        let candle = candle(line, decimals)?;
        if candles.last().is_some_and(|last| last.minute >= candle.minute) {
            return Err(row(line.0, "rows ascending by open time", line.1[0]));
        }
        candles.push(candle);
    }
    Ok(Rows::Candles(candles, decimals))
}

fn candle(line: &Line<'_>, (price, quantity): (u8, u8)) -> Result<Outline, ReplayError> {
    let time = number(line, 0)?;
    let close = number(line, 6)?;
    if time % MINUTE != 0 || close - time != MINUTE - 1 {
        return Err(row(line.0, "a candle of one minute", &line.1.join(",")));
    }
    let [open, high, low, close] = [
        units(line, 1, price)?,
        units(line, 2, price)?,
        units(line, 3, price)?,
        units(line, 4, price)?,
    ];
    if low < 1 || high < open.max(close) || low > open.min(close) {
        return Err(row(line.0, "a low and a high that enclose open and close", &line.1.join(",")));
    }
    let volume = units(line, 5, quantity)?;
    Ok(Outline {
        minute: time / MINUTE,
        open,
        high,
        low,
        close,
        volume,
        first_aggregate: 0,
        aggregates: 0,
    })
}

fn trades(lines: &[Line<'_>]) -> Result<Rows, ReplayError> {
    let decimals = (most(lines, 1..2), most(lines, 2..3));
    let mut trades: Vec<Trade> = Vec::with_capacity(lines.len());
    for line in lines {
        let trade = trade(line, decimals)?;
        if trades
            .last()
            .is_some_and(|last| last.time > trade.time || last.aggregate >= trade.aggregate)
        {
            return Err(row(line.0, "rows ascending by id and time", line.1[0]));
        }
        trades.push(trade);
    }
    Ok(Rows::Trades(trades, decimals))
}

fn trade(line: &Line<'_>, (price, quantity): (u8, u8)) -> Result<Trade, ReplayError> {
    let id = number(line, 0)?;
    let buyer_is_maker = match line.1.get(5).copied() {
        Some("true") => true,
        Some("false") => false,
        other => {
            return Err(row(
                line.0,
                "true or false in the sixth column",
                other.unwrap_or_default(),
            ));
        }
    };
    let (price, quantity) = (units(line, 1, price)?, units(line, 2, quantity)?);
    if price < 1 || quantity < 1 {
        return Err(row(line.0, "a price and a quantity above zero", &line.1.join(",")));
    }
    Ok(Trade {
        aggregate: id,
        fills: (id, id),
        time: number(line, 4)?,
        price,
        quantity,
        buyer_is_maker,
    })
}

fn most(lines: &[Line<'_>], columns: std::ops::Range<usize>) -> u8 {
    let cells =
        lines.iter().flat_map(|(_, cells)| cells.iter().take(columns.end).skip(columns.start));
    cells.map(|cell| decimals_of(cell)).max().unwrap_or(0).min(8)
}

fn number(line: &Line<'_>, column: usize) -> Result<i64, ReplayError> {
    let cell = line.1.get(column).copied().unwrap_or_default();
    let number = cell.parse().ok().filter(|number| (0..=NUMBER_MAX).contains(number));
    number.ok_or_else(|| row(line.0, "milliseconds since 1970 or an id", cell))
}

fn units(line: &Line<'_>, column: usize, decimals: u8) -> Result<i64, ReplayError> {
    let cell = line.1.get(column).copied().unwrap_or_default();
    let units = units_of(cell, decimals).filter(|units| *units <= NUMBER_MAX);
    units.ok_or_else(|| row(line.0, "a plain decimal of at most 8 places and 15 digits", cell))
}

fn row(line: usize, expected: &'static str, was: &str) -> ReplayError {
    ReplayError::Row { line, expected, was: was.chars().take(80).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candles_are_read_with_and_without_a_header() {
        let line = "1746372780000,1827.29,1827.68,1827.27,1827.5,763.561,1746372839999,,,,";
        for text in [
            line.to_owned(),
            format!("open_time,open,high,low,close,volume,close_time,a,b,c,d\n{line}\n"),
        ] {
            let Rows::Candles(candles, decimals) = read(&text).unwrap() else { panic!("candles") };
            assert_eq!(decimals, (2, 4));
            assert_eq!((candles[0].close, candles[0].volume), (182_750, 7_635_610));
        }
    }

    fn check(text: &str, words: &str) {
        let error = read(text).unwrap_err().to_string();
        assert!(error.contains(words), "{text}: {error}");
    }

    #[test]
    fn bad_rows_are_named() {
        check("", "empty");
        check("1,2,3", "columns of a candle");
        check("1746372780000,1,1,1,1,5,1746373079999,,,,", "a candle of one minute");
        check("1746372780000,1,0.5,0.5,1,5,1746372839999,,,,", "enclose open and close");
        check("1746372780000,1,NaN,1,1,5,1746372839999,,,,", "a plain decimal");
        check("5,10.1,0.5,5.05,1000,maybe", "true or false");
        check(
            "5,10.1,0.5,5.05,1000,true\n5,10.1,0.5,5.05,1000,true",
            "line 2: expected rows ascending",
        );
    }
}
