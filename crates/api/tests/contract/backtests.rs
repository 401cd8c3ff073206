//! Running, listing, reading and deleting backtests.

use serde_json::{Value, json};

use crate::support::{LONG, Served, changed, sma_cross};

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_request_trades_on_the_demo_data() {
    let served = Served::empty().await;
    for import in served.desk.ensure_demo_data().unwrap() {
        let job = served.import_ended(&import).await;
        assert_eq!(job["status"], "completed", "{job}");
    }
    let result = served
        .run(&json!({
            "symbol": "BTCUSDT", "strategy": "SIMPLE_TEST",
            "start_date": "2024-01-01T00:00:00Z", "end_date": "2024-01-07T00:00:00Z",
            "timeframes": ["1h", "4h"], "tf_roles": { "1h": "LTF", "4h": "HTF" },
            "initial_balance": 10000, "commission": 0.001,
        }))
        .await;
    assert!(result["total_trades"].as_u64().unwrap() > 0, "{result}");
    assert_eq!(result["market"], "demo");
    assert_eq!(result["synthetic"], true);
    assert_eq!(result["warnings"][0]["code"], "SYNTHETIC_DATA");
    assert!(served.desk.ensure_demo_data().unwrap().is_empty(), "demo data are made once");
    let (_, health) = served.get("/status/health").await;
    assert_eq!(health["data_synthetic_only"], true);
}

