//! Help, wrong words, and readers that go away.

use std::process::Stdio;

use crate::support::{Place, SMA_CROSS, listing, with};

#[test]
fn help_is_everywhere_and_shows_examples() {
    let place = Place::new();
    for words in [
        &["--help"][..],
        &["data", "--help"],
        &["data", "list", "--help"],
        &["strategies", "--help"],
    ] {
        assert!(place.run(words).done().stdout.contains("Usage: stb"), "{words:?}");
    }
    for words in [&["data", "import", "--help"][..], &["backtest", "--help"], &["serve", "--help"]]
    {
        assert!(place.run(words).done().stdout.contains("Example"), "{words:?}");
    }
    assert!(place.run(&["--version"]).done().stdout.starts_with("stb 0."));
    assert!(listing(&place.data_dir()).is_empty(), "help needs no data directory");
}

#[test]
fn wrong_words_are_wrong_usage() {
    let place = Place::new();
    for words in [
        &[][..],
        &["trade"],
        &["backtest"],
        &["data", "import", "--symbol", "BTCUSDT"],
        &["data", "import", "x.csv"],
        &["serve", "--port", "99999"],
        &["data", "list", "--fast"],
    ] {
        assert_eq!(place.run(words).code, 2, "{words:?}");
    }
    place.run(&with(&["--role", "15m"])).failed(2, "--role: expected TF=ROLE, was \"15m\"");
    place.run(&with(&["--param", "fast"])).failed(2, "--param: expected NAME=VALUE");
}

#[test]
fn strategies_are_listed_for_people_and_programs() {
    let place = Place::new();
    let text = place.run(&["strategies"]).done().stdout;
    assert!(text.contains("SIMPLE_TEST") && text.contains("--param fast="), "{text}");
    let list = place.run(&["strategies", "--json"]).done().json();
    assert!(list.as_array().unwrap().iter().any(|one| one["name"] == "SMA_CROSS"));
    assert!(listing(&place.data_dir()).is_empty(), "strategies need no data directory");
}

#[test]
fn a_reader_that_goes_away_causes_no_panic() {
    let place = Place::with_candles();
    let mut child = place
        .command(&with(&["--full"]))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(ended.stderr).unwrap();
    assert!(ended.status.success() && stderr.is_empty(), "{stderr}");
    assert_eq!(SMA_CROSS[0], "backtest");
}

#[test]
fn a_folder_that_cannot_be_used_is_named() {
    let place = Place::new();
    place.file("data", "a file where the folder should be");
    place.run(&["data", "list"]).failed(1, "data");
}

/// The table of `stb --help`, case by case.
#[test]
fn exit_codes_are_those_of_the_help() {
    let place = Place::with_candles();
    let help = place.run(&["--help"]).done().stdout;
    let rows = [
        "  0    done",
        "  1    it was asked rightly and failed",
        "  2    wrong usage",
        "  130  ended at once",
    ];
    assert!(rows.iter().all(|row| help.contains(row)), "{help}");
    let capsule = place.file("run.json", "");
    let capsule = capsule.to_str().unwrap();
    place.run(&with(&["--capsule", capsule])).done();
    let empty = Place::new();
    let backtest =
        |symbol: &'static str, start: &'static str, end: &'static str, strategy: &'static str| {
            [
                "backtest",
                "--symbol",
                symbol,
                "--strategy",
                strategy,
                "--start",
                start,
                "--end",
                end,
                "--timeframes",
                "15m",
            ]
        };
    let cases: &[(&Place, &[&str], i32)] = &[
        (&place, &["data", "list"], 0),
        (&place, &["verify", capsule], 0),
        (&place, &backtest("TESTUSDT", "2030-01-01", "2030-02-01", "SMA_CROSS"), 1),
        (&empty, &["verify", capsule], 1),
        (&place, &backtest("NOPEUSDT", "2024-01-01", "2024-01-11", "SMA_CROSS"), 2),
        (&empty, &backtest("TESTUSDT", "2024-01-01", "2024-01-11", "SMA_CROSS"), 2),
        (&place, &backtest("TESTUSDT", "2024-01-01", "2024-01-11", "MAGIC"), 2),
        (&place, &["smc", "--symbol", "NOPEUSDT", "--timeframe", "1h"], 2),
        (&place, &["data", "import", "no/such.csv", "--symbol", "TESTUSDT"], 2),
        (&place, &["data", "download", "A/B"], 2),
        (&place, &["verify", "no/such.json"], 2),
        (&place, &["strategy", "check", "no/such.luau"], 2),
        (&place, &["trade"], 2),
    ];
    for (place, words, code) in cases {
        let ended = place.run(words);
        assert_eq!(ended.code, *code, "{words:?}: {} {}", ended.stdout, ended.stderr);
    }
}
