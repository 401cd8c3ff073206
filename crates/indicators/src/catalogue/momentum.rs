//! Oscillators and strength of trend.

use super::settings::{LENGTH, Setting};
use super::wiring::{
    ON_ITS_OWN, length_alone, length_of_changes, of_candles, of_values, on_its_own, one,
};
use super::{IndicatorSpec, Pane};
use crate::{Adx, Cci, Macd, Rsi, Stochastic, StochasticRsi};

pub(super) const RSI: IndicatorSpec = IndicatorSpec {
    id: "rsi",
    label: "Relative strength index",
    summary: "Gains as a share of all changes of late, 0 to 100.",
    parameters: &[Setting { default: 14.0, ..LENGTH }],
    takes_source: true,
    outputs: ON_ITS_OWN,
    pane: Pane::Own,
    warm_up: length_of_changes,
    build: |it, source| of_values(source, Rsi::new(it.length(0)), |it, value| one(it.push(value))),
};

pub(super) const MACD: IndicatorSpec = IndicatorSpec {
    id: "macd",
    label: "Moving average convergence/divergence",
    summary: "Difference of a fast and a slow exponential average, with its own average.",
    parameters: &[
        Setting {
            name: "fast",
            label: "Fast length",
            default: 12.0,
            help: "Candles of the fast average; a longer one is swapped with the slow.",
            ..LENGTH
        },
        Setting { name: "slow", label: "Slow length", default: 26.0, ..LENGTH },
        Setting { name: "signal", label: "Signal length", default: 9.0, ..LENGTH },
    ],
    takes_source: true,
    outputs: &[
        on_its_own("macd", "MACD"),
        on_its_own("signal", "Signal"),
        on_its_own("histogram", "Histogram"),
    ],
    pane: Pane::Own,
    warm_up: |it| it.length(0).max(it.length(1)) + it.length(2) - 1,
    build: |it, source| {
        of_values(source, Macd::new(it.length(0), it.length(1), it.length(2)), |it, value| {
            it.push(value).map(|it| [it.macd, it.signal, it.histogram])
        })
    },
};

pub(super) const STOCHASTIC: IndicatorSpec = IndicatorSpec {
    id: "stochastic",
    label: "Stochastic oscillator",
    summary: "Where the close lies between the lowest low and the highest high, 0 to 100.",
    parameters: &[
        Setting { default: 14.0, ..LENGTH },
        Setting {
            name: "k",
            label: "%K smoothing",
            default: 3.0,
            help: "Candles over which fast %K is averaged.",
            ..LENGTH
        },
        Setting {
            name: "d",
            label: "%D smoothing",
            default: 3.0,
            help: "Candles over which slow %K is averaged.",
            ..LENGTH
        },
    ],
    takes_source: false,
    outputs: &[on_its_own("k", "%K"), on_its_own("d", "%D"), on_its_own("fast_k", "Fast %K")],
    pane: Pane::Own,
    warm_up: |it| it.length(0) + it.length(1) + it.length(2) - 2,
    build: |it, _| {
        of_candles(Stochastic::new(it.length(0), it.length(1), it.length(2)), |it, candle| {
            it.push(candle).map(|it| [it.k, it.d, it.fast_k])
        })
    },
};

pub(super) const STOCHASTIC_RSI: IndicatorSpec = IndicatorSpec {
    id: "stochastic_rsi",
    label: "Stochastic RSI",
    summary: "Where the relative strength index lies in its own range of late, 0 to 100.",
    parameters: &[
        Setting { name: "rsi_length", label: "RSI length", default: 14.0, ..LENGTH },
        Setting {
            default: 14.0,
            help: "Number of readings of the RSI that make its range.",
            ..LENGTH
        },
        Setting {
            name: "k",
            label: "%K smoothing",
            default: 3.0,
            help: "Candles over which the place in the range is averaged.",
            ..LENGTH
        },
        Setting {
            name: "d",
            label: "%D smoothing",
            default: 3.0,
            help: "Candles over which %K is averaged.",
            ..LENGTH
        },
    ],
    takes_source: true,
    outputs: &[on_its_own("k", "%K"), on_its_own("d", "%D")],
    pane: Pane::Own,
    warm_up: |it| (0..4).map(|place| it.length(place)).sum::<usize>() - 2,
    build: |it, source| {
        let [rsi_length, length, k, d] = [0, 1, 2, 3].map(|place| it.length(place));
        of_values(source, StochasticRsi::new(rsi_length, length, k, d), |it, value| {
            it.push(value).map(|it| [it.k, it.d])
        })
    },
};

pub(super) const CCI: IndicatorSpec = IndicatorSpec {
    id: "cci",
    label: "Commodity channel index",
    summary: "Distance of the typical price from its mean, in mean deviations.",
    parameters: &[LENGTH],
    takes_source: false,
    outputs: ON_ITS_OWN,
    pane: Pane::Own,
    warm_up: length_alone,
    build: |it, _| of_candles(Cci::new(it.length(0)), |it, candle| one(it.push(candle))),
};

pub(super) const ADX: IndicatorSpec = IndicatorSpec {
    id: "adx",
    label: "Average directional index",
    summary: "Strength of a trend and the directions it is made of, 0 to 100.",
    parameters: &[Setting { default: 14.0, ..LENGTH }],
    takes_source: false,
    outputs: &[
        on_its_own("adx", "ADX"),
        on_its_own("plus_di", "+DI"),
        on_its_own("minus_di", "-DI"),
        on_its_own("dx", "DX"),
    ],
    pane: Pane::Own,
    warm_up: |it| 2 * it.length(0),
    build: |it, _| {
        of_candles(Adx::new(it.length(0)), |it, candle| {
            it.push(candle).map(|it| [it.adx, it.plus_di, it.minus_di, it.dx])
        })
    },
};
