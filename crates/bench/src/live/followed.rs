//! Memory of a desk that follows 200 symbols of a venue in another process.

use std::error::Error;
use std::time::Duration;

use desk::live::{DemoPlace, LiveState};
use desk::{Desk, DeskOptions, Purpose};
use strategy::Registry;

use super::loopback::watch_all;
use super::venue::{OtherProcess, symbols};
use crate::memory::resident_mib;
use crate::timing::line;

/// How long all symbols may take to be live.
const READY_MAX: u32 = 300;
/// Seconds after that before memory is looked at.
const SETTLED_AFTER: u32 = 60;
const SECOND: Duration = Duration::from_secs(1);

/// Follows for a time and prints memory at its start and end, and its growth.
pub(crate) fn measure(name: &str, time: Duration) -> Result<(), Box<dyn Error>> {
    let venue = OtherProcess::start()?;
    let folder = tempfile::tempdir()?;
    let options = DeskOptions { data_dir: folder.path().to_owned(), purpose: Purpose::Server };
    let desk = Desk::open_at(options, Registry::built_in(), DemoPlace::At(venue.address))?;
    desk.follow_market()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let samples = runtime.block_on(async {
        watch_all(&desk, &symbols()).await?;
        live(&desk).await?;
        let samples = sampled(time).await;
        Ok::<_, Box<dyn Error>>(samples)
    })?;
    let status = desk.live().status();
    let (n, n_pairs) = (samples.len(), status.pairs.len());
    line(&format!("{name}.frame_rate"), status.frames_per_second, "frames/s", n_pairs);
    let (Some(first), Some(last)) = (samples.first(), samples.last()) else { return Ok(()) };
    if *first <= 0.0 {
        // This system does not tell.
        return Ok(());
    }
    line(&format!("{name}.start"), *first, "MiB", n);
    line(&format!("{name}.end"), *last, "MiB", n);
    line(&format!("{name}.growth"), slope(&samples) * 3600.0, "MiB/h", n);
    Ok(())
}

/// Waits until every symbol is whole and fresh, and a while longer.
async fn live(desk: &Desk) -> Result<(), Box<dyn Error>> {
    for _ in 0..READY_MAX {
        tokio::time::sleep(SECOND).await;
        if desk.live().status().state == LiveState::Live {
            tokio::time::sleep(SECOND * SETTLED_AFTER).await;
            return Ok(());
        }
    }
    Err(format!("not live in time: {:?}", desk.live().status().reason).into())
}

/// Resident memory in MiB, each second.
async fn sampled(time: Duration) -> Vec<f64> {
    let mut samples = Vec::new();
    for _ in 0..=time.as_secs() {
        samples.push(resident_mib());
        tokio::time::sleep(SECOND).await;
    }
    samples
}

/// Growth from one sample to the next, by least squares.
#[expect(clippy::cast_precision_loss, reason = "a number of seconds")]
fn slope(samples: &[f64]) -> f64 {
    let count = samples.len() as f64;
    let (time_mean, mean) = ((count - 1.0) / 2.0, samples.iter().sum::<f64>() / count);
    let (mut covariance, mut variance) = (0.0, 0.0);
    for (place, sample) in samples.iter().enumerate() {
        let time = place as f64 - time_mean;
        covariance += time * (sample - mean);
        variance += time * time;
    }
    if variance > 0.0 { covariance / variance } else { 0.0 }
}
