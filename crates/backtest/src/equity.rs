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

    /// At most `points` (at least 4) rows that keep each stretch's lowest and highest equity.
    /// Rows are indexes into the curve, ascending.
    #[must_use]
    pub fn sampled_rows(&self, points: usize) -> Vec<usize> {
        let rows = self.equity.len();
        let points = points.max(4);
        if rows <= points {
            return (0..rows).collect();
        }
        let stretches = (points - 2) / 2;
        let mut kept = vec![0];
        for stretch in 0..stretches {
            let from = rows * stretch / stretches;
            let to = (rows * (stretch + 1) / stretches).max(from + 1);
            let by_equity = |a: &usize, b: &usize| self.equity[*a].total_cmp(&self.equity[*b]);
            let low = (from..to).min_by(by_equity).unwrap_or(from);
            let high = (from..to).max_by(by_equity).unwrap_or(from);
            kept.extend([low.min(high), low.max(high)]);
        }
        kept.push(rows - 1);
        kept.dedup();
        kept.sort_unstable();
        kept.dedup();
        kept
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

    #[test]
    fn sampling_keeps_ends_and_extremes() {
        let mut equity = vec![100.0; 10_000];
        equity[4321] = 500.0;
        equity[7777] = -5.0;
        let curve = EquityCurve { time: (0..10_000).collect(), equity };
        let rows = curve.sampled_rows(200);
        assert!(rows.len() <= 200);
        assert!([0, 4321, 7777, 9999].iter().all(|row| rows.contains(row)));
        assert!(rows.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
