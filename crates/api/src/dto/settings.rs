//! What the user prefers.

use desk::{PriceColors as Colors, Settings as Preferred, Theme as Light, TimeZone as Zone};
use serde::Serialize;
use utoipa::ToSchema;

use super::live::VenueName;
use super::words::words;
use crate::exact::ExactNumber;

words! {
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
words! {
    /// Colours of rising and falling prices.
    PriceColors {
        /// Green rises.
        GreenRed = "green_red",
        /// Red rises.
        RedGreen = "red_green",
        /// Blue rises.
        BlueOrange = "blue_orange",
    }
}
words! {
    /// Zone of shown times.
    TimeZone {
        /// UTC.
        Utc = "utc",
        /// The machine's.
        Local = "local",
    }
}

/// Everything that can be preferred. A PATCH may send any part of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Settings {
    /// Light or dark.
    pub theme: Theme,
    /// Colours of rising and falling prices.
    pub price_colors: PriceColors,
    /// Zone of shown times.
    pub time_zone: TimeZone,
    /// Where live data and downloads come from.
    pub venue: VenueName,
    /// When what is missing of the stored history of watched pairs is fetched by itself: `off`, or a time of the day,
    /// UTC.
    #[schema(example = "00:20")]
    pub refresh: String,
    /// Start capital a new backtest form offers, quote asset.
    pub default_initial_balance: ExactNumber,
    /// Commission per side a new backtest form offers, fraction.
    pub default_commission: ExactNumber,
    /// Slippage a new backtest form offers, fraction.
    pub default_slippage: ExactNumber,
    /// Leverage a new backtest form offers.
    pub default_leverage: ExactNumber,
}

/// The settings to change; absent ones stay.
#[derive(Clone, Debug, ToSchema)]
#[expect(
    dead_code,
    reason = "documents the body, which is read field by field so that all errors are found at once"
)]
pub struct SettingsChange {
    /// Light or dark.
    theme: Option<Theme>,
    /// Colours of rising and falling prices.
    price_colors: Option<PriceColors>,
    /// Zone of shown times.
    time_zone: Option<TimeZone>,
    /// Where live data and downloads come from.
    venue: Option<VenueName>,
    /// `off`, or a time of the day, UTC.
    #[schema(example = "00:20")]
    refresh: Option<String>,
    /// Start capital, greater than 0.
    default_initial_balance: Option<ExactNumber>,
    /// Fraction, 0 <= x < 0.1.
    default_commission: Option<ExactNumber>,
    /// Fraction, 0 <= x < 0.1.
    default_slippage: Option<ExactNumber>,
    /// 1 to 125.
    default_leverage: Option<ExactNumber>,
}

impl From<Preferred> for Settings {
    fn from(settings: Preferred) -> Self {
        Self {
            theme: match settings.theme {
                Light::System => Theme::System,
                Light::Dark => Theme::Dark,
                Light::Light => Theme::Light,
            },
            price_colors: match settings.price_colors {
                Colors::GreenRed => PriceColors::GreenRed,
                Colors::RedGreen => PriceColors::RedGreen,
                Colors::BlueOrange => PriceColors::BlueOrange,
            },
            venue: settings.venue.into(),
            refresh: settings.refresh.to_string(),
            time_zone: match settings.time_zone {
                Zone::Utc => TimeZone::Utc,
                Zone::Local => TimeZone::Local,
            },
            default_initial_balance: settings.default_initial_balance.into(),
            default_commission: settings.default_commission.into(),
            default_slippage: settings.default_slippage.into(),
            default_leverage: settings.default_leverage.into(),
        }
    }
}
