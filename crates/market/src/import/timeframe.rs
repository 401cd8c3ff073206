//! The candle length of a file, from its first rows.

use domain::{Timeframe, Timestamp};

use super::error::ImportError;
use super::layout::Field;
use super::row::Row;

/// Rows that are looked at.
pub(crate) const SAMPLE_ROWS: usize = 1024;

/// Finds the timeframe from close times, else from the smallest step between open times,
/// else takes what the request or the file name says.
pub(crate) fn find(rows: &[Row], stated: Option<Timeframe>) -> Result<Timeframe, ImportError> {
    from_close_times(rows)
        .or_else(|| from_steps(rows))
        .or_else(|| stated.filter(|_| rows.len() < 2))
        .ok_or_else(|| unknown(rows))
}

#[cold]
fn unknown(rows: &[Row]) -> ImportError {
    let (expected, was) = match smallest_step(rows) {
        Some(step) => (
            "close times or steps of 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M",
            format!("a smallest step of {} s", step as f64 / 1000.0),
        ),
        None => (
            "a close time, a second row, or the timeframe named with the import (--timeframe)",
            "a single row".to_owned(),
        ),
    };
    ImportError::UnknownTimeframe { expected: expected.to_owned(), was }
}

/// The length most close times agree on, if any.
fn from_close_times(rows: &[Row]) -> Option<Timeframe> {
    let mut votes = [0usize; Timeframe::ALL.len()];
    for row in rows.iter().filter(|row| row.has(Field::CloseTime)) {
        let exact = |timeframe: &Timeframe| {
            let open = Timestamp::from_millis(row.open_time);
            timeframe.is_aligned(open) && timeframe.next_open(open).millis() - 1 == row.close_time
        };
        if let Some(place) = Timeframe::ALL.iter().position(exact) {
            votes[place] += 1;
        }
    }
    let most = votes.iter().copied().max().filter(|most| *most > 0)?;
    votes.iter().position(|count| *count == most).map(|place| Timeframe::ALL[place])
}

fn from_steps(rows: &[Row]) -> Option<Timeframe> {
    let step = smallest_step(rows)?;
    let fixed = Timeframe::ALL.into_iter().find(|timeframe| timeframe.fixed_millis() == Some(step));
    let months = || {
        rows.iter().all(|row| Timeframe::Month1.is_aligned(Timestamp::from_millis(row.open_time)))
    };
    fixed.or_else(|| (step >= 28 * 86_400_000 && months()).then_some(Timeframe::Month1))
}

fn smallest_step(rows: &[Row]) -> Option<i64> {
    rows.windows(2).map(|pair| pair[1].open_time - pair[0].open_time).filter(|step| *step > 0).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::layout::FIELDS;

    fn row(open_time: i64, close_time: Option<i64>) -> Row {
        let present = if close_time.is_some() { 1 << Field::CloseTime as u16 } else { 0 };
        Row {
            line: 1,
            open_time,
            close_time: close_time.unwrap_or(0),
            values: [0.0; FIELDS],
            present,
        }
    }

    fn steps(times: &[i64]) -> Vec<Row> {
        times.iter().map(|minutes| row(minutes * 60_000, None)).collect()
    }

    #[test]
    fn close_times_decide_even_when_one_is_odd() {
        let rows = [row(0, Some(30_000)), row(60_000, Some(119_999)), row(600_000, Some(659_999))];
        assert_eq!(find(&rows, None).unwrap(), Timeframe::M1);
        let february = 1_675_209_600_000;
        assert_eq!(
            find(&[row(february, Some(february + 28 * 86_400_000 - 1))], None).unwrap(),
            Timeframe::Month1
        );
    }

    #[test]
    fn without_close_times_the_smallest_step_decides() {
        assert_eq!(find(&steps(&[0, 60, 75, 120]), None).unwrap(), Timeframe::M15);
        assert_eq!(find(&steps(&[0, 0, 5]), None).unwrap(), Timeframe::M5);
        assert!(
            find(&steps(&[0, 2, 4]), Some(Timeframe::M1))
                .unwrap_err()
                .to_string()
                .contains("120 s")
        );
    }

    #[test]
    fn a_single_row_needs_a_word_from_outside() {
        assert!(find(&steps(&[0]), None).unwrap_err().to_string().contains("a single row"));
        assert_eq!(find(&steps(&[0]), Some(Timeframe::H1)).unwrap(), Timeframe::H1);
    }
}
