//! The equity curve: one point per candle of the driving timeframe.

/// Equity at candle closes. Statistics: money is exact in the ledger, not here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EquityCurve {
    /// Close times (first instant after the candle), ms since the epoch, ascending.
    pub time: Vec<i64>,
    /// Wallet plus unrealised profit at the close, in quote asset.
    pub equity: Vec<f64>,
}

impl EquityCurve {
    /// Fall from the highest equity so far, `initial` included: fraction of that peak, 0 or more.
    #[must_use]
    pub fn drawdown(&self, initial: f64) -> Vec<f64> {
        let mut peak = initial;
        let fall = |equity: &f64| {
            peak = peak.max(*equity);
            if peak > 0.0 { (peak - equity) / peak } else { 0.0 }
        };
        self.equity.iter().map(fall).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawdown_is_measured_from_the_peak() {
        let curve = EquityCurve { time: vec![1, 2, 3], equity: vec![90.0, 120.0, 60.0] };
        assert_eq!(curve.drawdown(100.0), [0.1, 0.0, 0.5]);
    }
}
