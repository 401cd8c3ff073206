//! Settings of indicators: what can be set, and checked values for it.

use super::IndicatorSpec;

/// One number that an indicator can be tuned by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// Name in scripts and requests, `snake_case`, unique within its indicator.
    pub name: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// Used when none is given.
    pub default: f64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// Whether it must be a whole number.
    pub whole: bool,
    /// Unit for people, such as `candles`.
    pub unit: Option<&'static str>,
    /// One sentence of help.
    pub help: &'static str,
}

/// Why an indicator cannot be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum IndicatorError {
    /// A value is out of its range, or not whole where it has to be.
    #[error("{indicator}: {setting}: expected {expected}, was {was}")]
    BadSetting {
        /// Id of the indicator.
        indicator: &'static str,
        /// Name of the setting.
        setting: &'static str,
        /// The rule in words.
        expected: String,
        /// The value.
        was: f64,
    },
    /// There are more values than settings.
    #[error("{indicator}: expected at most {most} settings, was {was}")]
    TooManySettings {
        /// Id of the indicator.
        indicator: &'static str,
        /// How many it has.
        most: usize,
        /// How many were given.
        was: usize,
    },
    /// No setting has this name.
    #[error("{indicator}: expected a setting called {expected}, was {was:?}")]
    UnknownSetting {
        /// Id of the indicator.
        indicator: &'static str,
        /// Names of its settings.
        expected: String,
        /// The offered name, shortened to 64 characters.
        was: String,
    },
    /// A setting is given twice.
    #[error("{indicator}: {setting}: expected once, was given again")]
    RepeatedSetting {
        /// Id of the indicator.
        indicator: &'static str,
        /// Name of the setting.
        setting: &'static str,
    },
}

/// A number of candles.
pub(super) const LENGTH: Setting = Setting {
    name: "length",
    label: "Length",
    default: 20.0,
    min: 1.0,
    max: 5000.0,
    whole: true,
    unit: Some("candles"),
    help: "Number of candles that count.",
};

/// How far bands lie from their middle.
pub(super) const MULTIPLE: Setting = Setting {
    name: "multiple",
    label: "Multiple",
    default: 2.0,
    min: 0.01,
    max: 100.0,
    whole: false,
    unit: None,
    help: "Distance of the bands from the middle, in average true ranges.",
};

/// Values of all settings of an indicator, in range.
pub(super) struct Values<'a>(pub(super) &'a [f64]);

impl Values<'_> {
    /// The number at a position of the indicator's own list.
    pub(super) fn number(&self, place: usize) -> f64 {
        self.0[place]
    }

    /// The same, of a whole setting.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole settings are checked to be whole and not negative"
    )]
    pub(super) fn length(&self, place: usize) -> usize {
        self.number(place) as usize
    }
}

impl Setting {
    /// The rules in words where `value` breaks them.
    pub(super) fn check(&self, value: f64) -> Result<(), String> {
        let is_good =
            (self.min..=self.max).contains(&value) && (!self.whole || value.fract() == 0.0);
        if is_good { Ok(()) } else { Err(self.expectation()) }
    }

    fn expectation(&self) -> String {
        let kind = if self.whole { "a whole number" } else { "a number" };
        let unit = self.unit.map(|unit| format!(" ({unit})")).unwrap_or_default();
        format!("{kind} from {} to {}{unit}", self.min, self.max)
    }

    fn nearest(&self, value: f64) -> f64 {
        let value = if value.is_nan() { self.default } else { value.clamp(self.min, self.max) };
        if self.whole { value.round() } else { value }
    }
}

impl IndicatorSpec {
    /// Settings by position from settings by name, defaults filling the rest.
    ///
    /// # Errors
    /// [`IndicatorError`] naming the first setting that is unknown, given twice or out of its range.
    pub fn by_name(&self, named: &[(&str, f64)]) -> Result<Vec<f64>, IndicatorError> {
        let mut found = vec![None; self.parameters.len()];
        for (name, value) in named {
            let place = self.place_of(name)?;
            if found[place].replace(*value).is_some() {
                let setting = self.parameters[place].name;
                return Err(IndicatorError::RepeatedSetting { indicator: self.id, setting });
            }
        }
        let values = found.iter().zip(self.parameters);
        let values: Vec<_> =
            values.map(|(value, setting)| value.unwrap_or(setting.default)).collect();
        self.checked(&values)
    }

