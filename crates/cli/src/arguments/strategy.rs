//! The words of `stb strategy`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Format;

/// What to do with a strategy of one's own.
#[derive(Debug, Subcommand)]
pub(crate) enum StrategyCommand {
    /// Write a strategy that runs, to begin with
    New(NewStrategy),
    /// Load a strategy and show what it declares, or what is wrong with it
    Check(CheckStrategy),
    /// Run a strategy over made-up candles or those of a file, look-ahead check included
    Test(TestStrategy),
}

/// A new strategy.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stb strategy new my_cross
  stb strategy new ideas/breakout.luau
  stb strategy new my_rules.json

A name without a folder goes into the strategies folder of the data directory, where the application finds it.")]
pub(crate) struct NewStrategy {
    /// Name or path of the file: .luau for a script, added where it is missing, or .json for rules
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) format: Format,
}

/// A strategy to load.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 it can be run, 1 it cannot, 2 the file cannot be read.")]
pub(crate) struct CheckStrategy {
    /// Its file
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) format: Format,
}

/// A strategy to try.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stb strategy test my_cross.luau
  stb strategy test my_cross.luau --csv BTCUSDT-5m-2023-01.zip --param fast=5

Exit codes: 0 it ran and looked at nothing ahead, 1 it did not, 2 wrong usage or a file that cannot be read.")]
pub(crate) struct TestStrategy {
    /// Its file
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// A kline file (.csv, .csv.gz, .zip) in the place of made-up candles; of long ones the newest 20000
    /// candles of the strategy's shortest timeframe are run over
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<PathBuf>,
    /// A parameter of the strategy; may be repeated
    #[arg(long = "param", value_name = "NAME=VALUE")]
    pub(crate) parameters: Vec<String>,
    #[command(flatten)]
    pub(crate) format: Format,
}
