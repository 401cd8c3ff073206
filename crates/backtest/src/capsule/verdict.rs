//! What is otherwise between a capsule and a run made anew.

use std::collections::BTreeMap;
use std::fmt;

use super::RunCapsule;

/// The comparison of two capsules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Everything that differs, causes before effects.
    pub differences: Vec<CapsuleDifference>,
}

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapsuleDifference {
    /// Of which part.
    pub part: CapsulePart,
    /// Its path, such as `sleeves.0.parameters.fast`.
    pub name: String,
    /// What the capsule says; `None` where it says nothing.
    pub expected: Option<String>,
    /// What was found; `None` where there is nothing.
    pub was: Option<String>,
}

/// A part of a capsule, in the order in which one explains the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CapsulePart {
    /// Version and sources of the engine.
    Engine,
    /// A strategy or the version of its rules.
    Strategy,
    /// Something that was chosen: costs, parameters, filters, the seed.
    Setting,
    /// Candles or settlements.
    Data,
    /// What came of it.
    Result,
}

impl Verdict {
    pub(super) fn between(expected: &RunCapsule, was: &RunCapsule) -> Self {
        Self { differences: differences(lines_of(expected), lines_of(was)) }
    }

    /// Whether the same came of it, be it with another engine or on data of another name.
    #[must_use]
    pub fn is_reproduced(&self) -> bool {
        self.differences.iter().all(|difference| difference.part != CapsulePart::Result)
    }

    /// Whether nothing differs at all.
    #[must_use]
    pub const fn is_identical(&self) -> bool {
        self.differences.is_empty()
    }
}

impl CapsulePart {
    /// `engine`, `strategy`, `setting`, `data` or `result`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Engine => "engine",
            Self::Strategy => "strategy",
            Self::Setting => "setting",
            Self::Data => "data",
            Self::Result => "result",
        }
    }
}

impl fmt::Display for CapsuleDifference {
    /// `setting venue.costs.taker: expected 0.0004, was 0.0005`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { part, name, expected, was } = self;
        let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        write!(f, "{} {name}: expected {}, was {}", part.name(), text(expected), text(was))
    }
}

/// One text for each statement, by its part and path.
type Lines = BTreeMap<(CapsulePart, String), String>;

/// What is otherwise between the settings of a capsule and others.
pub(super) fn setting_differences(
    expected: BTreeMap<String, String>,
    was: BTreeMap<String, String>,
) -> Vec<CapsuleDifference> {
    let lines = |settings: BTreeMap<String, String>| -> Lines {
        settings.into_iter().map(|(name, text)| ((CapsulePart::Setting, name), text)).collect()
    };
    differences(lines(expected), lines(was))
}

fn differences(mut expected: Lines, was: Lines) -> Vec<CapsuleDifference> {
    let mut differences = BTreeMap::new();
    for (place, found) in was {
        let stated = expected.remove(&place);
        if stated.as_ref() != Some(&found) {
            differences.insert(place, (stated, Some(found)));
        }
    }
    differences.extend(expected.into_iter().map(|(place, stated)| (place, (Some(stated), None))));
    let difference =
        |((part, name), (expected, was))| CapsuleDifference { part, name, expected, was };
    differences.into_iter().map(difference).collect()
}

/// Every statement of a capsule, as one text each.
fn lines_of(capsule: &RunCapsule) -> Lines {
    let mut lines = BTreeMap::new();
    let mut put = |part, name: &str, text: String| lines.insert((part, name.to_owned()), text);
    put(CapsulePart::Engine, "version", capsule.engine.version.clone());
    put(CapsulePart::Engine, "hash", capsule.engine.hash.to_string());
    for (sleeve, strategy) in capsule.strategies.iter().enumerate() {
        let hash = strategy.file.as_ref().map_or("", |file| &file.hash);
        let text = format!("{} {} {hash}", strategy.id, strategy.version).trim_end().to_owned();
        put(CapsulePart::Strategy, &format!("sleeves.{sleeve}"), text);
    }
    for (name, text) in &capsule.settings {
        put(CapsulePart::Setting, name, text.clone());
    }
    for (name, series) in &capsule.series {
        put(CapsulePart::Data, name, series.to_string());
    }
    for (name, funding) in &capsule.funding {
        put(CapsulePart::Data, name, funding.to_string());
    }
    let result = &capsule.result;
    put(CapsulePart::Result, "hash", result.hash.to_string());
    put(CapsulePart::Result, "final_balance", result.final_balance.clone());
    put(CapsulePart::Result, "total_return", result.total_return.clone());
    put(CapsulePart::Result, "trades", result.trades.to_string());
    lines
}
