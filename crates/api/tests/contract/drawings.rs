//! What a strategy draws and writes, from the run to the answer.

use domain::{Intent, Role, Timestamp};
use serde_json::{Value, json};
use strategy::{Context, Definition, Label, Output, Pane, Registry, Source, Strategy, Tone, Zone};

use crate::support::{Served, changed};

const HOUR: i64 = 3_600_000;

/// Draws at every candle, marks every hundredth, gives up at the one of this number.
struct Sketcher {
    candle: i64,
    gives_up_at: i64,
    output: Output,
}

impl Sketcher {
    fn mark(&mut self, (from, now): (Timestamp, Timestamp), (top, bottom): (f64, f64)) {
        let tone = if self.candle % 200 == 0 { Tone::Bullish } else { Tone::Bearish };
        let text = format!("OB {}", self.candle);
        let zone = Zone { from, known_at: now, until: None, top, bottom, tone, text: text.clone() };
        let number = self.output.zone(zone);
        if let Some(number) = number.filter(|_| tone == Tone::Bearish) {
            self.output.end_zone(number, now.plus_millis(HOUR));
        }
        self.output.label(Label { time: now, price: top, tone: Tone::Neutral, text });
        self.output.log(now, format!("zone {top} to {bottom}"));
    }
}

impl Strategy for Sketcher {
    fn on_candle(&mut self, context: &Context<'_>, intents: &mut Vec<Intent>) {
        let Some(candles) = context.just_closed(Role::Ltf) else { return };
        let row = candles.len() - 1;
        let (high, low) = (candles.high()[row], candles.low()[row]);
        let now = context.now();
        self.output.plot("close", Pane::Price, (now, candles.close()[row]));
        self.output.plot("range", Pane::Own, (now, high - low));
        if self.candle % 100 == 0 {
            let from = Timestamp::from_millis(candles.open_times()[row]);
            self.mark((from, now), (high, low));
        }
        if self.candle == self.gives_up_at {
            intents.push(Intent::GiveUp("sketch.luau:12: no such zone".into()));
        }
        self.candle += 1;
    }

    fn take_output(&mut self) -> Output {
        std::mem::take(&mut self.output)
    }
}

fn sketcher(id: &'static str, gives_up_at: i64) -> Definition {
    let mut info = Registry::built_in().find("SMA_CROSS").unwrap().info.clone();
    (info.id, info.aliases, info.parameters) = (id.into(), Vec::new(), Vec::new());
    Definition::new(info, Source::built_in("sketcher"), move |_| {
        Ok(Box::new(Sketcher { candle: 0, gives_up_at, output: Output::default() }))
    })
}

async fn served() -> Served {
    let registry =
        Registry::built_in().with(sketcher("SKETCHER", i64::MAX)).with(sketcher("QUITTER", 450));
    let served = Served::with_strategies(tempfile::tempdir().unwrap(), registry).await;
    served.upload_candles().await;
    served
}

/// 960 candles of a quarter of an hour: ten zones, labels and log lines.
async fn sketched(served: &Served) -> String {
    let result = served.run(&changed(&json!({ "strategy": "SKETCHER" }))).await;
    let expected = json!({ "plots": 2, "zones": 10, "labels": 10, "log_lines": 10, "dropped": 0 });
    assert_eq!(result["output"], expected);
    format!("/backtests/{}", result["id"].as_str().unwrap())
}

