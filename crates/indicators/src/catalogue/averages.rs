//! Moving averages.

use super::settings::{LENGTH, Setting};
use super::wiring::{ON_PRICE, length_alone, of_values, one};
use super::{IndicatorSpec, Pane};
use crate::{Ema, Hma, Sma, Wma};

pub(super) const SMA: IndicatorSpec = IndicatorSpec {
    id: "sma",
    label: "Simple moving average",
    summary: "Mean of the last values.",
    parameters: &[LENGTH],
    takes_source: true,
    outputs: ON_PRICE,
    pane: Pane::Price,
    warm_up: length_alone,
    build: |it, source| of_values(source, Sma::new(it.length(0)), |it, value| one(it.push(value))),
};

pub(super) const EMA: IndicatorSpec = IndicatorSpec {
    id: "ema",
    label: "Exponential moving average",
    summary: "Average in which the weight of a value fades with each newer one.",
    parameters: &[LENGTH],
    takes_source: true,
    outputs: ON_PRICE,
    pane: Pane::Price,
    warm_up: length_alone,
    build: |it, source| of_values(source, Ema::new(it.length(0)), |it, value| one(it.push(value))),
};

pub(super) const WMA: IndicatorSpec = IndicatorSpec {
    id: "wma",
    label: "Weighted moving average",
    summary: "Average of the last values in which newer ones weigh more.",
    parameters: &[LENGTH],
    takes_source: true,
    outputs: ON_PRICE,
    pane: Pane::Price,
    warm_up: length_alone,
    build: |it, source| of_values(source, Wma::new(it.length(0)), |it, value| one(it.push(value))),
};

pub(super) const HMA: IndicatorSpec = IndicatorSpec {
    id: "hma",
    label: "Hull moving average",
    summary: "Weighted averages combined so that the result lags little.",
    parameters: &[Setting { default: 16.0, ..LENGTH }],
    takes_source: true,
    outputs: ON_PRICE,
    pane: Pane::Price,
    warm_up: |it| it.length(0) + it.length(0).isqrt() - 1,
    build: |it, source| of_values(source, Hma::new(it.length(0)), |it, value| one(it.push(value))),
};
