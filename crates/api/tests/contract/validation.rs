//! Every way to be refused, with a clear reason.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Served, answer, candles, changed, csv, sma_cross};

fn fields(body: &Value) -> Vec<String> {
    let location = |entry: &Value| {
        let parts: Vec<_> =
            entry["loc"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
        parts.join(".")
    };
    body["detail"].as_array().unwrap().iter().map(location).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_field_has_its_entry() {
    let served = Served::with_candles().await;
    let cases = [
        (json!({ "symbol": null }), "body.symbol"),
        (json!({ "symbol": "BTC/USDT" }), "body.symbol"),
        (json!({ "symbol": 7 }), "body.symbol"),
        (json!({ "pair": "TESTUSDT" }), "body.symbol"),
        (json!({ "symbol": null, "pairs": [] }), "body.pairs"),
        (json!({ "symbol": null, "pairs": ["A", "a"] }), "body.pairs"),
        (json!({ "symbol": null, "symbols": ["TESTUSDT", "B/C"] }), "body.symbols.1"),
        (json!({ "symbols": ["TESTUSDT"] }), "body.symbol"),
        (json!({ "portfolio": [{ "symbol": "TESTUSDT" }] }), "body.portfolio"),
        (json!({ "symbol": null, "portfolio": [] }), "body.portfolio"),
        (json!({ "symbol": null, "portfolio": [{}] }), "body.portfolio.0.symbol"),
        (
            json!({ "symbol": null, "portfolio": [{ "symbol": "A" }, { "symbol": "B", "speed": 1 }] }),
            "body.portfolio.1.speed",
        ),
        (
            json!({ "symbol": null, "portfolio": [{ "symbol": "A", "parameters": { "fast": 0 } }] }),
            "body.portfolio.0.parameters.fast",
        ),
        (
            json!({ "symbol": null, "portfolio": [{ "symbol": "A", "timeframes": ["7m"] }] }),
            "body.portfolio.0.timeframes",
        ),
        (json!({ "fee_tier": "vip10" }), "body.fee_tier"),
        (json!({ "fee_tier": "vip0", "commission": 0.001 }), "body.fee_tier"),
        (json!({ "maker_commission": -0.1 }), "body.maker_commission"),
        (
            json!({ "slippage": 0, "slippage_model": { "spread": 0, "impact": 0 } }),
            "body.slippage_model",
        ),
        (json!({ "slippage_model": { "spread": 0 } }), "body.slippage_model.impact"),
        (json!({ "fill_time": "yesterday" }), "body.fill_time"),
        (json!({ "intrabar_policy": "hopeful" }), "body.intrabar_policy"),
        (json!({ "limit_fill": "near" }), "body.limit_fill"),
        (json!({ "participation_max": 0 }), "body.participation_max"),
        (json!({ "latency": { "orders_ms": -1 } }), "body.latency.orders_ms"),
        (json!({ "latency": { "orders_ms": 5 }, "fill_time": "this_close" }), "body.latency"),
        (json!({ "seed": -1 }), "body.seed"),
        (json!({ "seed": 9_007_199_254_740_992_u64 }), "body.seed"),
        (json!({ "seed": 1, "random_seed": 1 }), "body.random_seed"),
        (json!({ "margin_mode": "crossed" }), "body.margin_mode"),
        (json!({ "position_mode": "both" }), "body.position_mode"),
        (json!({ "brackets": [] }), "body.brackets"),
        (
            json!({ "brackets": [{ "cap": 0, "maintenance_rate": 0.01, "leverage_max": 5 }] }),
            "body.brackets.0.cap",
        ),
        (json!({ "funding": "sometimes" }), "body.funding"),
        (json!({ "funding": { "interval_hours": 8 } }), "body.funding.rate"),
        (
            json!({ "funding": { "rate": 0.0001, "interval_hours": 5 } }),
            "body.funding.interval_hours",
        ),
        (json!({ "filters": "strict" }), "body.filters"),
        (
            json!({ "filters": { "step": 0.01, "min_quantity": 0.001 } }),
            "body.filters.min_quantity",
        ),
        (json!({ "risk": { "loss_daily_max": 1.5 } }), "body.risk.loss_daily_max"),
        (json!({ "risk": { "positions_max": 0 } }), "body.risk.positions_max"),
        (
            json!({ "risk": { "stop_cluster": { "stops": 3, "within_minutes": 60 } } }),
            "body.risk.stop_cluster.lock_minutes",
        ),
        (json!({ "risk": { "on_breach": "panic" } }), "body.risk.on_breach"),
        (json!({ "risk": { "hope": 1 } }), "body.risk.hope"),
        (json!({ "checks": { "truncation": "yes" } }), "body.checks.truncation"),
        (json!({ "strategy": null }), "body.strategy"),
        (json!({ "strategy": " " }), "body.strategy"),
        (json!({ "start_date": "yesterday" }), "body.start_date"),
        (json!({ "end_date": "2023-12-31" }), "body.end_date"),
        (json!({ "end_date": "2024-01-01T00:00:00Z" }), "body.end_date"),
        (json!({ "timeframes": null }), "body.timeframes"),
        (json!({ "timeframes": [] }), "body.timeframes"),
        (json!({ "timeframes": ["15m", "15m"] }), "body.timeframes"),
        (json!({ "timeframes": ["7m"] }), "body.timeframes"),
        (json!({ "timeframes": "15m" }), "body.timeframes"),
        (json!({ "timeframe": "15m" }), "body.timeframe"),
        (json!({ "tf_roles": { "15m": "LTF", "1h": "HTF" } }), "body.tf_roles.1h"),
        (json!({ "tf_roles": { "15m": "MTF" } }), "body.tf_roles.15m"),
        (json!({ "timeframes": ["15m", "1h"], "tf_roles": { "1h": "HTF" } }), "body.tf_roles.15m"),
        (json!({ "initial_balance": 0 }), "body.initial_balance"),
        (json!({ "initial_balance": "much" }), "body.initial_balance"),
        (json!({ "initial_balance": 1, "initial_capital": 1 }), "body.initial_capital"),
        (json!({ "commission": -0.001 }), "body.commission"),
        (json!({ "commission": 0.1 }), "body.commission"),
        (json!({ "commission": true }), "body.commission"),
        (json!({ "commission": "0.0000000000001" }), "body.commission"),
        (json!({ "slippage": 1 }), "body.slippage"),
        (json!({ "leverage": 0.5 }), "body.leverage"),
        (json!({ "leverage": 126 }), "body.leverage"),
        (json!({ "risk_per_trade": 0 }), "body.risk_per_trade"),
        (json!({ "risk_per_trade": 100.1 }), "body.risk_per_trade"),
        (
            json!({ "strategy": "SIMPLE_TEST", "risk_per_trade": 1, "parameters": { "risk_per_trade": 0.01 } }),
            "body.risk_per_trade",
        ),
        (
            json!({ "timeframes": ["15m", "1h"], "tf_roles": { "15m": "HTF", "1h": "LTF" } }),
            "body.tf_roles.15m",
        ),
        (json!({ "parameters": { "speed": 1 } }), "body.parameters.speed"),
        (json!({ "parameters": { "fast": 0 } }), "body.parameters.fast"),
        (json!({ "parameters": { "fast": "x" } }), "body.parameters.fast"),
        (json!({ "parameters": [] }), "body.parameters"),
        (json!({ "market": "moon" }), "body.market"),
        (json!({ "gap_policy": "ignore" }), "body.gap_policy"),
        (json!({ "intrabar_policy": "random" }), "body.intrabar_policy"),
        (json!({ "sybmol": "TESTUSDT" }), "body.sybmol"),
    ];
    for (change, expected) in cases {
        let (status, body) = served.post("/backtests/", &changed(&change)).await;
        assert_eq!(status, 422, "{change}: {body}");
        assert!(fields(&body).contains(&expected.to_owned()), "{change}: {body}");
        assert_eq!(fields(&body).len(), 1, "{change}: {body}");
        assert!(
            body["detail"][0]["msg"].as_str().unwrap().len() > 5
                && body["detail"][0]["type"].is_string()
        );
        assert_eq!(body["error_code"], "VALIDATION_ERROR");
    }
    assert_eq!(served.get("/backtests").await.1["total"], 0, "nothing of it was started");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_wrong_fields_are_named_at_once() {
    let served = Served::empty().await;
    let (status, body) = served
        .post(
            "/backtests",
            &json!({ "start_date": 5, "commission": [], "leverage": 1000, "timeframes": ["1h", "zz"], "typo": 1 }),
        )
        .await;
    assert_eq!(status, 422);
    let mut found = fields(&body);
    found.sort();
    let expected = [
        "commission",
        "end_date",
        "leverage",
        "start_date",
        "strategy",
        "symbol",
        "timeframes",
        "typo",
    ];
    assert_eq!(found, expected.map(|field| format!("body.{field}")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_json_object_is_refused() {
    let served = Served::empty().await;
    for body in ["", "{", "[]", "7", "{\"commission\": NaN}", "null", "\u{fffd}"] {
        let request = served
            .request(Method::POST, "/api/v1/backtests/")
            .header("content-type", "application/json");
        let (status, answer) = answer(request.body(body)).await;
        assert_eq!(status, 422, "{body}: {answer}");
        assert_eq!(answer["detail"][0]["loc"], json!(["body"]), "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_have_a_type_and_a_size() {
    let served = Served::empty().await;
    let post = || served.request(Method::POST, "/api/v1/backtests/");
    let (status, body) = answer(post().body("{}")).await;
    assert_eq!((status, &body["error_code"]), (415, &json!("UNSUPPORTED_MEDIA_TYPE")));
    let (status, _) = answer(post().header("content-type", "text/plain").body("{}")).await;
    assert_eq!(status, 415);
    let large = format!("{{\"symbol\":\"{}\"}}", "A".repeat(1024 * 1024));
    let (status, body) =
        answer(post().header("content-type", "application/json").body(large)).await;
    assert_eq!((status, &body["error_code"]), (413, &json!("TOO_LARGE")));
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_things_are_404_and_wrong_methods_405() {
    let served = Served::empty().await;
    for path in [
        "/nothing",
        "/backtests/7b0d8a1e-0000-4000-8000-000000000000",
        "/backtests/no-uuid",
        "/backtests/7/status",
        "/backtests/7/trades",
        "/backtests/7/equity",
        "/strategies/MAGIC",
        "/market/imports/7",
    ] {
        let (status, body) = served.get(path).await;
        assert_eq!((status, &body["error_code"]), (404, &json!("NOT_FOUND")), "{path}");
        assert!(body["detail"].is_string() && body["correlation_id"].is_string(), "{body}");
    }
    for (method, path) in [
        (Method::PUT, "/backtests/"),
        (Method::POST, "/strategies"),
        (Method::DELETE, "/status/health"),
    ] {
        let (status, body) = answer(served.request(method, &format!("/api/v1{path}"))).await;
        assert_eq!((status, &body["error_code"]), (405, &json!("METHOD_NOT_ALLOWED")), "{path}");
    }
    assert_eq!(served.post("/backtests/7/cancel", &json!({})).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_do_not_fit_are_refused_with_reasons() {
    let served = Served::with_candles().await;
    let cases = [
        (json!({ "strategy": "MAGIC" }), "UNKNOWN_STRATEGY", "SIMPLE_TEST"),
        (json!({ "symbol": "NOPEUSDT" }), "UNKNOWN_SYMBOL", "TESTUSDT"),
        (json!({ "market": "spot" }), "UNKNOWN_SYMBOL", "um 1m from 2024-01-01"),
        (
            json!({ "start_date": "2030-01-01", "end_date": "2030-02-01" }),
            "NO_DATA",
            "um 1m from 2024-01-01",
        ),
        (json!({ "tf_roles": { "15m": "HTF" } }), "ROLE_MISSING", "LTF"),
        (
            json!({ "strategy": "SIMPLE_TEST", "timeframes": ["1d"] }),
            "ROLE_OUT_OF_RANGE",
            "1m to 1h as LTF, was 1d",
        ),
        (
            json!({ "end_date": "2024-02-01", "gap_policy": "refuse" }),
            "DATA_GAP",
            "covers only 2024-01-01T00:00:00Z to 2024-01-11T00:00:00Z",
        ),
    ];
    for (change, code, reason) in cases {
        let (status, body) = served.post("/backtests/", &changed(&change)).await;
        assert_eq!((status, &body["error_code"]), (400, &json!(code)), "{change}: {body}");
        assert!(body["detail"]["message"].as_str().unwrap().contains(reason), "{change}: {body}");
        assert!(
            !body["detail"]["errors"].as_array().unwrap().is_empty()
                && body["detail"]["warnings"].is_array()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gaps_are_listed_or_refused_as_asked() {
    let served = Served::empty().await;
    let whole = csv(&candles("2024-01-01", "2024-01-03"));
    let gap: String = whole
        .lines()
        .enumerate()
        .filter(|(row, _)| !(600..680).contains(row))
        .map(|(_, line)| format!("{line}\n"))
        .collect();
    let job = served.upload("TESTUSDT", "um", &gap).await;
    assert_eq!(job["files"][0]["gap_count"], 1, "{job}");
    let body = changed(&json!({ "end_date": "2024-01-03" }));
    let result = served.run(&body).await;
    assert_eq!(result["gap_count"], 1);
    assert_eq!(
        result["gaps"],
        json!([{ "symbol": "TESTUSDT", "timeframe": "1m", "from": "2024-01-01T10:00:00Z", "to": "2024-01-01T11:20:00Z", "missing_candles": 80 }])
    );
    assert!(
        result["warnings"].as_array().unwrap().iter().any(|one| one["code"] == "DATA_GAPS"),
        "{result}"
    );
    let refuse = |start: &str| {
        changed(&json!({ "start_date": start, "end_date": "2024-01-03", "gap_policy": "refuse" }))
    };
    let (status, answer) = served.post("/backtests/", &refuse("2024-01-01")).await;
    assert_eq!((status, &answer["error_code"]), (400, &json!("DATA_GAP")));
    assert!(
        answer["detail"]["message"].as_str().unwrap().contains("80 1m candles are missing"),
        "{answer}"
    );
    assert_eq!(
        served.post("/backtests/", &refuse("2024-01-02")).await.0,
        200,
        "outside the gap nothing is missing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn short_timeframes_cannot_be_made_of_long_ones() {
    let served = Served::empty().await;
    let hours =
        market::aggregate(&candles("2024-01-01", "2024-01-05"), domain::Timeframe::H1).unwrap();
    served.upload("TESTUSDT", "um", &csv(&hours)).await;
    let (status, body) = served.post("/backtests/", &sma_cross()).await;
    assert_eq!((status, &body["error_code"]), (400, &json!("TIMEFRAME_NOT_AVAILABLE")), "{body}");
    assert!(body["detail"]["message"].as_str().unwrap().contains("um 1h from"), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn spot_candles_stand_in_with_a_warning() {
    let served = Served::empty().await;
    served.upload("TESTUSDT", "spot", &csv(&candles("2024-01-01", "2024-01-03"))).await;
    let result = served.run(&changed(&json!({ "end_date": "2024-01-03" }))).await;
    assert_eq!(result["market"], "spot");
    assert_eq!(result["warnings"][0]["code"], "SPOT_DATA");
    let result = served.run(&changed(&json!({ "end_date": "2024-01-05" }))).await;
    assert!(
        result["warnings"].as_array().unwrap().iter().any(|one| one["code"] == "DATA_RANGE"),
        "{result}"
    );
}

fn codes(result: &Value) -> Vec<&str> {
    let warnings = result["warnings"].as_array().unwrap();
    warnings.iter().map(|one| one["code"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_effect_is_said() {
    let served = Served::with_candles().await;
    let assumed = ["FUNDING_ASSUMED", "FILTERS_UNKNOWN", "BRACKETS_ASSUMED", "MARK_FROM_LAST"];
    let plain = served.run(&sma_cross()).await;
    assert_eq!(codes(&plain), assumed, "{plain}");
    let result = served
        .run(&changed(&json!({
            "risk_per_trade": 1, "end_date": "2024-01-05T00:10:00Z",
            "timeframes": ["15m", "1h"], "tf_roles": { "15m": "LTF", "1h": "HTF" },
        })))
        .await;
    let expected = [&assumed[..], &["LAST_CANDLE_AFTER_END", "RISK_NOT_USED", "ROLE_NOT_USED"]];
    assert_eq!(codes(&result), expected.concat(), "{result}");
    let late = result["warnings"][4]["message"].as_str().unwrap();
    assert!(late.contains("closes at 2024-01-05T00:15:00Z"), "{late}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_result_shows_the_risk_that_was_used() {
    let served = Served::with_candles().await;
    let result =
        served.run(&changed(&json!({ "strategy": "SIMPLE_TEST", "risk_per_trade": 15 }))).await;
    assert_eq!(
        (&result["risk_per_trade"], &result["parameters"]["risk_per_trade"]),
        (&json!(15), &json!(0.15)),
        "{result}"
    );
    assert!(!codes(&result).contains(&"RISK_NOT_USED"));
}

#[tokio::test(flavor = "multi_thread")]
async fn query_parameters_are_checked() {
    let served = Served::empty().await;
    let (status, body) = served.get("/backtests/?page=0&size=1001&status=sleeping").await;
    assert_eq!(status, 422);
    assert_eq!(fields(&body), ["query.status", "query.page", "query.size"]);
    let (status, body) = served.post("/backtests/?wait_ms=60001", &sma_cross()).await;
    assert_eq!((status, fields(&body)), (422, vec!["query.wait_ms".to_owned()]));
}
