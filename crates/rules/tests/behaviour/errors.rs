//! What is refused, with the place, the rule and what was there.

use serde_json::{Value, json};

use crate::stage::file;

fn always() -> Value {
    json!({ "position": "flat" })
}

/// Each problem in one line; the text must be refused.
fn problems(text: &str) -> Vec<String> {
    let error = rules::load("test.json", text).map(|_| ()).unwrap_err();
    assert_eq!(error.to_string().lines().count(), error.problems().len(), "a line a problem");
    error.problems().iter().map(ToString::to_string).collect()
}

/// Exactly one problem, at this path, with these words.
#[track_caller]
fn check(text: &str, path: &str, words: &[&str]) {
    let found = problems(text);
    assert_eq!(found.len(), 1, "{found:#?}");
    let at_path = found[0].starts_with(&format!("{path} (line "))
        || found[0].starts_with(&format!("{path}: "));
    assert!(at_path, "{path}: {}", found[0]);
    for word in words {
        assert!(found[0].contains(word), "{word}: {}", found[0]);
    }
}

fn with_entry(entry: Value) -> String {
    file(&[entry], json!({}))
}

fn when(condition: Value) -> String {
    with_entry(json!({ "when": condition }))
}

#[test]
fn text_that_is_no_json_is_told_with_line_and_column() {
    check("{\n  \"format\": stb", "the rules", &["line 2, column 13", "valid JSON"]);
    check("", "the rules", &["valid JSON"]);
    check("[]", "the rules", &["an object with format, version", "was a list of 0"]);
    check("{\"format\":\"stb-rules\",\"version\":1e999}", "version", &["at most 28 digits"]);
    check("{\"format\":\"\\ud800\"}", "format", &["valid JSON"]);
}

#[test]
fn other_formats_are_refused_without_more_words() {
    check("{\"format\": \"other\", \"version\": 1}", "format", &["\"stb-rules\"", "was \"other\""]);
    check("{\"format\": \"stb-rules\", \"version\": 2}", "version", &["version 1", "was 2"]);
}

#[test]
fn names_occur_once() {
    let text = when(always()).replacen('{', "{\"version\": 1,", 1);
    check(&text, "version", &["each name once"]);
}

#[test]
fn unknown_and_missing_fields_are_named() {
    let text = with_entry(json!({ "when": always(), "wen": 1 }));
    check(&text, "entries[0].wen", &["one of the fields name, side, when", "an unknown field"]);
    check(&with_entry(json!({})), "entries[0]", &["a field when", "none"]);
    check(&file(&[], json!({})), "entries", &["a list of 1 to 64", "a list of 0"]);
    let nothing = json!({ "when": always(), "order": { "market": { "at": 1 } } });
    check(&with_entry(nothing), "entries[0].order.market.at", &["no field here"]);
}

#[test]
fn unknown_words_are_answered_with_the_known_ones() {
    check(&when(json!({ "al": [] })), "entries[0].when.al", &["one of all, any, not, compare"]);
    check(&when(json!({ "all": [], "any": [] })), "entries[0].when", &["exactly one of all, any"]);
    check(&when(json!(7)), "entries[0].when", &["an object with exactly one of all", "was 7"]);
    let compare =
        json!({ "compare": { "left": 1, "is": "over", "right": { "price": { "of": "last" } } } });
    let found = problems(&when(json!({ "all": [always(), compare] })));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("entries[0].when.all[1].compare.is (line "), "{}", found[0]);
    assert!(found[0].contains("\"above\", \"below\"") && found[0].ends_with("was \"over\""));
    assert!(found[1].starts_with("entries[0].when.all[1].compare.right.price.of"), "{}", found[1]);
}

