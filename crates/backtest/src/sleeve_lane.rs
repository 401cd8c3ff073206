//! The candles of one sleeve as its strategy sees them: by role, closed ones only.

use std::sync::Arc;

use domain::{Role, Timestamp};
use market::{Cursor, Series};
use strategy::RoleCandles;

/// A sleeve's timeframes, the shortest first.
pub(crate) struct SleeveLane<'a> {
    /// Place of the lane that drives it.
    pub(crate) lane: usize,
    pub(crate) views: Vec<RoleCandles<'a>>,
    /// Its shortest timeframe, when that is the one that carries the fills.
    driving: Option<&'a Series>,
    cursors: Vec<Cursor<'a>>,
}

impl<'a> SleeveLane<'a> {
    /// `timeframes` are the shortest first; `fills` carries the fills of the instrument.
    pub(crate) fn new(
        lane: usize,
        timeframes: &'a [(Role, Arc<Series>)],
        fills: &'a Arc<Series>,
    ) -> Self {
        let views = timeframes.iter().map(|(role, series)| RoleCandles {
            role: *role,
            candles: series.closed(0),
            closed_now: false,
        });
        let drives = timeframes.first().is_some_and(|(_, series)| Arc::ptr_eq(series, fills));
        let driving: Option<&Series> = drives.then_some(&**fills);
        let higher = &timeframes[usize::from(drives)..];
        Self {
            lane,
            views: views.collect(),
            driving,
            cursors: higher.iter().map(|(_, series)| Cursor::new(series)).collect(),
        }
    }

    /// A sleeve of a session, whose series grow: of each timeframe the first `shown` candles have been shown.
    pub(crate) fn of_session(
        lane: usize,
        timeframes: impl Iterator<Item = (Role, &'a Series, usize)>,
    ) -> Self {
        let (mut views, mut cursors) = (Vec::new(), Vec::new());
        for (role, series, shown) in timeframes {
            let candles = series.closed(shown);
            views.push(RoleCandles { role, candles, closed_now: false });
            cursors.push(Cursor::at(series, shown));
        }
        Self { lane, views, driving: None, cursors }
    }

    /// How many candles of each timeframe have been shown.
    pub(crate) fn shown(&self) -> impl Iterator<Item = usize> {
        self.cursors.iter().map(Cursor::closed)
    }

    /// When the next candle of its shortest timeframe closes, ms since the epoch; the largest number after the last.
    pub(crate) fn next_shortest_close(&self) -> i64 {
        self.cursors.first().map_or(i64::MAX, Cursor::next_close)
    }

    /// Whether its shortest timeframe is the one that carries the fills.
    pub(crate) const fn is_driven_by_lane(&self) -> bool {
        self.driving.is_some()
    }

    /// When the next candle of a higher timeframe closes, ms since the epoch.
    #[inline]
    pub(crate) fn next_higher_close(&self) -> i64 {
        self.cursors.iter().map(Cursor::next_close).min().unwrap_or(i64::MAX)
    }

    /// Shows what has closed by `now`; `rows` is how many candles that carry fills have. Tells whether
    /// the shortest timeframe has a new candle.
    #[inline]
    pub(crate) fn closed(&mut self, rows: usize, now: Timestamp) -> bool {
        let Some(series) = self.driving else { return self.advance(0, now) };
        let first = &mut self.views[0];
        first.candles = series.closed(rows);
        first.closed_now = true;
        if !self.cursors.is_empty() {
            self.advance(1, now);
        }
        true
    }

    /// Moves the cursors of the views from `first` on; tells whether the first view has a new candle.
    #[inline]
    fn advance(&mut self, first: usize, now: Timestamp) -> bool {
        for (cursor, view) in self.cursors.iter_mut().zip(&mut self.views[first..]) {
            view.closed_now = cursor.advance_to(now);
            if view.closed_now {
                view.candles = cursor.candles();
            }
        }
        self.views[0].closed_now
    }
}
