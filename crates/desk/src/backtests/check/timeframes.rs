//! Candle lengths and their roles.

use std::collections::BTreeMap;

use domain::{Role, Timeframe};

use super::checker::Checker;
use crate::backtests::request::RoleOfTimeframe;
use crate::error::FieldError;
use crate::number::quoted;

/// Candle lengths, each once.
pub(super) fn timeframes(
    checker: &mut Checker,
    given: Option<&[String]>,
) -> Option<Vec<Timeframe>> {
    let Some(given) = given else {
        checker.push(FieldError::missing(&["timeframes"], "is required"));
        return None;
    };
    if given.is_empty() {
        checker.wrong(&["timeframes"], "expected at least one timeframe, was an empty list");
        return None;
    }
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for text in given {
        match text.parse::<Timeframe>() {
            Ok(timeframe) if found.contains(&timeframe) => {
                problems.push(format!("{timeframe} is listed twice"));
            }
            Ok(timeframe) => found.push(timeframe),
            Err(error) => problems.push(error.to_string()),
        }
    }
    if problems.is_empty() {
        return Some(found);
    }
    problems.truncate(5);
    checker.wrong(&["timeframes"], problems.join("; "));
    None
}

/// Each candle length with its role; a single one is LTF.
pub(super) fn roles(
    checker: &mut Checker,
    timeframes: &[Timeframe],
    given: &[(String, String)],
) -> Vec<RoleOfTimeframe> {
    let mut assigned: BTreeMap<Timeframe, Role> = BTreeMap::new();
    let mut wrong: Vec<Timeframe> = Vec::new();
    for (name, role) in given {
        let timeframe = name.parse::<Timeframe>().ok().filter(|found| timeframes.contains(found));
        let Some(timeframe) = timeframe else {
            checker.wrong(&["tf_roles", &shortened(name)], absent(name, timeframes));
            continue;
        };
        let problem = match role.parse::<Role>() {
            Ok(role) if assigned.insert(timeframe, role).is_none() => continue,
            Ok(_) => format!("{timeframe} has more than one role"),
            Err(error) => error.to_string(),
        };
        wrong.push(timeframe);
        checker.wrong(&["tf_roles", timeframe.name()], problem);
    }
    if let ([only], true) = (timeframes, given.is_empty()) {
        assigned.insert(*only, Role::Ltf);
    }
    for timeframe in
        timeframes.iter().filter(|one| !assigned.contains_key(one) && !wrong.contains(one))
    {
        let message = format!("{timeframe} needs a role, HTF or LTF");
        checker.push(FieldError::missing(&["tf_roles", timeframe.name()], message));
    }
    check_order(checker, &assigned);
    timeframes
        .iter()
        .filter_map(|one| {
            assigned.get(one).map(|role| RoleOfTimeframe { timeframe: *one, role: *role })
        })
        .collect()
}

fn check_order(checker: &mut Checker, assigned: &BTreeMap<Timeframe, Role>) {
    let with_role = |wanted: Role| {
        assigned.iter().filter(move |(_, role)| **role == wanted).map(|(timeframe, _)| *timeframe)
    };
    if let (Some(htf), Some(ltf)) = (with_role(Role::Htf).min(), with_role(Role::Ltf).max())
        && htf < ltf
    {
        let message =
            format!("expected an HTF longer than every LTF, was {htf} as HTF and {ltf} as LTF");
        checker.wrong(&["tf_roles", htf.name()], message);
    }
}

fn absent(name: &str, timeframes: &[Timeframe]) -> String {
    let names: Vec<_> = timeframes.iter().map(|one| one.name()).collect();
    format!(
        "expected a role only for the timeframes of the request ({}), was {}",
        names.join(", "),
        quoted(name)
    )
}

fn shortened(text: &str) -> String {
    text.chars().take(16).collect()
}
