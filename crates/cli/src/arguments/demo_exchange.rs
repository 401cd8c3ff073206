//! The words of `stb demo-exchange`.

use std::path::PathBuf;

use clap::Args;

/// A demo exchange.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stb demo-exchange --port 9000
  stb demo-exchange --speed 60 --faults \"klines:503@0.1; ws.kline:drop@0.01\"
  stb demo-exchange --faults \"order:reply-lost@x1; trade:invisible=5000; trade/BTCUSDT:manual-buy=100@#30\"
  stb demo-exchange --replay BTCUSDT-1m-2024-01.zip --speed 10

Its market is made up or recorded, never real. It has one account with 10,000 USDT that opens nothing elsewhere: the API key is
demo0key0demo0key0demo0key0demo0key0demo0key0demo0key0demo0key00, the secret (HMAC-SHA256)
demo0secret0demo0secret0demo0secret0demo0secret0demo0secret0demo.

A fault is TARGET:FAULT[=VALUE][@WHEN]: targets are endpoints (klines, depth, order, archive, *), streams (ws.kline, ws.depth,
ws.*), events of the user stream (user.ORDER_TRADE_UPDATE, user), trade or trade/SYMBOL, market/SYMBOL and clock; times are a
chance (0.1), the first times (x3), one time (#7) or a range (START..END, or START.. for ever). They can be changed while it runs:
POST /control/faults; GET /control/state tells what is going on, GET /control/truth what really happened. Ctrl-C stops.")]
pub(crate) struct DemoExchange {
    /// Port on 127.0.0.1; 0 takes any free one
    #[arg(long, default_value_t = 8010)]
    pub(crate) port: u16,
    /// Other seeds make other markets; 0 is that of the synthetic data set
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// How fast its time runs, from now on
    #[arg(long, default_value_t = 1.0)]
    pub(crate) speed: f64,
    /// Recorded one-minute candles or trades to play: .csv, .csv.gz or .zip, named after their symbol
    #[arg(long, value_name = "FILE")]
    pub(crate) replay: Option<PathBuf>,
    /// What goes wrong
    #[arg(long, default_value = "", hide_default_value = true, value_name = "SPEC")]
    pub(crate) faults: String,
}
