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
    candle(
        "it:events('swing', {})",
        "smc: events: swing tells of no zones: a filter goes with zone_formed, zone_touched and the like",
    );
    candle(
        "for i = 1, 500 do it:events('zone_touched', { touches = i }) end it:trend('big')",
        "smc: scope: expected \"internal\" or \"swing\", was \"big\"",
    );
    candle(
        "it:events('zone_touch')",
        "smc: events: unknown kind zone_touch; did you mean zone_touched?",
    );
    candle(
        "it:events('zone_touch', { touches = 1 })",
        "smc: events: unknown kind zone_touch; did you mean zone_touched?",
    );
    candle("it:events(5)", "smc: events: expected the name of a kind of events, was 5");
    candle(
        "it:events('zone_touched', { touched = 1 })",
        "smc: events: unknown field touched; did you mean touches?",
    );
    candle("it:trends()", "smc: unknown field trends; did you mean trend?");
    candle("smc {}", "smc belongs to the top of the file: call it before on_candle runs");
}

/// A function that writes all fields of a table, by name.
const SHOWN: &str = "local function shown(it)\n\
    if type(it) ~= 'table' then return tostring(it) end\n\
    local list = {}\n\
    for key, value in it do table.insert(list, key .. '=' .. shown(value)) end\n\
    table.sort(list)\n\
    return '{' .. table.concat(list, ' ') .. '}'\nend\n";

/// What stands on the board is what the engine tells: each field of each kind.
#[test]
fn events_tell_what_the_engine_knows() {
    let list = walk(3, 1_500);
    let text = format!(
        "{HEAD}local it = smc {{ swing_length = 4, internal_length = 2, close_back = 1, gap_rule = 'joined' }}\n\
         {SHOWN}function on_candle()\nfor _, event in it:events() do log(shown(event)) end\nend"
    );
    let settings = SmcSettings {
        swing_length: 4,
        internal_length: 2,
        close_back: 1,
        gap_rule: indicators::smc::GapRule::Joined,
        ..SmcSettings::default()
    };
    let mut smc = Smc::new(Timeframe::M1, settings).unwrap();
    let series = closes(Timeframe::M1, &list);
    let mut expected = Vec::new();
    for row in 0..series.len() {
        smc.push(&series.candle(row));
        expected.extend(smc.events().iter().map(|event| told(&smc, event)));
    }
    let kinds: std::collections::BTreeSet<&str> = expected
        .iter()
        .filter_map(|line| line.split("kind=").nth(1)?.split([' ', '}']).next())
        .collect();
    assert!(kinds.len() > 15, "{kinds:?}");
    let lines = log(&text, &list);
    assert_eq!(lines.len(), expected.len());
    for (line, expected) in lines.iter().zip(&expected) {
        assert_eq!(line, expected);
    }
}

/// An event as the script writes it.
fn told(smc: &Smc, event: &indicators::smc::Event) -> String {
    use indicators::smc::EventKind as Kind;
    let mut fields = vec![
        format!("kind={}", event.kind.name()),
        format!("formed_at={}", event.formed_at.millis()),
        format!("known_at={}", event.known_at.millis()),
    ];
    if let Some(it) = event.kind.zone() {
        let mut zone = vec![
            format!("number={}", it.id),
            format!("kind={}", it.kind),
            format!("direction={}", it.direction),
            format!("acts={}", it.acts()),
            format!("top={}", it.top),
            format!("bottom={}", it.bottom),
            format!("half={}", it.half()),
            format!("stage={}", it.stage),
            format!("touches={}", it.touches),
            format!("retests={}", it.retests),
            format!("displaced={}", it.displaced),
            format!("formed_at={}", it.formed.open_time.millis()),
            format!("known_at={}", it.known_at.millis()),
        ];
        zone.extend(it.scope.map(|scope| format!("scope={scope}")));
        fields.push(format!("zone={}", braced(zone)));
    }
    if let Some(it) = event.kind.pool() {
        fields.push(format!(
            "pool={}",
            braced(vec![
                format!("scope={}", it.scope),
                format!("side={}", it.side),
                format!("level={}", it.level()),
                format!("extreme={}", it.extreme),
                format!("members={}", it.members),
                format!("first_at={}", it.first.open_time.millis()),
                format!("last_at={}", it.last.open_time.millis()),
            ])
        ));
    }
    let window = |index: u8| smc.settings().sessions[usize::from(index)].name.clone();
    fields.extend(match &event.kind {
        Kind::Swing(it) => {
            let label = it.label.map(|label| format!("label={label}"));
            let rest = [
                format!("scope={}", it.scope),
                format!("side={}", it.side),
                format!("level={}", it.level),
            ];
            rest.into_iter().chain(label).collect()
        }
        Kind::Break(it) => vec![
            format!("scope={}", it.scope),
            format!("direction={}", it.direction),
            format!("break_kind={}", it.kind),
            format!("level={}", it.level),
            format!("displaced={}", it.displaced),
            format!("swing_at={}", it.swing.open_time.millis()),
            format!("broken_at={}", it.broken.open_time.millis()),
        ],
        Kind::ZoneTouched { depth, .. } | Kind::ZoneRetested { depth, .. } => {
            vec![format!("depth={depth}")]
        }
        Kind::LevelTaken(it) => vec![
            format!("level_kind={}", it.level.name()),
            format!("side={}", it.side),
            format!("level={}", it.price),
            format!("how={}", it.how),
        ],
        Kind::PreviousLevels(it) => vec![
            format!("period={}", it.period),
            format!("high={}", it.extent.high),
            format!("low={}", it.extent.low),
        ],
        Kind::SessionOpened(it) => vec![format!("session={}", window(it.0))],
        Kind::SessionClosed(it) => vec![
            format!("session={}", window(it.session.0)),
            format!("high={}", it.extent.high),
            format!("low={}", it.extent.low),
        ],
        Kind::DealingRange { scope, range } => {
            vec![
                format!("scope={scope}"),
                format!("high={}", range.high),
                format!("low={}", range.low),
            ]
        }
        Kind::Displacement { direction, ratio } => {
            vec![format!("direction={direction}"), format!("ratio={ratio}")]
        }
        Kind::ZoneFormed(_)
        | Kind::ZoneExtended(_)
        | Kind::ZoneConfirmed(_)
        | Kind::ZoneHalved(_)
        | Kind::ZoneFilled(_)
        | Kind::ZoneMitigated(_)
        | Kind::ZoneInverted(_)
        | Kind::ZoneInvalidated(_)
        | Kind::ZoneDropped(_)
        | Kind::PoolFormed(_)
        | Kind::PoolExtended(_)
        | Kind::PoolRevised(_)
        | Kind::PoolDissolved(_) => Vec::new(),
    });
    braced(fields)
}

