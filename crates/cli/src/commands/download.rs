//! `stb data download`.

use std::path::Path;
use std::time::Duration;

use api::dto::download::DownloadJob;
use desk::backtests::JobStatus;
use desk::live::{DownloadDraft, DownloadProgress};
use desk::{Desk, Purpose};
use serde::Serialize;
use serde_json::Value;
use tokio::time::Instant;

use crate::arguments::Download;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::output::{Output, counted};
use crate::progress::{ProgressLine, share};
use crate::workplace::{block_on, log, open};

/// After so much waiting for the venue, or for the disk, the command gives up.
const PATIENCE: Duration = Duration::from_secs(120);
const SHOWN_EVERY: Duration = Duration::from_millis(200);

/// The download as the API gives it; `error` when the command fails.
#[derive(Serialize)]
struct Document {
    #[serde(flatten)]
    job: DownloadJob,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Value>,
}

/// Fetches history and tells what came of it.
pub(crate) fn run(
    data_dir: Option<&Path>,
    download: &Download,
    output: &Output,
) -> Result<(), Failure> {
    log("error");
    let desk = open(data_dir, Purpose::Command("data download"))?;
    if let Some(venue) = &download.venue {
        desk.use_venue(venue).map_err(|error| Failure::of(error, flag))?;
    }
    let started = desk.start_download(&draft(download));
    let id = started.map_err(|error| Failure::of(error, flag))?.id;
    let ended = block_on(watch(&desk, &id))??;
    let verdict = verdict(&ended);
    if !output.is_json() {
        output.text(&report(&ended))?;
        return verdict;
    }
    let error = verdict.as_ref().err().and_then(|failure| failure.to_json().get("error").cloned());
    output.json(&Document { job: DownloadJob::from(&ended), error })?;
    verdict.map_err(Failure::in_document)
}

fn draft(download: &Download) -> DownloadDraft {
    DownloadDraft {
        symbols: download.symbols.clone(),
        timeframes: download.timeframes.clone(),
        from: download.from.clone(),
        to: download.to.clone(),
        mark: Some(download.mark),
        funding: Some(!download.no_funding),
        verify: Some(download.verify),
        check: Some(!download.no_check),
    }
}

fn flag(path: &[String]) -> String {
    match path.first().map(String::as_str) {
        Some("symbols") => "SYMBOL".to_owned(),
        Some("timeframes") => "--timeframe".to_owned(),
        Some(name) => format!("--{}", name.replace('_', "-")),
        None => "download".to_owned(),
    }
}

async fn watch(desk: &Desk, id: &str) -> Result<DownloadProgress, Failure> {
    let mut interrupt = Interrupt::listen()?;
    let mut line = ProgressLine::or_lines();
    let mut told = false;
    let mut went_on_at = Instant::now();
    let mut gave_up = None;
    loop {
        let job = desk.downloads().progress(id)?;
        if job.status.is_final() {
            return gave_up.map_or(Ok(job), Err);
        }
        line.show(&shown(&job));
        let waiting = job.activity.as_deref().filter(|activity| activity.starts_with("waiting"));
        match waiting {
            None => went_on_at = Instant::now(),
            Some(reason) if !told && went_on_at.elapsed() >= PATIENCE => {
                gave_up = Some(too_long(reason));
                told = true;
                // As below.
                let _ = desk.downloads().cancel(id);
            }
            Some(_) => {}
        }
        tokio::select! {
            () = interrupt.wait(), if !told => {
                told = true;
                // A download that ended meanwhile has nothing to cancel.
                let _ = desk.downloads().cancel(id);
            }
            () = tokio::time::sleep(SHOWN_EVERY) => {}
        }
    }
}

fn too_long(reason: &str) -> Failure {
    let message = format!(
        "gave up after {} s of {reason}; what was fetched stays, the same command fetches the rest",
        PATIENCE.as_secs()
    );
    Failure::work("GAVE_UP", message)
}

fn shown(job: &DownloadProgress) -> String {
    let activity = job.activity.as_deref().unwrap_or("starting");
    if job.parts_total == 0 {
        return activity.to_owned();
    }
    let done = job.parts_done + job.parts_absent + job.parts_failed;
    #[expect(clippy::cast_precision_loss, reason = "a share for people")]
    let fraction = done as f64 / job.parts_total as f64;
    format!(
        "part {done} of {}, {}, {:.1} MB/s, {}: {activity}",
        job.parts_total,
        share(fraction, job.eta_ms),
        job.rate_mb_s,
        counted(job.rows, "row"),
    )
}

fn report(job: &DownloadProgress) -> String {
    let mut parts = vec![format!("{} of {}", job.parts_done, counted(job.parts_total, "part"))];
    for (count, what) in
        [(job.parts_absent, "the venue does not have"), (job.parts_failed, "failed")]
    {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    let mut lines = vec![
        job.title.clone(),
        format!("{}: {}", job.status, parts.join(", ")),
        format!("{}, {} new, {} revised", counted(job.rows, "row"), job.rows_new, job.rows_revised),
    ];
    lines.push(compared(job));
    if job.status == JobStatus::Completed && job.parts_total == 0 {
        let message =
            "nothing to fetch: it is stored already, or lies before the listing or in the future";
        lines.push(message.to_owned());
    }
    lines.extend(job.differing.iter().cloned());
    if job.untold > 0 {
        lines.push(format!("{} not told by the venue", counted(job.untold, "candle")));
    }
    if job.status == JobStatus::Completed {
        lines.extend(job.failures.iter().cloned());
    }
    lines.join("\n")
}

/// Equal and never compared are two things.
fn compared(job: &DownloadProgress) -> String {
    if job.checked.is_empty() {
        return "no longer candle of the venue was compared with the minutes".to_owned();
    }
    let of = |(timeframe, candles): &(domain::Timeframe, u64)| format!("{candles} of {timeframe}");
    let checked: Vec<String> = job.checked.iter().map(of).collect();
    let differ = match job.differences {
        0 => "all equal".to_owned(),
        some => format!("{some} differ"),
    };
    format!(
        "longer candles of the venue compared with the minutes: {}, {differ}",
        checked.join(", ")
    )
}

fn verdict(job: &DownloadProgress) -> Result<(), Failure> {
    match job.status {
        JobStatus::Completed => Ok(()),
        JobStatus::Cancelled => Err(Failure::work(
            "CANCELLED",
            "the download was cancelled: what was fetched stays, the same command fetches the rest",
        )),
        JobStatus::Failed | JobStatus::Queued | JobStatus::Running => {
            Err(Failure::work("DOWNLOAD_FAILED", job.failures.join("\nstb: ")))
        }
    }
}
