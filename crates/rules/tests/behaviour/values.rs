//! The meaning of every kind of value.

use domain::Direction;
use serde_json::{Value, json};

use crate::stage::{Stage, closes, rows};

#[track_caller]
fn check(stage: &Stage, value: Value, expected: &[Option<f64>]) {
    assert_eq!(stage.values(&value, json!({})), expected, "{value}");
}

fn some(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().copied().map(Some).collect()
}

#[test]
fn numbers_and_parameters_are_themselves() {
    let stage = closes(&[1.0, 2.0]);
    check(&stage, json!(7.25), &some(&[7.25, 7.25]));
    let parameters = json!({ "parameters": [
        { "name": "level", "kind": { "decimal": { "default": 3, "min": 1, "max": 9, "step": 0.1 } } },
        { "name": "count", "kind": { "integer": { "default": 4, "min": 1, "max": 9 } } },
    ] });
    let value = json!({ "parameter": "level" });
    assert_eq!(stage.values(&value, parameters.clone()), some(&[3.0, 3.0]));
    assert_eq!(stage.with("level", "5.5").values(&value, parameters.clone()), some(&[5.5, 5.5]));
    let count = json!({ "parameter": "count" });
    assert_eq!(closes(&[1.0]).values(&count, parameters), some(&[4.0]));
}

#[test]
fn prices_are_those_of_closed_candles() {
    let stage = rows(&[[4.0, 9.0, 1.0, 2.0], [5.0, 6.0, 3.0, 4.0]]);
    let of = |of: &str| json!({ "price": { "of": of } });
    check(&stage, of("open"), &some(&[4.0, 5.0]));
    check(&stage, of("high"), &some(&[9.0, 6.0]));
    check(&stage, of("low"), &some(&[1.0, 3.0]));
    check(&stage, of("close"), &some(&[2.0, 4.0]));
    check(&stage, of("hl2"), &some(&[5.0, 4.5]));
    check(&stage, of("hlc3"), &some(&[4.0, 4.33]));
    check(&stage, of("ohlc4"), &some(&[4.0, 4.5]));
    check(&stage, of("volume"), &some(&[1.0, 2.0]));
    check(&stage, json!({ "price": { "back": 1 } }), &[None, Some(2.0)]);
}

#[test]
fn the_higher_timeframe_appears_when_it_has_closed() {
    let stage = closes(&[1.0; 11]).higher(&[10.0, 20.0]);
    let more = json!({ "roles": { "htf": {} } });
    let now = stage.values(&json!({ "price": { "role": "HTF" } }), more.clone());
    let expected: Vec<_> =
        [None; 4].into_iter().chain([Some(10.0); 5]).chain([Some(20.0); 2]).collect();
    assert_eq!(now, expected);
    let before = stage.values(&json!({ "price": { "role": "HTF", "back": 1 } }), more);
    assert_eq!(before[8..], [None, Some(10.0), Some(10.0)]);
}

#[test]
fn readings_come_from_the_catalogue_and_go_back_in_candles_of_their_role() {
    let stage = closes(&[1.0, 2.0, 4.0, 8.0]).higher(&[]);
    let more = json!({
        "roles": { "htf": {} },
        "indicators": [
            { "name": "mean", "indicator": "sma", "settings": { "length": 2 } },
            { "name": "slow", "indicator": "sma", "settings": { "length": 2 }, "role": "HTF" },
            { "name": "bands", "indicator": "bollinger", "settings": { "length": 2, "width": 1 } },
            { "name": "size", "indicator": "sma", "settings": { "length": 1 }, "source": "volume" },
        ],
    });
    let check = |value: Value, expected: &[Option<f64>]| {
        assert_eq!(stage.values(&value, more.clone()), expected, "{value}");
    };
    let reading = |name: &str, back: i64| json!({ "indicator": { "name": name, "back": back } });
    check(reading("mean", 0), &[None, Some(1.5), Some(3.0), Some(6.0)]);
    check(reading("mean", 2), &[None, None, None, Some(1.5)]);
    check(reading("slow", 0), &[None; 4]);
    check(reading("size", 0), &some(&[1.0, 2.0, 3.0, 4.0]));
    let upper = json!({ "indicator": { "name": "bands", "output": "upper" } });
    check(upper, &[None, Some(2.0), Some(4.0), Some(8.0)]);
    let minutes = closes(&[1.0; 15]).higher(&[10.0, 20.0, 40.0]);
    let slow = |back| minutes.values(&reading("slow", back), more.clone());
    assert_eq!([slow(0)[9], slow(0)[13], slow(0)[14]], [Some(15.0), Some(15.0), Some(30.0)]);
    assert_eq!([slow(1)[13], slow(1)[14]], [None, Some(15.0)]);
}

