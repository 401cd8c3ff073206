//! Whether a fault happens this time: by rule, count, time and the seed.

use domain::Timestamp;

use super::kind::{Area, FaultKind, Often};
use super::plan_text::{FaultPlan, FaultRule};
use crate::market::hash::{Purpose, chance};

/// A plan at work.
#[derive(Clone, Debug)]
pub(crate) struct Faults {
    seed: u64,
    start: i64,
    rules: Vec<(FaultRule, u64)>,
}

/// A fault that happens now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Injected {
    pub(crate) kind: FaultKind,
    /// The rule as it was written.
    pub(crate) rule: String,
    /// Heads or tails, for faults that are carried out half and half.
    pub(crate) coin: bool,
}

/// What a fault may happen to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Occasion<'a> {
    pub(crate) area: Area,
    pub(crate) name: &'a str,
    pub(crate) symbol: Option<&'a str>,
    pub(crate) now: i64,
}

impl Faults {
    /// `start` is the time from which the clock drifts.
    pub(crate) fn new(plan: FaultPlan, seed: u64, start: i64) -> Self {
        Self { seed, start, rules: plan.0.into_iter().map(|rule| (rule, 0)).collect() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rules as they were written.
    pub(crate) fn plan(&self) -> FaultPlan {
        FaultPlan(self.rules.iter().map(|(rule, _)| rule.clone()).collect())
    }

    /// The first rule that fits and happens, of those whose fault `fits`.
    pub(crate) fn roll(
        &mut self,
        occasion: &Occasion<'_>,
        fits: impl Fn(&FaultKind) -> bool,
    ) -> Option<Injected> {
        let seed = self.seed;
        self.rules.iter_mut().zip(1i64..).find_map(|((rule, seen), number)| {
            if !fits(&rule.kind) || !is_meant(rule, occasion) {
                return None;
            }
            *seen += 1;
            let place = number.rotate_left(40) ^ i64::try_from(*seen).unwrap_or(0);
            let drawn = chance(seed, Purpose::Fault, place);
            let happens = match rule.when.often {
                Often::Always => true,
                Often::Chance(parts) => drawn % 1_000_000 < u64::from(parts),
                Often::First(count) => *seen <= count,
                Often::Only(count) => *seen == count,
            };
            happens.then(|| Injected {
                kind: rule.kind.clone(),
                rule: rule.to_string(),
                coin: drawn >> 63 == 0,
            })
        })
    }

    /// How far the told time is ahead of the venue's, in milliseconds.
    pub(crate) fn clock_offset(&self, now: i64) -> i64 {
        let occasion = Occasion { area: Area::Clock, name: "*", symbol: None, now };
        let rules = self.rules.iter().filter(|(rule, _)| is_meant(rule, &occasion));
        rules
            .map(|(rule, _)| match rule.kind {
                FaultKind::Offset(millis) => millis,
                FaultKind::Drift(parts) => (now - self.start).saturating_mul(parts) / 1_000_000,
                FaultKind::Request(_)
                | FaultKind::Body(_)
                | FaultKind::Stream(_)
                | FaultKind::Reset
                | FaultKind::Delay(_)
                | FaultKind::Gap
                | FaultKind::Trade(..) => 0,
            })
            .sum()
    }

    /// Times without trading of a symbol, in milliseconds.
    pub(crate) fn gaps(&self, symbol: &str) -> Vec<std::ops::Range<i64>> {
        let rules = self.rules.iter().map(|(rule, _)| rule);
        let gaps = rules.filter(|rule| {
            matches!(rule.kind, FaultKind::Gap)
                && rule.target.symbol.as_deref().is_none_or(|only| only == symbol)
        });
        gaps.filter_map(|rule| rule.when.within)
            .map(|range| range.start.millis()..range.end.millis())
            .collect()
    }
}

fn is_meant(rule: &FaultRule, occasion: &Occasion<'_>) -> bool {
    let target = &rule.target;
    target.area == occasion.area
        && (target.name == "*" || target.name == occasion.name)
        && target.symbol.as_deref().is_none_or(|only| Some(only) == occasion.symbol)
        && rule.when.within.is_none_or(|range| range.contains(Timestamp::from_millis(occasion.now)))
}
