//! A venue on loopback that sends a load at the wanted rate, on a thread of its own.
//!
//! Requests are answered by the demo exchange as it was before the load; the told time lies behind the load's end, so
//! that its candles may come faster than minutes pass.

use std::collections::BTreeMap;
use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::ListenerExt as _;
use binance::streams::Route;
use demo_exchange::{ApiRequest, Exchange, Method};
use domain::{Symbol, Timeframe, Timestamp};
use tokio::net::TcpListener;
use tokio::sync::{Notify, broadcast};

use super::in_process::due_after;
use super::load::Load;
use crate::timing::now;

/// Frames that may wait for a socket.
const WAITING: usize = 1 << 16;

/// The moments before candles were sent, by symbol and open time.
pub(crate) type Sent = Arc<Mutex<BTreeMap<(Symbol, Timestamp), Instant>>>;

/// What the venue is made of.
pub(crate) struct Venue {
    load: Load,
    exchange: Mutex<Exchange>,
    told: Timestamp,
    begun: Instant,
    routes: BTreeMap<Route, broadcast::Sender<usize>>,
    pub(crate) sent: Sent,
    /// Notified when the load is to begin.
    pub(crate) go: Notify,
}

impl Venue {
    pub(crate) fn new(load: Load) -> Result<Arc<Self>, Box<dyn Error>> {
        let exchange = Mutex::new(load.exchange()?);
        let last = load.frames.last().map_or(load.start, |frame| frame.time);
        let routes = Route::ALL.map(|route| (route, broadcast::channel(WAITING).0));
        Ok(Arc::new(Self {
            told: last.plus_millis(60_000),
            load,
            exchange,
            begun: now(),
            routes: routes.into_iter().collect(),
            sent: Sent::default(),
            go: Notify::new(),
        }))
    }

    pub(crate) const fn load(&self) -> &Load {
        &self.load
    }

    /// Serves on a thread of its own until the process ends; tells where.
    pub(crate) fn serve(self: &Arc<Self>) -> Result<SocketAddr, Box<dyn Error>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = runtime.block_on(TcpListener::bind(address))?;
        let address = listener.local_addr()?;
        let venue = Arc::clone(self);
        std::thread::spawn(move || {
            let router = Router::new()
                .route("/fapi/v1/time", get(time))
                .route("/market/stream", get(market))
                .route("/public/stream", get(public))
                .fallback(request)
                .with_state(Arc::clone(&venue));
            runtime.block_on(async {
                // Frames are not held back; a socket that refuses that is as good as any.
                let listener = listener.tap_io(|socket| drop(socket.set_nodelay(true)));
                tokio::spawn(send(venue));
                axum::serve(listener, router).await
            })
        });
        Ok(address)
    }
}

/// Sends the load, a few frames each millisecond.
async fn send(venue: Arc<Venue>) {
    venue.go.notified().await;
    let frames = &venue.load.frames;
    let mut ticks = tokio::time::interval(Duration::from_millis(1));
    let (begun, mut done) = (now(), 0);
    while done < frames.len() {
        ticks.tick().await;
        let due = due_after(begun.elapsed()).min(frames.len());
        for (place, frame) in frames.iter().enumerate().take(due).skip(done) {
            if let Some(symbol) = frame.closes {
                let symbol = venue.load.symbols[symbol].clone();
                let open = Timeframe::M1.open_of(frame.time.plus_millis(-60_000));
                let mut sent = venue.sent.lock().unwrap_or_else(PoisonError::into_inner);
                sent.insert((symbol, open), now());
            }
            // Nobody listens while a socket is being opened anew.
            let _ = venue.routes[&frame.route].send(place);
        }
        done = due;
    }
}

async fn time(State(venue): State<Arc<Venue>>) -> String {
    let passed = i64::try_from(venue.begun.elapsed().as_millis()).unwrap_or(0);
    format!("{{\"serverTime\":{}}}", venue.told.plus_millis(passed).millis())
}

async fn request(State(venue): State<Arc<Venue>>, request: Request<Body>) -> Response {
    let request = ApiRequest {
        method: Method::Get,
        path: request.uri().path().to_owned(),
        query: request.uri().query().unwrap_or_default().to_owned(),
        body: String::new(),
        api_key: None,
    };
    let mut exchange = venue.exchange.lock().unwrap_or_else(PoisonError::into_inner);
    let before = exchange.now();
    let reply = exchange.request(&request, before).reply;
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, reply.body).into_response()
}

async fn market(State(venue): State<Arc<Venue>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| carry(venue, Route::Market, socket))
}

async fn public(State(venue): State<Arc<Venue>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| carry(venue, Route::Public, socket))
}

/// One socket: frames out, control messages agreed to.
async fn carry(venue: Arc<Venue>, route: Route, mut socket: WebSocket) {
    let mut frames = venue.routes[&route].subscribe();
    let mut names = Vec::new();
    loop {
        let text = tokio::select! {
            place = frames.recv() => match place {
                Ok(place) => venue.load.frames[place].text.clone(),
                Err(_) => return,
            },
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => reply(&text, &mut names),
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => return,
            },
        };
        if socket.send(Message::Text(text.into())).await.is_err() {
            return;
        }
    }
}

/// What the venue says to a control message.
fn reply(text: &str, names: &mut Vec<serde_json::Value>) -> String {
    let message: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let result = match message["method"].as_str() {
        Some("SUBSCRIBE") => {
            names.extend(message["params"].as_array().cloned().unwrap_or_default());
            serde_json::Value::Null
        }
        Some("LIST_SUBSCRIPTIONS") => serde_json::Value::from(names.clone()),
        _ => serde_json::Value::Null,
    };
    serde_json::json!({ "result": result, "id": message["id"] }).to_string()
}
