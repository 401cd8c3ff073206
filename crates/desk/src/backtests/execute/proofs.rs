//! Further runs that prove something about a result: the band and the truncation badge.

use backtest::{
    BandEdge, FillBand, RunData, RunResult, RunSpec, TruncationCut, TruncationDifference,
    TruncationPlan, TruncationReport, check_truncation, fill_band,
};
use strategy::Registry;

use super::Ended;
use super::watch::Watch;
use crate::backtests::outcome::{
    BandEdgeRecord, BandRecord, CutDifference, CutRecord, Remark, TruncationRecord,
};
use crate::backtests::request::CheckOptions;

/// What a run was made of.
#[derive(Clone, Copy)]
pub(super) struct Ran<'a> {
    pub(super) spec: &'a RunSpec,
    pub(super) data: &'a RunData,
    pub(super) registry: &'a Registry,
    pub(super) result: &'a RunResult,
}

/// What was proved.
#[derive(Debug, Default)]
pub(super) struct Proofs {
    pub(super) band: Option<BandRecord>,
    /// Whether the band bounds the result, when there is one.
    bounds: bool,
    pub(super) truncation: Option<TruncationRecord>,
}

impl Proofs {
    /// A word about a band that is none in the strict sense.
    pub(super) fn band_remark(&self) -> Option<Remark> {
        (self.band.is_some() && !self.bounds).then(|| Remark {
            code: "BAND_CROSSED".to_owned(),
            message:
                "the fill policies led to different trades after their first difference, such as \
                 signals that one run could not afford, so the band does not bound this result"
                    .to_owned(),
        })
    }
}

/// Runs of a whole truncation check.
pub(super) fn truncation_runs(checks: CheckOptions) -> u64 {
    if checks.truncation { 1 + 2 * TruncationPlan::default().cuts as u64 } else { 0 }
}

/// Makes the proofs that were asked for. A result without an ambiguous trade needs no band.
pub(super) fn proofs(
    checks: CheckOptions,
    ran: Ran<'_>,
    watch: &mut Watch<'_>,
) -> Result<Proofs, Ended> {
    let mut proofs = Proofs::default();
    let Ran { spec, data, registry, result } = ran;
    if checks.band && result.metrics.ambiguous_trades > 0 {
        let band = fill_band(spec, data, registry, result, &mut watch.stop_request())?;
        proofs.band = Some(band_record(&band));
        proofs.bounds = band.bounds(result.final_balance);
    }
    if checks.truncation {
        let plan = TruncationPlan { seed: spec.venue.seed, ..TruncationPlan::default() };
        watch.after_first();
        let report = check_truncation(spec, data, registry, &plan, watch)?;
        proofs.truncation = Some(truncation_record(&report));
    }
    Ok(proofs)
}

fn band_record(band: &FillBand) -> BandRecord {
    let edge = |edge: &BandEdge| BandEdgeRecord {
        final_balance: edge.final_balance.decimal(),
        total_return: edge.total_return,
        trades: edge.trades,
        ambiguous: edge.ambiguous,
    };
    BandRecord {
        ambiguous_trades: band.ambiguous_trades,
        pessimistic: edge(&band.pessimistic),
        optimistic: edge(&band.optimistic),
    }
}

fn truncation_record(report: &TruncationReport) -> TruncationRecord {
    let difference = |found: TruncationDifference| CutDifference {
        in_what: found.in_what.name().to_owned(),
        time: found.time,
    };
    let cut = |cut: &TruncationCut| CutRecord {
        time: cut.time,
        decisions: cut.decisions as u64,
        fills: cut.fills as u64,
        trades: cut.trades as u64,
        prefix: cut.prefix.map(difference),
        noise: cut.noise.map(difference),
    };
    TruncationRecord {
        badge: report.badge().name().to_owned(),
        decisions: report.decisions() as u64,
        cuts: report.cuts.iter().map(cut).collect(),
    }
}
