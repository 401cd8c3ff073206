//! `stb backtest`.

use serde_json::{Value, json};

use crate::support::{Place, SMA_CROSS, csv, with};

#[test]
fn the_document_is_the_result_with_its_trades() {
    let place = Place::with_candles();
    let plain = place.run(&SMA_CROSS).done();
    assert!(plain.stderr.is_empty(), "no progress where nobody watches: {}", plain.stderr);
    let document = plain.json();
    assert_eq!(
        document["trades"].as_array().unwrap().len() as u64,
        document["total_trades"].as_u64().unwrap()
    );
    assert!(document.get("equity").is_none());
    assert!(document["timing"]["load_ms"].is_number() && document["timing"]["run_ms"].is_number());
    assert_eq!(document["timing"]["bars"], 960);
    let full = place.run(&with(&["--full"])).done().json();
    let columns =
        ["time", "equity", "drawdown"].map(|name| full["equity"][name].as_array().unwrap().len());
    assert_eq!(columns, [960; 3]);
    for figure in
        ["final_balance", "total_return", "sharpe_ratio", "max_drawdown", "trades", "metrics"]
    {
        assert_eq!(document[figure], full[figure], "the same request gives the same {figure}");
    }
}

#[test]
fn options_reach_the_run() {
    let place = Place::with_candles();
    let document = place
        .run(&with(&[
            "--initial-balance",
            "5000",
            "--commission",
            "0",
            "--slippage",
            "0",
            "--leverage",
            "2",
            "--risk-per-trade",
            "1.5",
            "--market",
            "um",
            "--gap-policy",
            "refuse",
            "--intrabar",
            "optimistic",
            "--param",
            "fast=5",
            "--param",
            "slow=15",
        ]))
        .done()
        .json();
    assert_eq!(document["initial_balance"], 5000);
    assert_eq!((&document["commission"], &document["total_commission"]), (&json!(0), &json!(0)));
    assert_eq!((&document["leverage"], &document["risk_per_trade"]), (&json!(2), &json!(1.5)));
    assert_eq!(
        (&document["gap_policy"], &document["intrabar_policy"]),
        (&json!("refuse"), &json!("optimistic"))
    );
    assert_eq!(
        (&document["parameters"]["fast"], &document["parameters"]["slow"]),
        (&json!(5), &json!(15))
    );
}

#[test]
fn one_role_may_be_left_out() {
    let place = Place::with_candles();
    let words = |roles: &[&'static str]| {
        let base = [
            "backtest",
            "--symbol",
            "TESTUSDT",
            "--strategy",
            "simple_test",
            "--start",
            "2024-01-01",
            "--end",
            "2024-01-11",
            "--timeframes",
            "1h,4h",
            "--json",
        ];
        base.into_iter().chain(roles.iter().copied()).collect::<Vec<_>>()
    };
    let document = place.run(&words(&["--role", "4h=HTF"])).done().json();
    assert_eq!(document["tf_roles"], json!({ "1h": "LTF", "4h": "HTF" }));
    place.run(&words(&[])).failed(2, "--role 4h: 4h needs a role, HTF or LTF");
}

#[test]
fn the_summary_is_for_people() {
    let place = Place::with_candles();
    let text = place.run(&SMA_CROSS[..11]).done().stdout;
    assert!(text.starts_with("SMA_CROSS 15m on TESTUSDT (um)\n2024-01-01T00:00:00"), "{text}");
    let titles = [
        "Returns",
        "Risk",
        "Trades",
        "Costs",
        "Exposure",
        "Long and short",
        "How it was traded",
        "Proofs",
    ];
    let places: Vec<Option<usize>> =
        titles.iter().map(|title| text.find(&format!("\n\n{title}\n  "))).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} {text}");
    let units: Vec<usize> = ["Final balance", "Commission", "Average trade"]
        .iter()
        .map(|label| {
            let line = text.lines().find(|line| line.trim_start().starts_with(label)).unwrap();
            line.find(" quote").unwrap_or_else(|| panic!("{line}"))
        })
        .collect();
    assert!(units.windows(2).all(|pair| pair[0] == pair[1]), "aligned over all groups: {text}");
    for words in ["Total return ", " %\n", "Fees ", "taker ", "Truncation check  not asked for"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let proved = place.run(&[&SMA_CROSS[..11], &["--truncation"]].concat()).done().stdout;
    assert!(proved.contains("Truncation check  passed: "), "{proved}");
}

