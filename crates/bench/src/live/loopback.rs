//! From a venue on loopback to a decision: sockets, tasks and storage of a whole desk.

use std::collections::BTreeSet;
use std::error::Error;
use std::sync::PoisonError;
use std::time::Duration;

use desk::live::{DemoPlace, Feed, FeedEvent, Heard};
use desk::{Desk, DeskOptions, Purpose};
use domain::{Symbol, Timestamp};
use strategy::Registry;

use super::decisions::Decisions;
use super::load::Load;
use super::server::Venue;
use crate::timing::{line, percentiles};

/// How long the desk may take until it has its history, and until the next candle comes.
const READY_MAX: Duration = Duration::from_secs(120);
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// Measures with all frames of a load.
pub(crate) fn measure(name: &str, load: Load) -> Result<(), Box<dyn Error>> {
    let venue = Venue::new(load)?;
    let address = venue.serve()?;
    let folder = tempfile::tempdir()?;
    let options = DeskOptions { data_dir: folder.path().to_owned(), purpose: Purpose::Server };
    let desk = Desk::open_at(options, Registry::built_in(), DemoPlace::At(address))?;
    let mut feed = desk.live().feed();
    desk.follow_market()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let mut latencies = Vec::new();
    let orders = runtime.block_on(async {
        watch_all(&desk, &venue.load().symbols).await?;
        ready(&mut feed, venue.load()).await?;
        venue.go.notify_one();
        follow(&mut feed, &venue, &mut latencies).await
    })?;
    percentiles(name, &mut latencies);
    #[expect(clippy::cast_precision_loss, reason = "a number of orders")]
    line(&format!("{name}.orders"), orders as f64, "orders", latencies.len());
    Ok(())
}

/// Puts symbols on the watch-list once the venue has told what it lists.
pub(crate) async fn watch_all(desk: &Desk, symbols: &[Symbol]) -> Result<(), Box<dyn Error>> {
    let mut waited = Duration::ZERO;
    let pause = Duration::from_millis(50);
    while desk.live().instruments("", 1)?.is_empty() {
        if waited > READY_MAX {
            return Err("the venue did not tell what it lists".into());
        }
        tokio::time::sleep(pause).await;
        waited += pause;
    }
    let watched: BTreeSet<Symbol> =
        desk.live().watched()?.into_iter().map(|pair| pair.symbol).collect();
    for symbol in symbols.iter().filter(|symbol| !watched.contains(*symbol)) {
        desk.live().watch(symbol.as_str(), true)?;
    }
    Ok(())
}

/// Waits until the candle before the load has come of each symbol.
async fn ready(feed: &mut Feed, load: &Load) -> Result<(), Box<dyn Error>> {
    let last = load.start.plus_millis(-60_000);
    let mut missing: BTreeSet<&Symbol> = load.symbols.iter().collect();
    while !missing.is_empty() {
        let heard = tokio::time::timeout(READY_MAX, feed.next()).await?;
        if let Heard::Event(FeedEvent::Candle { symbol, row, .. }) = heard
            && row.candle.open_time == last
        {
            missing.remove(&symbol);
        }
    }
    Ok(())
}

/// Decides on each candle of the load; how many orders that led to.
async fn follow(
    feed: &mut Feed,
    venue: &Venue,
    latencies: &mut Vec<Duration>,
) -> Result<usize, Box<dyn Error>> {
    let load = venue.load();
    let mut decisions = Decisions::new(&load.series)?;
    let closing = load.closing();
    while latencies.len() < closing {
        let heard = tokio::time::timeout(SILENCE_MAX, feed.next()).await?;
        match heard {
            Heard::Event(FeedEvent::Candle { symbol, row, .. }) => {
                let now: Timestamp = row.candle.open_time.plus_millis(60_000);
                decisions.decide(&symbol, &row, now)?;
                let mut sent = venue.sent.lock().unwrap_or_else(PoisonError::into_inner);
                let before = sent.remove(&(symbol, row.candle.open_time));
                drop(sent);
                latencies.extend(before.map(|before| before.elapsed()));
                decisions.fill(now)?;
            }
            Heard::Event(
                FeedEvent::State { .. } | FeedEvent::Forming { .. } | FeedEvent::Mark { .. },
            ) => {}
            Heard::Event(FeedEvent::Hole { .. }) | Heard::Missed(_) | Heard::Ended => {
                return Err(format!("expected candles, was {heard:?}").into());
            }
        }
    }
    Ok(decisions.orders)
}
