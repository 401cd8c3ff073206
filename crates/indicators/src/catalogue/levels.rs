//! Levels and lines that prices are compared with.

use super::settings::{LENGTH, Setting, Values};
use super::wiring::{ON_PRICE, length_alone, of_candles, of_values, on_price, one};
use super::{IndicatorSpec, Output, Pane};
use crate::{Highest, Ichimoku, Lowest, PivotFormula, PivotLevels, PivotPeriod, Pivots};

pub(super) const ICHIMOKU: IndicatorSpec = IndicatorSpec {
    id: "ichimoku",
    label: "Ichimoku",
    summary: "Middle lines of three windows, and the cloud in force at a candle, computed earlier.",
    parameters: &[
        Setting { name: "conversion", label: "Conversion length", default: 9.0, ..LENGTH },
        Setting { name: "base", label: "Base length", default: 26.0, ..LENGTH },
        Setting { name: "slow", label: "Span B length", default: 52.0, ..LENGTH },
        Setting {
            name: "displacement",
            label: "Displacement",
            default: 26.0,
            min: 0.0,
            help: "How many candles after its computation the cloud is in force.",
            ..LENGTH
        },
    ],
    takes_source: false,
    outputs: &[
        on_price("conversion", "Conversion line"),
        on_price("base", "Base line"),
        on_price("span_a", "Span A in force"),
        on_price("span_b", "Span B in force"),
        on_price("span_a_ahead", "Span A computed"),
        on_price("span_b_ahead", "Span B computed"),
    ],
    pane: Pane::Price,
    warm_up: |it| it.length(0).max(it.length(1)).max(it.length(2)) + it.length(3),
    build: |it, _| {
        let [conversion, base, slow, displacement] = [0, 1, 2, 3].map(|place| it.length(place));
        of_candles(Ichimoku::new(conversion, base, slow, displacement), |it, candle| {
            let it = it.push(candle)?;
            Some([it.conversion, it.base, it.span_a, it.span_b, it.span_a_ahead, it.span_b_ahead])
        })
    },
};

const PERIOD: Setting = Setting {
    name: "period",
    label: "Period",
    default: 1.0,
    min: 1.0,
    max: 3.0,
    whole: true,
    unit: Some("1 day, 2 week, 3 month"),
    help: "Period in UTC whose predecessor makes the levels.",
};

const THREE_LEVELS: &[Output] = &[
    on_price("pivot", "Pivot"),
    on_price("r1", "R1"),
    on_price("r2", "R2"),
    on_price("r3", "R3"),
    on_price("s1", "S1"),
    on_price("s2", "S2"),
    on_price("s3", "S3"),
];

pub(super) const PIVOTS_CLASSIC: IndicatorSpec = IndicatorSpec {
    id: "pivots_classic",
    label: "Pivot points, classic",
    summary: "Levels of the floor traders, from the previous day, week or month.",
    parameters: &[PERIOD],
    takes_source: false,
    outputs: THREE_LEVELS,
    pane: Pane::Price,
    warm_up: |_| 2,
    build: |it, _| {
        let pivots = Pivots::new(PivotFormula::Classic, period(it));
        of_candles(pivots, |it, candle| it.push(candle).map(three_levels))
    },
};

pub(super) const PIVOTS_FIBONACCI: IndicatorSpec = IndicatorSpec {
    id: "pivots_fibonacci",
    label: "Pivot points, Fibonacci",
    summary: "Levels at Fibonacci ratios of the range of the previous day, week or month.",
    parameters: &[PERIOD],
    takes_source: false,
    outputs: THREE_LEVELS,
    pane: Pane::Price,
    warm_up: |_| 2,
    build: |it, _| {
        let pivots = Pivots::new(PivotFormula::Fibonacci, period(it));
        of_candles(pivots, |it, candle| it.push(candle).map(three_levels))
    },
};

pub(super) const PIVOTS_CAMARILLA: IndicatorSpec = IndicatorSpec {
    id: "pivots_camarilla",
    label: "Pivot points, Camarilla",
    summary: "Levels around the close of the previous day, week or month.",
    parameters: &[PERIOD],
    takes_source: false,
    outputs: &[
        on_price("pivot", "Pivot"),
        on_price("r1", "R1"),
        on_price("r2", "R2"),
        on_price("r3", "R3"),
        on_price("r4", "R4"),
        on_price("s1", "S1"),
        on_price("s2", "S2"),
        on_price("s3", "S3"),
        on_price("s4", "S4"),
    ],
    pane: Pane::Price,
    warm_up: |_| 2,
    build: |it, _| {
        let pivots = Pivots::new(PivotFormula::Camarilla, period(it));
        of_candles(pivots, |it, candle| {
            let it = it.push(candle)?;
            Some([it.pivot, it.r1, it.r2, it.r3, it.r4?, it.s1, it.s2, it.s3, it.s4?])
        })
    },
};

pub(super) const HIGHEST: IndicatorSpec = IndicatorSpec {
    id: "highest",
    label: "Highest",
    summary: "Highest of the last values, the newest among them.",
    parameters: &[LENGTH],
    takes_source: true,
    outputs: ON_PRICE,
    pane: Pane::Price,
    warm_up: length_alone,
    build: |it, source| {
        of_values(source, Highest::new(it.length(0)), |it, value| one(it.push(value)))
    },
};

pub(super) const LOWEST: IndicatorSpec = IndicatorSpec {
    id: "lowest",
    label: "Lowest",
    summary: "Lowest of the last values, the newest among them.",
    parameters: &[LENGTH],
    takes_source: true,
    outputs: ON_PRICE,
    pane: Pane::Price,
    warm_up: length_alone,
    build: |it, source| {
        of_values(source, Lowest::new(it.length(0)), |it, value| one(it.push(value)))
    },
};

fn period(values: &Values<'_>) -> PivotPeriod {
    match values.length(0) {
        3.. => PivotPeriod::Month,
        2 => PivotPeriod::Week,
        0 | 1 => PivotPeriod::Day,
    }
}

fn three_levels(it: PivotLevels) -> [f64; 7] {
    [it.pivot, it.r1, it.r2, it.r3, it.s1, it.s2, it.s3]
}