#[test]
fn one_gap_is_one_gap() {
    let place = Place::new();
    let whole = csv("2024-01-01", "2024-01-11");
    let rows: Vec<&str> = whole.lines().collect();
    let file = place.file("gap.csv", [&rows[..100], &rows[180..]].concat().join("\n"));
    place.run(&["data", "import", file.to_str().unwrap(), "--symbol", "TESTUSDT"]).done();
    let text = place.run(&SMA_CROSS[..11]).done().stdout;
    assert!(
        text.contains("warning: 80 candles are missing in 1 gap of the range, the first from"),
        "{text}"
    );
}

#[test]
fn a_log_that_nobody_reads_stops_nothing() {
    let place = Place::with_candles();
    let mut command = place.command(&SMA_CROSS);
    command.env("STB_LOG", "trace");
    assert!(!command.output().unwrap().stderr.is_empty(), "there is something to log");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let closed = command.stderr(writer).output().unwrap();
    assert_eq!(closed.status.code(), Some(0));
    assert!(!closed.stdout.is_empty());
}

#[test]
fn bad_input_is_one_clear_sentence() {
    let place = Place::with_candles();
    let words = |change: &dyn Fn(&mut Vec<&'static str>)| {
        let mut words: Vec<&'static str> = SMA_CROSS.to_vec();
        change(&mut words);
        place.run(&words)
    };
    let code = |ended: &crate::support::Ended| -> Value { ended.json()["error"]["code"].clone() };
    let ended = words(&|words| words[2] = "NOPE")
        .failed(2, "no candles of \"NOPE\" are stored; there are candles of: TESTUSDT");
    assert_eq!(code(&ended), "UNKNOWN_SYMBOL");
    let ended = words(&|words| words[4] = "MAGIC").failed(2, "no strategy is called \"MAGIC\"");
    assert_eq!(code(&ended), "UNKNOWN_STRATEGY");
    let ended = words(&|words| words[8] = "2023-01-01")
        .failed(2, "--end: expected a time after start_date");
    assert_eq!(code(&ended), "VALIDATION_ERROR");
    let ended = words(&|words| (words[6], words[8]) = ("2030-01-01", "2030-02-01"))
        .failed(1, "stored: um 1m from 2024-01-01");
    assert_eq!(code(&ended), "NO_DATA");
    let ended = words(&|words| {
        words[8] = "2024-03-01";
        words.extend(["--gap-policy", "refuse"]);
    });
    assert_eq!(code(&ended.failed(1, "covers only")), "DATA_GAP");
    words(&|words| words[10] = "7m").failed(2, "--timeframes: expected a timeframe");
    words(&|words| words.extend(["--param", "fast=0"]))
        .failed(2, "--param fast: expected a whole number from");
    words(&|words| words.extend(["--param", "speed=1"])).failed(2, "--param speed: ");
    words(&|words| words.extend(["--commission", "-1"]))
        .failed(2, "--commission: expected a fraction");
    words(&|words| words.extend(["--leverage", "many"])).failed(2, "--leverage: ");
    let two = words(&|words| words.extend(["--leverage", "0", "--slippage", "1"]))
        .failed(2, "--leverage: ");
    assert!(two.stderr.contains("--slippage: "), "all at once: {}", two.stderr);
    assert_eq!(two.stderr.lines().count(), 1);
}

