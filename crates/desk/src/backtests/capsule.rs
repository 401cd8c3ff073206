//! The capsule of a run: made anew from its request and the candles stored here, and compared.
//!
//! Exchange filters and leverage brackets are the capsule's own: those stored here may have changed since. Demo candles
//! of which it has no funding get none here either. Where that is not what is stored here, a note says so.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use backtest::{CapsuleDifference, CapsuleError, MissingData, RunCapsule, RunData, SeriesPrint};
use domain::PriceKind;
use strategy::StopRequest;

use super::bench::Bench;
use super::execute::{Ended, Prepared, prepare};
use super::outcome::Remark;
use super::plan::{Plan, plan};
use super::request::{FundingChoice, RunRequest};
use crate::error::{DeskError, FieldError, Refusal};
use crate::number::counted;

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
    /// Data that the capsule was made with and that is not stored here, as sentences. It is among the differences, too.
    pub missing: Vec<Remark>,
    /// Where what was taken from the capsule is not what is stored here. They do not count as differences.
    pub notes: Vec<Remark>,
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
    let plan = plan(&request, &registry, &bench.data.coverage()?);
    let plan = plan.map_err(|refusal| lacking(refusal, &capsule))?;
    let prepared = prepare(&request, &bench.data, &registry).map_err(failed)?;
    let Prepared { spec, data, .. } = prepared;
    let mut notes = other_rules(&capsule, &data);
    let mut data = capsule.with_venue_rules(data).map_err(|error| refused(&error))?;
    if request.margin.funding == FundingChoice::Recorded {
        notes.extend(leave_out_demo_funding(&mut data, &capsule, &plan));
    }
    let closing = Arc::clone(&bench.closing);
    let mut stop = StopRequest::new(move || closing.load(Ordering::Relaxed));
    let verdict = capsule.verify(&spec, &data, &registry, &mut stop);
    let verdict = verdict.map_err(|error| failed(error.into()))?;
    let mut missing = missing_candles(&capsule.missing_data(&data));
    missing.extend(missing_funding(&capsule, &data, &verdict.differences));
    let (reproduced, identical) = (verdict.is_reproduced(), verdict.is_identical());
    let differences = verdict.differences.into_iter().map(CapsuleMismatch::from).collect();
    Ok(CapsuleReport { request, reproduced, identical, differences, missing, notes })
}

/// A refusal for want of candles that says what the capsule was made with.
fn lacking(refusal: Refusal, capsule: &RunCapsule) -> Refusal {
    let mut made_with: Vec<String> = capsule.series().values().map(stated).collect();
    made_with.sort();
    made_with.dedup();
    let message =
        format!("{}. The capsule was made with {}", refusal.message, made_with.join(", "));
    Refusal { message, ..refusal }
}

/// One remark for each series of which there are fewer candles here than the capsule was made with.
fn missing_candles(missing: &[MissingData]) -> Vec<Remark> {
    let mut remarks: Vec<Remark> = Vec::new();
    for MissingData { stated: print, rows, .. } in missing {
        let is_mark = print.price == PriceKind::Mark.name();
        let (code, option) =
            if is_mark { ("MARK_MISSING", " --mark") } else { ("CANDLES_MISSING", "") };
        let message = format!(
            "the capsule was made with {}, {rows} of them are stored here; fetch them (`stb data download {}{option}`) \
             or import them",
            stated(print),
            print.symbol
        );
        let remark = Remark { code: code.to_owned(), message };
        if !remarks.contains(&remark) {
            remarks.push(remark);
        }
    }
    remarks
}

/// One remark for each instrument whose funding differs as settlements, or their mark prices, are missing here.
fn missing_funding(
    capsule: &RunCapsule,
    data: &RunData,
    differences: &[CapsuleDifference],
) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for (number, instrument) in data.instruments.iter().enumerate() {
        let name = format!("instruments.{number}.funding");
        let (Some(stated), true) =
            (capsule.funding().get(&name), differences.iter().any(|one| one.name == name))
        else {
            continue;
        };
        let (here, symbol) = (&instrument.funding, &instrument.listing.instrument.symbol);
        let without_mark = here.iter().filter(|one| one.mark.is_none()).count() as u64;
        let message = if (here.len() as u64) < stated.settlements {
            format!(
                "the capsule was made with {} of {symbol}, {} are known here",
                counted(stated.settlements, "settlement"),
                here.len()
            )
        } else if without_mark > 0 {
            format!(
                "{without_mark} of {} of {symbol} have no mark price here: fetch mark prices (`stb data download \
                 {symbol} --mark`) or import them",
                counted(here.len() as u64, "settlement")
            )
        } else {
            continue;
        };
        remarks.push(Remark { code: "FUNDING_MISSING".to_owned(), message });
    }
    remarks
}

/// `960 15m mark price candles of BTCUSDT (um) from 2024-01-01T00:00:00Z to 2024-01-10T23:45:00Z`.
fn stated(print: &SeriesPrint) -> String {
    let SeriesPrint { market, symbol, price, timeframe, rows, first, last, .. } = print;
    let range = first.as_ref().zip(last.as_ref());
    let range = range.map_or_else(String::new, |(first, last)| format!(" from {first} to {last}"));
    format!("{rows} {timeframe} {price} price candles of {symbol} ({market}){range}")
}

/// Says of which instruments the capsule has other filters or brackets than are stored here.
fn other_rules(capsule: &RunCapsule, data: &RunData) -> Vec<Remark> {
    let differences = capsule.other_venue_rules(data);
    let mut notes = Vec::new();
    for (number, instrument) in data.instruments.iter().enumerate() {
        for (kind, what, code) in [
            ("filters", "exchange filters", "OTHER_FILTERS"),
            ("brackets", "leverage brackets", "OTHER_BRACKETS"),
        ] {
            let path = format!("instruments.{number}.{kind}.");
            let others: Vec<&CapsuleDifference> =
                differences.iter().filter(|one| one.name.starts_with(&path)).collect();
            let [first, ..] = others.as_slice() else { continue };
            let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
            let message = format!(
                "the {what} of {} in the capsule are used and not those stored here: {} differ, the first is {} \
                 ({} in the capsule, {} here)",
                instrument.listing.instrument.symbol,
                counted(others.len() as u64, "setting"),
                first.name,
                text(&first.expected),
                text(&first.was)
            );
            notes.push(Remark { code: code.to_owned(), message });
        }
    }
    notes
}

/// Takes away the funding of demo candles of which the capsule has none: in earlier releases they had none at all, and
/// whoever deleted it ran without it too. Says of which instruments there was any.
fn leave_out_demo_funding(data: &mut RunData, capsule: &RunCapsule, plan: &Plan) -> Vec<Remark> {
    let mut notes = Vec::new();
    let instruments = data.instruments.iter_mut().zip(&plan.instruments).enumerate();
    for (number, (instrument, planned)) in instruments {
        let stated = capsule.funding().get(&format!("instruments.{number}.funding"));
        let has_none = stated.is_some_and(|stated| stated.settlements == 0);
        if planned.market.is_synthetic() && has_none && !instrument.funding.is_empty() {
            let message = format!(
                "the capsule has no funding of {}: {} stored here are left out",
                planned.symbol,
                counted(instrument.funding.len() as u64, "settlement")
            );
            notes.push(Remark { code: "FUNDING_LEFT_OUT".to_owned(), message });
            instrument.funding = Arc::default();
        }
    }
    notes
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
