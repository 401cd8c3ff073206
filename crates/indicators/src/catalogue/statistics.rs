//! Deviations and straight lines.

use super::settings::LENGTH;
use super::wiring::{ON_ITS_OWN, length_alone, of_values, on_its_own, on_price, one};
use super::{IndicatorSpec, Pane};
use crate::{LinearRegression, StandardDeviation, ZScore};

pub(super) const STANDARD_DEVIATION: IndicatorSpec = IndicatorSpec {
    id: "standard_deviation",
    label: "Standard deviation",
    summary: "How far the last values lie from their mean.",
    parameters: &[LENGTH],
    takes_source: true,
    outputs: ON_ITS_OWN,
    pane: Pane::Own,
    warm_up: length_alone,
    build: |it, source| {
        of_values(source, StandardDeviation::new(it.length(0)), |it, value| one(it.push(value)))
    },
};

pub(super) const Z_SCORE: IndicatorSpec = IndicatorSpec {
    id: "z_score",
    label: "Z-score",
    summary: "How many standard deviations the newest value lies above the mean.",
    parameters: &[LENGTH],
    takes_source: true,
    outputs: ON_ITS_OWN,
    pane: Pane::Own,
    warm_up: length_alone,
    build: |it, source| {
        of_values(source, ZScore::new(it.length(0)), |it, value| one(it.push(value)))
    },
};

pub(super) const LINEAR_REGRESSION: IndicatorSpec = IndicatorSpec {
    id: "linear_regression",
    label: "Linear regression",
    summary: "Straight line through the last values, and how well it fits them.",
    parameters: &[LENGTH],
    takes_source: true,
    outputs: &[
        on_price("value", "Value"),
        on_its_own("slope", "Slope"),
        on_price("intercept", "Intercept"),
        on_its_own("r_squared", "R squared"),
        on_its_own("standard_error", "Standard error"),
    ],
    pane: Pane::Price,
    warm_up: length_alone,
    build: |it, source| {
        of_values(source, LinearRegression::new(it.length(0)), |it, value| {
            it.push(value)
                .map(|it| [it.value, it.slope, it.intercept, it.r_squared, it.standard_error])
        })
    },
};
