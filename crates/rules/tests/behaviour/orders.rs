//! Entries, exits, stops and targets: what is wished for, and what is left out.

use domain::{
    BreakEven, Direction, EntryOrder, ExitReason, Intent, Money, Quantity, Rate, Sizing,
    TimeInForce, Timestamp, Trailing,
};
use serde_json::{Value, json};

use crate::stage::{START, Stage, closes, entries, file, price, rows};

fn always() -> Value {
    json!({ "compare": { "left": 1, "is": "equal", "right": 1 } })
}

fn rate(text: &str) -> Rate {
    Rate::new(text.parse().unwrap()).unwrap()
}

/// An entry at the last close, with these fields.
fn entry_of(stage: &Stage, fields: Value, more: Value) -> domain::Entry {
    let mut entry = fields;
    entry.as_object_mut().unwrap().insert("when".to_owned(), always());
    let (wishes, output) = stage.play(&file(&[entry], more));
    let last = wishes.last().unwrap();
    let [entry] = entries(last)[..] else { panic!("{last:?} {:?}", output.log) };
    entry.clone()
}

/// What the log says about the last close.
fn log_of(stage: &Stage, fields: Value) -> String {
    let mut entry = fields;
    entry.as_object_mut().unwrap().insert("when".to_owned(), always());
    let (wishes, output) = stage.play(&file(&[entry], json!({})));
    assert_eq!(wishes.last().unwrap(), &[], "nothing is wished for");
    output.log.last().unwrap().text.clone()
}

#[test]
fn stops_lie_where_they_are_said_to_lie() {
    let stage = rows(&[[100.0, 110.0, 90.0, 100.0], [100.0, 104.0, 95.0, 100.0]]);
    let stop = |side: &str, stop: Value| {
        let entry = entry_of(&stage, json!({ "side": side, "stop": stop }), json!({}));
        entry.signal.stop_loss().unwrap()
    };
    assert_eq!(stop("long", json!({ "at": 97.5 })), price("97.5"));
    assert_eq!(stop("long", json!({ "percent": 2.5 })), price("97.5"));
    assert_eq!(stop("short", json!({ "percent": 2.5 })), price("102.5"));
    // The only range is 104 - 95 = 9.
    assert_eq!(stop("long", json!({ "atr": { "multiple": 2, "length": 1 } })), price("82"));
    assert_eq!(stop("short", json!({ "atr": { "multiple": 2, "length": 1 } })), price("118"));
    assert_eq!(stop("long", json!({ "extreme": { "candles": 2 } })), price("90"));
    assert_eq!(stop("short", json!({ "extreme": { "candles": 1 } })), price("104"));
    let beyond = json!({ "extreme": { "candles": 2, "beyond_percent": 1 } });
    assert_eq!(stop("long", beyond.clone()), price("89.1"));
    assert_eq!(stop("short", beyond), price("111.1"));
}

#[test]
fn targets_lie_where_they_are_said_to_lie() {
    let stage = rows(&[[100.0, 110.0, 90.0, 100.0], [100.0, 104.0, 95.0, 100.0]]);
    let target = |side: &str, target: Value| {
        let fields = json!({ "side": side, "stop": { "percent": 2 }, "target": target });
        entry_of(&stage, fields, json!({})).signal.take_profit().unwrap()
    };
    assert_eq!(target("long", json!({ "at": 103 })), price("103"));
    assert_eq!(target("long", json!({ "percent": 3 })), price("103"));
    assert_eq!(target("short", json!({ "percent": 3 })), price("97"));
    assert_eq!(target("long", json!({ "reward_to_risk": 1.5 })), price("103"));
    assert_eq!(target("short", json!({ "reward_to_risk": 1.5 })), price("97"));
    assert_eq!(target("short", json!({ "atr": { "multiple": 1, "length": 1 } })), price("91"));
}

