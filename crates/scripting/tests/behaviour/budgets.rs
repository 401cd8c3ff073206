//! Whatever a script does, it ends soon, with its place.

use crate::support::{HEAD, end_of, load, on_candle};

const STEPS: &str = "takes more steps than a script may: does a loop never end?";
const HEAVY: &str = "takes more steps than a script may: they weigh more the more memory it uses and the longer \
    the texts are that it searches";
const MEMORY: &str = "needs more memory than a script may have: 64 MiB in all, 8 MiB at one candle";

#[track_caller]
fn ends(body: &str, line: usize, message: &str) {
    let expected = format!("my.luau:{line}: {message}");
    assert_eq!(end_of(&on_candle(body)).as_deref(), Some(&*expected), "{body}");
}

#[test]
fn endless_loops_end() {
    ends("while true do end", 4, STEPS);
    ends("repeat until false", 4, STEPS);
    ends("for i = 1, 1e18 do end", 4, STEPS);
    ends("\nlocal function f() return f() end\nf()", 5, "stack overflow");
    ends(
        "local t = {}\nsetmetatable(t, { __index = function(t, k) return t[k + 1] end })\nreturn t[1]",
        5,
        "C stack overflow",
    );
    ends("for _ in function() return 1 end do end", 4, STEPS);
    ends(
        "local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end",
        4,
        STEPS,
    );
    ends("coroutine.wrap(function()\nwhile true do end\nend)()", 5, STEPS);
    ends(
        "local t = setmetatable({}, { __eq = function() while true do end end })\nreturn t == setmetatable({}, getmetatable(t))",
        4,
        STEPS,
    );
    ends("table.sort({ 3, 2, 1 }, function() while true do end end)", 4, STEPS);
    ends("string.gsub('abc', '.', function() while true do end end)", 4, STEPS);
    ends("log(setmetatable({}, { __tostring = function() while true do end end }))", 4, STEPS);
}

#[test]
fn a_stop_cannot_be_caught() {
    ends("while true do pcall(function() while true do end end) end", 4, STEPS);
    ends(
        "while true do xpcall(function() while true do end end, function() while true do end end) end",
        4,
        STEPS,
    );
    ends("pcall(function() while true do end end)", 4, STEPS);
    ends("local function f() pcall(f) pcall(f) end\nf()", 4, STEPS);
    ends(
        "while true do coroutine.wrap(function() pcall(function() while true do end end) end)() end",
        4,
        STEPS,
    );
    ends(
        "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
        4,
        STEPS,
    );
}

#[test]
fn memory_is_bounded() {
    ends("local t = {} while true do t[#t + 1] = {} end", 4, HEAVY);
    ends("local s = 'x' while true do s = s .. s end", 4, MEMORY);
    ends("\nreturn string.rep('x', 1e9)", 5, MEMORY);
    ends("return table.create(1e7, 0)", 4, MEMORY);
    ends("return buffer.create(5e8)", 4, MEMORY);
    ends("local t = table.create(1e5, string.rep('x', 1e4))\nreturn table.concat(t)", 5, MEMORY);
    ends("local s = string.rep('x', 1e6)\nreturn s:gsub('x', string.rep('y', 1e3))", 5, HEAVY);
    ends("while true do pcall(string.rep, 'x', 5e7) end", 4, STEPS);
    let end = end_of(&on_candle(
        "local t = {} while true do t[#t + 1] = coroutine.create(function() end) end",
    ));
    assert!([MEMORY, HEAVY].map(|why| Some(format!("my.luau:4: {why}"))).contains(&end), "{end:?}");
    ends("local t = {} while true do t[#t + 1] = function() return t end end", 4, HEAVY);
}

