//! The types for the language server name what there is, no more and no less.

use indicators::catalogue;

use crate::support::{HEAD, load, log_of, on_candle};

/// The lines of a block that begins with `start` and ends with a closing brace at the margin.
fn block<'a>(start: &str) -> Vec<&'a str> {
    let text = scripting::TYPES.split_once(start).unwrap_or_else(|| panic!("{start}")).1;
    text.split_once("\n}").unwrap().0.lines().collect()
}

/// The names of the fields of a type, ascending.
fn fields(start: &str) -> Vec<&'static str> {
    let lines =
        block(start).into_iter().filter(|line| line.starts_with("    ") && !line.contains("--"));
    let mut names: Vec<&str> = lines.map(|line| line.trim().split_once(':').unwrap().0).collect();
    names.sort_unstable();
    names
}

/// The fields that a function knows, as it tells when it is given another.
fn known(call: &str, is_top: bool) -> Vec<String> {
    let call = format!("{call} {{ [0] = 1 }}");
    let message = if is_top {
        load(&format!("{HEAD}{call}")).unwrap_err().message
    } else {
        crate::support::end_of(&on_candle(&call)).unwrap()
    };
    let names = message.split_once("expected one of ").unwrap_or_else(|| panic!("{message}")).1;
    let mut names: Vec<String> = names.split(", ").map(str::to_owned).collect();
    names.sort_unstable();
    names
}

#[test]
fn fields_of_tables_are_those_that_are_read() {
    let tops = [("strategy", "StrategyFields"), ("param", "ParamFields"), ("smc", "SmcFields")];
    for (call, name) in tops {
        assert_eq!(fields(&format!("type {name} = {{")), known(call, true), "{call}");
    }
    for (call, name) in
        [("signal", "SignalFields"), ("zone", "ZoneFields"), ("label", "LabelFields")]
    {
        assert_eq!(fields(&format!("type {name} = {{")), known(call, false), "{call}");
    }
    assert_eq!(fields("type Target = {"), ["price", "reward_to_risk", "share"]);
}

#[test]
fn declared_names_are_there_and_all_are_declared() {
    let mut declared: Vec<&str> = scripting::TYPES
        .lines()
        .filter_map(|line| line.strip_prefix("declare "))
        .map(|rest| rest.strip_prefix("function ").unwrap_or(rest))
        .map(|rest| rest.split([':', '(']).next().unwrap())
        .collect();
    declared.sort_unstable();
    let expected = [
        "account",
        "cancel_entries",
        "candle",
        "check",
        "close",
        "crossed_above",
        "crossed_below",
        "funding",
        "htf",
        "label",
        "log",
        "move_stop",
        "param",
        "plot",
        "position",
        "print",
        "signal",
        "smc",
        "strategy",
        "ta",
        "utc",
        "zone",
    ];
    assert_eq!(declared, expected);
    for name in declared.into_iter().filter(|name| !["htf", "position"].contains(name)) {
        assert_ne!(log_of(&on_candle(&format!("log({name})")), &[100.0]), ["nil"], "{name}");
    }
}

#[test]
fn indicators_are_those_of_the_catalogue() {
    let lines: Vec<&str> = block("declare ta: {")
        .into_iter()
        .filter(|line| !line.contains("--") && !line.is_empty())
        .collect();
    let declared: Vec<&str> =
        lines.iter().map(|line| line.trim().split_once(':').unwrap().0).collect();
    assert_eq!(declared, catalogue::all().iter().map(|spec| spec.id).collect::<Vec<_>>());
    for (line, spec) in lines.iter().zip(catalogue::all()) {
        let settings =
            spec.parameters.iter().map(|it| format!("{}: number?", it.name)).collect::<Vec<_>>();
        assert!(line.contains(&format!("(({}) ->", settings.join(", "))), "{line}");
        assert_eq!(line.contains("source: Source?"), spec.takes_source, "{line}");
        let outputs =
            spec.outputs.iter().map(|it| format!("{}: Series", it.name)).collect::<Vec<_>>();
        let told = if outputs.len() == 1 {
            "-> Series".to_owned()
        } else {
            format!("-> {{ {} }}", outputs.join(", "))
        };
        assert!(line.contains(&told), "{line}");
    }
}

#[test]
fn methods_of_smc_are_those_that_answer() {
    let text = format!(
        "{HEAD}local it = smc {{}}\nlog_names = function() return it.nothing end\nfunction on_candle() log_names() end"
    );
    let end = crate::support::end_of(&text).unwrap();
    let mut names: Vec<&str> = end.split_once("expected one of ").unwrap().1.split(", ").collect();
    names.sort_unstable();
    assert_eq!(fields("type Smc = {"), names);
}
