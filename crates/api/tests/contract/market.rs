//! Reading and deleting stored candles.

use serde_json::json;

use crate::support::Served;

#[tokio::test(flavor = "multi_thread")]
async fn coverage_tells_what_is_stored() {
    let served = Served::with_candles().await;
    let (_, coverage) = served.get("/market/coverage/").await;
    let series = &coverage[0];
    assert_eq!(
        (&series["symbol"], &series["timeframe"], &series["candles"]),
        (&json!("TESTUSDT"), &json!("1m"), &json!(14_400))
    );
    assert_eq!(
        series["months"],
        json!([{ "month": "2024-01", "candles": 14_400, "expected": 44_640 }])
    );
    assert_eq!((&series["synthetic"], &series["gap_count"]), (&json!(false), &json!(0)));
    assert_eq!(series["last_time"], 1_704_931_140_000_i64);
}

#[tokio::test(flavor = "multi_thread")]
async fn candles_are_paged_in_both_directions() {
    let served = Served::with_candles().await;
    let get =
        async |query: &str| served.get(&format!("/market/candles?symbol=testusdt&{query}")).await.1;
    let newest = get("timeframe=1m&limit=3").await;
    assert_eq!(
        newest["time"],
        json!([1_704_931_020_000_i64, 1_704_931_080_000_i64, 1_704_931_140_000_i64])
    );
    assert_eq!(
        (&newest["first_available"], &newest["last_available"]),
        (&json!(1_704_067_200_000_i64), &json!(1_704_931_140_000_i64))
    );
    let before = get("timeframe=1m&limit=2&to=1704931020000").await;
    assert_eq!(before["time"], json!([1_704_930_900_000_i64, 1_704_930_960_000_i64]));
    let from = get("timeframe=1m&limit=2&from=2024-01-01T00:00:30Z").await;
    assert_eq!(from["time"], json!([1_704_067_260_000_i64, 1_704_067_320_000_i64]));
    let range = get("timeframe=1h&from=2024-01-01&to=2024-01-01T03:00:00Z").await;
    assert_eq!(range["time"].as_array().unwrap().len(), 3);
    assert_eq!((&range["source_timeframe"], &range["timeframe"]), (&json!("1m"), &json!("1h")));
    assert_eq!(get("timeframe=1d").await["time"].as_array().unwrap().len(), 10);
    let whole = get("timeframe=1w&from=0").await;
    assert_eq!(whole["time"], json!([1_704_067_200_000_i64]), "the second week is not whole");
    for nothing in ["timeframe=1m&from=2030-01-01", "timeframe=1m&to=2020-01-01", "timeframe=1M"] {
        let empty = get(nothing).await;
        assert_eq!(empty["time"], json!([]), "{nothing}: {empty}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hour_is_made_of_its_minutes() {
    let served = Served::with_candles().await;
    let (_, minutes) = served
        .get("/market/candles?symbol=TESTUSDT&timeframe=1m&from=2024-01-03T05:00:00Z&limit=60")
        .await;
    let (_, hour) = served
        .get("/market/candles?symbol=TESTUSDT&timeframe=1h&from=2024-01-03T05:00:00Z&limit=1")
        .await;
    let column = |name: &str| -> Vec<f64> {
        minutes[name].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
    };
    assert_eq!(hour["open"][0], minutes["open"][0]);
    assert_eq!(hour["close"][0], minutes["close"][59]);
    assert_eq!(hour["high"][0], json!(column("high").into_iter().fold(f64::MIN, f64::max)));
    assert_eq!(hour["low"][0], json!(column("low").into_iter().fold(f64::MAX, f64::min)));
    let thousandths: f64 = column("volume").iter().map(|volume| (volume * 1000.0).round()).sum();
    assert_eq!(hour["volume"][0], json!(thousandths / 1000.0), "the decimals of its minutes");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_questions_have_answers() {
    let served = Served::with_candles().await;
    let (status, body) = served.get("/market/candles").await;
    assert_eq!((status, body["detail"].as_array().unwrap().len()), (422, 2), "{body}");
    let (status, body) =
        served.get("/market/candles?symbol=A/B&timeframe=7m&market=moon&from=x&limit=0").await;
    assert_eq!((status, body["detail"].as_array().unwrap().len()), (422, 5), "{body}");
    let (status, body) = served.get("/market/candles?symbol=NOPE&timeframe=1m").await;
    assert_eq!((status, &body["error_code"]), (400, &json!("UNKNOWN_SYMBOL")));
    let path = "/market/candles?symbol=TESTUSDT&timeframe=1M";
    for extreme in ["from=-1", "to=9223372036854775807", "from=99999999999999999999"] {
        assert_eq!(served.get(&format!("{path}&{extreme}")).await.0, 422, "{extreme}");
    }
    for far in ["from=0&to=253402300799999", "from=253402300799999&to=0", "to=9999-12-31"] {
        assert_eq!(served.get(&format!("{path}&{far}")).await.0, 200, "{far}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_series_is_gone_for_runs_too() {
    let served = Served::with_candles().await;
    served.run(&crate::support::sma_cross()).await;
    let path = "/market/series?market=um&symbol=TESTUSDT&timeframe=1m";
    let (status, body) = served.delete(path).await;
    assert_eq!((status, &body["data"]["deleted"]), (200, &json!(14_400)));
    assert_eq!(served.delete(path).await.0, 404);
    assert_eq!(served.delete("/market/series?market=moon").await.0, 422);
    let (status, body) = served.post("/backtests/", &crate::support::sma_cross()).await;
    assert_eq!(
        (status, &body["error_code"]),
        (400, &json!("UNKNOWN_SYMBOL")),
        "nothing old stays in memory"
    );
}
