//! Key figures of a run and the words that define them.
//!
//! Money and counts are exact; ratios of statistics are `f64`. What is undefined is
//! absent, never zero and never infinite.

use domain::{Decimal, Money, Timestamp};
use engine::Trade;
use market::Series;

use crate::equity::max_drawdown;

const DAY_MS: i64 = 86_400_000;

/// Key figures. Fractions, not percent.
#[derive(Clone, Debug, PartialEq)]
pub struct Metrics {
    /// First deposit.
    pub initial_balance: Money,
    /// Wallet at the end, everything closed.
    pub final_balance: Money,
    /// (final - initial) / initial, rounded to twelve decimals.
    pub total_return: Decimal,
    /// Largest fall of equity from its peak, at candle closes.
    pub max_drawdown: f64,
    /// Annualised Sharpe ratio of daily returns.
    pub sharpe_ratio: Option<f64>,
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
    /// Mean net profit of a trade.
    pub avg_trade: Option<Money>,
    /// Mean net profit of a winner.
    pub avg_win: Option<Money>,
    /// Mean net loss of a loser, negative.
    pub avg_loss: Option<Money>,
    /// Longest run of losing trades.
    pub max_consecutive_losses: u64,
    /// Fees of all fills.
    pub total_commission: Money,
    /// What slippage cost, part of the profit.
    pub total_slippage: Money,
    /// Trades whose exit was decided by the intrabar policy.
    pub ambiguous_trades: u64,
}

/// A figure of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MetricValue {
    /// Not defined for this run.
    Undefined,
    /// An exact amount or ratio.
    Exact(Decimal),
    /// A statistic.
    Statistic(f64),
    /// A number of things.
    Count(u64),
}

/// Unit of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricUnit {
    /// Quote asset.
    Money,
    /// A fraction of one.
    Fraction,
    /// A plain ratio.
    Ratio,
    /// A number of things.
    Count,
}

/// One row of the table of figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MetricRow {
    /// Stable name.
    pub key: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// The figure.
    pub value: MetricValue,
    /// Its unit.
    pub unit: MetricUnit,
    /// What it says.
    pub definition: &'static str,
    /// What it is computed from.
    pub basis: &'static str,
}

impl Metrics {
    /// `equity` holds one value per candle of `driving`, from its first on.
    pub(crate) fn of(
        (initial, last): (Money, Money),
        trades: &[Trade],
        equity: &[f64],
        driving: &Series,
    ) -> Self {
        let tally = Tally::of(trades);
        let count = |number: u64| (number > 0).then(|| Decimal::from(number));
        let mean = |sum: Money, number: u64| {
            count(number).map(|n| Money::new((sum.decimal() / n).round_dp(12)))
        };
        let total = tally.wins + tally.losses + tally.even;
        let lost = -tally.lost.decimal();
        Self {
            initial_balance: initial,
            final_balance: last,
            total_return: ((last - initial).decimal() / initial.decimal()).round_dp(12),
            max_drawdown: max_drawdown(initial.to_f64(), equity),
            sharpe_ratio: sharpe(initial.to_f64(), &day_ends(equity, driving)),
            total_trades: total,
            winning_trades: tally.wins,
            losing_trades: tally.losses,
            win_rate: count(total).map(|n| (Decimal::from(tally.wins) / n).round_dp(12)),
            profit_factor: (lost > Decimal::ZERO)
                .then(|| (tally.gained.decimal() / lost).round_dp(12)),
            avg_trade: mean(tally.gained + tally.lost, total),
            avg_win: mean(tally.gained, tally.wins),
            avg_loss: mean(tally.lost, tally.losses),
            max_consecutive_losses: tally.longest_losing,
            total_commission: tally.commission,
            total_slippage: tally.slippage,
            ambiguous_trades: tally.ambiguous,
        }
    }

    /// All figures with their definitions, in the order in which they are shown.
    #[must_use]
    pub fn table(&self) -> Vec<MetricRow> {
        let mut rows = self.money_rows();
        rows.extend(self.trade_rows());
        rows
    }

