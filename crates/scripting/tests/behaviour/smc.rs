//! Smart Money Concepts as scripts see them: those of the engine, in tables.

use domain::Timeframe;
use indicators::smc::{Smc, SmcSettings};

use crate::support::{Around, HEAD, closes, end_of, load, show, strategy_of, walk};

/// The log of a script over these closes.
fn log(text: &str, list: &[f64]) -> Vec<String> {
    crate::support::log_of(text, list)
}

fn engine(list: &[f64]) -> Smc {
    let settings = SmcSettings { swing_length: 5, internal_length: 2, ..SmcSettings::default() };
    let mut smc = Smc::new(Timeframe::M1, settings).unwrap();
    let series = closes(Timeframe::M1, list);
    (0..series.len()).for_each(|row| smc.push(&series.candle(row)));
    smc
}

#[test]
fn events_are_those_of_the_engine() {
    let list = walk(9, 400);
    let text = format!(
        "{HEAD}local it = smc {{ swing_length = 5, internal_length = 2 }}\nfunction on_candle()\n\
         for _, event in it:events() do\n\
         state[#state + 1] = event.kind\n\
         end\n\
         if candle.time[0] == {} then log(#state, state[1], state[#state], it:trend(), it:trend('internal')) end\nend",
        399 * 60_000
    );
    let mut kinds = Vec::new();
    let settings = SmcSettings { swing_length: 5, internal_length: 2, ..SmcSettings::default() };
    let mut smc = Smc::new(Timeframe::M1, settings).unwrap();
    let series = closes(Timeframe::M1, &list);
    for row in 0..series.len() {
        smc.push(&series.candle(row));
        kinds.extend(smc.events().iter().map(|event| event.kind.name()));
    }
    let trend = |scope| smc.structure(scope).trend().unwrap().name();
    let expected = format!(
        "{} {} {} {} {}",
        kinds.len(),
        kinds[0],
        kinds.last().unwrap(),
        trend(indicators::smc::Scope::Swing),
        trend(indicators::smc::Scope::Internal)
    );
    assert_eq!(log(&text, &list), [expected]);
}

#[test]
fn how_things_stand_is_told_in_tables() {
    let list = walk(9, 400);
    let smc = engine(&list);
    let zone = smc.zones().next().unwrap();
    let range = smc.dealing_range(indicators::smc::Scope::Swing).unwrap();
    let text = format!(
        "{HEAD}local it = smc {{ swing_length = 5, internal_length = 2 }}\nfunction on_candle()\n\
         if candle.time[0] < {} then return end\n\
         local zone, range = it:zones()[1], it:range()\n\
         log(zone.number, zone.kind, zone.direction, zone.stage, zone.top == {:?}, zone.bottom == {:?})\n\
         log(#it:zones {{ limit = 500 }}, #it:zones {{ kind = 'order_block', limit = 500 }})\n\
         log(range.high == {:?}, range.low == {:?}, range.half)\n\
         log(it:swing('high').level, it:last_break().break_kind, type(it:previous('day')), #it:pools('low', 'internal'))\n\
         end",
        399 * 60_000,
        zone.top,
        zone.bottom,
        range.high,
        range.low
    );
    let (all, blocks) =
        (smc.zones().count(), smc.zones().filter(|it| it.kind.name() == "order_block").count());
    let structure = smc.structure(indicators::smc::Scope::Swing);
    let pools =
        smc.pools(indicators::smc::Scope::Internal, indicators::smc::Side::Low).take(20).count();
    let told = log(&text, &list);
    assert_eq!(
        told[0],
        format!("{} {} {} {} true true", zone.id, zone.kind, zone.direction, zone.stage)
    );
    assert_eq!(told[1], format!("{} {}", all.min(500), blocks.min(500)));
    assert_eq!(told[2], format!("true true {}", smc.half(indicators::smc::Scope::Swing).unwrap()));
    let level = structure.swing(indicators::smc::Side::High).unwrap().level;
    assert_eq!(told[3], format!("{level} {} nil {pools}", structure.last_break().unwrap().kind));
}

#[test]
fn the_higher_role_has_an_engine_of_its_own() {
    let text = "strategy { id = 'MINE', summary = 'x', roles = { LTF = {}, HTF = {} } }\n\
        local it = smc { role = 'HTF', swing_length = 5 }\n\
        local count = 0\n\
        function on_candle() if #it:events('session_opened') > 0 then count += 1 end log(count) end";
    let minutes = closes(Timeframe::M1, &walk(1, 180));
    let higher = closes(Timeframe::M15, &walk(1, 12));
    let mut strategy = strategy_of(text, &[]);
    for rows in 1..=minutes.len() {
        let around = Around { higher: Some(&higher), ..Around::default() };
        assert!(show(&mut *strategy, &minutes, rows, around).is_empty());
    }
    // Asia opens at midnight UTC: the events of the newest HTF candle stand until the next one closes.
    let log: Vec<String> = strategy.take_output().log.into_iter().map(|line| line.text).collect();
    assert_eq!((&*log[13], &*log[14], &*log[28]), ("0", "1", "15"));
}

#[test]
fn mistakes_are_told_at_their_line() {
    let top = |fields: &str, expected: &str| {
        let error = load(&format!("{HEAD}local it = smc {{ {fields} }}\nfunction on_candle() end"))
            .unwrap_err();
        assert_eq!((error.line, &*error.message), (3, expected), "{fields}");
    };
    top("swing_length = 0", "smc: internal_length: expected 1 or more, below swing_length, was 1");
    top("swing_length = 2000", "smc: swing_length: expected at most 1000, was 2000");
    top("swing_length = 5.5", "smc: swing_length: expected a whole number of candles, was 5.5");
    top("break_by = 'open'", "smc: break_by: expected \"close\" or \"wick\", was \"open\"");
    top("swinglength = 5", "smc: unknown field swinglength; did you mean swing_length?");
    top(
        "role = 'HTF'",
        "HTF is read: strategy { roles = ... } must declare it, as in roles = { LTF = {}, HTF = {} }",
    );
    let candle = |body: &str, expected: &str| {
        let end = end_of(&format!("{HEAD}local it = smc {{}}\nfunction on_candle()\n{body}\nend"))
            .unwrap();
        assert_eq!(end, format!("my.luau:5: {expected}"), "{body}");
    };
    candle("it.trend()", "smc: expected a colon, as in structure:trend()");
    candle("it:trend('big')", "smc: scope: expected \"internal\" or \"swing\", was \"big\"");
    candle("it:swing('top')", "smc: swing: expected \"high\" or \"low\", was \"top\"");
    candle(
        "it:previous('year')",
        "smc: previous: expected \"day\" or \"week\" or \"month\", was \"year\"",
    );
    candle(
        "it:zones { size = 1 }",
        "zones: unknown field size, expected one of kind, direction, acts, scope, limit",
    );
    candle("it:zones { limit = 0 }", "zones: limit: expected a whole number from 1 to 500, was 0");
    candle("it:trends()", "smc: unknown field trends; did you mean trend?");
    candle("smc {}", "smc belongs to the top of the file: call it before on_candle runs");
}
