//! Volume profile of the last `length` candles: at which prices how much was traded, after J. Peter Steidlmayer's
//! Market Profile (Chicago Board of Trade, 1985).
//!
//! The range from the lowest low to the highest high of these candles is cut into `rows` equal rows, and the volume
//! of each candle spread evenly between its low and its high. Point of control = middle of the row with most
//! volume, of equal ones the lowest. The value area grows from there by the fuller of the two neighbouring rows, by
//! the upper one where they are equal, until it holds `share` of the volume. Nothing later than the newest candle
//! counts: rows are cut anew with each one.
//!
//! Without any volume the middle and the ends of the range are read, in a flat window three times its price. Not in
//! TA-Lib. Warm-up: `length` candles. Unit: that of the prices.
//!
//! Cost: not constant. Each candle spreads the whole window again, in steps proportional to `length` times the rows
//! that a candle spans (few), plus `rows`: moved rows cannot be carried over. About a microsecond with 100 candles.

use crate::{Highest, Lowest};
use domain::Candle;

/// Streaming volume profile.
#[derive(Clone, Debug)]
pub struct VolumeProfile {
    length: usize,
    share: f64,
    highest: Highest,
    lowest: Lowest,
    /// The last candles, in no order that matters.
    candles: Vec<Traded>,
    next: usize,
    rows: Box<[f64]>,
    reading: Option<VolumeProfileReading>,
}

/// Reading of a [`VolumeProfile`], in the unit of the prices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VolumeProfileReading {
    /// Middle of the row with most volume.
    pub point_of_control: f64,
    /// Upper end of the value area.
    pub value_area_high: f64,
    /// Lower end of the value area.
    pub value_area_low: f64,
}

#[derive(Clone, Copy, Debug)]
struct Traded {
    low: f64,
    high: f64,
    volume: f64,
    /// Volume over range; infinite or NaN without a range, where nobody asks for it.
    density: f64,
}

/// Where the rows lie.
#[derive(Clone, Copy, Debug)]
struct Grid {
    bottom: f64,
    height: f64,
    rows_per_unit: f64,
}

impl VolumeProfile {
    /// A profile of `length` candles in `rows` rows, at least one each, whose value area holds `share` of the
    /// volume, a fraction such as 0.7.
    #[must_use]
    pub fn new(length: usize, rows: usize, share: f64) -> Self {
        let length = length.max(1);
        Self {
            length,
            share,
            highest: Highest::new(length),
            lowest: Lowest::new(length),
            candles: Vec::with_capacity(length),
            next: 0,
            rows: vec![0.0; rows.max(1)].into(),
            reading: None,
        }
    }

    /// Takes one candle; the reading with it, `None` during warm-up.
    #[inline]
    pub fn push(&mut self, candle: &Candle) -> Option<VolumeProfileReading> {
        let Candle { low, high, volume, .. } = *candle;
        let traded = Traded { low, high, volume, density: volume / (high - low) };
        match self.candles.get_mut(self.next) {
            Some(oldest) => *oldest = traded,
            None => self.candles.push(traded),
        }
        self.next = if self.next + 1 == self.length { 0 } else { self.next + 1 };
        let (highest, lowest) = (self.highest.push(candle.high), self.lowest.push(candle.low));
        self.reading = Some(self.measure(lowest?, highest?));
        self.reading
    }

    /// The reading; `None` during warm-up.
    #[inline]
    #[must_use]
    pub const fn value(&self) -> Option<VolumeProfileReading> {
        self.reading
    }

    fn measure(&mut self, lowest: f64, highest: f64) -> VolumeProfileReading {
        let height = (highest - lowest) / crate::number(self.rows.len());
        let total = self.candles.iter().map(|it| it.volume).sum::<f64>();
        if height <= 0.0 || total <= 0.0 {
            return VolumeProfileReading {
                point_of_control: f64::midpoint(lowest, highest),
                value_area_high: highest,
                value_area_low: lowest,
            };
        }
        let grid = Grid { bottom: lowest, height, rows_per_unit: 1.0 / height };
        self.rows.fill(0.0);
        for traded in &self.candles {
            grid.spread(*traded, &mut self.rows);
        }
        let fullest = fullest(&self.rows);
        let (first, last) = value_area(&self.rows, fullest, self.share * total);
        VolumeProfileReading {
            point_of_control: grid.edge(fullest) + height / 2.0,
            value_area_high: if last + 1 == self.rows.len() {
                highest
            } else {
                grid.edge(last + 1)
            },
            value_area_low: grid.edge(first),
        }
    }
}