#[test]
fn wrong_types_and_ranges_are_told_with_the_range() {
    let price = |back: Value| {
        when(json!({ "compare": {
        "left": { "price": { "back": back } }, "is": "above", "right": 1 } }))
    };
    let path = "entries[0].when.compare.left.price.back";
    check(&price(json!(501)), path, &["a whole number from 0 to 500, was 501"]);
    check(&price(json!(-1)), path, &["a whole number from 0 to 500, was -1"]);
    check(&price(json!(1.5)), path, &["a whole number from 0 to 500, was 1.5"]);
    check(&price(json!("1")), path, &["or {\"parameter\": name}", "was \"1\""]);
    check(&price(json!(null)), path, &["was null"]);
    let size = |size: Value| with_entry(json!({ "when": always(), "size": size }));
    check(&size(json!({ "quantity": 0 })), "entries[0].size.quantity", &["above 0", "was 0"]);
    check(&size(json!({ "equity_percent": 1001 })), "entries[0].size.equity_percent", &["1000"]);
    let cross = when(json!({ "add": [1, 2] }));
    check(&cross, "entries[0].when.add", &["an unknown word"]);
    let one = when(json!({ "compare": { "left": { "add": [1] }, "is": "above", "right": 1 } }));
    check(&one, "entries[0].when.compare.left.add", &["a list of 2", "a list of 1"]);
    let time = |field: &str, value: &str| {
        let mut window = json!({ "from": "08:00", "to": "09:00" });
        window[field] = value.into();
        when(json!({ "time": window }))
    };
    check(&time("from", "8:00"), "entries[0].when.time.from", &["a time from \"00:00\""]);
    check(&time("to", "24:00"), "entries[0].when.time.to", &["was \"24:00\""]);
    check(&time("to", "08:00"), "entries[0].when.time", &["ends later than it begins"]);
    check(&time("zone", "Mars"), "entries[0].when.time.zone", &["Europe/London", "was \"Mars\""]);
    let id = file(&[json!({ "when": always() })], json!({ "strategy": { "id": "a b" } }));
    check(&id, "strategy.id", &["letters, digits and underscores"]);
}

#[test]
fn names_must_be_described_in_the_file() {
    let value = |value: Value| json!({ "compare": { "left": value, "is": "above", "right": 1 } });
    let left = "entries[0].when.compare.left";
    let parameter = when(value(json!({ "parameter": "lenght" })));
    check(&parameter, &format!("{left}.parameter"), &["this file has none", "was \"lenght\""]);
    let indicator = when(value(json!({ "indicator": { "name": "fast" } })));
    check(&indicator, &format!("{left}.indicator"), &["an indicator (this file has none)"]);
    let role = when(value(json!({ "price": { "role": "HTF" } })));
    check(&role, &format!("{left}.price.role"), &["a role of this file: LTF, was HTF"]);
    check(&when(json!({ "switch": "on" })), "entries[0].when.switch", &["a parameter"]);
}

#[test]
fn names_must_fit_their_places() {
    let more = json!({
        "parameters": [
            { "name": "length", "kind": { "integer": { "default": 10, "min": 0, "max": 900 } } },
            { "name": "part", "kind": { "decimal": { "default": 1, "min": 1, "max": 2, "step": 0.1 } } },
            { "name": "on", "kind": { "boolean": { "default": true } } },
            { "name": "mode", "kind": { "choice": { "default": "a", "choices": ["a", "b"] } } },
        ],
        "indicators": [{ "name": "macd", "indicator": "macd" }],
    });
    let check_in = |condition: Value, path: &str, words: &[&str]| {
        let text = file(&[json!({ "when": condition })], more.clone());
        check(&text, &format!("entries[0].when.{path}"), words);
    };
    let back = |name: &str| json!({ "rising": { "value": { "price": { "back": { "parameter": name } } } } });
    let path = "rising.value.price.back.parameter";
    check_in(
        back("length"),
        path,
        &["from 0 to 500, was length, which takes whole numbers from 0 to 900"],
    );
    check_in(back("part"), path, &["a whole number from 0 to 500, was part, which takes numbers"]);
    check_in(back("on"), path, &["was on, which is no number"]);
    check_in(json!({ "switch": "mode" }), "switch", &["true or false"]);
    let chosen = |parameter: &str, option: &str| json!({ "chosen": { "parameter": parameter, "option": option } });
    check_in(chosen("mode", "c"), "chosen", &["one of a, b, was \"c\""]);
    check_in(chosen("on", "a"), "chosen", &["a choice parameter"]);
    let reading = |output: Value| {
        let mut reading = json!({ "name": "macd" });
        reading["output"] = output;
        json!({ "rising": { "value": { "indicator": reading } } })
    };
    let lines = "one of macd, signal, histogram";
    check_in(reading(json!("middle")), "rising.value.indicator", &[lines, "was \"middle\""]);
    let bare = json!({ "rising": { "value": { "indicator": { "name": "macd" } } } });
    check_in(bare, "rising.value.indicator", &[lines, "was none"]);
}

