//! `stb strategy new`, `check`, `test`, and `stb smc`.

use crate::support::{Place, csv};

/// A script around a body of `on_candle`.
fn script(body: &str) -> String {
    format!(
        "strategy {{ id = \"MINE\", version = \"1.0.0\", author = \"me\", summary = \"Mine.\",\n\
         description = \"## Rules\\nMine.\", roles = {{ LTF = {{ min = \"1m\", max = \"1d\" }} }} }}\n\
         function on_candle()\n{body}\nend\n"
    )
}

#[test]
fn a_new_strategy_runs_as_it_is_and_is_not_written_over() {
    let place = Place::new();
    place.run(&["strategy", "new", "my_cross"]).done();
    let file = place.data_dir().join("strategies").join("my_cross.luau");
    let file = file.to_str().unwrap();
    let checked = place.run(&["strategy", "check", file, "--json"]).done().json();
    assert_eq!(
        (checked["name"].as_str(), checked["is_active"].as_bool()),
        (Some("MY_CROSS"), Some(true))
    );
    let listed = place.run(&["strategies", "--json"]).done().json();
    assert!(listed.as_array().unwrap().iter().any(|one| one["name"] == "MY_CROSS"));
    let tested =
        place.run(&["strategy", "test", file, "--json", "--param", "length=20"]).done().json();
    assert!(tested["total_trades"].as_u64().unwrap() > 0);
    assert_eq!(tested["truncation"]["badge"], "passed");
    place.run(&["strategy", "new", "my_cross"]).failed(1, "cannot be written");
    place.run(&["strategy", "new", "1st"]).failed(2, "begins with a letter");
    place.run(&["strategy", "new", "rules.py"]).failed(2, ".luau");
}

#[test]
fn what_is_wrong_is_told_with_line_and_column() {
    let place = Place::new();
    let check = |text: &str, code: i32, reason: &str| {
        let file = place.file("mine.luau", text);
        place.run(&["strategy", "check", file.to_str().unwrap()]).failed(code, reason);
    };
    check("local x =\nlocal y = = 2\n", 1, "mine.luau:2:");
    check(&script("").replace("id = \"MINE\", ", ""), 1, "id");
    check(&script("").replace("MINE", "mine dir"), 1, "mine.luau:1");
    place.run(&["strategy", "check", "none.luau"]).failed(2, "cannot be read");
}

#[test]
fn a_strategy_that_misbehaves_is_stopped_with_its_place() {
    let place = Place::new();
    let check = |body: &str, reason: &str| {
        let file = place.file("mine.luau", script(body));
        place.run(&["strategy", "test", file.to_str().unwrap()]).failed(1, reason);
    };
    check("  while true do end", "mine.luau:4: takes more steps");
    check(
        "  local t = {}\n  while true do t[#t + 1] = string.rep('x', 100000) .. #t end",
        "memory",
    );
    check("  local nothing = nil\n  local x = nothing.field", "mine.luau:5: attempt to index nil");
    check(
        "  signal { side = 'long', stop_loss = candle.close[0] * 2, risk = 0.01 }",
        "stop loss must be below",
    );
    check("  os.exit(1)", "mine.luau:4");
}

#[test]
fn a_strategy_can_be_tried_on_a_file() {
    let place = Place::new();
    let candles = place.file("mine.csv", csv("2024-01-01", "2024-01-04"));
    let body = "  log(candle.close[0])\n  if not position then signal { side = 'long', quantity = 0.1 } end";
    let file = place.file("mine.luau", script(body));
    let words =
        ["strategy", "test", file.to_str().unwrap(), "--csv", candles.to_str().unwrap(), "--json"];
    let result = place.run(&words).done().json();
    assert_eq!(
        (result["symbol"].as_str(), result["log"].as_array().unwrap().len()),
        (Some("TESTUSDT"), 4320)
    );
    let words = ["strategy", "test", file.to_str().unwrap(), "--csv", file.to_str().unwrap()];
    place.run(&words).failed(2, "--csv");
}

#[test]
fn smart_money_facts_come_from_a_file_or_from_what_is_stored() {
    let place = Place::with_candles();
    let words = ["smc", "--symbol", "TESTUSDT", "--timeframe", "1m", "--json"];
    let stored = place.run(&words).done().json();
    let file = place.file("mine.csv", csv("2024-01-01", "2024-01-11"));
    let from_file =
        place.run(&[&words[..], &["--csv", file.to_str().unwrap()]].concat()).done().json();
    assert_eq!(from_file["events"], stored["events"]);
    assert_eq!(
        stored["events"].as_array().unwrap().len() as u64,
        stored["total"].as_u64().unwrap()
    );
    let table = place.run(&["smc", "--symbol", "TESTUSDT", "--timeframe", "15m"]).done().stdout;
    assert!(table.contains("known at") && table.contains("facts over 960 candles"), "{table}");
    let study = ["smc", "--symbol", "TESTUSDT", "--timeframe", "15m", "--study", "order_block"];
    let study = place.run(&[&study[..], &["--direction", "both"]].concat()).done().stdout;
    assert!(study.contains("hit rate") && study.contains("adverse excursion"), "{study}");
    place.run(&["smc", "--symbol", "TESTUSDT", "--timeframe", "7m"]).failed(2, "--timeframe");
    place.run(&["smc", "--symbol", "NONEUSDT", "--timeframe", "1m"]).failed(2, "NONEUSDT");
    let swapped = [&words[..], &["--internal-length", "60"]].concat();
    place.run(&swapped).failed(2, "internal_length");
}
