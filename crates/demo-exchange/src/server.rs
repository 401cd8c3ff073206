//! The venue on a port of loopback: HTTP and sockets around the core, wall time mapped to the venue's.
//!
//! The clock is given; the core below knows nothing of it. Beside the venue's own paths there are control
//! routes of this server:
//!
//! - `GET /control/state`: time, faults, counts, used weight.
//! - `POST /control/faults`: the body is a fault plan; an empty one ends all faults.
//! - `POST /control/advance`: the body is a number of milliseconds that the venue's time jumps ahead.
//! - `POST /control/status?symbol=BTCUSDT&status=TRADING_HALT`: changes the status of a symbol.
//! - `GET /control/truth`: the latest calls and faults as they really happened, and what really happened to the accounts: wallets,
//!   positions, every order, fill and posting.

mod ahead;
mod body;
mod clock;
mod control;
mod http;
mod range;
mod socket;

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};

use crate::exchange::{Exchange, Need};
use crate::market::Unmade;
use crate::sockets::{ConnectionId, Sent};

pub use clock::Elapsed;
use clock::VenueClock;

/// Frames that wait for a slow client; more end its connection.
const FRAMES_WAITING_MAX: usize = 20_000;
/// Longest and shortest pause between two looks at what is due.
const PAUSE_MAX: Duration = Duration::from_millis(500);
const PAUSE_MIN: Duration = Duration::from_millis(1);
const HEAD_TIME_MAX: Duration = Duration::from_secs(20);
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A running venue. Dropping it ends it.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// How fast the venue lives, and by which clock.
#[derive(Clone)]
pub struct Pace {
    /// Milliseconds of the venue in one of the wall; above 0.
    pub speed: f64,
    /// Time since any fixed moment, never going back.
    pub elapsed: Elapsed,
}

struct Shared {
    state: Mutex<State>,
    /// Held by the one who makes market data outside the state's lock.
    making: tokio::sync::Mutex<()>,
    clock: VenueClock,
    /// Something may be due earlier than it was.
    wake: Notify,
}

struct State {
    exchange: Exchange,
    senders: BTreeMap<ConnectionId, mpsc::Sender<Sent>>,
}

impl Server {
    /// Opens `port` of loopback, any free one for 0, and lets the venue live from its own time on.
    ///
    /// # Errors
    /// When the port cannot be opened.
    pub async fn start(exchange: Exchange, port: u16, pace: Pace) -> io::Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
        let address = listener.local_addr()?;
        let clock = VenueClock::new(exchange.now(), pace);
        let state = Mutex::new(State { exchange, senders: BTreeMap::new() });
        let making = tokio::sync::Mutex::default();
        let shared = Arc::new(Shared { state, making, clock, wake: Notify::new() });
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(run(Arc::clone(&shared), listener, stopped));
        Ok(Self { address, shared, stop, task })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Looks into the core, at its present time.
    pub fn with<T>(&self, look: impl FnOnce(&mut Exchange) -> T) -> T {
        let mut state = self.shared.state();
        state.exchange.advance(self.shared.clock.now());
        look(&mut state.exchange)
    }

    /// Ends it and all its connections.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        // A task that panicked has said so; there is nothing left to end.
        let _ = self.task.await;
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // A panic inside the core leaves a state that is still the best there is.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unmade(&self, need: Need<'_>) -> Vec<Unmade> {
        self.state().exchange.unmade(need)
    }

    /// Does something with the core at the present time and hands out what it sends.
    fn at_present<T>(&self, act: impl FnOnce(&mut State, domain::Timestamp) -> T) -> T {
        let mut state = self.state();
        let now = self.clock.now();
        state.exchange.advance(now);
        let result = act(&mut state, now);
        state.flush();
        drop(state);
        self.wake.notify_one();
        result
    }
}

impl State {
    fn flush(&mut self) {
        for connection in self.exchange.ready() {
            let frames = self.exchange.frames(connection);
            let Some(sender) = self.senders.get(&connection) else {
                continue;
            };
            if frames.into_iter().any(|frame| sender.try_send(frame).is_err()) {
                // The client is too slow or gone: its task ends when its sender does.
                self.senders.remove(&connection);
                self.exchange.disconnect(connection, self.exchange.now());
            }
        }
    }
}

async fn run(shared: Arc<Shared>, listener: TcpListener, mut stopped: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    connections.spawn(live(Arc::clone(&shared)));
    connections.spawn(ahead::look_ahead(Arc::clone(&shared)));
    loop {
        tokio::select! {
            // An error means that the server was dropped.
            _ = async { stopped.wait_for(|stopped| *stopped).await.is_ok() } => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(Arc::clone(&shared), stream));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    shared.state().senders.clear();
    connections.shutdown().await;
}

/// Lets the venue's time pass.
async fn live(shared: Arc<Shared>) {
    loop {
        let pause = {
            let mut state = shared.state();
            state.exchange.advance(shared.clock.now());
            state.flush();
            let next = state.exchange.next_event();
            next.map_or(PAUSE_MAX, |next| shared.clock.until(next))
        };
        let pause = pause.clamp(PAUSE_MIN, PAUSE_MAX);
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = shared.wake.notified() => {}
        }
    }
}

async fn serve(shared: Arc<Shared>, stream: TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "frames may be held back by the system");
    }
    let service = service_fn(|request| http::answer(Arc::clone(&shared), request));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    if let Err(error) = served.await {
        tracing::debug!(%error, "a connection ended early");
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Pace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pace").field("speed", &self.speed).finish_non_exhaustive()
    }
}