#[test]
fn plans_and_sizes_are_those_asked_for() {
    let stage = rows(&[[100.0, 110.0, 90.0, 100.0], [100.0, 104.0, 95.0, 100.0]]);
    let entry = entry_of(
        &stage,
        json!({
            "name": "plan",
            "stop": { "percent": 2 },
            "partial_targets": [
                { "at": { "reward_to_risk": 1 }, "share_percent": 50 },
                { "at": { "percent": 5 }, "share_percent": 25 },
            ],
            "trailing": { "callback_percent": 1.5, "from": { "reward_to_risk": 2 } },
            "break_even": { "after_first_target": {} },
            "size": { "risk_percent": 1 },
            "confidence": 0.5,
        }),
        json!({}),
    );
    let [Some(first), Some(second), None] = entry.plan.targets else { panic!("two targets") };
    assert_eq!((first.price, first.share), (price("102"), rate("0.5")));
    assert_eq!((second.price, second.share), (price("105"), rate("0.25")));
    let trailing = Trailing { activation: Some(price("104")), callback: rate("0.015") };
    assert_eq!(entry.plan.trailing, Some(trailing));
    assert_eq!(entry.plan.break_even, Some(BreakEven::AfterFirstTarget));
    assert_eq!(entry.signal.metadata().kind, "plan");
    assert!((entry.signal.confidence().value() - 0.5).abs() < 1e-12);
    let sizing = |size: Value| {
        let fields = json!({ "stop": { "percent": 2 }, "size": size,
            "break_even": { "at_reward": 1.5 } });
        let entry = entry_of(&stage, fields, json!({}));
        assert_eq!(entry.plan.break_even, Some(BreakEven::AtReward(rate("1.5"))));
        entry.sizing
    };
    assert_eq!(sizing(json!({ "risk_percent": 1 })), Sizing::RiskOfEquity(rate("0.01")));
    assert_eq!(sizing(json!({ "equity_percent": 150 })), Sizing::Equity(rate("1.5")));
    let quantity = Quantity::new("0.25".parse().unwrap()).unwrap();
    assert_eq!(sizing(json!({ "quantity": 0.25 })), Sizing::Fixed(quantity));
    let money = Money::new("1000".parse().unwrap());
    assert_eq!(sizing(json!({ "notional": 1000 })), Sizing::Notional(money));
    let volatility = json!({ "volatility": {
        "risk_percent": 1, "moves": { "multiple": 2, "length": 1 } } });
    let expected = Sizing::Volatility { risk: rate("0.01"), volatility: price("18") };
    assert_eq!(sizing(volatility), expected);
}

#[test]
fn waiting_orders_end_and_the_newest_takes_their_place() {
    let stage = closes(&[100.0, 101.0]);
    let order = |kind: &str| json!({ "order": { kind: { "at": { "price": {} }, "candles": 3 } } });
    let until = Timestamp::from_millis(START + 5 * 60_000);
    let limit = entry_of(&stage, order("limit"), json!({}));
    let time_in_force = TimeInForce::GoodTilDate(until);
    assert_eq!(limit.order, EntryOrder::Limit { time_in_force });
    let stop = entry_of(&stage, order("stop"), json!({}));
    assert_eq!(stop.order, EntryOrder::Stop { until: Some(until) });
    let entry = json!({ "when": always(), "order": { "limit": { "at": 99, "candles": 3 } } });
    let high = json!({ "compare": { "left": { "price": {} }, "is": "above", "right": 100 } });
    let (wishes, _) = stage.play(&file(std::slice::from_ref(&entry), json!({})));
    assert!(matches!(wishes[0][..], [Intent::Enter(_)]));
    assert!(matches!(wishes[1][..], [Intent::CancelEntries, Intent::Enter(_)]));
    let once = json!({ "when": { "not": high }, "order": { "limit": { "at": 99, "candles": 3 } } });
    let (wishes, _) = stage.play(&file(&[once], json!({ "cancels": [{ "when": high }] })));
    assert!(matches!(wishes[1][..], [Intent::CancelEntries]));
}