    fn money_rows(&self) -> Vec<MetricRow> {
        let money = |amount: Money| MetricValue::Exact(amount.decimal());
        vec![
            row(
                ["final_balance", "Final balance"],
                money(self.final_balance),
                MetricUnit::Money,
                "Wallet at the end of the run, every position closed.",
                "ledger",
            ),
            row(
                ["total_return", "Total return"],
                MetricValue::Exact(self.total_return),
                MetricUnit::Fraction,
                "(final balance - initial balance) / initial balance.",
                "ledger",
            ),
            row(
                ["max_drawdown", "Max drawdown"],
                MetricValue::Statistic(self.max_drawdown),
                MetricUnit::Fraction,
                "Largest fall of equity from its highest value so far, as a fraction of that value.",
                "equity at the close of each candle, open positions marked to it",
            ),
            row(
                ["sharpe_ratio", "Sharpe ratio"],
                self.sharpe_ratio.map_or(MetricValue::Undefined, MetricValue::Statistic),
                MetricUnit::Ratio,
                "Mean of daily returns divided by their sample standard deviation, times the square root of 365. \
                 No risk-free rate. Undefined for fewer than two days or without variation.",
                "equity at the end of each UTC day; days without a candle count as unchanged",
            ),
            row(
                ["total_commission", "Commission"],
                money(self.total_commission),
                MetricUnit::Money,
                "Fees of all entries and exits.",
                "fills",
            ),
            row(
                ["total_slippage", "Slippage"],
                money(self.total_slippage),
                MetricUnit::Money,
                "Distance of fills from the undisturbed price times quantity; already contained in the profit.",
                "fills",
            ),
        ]
    }

    fn trade_rows(&self) -> Vec<MetricRow> {
        let optional =
            |amount: Option<Decimal>| amount.map_or(MetricValue::Undefined, MetricValue::Exact);
        let mean = |amount: Option<Money>| optional(amount.map(Money::decimal));
        vec![
            row(
                ["total_trades", "Trades"],
                MetricValue::Count(self.total_trades),
                MetricUnit::Count,
                "Closed round trips; what is open at the end is closed at the last close.",
                "trades",
            ),
            row(
                ["winning_trades", "Winning trades"],
                MetricValue::Count(self.winning_trades),
                MetricUnit::Count,
                "Trades with a profit above zero after commission.",
                "trades",
            ),
            row(
                ["losing_trades", "Losing trades"],
                MetricValue::Count(self.losing_trades),
                MetricUnit::Count,
                "Trades with a profit below zero after commission.",
                "trades",
            ),
            row(
                ["win_rate", "Win rate"],
                optional(self.win_rate),
                MetricUnit::Fraction,
                "Winning trades divided by all trades. Undefined without trades.",
                "trades",
            ),
            row(
                ["profit_factor", "Profit factor"],
                optional(self.profit_factor),
                MetricUnit::Ratio,
                "Sum of winning trades divided by the sum of losing trades. Undefined without losses.",
                "trades, after commission",
            ),
            row(
                ["avg_trade", "Average trade"],
                mean(self.avg_trade),
                MetricUnit::Money,
                "Mean profit of a trade. Undefined without trades.",
                "trades, after commission",
            ),
            row(
                ["avg_win", "Average win"],
                mean(self.avg_win),
                MetricUnit::Money,
                "Mean profit of winning trades. Undefined without winners.",
                "trades, after commission",
            ),
            row(
                ["avg_loss", "Average loss"],
                mean(self.avg_loss),
                MetricUnit::Money,
                "Mean loss of losing trades. Undefined without losers.",
                "trades, after commission",
            ),
            row(
                ["max_consecutive_losses", "Longest losing streak"],
                MetricValue::Count(self.max_consecutive_losses),
                MetricUnit::Count,
                "Most losing trades in a row, by exit time.",
                "trades",
            ),
            row(
                ["ambiguous_trades", "Ambiguous trades"],
                MetricValue::Count(self.ambiguous_trades),
                MetricUnit::Count,
                "Trades whose stop and target both lay inside the candle of the exit, so that the intrabar policy decided.",
                "fills",
            ),
        ]
    }
}

