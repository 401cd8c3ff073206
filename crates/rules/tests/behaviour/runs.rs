//! Rules in whole runs: the same trades as the built-in strategy, and no look into the future.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use backtest::{
    InstrumentData, RunData, RunResult, RunSpec, SleeveSpec, TruncationBadge, TruncationPlan,
    check_truncation, run,
};
use domain::{Instrument, InstrumentId, Money, Role, Timeframe};
use margin::{BracketHistory, BracketTable, Leverage, MarginMode};
use market::Series;
use risk::RiskRules;
use simulator::{Listing, VenueSettings};
use strategy::{Definition, ParameterInput, Registry};

use crate::examples::{EVERYTHING, EXAMPLES};
use crate::stage::{series, walk};

/// One strategy on a series and the five-minute candles made of it.
pub(crate) struct Stand {
    spec: RunSpec,
    data: RunData,
    registry: Registry,
}

impl Stand {
    pub(crate) fn new(definition: Definition, given: &[(&str, &str)], lower: Series) -> Self {
        let id = definition.info.id.to_string();
        let has_higher = definition.info.required_roles.contains(&Role::Htf);
        let registry = Registry::built_in().with(definition);
        let given: BTreeMap<String, ParameterInput> = given
            .iter()
            .map(|(name, value)| ((*name).to_owned(), ParameterInput::Text((*value).to_owned())))
            .collect();
        let parameters = registry.find(&id).unwrap().resolve(&given).unwrap();
        let demands = registry.find(&id).unwrap().risk_demands(&parameters);
        let sleeve = SleeveSpec { strategy: id, parameters, instrument: InstrumentId::new(0) };
        let key = lower.key();
        let instrument = InstrumentData {
            listing: Listing {
                instrument: Instrument::without_filters(key.symbol.clone(), lower.scale()),
                leverage: Leverage::ONE,
                margin_mode: MarginMode::Cross,
                brackets: BracketHistory::new(BracketTable::cautious()),
            },
            mark: None,
            finer: None,
            funding: Arc::new([]),
        };
        let higher = has_higher.then(|| market::aggregate(&lower, Timeframe::M5).unwrap());
        let higher = higher.map(|higher| (Role::Htf, Arc::new(higher)));
        let timeframes = [(Role::Ltf, Arc::new(lower))].into_iter().chain(higher).collect();
        Self {
            spec: RunSpec {
                initial_balance: Money::whole(100_000),
                venue: VenueSettings::default(),
                rules: RiskRules { entries_max: demands.entries_max, ..RiskRules::default() },
                sleeves: vec![sleeve],
            },
            data: RunData { instruments: vec![instrument], timeframes: vec![timeframes] },
            registry,
        }
    }

    pub(crate) fn run(&self) -> RunResult {
        run(&self.spec, &self.data, &self.registry, &mut |_| ControlFlow::Continue(())).unwrap()
    }

    fn check_truncation(&self) {
        let plan = TruncationPlan { cuts: 8, seed: 1 };
        let go_on = &mut |_| ControlFlow::Continue(());
        let report =
            check_truncation(&self.spec, &self.data, &self.registry, &plan, go_on).unwrap();
        assert_eq!(report.badge(), TruncationBadge::Passed, "{report:?}");
        assert!(report.decisions() > 4, "{} decisions", report.decisions());
    }
}

#[test]
fn a_cross_in_rules_gives_exactly_the_trades_of_the_built_in_one() {
    for (seed, fast, slow) in [(1, "10", "30"), (2, "2", "4"), (3, "5", "8"), (4, "1", "3")] {
        let given = [("fast", fast), ("slow", slow), ("quantity", "0.5")];
        let lower = || series(Timeframe::M1, &walk(seed, 20_000));
        let built_in = Registry::built_in().find("SMA_CROSS").unwrap().clone();
        let built_in = Stand::new(built_in, &given, lower()).run();
        let (file, text) = EXAMPLES[0];
        let in_rules = Stand::new(rules::load(file, text).unwrap(), &given, lower()).run();
        let without_words = |result: &RunResult| {
            let mut trades = result.trades.clone();
            for trade in &mut trades {
                trade.metadata = domain::Metadata::of_kind("");
            }
            trades
        };
        assert!(built_in.trades.len() > 300, "{} trades", built_in.trades.len());
        assert_eq!(without_words(&in_rules), without_words(&built_in), "{fast} {slow}");
        assert_eq!(in_rules.final_balance, built_in.final_balance);
        assert_eq!(in_rules.equity, built_in.equity);
        assert!(in_rules.skipped.is_empty(), "{:?}", in_rules.skipped);
    }
}