#[test]
fn a_signal_that_is_none_is_left_out_and_told_with_its_numbers() {
    let stage = closes(&[100.0, 101.0]);
    let log = log_of(&stage, json!({ "name": "mine", "stop": { "at": 102 } }));
    let expected =
        "mine: long entry left out: long signal: stop loss must be below the entry 101, was 102";
    assert_eq!(log, expected);
    let log = log_of(
        &stage,
        json!({ "side": "short", "target": { "at": { "add": [{ "price": {} }, 1] } } }),
    );
    assert!(log.contains("take profit must be below the entry 101, was 102"), "{log}");
    let log = log_of(&stage, json!({ "stop": { "zone": {} } }));
    assert!(log.contains("its stop has no price now"), "{log}");
    let log = log_of(&stage, json!({ "target": { "zone": {} } }));
    assert!(log.contains("its target has no price now"), "{log}");
    let far = json!({ "limit": { "at": { "subtract": [{ "price": {} }, 1000] }, "candles": 1 } });
    let log = log_of(&stage, json!({ "order": far }));
    assert!(log.contains("its order has no price now"), "{log}");
    let part = json!([{ "at": { "at": 90 }, "share_percent": 50 }]);
    let log = log_of(&stage, json!({ "partial_targets": part }));
    assert!(log.contains("take profit must be above the entry 101, was 90"), "{log}");
}

#[test]
fn who_is_not_asked_for_output_writes_none() {
    let text = file(&[json!({ "when": always(), "stop": { "at": 1000 } })], json!({}));
    let definition = rules::load("test.json", &text).unwrap();
    let parameters = definition.resolve(&std::collections::BTreeMap::new()).unwrap();
    let mut strategy = definition.strategy(&parameters).unwrap();
    strategy.omit_output();
    assert!(strategy.take_output().is_empty());
}

fn exit_of_all() -> Intent {
    Intent::Exit { reason: ExitReason::Signal, share: Rate::ONE }
}

#[test]
fn exits_close_what_they_are_about() {
    let (long, short) = (Some((Direction::Long, 100.0)), Some((Direction::Short, 100.0)));
    let stage = closes(&[100.0; 3]).holding(&[None, long, short]);
    let never = json!({ "not": always() });
    let play = |exits: Value| {
        let entry = json!({ "when": never });
        stage.play(&file(&[entry], json!({ "exits": exits }))).0
    };
    let wishes = play(json!([{ "side": "long", "when": always() }]));
    assert_eq!(wishes, [vec![], vec![exit_of_all()], vec![]]);
    let wishes = play(json!([
        { "when": always(), "share_percent": 25 },
        { "side": "short", "when": always() },
        { "when": always(), "share_percent": 10 },
    ]));
    let part = |share| Intent::Exit { reason: ExitReason::Signal, share: rate(share) };
    assert_eq!(wishes[1], [part("0.25"), part("0.1")]);
    assert_eq!(wishes[2], [part("0.25"), exit_of_all()], "nothing after all of it");
}

#[test]
fn an_open_position_is_left_alone_turned_or_enlarged() {
    let (long, short) = (Some((Direction::Long, 100.0)), Some((Direction::Short, 100.0)));
    let stage = closes(&[100.0; 3]).holding(&[None, long, short]);
    let play = |if_open: &str, exits: Value| {
        let entry = json!({ "when": always(), "if_open": if_open });
        let (wishes, _) = stage.play(&file(&[entry], json!({ "exits": exits })));
        let kind = |it: &Intent| if matches!(it, Intent::Enter(_)) { 'e' } else { 'x' };
        wishes.iter().map(|it| it.iter().map(kind).collect()).collect::<Vec<String>>()
    };
    assert_eq!(play("ignore", json!([])), ["e", "", ""]);
    assert_eq!(play("reverse", json!([])), ["e", "", "xe"]);
    assert_eq!(play("add", json!([])), ["e", "e", ""]);
    let all = json!([{ "when": always() }]);
    assert_eq!(play("ignore", all.clone()), ["e", "x", "xe"], "the way out makes room");
    assert_eq!(play("reverse", all.clone()), ["e", "x", "xe"]);
    assert_eq!(play("add", all), ["e", "x", "xe"]);
}

