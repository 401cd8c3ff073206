//! Results of trades as multiples of what they risked (R multiples, Tharp).
//!
//! The initial risk is the distance from the average entry to the first stop times the quantity.
//! It is known only where a stop lies on the losing side of the entry.

use domain::{Direction, Money};
use engine::Trade;

use super::{finite, float_count, ratio};

/// Results that differ by less than this fraction of their mean are equal: the rest is rounding of
/// binary numbers.
const NOISE: f64 = 1e-12;

/// Results of all trades and the multiples of those with a known risk.
#[derive(Clone, Debug, Default)]
pub(super) struct RiskMultiples {
    nets: Vec<f64>,
    multiples: Vec<f64>,
}

impl RiskMultiples {
    pub(super) fn with_capacity(trades: usize) -> Self {
        Self { nets: Vec::with_capacity(trades), multiples: Vec::with_capacity(trades) }
    }

    #[inline]
    pub(super) fn add(&mut self, trade: &Trade, net: Money) {
        let net = net.to_f64();
        self.nets.push(net);
        self.multiples.extend(initial_risk(trade).and_then(|risk| finite(net / risk)));
    }

    /// Mean multiple; `None` where no risk is known.
    pub(super) fn mean(&self) -> Option<f64> {
        mean(&self.multiples)
    }

    /// System quality number (Tharp): root of the number of trades times mean divided by sample
    /// standard deviation, of multiples if every trade has one, of net profits otherwise. `None`
    /// for fewer than two trades or without variation.
    pub(super) fn system_quality(&self) -> Option<f64> {
        let all_known = self.multiples.len() == self.nets.len();
        let results = if all_known { &self.multiples } else { &self.nets };
        let mean = mean(results)?;
        let squares: f64 = results.iter().map(|result| (result - mean).powi(2)).sum();
        let deviation = ratio(squares, float_count(results.len()) - 1.0)?.sqrt();
        if deviation <= NOISE * mean.abs() {
            return None;
        }
        ratio(mean, deviation)
            .and_then(|quality| finite(quality * float_count(results.len()).sqrt()))
    }
}

fn mean(results: &[f64]) -> Option<f64> {
    ratio(results.iter().sum(), float_count(results.len()))
}

/// In quote asset; `None` without a stop on the losing side of the entry.
#[inline]
fn initial_risk(trade: &Trade) -> Option<f64> {
    let distance = trade.entry_price.to_f64() - trade.stop_loss?.to_f64();
    let distance = match trade.direction {
        Direction::Long => distance,
        Direction::Short => -distance,
    };
    (distance > 0.0).then(|| distance * trade.quantity.to_f64())
}
