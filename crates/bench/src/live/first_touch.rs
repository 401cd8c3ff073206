//! What others wait while somebody subscribes to 200 symbols at once that nobody has looked at.

use std::collections::BTreeSet;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use binance::clock::{Clock, ServerClock};
use binance::streams::{self, SessionSettings, Stream, StreamEvent, Streams};
use demo_exchange::Server;
use domain::{Symbol, Timeframe, Timestamp};

use super::venue::{serve, symbols};
use crate::timing::{Bench, line, now};

/// How long before the start the symbols were listed: a year, in ms.
const LISTED: i64 = 365 * 86_400_000;
/// How long the last symbol may take.
const TOUCHED_MAX: Duration = Duration::from_secs(300);

/// Prints the time until the first frame of the last symbol, and the longest wait of somebody else.
pub(crate) fn first_touch(bench: &Bench) -> Result<(), Box<dyn Error>> {
    let name = "demo.first_touch.200_symbols";
    if !bench.wants(name) {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let server = runtime.block_on(serve(desk::clock::now(), LISTED))?;
    let is_over = AtomicBool::new(false);
    let (touched, waited) = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| longest_wait(&server, &is_over));
        let touched = runtime.block_on(touch_all(&server));
        is_over.store(true, Ordering::Relaxed);
        (touched, waiting.join().unwrap_or_default())
    });
    line(&format!("{name}.last_frame"), touched?.as_secs_f64() * 1e3, "ms", 1);
    line(&format!("{name}.longest_wait"), waited.as_secs_f64() * 1e3, "ms", 1);
    Ok(())
}

/// Looks into the venue again and again.
fn longest_wait(server: &Server, is_over: &AtomicBool) -> Duration {
    let mut longest = Duration::ZERO;
    while !is_over.load(Ordering::Relaxed) {
        let begun = now();
        server.with(|_| ());
        longest = longest.max(begun.elapsed());
        std::thread::park_timeout(Duration::from_millis(1));
    }
    longest
}

async fn touch_all(server: &Server) -> Result<Duration, Box<dyn Error>> {
    let symbols = symbols();
    let kline = |symbol: &Symbol| Stream::Kline(symbol.clone(), Timeframe::M1);
    let wanted: BTreeSet<Stream> = symbols
        .iter()
        .flat_map(|symbol| [kline(symbol), Stream::MarkPrice(symbol.clone())])
        .collect();
    let begun = now();
    let settings = SessionSettings::new(&format!("ws://{}", server.address()), 1);
    let clock = Arc::new(ServerClock::new(Arc::new(Machine(begun))));
    let (mut events, wishes, driving) = streams::open(settings, clock, 1 << 16);
    let driving = tokio::spawn(driving);
    wishes.set(wanted);
    let missing: BTreeSet<Symbol> = symbols.into_iter().collect();
    tokio::time::timeout(TOUCHED_MAX, heard_of_all(&mut events, missing)).await?;
    let touched = begun.elapsed();
    drop((events, wishes));
    driving.await?;
    Ok(touched)
}

async fn heard_of_all(events: &mut Streams, mut missing: BTreeSet<Symbol>) {
    while !missing.is_empty() {
        let Some(event) = events.next().await else { return };
        if let StreamEvent::Frame { stream, .. } = event
            && let Some(symbol) = stream.symbol()
        {
            missing.remove(symbol);
        }
    }
}

/// The clocks of this machine.
struct Machine(std::time::Instant);

impl Clock for Machine {
    fn wall(&self) -> Timestamp {
        desk::clock::now()
    }

    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }
}
