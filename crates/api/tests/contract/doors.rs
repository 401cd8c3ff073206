//! What each door lets through, and what every answer carries.

use std::sync::Arc;

use api::Door;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Served, answer, candles, csv, sma_cross};

#[tokio::test(flavor = "multi_thread")]
async fn other_hosts_origins_and_sites_are_refused() {
    let served = Served::empty().await;
    let with = async |name: &str, value: &str| {
        let request = served.request(Method::GET, "/api/v1/status/health").header(name, value);
        let (status, body) = answer(request).await;
        (status, body["error_code"].as_str().unwrap_or_default().to_owned())
    };
    let own = format!("localhost:{}", served.port);
    assert_eq!(with("host", &own).await.0, 200);
    assert_eq!(with("origin", &format!("http://{own}")).await.0, 200);
    assert_eq!(with("sec-fetch-site", "same-origin").await.0, 200);
    assert_eq!(with("host", "evil.example").await, (403, "HOST_NOT_ALLOWED".to_owned()));
    assert_eq!(with("host", "localhost:1").await, (403, "HOST_NOT_ALLOWED".to_owned()));
    assert_eq!(with("origin", "http://evil.example").await, (403, "ORIGIN_NOT_ALLOWED".to_owned()));
    assert_eq!(with("sec-fetch-site", "cross-site").await, (403, "CROSS_SITE_REQUEST".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_its_correlation_id() {
    let served = Served::empty().await;
    let id = async |given: Option<&str>, path: &str| {
        let mut request = served.request(Method::GET, path);
        if let Some(given) = given {
            request = request.header("x-correlation-id", given);
        }
        let response = request.send().await.unwrap();
        response.headers()["x-correlation-id"].to_str().unwrap().to_owned()
    };
    assert_eq!(id(Some("my-run_7.a"), "/api/v1/status/health").await, "my-run_7.a");
    assert_eq!(id(Some("my-run_7.a"), "/api/v1/nothing").await, "my-run_7.a");
    for bad in ["", "a b", "a;b", &"x".repeat(65)] {
        let answered = id(Some(bad), "/api/v1/status/health").await;
        assert_eq!(answered.len(), 36, "{bad:?} is replaced, was {answered}");
    }
    let response = served.request(Method::GET, "/api/v1/nothing").send().await.unwrap();
    let header = response.headers()["x-correlation-id"].to_str().unwrap().to_owned();
    assert_eq!(response.json::<Value>().await.unwrap()["correlation_id"], header);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_invites_other_origins_and_pages_are_bound() {
    let served = Served::empty().await;
    for path in ["/", "/docs/", "/api/v1", "/openapi.json", "/nothing"] {
        let response = served.request(Method::GET, path).send().await.unwrap();
        let headers = response.headers();
        assert!(headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{path}");
        if response.status() == 200 {
            let policy = headers["content-security-policy"].to_str().unwrap();
            assert!(
                policy.contains("script-src 'self';") && !policy.contains("ipc:"),
                "{path}: {policy}"
            );
            assert_eq!(headers["x-content-type-options"], "nosniff");
        }
    }
}

/// `/api/v1` tells of every route, so that who begins there finds all of them.
#[tokio::test(flavor = "multi_thread")]
async fn every_documented_route_lies_in_a_group() {
    let served = Served::empty().await;
    let (_, index) = served.get("").await;
    let groups = index["groups"].as_object().unwrap();
    let groups: Vec<&str> = groups.values().map(|path| path.as_str().unwrap()).collect();
    let document: Value = serde_json::from_str(&api::openapi_json()).unwrap();
    for path in document["paths"].as_object().unwrap().keys().filter(|path| *path != "/api/v1") {
        assert!(groups.iter().any(|group| path.starts_with(*group)), "{path} is in no group");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documentation_and_short_addresses_work_offline() {
    let served = Served::empty().await;
    let (status, root) = answer(served.request(Method::GET, "/")).await;
    assert_eq!((status, &root["docs"]), (200, &json!("/docs")));
    let (status, page) = answer(served.request(Method::GET, "/docs")).await;
    assert!(status == 200 && page.as_str().unwrap().contains("Swagger UI"));
    let (_, script) = answer(served.request(Method::GET, "/docs/swagger-ui-bundle.js")).await;
    assert!(script.as_str().unwrap().len() > 100_000, "the interface is built in");
    let (status, document) = answer(served.request(Method::GET, "/openapi.json")).await;
    assert_eq!((status, &document["openapi"]), (200, &json!("3.1.0")));
    let (status, health) = answer(served.request(Method::GET, "/status/health")).await;
    assert_eq!(
        (status, &health["trading_mode"]),
        (200, &json!("simulation")),
        "307 leads to the health check"
    );
    let (_, groups) = served.get("/").await;
    assert_eq!(groups["groups"]["backtests"], "/api/v1/backtests/");
    let (_, info) = served.get("/status/info").await;
    assert!(info["sqlite_version"].as_str().unwrap().starts_with("3."));
    assert_eq!(info["data_dir"], served.dir.path().display().to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn strategies_are_listed_and_found() {
    let served = Served::empty().await;
    let (_, list) = served.get("/strategies").await;
    assert_eq!(served.get("/strategies/").await.1, list);
    let names: Vec<_> =
        list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"SIMPLE_TEST") && names.contains(&"SMA_CROSS"));
    let (status, one) = served.get("/strategies/SmaCrossStrategy").await;
    assert_eq!((status, &one["name"]), (200, &json!("SMA_CROSS")));
    let fast =
        one["parameters"].as_array().unwrap().iter().find(|spec| spec["name"] == "fast").unwrap();
    assert_eq!((&fast["kind"], &fast["default"]), (&json!("integer"), &json!(10)));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_window_may_name_local_paths() {
    let served = Served::empty().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("TESTUSDT-1m.csv"),
        csv(&candles("2024-01-01", "2024-01-11")),
    )
    .unwrap();
    let body = json!({ "paths": [folder.path()], "symbol": "TESTUSDT", "market": "um" });
    let (status, refused) = served.post("/market/imports", &body).await;
    assert_eq!((status, &refused["error_code"]), (403, &json!("LOCAL_PATHS_NOT_ALLOWED")));

    let window = api::router(Arc::clone(&served.desk), Door::Window, None);
    let ask = async |method: &str, path: &str, query: Option<&str>, body: Option<&Value>| {
        let answer = api::call(window.clone(), method, path, query, body).await;
        (answer.status, serde_json::from_str::<Value>(answer.body.get()).unwrap())
    };
    let (status, job) = ask("POST", "/api/v1/market/imports", None, Some(&body)).await;
    assert_eq!(status, 202, "{job}");
    let job = served.import_ended(job["id"].as_str().unwrap()).await;
    assert_eq!(
        (&job["status"], &job["files"][0]["rows"]),
        (&json!("completed"), &json!(14_400)),
        "{job}"
    );

    let (status, in_window) =
        ask("POST", "/api/v1/backtests/", Some("wait_ms=60000"), Some(&sma_cross())).await;
    assert_eq!(status, 200, "{in_window}");
    let over_http = served.run(&sma_cross()).await;
    for figure in
        ["final_balance", "total_return", "max_drawdown", "sharpe_ratio", "total_trades", "metrics"]
    {
        assert_eq!(in_window[figure], over_http[figure], "{figure}");
    }
    assert_eq!(ask("GET", "/docs/", None, None).await.0, 404);
    assert_eq!(ask("GET", "/api/v1/events", None, None).await.0, 406);
    assert_eq!(ask("GET", "/api/v1/back tests", None, None).await.0, 400);
    assert_eq!(ask("GET", "/api/v1/backtests", Some("size=1"), None).await.1["total"], 2);
    assert_eq!(ask("POST", "/api/v1/backtests/", None, None).await.0, 415);
}
