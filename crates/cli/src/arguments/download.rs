//! The words of `stb data download`.

use clap::Args;

use super::Format;

/// A download of history.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stb data download BTCUSDT ETHUSDT --from 2024-01-01
  stb data download --timeframe 1m --mark
  stb data download BTCUSDT --from 2024-01-01 --to 2024-02-01 --verify --venue binance --json

Only what is missing is fetched: from the archive of the venue, the rest by request. Longer candles are built from 1m.
Then the venue's own candles of an hour (the newest 365 days) and a day are compared with what the minutes make;
what differs is told, and stays in the integrity report. Ctrl-C stops; what was fetched stays, and the same command
fetches the rest. Exit codes: 0 done, 1 a part failed or it was cancelled, 2 wrong usage or input.")]
pub(crate) struct Download {
    /// Instruments [default: the watch-list of the venue]
    #[arg(value_name = "SYMBOL")]
    pub(crate) symbols: Vec<String>,
    /// Candle length, up to 1d; may be repeated [default: 1m]
    #[arg(long = "timeframe", value_name = "TF")]
    pub(crate) timeframes: Vec<String>,
    /// First open time, UTC [default: the listing of each instrument]
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<String>,
    /// First instant after the open times, UTC [default: now]
    #[arg(long, value_name = "DATE")]
    pub(crate) to: Option<String>,
    /// Fetch mark price candles, too
    #[arg(long)]
    pub(crate) mark: bool,
    /// Fetch no funding settlements
    #[arg(long)]
    pub(crate) no_funding: bool,
    /// Compare what is stored with the venue's again
    #[arg(long)]
    pub(crate) verify: bool,
    /// Do not compare the venue's longer candles with what the minutes make
    #[arg(long)]
    pub(crate) no_check: bool,
    /// Venue: demo or binance [default: that of the settings]
    #[arg(long, value_name = "VENUE")]
    pub(crate) venue: Option<String>,
    #[command(flatten)]
    pub(crate) format: Format,
}