impl Grid {
    /// Lower end of a row.
    #[inline]
    fn edge(self, row: usize) -> f64 {
        self.bottom + self.height * crate::number(row)
    }

    /// The row of a price, the last one for prices at the top.
    #[inline]
    fn row(self, price: f64, rows: usize) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "prices are not below the bottom, and casts saturate"
        )]
        let row = ((price - self.bottom) * self.rows_per_unit) as usize;
        row.min(rows - 1)
    }

    /// Adds a candle's volume to the rows between its low and its high, by the part of its range in each.
    #[inline]
    fn spread(self, traded: Traded, rows: &mut [f64]) {
        let Traded { low, high, volume, density } = traded;
        let (first, last) = (self.row(low, rows.len()), self.row(high, rows.len()));
        if first == last {
            rows[first] += volume;
            return;
        }
        rows[first] += density * (self.edge(first + 1) - low).max(0.0);
        rows[first + 1..last].iter_mut().for_each(|row| *row += density * self.height);
        rows[last] += density * (high - self.edge(last)).max(0.0);
    }
}

fn fullest(rows: &[f64]) -> usize {
    let mut fullest = 0;
    for (row, volume) in rows.iter().enumerate() {
        if *volume > rows[fullest] {
            fullest = row;
        }
    }
    fullest
}

/// First and last row of the smallest area grown from `fullest` that holds `wanted`.
fn value_area(rows: &[f64], fullest: usize, wanted: f64) -> (usize, usize) {
    let (mut first, mut last) = (fullest, fullest);
    let mut held = rows[fullest];
    while held < wanted {
        let below = first.checked_sub(1).map(|row| rows[row]);
        let above = rows.get(last + 1).copied();
        match (below, above) {
            (Some(below), Some(above)) if below > above => {
                first -= 1;
                held += below;
            }
            (_, Some(above)) => {
                last += 1;
                held += above;
            }
            (Some(below), None) => {
                first -= 1;
                held += below;
            }
            (None, None) => break,
        }
    }
    (first, last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::traded;

    fn last(candles: &[Candle], share: f64) -> Option<[f64; 3]> {
        let mut profile = VolumeProfile::new(candles.len(), 4, share);
        let reading = candles.iter().map(|candle| profile.push(candle)).last().flatten();
        assert_eq!(reading, profile.value());
        reading.map(|it| [it.point_of_control, it.value_area_high, it.value_area_low])
    }

    #[test]
    fn volume_is_spread_over_the_range_of_each_candle() {
        // Rows of height 2 from 0: 10 in each, 30 more in the second, 6 and 2 more from 3.5 to 5.5.
        let candles =
            [traded(8.0, 0.0, 1.0, 40.0), traded(3.0, 2.0, 2.0, 30.0), traded(5.5, 3.5, 4.0, 8.0)];
        assert_eq!(last(&candles, 0.5), Some([3.0, 4.0, 2.0]), "42 of 78 are enough");
        assert_eq!(last(&candles, 0.7), Some([3.0, 6.0, 2.0]), "16 above against 10 below");
        assert_eq!(last(&candles, 1.0), Some([3.0, 8.0, 0.0]));
    }

    #[test]
    fn equal_rows_have_an_order() {
        let even = [traded(8.0, 0.0, 1.0, 4.0)];
        assert_eq!(last(&even, 0.5), Some([1.0, 4.0, 0.0]), "the lowest row, then upwards");
        assert_eq!(last(&[even[0], even[0]], 0.0), Some([1.0, 2.0, 0.0]));
    }

    #[test]
    fn without_volume_or_range_the_prices_are_read() {
        assert_eq!(last(&[traded(8.0, 0.0, 1.0, 0.0)], 0.7), Some([4.0, 8.0, 0.0]));
        assert_eq!(last(&[traded(0.1, 0.1, 0.1, 5.0)], 0.7), Some([0.1; 3]));
    }

    #[test]
    fn old_candles_are_forgotten() {
        let mut profile = VolumeProfile::new(1, 4, 0.7);
        profile.push(&traded(900.0, 100.0, 300.0, 1e9));
        let reading = profile.push(&traded(8.0, 8.0, 8.0, 1.0)).unwrap();
        assert_eq!(reading.value_area_high, 8.0);
    }
}