#[test]
fn indicators_are_checked_against_the_catalogue() {
    let with = |indicator: Value| {
        file(&[json!({ "when": always() })], json!({ "indicators": [indicator] }))
    };
    let path = "indicators[0]";
    check(&with(json!({ "name": "a", "indicator": "smma" })), path, &["sma, ema", "was \"smma\""]);
    let settings =
        |settings: Value| with(json!({ "name": "a", "indicator": "sma", "settings": settings }));
    check(&settings(json!({ "lenght": 5 })), path, &["a setting of sma, one of length"]);
    check(&settings(json!({ "length": 0 })), path, &["length: a whole number from 1", "was 0"]);
    let source = json!({ "name": "a", "indicator": "atr", "source": "close" });
    check(&with(source), path, &["no source, as atr takes whole candles"]);
    let twice = json!([{ "name": "a", "indicator": "sma" }, { "name": "a", "indicator": "ema" }]);
    let text = file(&[json!({ "when": always() })], json!({ "indicators": twice }));
    check(&text, "the rules", &["indicators of different names, was \"a\" twice"]);
}

#[test]
fn parameters_make_sense_by_themselves() {
    let with = |kind: Value| {
        let parameter = json!({ "name": "a", "kind": kind });
        file(&[json!({ "when": always() })], json!({ "parameters": [parameter] }))
    };
    let path = "parameters[0].kind";
    let whole = |default: i64, step: i64| {
        with(json!({ "integer": { "default": default, "min": 1, "max": 9, "step": step } }))
    };
    check(&whole(10, 1), &format!("{path}.integer"), &["a default from 1 to 9, was 10"]);
    check(&whole(1, 0), &format!("{path}.integer"), &["a step above 0, was 0"]);
    let choice = |choices: Value| with(json!({ "choice": { "default": "a", "choices": choices } }));
    check(&choice(json!(["b"])), &format!("{path}.choice"), &["a default that is one of"]);
    check(&choice(json!(["a", "a"])), &format!("{path}.choice"), &["each choice once"]);
    check(
        &with(json!({ "integer": { "default": 1.5, "min": 1, "max": 9 } })),
        &format!("{path}.integer.default"),
        &["a whole number, was 1.5"],
    );
}

