//! Blocks about market structure: the life of one gap by hand, all others against the engine itself.

use domain::Timeframe;
use indicators::smc::{
    BreakKind, Direction, EventKind, Half, LevelKind, Period, Scope, Side, Smc, SmcSettings,
    SwingLabel, Taking, ZoneKind,
};
use serde_json::{Value, json};

use crate::stage::{Stage, entries, file, price, rows, walk};

/// A bullish gap from 11 to 13 that is touched, filled, inverted, retested and invalidated.
const LIFE: [[f64; 4]; 11] = [
    [10.0, 11.0, 9.0, 10.0],
    [10.0, 15.0, 10.0, 15.0],
    [15.0, 18.0, 13.0, 17.0],
    [17.0, 17.5, 14.0, 16.0],
    [16.0, 16.0, 12.5, 15.0],
    [15.0, 15.0, 11.5, 14.0],
    [14.0, 14.0, 10.0, 12.0],
    [12.0, 12.0, 9.0, 10.0],
    [10.0, 10.5, 9.0, 10.0],
    [10.0, 11.5, 10.0, 11.0],
    [11.0, 14.0, 11.0, 13.5],
];

#[test]
fn the_life_of_a_gap_is_told_step_by_step() {
    let stage = rows(&LIFE);
    let check = |event: &str, expected: &[usize]| {
        let when = json!({ "zone_event": {
            "event": event, "kind": "fair_value_gap", "direction": "bullish" } });
        assert_eq!(stage.rows_with(&when, json!({})), expected, "{event}");
    };
    check("formed", &[2, 10]);
    check("touched", &[4]);
    check("halved", &[5]);
    check("filled", &[6]);
    check("inverted", &[7]);
    check("retested", &[9]);
    check("invalidated", &[10]);
    check("mitigated", &[]);
    let within = json!({ "zone_event": { "event": "touched", "within": 3 } });
    assert_eq!(stage.rows_with(&within, json!({})), [4, 5, 6]);
}

#[test]
fn living_zones_have_edges_and_insides() {
    let stage = rows(&LIFE);
    let gap = |more: Value| {
        let mut gap = json!({ "kind": "fair_value_gap" });
        gap.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        gap
    };
    let edge = |edge: &str, filter: Value| {
        let value = json!({ "zone": { "edge": edge, "zone": filter } });
        stage.values(&value, json!({}))
    };
    let expected = |value: f64, first: usize, end: usize, last: Option<f64>| {
        let inside = |row| (first..end).contains(&row).then_some(value);
        (0..10).map(inside).chain([last]).collect::<Vec<_>>()
    };
    let any = gap(json!({}));
    assert_eq!(edge("top", any.clone()), expected(13.0, 2, 10, Some(11.0)));
    assert_eq!(edge("middle", any.clone()), expected(12.0, 2, 10, Some(10.75)));
    assert_eq!(edge("bottom", any.clone()), expected(11.0, 2, 10, Some(10.5)));
    let bullish = edge("top", gap(json!({ "direction": "bullish" })));
    assert_eq!(bullish, expected(13.0, 2, 7, Some(11.0)), "inverted it acts the other way");
    assert_eq!(edge("top", gap(json!({ "direction": "bearish" }))), expected(13.0, 7, 10, None));
    assert_eq!(edge("top", gap(json!({ "stage": "fresh" }))), expected(13.0, 2, 4, Some(11.0)));
    let inside = |more: Value| {
        let when = json!({ "in_zone": more });
        stage.rows_with(&when, json!({}))
    };
    assert_eq!(inside(json!({ "zone": any })), [6, 9]);
    let low = json!({ "price": { "of": "low" } });
    assert_eq!(inside(json!({ "zone": any, "price": low })), [2, 4, 5, 10]);
}

#[test]
fn stops_and_targets_lie_at_the_zones_that_act_for_and_against_them() {
    let last = |count: usize, fields: Value| {
        let stage = rows(&LIFE[..count]);
        let mut entry = json!({ "when": { "position": "flat" } });
        entry.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let (wishes, output) = stage.play(&file(&[entry], json!({})));
        let signal = entries(wishes.last().unwrap()).first().map(|it| it.signal.clone());
        signal.ok_or_else(|| output.log.last().unwrap().text.clone())
    };
    let gap = json!({ "kind": "fair_value_gap" });
    let long = last(4, json!({ "stop": { "zone": gap } })).unwrap();
    assert_eq!(long.stop_loss(), Some(price("11")));
    let beyond = json!({ "kind": "fair_value_gap", "beyond_percent": 10 });
    let long = last(4, json!({ "stop": { "zone": beyond } })).unwrap();
    assert_eq!(long.stop_loss(), Some(price("9.9")));
    let short = last(4, json!({ "side": "short", "target": { "zone": gap } })).unwrap();
    assert_eq!(short.take_profit(), None.or(Some(price("13"))), "the near edge from above");
    let short = last(9, json!({ "side": "short", "stop": { "zone": gap } })).unwrap();
    assert_eq!(short.stop_loss(), Some(price("13")));
    let long = last(9, json!({ "target": { "zone": gap } })).unwrap();
    assert_eq!(long.take_profit(), Some(price("11")));
    let none = last(4, json!({ "target": { "zone": gap } })).unwrap_err();
    assert!(none.contains("its target has no price now"), "{none}");
}

const ROWS: usize = 4000;

fn smc() -> Value {
    json!({ "smc": { "ltf": { "internal_length": 2, "swing_length": 4 } } })
}

