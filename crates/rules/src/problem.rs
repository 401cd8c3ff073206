//! What is wrong with a file of rules: all of it at once, each with its place.

use std::fmt;

use crate::place::Place;

/// Most problems that are told.
const PROBLEMS_MAX: usize = 50;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The way to it, such as `entries[0].when.all[1]`; empty for the whole file.
    pub path: String,
    /// Where it stands in the text, if it stands there.
    pub place: Option<Place>,
    /// The rule in words.
    pub expected: String,
    /// What was there, shortened.
    pub was: String,
}

/// Why a text is no rule set. Nothing of it is used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", in_lines(.problems))]
pub struct RulesError {
    problems: Vec<Problem>,
}

impl RulesError {
    /// At least one problem; those beyond the fiftieth are left out.
    pub(crate) fn new(mut problems: Vec<Problem>) -> Self {
        problems.truncate(PROBLEMS_MAX);
        Self { problems }
    }

    /// What is wrong, at least one thing, in the order of the text where that is known.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "the rules" } else { &self.path };
        match self.place {
            Some(place) => write!(f, "{path} ({place}): ")?,
            None => write!(f, "{path}: ")?,
        }
        write!(f, "expected {}, was {}", self.expected, self.was)
    }
}

fn in_lines(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}
