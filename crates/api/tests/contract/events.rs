//! The event stream over a real connection.

use reqwest::Response;
use serde_json::{Value, json};

use crate::support::{LONG, Served, changed};

/// Reads server-sent events one by one.
struct Events {
    response: Response,
    text: String,
}

impl Events {
    async fn open(served: &Served) -> Self {
        let request = served.client.get(format!("http://127.0.0.1:{}/api/v1/events", served.port));
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new() }
    }

    async fn next(&mut self) -> (String, Value) {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let line = |name: &str| {
                    let found = event.lines().find_map(|line| line.strip_prefix(name));
                    found.map(|text| text.trim().to_owned()).unwrap_or_default()
                };
                let parsed =
                    (line("event:"), serde_json::from_str::<Value>(&line("data:")).unwrap());
                assert_eq!(line("id:"), parsed.1["seq"].to_string());
                self.text = rest.to_owned();
                return parsed;
            }
            let piece =
                tokio::time::timeout(LONG, self.response.chunk()).await.unwrap().unwrap().unwrap();
            self.text.push_str(str::from_utf8(&piece).unwrap());
        }
    }

    async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut seen = Vec::new();
        loop {
            let (kind, envelope) = self.next().await;
            assert_eq!(kind, envelope["type"].as_str().unwrap());
            let done = wanted(&envelope);
            seen.push(envelope);
            if done {
                return seen;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_followed_from_queue_to_result() {
    let served = Served::with_candles().await;
    let mut events = Events::open(&served).await;
    let (kind, first) = events.next().await;
    assert_eq!(kind, "heartbeat", "the stream shows at once that it lives: {first}");
    let run = served.run(&changed(&json!({ "timeframes": ["1m"] }))).await;
    let seen = events
        .until(|event| event["type"] == "backtest" && event["data"]["status"] == "completed")
        .await;
    let states: Vec<_> = seen
        .iter()
        .filter(|event| event["type"] == "backtest")
        .map(|event| {
            assert_eq!(event["data"]["id"], run["id"]);
            event["data"]["status"].as_str().unwrap()
        })
        .collect();
    assert_eq!((states[0], states[1]), ("queued", "running"));
    assert_eq!(seen.last().unwrap()["data"]["fraction"], 1.0);
    assert!(seen.iter().any(|event| event["type"] == "runs_changed"));
    let numbers: Vec<_> = seen.iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_and_imports_are_told() {
    let served = Served::empty().await;
    let mut events = Events::open(&served).await;
    served.patch("/settings", &json!({ "theme": "dark" })).await;
    let seen = events.until(|event| event["type"] == "settings_changed").await;
    assert_eq!(seen.last().unwrap()["data"]["theme"], "dark");
    served
        .upload(
            "TESTUSDT",
            "um",
            &crate::support::csv(&crate::support::candles("2024-01-01", "2024-01-02")),
        )
        .await;
    let seen = events
        .until(|event| event["type"] == "import" && event["data"]["status"] == "completed")
        .await;
    assert!(seen.iter().any(|event| event["type"] == "data_changed"));
}