/// A row from its name for machines and for people, figure, unit and words.
const fn row(
    [key, label]: [&'static str; 2],
    value: MetricValue,
    unit: MetricUnit,
    definition: &'static str,
    basis: &'static str,
) -> MetricRow {
    MetricRow { key, label, value, unit, definition, basis }
}

#[derive(Default)]
struct Tally {
    wins: u64,
    losses: u64,
    even: u64,
    gained: Money,
    lost: Money,
    losing: u64,
    longest_losing: u64,
    commission: Money,
    slippage: Money,
    ambiguous: u64,
}

impl Tally {
    fn of(trades: &[Trade]) -> Self {
        let mut tally = Self::default();
        trades.iter().for_each(|trade| tally.add(trade));
        tally
    }

    fn add(&mut self, trade: &Trade) {
        self.commission += trade.commission;
        self.slippage += trade.slippage;
        self.ambiguous += u64::from(trade.ambiguous);
        let net = trade.net();
        if net.is_negative() {
            self.losses += 1;
            self.lost += net;
            self.losing += 1;
            self.longest_losing = self.longest_losing.max(self.losing);
            return;
        }
        self.losing = 0;
        if net == Money::ZERO {
            self.even += 1;
        } else {
            self.wins += 1;
            self.gained += net;
        }
    }
}

/// Annualised Sharpe ratio of daily equity returns (Sharpe 1994, without a risk-free rate).
fn sharpe(initial: f64, day_ends: &[f64]) -> Option<f64> {
    let mut previous = initial;
    let mut returns = Vec::with_capacity(day_ends.len());
    for equity in day_ends {
        if previous <= 0.0 {
            return None;
        }
        returns.push(equity / previous - 1.0);
        previous = *equity;
    }
    if returns.len() < 2 {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "a number of days")]
    let days = returns.len() as f64;
    let mean = returns.iter().sum::<f64>() / days;
    let variance = returns.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (days - 1.0);
    (variance > 0.0).then(|| mean / variance.sqrt() * 365f64.sqrt())
}

/// Equity at the end of each UTC day, from the first day with a candle to the last. A day in which
/// no candle closes ends as the day before; a close at midnight belongs to the day it ends.
fn day_ends(equity: &[f64], driving: &Series) -> Vec<f64> {
    let day = |open: i64| (close_of(open, driving) - 1).div_euclid(DAY_MS);
    let opens = &driving.open_times()[..equity.len()];
    let mut ends = Vec::new();
    let mut from = 0;
    while let Some(first) = opens.get(from) {
        let today = day(*first);
        from += opens[from..].partition_point(|open| day(*open) <= today);
        ends.push(equity[from - 1]);
        let idle = opens.get(from).map_or(0, |next| day(*next) - today - 1);
        ends.extend((0..idle).map(|_| equity[from - 1]));
    }
    ends
}

fn close_of(open: i64, driving: &Series) -> i64 {
    driving.timeframe().next_open(Timestamp::from_millis(open)).millis()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Candle, MarketKind, PriceScale, Timeframe};
    use market::{Columns, SeriesKey};

    fn series(timeframe: Timeframe, open_times: &[i64]) -> Series {
        let mut columns = Columns::default();
        for time in open_times {
            let open_time = Timestamp::from_millis(*time);
            let (open, high, low, close) = (1.0, 1.0, 1.0, 1.0);
            columns.push(&Candle { open_time, open, high, low, close, volume: 0.0 });
        }
        let symbol = "TESTUSDT".parse().unwrap();
        let key = SeriesKey { market: MarketKind::Demo, symbol, timeframe };
        Series::new(key, PriceScale::new(0), columns).unwrap()
    }

    #[test]
    fn sharpe_needs_two_days_and_variation() {
        assert_eq!(sharpe(100.0, &[110.0]), None);
        assert_eq!(sharpe(100.0, &[100.0, 100.0, 100.0]), None);
        // Returns 0.1 and -0.1: mean zero.
        assert!(sharpe(100.0, &[110.0, 99.0]).unwrap().abs() < 1e-12);
        // Returns 0.1 and 0.3: mean 0.2, sample deviation sqrt(0.02).
        let expected = 0.2 / 0.02f64.sqrt() * 365f64.sqrt();
        assert!((sharpe(100.0, &[110.0, 143.0]).unwrap() - expected).abs() < 1e-9);
    }

    #[test]
    fn a_close_at_midnight_ends_its_own_day() {
        let half = DAY_MS / 2;
        let halves = series(Timeframe::H12, &[0, half, DAY_MS, 3 * DAY_MS + half]);
        // Nothing closes on the third day, and the fourth ends with the candle after its noon.
        assert_eq!(day_ends(&[1.0, 2.0, 3.0, 4.0], &halves), [2.0, 3.0, 3.0, 4.0]);
        let weeks = series(Timeframe::W1, &[4 * DAY_MS, 11 * DAY_MS]);
        assert_eq!(day_ends(&[1.0, 2.0], &weeks), [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0]);
        assert_eq!(day_ends(&[1.0], &halves), [1.0]);
    }

    #[test]
    fn the_table_names_each_figure_once() {
        let one = Money::new(Decimal::ONE);
        let metrics = Metrics::of((one, one), &[], &[], &series(Timeframe::M1, &[]));
        let mut keys: Vec<&str> = metrics.table().iter().map(|row| row.key).collect();
        let all = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), all);
        assert_eq!(metrics.win_rate, None);
        assert_eq!(metrics.profit_factor, None);
    }
}
