//! Every indicator by name, for scripts, rules made of forms, and listings.
//!
//! An [`IndicatorSpec`] describes one and makes it from plain numbers; what is made takes candles and writes its
//! outputs as plain numbers, NaN during warm-up. Settings are given by position or resolved from names.

mod averages;
mod bands;
mod levels;
mod momentum;
mod settings;
mod statistics;
mod volume;
mod wiring;

use domain::Candle;

pub use crate::Source;
use settings::Values;
pub use settings::{IndicatorError, Setting};

/// Describes one indicator and makes it.
#[derive(Clone, Copy, Debug)]
pub struct IndicatorSpec {
    /// Name in scripts and requests, `snake_case`, unique.
    pub id: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// What it tells, in one sentence.
    pub summary: &'static str,
    /// Settings in the order of their positions.
    pub parameters: &'static [Setting],
    /// Whether it reads the number a [`Source`] names; others read whole candles and ignore the source.
    pub takes_source: bool,
    /// What each candle gives, in the order of the readings.
    pub outputs: &'static [Output],
    /// Where charts draw its first output.
    pub pane: Pane,
    warm_up: fn(&Values<'_>) -> usize,
    build: fn(&Values<'_>, Source) -> Box<dyn Indicator>,
}

/// One number that an indicator gives with each candle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Output {
    /// Name in scripts and requests, `snake_case`, unique within its indicator; `value` where it is the only one.
    pub name: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// Where charts draw it.
    pub pane: Pane,
}

/// Where charts draw something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    /// Over the candles, on the scale of the prices (of the volume, when that is the source).
    Price,
    /// Below the candles, on a scale of its own.
    Own,
}

/// An indicator at work.
pub trait Indicator: Send + std::fmt::Debug {
    /// Takes one candle and writes one reading per output, NaN during warm-up. Readings beyond the outputs stay
    /// as they are; outputs beyond the readings are left out.
    fn push(&mut self, candle: &Candle, readings: &mut [f64]);
}

static ALL: [IndicatorSpec; 29] = [
    averages::SMA,
    averages::EMA,
    averages::WMA,
    averages::HMA,
    momentum::RSI,
    momentum::MACD,
    momentum::STOCHASTIC,
    momentum::STOCHASTIC_RSI,
    momentum::CCI,
    momentum::ADX,
    bands::BOLLINGER,
    bands::KELTNER,
    bands::DONCHIAN,
    bands::SUPERTREND,
    bands::ATR,
    volume::MFI,
    volume::OBV,
    volume::VWAP,
    volume::ANCHORED_VWAP,
    volume::VOLUME_PROFILE,
    levels::ICHIMOKU,
    levels::PIVOTS_CLASSIC,
    levels::PIVOTS_FIBONACCI,
    levels::PIVOTS_CAMARILLA,
    levels::HIGHEST,
    levels::LOWEST,
    statistics::STANDARD_DEVIATION,
    statistics::Z_SCORE,
    statistics::LINEAR_REGRESSION,
];

/// All indicators, in the order of a listing: averages, momentum, bands, volume, levels, statistics.
#[must_use]
pub fn all() -> &'static [IndicatorSpec] {
    &ALL
}

/// The indicator with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static IndicatorSpec> {
    ALL.iter().find(|spec| spec.id == id)
}

impl IndicatorSpec {
    /// Makes the indicator. Settings go by position, defaults fill the rest.
    ///
    /// # Errors
    /// [`IndicatorError`] naming the first setting that is out of its range or one too many.
    pub fn make(
        &self,
        settings: &[f64],
        source: Source,
    ) -> Result<Box<dyn Indicator>, IndicatorError> {
        let settings = self.checked(settings)?;
        Ok((self.build)(&Values(&settings), source))
    }

    /// Number of candles until the first reading, the one with the reading included. Values out of
    /// range count as the nearest in range.
    ///
    /// What depends on days and instants may take longer: pivot points tell the fewest candles possible, one for each
    /// period; an anchored average counts from its anchor.
    #[must_use]
    pub fn warm_up(&self, settings: &[f64]) -> usize {
        (self.warm_up)(&Values(&self.clamped(settings)))
    }

