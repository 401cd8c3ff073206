//! From a text to a rule set, and back.

use crate::block::Block;
use crate::json;
use crate::model::RuleSet;
use crate::problem::{Problem, RulesError};
use crate::reader::Reader;
use crate::reference;

/// Most bytes of a file.
pub(crate) const BYTES_MAX: usize = 256 * 1024;

/// Reads a rule set. All of it is checked; a text with anything wrong in it gives nothing.
///
/// # Errors
/// [`RulesError`] with everything that was found, each with its place.
pub fn read(text: &str) -> Result<RuleSet, RulesError> {
    if text.len() > BYTES_MAX {
        return Err(RulesError::new(vec![Problem {
            path: String::new(),
            place: None,
            expected: format!("at most {BYTES_MAX} bytes"),
            was: text.len().to_string(),
        }]));
    }
    let json = json::parse(text).map_err(RulesError::new)?;
    let mut reader = Reader::new(text);
    let rules = RuleSet::read(&json, &mut reader);
    let (mut problems, references) = reader.finish();
    if problems.iter().any(|problem| problem.path == "format" || problem.path == "version") {
        // Of another format everything would be wrong.
        problems.retain(|problem| problem.path == "format" || problem.path == "version");
        return Err(RulesError::new(problems));
    }
    if let Some(rules) = &rules {
        problems.extend(reference::problems(&references, rules));
    }
    problems.sort_by_key(|problem| problem.place);
    match rules {
        Some(rules) if problems.is_empty() => Ok(rules),
        Some(_) | None => Err(RulesError::new(problems)),
    }
}

impl RuleSet {
    /// The rules as JSON, which [`read`] reads back.
    ///
    /// # Panics
    /// Never: a tree of texts and decimals is JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(&self.write()).expect("texts and decimals are JSON")
    }
}
