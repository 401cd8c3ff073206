//! Smart Money Concepts over stored candles.

use serde_json::{Value, json};

use crate::support::Served;

const EVENTS: &str = "/smc/events?symbol=TESTUSDT&timeframe=5m";

#[tokio::test(flavor = "multi_thread")]
async fn facts_come_in_the_order_in_which_they_became_known() {
    let served = Served::with_candles().await;
    let (status, all) = served.get(EVENTS).await;
    assert_eq!(status, 200, "{all}");
    assert_eq!((&all["candles"], &all["market"]), (&json!(2880), &json!("um")));
    let events = all["events"].as_array().unwrap();
    let known = |event: &Value| event["known_at"].as_str().unwrap().to_owned();
    assert!(events.windows(2).all(|pair| known(&pair[0]) <= known(&pair[1])));
    assert!(events.iter().all(|it| it["formed_at"].as_str() < it["known_at"].as_str()));
    for kind in ["swing", "break", "zone_formed", "zone_touched", "level_taken", "session_closed"] {
        assert!(events.iter().any(|event| event["kind"] == kind), "no {kind}");
    }
    let broken = events.iter().find(|event| event["kind"] == "break").unwrap();
    assert!(["bos", "choch"].contains(&broken["detail"].as_str().unwrap()), "{broken}");
    let zone = events.iter().find(|event| event["kind"] == "zone_formed").unwrap();
    assert!(zone["zone"]["bottom"].as_f64() < zone["zone"]["top"].as_f64(), "{zone}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_is_a_part_of_the_whole_and_the_future_changes_nothing() {
    let served = Served::with_candles().await;
    let (from, to) = ("2024-01-05T00:00:00Z", "2024-01-06T00:00:00Z");
    let (_, all) = served.get(EVENTS).await;
    let (_, part) = served.get(&format!("{EVENTS}&from={from}&to={to}")).await;
    let inside = |event: &&Value| {
        let known = event["known_at"].as_str().unwrap();
        (from..to).contains(&known)
    };
    let expected: Vec<&Value> = all["events"].as_array().unwrap().iter().filter(inside).collect();
    assert_eq!(part["events"].as_array().unwrap().iter().collect::<Vec<_>>(), expected);
    let (_, first) = served.get(&format!("{EVENTS}&from={from}&to={to}&limit=3")).await;
    assert_eq!(first["events"].as_array().unwrap()[..], part["events"].as_array().unwrap()[..3]);
    assert_eq!(first["total"], part["total"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_study_counts_every_touch_once() {
    let served = Served::with_candles().await;
    let query = "/smc/study?symbol=TESTUSDT&timeframe=5m&direction=both&targets=1,2&horizon=20";
    let (status, study) = served.get(query).await;
    assert_eq!(status, 200, "{study}");
    let samples = study["samples"].as_u64().unwrap();
    assert!(samples > 10 && study["zones"].as_u64().unwrap() >= samples, "{study}");
    for target in study["targets"].as_array().unwrap() {
        let count = |name: &str| target[name].as_u64().unwrap();
        let sum = count("hits") + count("losses") + count("unresolved") + count("cut");
        assert_eq!(sum, samples, "{target}");
        let decided = (count("hits") + count("losses")) as f64;
        let rate = target["hit_rate"].as_f64().unwrap();
        assert!((rate * decided - count("hits") as f64).abs() < 1e-9, "{target}");
    }
    assert!(study["adverse"]["mean"].as_f64() <= study["adverse"]["most"].as_f64());
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_words_are_named() {
    let served = Served::with_candles().await;
    let check = async |path: &str, status: u16, words: &str| {
        let (was, answer) = served.get(path).await;
        assert_eq!(was, status, "{path}: {answer}");
        assert!(answer.to_string().contains(words), "{path}: {answer}");
    };
    check("/smc/events?symbol=TESTUSDT", 422, "timeframe").await;
    check("/smc/events?symbol=NONEUSDT&timeframe=5m", 400, "UNKNOWN_SYMBOL").await;
    check(&format!("{EVENTS}&limit=0"), 422, "from 1 to 100000").await;
    let study = "/smc/study?symbol=TESTUSDT&timeframe=5m";
    check(&format!("{study}&zone=cloud"), 422, "order_block or fair_value_gap").await;
    check(&format!("{study}&targets=1,-2"), 422, "joined by commas").await;
    check(&format!("{study}&touch=0&stop=never"), 422, "wick or close").await;
}
