//! The words of `stb backtest`.
//!
//! Every option fills in a field of the request that the HTTP API takes; a request file fills in any.

use std::path::PathBuf;

use clap::Args;

use super::Format;

/// A backtest.
#[derive(Debug, Default, Args)]
#[command(after_help = "\
Examples:
  stb backtest --symbol BTCUSDT --strategy SMA_CROSS --start 2024-01-01 --end 2024-02-01 --timeframes 1h
  stb backtest --symbol BTCUSDT --strategy SIMPLE_TEST --start 2024-01-01 --end 2024-01-07 \\
      --timeframes 1h,4h --role 1h=LTF --role 4h=HTF --commission 0.0004 --json
  stb backtest --symbols BTCUSDT,ETHUSDT --strategy SMA_CROSS --start 2024-01-01 --end 2024-07-01 \\
      --timeframes 15m --param fast=10 --param slow=30 --fee-tier vip0 --leverage 5 --full --json
  stb backtest --request run.json --intrabar drill --truncation --capsule capsule.json

Candles with start <= open < end take part. A single timeframe is LTF. Of several timeframes, one
without a role gets the role that none of the others has; otherwise every one needs a --role.
Files are JSON as the HTTP API takes it, see /docs of a server. Options win over the request file.

Exit codes: 0 done, 1 the run failed or the data do not allow it, 2 wrong usage or input.")]
pub(crate) struct Backtest {
    /// A whole request as JSON; every option below changes one of its fields
    #[arg(long, value_name = "FILE")]
    pub(crate) request: Option<PathBuf>,
    /// Instrument
    #[arg(long)]
    pub(crate) symbol: Option<String>,
    /// Several instruments with the same strategy on each, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "SYMBOL")]
    pub(crate) symbols: Vec<String>,
    /// Several sleeves: a JSON list of {symbol, strategy, timeframes, tf_roles, parameters}
    #[arg(long, value_name = "FILE")]
    pub(crate) portfolio: Option<PathBuf>,
    /// Name or alias of the strategy, any case (see: stb strategies)
    #[arg(long, value_name = "NAME")]
    pub(crate) strategy: Option<String>,
    /// First instant: ISO 8601, without a zone UTC
    #[arg(long, value_name = "TIME")]
    pub(crate) start: Option<String>,
    /// First instant after the range
    #[arg(long, value_name = "TIME")]
    pub(crate) end: Option<String>,
    /// Candle lengths, separated by commas: 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M
    #[arg(long, value_delimiter = ',', value_name = "TF")]
    pub(crate) timeframes: Vec<String>,
    /// Role of a timeframe: HTF (trend) or LTF (timing); repeatable
    #[arg(long = "role", value_name = "TF=ROLE")]
    pub(crate) roles: Vec<String>,
    /// Parameter of the strategy; repeatable
    #[arg(long = "param", value_name = "NAME=VALUE")]
    pub(crate) parameters: Vec<String>,
    /// Start capital in quote asset [default: 10000]
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    pub(crate) initial_balance: Option<String>,
    #[command(flatten)]
    pub(crate) fills: Fills,
    #[command(flatten)]
    pub(crate) account: Account,
    /// Where candles come from: auto, um, spot or demo [default: auto]
    #[arg(long, value_name = "MARKET")]
    pub(crate) market: Option<String>,
    /// Missing candles: annotate or refuse [default: annotate]
    #[arg(long, value_name = "POLICY")]
    pub(crate) gap_policy: Option<String>,
    /// Prove by reruns that no decision needed the future
    #[arg(long)]
    pub(crate) truncation: bool,
    /// Do not rerun under both extreme intrabar policies when trades were ambiguous
    #[arg(long)]
    pub(crate) no_band: bool,
    /// Write the run's capsule here (see: stb verify)
    #[arg(long, value_name = "FILE")]
    pub(crate) capsule: Option<PathBuf>,
    /// With --json: the whole equity curve and the skipped signals too
    #[arg(long)]
    pub(crate) full: bool,
    #[command(flatten)]
    pub(crate) format: Format,
}

