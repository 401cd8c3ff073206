//! Recorded candles or trades in the place of a made-up market.
//!
//! CSV in the venue's columns, plain, gzipped or zipped. One-minute candles, whose trades are made up so that they come
//! to the candle (quote volume, count and taker volumes follow from them), or single trades. Bytes in, no files here.

mod csv;
mod unpack;

use domain::Timestamp;

use crate::market::recording::Recording;
use crate::market::trade::MINUTE;
use crate::market::trade::{Outline, aggregates_of};
use crate::market::{Series, Source, SymbolSpec, Trade};

/// A recording of one symbol.
#[derive(Clone, Debug)]
pub struct Replay {
    symbol: String,
    rows: csv::Rows,
    /// How recorded time becomes the venue's.
    pub time: ReplayTime,
}

/// How recorded time becomes the venue's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReplayTime {
    /// As it was recorded: the venue has to start inside the recording to have a tail.
    #[default]
    AsRecorded,
    /// Shifted by whole minutes, so that the venue starts so many minutes after the first recorded one.
    StartsAfter(i64),
}

/// A recording that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// The name does not say which symbol it is.
    #[error("{name}: expected a symbol such as BTCUSDT in the name of the recording")]
    NoSymbol {
        /// Name of the recording.
        name: String,
    },
    /// It cannot be unpacked.
    #[error("the recording cannot be unpacked: {0}")]
    Packed(String),
    /// A row cannot be read.
    #[error("line {line}: expected {expected}, was {was:?}")]
    Row {
        /// Number of the line, from 1.
        line: usize,
        /// What is expected there.
        expected: &'static str,
        /// What stands there, shortened to 80 characters.
        was: String,
    },
    /// It has no rows.
    #[error("the recording is empty")]
    Empty,
}

impl Replay {
    /// Reads a recording. The symbol is taken from the name, as in `BTCUSDT-1m-2024-01.zip`.
    ///
    /// # Errors
    /// [`ReplayError`] naming the line and what was expected there.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, ReplayError> {
        let words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
        let symbol = words.into_iter().find(|word| {
            (word.ends_with("USDT") || word.ends_with("USDC"))
                && word.parse::<domain::Symbol>().is_ok()
        });
        let symbol =
            symbol.ok_or_else(|| ReplayError::NoSymbol { name: name.to_owned() })?.to_owned();
        let rows = csv::read(&unpack::unpacked(bytes)?)?;
        Ok(Self { symbol, rows, time: ReplayTime::AsRecorded })
    }

    /// Name of the recorded symbol.
    #[must_use]
    pub fn symbol(&self) -> &str {
        &self.symbol
    }

    /// First recorded instant.
    #[must_use]
    pub fn first_time(&self) -> Timestamp {
        Timestamp::from_millis(self.rows.first_time())
    }

    /// Minutes from the first recorded one to the end.
    #[must_use]
    pub fn minutes(&self) -> i64 {
        self.rows.last_minute() + 1 - self.rows.first_time().div_euclid(MINUTE)
    }

    pub(crate) fn series(
        &self,
        specs: &[SymbolSpec],
        start: Timestamp,
    ) -> Result<Series, ReplayError> {
        let shift = match self.time {
            ReplayTime::AsRecorded => 0,
            ReplayTime::StartsAfter(minutes) => {
                let first = self.rows.first_time().div_euclid(MINUTE);
                start.millis().div_euclid(MINUTE) - minutes - first
            }
        };
        let spec = self.spec(specs, shift)?;
        let recording = match &self.rows {
            csv::Rows::Candles(candles, _) => {
                Recording::of_candles(outlines(candles, spec.seed, shift), spec.seed)
            }
            csv::Rows::Trades(trades, _) => Recording::of_trades(
                trades
                    .iter()
                    .map(|trade| Trade { time: trade.time + shift * MINUTE, ..*trade })
                    .collect(),
            ),
        };
        Ok(Series::new(spec, Source::Recorded(recording)))
    }

    /// The listed contract of that name, or the last one under another name, on the recorded grid.
    #[expect(clippy::cast_precision_loss, reason = "a statistic that sizes the book")]
    fn spec(&self, specs: &[SymbolSpec], shift: i64) -> Result<SymbolSpec, ReplayError> {
        let own = specs.iter().find(|spec| spec.symbol.as_str() == self.symbol).or(specs.last());
        let (decimals, first_price, volume) = self.rows.shape();
        let symbol =
            self.symbol.parse().map_err(|_| ReplayError::NoSymbol { name: self.symbol.clone() })?;
        let mut spec = own.cloned().ok_or(ReplayError::Empty)?;
        spec.symbol = symbol;
        spec.listed = Timestamp::from_millis(self.rows.first_time() + shift * MINUTE);
        spec.first_price = first_price as f64 / 10f64.powi(i32::from(decimals.0));
        spec.volume_typical = volume as f64 / 10f64.powi(i32::from(decimals.1));
        (spec.price_decimals, spec.quantity_decimals) = decimals;
        spec.quiet_percent = 0;
        Ok(spec)
    }
}

fn outlines(candles: &[Outline], seed: u64, shift: i64) -> Vec<Outline> {
    let mut next = 0;
    let numbered = candles.iter().map(|candle| {
        let minute = candle.minute + shift;
        let aggregates = aggregates_of(seed, minute, candle.volume);
        let first_aggregate = next;
        next += aggregates;
        Outline { minute, first_aggregate, aggregates, ..*candle }
    });
    numbered.collect()
}
