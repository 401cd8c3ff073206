//! Candles in a row that nobody but the strategy looks at.
//!
//! Between two things that happen to a sleeve there are candles that only its strategy has to see.
//! Showing them one after another in one place spares the kernel its own round at each of them.

use std::ops::Range;

use domain::Role;
use market::Series;

use crate::{Context, PositionView, RoleCandles, Surroundings};

/// Candles of the shortest timeframe one after another, shown as they close. While they do, no order
/// is filled, the position stays as it is, and no candle of a higher timeframe closes but at the first.
#[derive(Debug)]
pub struct Stretch<'v, 'a> {
    series: &'a Series,
    role: Role,
    rows: Range<usize>,
    first: usize,
    higher: &'v mut [RoleCandles<'a>],
    position: Option<&'v PositionView>,
    surroundings: Surroundings<'v>,
}

impl<'v, 'a> Stretch<'v, 'a> {
    /// `rows` of `series`, the shortest timeframe, which has this role; `higher` are the others as they
    /// are at the first row.
    #[must_use]
    pub const fn new(
        (role, series): (Role, &'a Series),
        rows: Range<usize>,
        higher: &'v mut [RoleCandles<'a>],
        position: Option<&'v PositionView>,
        surroundings: Surroundings<'v>,
    ) -> Self {
        Self { series, role, first: rows.start, rows, higher, position, surroundings }
    }

    /// The moment at which the next candle has closed; `None` after the last.
    #[inline]
    pub fn next_close(&mut self) -> Option<Context<'_>> {
        let row = self.rows.next()?;
        if row == self.first + 1 {
            self.leave_first();
        }
        let candles = self.series.closed(row + 1);
        let shortest = RoleCandles { role: self.role, candles, closed_now: true };
        Some(Context::at_close(shortest, self.higher, self.position, self.surroundings))
    }

    /// From the second candle on no higher one has just closed.
    #[cold]
    #[inline(never)]
    fn leave_first(&mut self) {
        for view in &mut *self.higher {
            view.closed_now = false;
        }
    }

    /// The first row that has not been shown.
    #[inline]
    #[must_use]
    pub const fn next_row(&self) -> usize {
        self.rows.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Candle, MarketKind, PriceScale, Timeframe, Timestamp};
    use market::{Columns, SeriesKey};

    fn series(timeframe: Timeframe, rows: i64) -> Series {
        let mut columns = Columns::default();
        for row in 0..rows {
            let open_time = Timestamp::from_millis(row * timeframe.longest_millis());
            let (open, high, low, close) = (1.0, 1.0, 1.0, 1.0);
            columns.push(&Candle { open_time, open, high, low, close, volume: 1.0 });
        }
        let key = SeriesKey::new(MarketKind::Demo, "TESTUSDT".parse().unwrap(), timeframe);
        Series::new(key, PriceScale::new(0), columns).unwrap()
    }

    #[test]
    fn candles_are_shown_one_by_one_and_higher_ones_close_at_the_first_only() {
        let (minutes, fives) = (series(Timeframe::M1, 9), series(Timeframe::M5, 1));
        let view = |role, candles, closed_now| RoleCandles { role, candles, closed_now };
        let mut higher = [view(Role::Htf, fives.closed(1), true)];
        let mut stretch = {
            let nothing = Surroundings::default();
            Stretch::new((Role::Ltf, &minutes), 4..7, &mut higher, None, nothing)
        };
        let mut seen = Vec::new();
        while let Some(context) = stretch.next_close() {
            let closed = context.just_closed(Role::Ltf).unwrap().len();
            seen.push((context.now().millis(), closed, context.just_closed(Role::Htf).is_some()));
        }
        assert_eq!(seen, [(300_000, 5, true), (360_000, 6, false), (420_000, 7, false)]);
        assert_eq!(stretch.next_row(), 7);
    }
}
