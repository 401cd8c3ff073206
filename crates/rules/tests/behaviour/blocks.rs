//! The meaning of conditions that are not about time or market structure.

use domain::Direction;
use serde_json::{Value, json};

use crate::stage::{Stage, closes};

#[track_caller]
fn check(stage: &Stage, when: Value, expected: &[usize]) {
    assert_eq!(stage.rows_with(&when, json!({})), expected, "{when}");
}

fn close() -> Value {
    json!({ "price": {} })
}

fn compare(is: &str, right: f64) -> Value {
    json!({ "compare": { "left": close(), "is": is, "right": right } })
}

#[test]
fn comparisons_take_their_ends_as_said() {
    let stage = closes(&[1.0, 2.0, 3.0]);
    check(&stage, compare("above", 2.0), &[2]);
    check(&stage, compare("below", 2.0), &[0]);
    check(&stage, compare("at_least", 2.0), &[1, 2]);
    check(&stage, compare("at_most", 2.0), &[0, 1]);
    check(&stage, compare("equal", 2.0), &[1]);
}

#[test]
fn parts_are_joined_and_turned() {
    let stage = closes(&[1.0, 2.0, 3.0, 4.0]);
    let (low, high) = (compare("at_least", 2.0), compare("at_most", 3.0));
    check(&stage, json!({ "all": [low, high] }), &[1, 2]);
    check(&stage, json!({ "any": [compare("above", 3.0), compare("below", 2.0)] }), &[0, 3]);
    check(&stage, json!({ "not": compare("above", 2.0) }), &[0, 1]);
}

#[test]
fn what_hangs_on_a_missing_value_does_not_hold_nor_does_its_opposite() {
    let stage = closes(&[1.0, 2.0, 3.0]);
    let before = json!({ "price": { "back": 1 } });
    let unknown = json!({ "compare": { "left": before, "is": "above", "right": 0 } });
    check(&stage, unknown.clone(), &[1, 2]);
    check(&stage, json!({ "not": unknown }), &[]);
    check(&stage, json!({ "any": [unknown, compare("above", 0.0)] }), &[0, 1, 2]);
    let never = json!({ "divide": [close(), 0] });
    let divided = json!({ "compare": { "left": never, "is": "above", "right": 0 } });
    check(&stage, json!({ "not": divided }), &[]);
}

#[test]
fn a_cross_comes_from_the_other_side_or_from_the_line() {
    let stage = closes(&[3.0, 1.0, 2.0, 3.0, 2.0, 1.0, 2.0, 1.0]);
    let cross = |direction: &str| json!({ "crosses": { "left": close(), "direction": direction, "right": 2 } });
    check(&stage, cross("above"), &[3]);
    check(&stage, cross("below"), &[1, 5, 7]);
    check(&stage, cross("either"), &[1, 3, 5, 7]);
}

#[test]
fn a_cross_after_a_missing_value_is_none() {
    let stage = closes(&[1.0, 3.0, 1.0]);
    let before = json!({ "price": { "back": 1 } });
    let cross = json!({ "crosses": { "left": before, "direction": "either", "right": 2 } });
    check(&stage, cross, &[2]);
}

#[test]
fn a_cross_of_the_higher_timeframe_is_told_at_its_close() {
    let stage = closes(&[1.0; 16]).higher(&[1.0, 3.0, 3.0]);
    let price = json!({ "price": { "role": "HTF" } });
    let more = json!({ "roles": { "htf": {} } });
    for role in ["LTF", "HTF"] {
        let cross =
            json!({ "crosses": { "left": price, "direction": "above", "right": 2, "role": role } });
        assert_eq!(stage.rows_with(&cross, more.clone()), [9], "{role}");
    }
}

#[test]
fn a_slope_is_strict_and_counted_in_candles_of_its_role() {
    let stage = closes(&[1.0, 2.0, 3.0, 3.0, 4.0, 5.0, 6.0, 5.0, 4.0]);
    let slope =
        |word: &str, candles: i64| json!({ word: { "value": close(), "candles": candles } });
    check(&stage, slope("rising", 1), &[1, 2, 4, 5, 6]);
    check(&stage, slope("rising", 3), &[6]);
    check(&stage, slope("falling", 2), &[8]);
    let stage = closes(&[1.0; 22]).higher(&[1.0, 2.0, 3.0, 2.0]);
    let value = json!({ "price": { "role": "HTF" } });
    let slope = json!({ "rising": { "value": value, "candles": 2, "role": "HTF" } });
    let rows = stage.rows_with(&slope, json!({ "roles": { "htf": {} } }));
    assert_eq!(rows, [14, 15, 16, 17, 18], "until the next close of the higher timeframe");
}

#[test]
fn the_past_of_a_condition_counts_this_candle() {
    let stage = closes(&[1.0, 3.0, 1.0, 1.0, 1.0, 3.0, 3.0, 3.0]);
    let past = |word: &str, candles: i64| json!({ word: { "condition": compare("above", 2.0), "candles": candles } });
    check(&stage, past("recently", 1), &[1, 5, 6, 7]);
    check(&stage, past("recently", 3), &[1, 2, 3, 5, 6, 7]);
    check(&stage, past("lasting", 1), &[1, 5, 6, 7]);
    check(&stage, past("lasting", 3), &[7]);
}

#[test]
fn parameters_switch_conditions() {
    let more = json!({ "parameters": [
        { "name": "on", "kind": { "boolean": { "default": true } } },
        { "name": "mode", "kind": { "choice": { "default": "calm", "choices": ["calm", "bold"] } } },
    ] });
    let stage = closes(&[1.0]);
    let switch = json!({ "switch": "on" });
    assert_eq!(stage.rows_with(&switch, more.clone()), [0]);
    assert_eq!(stage.clone().with("on", "false").rows_with(&switch, more.clone()), [0; 0]);
    let chosen = json!({ "chosen": { "parameter": "mode", "option": "bold" } });
    assert_eq!(stage.rows_with(&chosen, more.clone()), [0; 0]);
    assert_eq!(stage.with("mode", "bold").rows_with(&chosen, more), [0]);
}

#[test]
fn the_position_is_seen_and_waited_for() {
    let (long, short) = (Some((Direction::Long, 1.0)), Some((Direction::Short, 1.0)));
    let stage = closes(&[1.0; 8]).holding(&[None, long, long, short, None, None, None, long]);
    // Entries of the own side only are wished for while a position is open.
    check(&stage, json!({ "position": "flat" }), &[0, 4, 5, 6]);
    check(&stage, json!({ "position": "long" }), &[1, 2, 7]);
    check(&stage, json!({ "position": "open" }), &[1, 2, 7]);
    check(&stage, json!({ "not": { "position": "short" } }), &[0, 1, 2, 4, 5, 6, 7]);
    let waited =
        |since: &str, candles: i64| json!({ "waited": { "since": since, "candles": candles } });
    check(&stage, waited("exit", 2), &[0, 1, 2, 6, 7]);
    check(&stage, waited("entry", 1), &[0, 2, 4, 5, 6]);
}
