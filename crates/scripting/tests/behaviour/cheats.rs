//! Strategies that try to see the future, and what each of them gets.
//!
//! Three ends are possible: it is refused with its place, it gets nothing that it would not have had, or what it
//! decides depends on the future and the truncation check says so. What does not even compile is shown beside
//! [`market::Candles`] and [`strategy::Context`].

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Mutex;

use backtest::{RunData, TruncationBadge, TruncationPlan, check_truncation};
use domain::{Confidence, Direction, Entry, Intent, Metadata, Quantity, Role, Signal, Sizing};
use strategy::{Context, Definition, Registry, Source, Strategy};

use crate::stage::{data, registry, run, spec};
use crate::support::{decimal, end_of, log_of, on_candle, walk};

/// How an attempt ends.
#[derive(Debug, PartialEq)]
enum End {
    /// Stopped, with the place in the file.
    Refused,
    /// It goes on with what everybody has.
    GetsNothing,
    /// The truncation check tells.
    Flagged,
}

#[test]
fn none_of_them_sees_the_future() {
    let table = [
        ("reads the higher candle before its close", higher_candle_before_its_close()),
        ("reads the next candle by a negative index", index_ahead("candle.close[-1]")),
        ("reads between the candles", index_ahead("candle.close[0.5]")),
        ("reads a candle by a very large index", far_index()),
        ("wants to be filled at the close it has just seen", fill_at_the_close()),
        ("wants to be filled at the low it has just seen", fill_at_the_low()),
        ("acts on a swing at its own candle", swing_at_its_candle()),
        ("changes a candle for later", index_ahead("(function() candle.close[0] = 1 end)()")),
        ("asks for the time", clock()),
        ("draws lots that differ from run to run", lots()),
        ("remembers an earlier run in a script", memory_of_a_script()),
        ("remembers an earlier run outside of the kernel", memory_outside()),
        ("reads a file that holds the future", file()),
    ];
    let width = table.iter().map(|(what, _)| what.len()).max().unwrap_or_default();
    for (what, end) in &table {
        println!("{what:<width$}  {end:?}");
    }
    let flagged: Vec<&str> =
        table.iter().filter(|(_, end)| *end == End::Flagged).map(|(what, _)| *what).collect();
    assert_eq!(
        flagged,
        ["remembers an earlier run outside of the kernel"],
        "scripts have no way to do what would have to be flagged"
    );
}

/// At every minute the script writes what it sees of the quarter of an hour: only whole ones.
fn higher_candle_before_its_close() -> End {
    let text = "strategy { id = \"MINE\", summary = \"x\", roles = { LTF = {}, HTF = {} } }\n\
        function on_candle() log(htf.time[0], htf.close[0], htf.high[0]) end";
    let data = data(&[walk(3, 300)]);
    let registry = registry(&[text]);
    let result = run(&spec(&registry, &["MINE"]), &data, &registry);
    let [(_, minutes), (_, quarters)] = &data.timeframes[0][..] else { panic!("two timeframes") };
    assert_eq!(result.outputs[0].log.len(), minutes.len());
    for (row, line) in result.outputs[0].log.iter().enumerate() {
        let closed = (row + 1) / 15;
        let expected = closed.checked_sub(1).map_or("nil nil nil".to_owned(), |at| {
            let candle = quarters.candle(at);
            format!("{} {} {}", candle.open_time.millis(), candle.close, candle.high)
        });
        assert_eq!(line.text, expected, "minute {row}");
    }
    End::GetsNothing
}

fn index_ahead(expression: &str) -> End {
    let end = end_of(&on_candle(&format!("log({expression})"))).expect("it is stopped");
    assert!(end.starts_with("my.luau:4: "), "{expression}: {end}");
    End::Refused
}

fn far_index() -> End {
    let body = "log(candle.close[1000000], candle.close[2^31])";
    let lines = log_of(&on_candle(body), &[100.0, 101.0]);
    assert!(lines.iter().all(|line| line == "nil nil"), "{lines:?}");
    End::GetsNothing
}

/// A signal at the close of a candle is filled at the open of the next, wherever that is.
fn fill_at_the_close() -> End {
    let body = "if not position then signal { side = 'long', quantity = 1 } else close() end";
    let text = on_candle(body);
    let list = walk(9, 60);
    let data = data(&[list]);
    let registry = registry(&[&text]);
    let result = run(&spec(&registry, &["MINE"]), &data, &registry);
    let minutes = &data.timeframes[0][0].1;
    assert!(result.trades.len() > 20);
    for trade in &result.trades {
        // Decided at the close of the row before the one that opens at the entry.
        let row = minutes.open_times().partition_point(|time| *time < trade.entry_time.millis());
        let open = minutes.scale().price(minutes.open()[row]).unwrap();
        assert_eq!(trade.entry_price, open);
    }
    End::GetsNothing
}

