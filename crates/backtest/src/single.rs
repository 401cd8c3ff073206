//! The loop over one instrument with one sleeve: the usual backtest.
//!
//! The same steps as at any instant (`drive`), but candles that only the strategy has to see are gone
//! through in a row.

use domain::SleeveId;
use engine::{Mark, Marks, candle_closed, decide, look, watched_from};
use market::Series;
use simulator::Wake;

use crate::drive::{Drive, OBSERVED_EVERY};
use crate::{Observer, Progress, RunError};

/// Most candles that are looked at in a row.
const STRETCH_MAX: usize = 32;

/// Candles whose prices are compared at once.
const AT_ONCE: usize = 8;

impl Drive<'_> {
    /// Goes through the candles of one instrument. The same steps as at any instant, but candles that
    /// only the strategy has to see are gone through in a row.
    pub(crate) fn over_one(&mut self, observer: Observer<'_>) -> Result<(), RunError> {
        let series = self.lanes[0].series;
        let closes = series.close();
        let total = series.len() as u64;
        let id = SleeveId::new(0);
        let mut wake = self.wake();
        let mut late = Late { time: i64::MIN, row: 0 };
        let (mut row, mut told) = (0, 0);
        while row < series.len() {
            let done = row as u64;
            if done >= told {
                if observer.advance(Progress { done, total }).is_break() {
                    return Err(RunError::Cancelled);
                }
                told = done + OBSERVED_EVERY;
            }
            let now = series.close_time(row);
            if wake.is_due((series.low()[row], series.high()[row]), now.millis()) {
                self.marks[0] = Mark { price: closes[row], time: now };
                self.lanes[0].stand_at(row);
                self.busy_candle(now)?;
                wake = self.wake();
            }
            self.sleeves[0].closed(row + 1, now);
            let watched = watched_from(&self.engine, id);
            let end = if self.books_changed || watched <= now.millis() {
                row + 1
            } else {
                let time = wake.time.min(watched).min(self.sleeves[0].next_higher_close());
                quiet_until(series, row + 1, wake, late.first(series, row + 1, time))
            };
            if watched <= now.millis() {
                self.marks[0] = Mark { price: closes[row], time: now };
                let at = (now, Marks(&self.marks));
                candle_closed(
                    &mut self.engine,
                    (id, &self.sleeves[0].views),
                    at,
                    &mut self.effects,
                );
                row += 1;
            } else {
                let rows = (series, row..end);
                let next =
                    look(&mut self.engine, id, rows, &mut self.sleeves[0].views).max(row + 1);
                self.worth.at_prices(&closes[row..next - 1], &mut self.equity);
                row = next;
            }
            let (last, close) = (row - 1, closes[row - 1]);
            let now = series.close_time(last);
            self.marks[0] = Mark { price: close, time: now };
            decide(&mut self.engine, id, (now, Marks(&self.marks)), &mut self.effects);
            if !self.effects.commands.is_empty() {
                self.lanes[0].stand_at(last);
                self.venue.pass(self.lanes[0].instrument, close, close);
                self.decided(0, id, now)?;
                wake = self.wake();
            }
            if self.books_changed {
                self.worth.refresh(self.engine.books().account());
                self.books_changed = false;
                if self.engine.is_depleted() {
                    self.equity.push(self.worth.at_price(close));
                    self.idle();
                    break;
                }
            }
            self.equity.push(self.worth.at_price(close));
        }
        self.lanes[0].stand_at(series.len());
        let _ = observer.advance(Progress { done: total, total }); // The run is complete; stopping has no meaning.
        Ok(())
    }

    /// What the next candle of the only instrument must do to matter.
    fn wake(&self) -> Wake {
        let lane = &self.lanes[0];
        let mut wake = self.venue.wake(lane.instrument);
        wake.time = wake.time.min(lane.next_settlement);
        if !self.delayed.is_empty() {
            wake.time = i64::MIN;
        }
        wake
    }
}

