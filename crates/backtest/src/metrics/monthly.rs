//! Returns of calendar months, UTC.

use domain::{Timeframe, Timestamp};

use super::daily::Days;
use super::{DAY_MS, MetricsInput, finite};

/// One calendar month of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MonthReturn {
    /// Year.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u32,
    /// Equity at its start: the end of the month before, in the first month the initial balance.
    pub start_equity: f64,
    /// Equity at the end of its last day in the run.
    pub end_equity: f64,
    /// Growth from start to end as a fraction; `None` unless it starts above zero.
    pub return_fraction: Option<f64>,
    /// Trades closed in it.
    pub trades: u64,
}

/// Each calendar month from the first day of the run to the last, ascending and without gaps.
/// Months multiply to years: `(1 + a) * (1 + b) - 1`.
///
/// A trade belongs to the month of its last fill; one closed at the very end of the run to the
/// last month.
///
/// # Panics
/// If `equity` is longer than `time`.
#[must_use]
pub fn monthly_returns(input: &MetricsInput<'_>) -> Vec<MonthReturn> {
    let (mut months, ends) = months(input);
    let Some(last) = months.len().checked_sub(1) else {
        return months;
    };
    for trade in input.trades {
        let month = ends.partition_point(|end| *end <= trade.exit_time);
        months[month.min(last)].trades += 1;
    }
    for month in &mut months {
        month.return_fraction = growth(month.start_equity, month.end_equity);
    }
    months
}

/// Months with their equity, and the first instant after each.
fn months(input: &MetricsInput<'_>) -> (Vec<MonthReturn>, Vec<Timestamp>) {
    let days = Days::of(input.time, input.equity);
    let (mut months, mut ends): (Vec<MonthReturn>, Vec<Timestamp>) = Default::default();
    let mut start_equity = input.initial_balance.to_f64();
    for (day, end_equity) in (days.first..).zip(days.ends) {
        let day = Timestamp::from_millis(day * DAY_MS);
        match (months.last_mut(), ends.last()) {
            (Some(month), Some(end)) if day < *end => month.end_equity = end_equity,
            _ => {
                let (year, month) = day.year_month();
                let (return_fraction, trades) = (None, 0);
                months.push(MonthReturn {
                    year,
                    month,
                    start_equity,
                    end_equity,
                    return_fraction,
                    trades,
                });
                ends.push(Timeframe::Month1.next_open(day));
            }
        }
        start_equity = end_equity;
    }
    (months, ends)
}

fn growth(start: f64, end: f64) -> Option<f64> {
    if start > 0.0 { finite(end / start - 1.0) } else { None }
}