fn number(value: &Value) -> domain::Decimal {
    value.to_string().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_add_up() {
    let served = Served::with_candles().await;
    let result = served.run(&sma_cross()).await;
    let id = result["id"].as_str().unwrap();
    let (_, page) = served.get(&format!("/backtests/{id}/trades?size=50000")).await;
    let trades = page["items"].as_array().unwrap();
    assert_eq!(trades.len() as u64, result["total_trades"].as_u64().unwrap());
    assert!(trades.len() > 10);
    let net: domain::Decimal = trades.iter().map(|trade| number(&trade["pnl_comm"])).sum();
    let (initial, last) = (number(&result["initial_balance"]), number(&result["final_balance"]));
    assert!((last - initial - net).abs() < "0.000001".parse().unwrap(), "{last} {initial} {net}");
    let wins =
        trades.iter().filter(|trade| number(&trade["pnl_comm"]) > domain::Decimal::ZERO).count();
    assert_eq!(wins as u64, result["winning_trades"].as_u64().unwrap());
    assert_eq!(result["fill_time"], "next_open");
    assert_eq!(result["random_seed"], 0);
    assert_eq!(result["parameters"]["fast"], 10);
    assert!(
        result["metrics"].as_array().unwrap().iter().all(|metric| metric["definition"].is_string())
    );
    assert_eq!(result["timing"]["bars"], 960);
    assert_eq!(result["first_candle"], "2024-01-01T00:00:00Z");
    assert_eq!(result["last_candle"], "2024-01-10T23:45:00Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn exact_digits_are_on_the_wire() {
    let served = Served::with_candles().await;
    let body =
        changed(&json!({ "commission": "0.00040001", "initial_balance": "12345678901.23456789" }));
    let answer = served
        .request(reqwest::Method::POST, "/api/v1/backtests")
        .json(&body)
        .send()
        .await
        .unwrap();
    let text = answer.text().await.unwrap();
    assert!(text.contains(r#""commission":0.00040001,"#), "{text}");
    assert!(text.contains(r#""initial_balance":12345678901.23456789,"#), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn legacy_spellings_give_the_same_result() {
    let served = Served::with_candles().await;
    let modern = served.run(&changed(&json!({ "initial_balance": 5000 }))).await;
    let legacy =
        json!({ "symbol": null, "timeframes": null, "timeframe": "15m", "initial_capital": 5000 });
    for spelling in [json!({ "pair": "testusdt" }), json!({ "pairs": ["TESTUSDT"] })] {
        let mut body = changed(&legacy);
        body.as_object_mut().unwrap().extend(spelling.as_object().unwrap().clone());
        let result = served.run(&body).await;
        assert_eq!(result["final_balance"], modern["final_balance"]);
        assert_eq!(result["initial_balance"], 5000);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_is_the_result_also_after_a_restart() {
    let served = Served::with_candles().await;
    let result = served.run(&sma_cross()).await;
    let path = format!("/backtests/{}", result["id"].as_str().unwrap());
    assert_eq!(served.get(&path).await, (200, result.clone()));
    let (_, trades) = served.get(&format!("{path}/trades")).await;
    let (_, equity) = served.get(&format!("{path}/equity?full=true")).await;
    let served = Served::over(served.stop().await).await;
    assert_eq!(served.get(&path).await, (200, result));
    assert_eq!(served.get(&format!("{path}/trades")).await.1, trades);
    assert_eq!(served.get(&format!("{path}/equity?full=true")).await.1, equity);
    assert_eq!(served.get(&format!("{path}/status")).await.1["fraction"], 1.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_paged_filtered_and_newest_first() {
    let served = Served::with_candles().await;
    let mut ids = Vec::new();
    for strategy in ["SMA_CROSS", "simple_test", "SmaCrossStrategy"] {
        ids.push(served.run(&changed(&json!({ "strategy": strategy }))).await["id"].clone());
    }
    for path in ["/backtests", "/backtests/"] {
        let (status, page) = served.get(path).await;
        assert_eq!(status, 200);
        assert_eq!(page["total"], 3);
        let listed: Vec<_> =
            page["items"].as_array().unwrap().iter().map(|run| run["id"].clone()).collect();
        assert_eq!(listed, ids.iter().rev().cloned().collect::<Vec<_>>());
    }
    let (_, page) = served.get("/backtests/?page=2&size=2").await;
    assert_eq!((&page["pages"], page["items"].as_array().unwrap().len()), (&json!(2), 1));
    for (filter, total) in [
        ("strategy=sma_cross", 2),
        ("strategy=SimpleTestStrategy", 1),
        ("symbol=testusdt", 3),
        ("pair=OTHER", 0),
        ("status=completed", 3),
        ("status=failed", 0),
    ] {
        assert_eq!(
            served.get(&format!("/backtests/?{filter}")).await.1["total"],
            total,
            "{filter}"
        );
    }
    let (_, page) = served.get("/backtests/?size=1").await;
    assert_eq!(page["items"][0]["error"], Value::Null);
    assert_eq!(page["items"][0]["progress"], 1.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn trades_are_paged_sorted_and_cut() {
    let served = Served::with_candles().await;
    let result = served.run(&sma_cross()).await;
    let path = format!("/backtests/{}/trades", result["id"].as_str().unwrap());
    let (_, all) = served.get(&format!("{path}?size=50000")).await;
    let all = all["items"].as_array().unwrap();
    let (_, second) = served.get(&format!("{path}?page=2&size=5")).await;
    assert_eq!(second["items"].as_array().unwrap()[..], all[5..10]);
    let (_, sorted) = served.get(&format!("{path}?size=50000&sort=pnl_comm&order=desc")).await;
    let nets: Vec<_> = sorted["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|trade| number(&trade["pnl_comm"]))
        .collect();
    assert!(nets.is_sorted_by(|left, right| left >= right));
    let (_, cut) = served.get(&format!("{path}?from=2024-01-03&to=2024-01-04&size=50000")).await;
    let cut = cut["items"].as_array().unwrap();
    assert!(!cut.is_empty() && cut.len() < all.len());
    assert!(cut.iter().all(|trade| trade["entry_date"].as_str().unwrap() < "2024-01-04"));
    let (status, wrong) = served.get(&format!("{path}?sort=mood&order=up&size=0&from=never")).await;
    assert_eq!(status, 422);
    assert_eq!(wrong["detail"].as_array().unwrap().len(), 4, "{wrong}");
}

#[tokio::test(flavor = "multi_thread")]
async fn equity_is_thinned_without_losing_extremes() {
    let served = Served::with_candles().await;
    let result = served.run(&changed(&json!({ "timeframes": ["1m"] }))).await;
    let path = format!("/backtests/{}/equity", result["id"].as_str().unwrap());
    let (_, full) = served.get(&format!("{path}?full=true")).await;
    let (_, thin) = served.get(&format!("{path}?points=200")).await;
    assert_eq!(full["total_points"], 14_400);
    assert_eq!(full["downsampled"], false);
    assert_eq!(thin["downsampled"], true);
    assert!(thin["time"].as_array().unwrap().len() <= 200);
    let lowest = |curve: &Value| {
        curve["equity"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one.as_f64().unwrap())
            .fold(f64::INFINITY, f64::min)
    };
    assert!((lowest(&full) - lowest(&thin)).abs() < 1e-9);
    assert_eq!(
        full["time"][0], 1_704_067_260_000_i64,
        "the first point is the close of the first candle"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_can_be_deleted() {
    let served = Served::with_candles().await;
    let first = served.run(&sma_cross()).await["id"].as_str().unwrap().to_owned();
    served.run(&sma_cross()).await;
    let (status, answer) = served.delete(&format!("/backtests/{first}")).await;
    assert_eq!((status, &answer["success"]), (200, &json!(true)));
    assert_eq!(served.get(&format!("/backtests/{first}")).await.0, 404);
    assert_eq!(served.delete(&format!("/backtests/{first}")).await.0, 404);
    let (_, answer) = served.delete("/backtests/").await;
    assert_eq!(answer["data"]["deleted"], 1);
    assert_eq!(served.get("/backtests").await.1["total"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_run_is_a_job_that_can_be_cancelled() {
    let served = Served::empty().await;
    let imports = served.desk.ensure_demo_data().unwrap();
    imports[1..].iter().for_each(|id| served.desk.imports().cancel(id).unwrap());
    served.import_ended(&imports[0]).await;
    // Eighteen months of minutes take far longer than the next request.
    let slow = json!({
        "symbol": "BTCUSDT", "strategy": "SMA_CROSS", "start_date": "2023-07-01", "end_date": "2025-01-01",
        "timeframes": ["1m"],
    });
    let mut jobs = Vec::new();
    for _ in 0..6 {
        let request =
            served.request(reqwest::Method::POST, "/api/v1/backtests/?wait_ms=0").json(&slow);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 202);
        let location = response.headers()["location"].to_str().unwrap().to_owned();
        jobs.push((location, response.json::<Value>().await.unwrap()));
    }
    let (location, job) = jobs.last().unwrap();
    let id = job["id"].as_str().unwrap();
    assert_eq!(location, &format!("/api/v1/backtests/{id}"));
    assert_eq!(job["location"], location.as_str());
    for _ in 0..2 {
        let (status, answer) = served.post(&format!("/backtests/{id}/cancel"), &json!({})).await;
        assert_eq!(
            (status, &answer["success"]),
            (200, &json!(true)),
            "cancelling twice is harmless"
        );
    }
    tokio::time::timeout(LONG, served.desk.backtests().wait(id)).await.unwrap();
    let (status, answer) = served.get(&format!("/backtests/{id}")).await;
    assert_eq!((status, &answer["error_code"]), (409, &json!("RUN_CANCELLED")), "{answer}");
    assert_eq!(served.get(&format!("/backtests/{id}/status")).await.1["status"], "cancelled");
    assert_eq!(served.get(&format!("/backtests/{id}/trades")).await.0, 409);
    let (_, answer) = served.delete("/backtests/").await;
    assert_eq!(answer["data"]["deleted"], 6, "those at work are deleted too");
    assert_eq!(served.get("/backtests").await.1["total"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn longer_timeframes_start_with_a_whole_candle() {
    let served = Served::with_candles().await;
    let body = changed(&json!({
        "start_date": "2024-01-02T01:30:00Z", "timeframes": ["15m", "4h"],
        "tf_roles": { "15m": "LTF", "4h": "HTF" },
    }));
    let result = served.run(&body).await;
    assert_eq!(result["first_candle"], "2024-01-02T01:30:00Z");
    assert_eq!(result["tf_roles"], json!({ "15m": "LTF", "4h": "HTF" }));
    assert_eq!(result["timeframes"], json!(["15m", "4h"]));
}
