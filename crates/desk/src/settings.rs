//! What the user prefers: typed, validated, stored as one text per key.
//!
//! Fractions are fractions (0.001 is ten basis points). A stored value that an
//! older version wrote and this one does not accept falls back to its default.

use std::fmt;
use std::str::FromStr;

use domain::Decimal;
use storage::TradingStore;

use crate::error::{DeskError, FieldError, FieldErrorKind};
use crate::live::VenueName;
use crate::number::{BALANCE, COST, LEVERAGE, bounded, expected};
use crate::words::word_enum;

word_enum! {
    /// Light or dark.
    Theme {
        /// As the operating system says.
        System = "system",
        /// Dark.
        Dark = "dark",
        /// Light.
        Light = "light",
    }
}

word_enum! {
    /// Colours of rising and falling prices.
    PriceColors {
        /// Green rises, red falls.
        GreenRed = "green_red",
        /// Red rises, green falls.
        RedGreen = "red_green",
        /// Blue rises, orange falls; safe for colour-blind eyes.
        BlueOrange = "blue_orange",
    }
}

word_enum! {
    /// In which zone times are shown. Stored times are always UTC.
    TimeZone {
        /// UTC.
        Utc = "utc",
        /// The zone of the machine.
        Local = "local",
    }
}

/// When what is missing of the stored history is fetched by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshSchedule {
    /// Never.
    Off,
    /// Once a day, UTC.
    Daily {
        /// 0 to 23.
        hour: u8,
        /// 0 to 59.
        minute: u8,
    },
}

impl fmt::Display for RefreshSchedule {
    /// `off`, or a time such as `00:20`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::Daily { hour, minute } => write!(f, "{hour:02}:{minute:02}"),
        }
    }
}

impl FromStr for RefreshSchedule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || expected("off or a time of the day such as 00:20 (UTC)", text);
        if text == "off" {
            return Ok(Self::Off);
        }
        let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
        let number = |text: &str, end: u8| {
            let is_plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<u8>().ok().filter(|number| is_plain && *number < end).ok_or_else(wrong)
        };
        Ok(Self::Daily { hour: number(hour, 24)?, minute: number(minute, 60)? })
    }
}

/// Everything that can be preferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Light or dark.
    pub theme: Theme,
    /// Colours of rising and falling prices.
    pub price_colors: PriceColors,
    /// Zone of shown times.
    pub time_zone: TimeZone,
    /// Where live data and downloads come from.
    pub venue: VenueName,
    /// When stored history is refreshed.
    pub refresh: RefreshSchedule,
    /// Start capital a new backtest form offers, quote asset.
    pub default_initial_balance: Decimal,
    /// Commission per side a new backtest form offers, fraction.
    pub default_commission: Decimal,
    /// Slippage a new backtest form offers, fraction.
    pub default_slippage: Decimal,
    /// Leverage a new backtest form offers.
    pub default_leverage: Decimal,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::Dark,
            price_colors: PriceColors::GreenRed,
            time_zone: TimeZone::Utc,
            venue: VenueName::Demo,
            refresh: RefreshSchedule::Daily { hour: 0, minute: 20 },
            default_initial_balance: Decimal::from(10_000),
            default_commission: Decimal::new(1, 3),
            default_slippage: Decimal::new(1, 4),
            default_leverage: Decimal::ONE,
        }
    }
}

impl Settings {
    /// Names of all settings, as stored and as written in requests.
    pub const KEYS: [&'static str; 9] = [
        "theme",
        "price_colors",
        "time_zone",
        "venue",
        "refresh",
        "default_initial_balance",
        "default_commission",
        "default_slippage",
        "default_leverage",
    ];

    pub(crate) fn load(store: &TradingStore) -> Result<Self, DeskError> {
        let mut settings = Self::default();
        for key in Self::KEYS {
            let Some(text) = store.setting(key)? else { continue };
            if let Err(error) = settings.set(key, &text) {
                tracing::warn!(key, %error, "a stored setting is not accepted, the default is used");
            }
        }
        Ok(settings)
    }

    /// Changes the given settings, or none of them when any is wrong.
    ///
    /// # Errors
    /// One error per wrong setting.
    pub fn changed(&self, changes: &[(String, String)]) -> Result<Self, Vec<FieldError>> {
        let mut settings = *self;
        let errors: Vec<_> =
            changes.iter().filter_map(|(key, text)| settings.set(key, text).err()).collect();
        if errors.is_empty() { Ok(settings) } else { Err(errors) }
    }

