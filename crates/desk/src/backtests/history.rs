//! Stored runs as the doors show them.

use backtest::{EquityCurve, thinned_rows};
use domain::Timestamp;
use storage::{JobStatus, RunRow};

use super::job::RunProgress;
use super::outcome::{RunDetails, RunFigures};
use super::request::RunRequest;
use crate::error::DeskError;

/// Which runs to list.
#[derive(Clone, Debug, Default)]
pub struct HistoryFilter {
    /// Only this instrument, any case.
    pub symbol: Option<String>,
    /// Only this strategy, any case.
    pub strategy: Option<String>,
    /// Only this state.
    pub status: Option<JobStatus>,
}

/// One run in the list.
#[derive(Clone, Debug)]
pub struct RunSummary {
    /// Id.
    pub id: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// State and progress.
    pub progress: RunProgress,
    /// What was asked for.
    pub request: RunRequest,
    /// Its figures, once completed.
    pub figures: Option<RunFigures>,
}

/// A completed run.
#[derive(Clone, Debug)]
pub struct RunReport {
    /// Id.
    pub id: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// What was asked for.
    pub request: RunRequest,
    /// Its figures.
    pub figures: RunFigures,
    /// Everything else.
    pub details: RunDetails,
}

/// What is known of a run.
#[derive(Clone, Debug)]
pub enum RunState {
    /// Waits or runs.
    Unfinished(RunProgress),
    /// Has a result.
    Completed(Box<RunReport>),
    /// Ended with an error.
    Failed(String),
    /// Was cancelled.
    Cancelled,
}

/// The equity curve of a run with its drawdown.
#[derive(Clone, Debug, Default)]
pub struct EquityReport {
    /// Candle closes, ms since the epoch.
    pub time: Vec<i64>,
    /// Equity, quote asset.
    pub equity: Vec<f64>,
    /// Fall from the peak so far, fraction of it.
    pub drawdown: Vec<f64>,
    /// Points of the whole curve.
    pub total_points: usize,
}

impl EquityReport {
    /// At most `points` of the curve (all when `None`), keeping lows and highs.
    pub(crate) fn of(curve: &EquityCurve, initial_balance: f64, points: Option<usize>) -> Self {
        let drawdown = curve.drawdown(initial_balance);
        let total_points = curve.time.len();
        let rows = thinned_rows(&curve.equity, points.unwrap_or(total_points));
        Self {
            time: rows.iter().map(|row| curve.time[*row]).collect(),
            equity: rows.iter().map(|row| curve.equity[*row]).collect(),
            drawdown: rows.iter().map(|row| drawdown[*row]).collect(),
            total_points,
        }
    }
}

/// Progress of a run that is not in work, from its row.
pub(crate) fn stored_progress(row: &RunRow) -> Result<RunProgress, DeskError> {
    let details = details(row)?;
    let timing = details.map(|details| details.timing);
    let bars = timing.map_or(0, |timing| timing.bars);
    Ok(RunProgress {
        id: row.id.clone(),
        status: row.status,
        done: bars,
        total: bars,
        elapsed_ms: timing.map_or(0, |timing| whole_millis(timing.load_ms + timing.run_ms)),
        eta_ms: None,
        error: row.error.clone(),
    })
}

pub(crate) fn request(row: &RunRow) -> Result<RunRequest, DeskError> {
    parsed(row, "request", &row.request_json)
}

pub(crate) fn figures(row: &RunRow) -> Result<Option<RunFigures>, DeskError> {
    row.summary_json.as_deref().map(|json| parsed(row, "figures", json)).transpose()
}

pub(crate) fn details(row: &RunRow) -> Result<Option<RunDetails>, DeskError> {
    row.result_json.as_deref().map(|json| parsed(row, "result", json)).transpose()
}

pub(crate) fn report(row: &RunRow) -> Result<RunReport, DeskError> {
    let absent = || DeskError::Stored {
        what: format!("result of run {}", row.id),
        detail: "is absent".to_owned(),
    };
    Ok(RunReport {
        id: row.id.clone(),
        created_at: row.created_at,
        request: request(row)?,
        figures: figures(row)?.ok_or_else(absent)?,
        details: details(row)?.ok_or_else(absent)?,
    })
}

fn parsed<T: serde::de::DeserializeOwned>(
    row: &RunRow,
    what: &str,
    json: &str,
) -> Result<T, DeskError> {
    serde_json::from_str(json).map_err(|error| DeskError::Stored {
        what: format!("{what} of run {}", row.id),
        detail: error.to_string(),
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a duration for people; as saturates"
)]
fn whole_millis(millis: f64) -> u64 {
    millis as u64
}
