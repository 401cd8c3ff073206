//! The capsule of a run, verified here and elsewhere.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Served, answer, candles, changed, csv};

/// The capsule of a run as its text.
async fn capsule(served: &Served, request: &Value) -> String {
    let result = served.run(request).await;
    let path = format!("/api/v1/backtests/{}/capsule", result["id"].as_str().unwrap());
    let response = served.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 200);
    response.text().await.unwrap()
}

async fn verify(served: &Served, capsule: &str) -> (u16, Value) {
    let request = served.request(Method::POST, "/api/v1/backtests/verify");
    let request = request.header("content-type", "application/json");
    answer(request.body(capsule.to_owned())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_reproduced_in_another_folder() {
    let served = Served::with_candles().await;
    let request = changed(&json!({
        "symbol": null, "symbols": ["TESTUSDT"], "intrabar_policy": "drill",
        "risk": { "positions_max": 3 }, "latency": { "orders_ms": 300, "jitter_ms": 100 }, "seed": 9,
    }));
    let capsule = capsule(&served, &request).await;
    let (status, here) = verify(&served, &capsule).await;
    assert_eq!((status, &here["identical"]), (200, &json!(true)), "{here}");
    assert_eq!(here["notes"], json!([]));
    let elsewhere = Served::with_candles().await;
    let (_, there) = verify(&elsewhere, &capsule).await;
    assert_eq!((&there["reproduced"], &there["differences"]), (&json!(true), &json!([])));
    assert_eq!(there["symbols"], json!(["TESTUSDT"]));
    let list = served.get("/backtests").await.1;
    assert_eq!(list["total"], 1, "verifying stores nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_differs_is_named() {
    let served = Served::with_candles().await;
    let capsule = capsule(&served, &changed(&json!({ "end_date": "2024-01-03" }))).await;
    let other = Served::empty().await;
    let (status, refused) = verify(&other, &capsule).await;
    assert_eq!((status, &refused["error_code"]), (400, &json!("UNKNOWN_SYMBOL")), "{refused}");
    let text = csv(&candles("2024-01-01", "2024-01-03"));
    // The last minute of a quarter of an hour: its close is that of the candle that was run on.
    let line = text.lines().nth(704).unwrap();
    let mut cells: Vec<&str> = line.split(',').collect();
    for price in 2..5 {
        cells[price] = cells[1];
    }
    other.upload("TESTUSDT", "um", &text.replace(line, &cells.join(","))).await;
    let (_, verdict) = verify(&other, &capsule).await;
    let parts: Vec<&str> = verdict["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["part"].as_str().unwrap())
        .collect();
    assert_eq!(verdict["identical"], false);
    assert!(parts.contains(&"data"), "{verdict}");
    assert!(!parts.contains(&"setting") && !parts.contains(&"engine"), "{verdict}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_capsule_is_refused_with_its_reason() {
    let served = Served::with_candles().await;
    let capsule = capsule(&served, &changed(&json!({ "end_date": "2024-01-03" }))).await;
    let tampered = capsule.replacen("SMA_CROSS", "SMA_CRUST", 1);
    for (text, reason) in [
        ("{}", "JSON of another kind"),
        (&capsule[..capsule.len() / 2], "ends too early"),
        (tampered.as_str(), "changed after it had been written"),
    ] {
        let (status, body) = verify(&served, text).await;
        assert_eq!(status, 422, "{body}");
        assert!(body["detail"][0]["msg"].as_str().unwrap().contains(reason), "{body}");
    }
    assert_eq!(served.get("/backtests/7/capsule").await.0, 404);
}
