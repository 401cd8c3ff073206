//! The capsule of a run: made anew from its request and the candles stored here, and compared.
//!
//! Exchange filters and leverage brackets are the capsule's own: those stored here may have changed since. Demo candles
//! of which it has no funding get none here either.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use backtest::{CapsuleDifference, CapsuleError, RunCapsule, RunData};
use strategy::StopRequest;

use super::bench::Bench;
use super::execute::{Ended, Prepared, prepare};
use super::plan::{Plan, plan};
use super::request::{FundingChoice, RunRequest};
use crate::error::{DeskError, FieldError};

/// What came of running a capsule again.
#[derive(Clone, Debug, PartialEq)]
pub struct CapsuleReport {
    /// What was run.
    pub request: RunRequest,
    /// Whether the result is the same, be it with another engine or other names.
    pub reproduced: bool,
    /// Whether nothing at all differs.
    pub identical: bool,
    /// Everything that differs, causes before effects.
    pub differences: Vec<CapsuleMismatch>,
}

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapsuleMismatch {
    /// `engine`, `strategy`, `setting`, `data` or `result`.
    pub part: String,
    /// Its path, such as `sleeves.0.parameters.fast`.
    pub name: String,
    /// What the capsule says.
    pub expected: Option<String>,
    /// What was found.
    pub was: Option<String>,
}

/// Runs a capsule again and compares.
pub(super) fn verify(text: &str, bench: &Bench) -> Result<CapsuleReport, DeskError> {
    let capsule = RunCapsule::from_json(text).map_err(|error| refused(&error))?;
    let request = request_of(&capsule)?;
    let registry = bench.strategies.of_capsule(capsule.strategies())?;
    let plan = plan(&request, &registry, &bench.data.coverage()?)?;
    let prepared = prepare(&request, &bench.data, &registry).map_err(failed)?;
    let Prepared { spec, data, .. } = prepared;
    let mut data = capsule.with_venue_rules(data).map_err(|error| refused(&error))?;
    if request.margin.funding == FundingChoice::Recorded {
        leave_out_demo_funding(&mut data, &capsule, &plan);
    }
    let closing = Arc::clone(&bench.closing);
    let mut stop = StopRequest::new(move || closing.load(Ordering::Relaxed));
    let verdict = capsule.verify(&spec, &data, &registry, &mut stop);
    let verdict = verdict.map_err(|error| failed(error.into()))?;
    let (reproduced, identical) = (verdict.is_reproduced(), verdict.is_identical());
    let differences = verdict.differences.into_iter().map(CapsuleMismatch::from).collect();
    Ok(CapsuleReport { request, reproduced, identical, differences })
}

/// Takes away the funding of demo candles of which the capsule has none: in earlier releases they had none at all, and
/// whoever deleted it ran without it too.
fn leave_out_demo_funding(data: &mut RunData, capsule: &RunCapsule, plan: &Plan) {
    let instruments = data.instruments.iter_mut().zip(&plan.instruments).enumerate();
    for (number, (instrument, planned)) in instruments {
        let stated = capsule.funding().get(&format!("instruments.{number}.funding"));
        if planned.market.is_synthetic() && stated.is_some_and(|stated| stated.settlements == 0) {
            instrument.funding = Arc::default();
        }
    }
}

fn request_of(capsule: &RunCapsule) -> Result<RunRequest, DeskError> {
    let wrong = |message: String| DeskError::Invalid(vec![FieldError::value(&[], message)]);
    let text = capsule.request().ok_or_else(|| {
        wrong("the capsule holds no request, so that there is nothing to run again".to_owned())
    })?;
    serde_json::from_str(text)
        .map_err(|error| wrong(format!("the request in the capsule cannot be read: {error}")))
}

fn refused(error: &CapsuleError) -> DeskError {
    DeskError::Invalid(vec![FieldError::value(&[], error.to_string())])
}

fn failed(ended: Ended) -> DeskError {
    match ended {
        Ended::Stopped => DeskError::Closing,
        Ended::Failed(reason) => DeskError::RunFailed(reason),
    }
}

impl From<CapsuleDifference> for CapsuleMismatch {
    fn from(difference: CapsuleDifference) -> Self {
        let CapsuleDifference { part, name, expected, was } = difference;
        Self { part: part.name().to_owned(), name, expected, was }
    }
}
