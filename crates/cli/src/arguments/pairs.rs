//! The words of `stb pairs`.

use clap::{Args, Subcommand};

use super::Format;

/// What to do with the watch-list.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  stb pairs list
  stb pairs add BTCUSDT ETHUSDT --venue binance
  stb pairs deactivate ETHUSDT

Each venue has a list of its own. Every command answers with the list as it is then. Of several pairs, those
before the first that is refused are changed.")]
pub(crate) enum PairsCommand {
    /// List the watched pairs in their order
    List(Pairs),
    /// Watch pairs that the venue trades
    Add(NamedPairs),
    /// Watch pairs no more; their stored candles stay
    Remove(NamedPairs),
    /// Follow watched pairs
    Activate(NamedPairs),
    /// Follow watched pairs no more, and keep them on the list
    Deactivate(NamedPairs),
}

/// Which list.
#[derive(Debug, Args)]
pub(crate) struct Pairs {
    /// Venue: demo or binance [default: that of the settings]
    #[arg(long, value_name = "VENUE")]
    pub(crate) venue: Option<String>,
    #[command(flatten)]
    pub(crate) format: Format,
}

/// Which pairs of it.
#[derive(Debug, Args)]
pub(crate) struct NamedPairs {
    /// Instruments, any case
    #[arg(required = true, value_name = "SYMBOL")]
    pub(crate) symbols: Vec<String>,
    #[command(flatten)]
    pub(crate) list: Pairs,
}

impl PairsCommand {
    /// Which list it is about.
    pub(crate) const fn list(&self) -> &Pairs {
        match self {
            Self::List(list) => list,
            Self::Add(named)
            | Self::Remove(named)
            | Self::Activate(named)
            | Self::Deactivate(named) => &named.list,
        }
    }
}
