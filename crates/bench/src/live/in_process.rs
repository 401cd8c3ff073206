//! From the text of a frame to a decision inside the process.
//!
//! One thread hands texts over at the wanted rate, another takes each through the session of the client, the core and
//! the feed of the desk, and shows closed candles to strategies. Time in the queue between the two counts.

use std::error::Error;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use desk::live::{FeedEvent, Heard, Wire};

use super::RATE;
use super::decisions::Decisions;
use super::load::Load;
use crate::timing::{line, now, percentiles};

/// How often time passes for the session, as over real sockets.
const TICK: Duration = Duration::from_millis(100);

/// Measures with all frames of a load.
pub(crate) fn measure(name: &str, load: &Load) -> Result<(), Box<dyn Error>> {
    let (sender, texts) = mpsc::channel();
    let (count, begun) = (load.frames.len(), now());
    let mut latencies = Vec::new();
    let orders = std::thread::scope(|scope| -> Result<usize, Box<dyn Error>> {
        let handing =
            scope.spawn(move || paced(count, |place| sender.send((place, now())).is_ok()));
        let orders = take(load, &texts, &mut latencies)?;
        handing.join().map_err(|_| "the thread that hands texts over panicked")??;
        Ok(orders)
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    percentiles(name, &mut latencies);
    #[expect(clippy::cast_precision_loss, reason = "numbers of frames and orders")]
    let (count, orders) = (count as f64, orders as f64);
    line(&format!("{name}.rate"), count / seconds, "frames/s", 1);
    line(&format!("{name}.orders"), orders, "orders", latencies.len());
    Ok(())
}

/// Decides on what comes; how many orders that led to.
fn take(
    load: &Load,
    texts: &mpsc::Receiver<(usize, Instant)>,
    latencies: &mut Vec<Duration>,
) -> Result<usize, Box<dyn Error>> {
    let mut wire = Wire::new(&load.symbols, load.start);
    let mut feed = wire.feed();
    let mut decisions = Decisions::new(&load.series)?;
    let mut ticked = now();
    for (place, handed) in texts {
        let frame = &load.frames[place];
        if ticked.elapsed() >= TICK {
            ticked = now();
            wire.tick(frame.time);
        }
        wire.text(frame.route, &frame.text, frame.time);
        while let Some(heard) = feed.try_next() {
            let Heard::Event(FeedEvent::Candle { symbol, row, .. }) = heard else {
                return Err(format!("expected candles alone, was {heard:?}").into());
            };
            decisions.decide(&symbol, &row, frame.time)?;
            latencies.push(handed.elapsed());
            decisions.fill(frame.time)?;
        }
    }
    let (expected, was) = (load.closing(), latencies.len());
    if was == expected {
        Ok(decisions.orders)
    } else {
        Err(format!("expected {expected} decisions, was {was}").into())
    }
}

/// Calls `hand` with 0, 1, 2 and so on at the wanted rate, a few each millisecond, until it is false.
fn paced(count: usize, mut hand: impl FnMut(usize) -> bool) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    runtime.block_on(async {
        let mut ticks = tokio::time::interval(Duration::from_millis(1));
        let (begun, mut done) = (now(), 0);
        while done < count {
            ticks.tick().await;
            let due = due_after(begun.elapsed()).min(count);
            while done < due {
                if !hand(done) {
                    return;
                }
                done += 1;
            }
        }
    });
    Ok(())
}

/// How many frames are due after a time.
pub(crate) fn due_after(time: Duration) -> usize {
    usize::try_from(time.as_micros() * u128::from(RATE) / 1_000_000).unwrap_or(usize::MAX)
}
