//! `stb verify`.

use std::fs;
use std::path::Path;

use api::dto::capsule::{CapsuleDifference, CapsuleVerdict};
use desk::{DeskError, Purpose};
use serde::Serialize;
use serde_json::Value;

use crate::arguments::Verify;
use crate::failure::Failure;
use crate::output::Output;
use crate::workplace::{log, open};

/// The verdict as the API gives it; `error` when the result differs.
#[derive(Serialize)]
struct Document {
    #[serde(flatten)]
    verdict: CapsuleVerdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Value>,
}

/// Runs a capsule again and says what differs.
pub(crate) fn run(
    data_dir: Option<&Path>,
    verify: &Verify,
    output: &Output,
) -> Result<(), Failure> {
    log("warn");
    let shown = verify.file.display();
    let text = fs::read_to_string(&verify.file)
        .map_err(|error| Failure::usage(format!("{shown} cannot be read: {error}")))?;
    let desk = open(data_dir, Purpose::Command("verify"))?;
    let report = desk.backtests().verify(&text).map_err(|error| not_run(error, &verify.file))?;
    let verdict = CapsuleVerdict::from(report);
    let failure = (!verdict.reproduced)
        .then(|| Failure::work("CAPSULE_DIFFERS", format!("{shown}: the result is not the same")));
    if !output.is_json() {
        output.text(&lines(&verdict))?;
        return failure.map_or(Ok(()), Err);
    }
    let error = failure.as_ref().and_then(|failure| failure.to_json().get("error").cloned());
    output.json(&Document { verdict, error })?;
    failure.map_or(Ok(()), |failure| Err(failure.in_document()))
}

/// A file that is no capsule is wrong input; that a capsule cannot be run here is an answer.
fn not_run(error: DeskError, file: &Path) -> Failure {
    let is_refused = matches!(error, DeskError::Refused(_));
    let failure = Failure::of(error, |_| file.display().to_string());
    if is_refused { failure.of_work() } else { failure }
}

fn lines(verdict: &CapsuleVerdict) -> String {
    let mut lines = vec![format!(
        "{} on {}, {} to {}",
        verdict.strategies.join(","),
        verdict.symbols.join(","),
        verdict.start_date,
        verdict.end_date
    )];
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
    let difference = |one: &CapsuleDifference| {
        format!(
            "{} {}: expected {}, was {}",
            one.part,
            one.name,
            text(&one.expected),
            text(&one.was)
        )
    };
    lines.extend(verdict.differences.iter().map(difference));
    lines.extend(verdict.missing.iter().map(|missing| format!("missing: {}", missing.message)));
    lines.extend(verdict.notes.iter().map(|note| format!("note: {}", note.message)));
    lines.push(
        match (verdict.identical, verdict.reproduced) {
            (true, _) => "reproduced: engine, settings, data and result are identical",
            (false, true) => "reproduced: the result is the same in spite of these differences",
            (false, false) => "not reproduced",
        }
        .to_owned(),
    );
    lines.join("\n")
}