#[test]
fn memory_of_many_candles_is_bounded() {
    let text = format!(
        "{HEAD}function on_candle()\nfor i = 1, 20 do state[#state + 1] = string.rep('x', 50000) .. #state end\nend"
    );
    let wishes = crate::support::wishes_of(&text, &crate::support::walk(1, 90));
    let (row, last) = wishes.last().unwrap();
    assert!((40..80).contains(row), "{row}");
    assert!(
        matches!(last, domain::Intent::GiveUp(reason) if reason.starts_with("my.luau:4: ")),
        "{last:?}"
    );
}

#[test]
fn what_is_thrown_away_does_not_count() {
    let text = format!(
        "{HEAD}function on_candle()\nfor i = 1, 300 do state[1] = string.rep('x', 10000) .. i end\nend"
    );
    assert!(crate::support::wishes_of(&text, &crate::support::walk(1, 300)).is_empty());
}

#[test]
fn patterns_end() {
    ends(
        "local s = string.rep('a', 1000)\nreturn s:find(string.rep('a?', 500) .. string.rep('a', 500))",
        5,
        "pattern too complex",
    );
    ends(
        "local s = string.rep('a', 30)\nreturn s:find(string.rep('a?', 90) .. string.rep('a', 30) .. 'b')",
        5,
        STEPS,
    );
    ends("local s = string.rep('a', 100000)\nreturn s:match('.-.-.-.-.-.-b')", 5, HEAVY);
    ends(
        "local s = string.rep('a', 1e6)\nwhile true do s:find(string.rep('a', 5e5) .. 'b', 1, true) end",
        5,
        HEAVY,
    );
    ends(
        "local s = string.rep('a', 1e6)\nreturn s:match('[' .. string.rep('b', 1e5) .. ']*c')",
        5,
        HEAVY,
    );
    ends("return string.rep('(', 300):match(string.rep('(', 300))", 4, "too many captures");
}

#[test]
fn work_inside_one_call_is_counted() {
    ends("local t = table.create(3e5, 1)\nwhile true do table.insert(t, 1, 1) end", 5, HEAVY);
    ends("local t = table.create(3e5, 1)\nwhile true do table.sort(t) end", 5, HEAVY);
    ends("local t = table.create(3e5, 1)\nwhile true do table.find(t, 2) end", 5, HEAVY);
    ends("local b = buffer.create(4e6)\nwhile true do buffer.fill(b, 0, 1) end", 5, HEAVY);
    ends(
        "local t = {}\nfor i = 1, 8000 do t[i .. ''] = 1 end\nfor i = 1, 8000 do t[i .. ''] = nil end\nwhile true do next(t) end",
        7,
        HEAVY,
    );
    ends(
        "local a, b = string.rep('a', 1e6) .. 'b', string.rep('a', 1e6) .. 'c'\nwhile true do local _ = a < b end",
        5,
        HEAVY,
    );
    ends(
        "local function f(...) return 1, 2, 3, ... end\nlocal function g(...) return g(f(...)) end\ng()",
        4,
        MEMORY,
    );
}

/// What was made long before the loop that uses it: when the file was run, or at an earlier candle.
#[test]
fn work_on_what_was_made_before_is_counted() {
    let loops = [
        ("local t = table.create(3e5, 1)", "table.find(t, 2)"),
        ("local t = table.create(3e5, 1)", "table.maxn(t)"),
        ("local b = buffer.create(4e6)", "buffer.fill(b, 0, 1)"),
        ("local s = string.rep('a', 4e6)", "utf8.len(s)"),
        (
            "local a, b = string.rep('a', 3e6) .. 'b', string.rep('a', 3e6) .. 'c'",
            "local _ = a < b",
        ),
    ];
    for (made, used) in loops {
        let at_load = format!("{HEAD}{made}\nfunction on_candle()\nwhile true do {used} end\nend");
        assert_eq!(end_of(&at_load), Some(format!("my.luau:5: {HEAVY}")), "{at_load}");

        let names = made.split(" = ").next().unwrap().trim_start_matches("local ");
        let made = made.trim_start_matches("local ");
        let earlier = format!(
            "{HEAD}local {names}\nlocal n = 0\nfunction on_candle()\nn += 1\nif n == 1 then {made} return end\n\
             while true do {used} end\nend"
        );
        assert_eq!(end_of(&earlier), Some(format!("my.luau:8: {HEAVY}")), "{earlier}");
    }
}

