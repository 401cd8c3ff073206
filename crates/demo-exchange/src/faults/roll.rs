//! Whether a fault happens this time: by rule, count, time and the seed.

use std::ops::Range;

use domain::Timestamp;

use super::kind::{Area, FaultKind, Often};
use super::listing::ListingFault;
use super::plan_text::{FaultPlan, FaultRule};
use super::trade::{TradeFault, TradeOccasion};
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
            if !fits(&rule.kind) {
                return None;
            }
            roll_rule((rule, seen), (seed, number), occasion)
        })
    }

    /// What happens to orders on an occasion: of each kind of fault the first rule that does.
    pub(crate) fn roll_trade(
        &mut self,
        on: TradeOccasion,
        symbol: Option<&str>,
        now: i64,
    ) -> Vec<(TradeFault, Injected)> {
        let mut words: Vec<&'static str> = Vec::new();
        for fault in self.rules.iter().filter_map(|(rule, _)| trade_fault(rule, on)) {
            if !words.contains(&fault.word()) {
                words.push(fault.word());
            }
        }
        let mut found = Vec::new();
        for word in words {
            let occasion = Occasion { area: Area::Trade, name: word, symbol, now };
            let is_word =
                |kind: &FaultKind| matches!(kind, FaultKind::Trade(fault) if fault.word() == word);
            let Some(injected) = self.roll(&occasion, is_word) else {
                continue;
            };
            if let FaultKind::Trade(fault) = injected.kind {
                found.push((fault, injected));
            }
        }
        found
    }

    /// What others do with the account at a full second, and with which symbol: each rule for itself.
    pub(crate) fn roll_acts(&mut self, now: i64) -> Vec<(TradeFault, Option<String>, Injected)> {
        let seed = self.seed;
        let rules = self.rules.iter_mut().zip(1i64..);
        rules
            .filter_map(|((rule, seen), number)| {
                let fault = trade_fault(rule, TradeOccasion::Second)?;
                let symbol = rule.target.symbol.clone();
                let occasion = Occasion {
                    area: Area::Trade,
                    name: fault.word(),
                    symbol: symbol.as_deref(),
                    now,
                };
                let injected = roll_rule((rule, seen), (seed, number), &occasion)?;
                Some((fault, symbol, injected))
            })
            .collect()
    }

    /// Whether anything is planned for an occasion.
    pub(crate) fn has_trade(&self, on: TradeOccasion) -> bool {
        self.rules.iter().any(|(rule, _)| trade_fault(rule, on).is_some())
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
                | FaultKind::Listing(_)
                | FaultKind::Trade(..) => 0,
            })
            .sum()
    }

    /// What changes of the listing of a symbol, and when, in milliseconds.
    pub(crate) fn listing_changes(&self, symbol: &str) -> Vec<(ListingFault, Range<i64>)> {
        let rules = self.rules.iter().map(|(rule, _)| rule);
        let meant =
            rules.filter(|rule| rule.target.symbol.as_deref().is_none_or(|only| only == symbol));
        meant
            .filter_map(|rule| {
                let FaultKind::Listing(change) = &rule.kind else { return None };
                let during = rule
                    .when
                    .within
                    .map_or(i64::MIN..i64::MAX, |range| range.start.millis()..range.end.millis());
                Some((change.clone(), during))
            })
            .collect()
    }

    /// Times without trading of a symbol, in milliseconds.
    pub(crate) fn gaps(&self, symbol: &str) -> Vec<Range<i64>> {
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

/// Counts a rule that is meant, and tells whether it happens.
fn roll_rule(
    (rule, seen): (&FaultRule, &mut u64),
    (seed, number): (u64, i64),
    occasion: &Occasion<'_>,
) -> Option<Injected> {
    if !is_meant(rule, occasion) {
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
}

fn trade_fault(rule: &FaultRule, on: TradeOccasion) -> Option<TradeFault> {
    match rule.kind {
        FaultKind::Trade(fault) => Some(fault).filter(|fault| fault.occasion() == on),
        FaultKind::Request(_)
        | FaultKind::Body(_)
        | FaultKind::Stream(_)
        | FaultKind::Reset
        | FaultKind::Delay(_)
        | FaultKind::Gap
        | FaultKind::Listing(_)
        | FaultKind::Offset(_)
        | FaultKind::Drift(_) => None,
    }
}

fn is_meant(rule: &FaultRule, occasion: &Occasion<'_>) -> bool {
    let target = &rule.target;
    target.area == occasion.area
        && (target.name == "*" || target.name == occasion.name)
        && target.symbol.as_deref().is_none_or(|only| Some(only) == occasion.symbol)
        && rule.when.within.is_none_or(|range| range.contains(Timestamp::from_millis(occasion.now)))
}
