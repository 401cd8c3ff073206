//! Bands around the price, trailing stops, and the range they are made from.

use super::settings::{LENGTH, MULTIPLE, Setting};
use super::wiring::{
    ON_ITS_OWN, length_alone, length_of_changes, of_candles, of_values, on_its_own, on_price, one,
};
use super::{IndicatorSpec, Output, Pane};
use crate::{Atr, Bollinger, Donchian, Keltner, Supertrend, Trend};

const BANDS: &[Output] =
    &[on_price("upper", "Upper"), on_price("middle", "Middle"), on_price("lower", "Lower")];

pub(super) const BOLLINGER: IndicatorSpec = IndicatorSpec {
    id: "bollinger",
    label: "Bollinger bands",
    summary: "Simple average and bands a number of standard deviations away.",
    parameters: &[
        LENGTH,
        Setting {
            name: "width",
            label: "Width",
            unit: Some("standard deviations"),
            help: "Distance of the bands from the middle.",
            ..MULTIPLE
        },
    ],
    takes_source: true,
    outputs: BANDS,
    pane: Pane::Price,
    warm_up: length_alone,
    build: |it, source| {
        of_values(source, Bollinger::new(it.length(0), it.number(1)), |it, value| {
            it.push(value).map(|it| [it.upper, it.middle, it.lower])
        })
    },
};

pub(super) const KELTNER: IndicatorSpec = IndicatorSpec {
    id: "keltner",
    label: "Keltner channel",
    summary: "Exponential average and bands a number of average true ranges away.",
    parameters: &[
        LENGTH,
        Setting { name: "atr_length", label: "ATR length", default: 10.0, ..LENGTH },
        MULTIPLE,
    ],
    takes_source: false,
    outputs: BANDS,
    pane: Pane::Price,
    warm_up: |it| it.length(0).max(it.length(1) + 1),
    build: |it, _| {
        of_candles(Keltner::new(it.length(0), it.length(1), it.number(2)), |it, candle| {
            it.push(candle).map(|it| [it.upper, it.middle, it.lower])
        })
    },
};

pub(super) const DONCHIAN: IndicatorSpec = IndicatorSpec {
    id: "donchian",
    label: "Donchian channel",
    summary: "Highest high and lowest low of the last candles, the newest among them.",
    parameters: &[LENGTH],
    takes_source: false,
    outputs: BANDS,
    pane: Pane::Price,
    warm_up: length_alone,
    build: |it, _| {
        of_candles(Donchian::new(it.length(0)), |it, candle| {
            it.push(candle).map(|it| [it.upper, it.middle, it.lower])
        })
    },
};

pub(super) const SUPERTREND: IndicatorSpec = IndicatorSpec {
    id: "supertrend",
    label: "Supertrend",
    summary: "Stop that trails the price and turns when the close crosses it; trend 1 is up, -1 down.",
    parameters: &[Setting { default: 10.0, ..LENGTH }, Setting { default: 3.0, ..MULTIPLE }],
    takes_source: false,
    outputs: &[on_price("line", "Line"), on_its_own("trend", "Trend")],
    pane: Pane::Price,
    warm_up: length_of_changes,
    build: |it, _| {
        of_candles(Supertrend::new(it.length(0), it.number(1)), |it, candle| {
            let reading = it.push(candle)?;
            let trend = match reading.trend {
                Trend::Up => 1.0,
                Trend::Down => -1.0,
            };
            Some([reading.line, trend])
        })
    },
};

pub(super) const ATR: IndicatorSpec = IndicatorSpec {
    id: "atr",
    label: "Average true range",
    summary: "How far the price moves in a candle, gaps included, on average.",
    parameters: &[Setting { default: 14.0, ..LENGTH }],
    takes_source: false,
    outputs: ON_ITS_OWN,
    pane: Pane::Own,
    warm_up: length_of_changes,
    build: |it, _| of_candles(Atr::new(it.length(0)), |it, candle| one(it.push(candle))),
};