/// A limit at the low of the candle that is over waits for the price to come there again.
fn fill_at_the_low() -> End {
    let text = on_candle(
        "if #state == 0 then state[1] = 1 signal { side = 'long', order = 'limit', entry = candle.low[0], quantity = 1 } end",
    );
    let rising: Vec<f64> = (0..50).map(|row| 100.0 + 5.0 * f64::from(row)).collect();
    let registry = registry(&[&text]);
    let result = run(&spec(&registry, &["MINE"]), &data(&[rising]), &registry);
    assert!(result.trades.is_empty(), "the price never came back: {:?}", result.trades);
    End::GetsNothing
}

/// A swing is told when it is confirmed, that many candles after its own.
fn swing_at_its_candle() -> End {
    let text = "strategy { id = \"MINE\", summary = \"x\" }\n\
        local s = smc { internal_length = 3, swing_length = 6 }\n\
        function on_candle()\n\
        for _, e in s:events('swing') do log(e.scope, (candle.time[0] - e.formed_at) / 60000) end\n\
        end";
    let lines = log_of(text, &walk(5, 400));
    assert!(lines.len() > 20, "{} swings", lines.len());
    for line in lines {
        assert!(line == "internal 3" || line == "swing 6", "{line}");
    }
    End::GetsNothing
}

fn clock() -> End {
    for name in ["os", "tick", "time", "date", "elapsedTime", "DateTime", "wait", "task"] {
        assert_eq!(log_of(&on_candle(&format!("log({name})")), &[100.0]), ["nil"], "{name}");
    }
    End::GetsNothing
}

fn file() -> End {
    for call in ["io.open('f')", "require('f')", "loadstring('')", "dofile('f')", "readfile('f')"] {
        let end = end_of(&on_candle(&format!("log({call})"))).expect("it is stopped");
        assert!(end.starts_with("my.luau:4: "), "{call}: {end}");
    }
    End::Refused
}

fn lots() -> End {
    let text = on_candle("log(math.random(), math.random(1, 1000), tostring({}))");
    assert_eq!(log_of(&text, &[100.0, 101.0]), log_of(&text, &[100.0, 101.0]));
    End::GetsNothing
}

/// Whatever a script keeps is gone with its run: globals, its own tables, and the libraries.
fn memory_of_a_script() -> End {
    let text = on_candle("runs = (runs or 0) + 1 state.n = (state.n or 0) + 1 log(runs, state.n)");
    for _ in 0..3 {
        assert_eq!(log_of(&text, &[100.0]), ["1 1"]);
    }
    assert_eq!(check(&registry(&[&text]), "MINE", &data(&[walk(1, 500)])), TruncationBadge::Passed);
    End::GetsNothing
}

fn check(registry: &Registry, id: &str, data: &RunData) -> TruncationBadge {
    let plan = TruncationPlan { cuts: 4, seed: 2 };
    let go_on = &mut |_| ControlFlow::Continue(());
    check_truncation(&spec(registry, &[id]), data, registry, &plan, go_on).unwrap().badge()
}

/// Closes by time that a strategy of the native kind keeps where the kernel cannot see them.
static KEPT: Mutex<BTreeMap<i64, f64>> = Mutex::new(BTreeMap::new());

/// Buys when it knows from an earlier run that the next close is higher.
struct Peeks;

impl Strategy for Peeks {
    fn on_candle(&mut self, context: &Context<'_>, intents: &mut Vec<Intent>) {
        let Some(candles) = context.just_closed(Role::Ltf) else { return };
        let (now, close) = (context.now(), *candles.close().last().unwrap());
        let mut kept = KEPT.lock().unwrap();
        kept.insert(now.millis(), close);
        let next = kept.get(&now.plus_millis(60_000).millis()).copied();
        if context.position().is_none() && next.is_some_and(|next| next > close) {
            let entry = candles.scale().price(close).unwrap();
            let quantity = Quantity::new(decimal("0.1")).unwrap();
            let why = Metadata::of_kind("peek");
            let signal = Signal::new(Direction::Long, entry, Confidence::FULL, why);
            intents.push(Intent::enter(Entry::at_market(signal, Sizing::Fixed(quantity))));
        }
    }
}

fn native() -> Registry {
    let mut info = Registry::built_in().find("SMA_CROSS").unwrap().info.clone();
    (info.id, info.aliases, info.parameters) = ("PEEKS".into(), Vec::new(), Vec::new());
    let make = |_: &strategy::Parameters| Ok(Box::new(Peeks) as _);
    Registry::built_in().with(Definition::new(info, Source::built_in("peeks"), make))
}

fn memory_outside() -> End {
    assert_eq!(check(&native(), "PEEKS", &data(&[walk(4, 500)])), TruncationBadge::Failed);
    End::Flagged
}