#[test]
fn extremes_are_those_of_the_last_candles() {
    let stage = rows(&[
        [4.0, 9.0, 1.0, 2.0],
        [5.0, 6.0, 3.0, 4.0],
        [5.0, 7.0, 2.0, 4.0],
        [5.0, 5.0, 5.0, 5.0],
    ]);
    let highest = |back: i64| json!({ "highest": { "candles": 2, "of": "high", "back": back } });
    check(&stage, highest(0), &[None, Some(9.0), Some(7.0), Some(7.0)]);
    check(&stage, highest(1), &[None, None, Some(9.0), Some(7.0)]);
    let lowest = json!({ "lowest": { "candles": 3, "of": "low" } });
    check(&stage, lowest, &[None, None, Some(1.0), Some(2.0)]);
}

#[test]
fn arithmetic_is_plain_and_a_division_by_zero_gives_nothing() {
    let stage = closes(&[2.0, 4.0]);
    let close = json!({ "price": {} });
    check(&stage, json!({ "add": [close, 3] }), &some(&[5.0, 7.0]));
    check(&stage, json!({ "subtract": [close, 1] }), &some(&[1.0, 3.0]));
    check(&stage, json!({ "multiply": [close, 2.5] }), &some(&[5.0, 10.0]));
    check(&stage, json!({ "divide": [close, 4] }), &some(&[0.5, 1.0]));
    check(&stage, json!({ "divide": [close, { "subtract": [close, 2] }] }), &[None, Some(2.0)]);
    check(&stage, json!({ "larger": [close, 3] }), &some(&[3.0, 4.0]));
    check(&stage, json!({ "smaller": [close, 3] }), &some(&[2.0, 3.0]));
    check(&stage, json!({ "absolute": { "subtract": [close, 5] } }), &some(&[3.0, 1.0]));
    let missing = json!({ "price": { "back": 1 } });
    check(&stage, json!({ "larger": [missing, 3] }), &[None, Some(3.0)]);
}

#[test]
fn facts_of_the_position_are_missing_without_one() {
    let long = Some((Direction::Long, 10.0));
    let short = Some((Direction::Short, 10.0));
    let stage = rows(&[
        [10.0, 10.0, 10.0, 10.0],
        [10.0, 12.0, 9.0, 11.0],
        [11.0, 13.0, 10.0, 12.0],
        [12.0, 12.0, 5.0, 8.0],
        [8.0, 9.0, 6.0, 7.0],
        [7.0, 7.0, 7.0, 7.0],
    ])
    .holding(&[None, long, long, None, short, short]);
    let fact = |fact: &str| json!({ "position": fact });
    let ten = Some(10.0);
    check(&stage, fact("entry_price"), &[None, ten, ten, None, ten, ten]);
    let profit = [None, Some(10.0), Some(20.0), None, Some(30.0), Some(30.0)];
    check(&stage, fact("profit_percent"), &profit);
    check(&stage, fact("best_price"), &[None, Some(12.0), Some(13.0), None, Some(6.0), Some(6.0)]);
    check(&stage, fact("worst_price"), &[None, Some(9.0), Some(9.0), None, Some(9.0), Some(9.0)]);
    // A price of 0 is none.
    let since = json!({ "add": [fact("candles_since_entry"), 1] });
    check(&stage, since, &[None, Some(1.0), Some(2.0), None, Some(1.0), Some(2.0)]);
    let since = json!({ "add": [fact("candles_since_exit"), 1] });
    check(&stage, since, &[None, None, None, Some(1.0), Some(2.0), Some(3.0)]);
    check(&stage, fact("stop"), &[None; 6]);
}

#[test]
fn profit_in_risks_is_measured_by_the_first_stop() {
    let long = Some((Direction::Long, 10.0));
    let stage = closes(&[10.0, 10.0, 13.0, 14.0]).holding(&[None, long, long, long]);
    let entry = json!({
        "when": { "position": "flat" },
        "stop": { "at": 8 },
    });
    let more = json!({ "stop_moves": [
        { "when": { "compare": { "left": { "position": "profit_r" }, "is": "at_least", "right": 1.5 } },
          "to": { "add": [{ "position": "stop" }, { "position": "profit_r" }] } },
    ] });
    let (wishes, _) = stage.play(&crate::stage::file(&[entry], more));
    let moves: Vec<String> = wishes.iter().flatten().map(|it| format!("{it:?}")).collect();
    // 1.5 risks at 13: from 8 to 9.5; 2 risks at 14: from 9.5 to 11.5.
    let is_move = |it: &&String| it.contains("MoveStop");
    let moves: Vec<&String> = moves.iter().filter(is_move).collect();
    assert_eq!(moves.len(), 2, "{moves:?}");
    assert!(moves[0].contains("9.5") && moves[1].contains("11.5"), "{moves:?}");
}
