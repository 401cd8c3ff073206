//! Equity at the end of each UTC day, and the statistics of daily returns.
//!
//! Returns are plain fractions; the first day starts at the initial balance. A year has 365 days,
//! as the venue trades on all of them. There is no risk-free rate.

use crate::Times;

use super::{DAY_MS, finite, float_count, ratio};

const DAYS_PER_YEAR: f64 = 365.0;
/// Daily returns that differ by less are equal: the rest is rounding of binary numbers.
const NOISE: f64 = 1e-12;

/// Equity at the end of each UTC day, from the first day of the run to the last.
pub(super) struct Days {
    /// Number of the first day, days since the epoch.
    pub(super) first: i64,
    /// One value a day. A day in which no candle closes ends as the day before.
    pub(super) ends: Vec<f64>,
}

impl Days {
    /// `time` holds close times in ms, ascending. A close at midnight belongs to the day it ends.
    pub(super) fn of(time: Times<'_>, equity: &[f64]) -> Self {
        let day = |close: i64| (close - 1).div_euclid(DAY_MS);
        let time = time.first(equity.len());
        let mut ends = Vec::new();
        let mut from = 0;
        while let Some(close) = time.get(from) {
            let today = day(close);
            let midnight = (today + 1) * DAY_MS;
            from += time.count_until(from, midnight).max(1);
            let nights = time.get(from).map_or(1, |next| day(next) - today);
            ends.extend((0..nights).map(|_| equity[from - 1]));
        }
        Self { first: time.get(0).map_or(0, day), ends }
    }
}

/// Returns of at least two days.
pub(super) struct DailyReturns {
    returns: Vec<f64>,
    mean: f64,
    /// Sample standard deviation.
    deviation: f64,
}

impl DailyReturns {
    /// `None` for fewer than two days, or when equity is not above zero at the end of each.
    pub(super) fn of(initial: f64, day_ends: &[f64]) -> Option<Self> {
        if day_ends.len() < 2 || initial <= 0.0 || day_ends.iter().any(|equity| *equity <= 0.0) {
            return None;
        }
        let mut previous = initial;
        let growth = |equity: &f64| equity / std::mem::replace(&mut previous, *equity) - 1.0;
        let returns: Vec<f64> = day_ends.iter().map(growth).collect();
        let days = float_count(returns.len());
        let mean = returns.iter().sum::<f64>() / days;
        let squares: f64 = returns.iter().map(|value| (value - mean).powi(2)).sum();
        Some(Self { returns, mean, deviation: (squares / (days - 1.0)).sqrt() })
    }

    /// Annualised standard deviation.
    pub(super) fn volatility(&self) -> Option<f64> {
        finite(self.deviation * DAYS_PER_YEAR.sqrt())
    }

    /// Sharpe (1994), annualised; `None` without variation.
    pub(super) fn sharpe_ratio(&self) -> Option<f64> {
        self.annualised(self.deviation)
    }

    /// Sortino and Price (1994) against a target of zero, annualised: the downside deviation is
    /// the root of the mean squared loss over all days. `None` without a losing day.
    pub(super) fn sortino_ratio(&self) -> Option<f64> {
        let squares: f64 = self.returns.iter().map(|value| value.min(0.0).powi(2)).sum();
        self.annualised((squares / float_count(self.returns.len())).sqrt())
    }

    fn annualised(&self, deviation: f64) -> Option<f64> {
        if deviation <= NOISE {
            return None;
        }
        ratio(self.mean, deviation).and_then(|daily| finite(daily * DAYS_PER_YEAR.sqrt()))
    }

    /// Historical value at risk: the 5 % quantile of daily returns with its sign turned. Between
    /// two ranks the quantile is interpolated (Hyndman and Fan 1996, type 7).
    pub(super) fn value_at_risk_95(&self) -> Option<f64> {
        let mut sorted = self.returns.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        // Twentieths of the way from the first rank to the last, in whole numbers.
        let twentieths = sorted.len() - 1;
        let (rank, rest) = (twentieths / 20, twentieths % 20);
        let next = sorted.get(rank + 1).unwrap_or(&sorted[rank]);
        finite(-(sorted[rank] + (next - sorted[rank]) * float_count(rest) / 20.0))
    }
}