#[test]
fn exits_and_entries_at_one_close_turn_a_position_as_well() {
    let cross = |direction: &str| {
        let mean = |name: &str| serde_json::json!({ "indicator": { "name": name } });
        serde_json::json!({ "crosses": {
            "left": mean("fast"), "direction": direction, "right": mean("slow") } })
    };
    let entry =
        |side: &str, direction: &str| serde_json::json!({ "side": side, "when": cross(direction) });
    let mean = |name: &str, length: i64| serde_json::json!({ "name": name, "indicator": "sma", "settings": { "length": length } });
    let text = crate::stage::file(
        &[entry("long", "above"), entry("short", "below")],
        serde_json::json!({
            "indicators": [mean("fast", 3), mean("slow", 7)],
            "exits": [{ "side": "long", "when": cross("below") }, { "side": "short", "when": cross("above") }],
        }),
    );
    let lower = || series(Timeframe::M1, &walk(5, 5_000));
    let in_rules = Stand::new(rules::load("test.json", &text).unwrap(), &[], lower()).run();
    let built_in = Registry::built_in().find("SMA_CROSS").unwrap().clone();
    let given = [("fast", "3"), ("slow", "7"), ("quantity", "1")];
    let built_in = Stand::new(built_in, &given, lower()).run();
    assert!(built_in.trades.len() > 100);
    assert_eq!(in_rules.final_balance, built_in.final_balance);
    assert_eq!(in_rules.trades.len(), built_in.trades.len());
}

#[test]
fn a_position_is_enlarged_as_often_as_the_file_says() {
    let entries = |most: i64| {
        let rising = serde_json::json!({ "rising": { "value": { "price": {} } } });
        let entry = serde_json::json!({ "when": rising, "if_open": "add", "cool_down": 3 });
        let late = serde_json::json!({ "compare": {
            "left": { "position": "candles_since_entry" }, "is": "at_least", "right": 30 } });
        let more = serde_json::json!({ "entries_max": most, "exits": [{ "when": late }] });
        let text = crate::stage::file(&[entry], more);
        let lower = series(Timeframe::M1, &walk(17, 2_000));
        let result = Stand::new(rules::load("test.json", &text).unwrap(), &[], lower).run();
        // The last execution is the exit.
        result.trades.iter().map(|trade| trade.fills - 1).max().unwrap()
    };
    assert_eq!((entries(1), entries(3)), (1, 3));
}

#[test]
fn nothing_that_rules_can_say_needs_the_future() {
    let lower = series(Timeframe::M1, &walk(11, 4_000));
    let stand = Stand::new(rules::load("every.json", EVERYTHING).unwrap(), &[], lower);
    let result = stand.run();
    assert!(result.trades.len() > 50, "{} trades {:?}", result.trades.len(), result.skipped);
    let kinds: std::collections::BTreeSet<String> =
        result.trades.iter().map(|it| it.metadata.kind.to_string()).collect();
    assert_eq!(kinds.len(), 5, "every entry acts: {kinds:?} {:?}", result.skipped);
    stand.check_truncation();
}

#[test]
fn examples_run_and_need_no_future() {
    for (file, text) in EXAMPLES {
        let lower = series(Timeframe::M1, &walk(13, 6_000));
        let stand = Stand::new(rules::load(file, text).unwrap(), &[], lower);
        let result = stand.run();
        assert!(!result.trades.is_empty(), "{file}: {:?}", result.skipped);
        stand.check_truncation();
    }
}
