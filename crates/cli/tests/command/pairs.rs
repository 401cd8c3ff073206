//! `stb pairs`, against the demo exchange inside the program.

use serde_json::{Value, json};

use crate::support::Place;

fn listed(document: &Value) -> Vec<(String, bool)> {
    let pairs = document["pairs"].as_array().unwrap().iter();
    pairs
        .map(|pair| (pair["symbol"].as_str().unwrap().to_owned(), pair["active"] == true))
        .collect()
}

#[test]
fn the_watch_list_is_changed_as_the_window_changes_it() {
    let place = Place::new();
    let run = |words: &[&str]| {
        listed(&place.run(&[&["pairs"], words, &["--json"]].concat()).done().json())
    };
    let first = ["BTCUSDT", "ETHUSDT", "SOLUSDT"].map(|symbol| (symbol.to_owned(), true));
    assert_eq!(run(&["list"]), first, "what a new list begins with");
    let added = run(&["add", "xrpusdt", "BNBUSDT"]);
    assert_eq!(added[3..], [("XRPUSDT".to_owned(), true), ("BNBUSDT".to_owned(), true)]);
    assert_eq!(run(&["deactivate", "xrpusdt"])[3], ("XRPUSDT".to_owned(), false));
    assert_eq!(run(&["activate", "XRPUSDT"])[3], ("XRPUSDT".to_owned(), true));
    assert_eq!(run(&["remove", "XRPUSDT", "BNBUSDT"]), first);
    assert_eq!(run(&["list", "--venue", "binance"]), first, "each venue has its own");
    let text = place.run(&["pairs", "list"]).done().stdout;
    assert!(text.starts_with("symbol   state   added\nBTCUSDT  active  20"), "{text}");
    let place_without = |words: &[&str]| place.run(&[&["pairs"], words].concat());
    place_without(&["remove", "BTCUSDT", "ETHUSDT", "SOLUSDT"]).done();
    assert!(place_without(&["list"]).done().stdout.contains("no pair is watched"));
}

#[test]
fn what_cannot_be_done_is_told() {
    let place = Place::new();
    let code = |words: &[&str], exit: i32, reason: &str| -> Value {
        let ended = place.run(&[&["pairs"], words, &["--json"]].concat()).failed(exit, reason);
        ended.json()["error"]["code"].clone()
    };
    assert_eq!(code(&["add", "NOSUCHUSDT"], 2, "lists no NOSUCHUSDT"), json!("UNKNOWN_SYMBOL"));
    assert_eq!(code(&["add", "BTCUSDT"], 2, "on the watch-list already"), json!("ALREADY_WATCHED"));
    assert_eq!(code(&["remove", "XRPUSDT"], 2, "no watched pair"), json!("NOT_FOUND"));
    assert_eq!(code(&["activate", "A/B"], 2, "SYMBOL: "), json!("VALIDATION_ERROR"));
    assert_eq!(code(&["list", "--venue", "moon"], 2, "--venue: "), json!("VALIDATION_ERROR"));
    assert_eq!(place.run(&["pairs", "add"]).code, 2);
}
