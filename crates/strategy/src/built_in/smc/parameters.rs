//! What `SMC` can be tuned by.

use domain::{Decimal, Rate};

use crate::{ParameterError, ParameterSpec, Parameters};

/// What decides about the direction of trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BiasRule {
    Ema,
    Structure,
    Both,
}

/// Checked parameters.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) bias: BiasRule,
    pub(super) volume_ratio_min: f64,
    /// Fraction of the price.
    pub(super) gap_min: f64,
    /// HTF candles for which a zone counts.
    pub(super) zone_candles: u64,
    /// Fraction of the middle of a zone.
    pub(super) distance_max: f64,
    /// LTF candles for which a sweep counts and an entry waits.
    pub(super) setup_candles: i64,
    pub(super) requires_sweep: bool,
    pub(super) requires_break: bool,
    pub(super) refines_entry: bool,
    pub(super) risk_per_trade: Rate,
    pub(super) reward_to_risk: Decimal,
    /// Average true ranges.
    pub(super) stop_buffer: f64,
    pub(super) uses_rsi: bool,
    pub(super) uses_obv: bool,
    pub(super) uses_bands: bool,
    pub(super) rsi_overbought: f64,
    pub(super) rsi_oversold: f64,
    pub(super) filters_min: u32,
}

const BIASES: &[&str] = &["both", "ema", "structure"];

impl Settings {
    pub(super) fn read(parameters: &Parameters) -> Result<Self, ParameterError> {
        let decimal = |name: &str| parameters.decimal(name).unwrap_or_default();
        let float = |name: &str| Rate::new(decimal(name)).map_or(0.0, Rate::to_f64);
        let whole = |name: &str| parameters.integer(name).unwrap_or_default().unsigned_abs();
        let flag = |name: &str| parameters.boolean(name).unwrap_or_default();
        let risk = Rate::new(decimal("risk_per_trade")).map_err(|error| ParameterError {
            name: "risk_per_trade".to_owned(),
            expected: error.expected.to_owned(),
            was: error.was,
        })?;
        let (oversold, overbought) = (float("rsi_oversold"), float("rsi_overbought"));
        if oversold >= overbought {
            return Err(ParameterError {
                name: "rsi_oversold".to_owned(),
                expected: format!("less than rsi_overbought ({overbought})"),
                was: oversold.to_string(),
            });
        }
        Ok(Self {
            bias: match parameters.text("bias") {
                Some("ema") => BiasRule::Ema,
                Some("structure") => BiasRule::Structure,
                _ => BiasRule::Both,
            },
            volume_ratio_min: float("volume_ratio_threshold"),
            gap_min: float("fvg_min_pct") / 100.0,
            zone_candles: whole("ob_lookback_bars"),
            distance_max: float("swing_threshold"),
            setup_candles: parameters.integer("setup_candles").unwrap_or_default(),
            requires_sweep: flag("require_sweep"),
            requires_break: flag("require_break"),
            refines_entry: flag("refine_entry"),
            risk_per_trade: risk,
            reward_to_risk: decimal("min_risk_reward"),
            stop_buffer: float("sl_buffer_atr"),
            uses_rsi: flag("use_rsi"),
            uses_obv: flag("use_obv"),
            uses_bands: flag("use_bbands"),
            rsi_overbought: overbought,
            rsi_oversold: oversold,
            filters_min: u32::try_from(whole("min_filters")).unwrap_or(4),
        })
    }
}

/// The parameters in the order of the form.
pub(super) fn specs() -> Vec<ParameterSpec> {
    [zones(), setup(), money(), filters()].concat()
}

fn hundredths(values: [i64; 4]) -> [Decimal; 4] {
    values.map(|value| Decimal::new(value, 2))
}

fn zones() -> Vec<ParameterSpec> {
    vec![
        ParameterSpec::choice(
            ("bias", "Bias"),
            BIASES,
            "What decides about the direction on the HTF: EMA 50, the trend of structure, or both agreeing.",
        ),
        ParameterSpec::decimal(
            ("volume_ratio_threshold", "Volume ratio"),
            hundredths([150, 0, 1000, 10]),
            "An order block counts when its breaking candle traded at least so many times the mean volume; 0 for any.",
        )
        .in_unit("times"),
        ParameterSpec::decimal(
            ("fvg_min_pct", "Smallest gap"),
            hundredths([50, 0, 1000, 5]),
            "A fair value gap of the HTF counts from this height on.",
        )
        .in_unit("% of price"),
        ParameterSpec::integer(
            ("ob_lookback_bars", "Age of a zone"),
            (100, 1, 5000),
            "For how many HTF candles a zone counts after it was known.",
        )
        .in_unit("candles"),
        ParameterSpec::decimal(
            ("swing_threshold", "Distance to the zone"),
            [Decimal::new(2, 2), Decimal::new(1, 4), Decimal::new(2, 1), Decimal::new(1, 3)],
            "How far the price may be from the middle of the zone.",
        )
        .in_unit("fraction of price"),
    ]
}

fn setup() -> Vec<ParameterSpec> {
    vec![
        ParameterSpec::integer(
            ("setup_candles", "Age of a sweep"),
            (20, 1, 500),
            "For how many LTF candles a sweep counts, and a limit entry waits.",
        )
        .in_unit("candles"),
        ParameterSpec::boolean(
            ("require_sweep", "Require a sweep"),
            true,
            "No entry without a sweep of liquidity on the LTF.",
        ),
        ParameterSpec::boolean(
            ("require_break", "Require a break"),
            true,
            "No entry without a break of structure on the LTF after the sweep.",
        ),
        ParameterSpec::boolean(
            ("refine_entry", "Enter at the gap"),
            false,
            "Waits with a limit order at the newest open gap of the LTF instead of entering at market.",
        ),
    ]
}

fn money() -> Vec<ParameterSpec> {
    vec![
        ParameterSpec::decimal(
            ("risk_per_trade", "Risk per trade"),
            [Decimal::new(1, 2), Decimal::new(1, 4), Decimal::new(1, 1), Decimal::new(1, 3)],
            "What the stop may lose; 0.01 is 1 %.",
        )
        .in_unit("fraction of equity"),
        ParameterSpec::decimal(
            ("min_risk_reward", "Reward-to-risk"),
            hundredths([300, 100, 2000, 10]),
            "Distance of the target in distances of the stop.",
        )
        .in_unit("R"),
        ParameterSpec::decimal(
            ("sl_buffer_atr", "Room beyond the zone"),
            hundredths([15, 0, 500, 5]),
            "How far beyond the zone the stop lies.",
        )
        .in_unit("ATR 14 of the HTF"),
    ]
}

fn filters() -> Vec<ParameterSpec> {
    let rsi = |default| hundredths([default, 0, 10_000, 100]);
    vec![
        ParameterSpec::boolean(
            ("use_rsi", "RSI filter"),
            true,
            "No long above, no short below the limits.",
        ),
        ParameterSpec::decimal(
            ("rsi_overbought", "RSI overbought"),
            rsi(7000),
            "No long above it.",
        ),
        ParameterSpec::decimal(("rsi_oversold", "RSI oversold"), rsi(3000), "No short below it."),
        ParameterSpec::boolean(
            ("use_obv", "OBV filter"),
            true,
            "On-balance volume on the side of the trade.",
        ),
        ParameterSpec::boolean(
            ("use_bbands", "Bollinger filter"),
            false,
            "The close inside the bands.",
        ),
        ParameterSpec::integer(
            ("min_filters", "Filters that must pass"),
            (3, 0, 4),
            "Of RSI, volume, OBV and Bollinger; those switched off pass.",
        ),
    ]
}