    /// The value of a setting as text.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<String> {
        Some(match key {
            "theme" => self.theme.as_str().to_owned(),
            "price_colors" => self.price_colors.as_str().to_owned(),
            "time_zone" => self.time_zone.as_str().to_owned(),
            "venue" => self.venue.as_str().to_owned(),
            "refresh" => self.refresh.to_string(),
            "default_initial_balance" => self.default_initial_balance.to_string(),
            "default_commission" => self.default_commission.to_string(),
            "default_slippage" => self.default_slippage.to_string(),
            "default_leverage" => self.default_leverage.to_string(),
            _ => return None,
        })
    }

    fn set(&mut self, key: &str, text: &str) -> Result<(), FieldError> {
        let word = |words: &[&str]| FieldError::value(&[key], expected(&words.join(", "), text));
        match key {
            "theme" => self.theme = Theme::from_word(text).ok_or_else(|| word(Theme::WORDS))?,
            "price_colors" => {
                self.price_colors =
                    PriceColors::from_word(text).ok_or_else(|| word(PriceColors::WORDS))?;
            }
            "time_zone" => {
                self.time_zone = TimeZone::from_word(text).ok_or_else(|| word(TimeZone::WORDS))?
            }
            "venue" => {
                self.venue = VenueName::from_word(text).ok_or_else(|| word(VenueName::WORDS))?
            }
            "refresh" => {
                self.refresh = text.parse().map_err(|error| FieldError::value(&[key], error))?;
            }
            "default_initial_balance" => {
                self.default_initial_balance = bounded(&[key], text, &BALANCE)?
            }
            "default_commission" => self.default_commission = bounded(&[key], text, &COST)?,
            "default_slippage" => self.default_slippage = bounded(&[key], text, &COST)?,
            "default_leverage" => self.default_leverage = bounded(&[key], text, &LEVERAGE)?,
            _ => {
                return Err(FieldError::new(
                    &[key],
                    FieldErrorKind::Unknown,
                    format!("expected one of {}", Self::KEYS.join(", ")),
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(key: &str, text: &str) -> Result<Settings, Vec<FieldError>> {
        Settings::default().changed(&[(key.to_owned(), text.to_owned())])
    }

    #[test]
    fn every_setting_survives_its_text() {
        let settings = Settings::default();
        for key in Settings::KEYS {
            let text = settings.text(key).unwrap();
            assert_eq!(change(key, &text).unwrap(), settings, "{key}");
        }
    }

    #[test]
    fn all_wrong_settings_are_named_and_nothing_changes() {
        let changes = [
            ("theme", "pink"),
            ("default_leverage", "126"),
            ("font", "big"),
            ("time_zone", "local"),
        ]
        .map(|(key, text)| (key.to_owned(), text.to_owned()));
        let errors = Settings::default().changed(&changes).unwrap_err();
        let paths: Vec<_> = errors.iter().map(|error| error.path.join(".")).collect();
        assert_eq!(paths, ["theme", "default_leverage", "font"]);
        assert!(errors[0].message.contains("system, dark, light"));
        assert!(errors[1].message.contains("was \"126\""));
    }

    #[test]
    fn a_refresh_is_off_or_at_a_time_of_the_day() {
        let daily = change("refresh", "23:05").unwrap().refresh;
        assert_eq!(daily, RefreshSchedule::Daily { hour: 23, minute: 5 });
        assert_eq!(daily.to_string(), "23:05");
        assert_eq!(change("refresh", "off").unwrap().refresh.to_string(), "off");
        for wrong in ["", "24:00", "00:60", "0:20", "00:2", "+1:20", "00:20:00", "daily"] {
            let errors = change("refresh", wrong).unwrap_err();
            assert!(errors[0].message.contains("such as 00:20"), "{wrong}: {}", errors[0].message);
        }
    }

    #[test]
    fn zero_costs_stay_zero() {
        assert_eq!(change("default_commission", "0").unwrap().default_commission, Decimal::ZERO);
        assert!(change("default_commission", "0.1").is_err());
        assert!(change("default_initial_balance", "1e4").is_ok());
        assert!(change("default_initial_balance", "NaN").is_err());
    }
}
