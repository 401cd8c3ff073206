//! What a file declares, and the errors of files that are no strategies.

use std::collections::BTreeMap;

use domain::Decimal;
use strategy::{Origin, ParameterInput, ParameterKind};

use crate::support::{HEAD, load, on_candle, strategy_of};

const TUNED: &str = "strategy { id = 'MINE', version = '2.0.0', author = 'Me', summary = 'A test.', description = 'Long.',\n\
    min_reward_to_risk = 1.5 }\n\
    local fast = param { name = 'fast', default = 10, min = 1, max = 99, unit = 'candles', help = 'Short.' }\n\
    local slow = param { name = 'slow_length', label = 'Slow', default = 30, min = 1, max = 100 }\n\
    local risk = param { name = 'risk', default = 0.01, min = 0, max = 1 }\n\
    local step = param { name = 'step', default = 1, min = 0, max = 10, step = 0.5 }\n\
    local both = param { name = 'both', default = true }\n\
    local mode = param { name = 'mode', choices = { 'calm', 'wild' } }\n\
    check(fast < slow, 'fast', `less than slow_length ({slow})`)\n\
    local average = ta.sma(fast)\n\
    function on_candle() log(fast, slow, risk, step, both, mode) end";

#[test]
fn parameters_become_specs() {
    let info = load(TUNED).unwrap().info;
    assert_eq!(
        (&*info.id, &*info.version, &*info.author, &*info.description),
        ("MINE", "2.0.0", "Me", "Long.")
    );
    let kinds: Vec<&ParameterKind> = info.parameters.iter().map(|it| &it.kind).collect();
    let decimal = |text: &str| text.parse::<Decimal>().unwrap();
    assert_eq!(*kinds[0], ParameterKind::Integer { default: 10, min: 1, max: 99, step: 1 });
    assert_eq!(
        *kinds[2],
        ParameterKind::Decimal {
            default: decimal("0.01"),
            min: Decimal::ZERO,
            max: Decimal::ONE,
            step: decimal("0.01")
        }
    );
    assert_eq!(
        *kinds[3],
        ParameterKind::Decimal {
            default: Decimal::ONE,
            min: Decimal::ZERO,
            max: Decimal::TEN,
            step: decimal("0.5")
        }
    );
    assert_eq!(*kinds[4], ParameterKind::Boolean { default: true });
    assert_eq!(
        *kinds[5],
        ParameterKind::Choice {
            default: "calm".into(),
            choices: vec!["calm".into(), "wild".into()]
        }
    );
    let first = &info.parameters[0];
    assert_eq!(
        (&*first.label, first.unit.as_deref(), &*first.help),
        ("Fast", Some("candles"), "Short.")
    );
    assert_eq!((&*info.parameters[1].label, &*info.parameters[1].help), ("Slow", "Slow."));
}

#[test]
fn a_run_has_values_of_its_own() {
    let given = [("fast", "12"), ("risk", "0.025"), ("both", "false"), ("mode", "wild")];
    let mut strategy = strategy_of(TUNED, &given);
    let series = crate::support::closes(domain::Timeframe::M1, &[1.0]);
    crate::support::show(&mut *strategy, &series, 1, crate::support::Around::default());
    assert_eq!(strategy.take_output().log[0].text, "12 30 0.025 1 false wild");
}

#[test]
fn values_that_contradict_each_other_are_refused() {
    let definition = load(TUNED).unwrap();
    let resolve = |name: &str, value: &str| {
        let given = BTreeMap::from([(name.to_owned(), ParameterInput::Text(value.to_owned()))]);
        definition.resolve(&given).unwrap_err().remove(0).to_string()
    };
    assert_eq!(
        resolve("fast", "40"),
        "parameter fast: expected less than slow_length (30), was 40"
    );
    assert_eq!(
        resolve("fast", "100"),
        "parameter fast: expected a whole number from 1 to 99, was \"100\""
    );
    let text = format!(
        "{HEAD}local n = param {{ name = 'n', default = 1, min = 0, max = 9 }}\nlocal a = ta.sma(n)\nfunction on_candle() end"
    );
    let given = BTreeMap::from([("n".to_owned(), ParameterInput::Text("0".to_owned()))]);
    let error = load(&text).unwrap().resolve(&given).unwrap_err().remove(0).to_string();
    assert!(error.contains("my.luau:4: ta.sma: length: expected a whole number"), "{error}");
}