fn length(value: &Value) -> usize {
    value.as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn drawings_of_a_span_are_read() {
    let served = served().await;
    let path = sketched(&served).await;
    let (status, all) = served.get(&format!("{path}/drawings")).await;
    assert_eq!(status, 200, "{all}");
    assert_eq!((&all["symbol"], &all["thinned"]), (&json!("TESTUSDT"), &json!(false)));
    assert_eq!((length(&all["zones"]), length(&all["labels"])), (10, 10));
    let [close, range] = &all["plots"].as_array().unwrap()[..] else { panic!("two plots: {all}") };
    assert_eq!((&close["name"], &close["pane"]), (&json!("close"), &json!("price")));
    assert_eq!((&range["name"], &range["pane"]), (&json!("range"), &json!("own")));
    assert_eq!((&close["sleeve"], &close["strategy"]), (&json!(0), &json!("SKETCHER")));
    assert_eq!((length(&close["time"]), length(&close["value"])), (960, 960));
    assert_eq!(close["time"][0], 1_704_067_200_000_i64 + HOUR / 4, "points stand at closes");
    let zone = &all["zones"][1];
    assert_eq!((&zone["tone"], &zone["text"]), (&json!("bearish"), &json!("OB 100")));
    let from = 1_704_067_200_000_i64 + 25 * HOUR;
    assert_eq!((&zone["from"], &zone["known_at"]), (&json!(from), &json!(from + HOUR / 4)));
    assert_eq!(zone["until"], from + HOUR / 4 + HOUR);
    assert!(zone["top"].as_f64().unwrap() > zone["bottom"].as_f64().unwrap());

    // From 2024-01-03 to 04: the bullish zones of before last on, the bearish ones have ended.
    let span = "from=2024-01-03&to=2024-01-04";
    let (_, part) = served.get(&format!("{path}/drawings?symbol=testusdt&{span}")).await;
    let texts: Vec<&Value> =
        part["zones"].as_array().unwrap().iter().map(|zone| &zone["text"]).collect();
    assert_eq!(texts, ["OB 0", "OB 200"]);
    assert_eq!(part["zones"][0]["until"], Value::Null);
    assert_eq!(length(&part["labels"]), 1);
    assert_eq!(part["plots"][0]["total_points"], 96);
}

#[tokio::test(flavor = "multi_thread")]
async fn plots_are_thinned_and_say_so() {
    let served = served().await;
    let path = sketched(&served).await;
    let (_, all) = served.get(&format!("{path}/drawings")).await;
    let (_, thin) = served.get(&format!("{path}/drawings?limit=100")).await;
    assert_eq!(thin["thinned"], true);
    assert_eq!((length(&thin["zones"]), length(&thin["labels"])), (10, 10), "these are complete");
    for (full, thin) in
        all["plots"].as_array().unwrap().iter().zip(thin["plots"].as_array().unwrap())
    {
        assert_eq!((&thin["thinned"], &thin["total_points"]), (&json!(true), &json!(960)));
        assert!(length(&thin["time"]) <= 100 && length(&thin["time"]) == length(&thin["value"]));
        let highest = |plot: &Value| {
            let values = plot["value"].as_array().unwrap().iter();
            values.map(|one| one.as_f64().unwrap()).fold(f64::NEG_INFINITY, f64::max)
        };
        assert!((highest(full) - highest(thin)).abs() < 1e-9);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_paged_also_after_a_restart() {
    let served = served().await;
    let path = sketched(&served).await;
    let (status, page) = served.get(&format!("{path}/log?page=2&size=4")).await;
    assert_eq!(status, 200, "{page}");
    assert_eq!(
        (&page["total"], &page["page"], &page["size"], &page["pages"]),
        (&json!(10), &json!(2), &json!(4), &json!(3))
    );
    let line = &page["items"][0];
    assert_eq!((&line["sleeve"], &line["strategy"]), (&json!(0), &json!("SKETCHER")));
    assert_eq!(
        (&line["symbol"], &line["time"]),
        (&json!("TESTUSDT"), &json!("2024-01-05T04:15:00Z"))
    );
    assert!(line["text"].as_str().unwrap().starts_with("zone "), "{line}");
    let (_, drawings) = served.get(&format!("{path}/drawings")).await;
    let served = Served::over(served.stop().await).await;
    assert_eq!(served.get(&format!("{path}/log?page=2&size=4")).await.1, page);
    assert_eq!(served.get(&format!("{path}/drawings/")).await.1, drawings);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_instrument_has_its_own_drawings_and_all_write_one_log() {
    let served = served().await;
    let candles = crate::support::candles("2024-01-01", "2024-01-11");
    served.upload("OTHERUSDT", "um", &crate::support::csv(&candles)).await;
    let request = json!({ "symbol": null, "strategy": null, "timeframes": null, "portfolio": [
        { "symbol": "TESTUSDT", "strategy": "SMA_CROSS", "timeframes": ["15m"] },
        { "symbol": "OTHERUSDT", "strategy": "SKETCHER", "timeframes": ["15m"] },
        { "symbol": "OTHERUSDT", "strategy": "QUITTER", "timeframes": ["15m"] },
    ] });
    let result = served.run(&changed(&request)).await;
    let path = format!("/backtests/{}", result["id"].as_str().unwrap());
    let (_, none) = served.get(&format!("{path}/drawings")).await;
    assert_eq!((length(&none["plots"]), length(&none["zones"])), (0, 0), "SMA_CROSS draws nothing");
    let (_, drawn) = served.get(&format!("{path}/drawings?symbol=otherusdt")).await;
    let sleeves: Vec<&Value> =
        drawn["plots"].as_array().unwrap().iter().map(|plot| &plot["sleeve"]).collect();
    assert_eq!(sleeves, [1, 1, 2, 2]);
    let (_, log) = served.get(&format!("{path}/log")).await;
    let order: Vec<&Value> =
        log["items"].as_array().unwrap().iter().take(4).map(|line| &line["sleeve"]).collect();
    assert_eq!(
        (&log["total"], order.as_slice()),
        (&json!(15), &[&json!(1), &json!(2), &json!(1), &json!(2)][..])
    );
    let stopped = result["notices"].as_array().unwrap().iter();
    let stopped: Vec<&Value> = stopped.filter(|one| one["code"] == "STRATEGY_STOPPED").collect();
    assert_eq!((stopped.len(), &stopped[0]["symbol"]), (1, &json!("OTHERUSDT")));
    assert!(stopped[0]["message"].as_str().unwrap().starts_with("sketch.luau:12: no such zone; "));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_shows_nothing_has_empty_answers() {
    let served = Served::with_candles().await;
    let result = served.run(&changed(&json!({}))).await;
    let path = format!("/backtests/{}", result["id"].as_str().unwrap());
    let (status, drawings) = served.get(&format!("{path}/drawings")).await;
    let nothing = json!({ "symbol": "TESTUSDT", "plots": [], "zones": [], "labels": [],
        "thinned": false, "dropped": 0 });
    assert_eq!((status, drawings), (200, nothing));
    let (status, log) = served.get(&format!("{path}/log")).await;
    let nothing = json!({ "items": [], "total": 0, "page": 1, "size": 50, "pages": 0 });
    assert_eq!((status, log), (200, nothing));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_questions_are_refused() {
    let served = Served::with_candles().await;
    let result = served.run(&changed(&json!({}))).await;
    let path = format!("/backtests/{}", result["id"].as_str().unwrap());
    for (question, fields) in [
        ("drawings?limit=9&from=never", 2),
        ("drawings?limit=100001", 1),
        ("drawings?symbol=ELSEUSDT", 1),
        ("log?page=0&size=10001", 2),
    ] {
        let (status, wrong) = served.get(&format!("{path}/{question}")).await;
        assert_eq!(status, 422, "{question}: {wrong}");
        assert_eq!(wrong["detail"].as_array().unwrap().len(), fields, "{wrong}");
        assert_eq!(wrong["detail"][0]["loc"][0], "query");
    }
    for route in ["drawings", "log"] {
        let (status, wrong) = served.get(&format!("/backtests/none/{route}")).await;
        assert_eq!((status, &wrong["error_code"]), (404, &json!("NOT_FOUND")));
    }
}