#[test]
fn entries_make_sense_by_themselves() {
    let path = "entries[0]";
    let entry = |more: Value| {
        let mut entry = json!({ "when": always() });
        entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        with_entry(entry)
    };
    let limit = |at: i64| json!({ "limit": { "at": at, "candles": 1 } });
    let wrong = entry(json!({ "order": limit(100), "stop": { "at": 110 } }));
    check(&wrong, path, &["stop below 100 for a long, was 110"]);
    let wrong = entry(json!({ "side": "short", "order": limit(100), "stop": { "at": 90 } }));
    check(&wrong, path, &["stop above 100 for a short, was 90"]);
    let wrong = entry(json!({ "order": limit(100), "target": { "at": 90 } }));
    check(&wrong, path, &["entry below 90 for a long, was 100"]);
    let wrong = entry(json!({ "stop": { "at": 90 }, "target": { "at": 80 } }));
    check(&wrong, path, &["stop below 80 for a long, was 90"]);
    check(&entry(json!({ "stop": { "percent": 100 } })), path, &["less than 100 percent below"]);
    check(
        &entry(json!({ "stop": { "percent": -1 } })),
        "entries[0].stop.percent",
        &["above 0", "was -1"],
    );
    check(&entry(json!({ "size": { "risk_percent": 1 } })), path, &["a stop, as there is a size"]);
    check(
        &entry(json!({ "target": { "reward_to_risk": 2 } })),
        path,
        &["a stop, as there is a target"],
    );
    check(
        &entry(json!({ "break_even": { "at_reward": 1 } })),
        path,
        &["a stop, as there is a break-even"],
    );
    let part = |share: i64| json!({ "at": { "percent": 1 }, "share_percent": share });
    let parts = |shares: &[i64]| {
        entry(json!({ "partial_targets": shares.iter().map(|it| part(*it)).collect::<Vec<_>>() }))
    };
    check(&parts(&[50, 60]), path, &["at most 100 percent together, was 110"]);
    check(&parts(&[10, 10, 10, 10]), path, &["at most 3 partial targets, was 4"]);
    check(&entry(json!({ "trailing": { "callback_percent": 100 } })), path, &["below 100 percent"]);
}

#[test]
fn settings_that_do_not_fit_each_other_are_told() {
    let smc = json!({ "smc": { "ltf": { "internal_length": 60 } } });
    let text = file(&[json!({ "when": always() })], smc);
    check(&text, "smc.ltf", &["internal_length", "below swing_length, was 60"]);
    let smc = json!({
        "parameters": [{ "name": "k", "kind": { "integer": { "default": 5, "min": 1, "max": 90 } } }],
        "smc": { "ltf": { "internal_length": { "parameter": "k" } } },
    });
    let text = file(&[json!({ "when": always() })], smc);
    let definition = rules::load("test.json", &text).unwrap();
    let given = [("k".to_owned(), strategy::ParameterInput::Text("70".to_owned()))];
    let errors = definition.resolve(&given.into_iter().collect()).unwrap_err();
    assert!(errors[0].to_string().contains("smc.ltf"), "{errors:?}");
}

#[test]
fn size_depth_and_number_of_blocks_are_limited() {
    let long = format!("{}{}", when(always()), " ".repeat(256 * 1024));
    check(&long, "the rules", &["at most 262144 bytes"]);
    let mut deep = always();
    for _ in 0..70 {
        deep = json!({ "not": deep });
    }
    let found = problems(&when(deep));
    assert!(found[0].contains("at most 64 levels inside each other"), "{found:?}");
    let wide = |parts: usize| json!({ "any": vec![always(); parts] });
    let many = json!({ "all": vec![wide(64); 40] });
    let found = problems(&when(many));
    assert!(
        found.len() == 1 && found[0].contains("at most 2000 conditions and values"),
        "{found:?}"
    );
    let deepest = "[".repeat(100_000);
    assert!(problems(&deepest)[0].contains("valid JSON"));
    let deepest = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(problems(&deepest)[0].contains("levels inside each other"));
}

#[test]
fn several_problems_are_told_at_once_in_the_order_of_the_text() {
    let text = file(
        &[
            json!({ "when": { "compare": { "left": { "parameter": "a" }, "is": "over", "right": 1 } } }),
        ],
        json!({ "strategy": { "id": "" }, "roles": { "ltf": { "min": "2m" } } }),
    );
    let found = problems(&text);
    let paths: Vec<&str> = found.iter().map(|it| it.split(' ').next().unwrap()).collect();
    assert_eq!(paths.len(), 3, "{found:?}");
    assert!(paths.contains(&"strategy.id") && paths.contains(&"roles.ltf.min"));
}
