//! Money flow index (MFI) after Gene Quong and Avrum Soudack, "Volume-Weighted RSI: Money Flow" (Technical Analysis
//! of Stocks & Commodities, 1989).
//!
//! Money flow = typical price * volume, upward or downward as the typical price rose or fell, neither when it
//! stayed but for rounding; MFI = 100 * upward / (upward + downward) over `length` candles. As TA-Lib's MFI, except
//! without flow: 50, where TA-Lib reads 0, which it does for all flows below 1. Warm-up: `length + 1` candles.
//! Unit: none, 0 to 100.

use crate::Source;
use crate::rolling::{Merge, Rolling};
use crate::spread::ROUNDING;
use domain::Candle;

/// Streaming MFI.
#[derive(Clone, Debug)]
pub struct Mfi {
    previous: Option<f64>,
    flows: Rolling<Flow>,
    index: Option<f64>,
}

/// Money that flowed, in the quote asset.
#[derive(Clone, Copy, Debug)]
struct Flow {
    up: f64,
    down: f64,
}

impl Merge for Flow {
    #[inline]
    fn merge(self, newer: Self) -> Self {
        Self { up: self.up + newer.up, down: self.down + newer.down }
    }
}

impl Mfi {
    /// An MFI over `length` changes of the price, at least one.
    #[must_use]
    pub fn new(length: usize) -> Self {
        Self { previous: None, flows: Rolling::new(length), index: None }
    }

    /// Takes one candle; the reading with it, `None` during warm-up.
    #[inline]
    pub fn push(&mut self, candle: &Candle) -> Option<f64> {
        let price = Source::Hlc3.of(candle);
        let previous = self.previous.replace(price)?;
        let (change, rounding) = (price - previous, previous * ROUNDING);
        let flow = price * candle.volume;
        let flow = Flow {
            up: if change > rounding { flow } else { 0.0 },
            down: if change < -rounding { flow } else { 0.0 },
        };
        self.index = self.flows.push(flow).map(|Flow { up, down }| {
            let both = up + down;
            if both > 0.0 { 100.0 * (up / both) } else { 50.0 }
        });
        self.index
    }

    /// The reading; `None` during warm-up.
    #[inline]
    #[must_use]
    pub const fn value(&self) -> Option<f64> {
        self.index
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::traded;

    fn last(candles: &[(f64, f64)]) -> Option<f64> {
        let mut mfi = Mfi::new(2);
        let push =
            |(price, volume): &(f64, f64)| mfi.push(&traded(*price, *price, *price, *volume));
        let last = candles.iter().map(push).last().flatten();
        assert_eq!(last, mfi.value());
        last
    }

    #[test]
    fn money_flows_with_the_price() {
        assert_eq!(last(&[(1.0, 1.0), (2.0, 1.0)]), None);
        // Up 2 * 3, down 1 * 2.
        assert_eq!(last(&[(1.0, 1.0), (2.0, 3.0), (1.0, 2.0)]), Some(75.0));
    }

    #[test]
    fn rounding_is_no_change() {
        let mut mfi = Mfi::new(1);
        // Both sums are 300.6; divided by three they differ in the last digit.
        mfi.push(&traded(100.3, 100.1, 100.2, 1.0));
        assert_eq!(mfi.push(&traded(100.2, 100.2, 100.2, 1.0)), Some(50.0));
    }

    #[test]
    fn without_flow_the_middle_is_read() {
        assert_eq!(last(&[(0.1, 5.0); 6]), Some(50.0), "no change of price");
        assert_eq!(
            last(&[(1.0, 1e9), (2.0, 1e9), (1.0, 0.0), (2.0, 0.0)]),
            Some(50.0),
            "no volume"
        );
    }
}
