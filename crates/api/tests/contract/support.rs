//! A served desk in a folder of its own, and candles to run on.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use api::Door;
use desk::{Desk, DeskOptions, Purpose};
use domain::{TimeRange, Timestamp};
use market::Series;
use market::synthetic::{SyntheticSpec, generate};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use strategy::Registry;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// No step of a test takes longer on any machine that works.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// A desk behind a real socket. Dropping it stops the server.
pub(crate) struct Served {
    pub(crate) desk: Arc<Desk>,
    pub(crate) port: u16,
    pub(crate) client: Client,
    pub(crate) dir: TempDir,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Served {
    /// Serves an empty folder.
    pub(crate) async fn empty() -> Self {
        Self::over(tempfile::tempdir().unwrap()).await
    }

    /// Serves a folder as it is.
    pub(crate) async fn over(dir: TempDir) -> Self {
        Self::with_strategies(dir, Registry::built_in()).await
    }

    /// Serves a folder as it is, with these strategies.
    pub(crate) async fn with_strategies(dir: TempDir, registry: Registry) -> Self {
        let desk = Arc::new(open(dir.path(), registry));
        let listener = api::bind(0).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let router = api::router(Arc::clone(&desk), Door::Http { port }, None);
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(api::serve(listener, router, async {
            let _ = stopped.await;
        }));
        Self { desk, port, client: Client::new(), dir, stop: Some(stop), task }
    }

    /// Serves ten days of one-minute futures candles of TESTUSDT from 2024-01-01.
    pub(crate) async fn with_candles() -> Self {
        let served = Self::empty().await;
        served.upload_candles().await;
        served
    }

    /// Uploads ten days of one-minute futures candles of TESTUSDT from 2024-01-01.
    pub(crate) async fn upload_candles(&self) {
        self.upload("TESTUSDT", "um", &csv(&candles("2024-01-01", "2024-01-11"))).await;
    }

    /// Uploads candles and waits until they are stored.
    pub(crate) async fn upload(&self, symbol: &str, market: &str, csv: &str) -> Value {
        let path =
            format!("/api/v1/market/uploads?name=candles.csv&symbol={symbol}&market={market}");
        let (status, job) = answer(self.request(Method::POST, &path).body(csv.to_owned())).await;
        assert_eq!(status, 202, "{job}");
        self.import_ended(job["id"].as_str().unwrap()).await
    }

    /// The import once it has ended.
    pub(crate) async fn import_ended(&self, id: &str) -> Value {
        tokio::time::timeout(LONG, self.desk.imports().wait(id)).await.unwrap();
        self.get(&format!("/market/imports/{id}")).await.1
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://127.0.0.1:{}{path}", self.port)).timeout(LONG)
    }

    /// GET below the base of the contract.
    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        answer(self.request(Method::GET, &format!("/api/v1{path}"))).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        answer(self.request(Method::POST, &format!("/api/v1{path}")).json(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> (u16, Value) {
        answer(self.request(Method::PATCH, &format!("/api/v1{path}")).json(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> (u16, Value) {
        answer(self.request(Method::DELETE, &format!("/api/v1{path}"))).await
    }

    /// Runs a backtest and insists on its result.
    pub(crate) async fn run(&self, body: &Value) -> Value {
        let (status, result) = self.post("/backtests/", body).await;
        assert_eq!(status, 200, "{result}");
        result
    }

    /// Stops the server and the desk and gives the folder back.
    pub(crate) async fn stop(mut self) -> TempDir {
        drop(self.stop.take());
        self.client = Client::new();
        tokio::time::timeout(LONG, &mut self.task).await.unwrap().unwrap();
        self.desk.close();
        let dir = std::mem::replace(&mut self.dir, tempfile::tempdir().unwrap());
        drop(self);
        dir
    }
}

/// Opens a desk as the server does.
fn open(dir: &Path, registry: Registry) -> Desk {
    let options = DeskOptions { data_dir: dir.to_path_buf(), purpose: Purpose::Server };
    Desk::open_with(options, registry).unwrap()
}

/// Sends a request and reads its JSON.
pub(crate) async fn answer(request: RequestBuilder) -> (u16, Value) {
    read(request.send().await.unwrap()).await
}

pub(crate) async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// Synthetic one-minute candles.
pub(crate) fn candles(start: &str, end: &str) -> Series {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    generate(&SyntheticSpec {
        symbol: "TESTUSDT".parse().unwrap(),
        range: TimeRange { start: at(start), end: at(end) },
        first_price: 40_000.0,
        growth_yearly: 0.1,
        price_decimals: 2,
        volume_typical: 50.0,
        seed: 7,
    })
}

/// Candles as the venue's archive writes them.
pub(crate) fn csv(series: &Series) -> String {
    let mut text = String::new();
    for row in 0..series.len() {
        let candle = series.candle(row);
        let close_time = series.close_time(row).millis() - 1;
        let _ = writeln!(
            text,
            "{},{:.2},{:.2},{:.2},{:.2},{:.3},{close_time},0,1,0,0,0",
            candle.open_time.millis(),
            candle.open,
            candle.high,
            candle.low,
            candle.close,
            candle.volume
        );
    }
    text
}

/// A request over the served candles.
pub(crate) fn sma_cross() -> Value {
    json!({
        "symbol": "TESTUSDT", "strategy": "SMA_CROSS", "start_date": "2024-01-01", "end_date": "2024-01-11",
        "timeframes": ["15m"],
    })
}

/// The same request with some fields changed.
pub(crate) fn changed(change: &Value) -> Value {
    let mut request = sma_cross();
    for (field, value) in change.as_object().unwrap() {
        if value.is_null() {
            request.as_object_mut().unwrap().remove(field);
        } else {
            request[field] = value.clone();
        }
    }
    request
}