#[test]
fn stops_move_only_nearer_unless_told_otherwise() {
    let long = Some((Direction::Long, 100.0));
    let stage = closes(&[100.0, 100.0, 99.0, 102.0]).holding(&[None, long, long, long]);
    let play = |only_tighter: bool| {
        let entry = json!({ "when": always(), "stop": { "at": 95 } });
        let to = json!({ "subtract": [{ "price": {} }, 4] });
        let moves =
            json!([{ "when": { "position": "long" }, "to": to, "only_tighter": only_tighter }]);
        let (wishes, _) = stage.play(&file(&[entry], json!({ "stop_moves": moves })));
        wishes[1..].to_vec()
    };
    let to = |text: &str| vec![Intent::MoveStop(price(text))];
    assert_eq!(play(true), [to("96"), vec![], to("98")]);
    assert_eq!(play(false), [to("96"), to("95"), to("98")]);
}

#[test]
fn a_rule_rests_after_its_signal_and_after_an_exit() {
    let long = Some((Direction::Long, 100.0));
    let stage = closes(&[100.0; 9]).holding(&[None, None, None, None, long, None, None, None]);
    let entry = json!({ "when": always(), "cool_down": 2 });
    let (wishes, _) = stage.play(&file(&[entry], json!({})));
    let rows: Vec<usize> =
        (0..).zip(&wishes).filter(|(_, it)| !it.is_empty()).map(|(row, _)| row).collect();
    assert_eq!(rows, [0, 2, 7], "the exit was seen at row 5");
}

#[test]
fn of_entries_that_hold_the_first_that_is_a_signal_acts() {
    let stage = closes(&[100.0]);
    let entries_given = [
        json!({ "name": "one", "when": always(), "stop": { "at": 200 } }),
        json!({ "name": "two", "when": always(), "side": "short" }),
        json!({ "name": "three", "when": always() }),
    ];
    let (wishes, output) = stage.play(&file(&entries_given, json!({})));
    let [entry] = entries(&wishes[0])[..] else { panic!("one entry") };
    assert_eq!(entry.signal.metadata().kind, "two");
    assert_eq!(output.log.len(), 1);
}

#[test]
fn indicators_are_drawn_at_the_closes_of_their_candles() {
    let stage = closes(&[1.0; 11]).higher(&[10.0, 20.0]);
    let more = json!({
        "roles": { "htf": {} },
        "indicators": [
            { "name": "mean", "indicator": "sma", "settings": { "length": 2 }, "role": "HTF", "plot": true },
            { "name": "rsi", "indicator": "rsi", "settings": { "length": 2 }, "plot": true },
            { "name": "bands", "indicator": "donchian", "settings": { "length": 10 }, "plot": true },
            { "name": "quiet", "indicator": "sma", "settings": { "length": 2 } },
        ],
    });
    let (_, output) = stage.play(&file(&[json!({ "when": always() })], more));
    let plots = &output.drawings.plots;
    let names: Vec<&str> = plots.iter().map(|plot| plot.name.as_str()).collect();
    assert_eq!(names, ["rsi", "mean", "bands.upper", "bands.middle", "bands.lower"]);
    assert_eq!(plots[0].pane, strategy::Pane::Own);
    assert_eq!(plots[1].points, [(START + 600_000, 15.0)]);
    assert_eq!((plots[2].pane, plots[2].points.len()), (strategy::Pane::Price, 2));
}

#[test]
fn the_smallest_reward_and_the_most_entries_are_demanded_of_risk() {
    let demands = |minimum: Value| {
        let text = file(
            &[json!({ "when": always(), "stop": { "percent": 1 } })],
            json!({
                "reward_to_risk_min": minimum,
                "entries_max": minimum,
                "parameters": [{ "name": "least", "kind": { "integer": { "default": 2, "min": 1, "max": 5 } } }],
            }),
        );
        let definition = rules::load("test.json", &text).unwrap();
        let parameters = definition.resolve(&std::collections::BTreeMap::new()).unwrap();
        let demands = definition.risk_demands(&parameters);
        (demands.reward_to_risk_min.unwrap().to_string(), demands.entries_max.unwrap())
    };
    assert_eq!(demands(json!(3)), ("3".to_owned(), 3));
    assert_eq!(demands(json!({ "parameter": "least" })), ("2".to_owned(), 2));
}
