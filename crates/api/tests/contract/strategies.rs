//! What can be run, and what cannot with the reason.

use std::fs;

use desk::strategies::{FOLDER, template};
use serde_json::{Value, json};

use crate::support::{Served, changed};

fn named<'a>(list: &'a Value, name: &str) -> &'a Value {
    let found = list.as_array().unwrap().iter().find(|one| one["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {list}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_strategy_is_listed_with_what_a_form_needs() {
    let served = Served::empty().await;
    let (_, list) = served.get("/strategies/").await;
    let names: Vec<&str> =
        list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    let expected = [
        "SIMPLE_TEST",
        "SMC",
        "SMA_CROSS",
        "EMA_TREND",
        "DONCHIAN_BREAKOUT",
        "BOLLINGER_SQUEEZE",
        "RSI_REVERSION",
        "GRID",
        "DCA",
        "FUNDING_CARRY",
    ];
    assert_eq!(names, expected);
    let smc = named(&list, "SMC");
    assert_eq!(smc["required_roles"], json!(["HTF", "LTF"]));
    assert_eq!(
        (&smc["built_in"], &smc["file"], &smc["error"]),
        (&json!(true), &Value::Null, &Value::Null)
    );
    let hashes: std::collections::BTreeSet<&str> =
        list.as_array().unwrap().iter().map(|one| one["hash"].as_str().unwrap()).collect();
    assert_eq!(hashes.len(), expected.len(), "each text has a hash of its own");
    assert!(hashes.iter().all(|hash| hash.len() == 64));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_runs_like_any_other_and_a_broken_one_is_listed_with_its_place() {
    let served = Served::with_candles().await;
    let folder = served.dir.path().join(FOLDER);
    fs::write(folder.join("mine.luau"), template("it.luau", "MINE")).unwrap();
    fs::write(folder.join("broken.luau"), "strategy { id = \"B\" }\nlocal x = = 3\n").unwrap();
    let (_, list) = served.get("/strategies").await;
    let mine = named(&list, "MINE");
    assert_eq!(
        (&mine["is_active"], &mine["built_in"], &mine["file"]),
        (&json!(true), &json!(false), &json!("mine.luau"))
    );
    let parameters: Vec<&Value> =
        mine["parameters"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(parameters, ["length", "risk"]);
    let broken = named(&list, "broken.luau");
    assert_eq!(broken["is_active"], false);
    assert!(broken["error"].as_str().unwrap().starts_with("broken.luau:2:"), "{broken}");
    let (status, one) = served.get("/strategies/broken.luau").await;
    assert_eq!((status, &one["error"]), (200, &broken["error"]));

    let result = served.run(&changed(&json!({ "strategy": "mine" }))).await;
    assert_eq!(
        (&result["strategy"], &result["strategy_version"]),
        (&json!("MINE"), &json!("0.1.0"))
    );
    assert!(result["total_trades"].as_u64().unwrap() > 0, "{result}");
    assert!(result["output"]["plots"].as_u64().unwrap() == 1, "{result}");
    let capsule = format!("/backtests/{}/capsule", result["id"].as_str().unwrap());
    let (_, capsule) = served.get(&capsule).await;
    assert_eq!(capsule["strategies"][0]["file"]["text"], template("it.luau", "MINE"));

    let (status, refused) = served.post("/backtests/", &changed(&json!({ "strategy": "B" }))).await;
    assert_eq!((status, &refused["error_code"]), (400, &json!("UNKNOWN_STRATEGY")));
}