/// How orders meet candles.
#[derive(Debug, Default, Args)]
pub(crate) struct Fills {
    /// Commission of a taker per side as a fraction [default: 0.001]
    #[arg(long, value_name = "FRACTION", allow_hyphen_values = true)]
    pub(crate) commission: Option<String>,
    /// Commission of a maker per side as a fraction [default: that of a taker]
    #[arg(long, value_name = "FRACTION", allow_hyphen_values = true)]
    pub(crate) maker_commission: Option<String>,
    /// Fee tier of the venue, vip0 to vip9, in place of both commissions
    #[arg(long, value_name = "TIER")]
    pub(crate) fee_tier: Option<String>,
    /// Slippage against the trader as a fraction [default: 0.0001]
    #[arg(long, value_name = "FRACTION", allow_hyphen_values = true)]
    pub(crate) slippage: Option<String>,
    /// Slippage by half this spread, with --impact in place of --slippage
    #[arg(long, value_name = "FRACTION", allow_hyphen_values = true)]
    pub(crate) spread: Option<String>,
    /// Slippage of an order as large as the candle's volume, with --spread
    #[arg(long, value_name = "FRACTION", allow_hyphen_values = true)]
    pub(crate) impact: Option<String>,
    /// Orders given at a close are filled at: next_open, this_close or next_close [default: next_open]
    #[arg(long, value_name = "TIME")]
    pub(crate) fill_time: Option<String>,
    /// Unknown order of events inside one candle: pessimistic (stop first), optimistic, adaptive or drill
    /// [default: pessimistic]
    #[arg(long, value_name = "POLICY")]
    pub(crate) intrabar: Option<String>,
    /// Resting limit orders are filled when the price trades: through or touch [default: through]
    #[arg(long, value_name = "RULE")]
    pub(crate) limit_fill: Option<String>,
    /// Largest share of a candle's volume that may be traded [default: no limit]
    #[arg(long, value_name = "FRACTION", allow_hyphen_values = true)]
    pub(crate) participation_max: Option<String>,
    /// Milliseconds of orders, reports and jitter, such as 200,100,50 [default: none]
    #[arg(long, value_delimiter = ',', value_name = "MS")]
    pub(crate) latency: Vec<String>,
    /// Seed of every draw, 0 to 9007199254740991 [default: 0]
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub(crate) seed: Option<String>,
}

/// Margin, funding, filters, risk.
#[derive(Debug, Default, Args)]
pub(crate) struct Account {
    /// Leverage, 1 to 125 [default: 1]
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub(crate) leverage: Option<String>,
    /// cross or isolated [default: cross]
    #[arg(long, value_name = "MODE")]
    pub(crate) margin_mode: Option<String>,
    /// one_way or hedge [default: one_way]
    #[arg(long, value_name = "MODE")]
    pub(crate) position_mode: Option<String>,
    /// Leverage brackets: a JSON list of {cap, maintenance_rate, leverage_max} [default: stored or built-in ones]
    #[arg(long, value_name = "FILE")]
    pub(crate) brackets: Option<PathBuf>,
    /// recorded, off, or a constant RATE@HOURS such as 0.0001@8 [default: recorded]
    #[arg(long, value_name = "FUNDING", allow_hyphen_values = true)]
    pub(crate) funding: Option<String>,
    /// auto, off, or a JSON file such as {"tick": 0.1, "step": 0.001} [default: auto]
    #[arg(long, value_name = "FILTERS")]
    pub(crate) filters: Option<String>,
    /// Risk of a trade in percent of equity [default: the strategy's own]
    #[arg(long, value_name = "PERCENT", allow_hyphen_values = true)]
    pub(crate) risk_per_trade: Option<String>,
    /// Rules of the risk gate: a JSON object such as {"loss_daily_max": 0.05} [default: none]
    #[arg(long, value_name = "FILE")]
    pub(crate) risk: Option<PathBuf>,
}
