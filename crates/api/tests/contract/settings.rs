//! Preferences.

use serde_json::json;

use crate::support::Served;

#[tokio::test(flavor = "multi_thread")]
async fn settings_change_one_by_one_and_last() {
    let served = Served::empty().await;
    let (_, before) = served.get("/settings").await;
    assert_eq!((&before["theme"], &before["default_commission"]), (&json!("dark"), &json!(0.001)));
    let (status, after) =
        served.patch("/settings/", &json!({ "theme": "light", "default_leverage": "2.5" })).await;
    assert_eq!(status, 200);
    assert_eq!(
        (&after["theme"], &after["default_leverage"], &after["time_zone"]),
        (&json!("light"), &json!(2.5), &json!("utc"))
    );
    let served = Served::over(served.stop().await).await;
    assert_eq!(served.get("/settings/").await.1, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_settings_change_nothing() {
    let served = Served::empty().await;
    let (_, before) = served.get("/settings/").await;
    let wrong =
        json!({ "theme": "dark", "default_slippage": 0.5, "price_colors": ["red"], "font": "big" });
    let (status, body) = served.patch("/settings/", &wrong).await;
    assert_eq!(status, 422);
    let mut fields: Vec<_> = body["detail"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["loc"][1].as_str().unwrap())
        .collect();
    fields.sort_unstable();
    assert_eq!(fields, ["default_slippage", "font", "price_colors"], "{body}");
    assert_eq!(served.get("/settings/").await.1, before);
}