    fn place_of(&self, name: &str) -> Result<usize, IndicatorError> {
        let place = self.parameters.iter().position(|setting| setting.name == name);
        place.ok_or_else(|| {
            let names: Vec<_> = self.parameters.iter().map(|setting| setting.name).collect();
            let expected = if names.is_empty() { "nothing".to_owned() } else { names.join(" or ") };
            let was = name.chars().take(64).collect();
            IndicatorError::UnknownSetting { indicator: self.id, expected, was }
        })
    }

    /// All settings, given ones by position.
    pub(super) fn checked(&self, given: &[f64]) -> Result<Vec<f64>, IndicatorError> {
        let indicator = self.id;
        let most = self.parameters.len();
        if given.len() > most {
            return Err(IndicatorError::TooManySettings { indicator, most, was: given.len() });
        }
        let values = self.filled(given).map(|(setting, was)| {
            let bad = |expected| {
                let setting = setting.name;
                IndicatorError::BadSetting { indicator, setting, expected, was }
            };
            setting.check(was).map_err(bad).map(|()| was)
        });
        values.collect()
    }

    /// All settings, given ones moved into their ranges.
    pub(super) fn clamped(&self, given: &[f64]) -> Vec<f64> {
        self.filled(given).map(|(setting, value)| setting.nearest(value)).collect()
    }

    fn filled(&self, given: &[f64]) -> impl Iterator<Item = (&'static Setting, f64)> {
        let value =
            |(place, setting): (usize, &Setting)| *given.get(place).unwrap_or(&setting.default);
        self.parameters
            .iter()
            .enumerate()
            .map(move |(place, setting)| (setting, value((place, setting))))
    }
}

#[cfg(test)]
mod tests {
    use crate::catalogue::{IndicatorSpec, Source, find};

    fn spec(id: &str) -> &'static IndicatorSpec {
        find(id).unwrap()
    }

    fn check(id: &str, settings: &[f64], expected: &str) {
        let error = spec(id).make(settings, Source::Close).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn bad_values_are_named_with_what_is_expected() {
        let expected = "sma: length: expected a whole number from 1 to 5000 (candles), was";
        check("sma", &[0.0], &format!("{expected} 0"));
        check("sma", &[2.5], &format!("{expected} 2.5"));
        check("sma", &[f64::NAN], &format!("{expected} NaN"));
        check("sma", &[1.0, 2.0], "sma: expected at most 1 settings, was 2");
        check(
            "bollinger",
            &[20.0, -1.0],
            "bollinger: width: expected a number from 0.01 to 100 (standard deviations), was -1",
        );
    }

    #[test]
    fn names_become_positions() {
        let macd = spec("macd");
        assert_eq!(macd.by_name(&[("signal", 5.0), ("fast", 8.0)]), Ok(vec![8.0, 26.0, 5.0]));
        let error = |named: &[(&str, f64)]| macd.by_name(named).unwrap_err().to_string();
        let expected = "macd: expected a setting called fast or slow or signal, was \"length\"";
        assert_eq!(error(&[("length", 5.0)]), expected);
        assert_eq!(
            error(&[("fast", 5.0), ("fast", 6.0)]),
            "macd: fast: expected once, was given again"
        );
        assert_eq!(
            error(&[("slow", 0.5)]),
            "macd: slow: expected a whole number from 1 to 5000 (candles), was 0.5"
        );
        let error = spec("obv").by_name(&[("length", 5.0)]).unwrap_err();
        assert_eq!(error.to_string(), "obv: expected a setting called nothing, was \"length\"");
    }

    #[test]
    fn warm_up_takes_the_nearest_value_in_range() {
        let sma = spec("sma");
        assert_eq!(sma.warm_up(&[]), 20);
        assert_eq!(sma.warm_up(&[-7.0]), 1);
        assert_eq!(sma.warm_up(&[f64::INFINITY, 3.0]), 5000);
        assert_eq!(sma.warm_up(&[f64::NAN]), 20);
    }
}