#[test]
fn every_option_reaches_its_field() {
    let place = Place::with_candles();
    let risk = place.file("risk.json", r#"{"positions_max": 2, "loss_daily_max": "0.05"}"#);
    let brackets = r#"[{"cap": 50000, "maintenance_rate": 0.004, "leverage_max": 20}]"#;
    let brackets = place.file("brackets.json", brackets);
    let filters = place.file("filters.json", r#"{"tick": 0.5, "step": 0.001}"#);
    let path = |path: &std::path::PathBuf| path.to_str().unwrap().to_owned();
    let (risk, brackets, filters) = (path(&risk), path(&brackets), path(&filters));
    let document = place
        .run(&with(&[
            "--fee-tier",
            "vip3",
            "--spread",
            "0.0001",
            "--impact",
            "0.01",
            "--intrabar",
            "drill",
            "--fill-time",
            "next_open",
            "--limit-fill",
            "touch",
            "--participation-max",
            "0.5",
            "--latency",
            "200,100,50",
            "--seed",
            "42",
            "--leverage",
            "10",
            "--margin-mode",
            "isolated",
            "--position-mode",
            "hedge",
            "--funding",
            "-0.0002@4",
            "--risk",
            &risk,
            "--brackets",
            &brackets,
            "--filters",
            &filters,
            "--truncation",
            "--no-band",
        ]))
        .done()
        .json();
    assert_eq!(
        document["fill_policy"],
        json!({
            "fill_time": "next_open", "intrabar": "drill", "limit_fill": "touch",
            "commission": 0.00032, "maker_commission": 0.00012, "fee_tier": "vip3",
            "slippage": 0, "slippage_model": { "spread": 0.0001, "impact": 0.01 },
            "latency": { "orders_ms": 200, "reports_ms": 100, "jitter_ms": 50 },
            "participation_max": 0.5, "seed": 42,
        })
    );
    assert_eq!(
        document["account"],
        json!({
            "leverage": 10, "margin_mode": "isolated", "position_mode": "hedge",
            "brackets": [{ "cap": 50000, "maintenance_rate": 0.004, "leverage_max": 20 }],
            "funding": { "rate": -0.0002, "interval_hours": 4 },
            "filters": { "tick": 0.5, "step": 0.001 },
        })
    );
    assert_eq!(document["risk"], json!({ "positions_max": 2, "loss_daily_max": 0.05 }));
    assert_eq!(
        (&document["truncation"]["badge"], &document["band"]),
        (&json!("passed"), &Value::Null)
    );
}

#[test]
fn options_win_over_the_request_file() {
    let place = Place::with_candles();
    let request = r#"{
        "pair": "NOPEUSDT", "strategy": "SMA_CROSS", "start_date": "2024-01-01", "end_date": "2024-01-11",
        "timeframes": ["15m"], "commission": 0.00030001, "parameters": { "fast": 7, "slow": 20 }
    }"#;
    let file = place.file("request.json", request);
    let file = file.to_str().unwrap();
    let words =
        ["backtest", "--request", file, "--symbol", "TESTUSDT", "--param", "slow=25", "--json"];
    let document = place.run(&words).done().json();
    assert_eq!(
        (&document["symbol"], &document["commission"]),
        (&json!("TESTUSDT"), &json!(0.000_300_01))
    );
    assert_eq!(
        (&document["parameters"]["fast"], &document["parameters"]["slow"]),
        (&json!(7), &json!(25))
    );
    let unknown = place.file("unknown.json", r#"{"symbol": "TESTUSDT", "speed": 1}"#);
    let words = ["backtest", "--request", unknown.to_str().unwrap()];
    let ended = place.run(&words).failed(2, "--speed: no such field");
    assert!(ended.stderr.contains("--strategy: is required"), "all at once: {}", ended.stderr);
    let broken = place.file("broken.json", "{");
    place.run(&["backtest", "--request", broken.to_str().unwrap()]).failed(2, "--request: ");
    place.run(&["backtest", "--request", "no/such.json"]).failed(2, "cannot be read");
}

#[test]
fn several_symbols_are_shown_one_by_one() {
    let place = Place::with_candles();
    let other = place.file("other.csv", csv("2024-01-01", "2024-01-11"));
    place.run(&["data", "import", other.to_str().unwrap(), "--symbol", "OTHERUSDT"]).done();
    let portfolio =
        r#"[{"symbol": "TESTUSDT"}, {"symbol": "OTHERUSDT", "parameters": {"fast": 5}}]"#;
    let file = place.file("portfolio.json", portfolio);
    let base = [
        "backtest",
        "--strategy",
        "SMA_CROSS",
        "--start",
        "2024-01-01",
        "--end",
        "2024-01-11",
        "--timeframes",
        "15m",
    ];
    let words = |more: &[&str]| -> Vec<String> {
        base.iter().chain(more).map(ToString::to_string).collect()
    };
    let run = |more: &[&str]| {
        let words = words(more);
        place.run(&words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let document = run(&["--portfolio", file.to_str().unwrap(), "--json"]).done().json();
    assert_eq!(document["symbols"], json!(["TESTUSDT", "OTHERUSDT"]));
    assert_eq!(document["sleeves"][1]["parameters"]["fast"], 5);
    let text = run(&["--symbols", "TESTUSDT,OTHERUSDT"]).done().stdout;
    assert!(text.contains("on TESTUSDT,OTHERUSDT (um)") && text.contains("net profit"), "{text}");
    assert!(text.contains("warning: OTHERUSDT: "), "{text}");
    let twice = words(&["--symbols", "TESTUSDT,TESTUSDT"]);
    place
        .run(&twice.iter().map(String::as_str).collect::<Vec<_>>())
        .failed(2, "--symbols: TESTUSDT is listed twice");
}

#[test]
fn a_capsule_is_verified_in_another_folder() {
    let place = Place::with_candles();
    let file = place.file("capsule.json", "");
    let file = file.to_str().unwrap();
    let document = place.run(&with(&["--capsule", file, "--full"])).done().json();
    assert_eq!(document["skipped"], json!([]));
    let text = place.run(&["verify", file]).done().stdout;
    assert!(text.contains("SMA_CROSS on TESTUSDT") && text.contains("are identical"), "{text}");
    let elsewhere = Place::with_candles();
    let verdict = elsewhere.run(&["verify", file, "--json"]).done().json();
    assert_eq!((&verdict["identical"], &verdict["differences"]), (&json!(true), &json!([])));
    let other = Place::new();
    let rows = csv("2024-01-01", "2024-01-11");
    let half: Vec<&str> = rows.lines().take(7200).collect();
    let half = other.file("half.csv", half.join("\n"));
    other.run(&["data", "import", half.to_str().unwrap(), "--symbol", "TESTUSDT"]).done();
    let ended = other.run(&["verify", file, "--json"]).failed(1, "the result is not the same");
    assert_eq!(ended.json()["error"]["code"], "CAPSULE_DIFFERS");
    let parts = ended.json()["differences"].clone();
    assert!(parts.as_array().unwrap().iter().any(|one| one["part"] == "data"), "{parts}");
    let no_capsule = place.file("no.json", "{\"format\": 7}");
    place.run(&["verify", no_capsule.to_str().unwrap()]).failed(2, "JSON of another kind");
    place.run(&["verify", "no/such.json"]).failed(2, "cannot be read");
}

/// The same candles as mark prices, which have no volume.
fn without_volume(csv: &str) -> String {
    let row = |line: &str| {
        let mut cells: Vec<&str> = line.split(',').collect();
        cells[5] = "0";
        cells.join(",") + "\n"
    };
    csv.lines().map(row).collect()
}

#[test]
fn a_capsule_says_what_of_its_data_is_missing() {
    let place = Place::with_candles();
    let mark = place.file("mark.csv", without_volume(&csv("2024-01-01", "2024-01-11")));
    let words =
        ["data", "import", mark.to_str().unwrap(), "--symbol", "TESTUSDT", "--price", "mark"];
    place.run(&words).done();
    let file = place.file("capsule.json", "");
    let file = file.to_str().unwrap();
    place.run(&with(&["--capsule", file])).done();
    let here = place.run(&["verify", file, "--json"]).done().json();
    assert_eq!((&here["identical"], &here["missing"]), (&json!(true), &json!([])));

    let without_marks = Place::with_candles();
    let ended = without_marks.run(&["verify", file]);
    for words in
        ["missing: the capsule was made with 960 15m mark price candles of TESTUSDT (um)", "--mark"]
    {
        assert!(ended.stdout.contains(words), "{words}: {}", ended.stdout);
    }
    let missing = without_marks.run(&["verify", file, "--json"]).json()["missing"].clone();
    assert_eq!(missing[0]["code"], "MARK_MISSING", "{missing}");

    let ended = Place::new().run(&["verify", file, "--json"]);
    let ended = ended
        .failed(1, "The capsule was made with 960 15m last price candles of TESTUSDT (um) from");
    assert_eq!(ended.json()["error"]["code"], "UNKNOWN_SYMBOL");
}
