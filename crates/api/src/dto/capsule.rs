//! What came of running a capsule again.

use desk::backtests::{CapsuleMismatch, CapsuleReport};
use serde::Serialize;
use utoipa::ToSchema;

use super::result::Remark;

/// A capsule run again on the candles that are stored here.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CapsuleVerdict {
    /// Whether the result is the same.
    pub reproduced: bool,
    /// Whether nothing at all differs, engine, settings and data included.
    pub identical: bool,
    /// Everything that differs, causes before effects.
    pub differences: Vec<CapsuleDifference>,
    /// Data that the capsule was made with and that is not stored here, with how to get it. It is among the differences,
    /// too.
    pub missing: Vec<Remark>,
    /// Exchange filters, leverage brackets and demo funding that were taken from the capsule and are not what is stored
    /// here. They do not count as differences.
    pub notes: Vec<Remark>,
    /// Instruments that were run.
    pub symbols: Vec<String>,
    /// Strategies that were run.
    pub strategies: Vec<String>,
    /// First instant of the range.
    pub start_date: String,
    /// First instant after the range.
    pub end_date: String,
}

/// One thing that differs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CapsuleDifference {
    /// `engine`, `strategy`, `setting`, `data` or `result`.
    #[schema(example = "setting")]
    pub part: String,
    /// Its path.
    #[schema(example = "sleeves.0.parameters.fast")]
    pub name: String,
    /// What the capsule says; null where it says nothing.
    #[schema(required = true)]
    pub expected: Option<String>,
    /// What was found; null where there is nothing.
    #[schema(required = true)]
    pub was: Option<String>,
}

impl From<CapsuleReport> for CapsuleVerdict {
    fn from(report: CapsuleReport) -> Self {
        let CapsuleReport { request, reproduced, identical, differences, missing, notes } = report;
        Self {
            reproduced,
            identical,
            differences: differences.into_iter().map(CapsuleDifference::from).collect(),
            missing: missing.into_iter().map(Remark::from).collect(),
            notes: notes.into_iter().map(Remark::from).collect(),
            symbols: request.symbols().iter().map(ToString::to_string).collect(),
            strategies: request.strategies(),
            start_date: request.start.to_string(),
            end_date: request.end.to_string(),
        }
    }
}

impl From<CapsuleMismatch> for CapsuleDifference {
    fn from(mismatch: CapsuleMismatch) -> Self {
        let CapsuleMismatch { part, name, expected, was } = mismatch;
        Self { part, name, expected, was }
    }
}