#[test]
fn a_definition_names_its_source_and_demands() {
    let definition = load(TUNED).unwrap();
    assert_eq!(*definition.source().origin(), Origin::File("my.luau".to_owned()));
    assert_eq!(definition.source().text(), TUNED);
    let parameters = definition.resolve(&BTreeMap::new()).unwrap();
    assert_eq!(
        definition.risk_demands(&parameters).reward_to_risk_min,
        Some("1.5".parse().unwrap())
    );
    let plain = load(&on_candle("")).unwrap();
    let parameters = plain.resolve(&BTreeMap::new()).unwrap();
    assert_eq!(plain.risk_demands(&parameters).reward_to_risk_min, None);
}

#[test]
fn a_file_that_is_no_strategy_says_where_and_why() {
    let check = |text: &str, expected: &str| {
        assert_eq!(load(text).unwrap_err().to_string().lines().next().unwrap(), expected, "{text}");
    };
    check("", "my.luau:1: on_candle is missing: expected function on_candle() ... end");
    check(
        "function on_candle() end",
        "my.luau:1: strategy { id = ..., ... } is missing at the top of the file",
    );
    check(
        &format!("{HEAD}local function on_candle() end"),
        "my.luau:1: on_candle is missing: expected function on_candle() ... end",
    );
    check("\nx = = 1", "my.luau:2: Expected identifier when parsing expression, got '='");
    check("\nif true {\nend", "my.luau:2:9: Expected 'then' when parsing if statement, got '{'");
    check(
        "function on_candle()",
        "my.luau:1:21: Expected 'end' (to close 'function' at column 1), got <eof>",
    );
    check(
        "\n\nlocal a = nil\nlocal b = a.field",
        "my.luau:4:13: attempt to index nil with 'field'",
    );
    check("strategy { summary = 'x' }", "my.luau:1:1: strategy: id: expected a text, was nil");
    check(
        "strategy { id = 'x', summary = 'x' }",
        "my.luau:1:12: strategy: id: expected up to 40 capitals, digits and underscores, such as \"MY_CROSS\", was \"x\"",
    );
    check(
        "strategy { id = 'X', summary = 'x', roles = { MTF = {} } }",
        "my.luau:1:37: strategy: roles: unknown field MTF; did you mean HTF?",
    );
    check(
        "strategy { id = 'X', summary = 'x', roles = { LTF = { min = '7m' } } }",
        "my.luau:1:55: strategy: min: expected one of 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M, was \"7m\"",
    );
    check(
        &format!("{HEAD}strategy {{ id = 'X', summary = 'x' }}"),
        "my.luau:3:1: strategy: expected once, was called again",
    );
    check("signal { }", "my.luau:1:1: signal works inside on_candle only");
    check("log('x')", "my.luau:1:1: log works inside on_candle only");
    let parameter = |fields: &str, expected: &str| {
        let error = load(&format!("{HEAD}param {{ {fields} }}")).unwrap_err();
        assert_eq!((error.line, &*error.message), (3, expected), "{fields}");
    };
    parameter("default = 1", "param: name: expected a text, was nil");
    parameter(
        "name = 'Fast', default = 1",
        "param: name: expected up to 40 small letters, digits and underscores, was \"Fast\"",
    );
    parameter("name = 'a', default = 1", "param: min: expected a number, was nil");
    parameter(
        "name = 'a', default = 1, min = 2, max = 3",
        "param: default: expected a number from min to max, was 1",
    );
    parameter(
        "name = 'a', default = 1, min = 3, max = 2",
        "param: min: expected not more than max, was 3",
    );
    parameter(
        "name = 'a', default = 1, min = 0, max = 2, step = 0",
        "param: step: expected greater than 0, was 0",
    );
    parameter(
        "name = 'a', default = true, min = 0",
        "param: min: expected nothing beside true or false, was 0",
    );
    parameter("name = 'a', choices = {}", "param: choices: expected 1 to 64 texts, was 0");
    parameter(
        "name = 'a', choices = { 'x' }, default = 'y'",
        "param: default: expected one of the choices, was \"y\"",
    );
    parameter(
        "name = 'a' }\nparam { name = 'a', default = true",
        "param: default: expected a number, true or false, or a text beside choices, was nil",
    );
}

#[test]
fn what_it_demands_of_risk_is_told() {
    let demands = |fields: &str| {
        let text = format!(
            "strategy {{ id = 'MINE', summary = 'A test.', {fields} }}\nfunction on_candle() end"
        );
        let definition = load(&text).unwrap();
        let parameters = definition.resolve(&BTreeMap::new()).unwrap();
        let demands = definition.risk_demands(&parameters);
        (demands.reward_to_risk_min, demands.entries_max)
    };
    assert_eq!(demands(""), (None, None));
    assert_eq!(demands("entries_max = 4"), (None, Some(4)));
    assert_eq!(demands("min_reward_to_risk = 2"), (Some(Decimal::TWO), None));
    assert_eq!(demands("min_reward_to_risk = 2, entries_max = 4"), (Some(Decimal::TWO), Some(4)));
}
