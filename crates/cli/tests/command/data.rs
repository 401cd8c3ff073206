//! `stb data`.

use serde_json::json;

use crate::support::{Place, csv};

fn import<'a>(path: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    ["data", "import", path, "--symbol", "TESTUSDT", "--json"]
        .into_iter()
        .chain(more.iter().copied())
        .collect()
}

#[test]
fn files_are_imported_and_listed() {
    let place = Place::new();
    let empty = place.run(&["data", "list", "--json"]).done();
    assert_eq!(empty.json(), json!([]));
    assert!(place.run(&["data", "list"]).done().stdout.contains("nothing is stored yet"));
    let file = place.file("TESTUSDT-1m-2024-01.csv", csv("2024-01-01", "2024-01-03"));
    let job = place.run(&import(file.to_str().unwrap(), &[])).done().json();
    assert_eq!((&job["status"], &job["files"][0]["new_rows"]), (&json!("completed"), &json!(2880)));
    let again = place.run(&import(file.to_str().unwrap(), &[])).done().json();
    assert_eq!(again["files"][0]["status"], "unchanged");
    let spot = place.run(&import(file.to_str().unwrap(), &["--market", "spot"])).done().json();
    assert_eq!(spot["market"], "spot");
    let list = place.run(&["data", "list", "--json"]).done().json();
    assert_eq!(list.as_array().unwrap().len(), 2);
    let table = place.run(&["data", "list"]).done().stdout;
    assert!(table.contains("TESTUSDT") && table.contains("2880"), "{table}");
}

#[test]
fn gaps_are_reported() {
    let place = Place::new();
    let whole = csv("2024-01-01", "2024-01-02");
    let rows: Vec<&str> = whole.lines().collect();
    let file = place.file("gap.csv", [&rows[..100], &rows[180..]].concat().join("\n"));
    let words = ["data", "import", file.to_str().unwrap(), "--symbol", "TESTUSDT"];
    let text = place.run(&words).done().stdout;
    assert!(
        text.contains("80 candles missing from 2024-01-01T01:40:00Z to 2024-01-01T03:00:00Z"),
        "{text}"
    );
}

#[test]
fn the_candle_length_can_be_named() {
    let place = Place::new();
    let file = place.file("x.csv", csv("2024-01-01", "2024-01-02"));
    let path = file.to_str().unwrap();
    place.run(&import(path, &["--timeframe", "7m"])).failed(2, "--timeframe: expected a timeframe");
    place.run(&import(path, &["--timeframe", "1h"])).failed(1, "x.csv");
    let job = place.run(&import(path, &["--timeframe", "1m"])).done().json();
    assert_eq!(job["files"][0]["timeframe"], "1m");
}

#[test]
fn bad_files_fail_with_a_reason_and_good_ones_are_kept() {
    let place = Place::new();
    let good = place.file("good.csv", csv("2024-01-01", "2024-01-02"));
    let lines = csv("2024-01-02", "2024-01-03");
    let rows: Vec<&str> = lines.lines().collect();
    let shuffled = [rows[1], rows[0], rows[2]].join("\n");
    let not_a_number = rows.join("\n").replacen(rows[3].split(',').nth(4).unwrap(), "NaN", 1);
    for (name, bytes) in [
        ("empty.csv", Vec::new()),
        ("binary.csv", vec![0, 159, 146, 150, 0, 1, 2, 3]),
        ("shuffled.csv", shuffled.into_bytes()),
        ("nan.csv", not_a_number.into_bytes()),
        ("truncated.zip", b"PK\x03\x04 but nothing more".to_vec()),
    ] {
        let bad = place.file(name, bytes);
        let ended =
            place.run(&import(bad.to_str().unwrap(), &[good.to_str().unwrap()])).failed(1, name);
        let job = ended.json();
        assert_eq!(
            (&job["files_total"], &job["error"]["code"]),
            (&json!(2), &json!("IMPORT_FAILED")),
            "{name}"
        );
        let file =
            job["files"].as_array().unwrap().iter().find(|file| file["file"] == name).unwrap();
        assert_eq!(file["status"], "failed", "{job}");
        assert!(file["error"]["message"].as_str().unwrap().len() > 10);
    }
    let list = place.run(&["data", "list", "--json"]).done().json();
    assert_eq!(
        (list.as_array().unwrap().len(), &list[0]["candles"]),
        (1, &json!(1440)),
        "only the good file is there"
    );
}

