//! Findings counted and, the largest of each kind, kept.

use std::collections::BTreeMap;

use super::finding::{Finding, FindingKind, FindingTotal, Found};

/// Takes findings in any order.
#[derive(Debug)]
pub(super) struct Tally {
    listed_max: usize,
    kinds: BTreeMap<FindingKind, Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    findings: u64,
    candles: u64,
    largest: Vec<Found>,
}

impl Tally {
    pub(super) const fn new(listed_max: usize) -> Self {
        Self { listed_max, kinds: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, found: Found) {
        let kept = self.kinds.entry(found.kind).or_default();
        kept.findings += 1;
        kept.candles += found.candles;
        kept.largest.push(found);
        // Sorting now and then keeps memory bounded at little cost.
        if kept.largest.len() >= self.listed_max.saturating_mul(4).saturating_add(64) {
            kept.cut(self.listed_max);
        }
    }

    /// Totals of all kinds, and what is listed, ascending by time.
    pub(super) fn finish(mut self, deviation: Option<f64>) -> (Vec<FindingTotal>, Vec<Finding>) {
        let mut listed = Vec::new();
        let totals = FindingKind::ALL.map(|kind| {
            let mut kept = self.kinds.remove(&kind).unwrap_or_default();
            kept.cut(self.listed_max);
            listed.append(&mut kept.largest);
            FindingTotal { kind, findings: kept.findings, candles: kept.candles }
        });
        listed.sort_by_key(|found| (found.from, found.kind));
        let findings = listed.into_iter().map(|found| found.into_finding(deviation)).collect();
        (totals.to_vec(), findings)
    }
}

impl Kept {
    fn cut(&mut self, listed_max: usize) {
        self.largest.sort_by(|a, b| b.size.total_cmp(&a.size).then(a.from.cmp(&b.from)));
        self.largest.truncate(listed_max);
    }
}