    /// Position of the output with this name.
    #[must_use]
    pub fn output(&self, name: &str) -> Option<usize> {
        self.outputs.iter().position(|output| output.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{DAY, at};

    /// Readings of all outputs, candle by candle; daily candles, as pivot points need a period each.
    fn readings(spec: &IndicatorSpec, settings: &[f64], candles: u32) -> Vec<Vec<f64>> {
        let mut indicator = spec.make(settings, Source::Close).unwrap();
        let row = |row: u32| {
            let price = 100.0 + f64::from(row * 7 % 11);
            let candle = at(i64::from(row) * DAY, (price + 2.0, price - 1.0, price), 5.0);
            let mut readings = vec![f64::INFINITY; spec.outputs.len()];
            indicator.push(&candle, &mut readings);
            readings
        };
        (0..candles).map(row).collect()
    }

    fn check_warm_up(spec: &IndicatorSpec, settings: &[f64]) {
        let warm_up = spec.warm_up(settings);
        let rows = readings(spec, settings, u32::try_from(warm_up).unwrap() + 3);
        for (row, readings) in rows.iter().enumerate() {
            let is_ready = row + 1 >= warm_up;
            for reading in readings {
                let is_right = if is_ready { reading.is_finite() } else { reading.is_nan() };
                assert!(is_right, "{} {settings:?}: {reading} at candle {}", spec.id, row + 1);
            }
        }
    }

    #[test]
    fn warm_up_is_exactly_as_declared() {
        for spec in all() {
            check_warm_up(spec, &[]);
            let shortest: Vec<_> = spec.parameters.iter().map(|setting| setting.min).collect();
            check_warm_up(spec, &shortest);
            for changed in 0..spec.parameters.len() {
                let settings = spec.parameters.iter().enumerate().map(|(place, setting)| {
                    if place == changed { setting.max.min(61.0) } else { setting.default }
                });
                // An anchor of 61 lies within the first day.
                if spec.id != "anchored_vwap" && !spec.id.starts_with("pivots") {
                    check_warm_up(spec, &settings.collect::<Vec<_>>());
                }
            }
        }
    }

    #[test]
    fn names_are_unique_and_well_formed() {
        let is_name = |name: &str| {
            !name.is_empty()
                && name
                    .chars()
                    .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_')
        };
        for (place, spec) in all().iter().enumerate() {
            assert!(is_name(spec.id) && find(spec.id).is_some(), "{}", spec.id);
            assert!(all()[..place].iter().all(|other| other.id != spec.id), "{} twice", spec.id);
            assert!(spec.summary.ends_with('.') && !spec.label.is_empty(), "{}", spec.id);
            assert_eq!(spec.pane, spec.outputs[0].pane, "{}", spec.id);
            for (place, output) in spec.outputs.iter().enumerate() {
                assert!(is_name(output.name), "{}", output.name);
                assert_eq!(spec.output(output.name), Some(place), "{} twice", output.name);
            }
            for setting in spec.parameters {
                assert!(is_name(setting.name) && setting.help.ends_with('.'), "{}", setting.name);
                assert!(setting.check(setting.default).is_ok(), "{} {}", spec.id, setting.name);
            }
        }
        assert!(find("none").is_none());
    }

    #[test]
    fn a_short_slice_of_readings_is_filled_as_far_as_it_goes() {
        let mut macd = find("macd").unwrap().make(&[1.0, 1.0, 1.0], Source::Close).unwrap();
        let mut readings = [7.0; 4];
        macd.push(&at(0, (2.0, 1.0, 1.0), 1.0), &mut readings);
        assert_eq!(readings, [0.0, 0.0, 0.0, 7.0]);
        macd.push(&at(0, (2.0, 1.0, 1.0), 1.0), &mut readings[..0]);
    }
}
