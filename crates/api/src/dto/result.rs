//! The result of a backtest.

mod course;
mod metric;
mod proofs;
mod shares;

use std::collections::BTreeMap;

use desk::backtests::{RunGap, RunReport};
use serde::Serialize;
use utoipa::ToSchema;

pub use course::{Drawdown, MonthResult, Notice, Streak};
pub use metric::{Metric, MetricValue};
pub use proofs::{
    Band, BandEdge, Truncation, TruncationBadge, TruncationCut, TruncationDifference,
};
pub use shares::{FundingFacts, InstrumentResult, Share, SleeveResult};

use super::account::AccountPolicy;
use super::backtest::{ParameterValue, parameters, roles, timeframes};
use super::drawings::Output;
use super::fills::FillPolicy;
use super::risk::RiskRules;
use super::words::{FillTime, GapPolicy, IntrabarPolicy, JobStatus, Market, Role};
use crate::exact::ExactNumber;

/// A completed run. `final_balance = initial_balance + sum of the trades' pnl_comm`;
/// `total_return = (final_balance - initial_balance) / initial_balance`; `win_rate = winning_trades / total_trades`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BacktestResult {
    /// Id of the run.
    pub id: String,
    /// Always `completed`.
    pub status: JobStatus,
    /// Instrument; the first one of several.
    pub symbol: String,
    /// All instruments.
    pub symbols: Vec<String>,
    /// Market the candles came from; that of the first symbol.
    pub market: Market,
    /// Whether any candles are synthetic.
    pub synthetic: bool,
    /// Strategy; that of the first sleeve.
    pub strategy: String,
    /// Version of its rules.
    pub strategy_version: String,
    /// First instant of the range.
    pub start_date: String,
    /// First instant after the range.
    pub end_date: String,
    /// Candle lengths of the first sleeve.
    pub timeframes: Vec<String>,
    /// Role of each.
    pub tf_roles: BTreeMap<String, Role>,
    /// All parameters of the first sleeve, defaults filled in.
    pub parameters: BTreeMap<String, ParameterValue>,
    /// Start capital, quote asset.
    pub initial_balance: ExactNumber,
    /// Capital at the end, quote asset.
    pub final_balance: ExactNumber,
    /// Fraction: 0.025 is 2.5 percent.
    pub total_return: ExactNumber,
    /// Largest fall of equity from a peak, fraction of the peak.
    pub max_drawdown: f64,
    /// Null where it is not defined.
    #[schema(required = true)]
    pub sharpe_ratio: Option<f64>,
    /// Closed trades.
    pub total_trades: u64,
    /// Trades with a net gain.
    pub winning_trades: u64,
    /// Trades with a net loss.
    pub losing_trades: u64,
    /// Fraction; null without trades.
    #[schema(required = true)]
    pub win_rate: Option<ExactNumber>,
    /// Gains divided by losses; null without losses.
    #[schema(required = true)]
    pub profit_factor: Option<ExactNumber>,
    /// Mean net result of a trade, quote asset; null without trades.
    #[schema(required = true)]
    pub avg_trade: Option<ExactNumber>,
    /// Longest run of losing trades.
    pub max_consecutive_losses: u64,
    /// All commission paid, quote asset.
    pub total_commission: ExactNumber,
    /// All slippage paid, quote asset; part of gross results.
    pub total_slippage: ExactNumber,
    /// When it was asked for.
    pub created_at: String,
    /// Leverage.
    pub leverage: ExactNumber,
    /// Commission per side, fraction.
    pub commission: ExactNumber,
    /// Slippage against the trader, fraction.
    pub slippage: ExactNumber,
    /// Risk of a trade in percent of equity; null: the strategy's own.
    #[schema(required = true)]
    pub risk_per_trade: Option<ExactNumber>,
    /// What happened with missing candles.
    pub gap_policy: GapPolicy,
    /// How an unknown order of events inside one candle was decided.
    pub intrabar_policy: IntrabarPolicy,
    /// At which price orders given at a candle's close were filled.
    pub fill_time: FillTime,
    /// Seed of every draw; `fill_policy.seed`.
    pub random_seed: u64,
    /// How orders met candles.
    pub fill_policy: FillPolicy,
    /// Margin, brackets, funding, filters.
    pub account: AccountPolicy,
    /// Rules of the risk gate beyond the strategies' own.
    pub risk: RiskRules,
    /// Remarks on data and run.
    pub warnings: Vec<Remark>,
    /// Missing candles of the range, the first 200.
    pub gaps: Vec<RunGapEntry>,
    /// How many gaps there are.
    pub gap_count: u64,
    /// Signals that were not traded, by reason.
    pub skipped_signals: Vec<SkippedSignalsEntry>,
    /// All metrics with their definitions.
    pub metrics: Vec<Metric>,
    /// How long it took.
    pub timing: Timing,
    /// Open time of the first driving candle.
    pub first_candle: String,
    /// Open time of the last driving candle.
    pub last_candle: String,
    /// Each symbol with what it was run on and what it brought; empty in results of earlier versions.
    pub instruments: Vec<InstrumentResult>,
    /// Each sleeve with what it brought; empty in results of earlier versions.
    pub sleeves: Vec<SleeveResult>,
    /// What the account gained or lost that belongs to no trade, quote asset.
    pub unassigned: ExactNumber,
    /// Returns of calendar months, ascending and without gaps.
    pub months: Vec<MonthResult>,
    /// The ten deepest drawdowns, deepest first.
    pub drawdowns: Vec<Drawdown>,
    /// The ten longest winning and the ten longest losing streaks, in order of closing.
    pub streaks: Vec<Streak>,
    /// Liquidations, locks, strategies that gave up, and the end of the account, the first 1000.
    pub notices: Vec<Notice>,
    /// How many notices there were.
    pub notice_count: u64,
    /// Skipped signals that are kept one by one, see the route `skipped`.
    pub skips_kept: u64,
    /// How much the strategies have drawn and written, see the routes `drawings` and `log`.
    pub output: Output,
    /// The result under both extreme intrabar policies; null without an ambiguous trade, or when it
    /// was not asked for.
    #[schema(required = true)]
    pub band: Option<Band>,
    /// The truncation badge; null when it was not asked for.
    #[schema(required = true)]
    pub truncation: Option<Truncation>,
}

