//! What scripts see: closed candles of both roles, indicators, position, account, funding. Nothing ahead.

use domain::{Direction, Money, Role, Settlement, Timeframe, Timestamp};
use indicators::catalogue;
use strategy::AccountView;

use crate::support::{
    Around, HEAD, closes, decimal, load, log_of, on_candle, position, show, strategy_of, walk,
};

#[test]
fn candles_are_counted_back_from_the_newest() {
    let log = log_of(
        &on_candle("log(candle.close[0], candle.close[1], candle.close[2], candle.close[3])"),
        &[1.0, 2.0, 3.0],
    );
    assert_eq!(log, ["1 nil nil nil", "2 1 nil nil", "3 2 1 nil"]);
    let log = log_of(
        &on_candle(
            "log(candle.time[0], candle.open[0], candle.high[0], candle.low[0], candle.volume[0])",
        ),
        &[5.0, 7.0],
    );
    assert_eq!(log, ["0 5 5.5 4.5 10", "60000 5 7.5 4.5 10"]);
}

#[test]
fn however_far_back_and_however_late_it_is_asked() {
    // From row 700 on, each depth is asked for; what is kept near must equal what is kept far.
    let list = walk(3, 900);
    let body = "state.n = (state.n or 0) + 1\n\
        if state.n < 700 then return end\n\
        for _, n in { 0, 1, 2, 3, 5, 31, 32, 33, 200, 511, 512, 513, 698, 899, 1000 } do\n\
        state[n] = candle.close[n]\n\
        if state.n % 7 == 0 then log(n, state[n]) end\n\
        end";
    let log = log_of(&on_candle(body), &list);
    assert!(log.len() > 300);
    let mut expected = Vec::new();
    for row in (699..900usize).filter(|row| (row + 1) % 7 == 0) {
        for n in [0, 1, 2, 3, 5, 31, 32, 33, 200, 511, 512, 513, 698, 899, 1000] {
            let value =
                row.checked_sub(n).map_or_else(|| "nil".to_owned(), |row| list[row].to_string());
            expected.push(format!("{n} {value}"));
        }
    }
    assert_eq!(log, expected);
}

#[test]
fn indicators_are_those_of_the_catalogue() {
    let list = walk(5, 300);
    let series = closes(Timeframe::M1, &list);
    for spec in catalogue::all() {
        let mut indicator = spec.make(&[], catalogue::Source::Close).unwrap();
        let mut readings = vec![f64::NAN; spec.outputs.len()];
        for row in 0..series.len() {
            indicator.push(&series.candle(row), &mut readings);
        }
        let names: Vec<String> = match spec.outputs {
            [_] => vec!["it[0]".to_owned()],
            outputs => outputs.iter().map(|output| format!("it.{}[0]", output.name)).collect(),
        };
        let text = format!(
            "{HEAD}local it = ta.{}()\nfunction on_candle() log({}) end",
            spec.id,
            names.join(", ")
        );
        let expected: Vec<String> = readings
            .iter()
            .map(|it| if it.is_nan() { "nan".to_owned() } else { luau(*it) })
            .collect();
        assert_eq!(log_of(&text, &list).last().unwrap(), &expected.join(" "), "{}", spec.id);
    }
}

/// A number as Luau writes it.
fn luau(number: f64) -> String {
    let text = log_of(&on_candle(&format!("log({number:e})")), &[1.0]);
    text.into_iter().next().unwrap()
}

#[test]
fn readings_before_there_are_any_are_nan_and_compare_as_false() {
    let text = format!(
        "{HEAD}local a = ta.sma(3)\nfunction on_candle() log(a[0], a[1], a[5], a[0] > 0, crossed_above(a, 2.5), crossed_below(3, a)) end"
    );
    let log = log_of(&text, &[1.0, 2.0, 3.0, 4.0, 5.0]);
    assert_eq!(
        log,
        [
            "nan nan nan false false false",
            "nan nan nan false false false",
            "2 nan nan true false false",
            "3 2 nan true true false",
            "4 3 nan true false true",
        ]
    );
}

#[test]
fn settings_are_checked_where_they_stand() {
    let check = |call: &str, expected: &str| {
        let error =
            load(&format!("{HEAD}\nlocal it = {call}\nfunction on_candle() end")).unwrap_err();
        assert_eq!((error.line, &*error.message), (4, expected), "{call}");
    };
    check("ta.sma(0)", "ta.sma: length: expected a whole number from 1 to 5000 (candles), was 0");
    check("ta.sma(1, 2)", "ta.sma: expected at most 1 settings, was 2");
    check("ta.sma('x')", "ta.sma: expected numbers or one table { ... }, was \"x\"");
    check("ta.sma { lenght = 5 }", "ta.sma: unknown field lenght; did you mean length?");
    check(
        "ta.sma { length = 5, source = 'hl3' }",
        "ta.sma: source: expected \"open\" or \"high\" or \"low\" or \"close\" or \"hl2\" or \"hlc3\" or \"ohlc4\" or \"volume\", was \"hl3\"",
    );
    check(
        "ta.sma { length = 5, role = 'MTF' }",
        "ta.sma: role: expected \"LTF\" or \"HTF\", was \"MTF\"",
    );
    check("ta.smaa(5)", "ta: unknown field smaa; did you mean sma?");
    check("ta.bollinger().uper[0]", "ta.bollinger(): unknown field uper; did you mean upper?");
    check(
        "ta.sma { length = 5, role = 'HTF' }",
        "HTF is read: strategy { roles = ... } must declare it, as in roles = { LTF = {}, HTF = {} }",
    );
    let many = "for i = 1, 300 do ta.sma(i) end";
    let error = load(&format!("{HEAD}{many}\nfunction on_candle() end")).unwrap_err();
    assert_eq!(error.message, "ta.sma: more than 256 series in one strategy");
}

