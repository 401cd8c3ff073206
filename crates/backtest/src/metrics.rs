//! Key figures of a run and the words that define them.
//!
//! Money and counts are exact; ratios of statistics are `f64`. What is undefined is
//! absent, never zero and never infinite. [`Metrics::of`] makes no lists; months, drawdown periods
//! and streaks are functions of their own.

mod daily;
mod direction;
mod exposure;
mod extremes;
mod falls;
mod monthly;
mod periods;
mod risk_multiples;
mod streaks;
mod table;
mod tally;

use domain::{Decimal, Money, Timestamp};
use engine::Trade;

use crate::Times;

use crate::Excursion;
use daily::{DailyReturns, Days};
pub use direction::DirectionMetrics;
use exposure::Exposure;
pub(crate) use extremes::{highest, lowest};
use falls::Deepest;
pub use monthly::{MonthReturn, monthly_returns};
pub use periods::{DrawdownPeriod, drawdown_periods};
pub use streaks::{Outcome, Streak, streaks};
pub use table::{MetricGroup, MetricRow, MetricUnit, MetricValue};
pub(crate) use tally::Tally;

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: f64 = 3_600_000.0;
const YEAR_MS: f64 = 365.0 * 24.0 * HOUR_MS;

/// What the figures are computed from.
#[derive(Clone, Copy, Debug)]
pub struct MetricsInput<'a> {
    /// Start of the run: open of its first candle.
    pub start: Timestamp,
    /// Instants of the run: close times (first instant after the candle), ms since the epoch,
    /// ascending, all after `start`.
    pub time: Times<'a>,
    /// Wallet plus unrealised profit at each of them, in quote asset.
    pub equity: &'a [f64],
    /// First deposit, greater than zero.
    pub initial_balance: Money,
    /// Wallet at the end, everything closed.
    pub final_balance: Money,
    /// Closed round trips in order of closing.
    pub trades: &'a [Trade],
}