/// Ulcer index (Martin 1987): root of the mean squared drawdown, over day ends. `None` without one.
pub(super) fn ulcer_index(initial: f64, day_ends: &[f64]) -> Option<f64> {
    let mut peak = initial;
    let drawdown = |equity: &f64| {
        peak = peak.max(*equity);
        (peak - equity) / peak
    };
    let squares: f64 = day_ends.iter().map(drawdown).map(|drawdown| drawdown.powi(2)).sum();
    ratio(squares, float_count(day_ends.len())).map(f64::sqrt)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sharpe(initial: f64, day_ends: &[f64]) -> Option<f64> {
        DailyReturns::of(initial, day_ends).and_then(|daily| daily.sharpe_ratio())
    }

    #[test]
    fn sharpe_needs_two_days_and_variation() {
        assert_eq!(sharpe(100.0, &[110.0]), None);
        assert_eq!(sharpe(100.0, &[100.0, 100.0, 100.0]), None);
        // Ten percent a day: equal but for rounding.
        assert_eq!(sharpe(100.0, &[110.0, 121.0, 133.1, 146.41]), None);
        // Returns 0.1 and -0.1: mean zero.
        assert!(sharpe(100.0, &[110.0, 99.0]).unwrap().abs() < 1e-12);
        // Returns 0.1 and 0.3: mean 0.2, sample deviation sqrt(0.02).
        let expected = 0.2 / 0.02f64.sqrt() * 365f64.sqrt();
        assert!((sharpe(100.0, &[110.0, 143.0]).unwrap() - expected).abs() < 1e-9);
    }

    #[test]
    fn an_account_without_equity_has_no_daily_statistics() {
        assert!(DailyReturns::of(100.0, &[110.0, 50.0, 0.0]).is_none());
        assert!(DailyReturns::of(100.0, &[110.0, -1.0]).is_none());
    }

    #[test]
    fn sortino_counts_losses_over_all_days() {
        // Returns 0.1, -0.2, 0.3: mean 0.2/3, downside deviation sqrt(0.04/3).
        let daily = DailyReturns::of(100.0, &[110.0, 88.0, 114.4]).unwrap();
        let expected = 0.2 / 3.0 / (0.04f64 / 3.0).sqrt() * 365f64.sqrt();
        assert!((daily.sortino_ratio().unwrap() - expected).abs() < 1e-9);
        let gains = DailyReturns::of(100.0, &[110.0, 143.0]).unwrap();
        assert_eq!(gains.sortino_ratio(), None);
    }

    #[test]
    fn value_at_risk_lies_between_the_ranks_of_the_quantile() {
        // 21 days: the 5 % quantile is exactly the second lowest return.
        let day_ends: Vec<f64> = (1..=21).map(|day| 100.0 + f64::from(day)).collect();
        let daily = DailyReturns::of(100.0, &day_ends).unwrap();
        assert!((daily.value_at_risk_95().unwrap() + (120.0 / 119.0 - 1.0)).abs() < 1e-12);
        // Returns 0.1 and -0.1: five percent of the way from the loss to the gain.
        let two = DailyReturns::of(100.0, &[110.0, 99.0]).unwrap();
        assert!((two.value_at_risk_95().unwrap() - 0.09).abs() < 1e-12);
    }

    #[test]
    fn ulcer_index_is_the_root_of_the_mean_square() {
        // Drawdowns 0, 0.2 and 0.1.
        let index = ulcer_index(100.0, &[100.0, 80.0, 90.0]).unwrap();
        assert!((index - (0.05f64 / 3.0).sqrt()).abs() < 1e-12);
        assert_eq!(ulcer_index(100.0, &[]), None);
    }

    #[test]
    fn a_close_at_midnight_ends_its_own_day() {
        let half = DAY_MS / 2;
        // Nothing closes on the third day, and the fourth ends at its midnight.
        let time = [half, DAY_MS, DAY_MS + 1, 4 * DAY_MS];
        let days = Days::of(Times::from(&time[..]), &[1.0, 2.0, 3.0, 4.0]);
        assert_eq!((days.first, days.ends), (0, vec![2.0, 3.0, 3.0, 4.0]));
        let weeks = Days::of(Times::from(&[11 * DAY_MS, 18 * DAY_MS][..]), &[1.0, 2.0]);
        assert_eq!(weeks.first, 10);
        assert_eq!(weeks.ends, [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0]);
        assert_eq!(Days::of(Times::from(&time[..]), &[1.0]).ends, [1.0]);
        assert!(Days::of(Times::from(&[][..]), &[]).ends.is_empty());
    }
}
