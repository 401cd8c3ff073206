//! Nothing leads out of the sandbox, and nothing in it differs from run to run.

use crate::support::{closes, end_of, load, log_of, on_candle, show, strategy_of};

/// What a script answers to `log(...)` at its first candle.
fn says(expression: &str) -> String {
    log_of(&on_candle(&format!("log({expression})")), &[100.0]).join("|")
}

#[test]
fn what_leads_out_is_not_there() {
    let names = [
        "_G",
        "io",
        "os",
        "os and os.clock",
        "debug",
        "require",
        "package",
        "loadstring",
        "load",
        "dofile",
        "loadfile",
        "getfenv",
        "setfenv",
        "newproxy",
        "collectgarbage",
        "gcinfo",
        "integer",
        "shared",
        "script",
        "game",
    ];
    for name in names {
        assert_eq!(says(name), "nil", "{name}");
    }
}

#[test]
fn libraries_and_readings_cannot_be_changed() {
    let attempts = [
        "math.floor = nil",
        "string.format = nil",
        "table.insert = nil",
        "getmetatable('').__index = {}",
        "candle.close[0] = 5",
        "candle.close = {}",
        "rawset(candle.close, 0, 5)",
        "rawset(ta, 'sma', 5)",
        "ta.sma = 5",
        "setmetatable(candle, {})",
        "getmetatable(candle).__index = nil",
        "getmetatable(ta).__index = nil",
        "table.clear(ta)",
        "rawset(math, 'floor', 1)",
        "vector.zero = 1",
        "coroutine.wrap = 1",
    ];
    for attempt in attempts {
        let end = end_of(&on_candle(attempt));
        assert!(
            end.as_deref().is_some_and(|end| end.starts_with("my.luau:4: ")),
            "{attempt}: {end:?}"
        );
    }
}

#[test]
fn scripts_do_not_see_each_other() {
    let text = on_candle("counter = (counter or 0) + 1 log(counter)");
    for _ in 0..2 {
        assert_eq!(log_of(&text, &[100.0, 101.0]), ["1", "2"]);
    }
}

#[test]
fn addresses_are_not_shown() {
    let values = "{}, function() end, coroutine.create(function() end), buffer.create(1), print, candle, ta.sma";
    let kinds = "table function thread buffer function table function";
    assert_eq!(says(values), kinds);
    let texts = [
        "tostring({})",
        "string.format('%s', {})",
        "string.format('%*', {})",
        "('%s'):format({})",
        "`{ {} }`",
        "tostring(setmetatable({}, { __metatable = { __tostring = 1 } }))",
        "tostring(setmetatable({}, { __metatable = 'x', __tostring = 1 }))",
        "tostring(setmetatable({}, { __name = 'x' }))",
    ];
    for text in texts {
        assert_eq!(says(text), "table", "{text}");
    }
    assert_eq!(
        says("select(2, pcall(string.format, '%p', {}))"),
        "invalid option '%p' to 'format'"
    );
    assert_eq!(says("select(2, pcall(error, {}))"), "table");
    assert_eq!(
        says("tostring(setmetatable({}, { __tostring = function() return 'mine' end }))"),
        "mine"
    );
    assert_eq!(
        says("0/0, -(0/0), string.format('%f %.1f', 0/0, -(0/0)), 1/0, 1.5, true, nil"),
        "nan nan nan nan inf 1.5 true nil"
    );
}

#[test]
fn chance_follows_from_the_parameters() {
    let text = "strategy { id = 'MINE', summary = 'A test.' }\n\
        local size = param { name = 'size', default = 1, min = 1, max = 9 }\n\
        function on_candle() log(math.random(), math.random(6), math.random(-5, 5)) end";
    let log = |value: &str| {
        let series = closes(domain::Timeframe::M1, &[100.0; 50]);
        let mut strategy = strategy_of(text, &[("size", value)]);
        for rows in 1..=series.len() {
            show(&mut *strategy, &series, rows, crate::support::Around::default());
        }
        strategy.take_output().log.into_iter().map(|line| line.text).collect::<Vec<_>>()
    };
    assert_eq!(log("1"), log("1"));
    assert_ne!(log("1"), log("2"));
    for line in log("3") {
        let numbers: Vec<f64> = line.split(' ').map(|it| it.parse().unwrap()).collect();
        assert!((0.0..1.0).contains(&numbers[0]), "{line}");
        assert!((1.0..=6.0).contains(&numbers[1]) && numbers[1].fract() == 0.0, "{line}");
        assert!((-5.0..=5.0).contains(&numbers[2]) && numbers[2].fract() == 0.0, "{line}");
    }
    let seeded = on_candle("math.randomseed(7) log(math.random(1000))");
    let log = log_of(&seeded, &[100.0, 101.0]);
    assert_eq!(log[0], log[1]);
}

#[test]
fn texts_of_scripts_stay_texts() {
    assert_eq!(
        says("string.find('a.b', '.', 1, true), ('x'):rep(3), ('a,b'):split(',')[2]"),
        "2 xxx b"
    );
    assert_eq!(says("('%d %5.2f %s'):format(3, 1.5, 'x')"), "3  1.50 x");
    assert_eq!(says("`{1 + 1} and {'two'}`"), "2 and two");
    assert_eq!(
        says("table.concat((function() local t = {3,1,2} table.sort(t) return t end)(), '')"),
        "123"
    );
    assert_eq!(
        says("utc(1678886461000).year, utc(1678886461000).month, utc(1678886461000).day"),
        "2023 3 15"
    );
    assert_eq!(
        says(
            "utc(1678886461000).hour, utc(1678886461000).minute, utc(1678886461000).second, utc(1678886461000).weekday"
        ),
        "13 21 1 3"
    );
    assert_eq!(
        says("utc(-1).year, utc(-1).day, utc(951782400000).month, utc(951782400000).day"),
        "1969 31 2 29"
    );
}

#[test]
fn bytecode_is_no_text() {
    for version in 0..32u8 {
        let text = format!("{}{}", char::from(version), "\u{3}\u{1}\u{7f}".repeat(20));
        assert!(load(&text).is_err(), "{version}");
    }
}