/// The first row that closes at or after a time: looked for once, not at every candle before it.
struct Late {
    time: i64,
    row: usize,
}

impl Late {
    /// The first row from `from` on that closes at or after `time`, ms since the epoch.
    #[inline]
    fn first(&mut self, series: &Series, from: usize, time: i64) -> usize {
        if time != self.time || from > self.row {
            *self = Self { time, row: first_closed_at(series, from, time) };
        }
        self.row
    }
}

/// Doubles its steps, as the row is seldom far, and halves what is left.
#[inline(never)]
fn first_closed_at(series: &Series, from: usize, time: i64) -> usize {
    let is_early = |row: usize| series.close_time(row).millis() < time;
    let (mut low, mut step) = (from, STRETCH_MAX);
    while low + step < series.len() && is_early(low + step) {
        low += step;
        step *= 2;
    }
    let mut high = series.len().min(low + step + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if is_early(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

/// The first row from `from` on whose candle may matter by its prices, `late`, or as far as a stretch goes.
#[inline]
fn quiet_until(series: &Series, from: usize, wake: Wake, late: usize) -> usize {
    let until = series.len().min(from + STRETCH_MAX).min(late);
    let (lows, highs) = (&series.low()[from..until], &series.high()[from..until]);
    let opens = series.open()[from..until].chunks_exact(AT_ONCE);
    let reaches = |low: f64, high: f64| (low <= wake.floor) | (high >= wake.ceiling);
    let mut row = from;
    let chunks = lows.chunks_exact(AT_ONCE).zip(highs.chunks_exact(AT_ONCE)).zip(opens);
    for ((lows, highs), opens) in chunks {
        // No open is below its low; a look at one keeps the column near for the fills.
        let first = opens[0] <= wake.floor;
        // Without a branch for each, they are compared side by side.
        let prices = lows.iter().zip(highs);
        if prices.fold(first, |any, (low, high)| any | reaches(*low, *high)) {
            break;
        }
        row += AT_ONCE;
    }
    while row < until && !reaches(lows[row - from], highs[row - from]) {
        row += 1;
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Candle, MarketKind, PriceScale, Timeframe, Timestamp};
    use market::{Columns, SeriesKey};
    use proptest::prelude::*;

    /// Minutes, some of them missing, with lows around 99 and highs around 101.
    fn series(moves: &[(bool, u8)]) -> Series {
        let mut columns = Columns::default();
        let mut minute = 0;
        for (skips, size) in moves {
            minute += if *skips { 7 } else { 1 };
            let size = f64::from(*size) / 100.0;
            columns.push(&Candle {
                open_time: Timestamp::from_millis(minute * 60_000),
                open: 100.0,
                high: 100.0 + size,
                low: 100.0 - size,
                close: 100.0,
                volume: 1.0,
            });
        }
        let key = SeriesKey::new(MarketKind::Demo, "TESTUSDT".parse().unwrap(), Timeframe::M1);
        Series::new(key, PriceScale::new(2), columns).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn a_stretch_ends_at_the_first_candle_that_matters(
            moves in proptest::collection::vec((any::<bool>(), 0u8..=100), 1..90),
            from in 0usize..90,
            (fall, rise) in (50u8..=101, 50u8..=101),
            minute in 0i64..400,
        ) {
            let series = series(&moves);
            let from = from.min(series.len());
            let wake = Wake {
                floor: 100.0 - f64::from(fall) / 100.0,
                ceiling: 100.0 + f64::from(rise) / 100.0,
                time: minute * 60_000,
            };
            let is_due = |row: &usize| {
                let range = (series.low()[*row], series.high()[*row]);
                wake.is_due(range, series.close_time(*row).millis())
            };
            let end = series.len().min(from + STRETCH_MAX);
            let expected = (from..end).find(is_due).unwrap_or(end);
            let mut late = Late { time: i64::MIN, row: 0 };
            let late = late.first(&series, from, wake.time);
            prop_assert_eq!(quiet_until(&series, from, wake, late), expected);
        }
    }
}