/// The rows at which the engine's readings are so.
fn engine_rows(mut holds: impl FnMut(&Smc) -> bool) -> Vec<usize> {
    let settings = SmcSettings {
        internal_length: 2,
        swing_length: 4,
        zones_max: 100,
        ..SmcSettings::default()
    };
    let mut engine = Smc::new(Timeframe::M1, settings).unwrap();
    let stage = rows(&walk(7, ROWS));
    let holds = |row: &usize| {
        engine.push(&stage.lower.candle(*row));
        holds(&engine)
    };
    (0..ROWS).filter(holds).collect()
}

#[track_caller]
fn check(when: Value, holds: impl FnMut(&Smc) -> bool) {
    let stage: Stage = rows(&walk(7, ROWS));
    let expected = engine_rows(holds);
    assert!(!expected.is_empty() && expected.len() < ROWS, "{when}: the test shows something");
    assert_eq!(stage.rows_with(&when, smc()), expected, "{when}");
}

fn check_event(when: Value, is: impl Fn(&EventKind) -> bool) {
    check(when, |engine| engine.events().iter().any(|event| is(&event.kind)));
}

#[test]
fn swings_are_told() {
    check_event(json!({ "swing_formed": {} }), |it| matches!(it, EventKind::Swing(_)));
    let when = json!({ "swing_formed": { "side": "low", "label": "HL", "scope": "internal" } });
    check_event(when, |it| match it {
        EventKind::Swing(it) => {
            (it.side, it.label, it.scope)
                == (Side::Low, Some(SwingLabel::HigherLow), Scope::Internal)
        }
        _ => false,
    });
}

#[test]
fn breaks_are_told() {
    let when = json!({ "structure_break": { "kind": "bos", "direction": "bullish" } });
    check_event(when, |it| match it {
        EventKind::Break(it) => it.kind == BreakKind::Bos && it.direction == Direction::Bullish,
        _ => false,
    });
    let when = json!({ "structure_break": { "kind": "choch", "scope": "swing" } });
    check_event(when, |it| match it {
        EventKind::Break(it) => it.kind == BreakKind::Choch && it.scope == Scope::Swing,
        _ => false,
    });
    let when = json!({ "structure_break": { "kind": "shift" } });
    check_event(when, |it| matches!(it, EventKind::Break(it) if it.is_shift()));
}

#[test]
fn order_blocks_are_told() {
    let when = json!({ "zone_event": {
        "event": "mitigated", "kind": "order_block", "direction": "bearish", "scope": "swing" } });
    check_event(when, |it| match it {
        EventKind::ZoneMitigated(zone) => {
            (zone.kind, zone.direction, zone.scope)
                == (ZoneKind::OrderBlock, Direction::Bearish, Some(Scope::Swing))
        }
        _ => false,
    });
}

#[test]
fn taken_levels_are_told() {
    let when = json!({ "level_taken": {
        "level": "swing", "how": "sweep", "side": "low", "scope": "internal" } });
    check_event(when, |it| match it {
        EventKind::LevelTaken(it) => {
            let is_swing = matches!(it.level, LevelKind::Swing { scope: Scope::Internal, .. });
            is_swing && it.how == Taking::Sweep && it.side == Side::Low
        }
        _ => false,
    });
    for level in ["pool", "previous", "session"] {
        let when = json!({ "level_taken": { "level": level } });
        check_event(when, |it| match it {
            EventKind::LevelTaken(it) => it.level.name() == level,
            _ => false,
        });
    }
}

#[test]
fn pools_and_displacements_are_told() {
    let when = json!({ "pool_formed": { "side": "high" } });
    check_event(when, |it| match it {
        EventKind::PoolFormed(it) | EventKind::PoolExtended(it) => it.side == Side::High,
        _ => false,
    });
    let when = json!({ "displacement": { "direction": "bearish" } });
    check_event(when, |it| {
        matches!(it, EventKind::Displacement { direction: Direction::Bearish, .. })
    });
}

#[test]
fn states_are_those_of_the_engine() {
    let when = json!({ "trend": { "direction": "bullish", "scope": "internal" } });
    check(when, |it| it.structure(Scope::Internal).trend() == Some(Direction::Bullish));
    let when = json!({ "range_half": { "half": "discount" } });
    check(when, |it| it.half(Scope::Swing) == Some(Half::Discount));
    let when = json!({ "not": { "range_half": { "half": "discount" } } });
    check(when, |it| it.half(Scope::Swing).is_some_and(|half| half != Half::Discount));
}

#[test]
fn levels_are_those_of_the_engine() {
    let same = |value: Value, reading: fn(&Smc) -> Option<f64>| {
        let high = json!({ "price": { "of": "high" } });
        let when = json!({ "compare": { "left": high, "is": "above", "right": value } });
        let candles = walk(7, ROWS);
        let mut highs = candles.iter().map(|it| it[1]);
        check(when, move |it| {
            let high = highs.next().unwrap();
            reading(it).is_some_and(|level| high > level)
        });
    };
    same(json!({ "swing": { "side": "high" } }), |it| {
        it.structure(Scope::Swing).swing(Side::High).map(|swing| swing.level)
    });
    same(json!({ "previous": { "period": "day", "side": "low" } }), |it| {
        it.previous(Period::Day).map(|it| it.extent.low)
    });
    same(json!({ "multiply": [{ "range_place": { "scope": "internal" } }, 100] }), |it| {
        it.position(Scope::Internal).map(|place| place * 100.0)
    });
}
