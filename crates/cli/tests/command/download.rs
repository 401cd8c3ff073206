//! `stb data download`, from the demo exchange inside the program, over real sockets into a real store.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::json;

use crate::support::{Ended, Place};

/// The start of the day so many days ago, as a date.
fn day(back: i64) -> String {
    let now = desk::clock::now().day_start().plus_millis(-back * 86_400_000);
    now.to_string().chars().take(10).collect()
}

fn download(place: &Place, words: &[&str]) -> Ended {
    place.run(&[&["data", "download"], words].concat())
}

#[test]
fn history_is_fetched_checked_and_then_there() {
    let place = Place::new();
    let (from, to) = (day(4), day(2));
    let words = ["SOLUSDT", "--from", &from, "--to", &to, "--mark", "--venue", "demo", "--json"];
    let ended = download(&place, &words).done();
    let job = ended.json();
    assert_eq!(job["status"], "completed", "{job}");
    assert_eq!((&job["checked"], &job["differences"]), (&json!(2 * 24 + 2), &json!(0)));
    assert!(job["rows_new"].as_u64().unwrap() >= 2 * 2 * 1440, "{job}");
    assert!(!ended.stderr.is_empty(), "progress is told");
    let by_length =
        json!([{ "timeframe": "1h", "candles": 48 }, { "timeframe": "1d", "candles": 2 }]);
    assert_eq!(job["checked_timeframes"], by_length);
    let again = download(&place, &words).done().json();
    assert_eq!((&again["rows_new"], &again["parts_failed"]), (&json!(0), &json!(0)));
    let list = place.run(&["data", "list", "--json"]).done().json();
    let series: Vec<_> =
        list.as_array().unwrap().iter().map(|one| (&one["price"], &one["candles"])).collect();
    assert_eq!(series, [(&json!("last"), &json!(2880)), (&json!("mark"), &json!(2880))]);
    let text = download(&place, &["SOLUSDT", "--from", &from, "--to", &to, "--no-funding"]);
    let text = text.done().stdout;
    assert!(text.contains("completed: ") && text.contains("0 new"), "{text}");
    assert!(text.contains("no longer candle of the venue was compared"), "{text}");
}

#[test]
fn wrong_input_is_named_by_its_option() {
    let place = Place::new();
    let words = ["A/B", "--timeframe", "7m", "--from", "soon", "--to", "2024-13-01", "--json"];
    let ended = download(&place, &words).failed(2, "--timeframe: ");
    for name in ["SYMBOL: ", "--from: ", "--to: "] {
        assert!(ended.stderr.contains(name), "{name}: {}", ended.stderr);
    }
    assert_eq!(ended.json()["error"]["fields"].as_array().unwrap().len(), 4);
    download(&place, &["BTCUSDT", "--from", "2100-01-01"])
        .failed(2, "--from: expected a time that has passed");
    download(&place, &["BTCUSDT", "--venue", "moon"]).failed(2, "--venue: expected demo, binance");
    let ended = download(&place, &["NOSUCHUSDT", "--json"]);
    let ended = ended.failed(1, "the venue lists no NOSUCHUSDT");
    assert_eq!(ended.json()["error"]["code"], "DOWNLOAD_FAILED");
}

#[test]
fn without_symbols_it_is_the_watch_list_and_nothing_to_fetch_is_said() {
    let place = Place::new();
    // Before anything was listed.
    let ended = download(&place, &["--to", "2010-01-01"]).done();
    for words in ["BTCUSDT, ETHUSDT, SOLUSDT", "nothing to fetch"] {
        assert!(ended.stdout.contains(words), "{words}: {}", ended.stdout);
    }
}

#[test]
fn a_folder_that_another_process_works_in_is_refused() {
    let place = Place::new();
    let server = place.serve();
    let ended = download(&place, &["BTCUSDT", "--json"]).failed(1, "--data-dir");
    assert_eq!(ended.json()["error"]["code"], "IN_USE");
    drop(server);
}

#[cfg(unix)]
#[test]
fn what_was_fetched_stays_when_it_is_interrupted() {
    let place = Place::new();
    let from = day(900);
    let words = ["data", "download", "BTCUSDT", "ETHUSDT", "--from", &from, "--json"];
    let mut child =
        place.command(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Progress is told once the download has begun, which is after Ctrl-C is listened for.
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    lines.find(|line| line.as_ref().unwrap().starts_with("part ")).unwrap().unwrap();
    let told = std::process::Command::new("kill").arg("-INT").arg(child.id().to_string()).status();
    assert!(told.unwrap().success());
    let last = lines.map(Result::unwrap).last().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{last}");
    assert!(last.contains("what was fetched stays"), "{last}");
    let job: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&job["status"], &job["error"]["code"]), (&json!("cancelled"), &json!("CANCELLED")));
    assert!(job["parts_done"].as_u64() < job["parts_total"].as_u64(), "{job}");
    let list = place.run(&["data", "list", "--json"]).done().json();
    let stored = list.as_array().unwrap().iter().any(|one| one["symbol"] == "BTCUSDT");
    assert_eq!(stored, job["rows"].as_u64() > Some(0), "{job} {list}");
}