/// Key figures. Fractions, not percent; money in quote asset; net means after all costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Metrics {
    /// First deposit.
    pub initial_balance: Money,
    /// Wallet at the end, everything closed.
    pub final_balance: Money,
    /// final - initial.
    pub net_profit: Money,
    /// (final - initial) / initial, rounded to twelve decimals.
    pub total_return: Decimal,
    /// Compound annual growth rate.
    pub cagr: Option<f64>,
    /// Largest fall of equity from its peak, at candle closes, fraction of the peak.
    pub max_drawdown: f64,
    /// Largest fall of equity from its peak, at candle closes.
    pub max_drawdown_amount: f64,
    /// Longest time from a peak until it was reached again or the run ended, in hours.
    pub max_drawdown_hours: f64,
    /// Root of the mean squared drawdown of day ends, a fraction.
    pub ulcer_index: Option<f64>,
    /// Annualised standard deviation of daily returns.
    pub volatility: Option<f64>,
    /// Loss that one day in twenty exceeds, a fraction; negative where that day still gains.
    pub value_at_risk_95: Option<f64>,
    /// Annualised Sharpe ratio of daily returns.
    pub sharpe_ratio: Option<f64>,
    /// Annualised Sortino ratio of daily returns.
    pub sortino_ratio: Option<f64>,
    /// Annual growth divided by the largest drawdown.
    pub calmar_ratio: Option<f64>,
    /// Net profit divided by the largest drawdown in quote asset.
    pub recovery_factor: Option<f64>,
    /// Closed round trips.
    pub total_trades: u64,
    /// Trades with a net profit above zero.
    pub winning_trades: u64,
    /// Trades with a net profit below zero.
    pub losing_trades: u64,
    /// Winning trades divided by all trades, rounded to twelve decimals.
    pub win_rate: Option<Decimal>,
    /// Net gains of winners divided by net losses of losers.
    pub profit_factor: Option<Decimal>,
    /// Mean net profit of a trade: its expectancy.
    pub avg_trade: Option<Money>,
    /// Mean net profit of a winner.
    pub avg_win: Option<Money>,
    /// Mean net loss of a loser, negative.
    pub avg_loss: Option<Money>,
    /// Average win divided by the size of the average loss, rounded to twelve decimals.
    pub payoff_ratio: Option<Decimal>,
    /// Largest net profit of a trade.
    pub best_trade: Option<Money>,
    /// Smallest net profit of a trade.
    pub worst_trade: Option<Money>,
    /// Mean multiple of the initial risk.
    pub expectancy_ratio: Option<f64>,
    /// System quality number.
    pub sqn: Option<f64>,
    /// Longest run of winning trades.
    pub max_consecutive_wins: u64,
    /// Longest run of losing trades.
    pub max_consecutive_losses: u64,
    /// Mean maximum adverse excursion.
    pub avg_mae: Option<Money>,
    /// Mean maximum favourable excursion.
    pub avg_mfe: Option<Money>,
    /// Trades in which policy decided about an unknown order of events inside a candle.
    pub ambiguous_trades: u64,
    /// Trades that ended in a liquidation.
    pub liquidations: u64,
    /// Fees of all fills.
    pub total_commission: Money,
    /// What slippage cost, part of the profit.
    pub total_slippage: Money,
    /// Funding of the trades that paid more than they received.
    pub funding_paid: Money,
    /// Funding of the trades that received more than they paid.
    pub funding_received: Money,
    /// Funding paid less funding received.
    pub total_funding: Money,
    /// Fees of liquidations.
    pub total_liquidation_fees: Money,
    /// What the insurance fund paid.
    pub total_insurance: Money,
    /// Commission, slippage, funding and liquidation fees.
    pub total_costs: Money,
    /// Fraction of the run's time with at least one open position.
    pub exposure: Option<f64>,
    /// Mean time from first to last fill, in hours.
    pub avg_duration_hours: Option<f64>,
    /// Median time from first to last fill, in hours.
    pub median_duration_hours: Option<f64>,
    /// Longest time from first to last fill, in hours.
    pub max_duration_hours: Option<f64>,
    /// Figures of the long trades.
    pub long: DirectionMetrics,
    /// Figures of the short trades.
    pub short: DirectionMetrics,
}

impl MetricsInput<'_> {
    /// The last instant of the run; its start when there is none.
    fn end(&self) -> Timestamp {
        self.time.last().map_or(self.start, Timestamp::from_millis)
    }

    fn length_ms(&self) -> i64 {
        (self.end().millis() - self.start.millis()).max(0)
    }
}

impl Metrics {
    /// Computes all figures but those of excursions, which candles tell: [`Self::with_excursions`].
    ///
    /// # Panics
    /// If the initial balance is zero or `equity` is longer than `time`.
    #[must_use]
    pub fn of(input: &MetricsInput<'_>) -> Self {
        Self::with_tally(input, &Tally::of(input.trades))
    }