const HIGHER: &str = "strategy { id = 'MINE', summary = 'A test.', roles = { LTF = { max = '5m' }, HTF = { min = '3m' } } }\n\
    local higher = ta.highest { length = 2, role = 'HTF', source = 'close' }\n";

#[test]
fn a_higher_candle_appears_when_it_has_closed() {
    let text = format!(
        "{HIGHER}function on_candle() log(htf.close[0], htf.close[1], higher[0], htf.closed_now) end"
    );
    let minutes = closes(Timeframe::M1, &walk(1, 8));
    let higher = closes(Timeframe::M3, &[30.0, 20.0, 10.0]);
    let mut strategy = strategy_of(&text, &[]);
    for rows in 1..=minutes.len() {
        let around = Around { higher: Some(&higher), ..Around::default() };
        assert!(show(&mut *strategy, &minutes, rows, around).is_empty());
    }
    let log: Vec<String> = strategy.take_output().log.into_iter().map(|line| line.text).collect();
    assert_eq!(
        log,
        [
            "nil nil nan false",
            "nil nil nan false",
            "30 nil nan true",
            "30 nil nan false",
            "30 nil nan false",
            "20 30 30 true",
            "20 30 30 false",
            "20 30 30 false",
        ]
    );
}

#[test]
fn a_series_reads_the_same_however_seldom_it_is_read() {
    // Readings are kept only where that pays: whatever the rhythm, they must be those of the candles.
    let rhythms = [
        "true",
        "n % 2 == 0",
        "n % 5 == 0",
        "n % 37 == 0",
        "n % 60 < 20",
        "n > 150",
        "n < 20 or n > 200",
    ];
    let list: Vec<f64> = (1..=300).map(f64::from).collect();
    let minutes = closes(Timeframe::M1, &list);
    let every_third: Vec<f64> = list.iter().skip(2).step_by(3).copied().collect();
    let higher = closes(Timeframe::M3, &every_third);
    for rhythm in rhythms {
        let text = format!(
            "{HIGHER}local a = ta.sma(2)
local seen, means, highs, n = {{}}, {{}}, {{}}, 0
function on_candle()
    n += 1
    seen[n] = n
    if htf.closed_now then table.insert(highs, n) end
    if not ({rhythm}) then return end
    for back = 0, 3 do
        if n > back then
            assert(candle.close[back] == seen[n - back], 'close ' .. back .. ' at ' .. n)
        else
            assert(candle.close[back] == nil, 'close before the first')
        end
        if n - back >= 2 then
            assert(a[back] == seen[n - back] - 0.5, 'mean ' .. back .. ' at ' .. n)
        else
            assert(a[back] ~= a[back], 'mean before there is one')
        end
        assert(htf.close[back] == highs[#highs - back], 'htf ' .. back .. ' at ' .. n)
    end
    if n % 3 == 0 and n > 40 then
        assert(candle.close[30] == n - 30 and candle.close[0] == n, 'deep at ' .. n)
    end
    log('looked')
end"
        );
        let mut strategy = strategy_of(&text, &[]);
        for rows in 1..=minutes.len() {
            let around = Around { higher: Some(&higher), ..Around::default() };
            assert_eq!(show(&mut *strategy, &minutes, rows, around), [], "{rhythm}");
        }
        assert!(strategy.take_output().log.len() > 5, "{rhythm}");
    }
}

#[test]
fn many_looks_far_back_are_within_the_steps_of_a_candle() {
    let text = on_candle(
        "state.n = (state.n or 0) + 1\n\
         if state.n < 460 then return end\n\
         local above = 0\n\
         for i = 0, 449 do for j = i, 449 do if candle.high[i] > candle.low[j] then above += 1 end end end\n\
         log(above)",
    );
    assert_eq!(log_of(&text, &walk(3, 463)).len(), 4);
}

#[test]
fn candles_that_closed_before_the_first_call_are_known() {
    let text = format!(
        "{HIGHER}local a = ta.sma(2)\nfunction on_candle() log(candle.close[0], candle.close[2], a[0], a[1], htf.close[0], htf.close[1], higher[0]) end"
    );
    let minutes = closes(Timeframe::M1, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
    let higher = closes(Timeframe::M3, &[30.0, 20.0]);
    let mut strategy = strategy_of(&text, &[]);
    for rows in [6, 7] {
        let around = Around { higher: Some(&higher), ..Around::default() };
        assert!(show(&mut *strategy, &minutes, rows, around).is_empty());
    }
    let log: Vec<String> = strategy.take_output().log.into_iter().map(|line| line.text).collect();
    assert_eq!(log, ["6 4 5.5 4.5 20 30 30", "7 5 6.5 5.5 20 30 30"]);
}

#[test]
fn the_position_is_nil_or_told() {
    let text = on_candle(
        "if position then log(position.side, position.quantity, position.entry_price, pcall(function() position.side = 'x' end)) else log('none') end",
    );
    let series = closes(Timeframe::M1, &[1.0, 2.0, 3.0]);
    let held = position(Direction::Long);
    let mut strategy = strategy_of(&text, &[]);
    for (rows, position) in [(1, None), (2, Some(&held)), (3, None)] {
        assert!(
            show(&mut *strategy, &series, rows, Around { position, ..Around::default() })
                .is_empty()
        );
    }
    let log: Vec<String> = strategy.take_output().log.into_iter().map(|line| line.text).collect();
    assert_eq!(
        log,
        ["none", "long 0.5 99.5 false my.luau:4: attempt to modify a readonly table", "none"]
    );
}

#[test]
fn the_account_is_seen_by_who_mentions_it() {
    let text = on_candle("log(account.equity, account.available)");
    let mut strategy = strategy_of(&text, &[]);
    assert!(strategy.sees_account());
    assert!(!strategy_of(&on_candle("log(1)"), &[]).sees_account());
    let series = closes(Timeframe::M1, &[1.0]);
    let account = AccountView {
        equity: Money::new(decimal("1000.5")),
        available: Money::new(decimal("900")),
    };
    show(&mut *strategy, &series, 1, Around { account: Some(&account), ..Around::default() });
    assert_eq!(strategy.take_output().log[0].text, "1000.5 900");
}

#[test]
fn funding_is_known_once_it_is_settled() {
    let text = on_candle("log(funding[0], funding[1], funding[2])");
    let settlement = |millis, rate: &str| Settlement {
        time: Timestamp::from_millis(millis),
        rate: domain::Rate::new(decimal(rate)).unwrap(),
        mark: None,
    };
    let funding = [
        settlement(60_001, "0.01"),
        settlement(120_000, "0.02"),
        settlement(180_000, "-0.03"),
        settlement(180_001, "9"),
    ];
    let series = closes(Timeframe::M1, &[1.0, 2.0, 3.0]);
    let mut strategy = strategy_of(&text, &[]);
    for rows in 1..=3 {
        show(&mut *strategy, &series, rows, Around { funding: &funding, ..Around::default() });
    }
    let log: Vec<String> = strategy.take_output().log.into_iter().map(|line| line.text).collect();
    assert_eq!(log, ["nil nil nil", "0.02 0.01 nil", "-0.03 0.02 0.01"]);
}

#[test]
fn what_is_drawn_goes_to_the_output() {
    let body = "plot('close', candle.close[0]) plot('gap', 0/0) plot('gap', nil) plot('own', 1, { pane = 'own' })\n\
        label { text = 'here', tone = 'bullish' }\n\
        if not state.zone then state.zone = zone { top = 5, bottom = 4, text = 'OB', tone = 'bearish' } else state.zone:close() end";
    let mut strategy = strategy_of(&on_candle(body), &[]);
    let series = closes(Timeframe::M1, &[1.0, 2.0]);
    for rows in 1..=2 {
        assert!(show(&mut *strategy, &series, rows, Around::default()).is_empty());
    }
    let output = strategy.take_output();
    let plots: Vec<_> = output.drawings.plots.iter().map(|it| (&*it.name, &*it.points)).collect();
    assert_eq!(
        plots,
        [
            ("close", &[(60_000, 1.0), (120_000, 2.0)][..]),
            ("own", &[(60_000, 1.0), (120_000, 1.0)])
        ]
    );
    let zone = &output.drawings.zones[0];
    let times =
        [Some(zone.from), Some(zone.known_at), zone.until].map(|it| it.map(Timestamp::millis));
    assert_eq!(times, [Some(0), Some(60_000), Some(120_000)]);
    assert_eq!((output.drawings.labels.len(), output.drawings.labels[1].price), (2, 2.0));
    strategy.omit_output();
    show(&mut *strategy, &series, 2, Around::default());
    assert!(strategy.take_output().is_empty());
}

#[test]
fn ltf_alone_is_required_unless_told() {
    assert_eq!(load(&on_candle("")).unwrap().info.required_roles, [Role::Ltf]);
    let info = load(&format!("{HIGHER}function on_candle() end")).unwrap().info;
    assert_eq!(info.required_roles, [Role::Ltf, Role::Htf]);
    let spans: Vec<_> =
        info.role_constraints.iter().map(|it| (it.min.name(), it.max.name())).collect();
    assert_eq!(spans, [("1m", "5m"), ("3m", "1M")]);
}
