//! Makes market data outside the lock: before it is needed, on threads of its own.

use std::sync::Arc;
use std::time::Duration;

use super::Shared;
use crate::exchange::Need;
use crate::market::Unmade;

/// Symbols made in one turn: whoever needs one waits no longer than for these.
const TURN: usize = 16;
/// Threads that make them.
const THREADS: usize = 2;
/// Days are made so long before they begin, in milliseconds of the venue.
const AHEAD: i64 = 600_000;
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Makes what a need lacks. Others use the venue meanwhile.
pub(super) async fn prepare(shared: &Shared, need: Need<'_>) {
    while !shared.unmade(need).is_empty() {
        let _turn = shared.making.lock().await;
        // Somebody else may have made it meanwhile.
        let mut unmade = shared.unmade(need);
        unmade.truncate(TURN);
        if !make(shared, unmade).await {
            return;
        }
    }
}

/// False when a thread failed: what it was to make is made under the lock then.
async fn make(shared: &Shared, mut unmade: Vec<Unmade>) -> bool {
    let half = unmade.split_off(unmade.len() / THREADS);
    let work = |unmade: Vec<Unmade>| {
        let make = move || unmade.into_iter().map(Unmade::make).collect::<Vec<_>>();
        tokio::task::spawn_blocking(make)
    };
    let (one, other) = (work(unmade), work(half));
    let (Ok(mut made), Ok(others)) = (one.await, other.await) else { return false };
    made.extend(others);
    shared.state().exchange.take_made(made);
    true
}

/// Makes each day of the symbols in use before it begins.
pub(super) async fn look_ahead(shared: Arc<Shared>) {
    let mut looks = tokio::time::interval(LOOK_EVERY);
    loop {
        looks.tick().await;
        let soon = shared.clock.now().plus_millis(AHEAD);
        prepare(&shared, Need::Time(soon)).await;
    }
}
