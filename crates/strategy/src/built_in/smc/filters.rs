//! The four filters of `SMC` on the lower timeframe.

use indicators::smc::Direction;
use indicators::{Bollinger, Obv, Rsi, Sma};
use market::Candles;

use super::parameters::Settings;

const RSI_LENGTH: usize = 14;
const MEAN_LENGTH: usize = 20;
const BAND_WIDTH: f64 = 2.0;

/// Readings that the filters look at.
pub(super) struct Filters {
    seen: usize,
    rsi: Rsi,
    volumes: Sma,
    volume: f64,
    obv: Obv,
    balances: Sma,
    bands: Bollinger,
}

/// Which filters pass; one that is switched off does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Passed {
    pub(super) rsi: bool,
    pub(super) volume: bool,
    pub(super) obv: bool,
    pub(super) bands: bool,
}

impl Passed {
    pub(super) fn count(&self) -> u32 {
        [self.rsi, self.volume, self.obv, self.bands].into_iter().map(u32::from).sum()
    }
}

impl Filters {
    pub(super) fn new() -> Self {
        Self {
            seen: 0,
            rsi: Rsi::new(RSI_LENGTH),
            volumes: Sma::new(MEAN_LENGTH),
            volume: 0.0,
            obv: Obv::new(),
            balances: Sma::new(MEAN_LENGTH),
            bands: Bollinger::new(MEAN_LENGTH, BAND_WIDTH),
        }
    }

    /// Takes in the candles that have closed since the last time.
    pub(super) fn follow(&mut self, candles: &Candles<'_>) {
        while let Some(candle) = candles.candle(self.seen) {
            self.seen += 1;
            self.rsi.push(candle.close);
            self.volumes.push(candle.volume);
            self.volume = candle.volume;
            if let Some(balance) = self.obv.push(&candle) {
                self.balances.push(balance);
            }
            self.bands.push(candle.close);
        }
    }

    /// Relative strength of the newest close.
    pub(super) fn rsi(&self) -> Option<f64> {
        self.rsi.value()
    }

    /// Which filters pass for a direction; `None` during warm-up.
    pub(super) fn passed(
        &self,
        direction: Direction,
        close: f64,
        settings: &Settings,
    ) -> Option<Passed> {
        let (rsi, volumes) = (self.rsi.value()?, self.volumes.value()?);
        let (balance, balances) = (self.obv.value()?, self.balances.value()?);
        let bands = self.bands.value()?;
        let (is_calm, is_carried) = match direction {
            Direction::Bullish => (rsi <= settings.rsi_overbought, balance > balances),
            Direction::Bearish => (rsi >= settings.rsi_oversold, balance < balances),
        };
        Some(Passed {
            rsi: !settings.uses_rsi || is_calm,
            volume: self.volume >= volumes,
            obv: !settings.uses_obv || is_carried,
            bands: !settings.uses_bands || (bands.lower..=bands.upper).contains(&close),
        })
    }
}