/// A remark with a stable code.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Remark {
    /// Stable word.
    #[schema(example = "SYNTHETIC_DATA")]
    pub code: String,
    /// For people.
    pub message: String,
}

/// A run of missing candles.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RunGapEntry {
    /// Instrument; empty in results of earlier versions.
    pub symbol: String,
    /// Candle length of the stored series it is missing from.
    pub timeframe: String,
    /// First missing open time.
    pub from: String,
    /// Next existing open time.
    pub to: String,
    /// How many are missing.
    pub missing_candles: u64,
}

/// Signals that were not traded for one reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SkippedSignalsEntry {
    /// Stable word.
    pub code: String,
    /// For people.
    pub message: String,
    /// How many.
    pub count: u64,
}

/// How long a run took.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Timing {
    /// Milliseconds for loading and aggregating candles.
    pub load_ms: f64,
    /// Milliseconds for the run itself.
    pub run_ms: f64,
    /// Candles of the driving timeframe.
    pub bars: u64,
}

impl From<RunReport> for BacktestResult {
    fn from(run: RunReport) -> Self {
        let RunReport { id, created_at, request, figures, details } = run;
        let sleeves = request.sleeves();
        Self {
            fill_policy: FillPolicy::from(&request),
            account: AccountPolicy::from(&request),
            risk: RiskRules::from(&request.risk),
            id,
            status: JobStatus::Completed,
            symbol: request.symbol.to_string(),
            symbols: request.symbols().iter().map(ToString::to_string).collect(),
            market: figures.market.parse::<domain::MarketKind>().map_or(Market::Demo, Market::from),
            synthetic: figures.synthetic,
            strategy: request.strategy.clone(),
            strategy_version: details.strategy_version,
            start_date: request.start.to_string(),
            end_date: request.end.to_string(),
            timeframes: timeframes(&request.timeframes),
            tf_roles: roles(&request.timeframes),
            parameters: parameters(&request.parameters),
            initial_balance: request.initial_balance.into(),
            final_balance: figures.final_balance.into(),
            total_return: figures.total_return.into(),
            max_drawdown: figures.max_drawdown,
            sharpe_ratio: figures.sharpe_ratio,
            total_trades: figures.total_trades,
            winning_trades: figures.winning_trades,
            losing_trades: figures.losing_trades,
            win_rate: figures.win_rate.map(ExactNumber),
            profit_factor: figures.profit_factor.map(ExactNumber),
            avg_trade: figures.avg_trade.map(ExactNumber),
            max_consecutive_losses: figures.max_consecutive_losses,
            total_commission: figures.total_commission.into(),
            total_slippage: figures.total_slippage.into(),
            created_at: created_at.to_string(),
            leverage: request.leverage.into(),
            commission: request.commission.into(),
            slippage: request.slippage.into(),
            risk_per_trade: request.risk_per_trade.map(ExactNumber),
            gap_policy: match request.gap_policy {
                desk::backtests::GapPolicy::Annotate => GapPolicy::Annotate,
                desk::backtests::GapPolicy::Refuse => GapPolicy::Refuse,
            },
            intrabar_policy: request.intrabar_policy.into(),
            fill_time: request.fills.fill_time.into(),
            random_seed: request.fills.seed,
            warnings: details.warnings.into_iter().map(Remark::from).collect(),
            gaps: details.gaps.into_iter().map(RunGapEntry::from).collect(),
            gap_count: details.gap_count,
            skipped_signals: details
                .skipped
                .into_iter()
                .map(|one| SkippedSignalsEntry {
                    code: one.code,
                    message: one.message,
                    count: one.count,
                })
                .collect(),
            metrics: details.metrics.into_iter().map(Metric::from).collect(),
            timing: Timing {
                load_ms: details.timing.load_ms,
                run_ms: details.timing.run_ms,
                bars: details.timing.bars,
            },
            first_candle: details.first_candle.to_string(),
            last_candle: details.last_candle.to_string(),
            instruments: details.instruments.into_iter().map(InstrumentResult::from).collect(),
            sleeves: sleeves
                .iter()
                .zip(details.sleeves)
                .map(|(request, record)| SleeveResult::of(request, record))
                .collect(),
            unassigned: details.unassigned.into(),
            months: details.months.into_iter().map(MonthResult::from).collect(),
            drawdowns: details.drawdowns.into_iter().map(Drawdown::from).collect(),
            streaks: details.streaks.into_iter().map(Streak::from).collect(),
            notices: details.notices.into_iter().map(Notice::from).collect(),
            notice_count: details.notice_count,
            skips_kept: details.skips_kept,
            output: details.output.into(),
            band: details.band.map(Band::from),
            truncation: details.truncation.map(Truncation::from),
        }
    }
}

impl From<RunGap> for RunGapEntry {
    fn from(gap: RunGap) -> Self {
        Self {
            symbol: gap.symbol,
            timeframe: gap.timeframe,
            from: gap.from.to_string(),
            to: gap.to.to_string(),
            missing_candles: gap.missing,
        }
    }
}

impl From<desk::backtests::Remark> for Remark {
    fn from(remark: desk::backtests::Remark) -> Self {
        Self { code: remark.code, message: remark.message }
    }
}
