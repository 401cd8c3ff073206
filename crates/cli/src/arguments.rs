//! The words of the command line.
//!
//! Values stay texts here: the desk checks them all at once, as it does for every door.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

const ABOUT: &str =
    "Research futures strategies: import candles, run backtests, serve the same over HTTP.";

const EXIT_CODES: &str =
    "Exit codes: 0 done, 1 the work failed (also: no data, gaps refused), 2 wrong usage or input.";

/// `stb` and its options.
#[derive(Debug, Parser)]
#[command(name = "stb", version, about = ABOUT, after_help = EXIT_CODES, propagate_version = true)]
pub(crate) struct Arguments {
    /// Folder of the databases [default: the operating system's folder for application data]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Import and list candles
    Data {
        #[command(subcommand)]
        command: DataCommand,
    },
    /// List strategies with their parameters
    Strategies(Format),
    /// Run a strategy over stored candles
    Backtest(Box<Backtest>),
    /// Serve the UI and the HTTP API on this machine
    Serve(Serve),
}

/// What to do with candles.
#[derive(Debug, Subcommand)]
pub(crate) enum DataCommand {
    /// Import Binance kline files: .csv, .csv.gz, .zip, or whole folders
    Import(Import),
    /// List what is stored
    List(Format),
}

/// How to answer.
#[derive(Debug, Args)]
pub(crate) struct Format {
    /// Write JSON to stdout
    #[arg(long)]
    pub(crate) json: bool,
}

/// An import.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stb data import BTCUSDT-1m-2023-01.zip --symbol BTCUSDT
  stb data import ~/klines --symbol BTCUSDT --market spot --on-conflict keep --json

Each file is imported whole or not at all; gaps are legal and reported.")]
pub(crate) struct Import {
    /// Files and folders; folders are searched
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Instrument the candles belong to
    #[arg(long, value_name = "SYMBOL")]
    pub(crate) symbol: String,
    /// Market of the candles: um (USDT-M futures) or spot [default: what the file names say, else um]
    #[arg(long, value_name = "MARKET")]
    pub(crate) market: Option<String>,
    /// Candles that are stored with other values: refuse the file, keep the stored ones, or replace them
    #[arg(long, default_value = "refuse", value_name = "POLICY")]
    pub(crate) on_conflict: String,
    /// Candle length, such as 1m [default: found in each file]
    #[arg(long, value_name = "TF")]
    pub(crate) timeframe: Option<String>,
    #[command(flatten)]
    pub(crate) format: Format,
}

/// A backtest.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stb backtest --symbol BTCUSDT --strategy SMA_CROSS --start 2024-01-01 --end 2024-02-01 --timeframes 1h
  stb backtest --symbol BTCUSDT --strategy SIMPLE_TEST --start 2024-01-01 --end 2024-01-07 \\
      --timeframes 1h,4h --role 1h=LTF --role 4h=HTF --commission 0.0004 --json
  stb backtest --symbol ETHUSDT --strategy SMA_CROSS --start 2024-01-01 --end 2024-07-01 \\
      --timeframes 15m --param fast=10 --param slow=30 --full --json

Candles with start <= open < end take part. A single timeframe is LTF. Of several timeframes, one
without a role gets the role that none of the others has; otherwise every one needs a --role.

Exit codes: 0 done, 1 the run failed or the data do not allow it, 2 wrong usage or input.")]
pub(crate) struct Backtest {
    /// Instrument
    #[arg(long)]
    pub(crate) symbol: String,
    /// Name or alias of the strategy, any case (see: stb strategies)
    #[arg(long, value_name = "NAME")]
    pub(crate) strategy: String,
    /// First instant: ISO 8601, without a zone UTC
    #[arg(long, value_name = "TIME")]
    pub(crate) start: String,
    /// First instant after the range
    #[arg(long, value_name = "TIME")]
    pub(crate) end: String,
    /// Candle lengths, separated by commas: 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M
    #[arg(long, value_delimiter = ',', required = true, value_name = "TF")]
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
    /// Commission per side as a fraction [default: 0.001]
    #[arg(long, value_name = "FRACTION", allow_hyphen_values = true)]
    pub(crate) commission: Option<String>,
    /// Slippage against the trader as a fraction [default: 0.0001]
    #[arg(long, value_name = "FRACTION", allow_hyphen_values = true)]
    pub(crate) slippage: Option<String>,
    /// Leverage, 1 to 125 [default: 1]
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub(crate) leverage: Option<String>,
    /// Risk of a trade in percent of equity [default: the strategy's own]
    #[arg(long, value_name = "PERCENT", allow_hyphen_values = true)]
    pub(crate) risk_per_trade: Option<String>,
    /// Where candles come from: auto, um, spot or demo [default: auto]
    #[arg(long, value_name = "MARKET")]
    pub(crate) market: Option<String>,
    /// Missing candles: annotate or refuse [default: annotate]
    #[arg(long, value_name = "POLICY")]
    pub(crate) gap_policy: Option<String>,
    /// Stop and target inside one candle: pessimistic (stop first) or optimistic [default: pessimistic]
    #[arg(long, value_name = "POLICY")]
    pub(crate) intrabar: Option<String>,
    /// With --json: the whole equity curve too
    #[arg(long)]
    pub(crate) full: bool,
    #[command(flatten)]
    pub(crate) format: Format,
}

/// A server.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  stb serve --port 8000      then open http://127.0.0.1:8000 (documentation: /docs)

Only programs and pages of this machine are answered. On first use a labelled synthetic data set is
made, so that a backtest runs at once. Ctrl-C stops; unfinished backtests go on at the next start.
A second Ctrl-C ends at once.")]
pub(crate) struct Serve {
    /// Port on 127.0.0.1; 0 takes any free one
    #[arg(long, default_value_t = 8000)]
    pub(crate) port: u16,
}

impl Arguments {
    /// Whether the answer is JSON.
    pub(crate) fn json(&self) -> bool {
        match &self.command {
            Command::Data { command: DataCommand::Import(import) } => import.format.json,
            Command::Data { command: DataCommand::List(format) } | Command::Strategies(format) => {
                format.json
            }
            Command::Backtest(backtest) => backtest.format.json,
            Command::Serve(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_words_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }
}