fn braced(mut fields: Vec<String>) -> String {
    fields.sort_unstable();
    format!("{{{}}}", fields.join(" "))
}

#[test]
fn a_filter_leaves_what_a_look_at_each_event_would() {
    let text = format!(
        "{HEAD}local it = smc {{ swing_length = 4, internal_length = 2 }}\n{SHOWN}\
         local filters = {{ {{ kind = 'order_block' }}, {{ direction = 'bearish', touches = 1 }}, \
         {{ acts = 'bullish', scope = 'internal' }}, {{ stage = 'halved', kind = 'fair_value_gap' }}, {{}} }}\n\
         function on_candle()\n\
         for _, kind in {{ 'zone_touched', 'zone_formed', 'zone_invalidated' }} do for place, filter in filters do\n\
         local expected = {{}}\n\
         for _, event in it:events() do\n\
         local fits = event.kind == kind\n\
         for field, value in filter do fits = fits and event.zone[field] == value end\n\
         if fits then table.insert(expected, event) end\n\
         end\n\
         assert(shown(it:events(kind, filter)) == shown(expected))\n\
         state[place] = (state[place] or 0) + #expected\n\
         end end\n\
         if candle.time[0] == {} then for _, count in state do log(count > 20) end end\nend",
        1_999 * 60_000
    );
    assert_eq!(log(&text, &walk(5, 2_000)), ["true"; 5]);
}

#[test]
fn what_is_told_at_one_candle_cannot_change_what_is_told_again() {
    let text = format!(
        "{HEAD}local it = smc {{ swing_length = 4, internal_length = 2 }}\n{SHOWN}function on_candle()\n\
         local before, range = shown(it:events('zone_touched')), shown(it:range())\n\
         for _, event in it:events('zone_touched') do event.zone.top = 1 event.kind = 'x' end\n\
         pcall(function() table.insert(it:events('zone_touched'), 1) end)\n\
         if it:range() then it:range().high = 1 end\n\
         assert(shown(it:events('zone_touched')) == before and shown(it:range()) == range)\nend"
    );
    assert_eq!(crate::support::wishes_of(&text, &walk(5, 500)), []);
}

#[test]
fn what_finds_no_room_on_the_board_is_told_all_the_same() {
    // A swing of long candles through many zones: more events at one candle than the board has room for.
    let mut list = Vec::new();
    let mut close = 10_000.0;
    for row in 0..150 {
        close += if row % 4 == 3 { -20.0 } else { 30.0 };
        list.push(close);
    }
    list.push(5_000.0);
    let text = format!(
        "{HEAD}local it = smc {{ swing_length = 4, internal_length = 1 }}\n\
         function on_candle()\n\
         local all, touched = it:events(), it:events('zone_touched')\n\
         local count, blocks = 0, 0\n\
         for _, event in all do if event.kind == 'zone_touched' then count += 1\n\
         if event.zone.kind == 'order_block' then blocks += 1 end end end\n\
         assert(count == #touched and blocks == #it:events('zone_touched', {{ kind = 'order_block' }}))\n\
         if #all > 64 then log('many') end\nend"
    );
    assert_eq!(log(&text, &list).last().map(String::as_str), Some("many"));
}
