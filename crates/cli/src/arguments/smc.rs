//! The words of `stb smc`.

use std::path::PathBuf;

use clap::Args;

use super::Format;

/// What Smart Money Concepts tell.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stb smc --symbol BTCUSDT --timeframe 15m
  stb smc --symbol BTCUSDT --timeframe 5m --csv BTCUSDT-5m-2023-01.zip --json
  stb smc --symbol BTCUSDT --timeframe 4h --study order_block --direction bullish --targets 1,2,3

Each line is a fact with the moment at which it became known; later candles change none of them.")]
pub(crate) struct Smc {
    /// Instrument
    #[arg(long, value_name = "SYMBOL")]
    pub(crate) symbol: String,
    /// Candle length, such as 15m; with --csv that of the file
    #[arg(long, value_name = "TF")]
    pub(crate) timeframe: String,
    /// A kline file (.csv, .csv.gz, .zip) in the place of stored candles
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<PathBuf>,
    /// Market of stored candles: auto, um, spot or demo
    #[arg(long, default_value = "auto", value_name = "MARKET")]
    pub(crate) market: String,
    /// Only what became known at or after this time, such as 2024-01-31 or 2024-01-31T12:00:00Z
    #[arg(long, value_name = "TIME", conflicts_with = "study")]
    pub(crate) from: Option<String>,
    /// Only what became known before this time; of a study only candles before it
    #[arg(long, value_name = "TIME")]
    pub(crate) to: Option<String>,
    /// Candles that confirm a swing of the internal structure
    #[arg(long, value_name = "N")]
    pub(crate) internal_length: Option<usize>,
    /// Candles that confirm a swing of the swing structure
    #[arg(long, value_name = "N")]
    pub(crate) swing_length: Option<usize>,
    /// Instead of facts, what came of touched zones: order_block or fair_value_gap
    #[arg(long, value_name = "ZONE")]
    pub(crate) study: Option<String>,
    /// Of a study: zones that are bullish, bearish or both
    #[arg(long, default_value = "bullish", value_name = "DIRECTION", requires = "study")]
    pub(crate) direction: String,
    /// Of a study: order blocks of the internal or swing structure, or both
    #[arg(long, default_value = "both", value_name = "STRUCTURE", requires = "study")]
    pub(crate) scope: String,
    /// Of a study: which return of the price into a zone
    #[arg(long, default_value_t = 1, value_name = "N", requires = "study")]
    pub(crate) touch: u32,
    /// Of a study: targets in heights of the zone, joined by commas
    #[arg(long, default_value = "1,2,3", value_name = "LIST", requires = "study")]
    pub(crate) targets: String,
    /// Of a study: stopped by a wick or a close beyond the far edge
    #[arg(long, default_value = "wick", value_name = "RULE", requires = "study")]
    pub(crate) stop: String,
    /// Of a study: candles after the touch that are looked at
    #[arg(long, default_value_t = 50, value_name = "N", requires = "study")]
    pub(crate) horizon: usize,
    #[command(flatten)]
    pub(crate) format: Format,
}