    /// The same of trades that were counted as they closed; those of the input are not looked at.
    pub(crate) fn with_tally(input: &MetricsInput<'_>, tally: &Tally) -> Self {
        let initial = input.initial_balance.to_f64();
        let net_profit = input.final_balance - input.initial_balance;
        let total_return = (net_profit.decimal() / input.initial_balance.decimal()).round_dp(12);
        let cagr = cagr(input);
        let days = Days::of(input.time, input.equity);
        let daily = DailyReturns::of(initial, &days.ends);
        let deepest = Deepest::of(input);
        let trades = tally.all();
        let costs = &tally.costs;
        let exposure = Exposure::of(input, &tally.stays);
        Self {
            initial_balance: input.initial_balance,
            final_balance: input.final_balance,
            net_profit,
            total_return,
            cagr,
            max_drawdown: deepest.fraction,
            max_drawdown_amount: deepest.amount,
            max_drawdown_hours: deepest.hours(),
            ulcer_index: daily::ulcer_index(initial, &days.ends),
            volatility: daily.as_ref().and_then(DailyReturns::volatility),
            value_at_risk_95: daily.as_ref().and_then(DailyReturns::value_at_risk_95),
            sharpe_ratio: daily.as_ref().and_then(DailyReturns::sharpe_ratio),
            sortino_ratio: daily.as_ref().and_then(DailyReturns::sortino_ratio),
            calmar_ratio: cagr.and_then(|growth| ratio(growth, deepest.fraction)),
            recovery_factor: ratio(net_profit.to_f64(), deepest.amount),
            total_trades: trades.count(),
            winning_trades: trades.wins,
            losing_trades: trades.losses,
            win_rate: trades.win_rate(),
            profit_factor: trades.profit_factor(),
            avg_trade: mean(trades.net(), trades.count()),
            avg_win: mean(trades.gained, trades.wins),
            avg_loss: mean(trades.lost, trades.losses),
            payoff_ratio: trades.payoff_ratio(),
            best_trade: tally.best,
            worst_trade: tally.worst,
            expectancy_ratio: tally.multiples.mean(),
            sqn: tally.multiples.system_quality(),
            max_consecutive_wins: tally.streaks.longest_winning,
            max_consecutive_losses: tally.streaks.longest_losing,
            avg_mae: None,
            avg_mfe: None,
            ambiguous_trades: tally.ambiguous,
            liquidations: tally.liquidations,
            total_commission: costs.commission,
            total_slippage: costs.slippage,
            funding_paid: costs.funding_paid,
            funding_received: costs.funding_received,
            total_funding: costs.funding_paid - costs.funding_received,
            total_liquidation_fees: costs.liquidation_fees,
            total_insurance: costs.insurance,
            total_costs: costs.total(),
            exposure: exposure.fraction,
            avg_duration_hours: exposure.average_hours,
            median_duration_hours: exposure.median_hours,
            max_duration_hours: exposure.longest_hours,
            long: DirectionMetrics::of(&tally.long),
            short: DirectionMetrics::of(&tally.short),
        }
    }

    /// The same with the mean excursions of the trades.
    #[must_use]
    pub fn with_excursions(self, excursions: &[Option<Excursion>]) -> Self {
        let known = || excursions.iter().flatten();
        let mean_of =
            |part: fn(&Excursion) -> Money| mean(known().map(part).sum(), known().count() as u64);
        Self { avg_mae: mean_of(|it| it.mae), avg_mfe: mean_of(|it| it.mfe), ..self }
    }

    /// Mean net profit of a trade, under the name research gives it.
    #[must_use]
    pub const fn expectancy(&self) -> Option<Money> {
        self.avg_trade
    }

    /// All figures with their definitions, in the order in which they are shown, group by group.
    #[must_use]
    pub fn table(&self) -> Vec<MetricRow> {
        table::rows(self)
    }
}

/// Compound annual growth rate over years of 365 days. Runs shorter than a day have none, as the
/// power would say more than the data; neither have runs that end without money.
fn cagr(input: &MetricsInput<'_>) -> Option<f64> {
    let length = input.length_ms();
    let growth = input.final_balance.to_f64() / input.initial_balance.to_f64();
    if length < DAY_MS || growth <= 0.0 {
        return None;
    }
    finite(growth.powf(YEAR_MS / float(length)) - 1.0)
}

/// Exact mean, rounded to twelve decimals; `None` of nothing.
fn mean(sum: Money, count: u64) -> Option<Money> {
    quotient(sum.decimal(), Decimal::from(count)).map(Money::new)
}

/// Exact quotient, rounded to twelve decimals; `None` where it is not defined.
fn quotient(dividend: Decimal, divisor: Decimal) -> Option<Decimal> {
    dividend.checked_div(divisor).map(|quotient| quotient.round_dp(12))
}

/// Quotient of statistics; `None` unless the divisor is above zero.
fn ratio(dividend: f64, divisor: f64) -> Option<f64> {
    if divisor > 0.0 { finite(dividend / divisor) } else { None }
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// A whole number as a statistic.
#[expect(clippy::cast_precision_loss, reason = "counts and times are far below 2^53")]
const fn float(value: i64) -> f64 {
    value as f64
}

/// A number of things as a statistic.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
const fn float_count(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
