//! Importing files: what arrives, what is refused, what is left behind.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Served, answer, candles, csv};

fn left_behind(served: &Served) -> usize {
    std::fs::read_dir(served.dir.path().join("uploads")).map_or(0, Iterator::count)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_stored_once_and_cleaned_up() {
    let served = Served::empty().await;
    let text = csv(&candles("2024-01-01", "2024-01-02"));
    let job = served.upload("testusdt", "um", &text).await;
    assert_eq!(
        (&job["status"], &job["symbol"], &job["market"]),
        (&json!("completed"), &json!("TESTUSDT"), &json!("um"))
    );
    let file = &job["files"][0];
    assert_eq!(
        (&file["status"], &file["rows"], &file["timeframe"]),
        (&json!("imported"), &json!(1440), &json!("1m"))
    );
    assert_eq!(file["first_time"], 1_704_067_200_000_i64);
    let again = served.upload("TESTUSDT", "um", &text).await;
    assert_eq!(
        (&again["status"], &again["files"][0]["status"]),
        (&json!("completed"), &json!("unchanged"))
    );
    assert_eq!(left_behind(&served), 0);
    let (_, list) = served.get("/market/imports").await;
    assert_eq!(list.as_array().unwrap().len(), 2);
    assert_eq!(list[0]["id"], again["id"], "the newest comes first");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_is_refused_with_place_and_reason() {
    let served = Served::empty().await;
    let text = csv(&candles("2024-01-01", "2024-01-02"));
    let broken = text.replacen(
        &text.lines().nth(99).unwrap().split(',').nth(2).unwrap().to_owned(),
        "high",
        1,
    );
    let job = served.upload("TESTUSDT", "um", &broken).await;
    assert_eq!(job["status"], "failed", "{job}");
    let error = &job["files"][0]["error"];
    assert!(error["line"].as_u64().is_some() && error["field"].is_string(), "{job}");
    assert!(error["was"].as_str().unwrap().contains("high"), "{job}");
    assert_eq!(served.get("/market/coverage").await.1, json!([]), "nothing of it was stored");
    for nonsense in ["", "\0\u{1}\u{2}binary", "hello,world\n"] {
        let job = served.upload("TESTUSDT", "um", nonsense).await;
        assert_eq!(job["status"], "failed", "{nonsense:?}: {job}");
        assert!(job["files"][0]["error"]["message"].as_str().unwrap().contains("candles.csv"));
    }
    assert_eq!(left_behind(&served), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_values_are_a_conflict_as_asked() {
    let served = Served::empty().await;
    let text = csv(&candles("2024-01-01", "2024-01-02"));
    served.upload("TESTUSDT", "um", &text).await;
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let volume = lines[5].split(',').nth(5).unwrap().to_owned();
    lines[5] = lines[5].replace(&volume, "123456.000");
    let revised = lines.join("\n");
    let send = async |policy: &str| {
        let path =
            format!("/api/v1/market/uploads?name=x.csv&symbol=TESTUSDT&on_conflict={policy}");
        let (_, job) = answer(served.request(Method::POST, &path).body(revised.clone())).await;
        served.import_ended(job["id"].as_str().unwrap()).await
    };
    let refused = send("refuse").await;
    assert_eq!(
        (&refused["status"], &refused["files"][0]["conflict_rows"]),
        (&json!("failed"), &json!(1)),
        "{refused}"
    );
    let replaced = send("replace").await;
    assert_eq!(replaced["status"], "completed", "{replaced}");
    let path = "/market/candles?symbol=TESTUSDT&timeframe=1m&from=2024-01-01T00:05:00Z&limit=1";
    assert_eq!(served.get(path).await.1["volume"], json!([123_456.0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_uploads_are_refused_before_anything_is_written() {
    let served = Served::empty().await;
    let send = async |query: &str| {
        answer(served.request(Method::POST, &format!("/api/v1/market/uploads?{query}")).body("x"))
            .await
    };
    let fields = |body: &Value| -> Vec<String> {
        body["detail"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["loc"][1].as_str().unwrap().to_owned())
            .collect()
    };
    let (status, body) = send("").await;
    assert_eq!((status, fields(&body)), (422, vec!["name".to_owned(), "symbol".to_owned()]));
    let (status, body) = send("name=..&symbol=A/B&market=moon&on_conflict=maybe").await;
    assert_eq!((status, fields(&body).len()), (422, 4), "{body}");
    assert_eq!(body["detail"][0]["loc"][0], "query");
    assert_eq!(left_behind(&served), 0);
    assert_eq!(served.post("/market/imports/7/cancel", &json!({})).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_paths_fail_with_their_reason_and_nothing_else() {
    let served = Served::empty().await;
    let draft = desk::data::ImportRequestDraft {
        symbol: Some("TESTUSDT".to_owned()),
        ..Default::default()
    };
    let good = served.dir.path().join("good.csv");
    std::fs::write(&good, csv(&candles("2024-01-01", "2024-01-02"))).unwrap();
    let paths = [served.dir.path().join("gone.csv"), good];
    let id = served.desk.imports().import_paths(&paths, &draft).unwrap();
    let job = served.import_ended(&id).await;
    assert_eq!(
        (&job["status"], &job["files_total"], &job["files_done"]),
        (&json!("completed"), &json!(2), &json!(2)),
        "{job}"
    );
    let by_name = |name: &str| {
        job["files"].as_array().unwrap().iter().find(|file| file["file"] == name).unwrap().clone()
    };
    assert_eq!(by_name("gone.csv")["status"], "failed");
    assert_eq!(by_name("good.csv")["status"], "imported");
    let empty = tempfile::tempdir().unwrap();
    assert!(served.desk.imports().import_paths(&[], &draft).is_err());
    let nothing = served.desk.imports().import_paths(&[empty.path().to_path_buf()], &draft);
    let nothing = match nothing {
        Ok(id) => served.import_ended(&id).await["status"].as_str().unwrap().to_owned(),
        Err(error) => error.to_string(),
    };
    assert!(nothing == "failed" || nothing.contains("none"), "{nothing}");
}
