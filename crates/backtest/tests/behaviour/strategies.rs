//! The built-in strategies on candles made by hand, where signals, levels and sizes are known.
//!
//! Prices are whole; candles last a minute from the epoch on. A wallet of 10000, no costs, no filters.

mod bollinger_squeeze;
mod dca;
mod donchian_breakout;
mod ema_trend;
mod funding_carry;
mod grid;
mod laws;
mod rsi_reversion;

use backtest::{RunData, RunResult, RunSpec, Trade};
use domain::{Money, Price, Role};
use market::Series;

use crate::scripts::{line, whole};
use crate::support::{data, decimal, minutes, run_data, spec};

/// A candle that goes nowhere.
pub(super) const fn still(price: i64) -> [i64; 4] {
    [price; 4]
}

/// A run of a strategy with as many entries per position as it is made of.
pub(super) fn spec_of(strategy: &str, parameters: &[(&str, &str)]) -> RunSpec {
    spec(strategy, parameters, "10000", "0")
}

/// One strategy with what it is run on.
pub(super) struct Play {
    pub(super) spec: RunSpec,
    pub(super) data: RunData,
}

pub(super) fn play(strategy: &str, parameters: &[(&str, &str)], candles: &[[i64; 4]]) -> Play {
    let timeframes = vec![(Role::Ltf, minutes(&whole(candles)))];
    Play { spec: spec_of(strategy, parameters), data: data(timeframes) }
}

impl Play {
    pub(super) fn with(mut self, change: impl FnOnce(&mut RunSpec)) -> Self {
        change(&mut self.spec);
        self
    }

    pub(super) fn and(mut self, role: Role, series: Series) -> Self {
        self.data.timeframes[0].push((role, series.into()));
        self
    }

    pub(super) fn run(&self) -> RunResult {
        run_data(&self.spec, &self.data)
    }

    /// Runs and compares the trades, one a line.
    #[track_caller]
    pub(super) fn check(&self, expected: &[&str]) -> RunResult {
        let result = self.run();
        let lines: Vec<String> = result.trades.iter().map(line).collect();
        assert_eq!(lines, expected, "skipped: {:?}", result.skipped);
        result
    }
}

/// The same candles upside down, around a price.
pub(super) fn mirrored(candles: &[[i64; 4]], around: i64) -> Vec<[i64; 4]> {
    let turned = |[open, high, low, close]: [i64; 4]| [open, low, high, close];
    candles.iter().map(|candle| turned(candle.map(|price| 2 * around - price))).collect()
}

/// Stop and target of a trade's signal as texts.
pub(super) fn levels(trade: &Trade) -> (String, String) {
    let text = |price: Option<Price>| price.map_or_else(|| "none".to_owned(), |it| it.to_string());
    (text(trade.stop_loss), text(trade.take_profit))
}

/// What the account has won.
pub(super) fn gain(result: &RunResult) -> Money {
    result.final_balance - result.initial_balance
}

pub(super) fn money(text: &str) -> Money {
    Money::new(decimal(text))
}
