//! What volume tells.

use domain::Timestamp;

use super::settings::{LENGTH, Setting};
use super::wiring::{
    ON_ITS_OWN, ON_PRICE, length_alone, length_of_changes, of_candles, on_price, one,
};
use super::{IndicatorSpec, Pane};
use crate::{AnchoredVwap, Mfi, Obv, SessionVwap, VolumeProfile};

pub(super) const MFI: IndicatorSpec = IndicatorSpec {
    id: "mfi",
    label: "Money flow index",
    summary: "Money that flowed while prices rose as a share of all that flowed, 0 to 100.",
    parameters: &[Setting { default: 14.0, ..LENGTH }],
    takes_source: false,
    outputs: ON_ITS_OWN,
    pane: Pane::Own,
    warm_up: length_of_changes,
    build: |it, _| of_candles(Mfi::new(it.length(0)), |it, candle| one(it.push(candle))),
};

pub(super) const OBV: IndicatorSpec = IndicatorSpec {
    id: "obv",
    label: "On-balance volume",
    summary: "Running sum of volume, added when the close rose, subtracted when it fell.",
    parameters: &[],
    takes_source: false,
    outputs: ON_ITS_OWN,
    pane: Pane::Own,
    warm_up: |_| 1,
    build: |_, _| of_candles(Obv::new(), |it, candle| one(it.push(candle))),
};

pub(super) const VWAP: IndicatorSpec = IndicatorSpec {
    id: "vwap",
    label: "Volume-weighted average price",
    summary: "Average price of what was traded since midnight UTC.",
    parameters: &[],
    takes_source: false,
    outputs: ON_PRICE,
    pane: Pane::Price,
    warm_up: |_| 1,
    build: |_, _| of_candles(SessionVwap::new(), |it, candle| one(it.push(candle))),
};

pub(super) const ANCHORED_VWAP: IndicatorSpec = IndicatorSpec {
    id: "anchored_vwap",
    label: "Anchored volume-weighted average price",
    summary: "Average price of what was traded since an instant.",
    parameters: &[Setting {
        name: "anchor",
        label: "Anchor",
        default: 0.0,
        min: 0.0,
        max: 253_402_300_799_999.0,
        whole: true,
        unit: Some("ms since 1970 UTC"),
        help: "Candles that open at this instant or later count.",
    }],
    takes_source: false,
    outputs: ON_PRICE,
    pane: Pane::Price,
    warm_up: |_| 1,
    build: |it, _| {
        #[expect(clippy::cast_possible_truncation, reason = "the setting is whole and in range")]
        let anchor = Timestamp::from_millis(it.number(0) as i64);
        of_candles(AnchoredVwap::new(anchor), |it, candle| one(it.push(candle)))
    },
};

pub(super) const VOLUME_PROFILE: IndicatorSpec = IndicatorSpec {
    id: "volume_profile",
    label: "Volume profile",
    summary: "Price at which most was traded, and the area around it that holds most of the volume.",
    parameters: &[
        Setting { default: 100.0, max: 1000.0, ..LENGTH },
        Setting {
            name: "rows",
            label: "Rows",
            default: 24.0,
            max: 500.0,
            unit: Some("rows"),
            help: "Number of equal rows that the range of prices is cut into.",
            ..LENGTH
        },
        Setting {
            name: "value_area",
            label: "Value area",
            default: 70.0,
            min: 1.0,
            max: 100.0,
            whole: false,
            unit: Some("%"),
            help: "Share of the volume that the value area holds.",
        },
    ],
    takes_source: false,
    outputs: &[
        on_price("point_of_control", "Point of control"),
        on_price("value_area_high", "Value area high"),
        on_price("value_area_low", "Value area low"),
    ],
    pane: Pane::Price,
    warm_up: length_alone,
    build: |it, _| {
        let share = it.number(2) / 100.0;
        of_candles(VolumeProfile::new(it.length(0), it.length(1), share), |it, candle| {
            it.push(candle).map(|it| [it.point_of_control, it.value_area_high, it.value_area_low])
        })
    },
};
