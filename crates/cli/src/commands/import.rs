//! `stb data import`.

use std::path::Path;
use std::time::Duration;

use api::dto::import::ImportJob;
use desk::backtests::JobStatus;
use desk::data::{FileContent, FileReport, FileStatus, ImportProgress, ImportRequestDraft};
use desk::{Desk, Purpose};
use serde::Serialize;
use serde_json::Value;

use crate::arguments::Import;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::output::{Output, counted, table};
use crate::progress::{ProgressLine, share};
use crate::workplace::{block_on, log, open};

const SHOWN_EVERY: Duration = Duration::from_millis(200);

/// The import as the API gives it; `error` when the command fails.
#[derive(Serialize)]
struct Document {
    #[serde(flatten)]
    job: ImportJob,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Value>,
}

/// Imports files and tells what became of each.
pub(crate) fn run(
    data_dir: Option<&Path>,
    import: &Import,
    output: &Output,
) -> Result<(), Failure> {
    log("warn");
    for path in &import.paths {
        let there = std::fs::metadata(path);
        there.map_err(|error| Failure::usage(format!("PATH: {}: {error}", path.display())))?;
    }
    let desk = open(data_dir, Purpose::Command("data import"))?;
    let draft = ImportRequestDraft {
        symbol: Some(import.symbol.clone()),
        market: Some(market(import)?),
        on_conflict: Some(import.on_conflict.clone()),
        timeframe: import.timeframe.clone(),
        price: import.price.clone(),
    };
    let id = desk
        .imports()
        .import_paths(&import.paths, &draft)
        .map_err(|error| Failure::of(error, flag))?;
    block_on(watch(&desk, &id))??;
    let job = desk.imports().progress(&id)?;
    let verdict = verdict(&job);
    if !output.is_json() {
        output.text(&report(&job))?;
        return verdict;
    }
    let error = verdict.as_ref().err().and_then(|failure| failure.to_json().get("error").cloned());
    output.json(&Document { job: ImportJob::full(&job), error })?;
    verdict.map_err(Failure::in_document)
}

/// The market asked for; without one what the file names say, and um when they say nothing.
fn market(import: &Import) -> Result<String, Failure> {
    if let Some(market) = &import.market {
        return Ok(market.clone());
    }
    let mut named = desk::data::markets_named(&import.paths);
    match (named.pop(), named.pop()) {
        (Some(_), Some(_)) => Err(Failure::usage(
            "the file names say um and spot; import them one by one with --market",
        )),
        (Some(only), None) => Ok(only.name().to_owned()),
        (None, _) => Ok("um".to_owned()),
    }
}

fn flag(path: &[String]) -> String {
    match path.first().map(String::as_str) {
        Some("paths") => "PATH".to_owned(),
        Some(name) => format!("--{}", name.replace('_', "-")),
        None => "import".to_owned(),
    }
}

async fn watch(desk: &Desk, id: &str) -> Result<(), Failure> {
    let mut interrupt = Interrupt::listen()?;
    let mut line = ProgressLine::new();
    let ended = desk.imports().wait(id);
    tokio::pin!(ended);
    let mut told = false;
    loop {
        tokio::select! {
            () = &mut ended => return Ok(()),
            () = interrupt.wait(), if !told => {
                told = true;
                // An import that ended meanwhile has nothing to cancel.
                let _ = desk.imports().cancel(id);
            }
            () = tokio::time::sleep(SHOWN_EVERY) => {
                if let Ok(job) = desk.imports().progress(id) {
                    line.show(&shown(&job));
                }
            }
        }
    }
}

fn shown(job: &ImportProgress) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a share for people")]
    let fraction =
        if job.bytes_total == 0 { 0.0 } else { job.bytes_done as f64 / job.bytes_total as f64 };
    format!(
        "file {} of {}, {}, {} rows",
        job.files_done + 1,
        job.files_total,
        share(fraction, job.eta_ms),
        job.rows
    )
}

fn report(job: &ImportProgress) -> String {
    let rows: Vec<Vec<String>> = job.files.iter().map(row).collect();
    let head = ["file", "status", "content", "timeframe", "rows", "new", "gaps", "first", "last"];
    let mut lines = vec![table(&head, &rows)];
    for file in job.files.iter() {
        for gap in file.gaps.iter().take(5) {
            lines.push(format!(
                "{}: {} missing from {} to {}",
                file.file,
                counted(gap.missing, noun(file)),
                gap.from,
                gap.to
            ));
        }
        lines.extend(file.warnings.iter().map(|warning| format!("{}: {warning}", file.file)));
    }
    lines.join("\n")
}

/// What a row of the file is.
fn noun(file: &FileReport) -> &'static str {
    match file.content {
        Some(FileContent::Funding) => "settlement",
        Some(FileContent::Candles(_)) | None => "candle",
    }
}

fn row(file: &FileReport) -> Vec<String> {
    let status = match file.status {
        FileStatus::Imported => "imported",
        FileStatus::Unchanged => "unchanged",
        FileStatus::Failed => "failed",
        FileStatus::Cancelled => "cancelled",
    };
    let text = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    vec![
        file.file.clone(),
        status.to_owned(),
        text(file.content.map(|content| content.to_string())),
        text(file.timeframe.map(|timeframe| timeframe.to_string())),
        file.rows.to_string(),
        file.new_rows.to_string(),
        file.gap_count.to_string(),
        text(file.first.map(|time| time.to_string())),
        text(file.last.map(|time| time.to_string())),
    ]
}

fn verdict(job: &ImportProgress) -> Result<(), Failure> {
    if job.status == JobStatus::Cancelled {
        return Err(Failure::work("CANCELLED", "the import was cancelled"));
    }
    let failed: Vec<&str> = job
        .files
        .iter()
        .filter_map(|file| file.error.as_ref())
        .map(|error| error.message.as_str())
        .collect();
    if failed.is_empty() {
        Ok(())
    } else {
        Err(Failure::work("IMPORT_FAILED", failed.join("\nstb: ")))
    }
}
