//! The words of the command line.
//!
//! Values stay texts here: the desk checks them all at once, as it does for every door.

mod backtest;
mod demo_exchange;
mod download;
mod pairs;
mod smc;
mod strategy;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use backtest::Backtest;
#[cfg(test)]
pub(crate) use backtest::Fills;
pub(crate) use demo_exchange::DemoExchange;
pub(crate) use download::Download;
pub(crate) use pairs::{NamedPairs, PairsCommand};
pub(crate) use smc::Smc;
pub(crate) use strategy::{CheckStrategy, NewStrategy, StrategyCommand, TestStrategy};

const ABOUT: &str = "Research futures strategies: import and download candles, run backtests, serve the same over HTTP.";

/// Of every command; what single commands add is in their own help.
const EXIT_CODES: &str = "\
Exit codes:
  0    done, and the answer is yes where the command asks something
  1    it was asked rightly and failed, or the answer is no: no data, gaps refused, a capsule that
       differs or cannot be run here, a venue that does not answer or list it, cancelled with Ctrl-C
  2    wrong usage or input: words, options, files, or the name of a symbol, strategy or pair that
       is not there
  130  ended at once by a second Ctrl-C";

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
    /// Import, download and list candles and funding settlements
    Data {
        #[command(subcommand)]
        command: DataCommand,
    },
    /// List and change the watch-list: the pairs whose market is followed
    Pairs {
        #[command(subcommand)]
        command: PairsCommand,
    },
    /// List strategies with their parameters
    Strategies(Format),
    /// Write, check and try strategies of your own
    Strategy {
        #[command(subcommand)]
        command: StrategyCommand,
    },
    /// Print what Smart Money Concepts tell over candles
    Smc(Smc),
    /// Run a strategy over stored candles
    Backtest(Box<Backtest>),
    /// Run a capsule again on the candles stored here and say what differs
    Verify(Verify),
    /// Serve the UI and the HTTP API on this machine
    Serve(Serve),
    /// Run a demo exchange on this machine: a made-up market behind the venue's own protocol
    DemoExchange(DemoExchange),
}

/// What to do with candles.
#[derive(Debug, Subcommand)]
pub(crate) enum DataCommand {
    /// Import Binance kline, mark price and funding files: .csv, .csv.gz, .zip, funding also .json, or whole folders
    Import(Import),
    /// Fetch history from the venue: candles, mark prices, funding
    Download(Download),
    /// List what is stored
    List(List),
    /// Look through stored candles: gaps, oddities, and whether longer candles are what they make
    Integrity(Integrity),
}

/// A look through stored candles.
#[derive(Debug, Args)]
pub(crate) struct Integrity {
    /// Instruments [default: all that are stored]
    #[arg(value_name = "SYMBOL")]
    pub(crate) symbols: Vec<String>,
    #[command(flatten)]
    pub(crate) format: Format,
}

/// A list of what is stored.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only funding settlements
    #[arg(long)]
    pub(crate) funding: bool,
    #[command(flatten)]
    pub(crate) format: Format,
}

/// A capsule to run again.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  stb backtest --symbol BTCUSDT --strategy SMA_CROSS --start 2024-01-01 --end 2024-02-01 \\
      --timeframes 1h --capsule run.json
  stb verify run.json

Data of the capsule that is not stored here is named. Exit codes: 0 the result is the same, 1 it differs or
cannot be run here, 2 the file is no capsule.")]
pub(crate) struct Verify {
    /// A file written by `stb backtest --capsule`
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) format: Format,
}

/// How to answer.
#[derive(Debug, Default, Args)]
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
  stb data import BTCUSDT-fundingRate-2023-01.zip --symbol BTCUSDT
  stb data import mark-1h.csv --symbol BTCUSDT --price mark

Each file is imported whole or not at all; gaps are legal and reported. Funding settlements are known by
their columns, mark price candles by --price or the name of the file.")]
pub(crate) struct Import {
    /// Files and folders; folders are searched
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Instrument the candles or settlements belong to
    #[arg(long, value_name = "SYMBOL")]
    pub(crate) symbol: String,
    /// Market they belong to: um (USDT-M futures) or spot [default: what the file names say, else um]
    #[arg(long, value_name = "MARKET")]
    pub(crate) market: Option<String>,
    /// Rows that are stored with other values: refuse the file, keep the stored ones, or replace them
    #[arg(long, default_value = "refuse", value_name = "POLICY")]
    pub(crate) on_conflict: String,
    /// Candle length, such as 1m [default: found in each file]
    #[arg(long, value_name = "TF")]
    pub(crate) timeframe: Option<String>,
    /// Price that candles are of: last or mark [default: what the file names say, else last]
    #[arg(long, value_name = "PRICE")]
    pub(crate) price: Option<String>,
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
            Command::Data { command: DataCommand::Download(download) } => download.format.json,
            Command::Data { command: DataCommand::List(list) } => list.format.json,
            Command::Data { command: DataCommand::Integrity(integrity) } => integrity.format.json,
            Command::Pairs { command } => command.list().format.json,
            Command::Strategies(format) => format.json,
            Command::Strategy { command: StrategyCommand::New(new) } => new.format.json,
            Command::Strategy { command: StrategyCommand::Check(check) } => check.format.json,
            Command::Strategy { command: StrategyCommand::Test(test) } => test.format.json,
            Command::Smc(smc) => smc.format.json,
            Command::Backtest(backtest) => backtest.format.json,
            Command::Verify(verify) => verify.format.json,
            Command::Serve(_) | Command::DemoExchange(_) => false,
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