#[test]
fn wrong_input_is_named_by_its_option() {
    let place = Place::new();
    let file = place.file("x.csv", csv("2024-01-01", "2024-01-02"));
    let words = [
        "data",
        "import",
        file.to_str().unwrap(),
        "--symbol",
        "A/B",
        "--market",
        "moon",
        "--on-conflict",
        "maybe",
        "--json",
    ];
    let ended = place.run(&words).failed(2, "--market: expected um or spot, was \"moon\"");
    assert!(
        ended.stderr.contains("--symbol: ") && ended.stderr.contains("--on-conflict: "),
        "{}",
        ended.stderr
    );
    assert_eq!(ended.json()["error"]["fields"].as_array().unwrap().len(), 3);
    place.run(&import("no/such/file.csv", &[])).failed(2, "PATH: no/such/file.csv");
}

#[test]
fn funding_and_mark_prices_are_imported_and_listed() {
    let place = Place::with_candles();
    let settlement = |number: i64| {
        let time = 1_704_067_200_000 + number * 8 * 3_600_000;
        format!("{time},8,0.0001\n")
    };
    let rows: String = (0..30).filter(|number| *number != 7).map(settlement).collect();
    let funding = place.file("TESTUSDT-fundingRate-2024-01.csv", rows);
    let text = place.run(&["data", "import", funding.to_str().unwrap(), "--symbol", "TESTUSDT"]);
    let text = text.done().stdout;
    assert!(text.contains("funding rates") && text.contains("1 settlement missing"), "{text}");
    let mark = csv("2024-01-01", "2024-01-02");
    let without_volume = |row: &str| {
        let cells: Vec<&str> = row.split(',').collect();
        format!("{},0,{},0,0,0,0,0\n", cells[..5].join(","), cells[6])
    };
    let mark = place.file("m.csv", mark.lines().map(without_volume).collect::<String>());
    let path = mark.to_str().unwrap();
    place.run(&import(path, &["--price", "fair"])).failed(2, "--price: ");
    let job = place.run(&import(path, &["--price", "mark"])).done().json();
    assert_eq!(job["files"][0]["content"], "mark_candles");
    let list = place.run(&["data", "list", "--json"]).done().json();
    let prices: Vec<_> = list.as_array().unwrap().iter().map(|one| one["price"].clone()).collect();
    assert_eq!(prices, ["last", "mark"]);
    let list = place.run(&["data", "list", "--funding", "--json"]).done().json();
    assert_eq!((&list[0]["settlements"], &list[0]["gap_count"]), (&json!(29), &json!(1)));
    let text = place.run(&["data", "list"]).done().stdout;
    assert!(text.contains("funding of") && text.contains("mark"), "{text}");
}

#[test]
fn the_integrity_of_what_is_stored_is_told() {
    let place = Place::with_candles();
    let whole = csv("2024-01-01", "2024-01-02");
    let rows: Vec<&str> = whole.lines().collect();
    let file = place.file("gap.csv", [&rows[..100], &rows[180..]].concat().join("\n"));
    place.run(&["data", "import", file.to_str().unwrap(), "--symbol", "GAPUSDT"]).done();
    let all = place.run(&["data", "integrity", "--json"]).done().json();
    assert_eq!(all.as_array().unwrap().len(), 2);
    let one = place.run(&["data", "integrity", "gapusdt", "--json"]).done().json();
    assert_eq!((&one[0]["symbol"], &one[0]["candles"]), (&json!("GAPUSDT"), &json!(1360)));
    assert_eq!((&one[0]["compared"], &one[0]["checked"]), (&json!([]), &json!([])));
    let text = place.run(&["data", "integrity", "GAPUSDT"]).done().stdout;
    for words in ["compared with the venue", "none", "1 gap", "2024-01-01T01:40:00Z gap: "] {
        assert!(text.contains(words), "{words}: {text}");
    }
    place.run(&["data", "integrity", "NOPEUSDT"]).failed(2, "no candles of NOPEUSDT are stored");
    place.run(&["data", "integrity", "A/B"]).failed(2, "SYMBOL: ");
    let nothing = Place::new().run(&["data", "integrity"]).done().stdout;
    assert!(nothing.contains("nothing is stored yet"), "{nothing}");
}