#[test]
fn work_of_one_call_is_counted_before() {
    ends("while true do string.rep('', 2e9) end", 4, STEPS);
    ends("while true do table.move({}, 1, 2e9, 2) end", 4, STEPS);
}

#[test]
fn errors_of_all_kinds_have_a_place() {
    ends("error('no')", 4, "no");
    ends("\nerror()", 5, "error without a message");
    ends("error(nil)", 4, "error without a message");
    ends("error({})", 4, "error that is a table, not a text");
    ends("error(setmetatable({}, { __tostring = function() while true do end end }))", 4, STEPS);
    ends("error(5)", 4, "5");
    ends("error('no', 0)", 4, "no");
    ends("local x = nil\nreturn x.y", 5, "attempt to index nil with 'y'");
    ends("candle.close[-1] = 0", 4, "candle.close cannot be changed");
    ends(
        "return candle.close[-1]",
        4,
        "candle.close: expected how many candles back, such as [0] or [1], was [-1]",
    );
    ends(
        "return candle.close[0.5]",
        4,
        "candle.close: expected how many candles back, such as [0] or [1], was [0.5]",
    );
    ends(
        "return candle.close.last",
        4,
        "candle.close: expected how many candles back, such as [0] or [1], was [last]",
    );
    ends("return candle.cloze[0]", 4, "candle: unknown field cloze; did you mean close?");
    ends("coroutine.yield()", 4, "attempt to yield across metamethod/C-call boundary");
    ends("table.insert(table.freeze({}), 1)", 4, "attempt to modify a readonly table");
}

#[test]
fn floods_are_stopped() {
    ends(
        "while true do log('x') end",
        4,
        "log: more than 200 points, zones, labels and lines at one candle",
    );
    ends(
        "while true do plot('x', 1) end",
        4,
        "plot: more than 200 points, zones, labels and lines at one candle",
    );
    ends("for i = 1, 100 do plot('x' .. i, 1) end", 4, "plot: more than 64 different names");
    ends(
        "while true do cancel_entries() end",
        4,
        "cancel_entries: more than 16 orders at one candle",
    );
}

#[test]
fn a_file_that_does_not_end_is_no_strategy() {
    let check = |text: &str, expected: &str| {
        let error = load(text).unwrap_err();
        assert_eq!(format!("{}:{}: {}", error.file, error.line, error.message), expected);
    };
    check("while true do end", &format!("my.luau:1: {STEPS}"));
    check("\nlocal t = string.rep('x', 1e9)", &format!("my.luau:2: {MEMORY}"));
    check(
        "while true do pcall(function() while true do end end) end",
        &format!("my.luau:1: {STEPS}"),
    );
    check(
        "local s = string.rep(' ', 3e6) .. '1'\nfor i = 1, 1e5 do local x = s + 1 end",
        &format!("my.luau:2: {HEAVY}"),
    );
    check(&"-".repeat(256 * 1024 + 1), "my.luau:1: the file is longer than 256 KiB");
    let deep = format!("return {}1{}", "(".repeat(5000), ")".repeat(5000));
    assert!(load(&deep).unwrap_err().message.contains("recursion"), "{}", load(&deep).unwrap_err());
    let wide = format!("return {}", "1 .. ".repeat(40_000) + "1");
    assert!(load(&wide).is_err());
}

#[test]
fn a_script_of_moderate_work_goes_on() {
    let body = "local sum = 0\nfor i = 0, 49999 do sum += math.sin(i) * (candle.close[i % 3] or 1) end\nstate.sum = sum";
    assert_eq!(end_of(&on_candle(body)), None);
}
