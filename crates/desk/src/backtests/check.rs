//! From a draft to a checked request: every wrong field is found in one pass.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use domain::{Decimal, Role, Symbol, Timeframe, Timestamp};
use strategy::{Definition, Registry};

use super::draft::BacktestDraft;
use super::request::{
    GapPolicy, IntrabarOrder, MarketChoice, RISK, RoleOfTimeframe, RunRequest, StoredParameter,
    fraction,
};
use crate::error::{DeskError, FieldError, FieldErrorKind, Refusal, RefusalCode};
use crate::number::{BALANCE, Bounds, COST, LEVERAGE, PERCENT, bounded, quoted};

/// Checks a draft and fills in defaults.
///
/// # Errors
/// [`DeskError::Invalid`] with one entry per wrong field; [`DeskError::Refused`] when
/// everything is well-formed but no such strategy exists.
pub(crate) fn check(draft: &BacktestDraft, registry: &Registry) -> Result<RunRequest, DeskError> {
    let mut errors = Vec::new();
    let symbol = required::<Symbol>(&mut errors, "symbol", draft.symbol.as_deref());
    let name = strategy_name(&mut errors, draft.strategy.as_deref());
    let range = range(&mut errors, draft);
    let timeframes = timeframes(&mut errors, draft.timeframes.as_deref());
    let roles = timeframes.map(|timeframes| roles(&mut errors, &timeframes, &draft.tf_roles));
    let default = |text: &str| crate::number::parse_decimal(text).unwrap_or_default();
    let mut number = |field: &str, given: &Option<String>, bounds: &Bounds| {
        given.as_deref().and_then(|text| keep(&mut errors, bounded(field, text, bounds)))
    };
    let initial_balance = number("initial_balance", &draft.initial_balance, &BALANCE);
    let commission = number("commission", &draft.commission, &COST);
    let slippage = number("slippage", &draft.slippage, &COST);
    let leverage = number("leverage", &draft.leverage, &LEVERAGE);
    let risk_per_trade = number("risk_per_trade", &draft.risk_per_trade, &PERCENT);
    let market = optional(&mut errors, "market", draft.market.as_deref(), MarketChoice::Auto);
    let gap_policy =
        optional(&mut errors, "gap_policy", draft.gap_policy.as_deref(), GapPolicy::Annotate);
    let intrabar_policy = optional(
        &mut errors,
        "intrabar_policy",
        draft.intrabar_policy.as_deref(),
        IntrabarOrder::Pessimistic,
    );
    let definition = name.and_then(|name| registry.find(name));
    let parameters =
        definition.map(|definition| parameters(&mut errors, definition, draft, risk_per_trade));
    if !errors.is_empty() {
        return Err(DeskError::Invalid(errors));
    }
    let definition =
        definition.ok_or_else(|| unknown_strategy(name.unwrap_or_default(), registry))?;
    let (Some(symbol), Some((start, end)), Some(timeframes)) = (symbol, range, roles) else {
        return Err(DeskError::Invalid(vec![FieldError::value(&[], "the request is incomplete")]));
    };
    Ok(RunRequest {
        symbol,
        market,
        strategy: definition.info.id.to_owned(),
        start,
        end,
        timeframes,
        initial_balance: initial_balance.unwrap_or_else(|| default("10000")),
        commission: commission.unwrap_or_else(|| default("0.001")),
        slippage: slippage.unwrap_or_else(|| default("0.0001")),
        leverage: leverage.unwrap_or(Decimal::ONE),
        risk_per_trade,
        parameters: parameters.unwrap_or_default(),
        gap_policy,
        intrabar_policy,
    })
}

fn keep<T>(errors: &mut Vec<FieldError>, result: Result<T, FieldError>) -> Option<T> {
    result.map_err(|error| errors.push(error)).ok()
}

fn required<T: FromStr<Err: Display>>(
    errors: &mut Vec<FieldError>,
    field: &str,
    text: Option<&str>,
) -> Option<T> {
    let Some(text) = text else {
        errors.push(FieldError::missing(&[field], "is required"));
        return None;
    };
    keep(
        errors,
        text.parse().map_err(|error: T::Err| FieldError::value(&[field], error.to_string())),
    )
}

fn optional<T: FromStr<Err: Display>>(
    errors: &mut Vec<FieldError>,
    field: &str,
    text: Option<&str>,
    default: T,
) -> T {
    text.and_then(|text| required(errors, field, Some(text))).unwrap_or(default)
}

fn strategy_name<'a>(errors: &mut Vec<FieldError>, name: Option<&'a str>) -> Option<&'a str> {
    match name.map(str::trim) {
        None => errors.push(FieldError::missing(&["strategy"], "is required")),
        Some("") => errors
            .push(FieldError::value(&["strategy"], "expected the name of a strategy, was empty")),
        Some(name) => return Some(name),
    }
    None
}

fn range(errors: &mut Vec<FieldError>, draft: &BacktestDraft) -> Option<(Timestamp, Timestamp)> {
    let start = required::<Timestamp>(errors, "start_date", draft.start_date.as_deref());
    let end = required::<Timestamp>(errors, "end_date", draft.end_date.as_deref());
    let (start, end) = (start?, end?);
    if start < end {
        return Some((start, end));
    }
    let message = format!("expected a time after start_date ({start}), was {end}");
    errors.push(FieldError::value(&["end_date"], message));
    None
}

fn timeframes(errors: &mut Vec<FieldError>, given: Option<&[String]>) -> Option<Vec<Timeframe>> {
    let Some(given) = given else {
        errors.push(FieldError::missing(&["timeframes"], "is required"));
        return None;
    };
    if given.is_empty() {
        errors.push(FieldError::value(
            &["timeframes"],
            "expected at least one timeframe, was an empty list",
        ));
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
    errors.push(FieldError::value(&["timeframes"], problems.join("; ")));
    None
}

fn roles(
    errors: &mut Vec<FieldError>,
    timeframes: &[Timeframe],
    given: &[(String, String)],
) -> Vec<RoleOfTimeframe> {
    let mut assigned: BTreeMap<Timeframe, Role> = BTreeMap::new();
    let mut wrong: Vec<Timeframe> = Vec::new();
    for (name, role) in given {
        let timeframe = name.parse::<Timeframe>().ok().filter(|found| timeframes.contains(found));
        let Some(timeframe) = timeframe else {
            errors
                .push(FieldError::value(&["tf_roles", &shortened(name)], absent(name, timeframes)));
            continue;
        };
        let problem = match role.parse::<Role>() {
            Ok(role) if assigned.insert(timeframe, role).is_none() => continue,
            Ok(_) => format!("{timeframe} has more than one role"),
            Err(error) => error.to_string(),
        };
        wrong.push(timeframe);
        errors.push(FieldError::value(&["tf_roles", timeframe.name()], problem));
    }
    if let ([only], true) = (timeframes, given.is_empty()) {
        assigned.insert(*only, Role::Ltf);
    }
    for timeframe in
        timeframes.iter().filter(|one| !assigned.contains_key(one) && !wrong.contains(one))
    {
        let message = format!("{timeframe} needs a role, HTF or LTF");
        errors.push(FieldError::missing(&["tf_roles", timeframe.name()], message));
    }
    let role = |timeframe: &Timeframe| assigned.get(timeframe).copied();
    let with_role = |wanted: Role| {
        assigned.iter().filter(move |(_, role)| **role == wanted).map(|(timeframe, _)| *timeframe)
    };
    if let (Some(htf), Some(ltf)) = (with_role(Role::Htf).min(), with_role(Role::Ltf).max())
        && htf < ltf
    {
        let message =
            format!("expected an HTF longer than every LTF, was {htf} as HTF and {ltf} as LTF");
        errors.push(FieldError::value(&["tf_roles", htf.name()], message));
    }
    timeframes
        .iter()
        .filter_map(|one| role(one).map(|role| RoleOfTimeframe { timeframe: *one, role }))
        .collect()
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

fn parameters(
    errors: &mut Vec<FieldError>,
    definition: &Definition,
    draft: &BacktestDraft,
    risk_per_trade: Option<Decimal>,
) -> BTreeMap<String, StoredParameter> {
    if draft.risk_per_trade.is_some() && draft.parameters.iter().any(|(name, _)| name == RISK) {
        let message = "expected only one of risk_per_trade (percent) and \
            parameters.risk_per_trade (the strategy's own), was both";
        errors.push(FieldError::value(&[RISK], message));
    }
    let mut given = BTreeMap::new();
    for (name, input) in &draft.parameters {
        if given.insert(name.clone(), input.clone()).is_some() {
            errors.push(FieldError::value(&["parameters", name], "is given twice"));
        }
    }
    match definition.resolve(&given) {
        Ok(parameters) => {
            let mut stored: BTreeMap<_, _> = parameters
                .iter()
                .map(|(name, value)| (name.to_owned(), StoredParameter::from(value)))
                .collect();
            // What is stored is what the run uses.
            if let (Some(used), Some(percent)) = (stored.get_mut(RISK), risk_per_trade) {
                *used = StoredParameter::Decimal(fraction(percent));
            }
            stored
        }
        Err(problems) => {
            errors.extend(problems.into_iter().map(|problem| {
                let known = definition.info.parameters.iter().any(|spec| spec.name == problem.name);
                let kind = if known { FieldErrorKind::Value } else { FieldErrorKind::Unknown };
                let message = format!("expected {}, was {}", problem.expected, problem.was);
                FieldError::new(&["parameters", &problem.name], kind, message)
            }));
            BTreeMap::new()
        }
    }
}

fn unknown_strategy(name: &str, registry: &Registry) -> Refusal {
    let known: Vec<_> = registry.list().map(|definition| definition.info.id).collect();
    let message =
        format!("no strategy is called {}; there are: {}", quoted(name), known.join(", "));
    Refusal::new(RefusalCode::UnknownStrategy, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use strategy::ParameterInput;

    fn text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn draft() -> BacktestDraft {
        BacktestDraft {
            symbol: text("btcusdt"),
            strategy: text("sma_cross"),
            start_date: text("2023-01-01"),
            end_date: text("2023-01-07"),
            timeframes: Some(vec!["1h".to_owned()]),
            ..BacktestDraft::default()
        }
    }

    fn errors(change: impl FnOnce(&mut BacktestDraft)) -> Vec<String> {
        let mut draft = draft();
        change(&mut draft);
        match check(&draft, &Registry::built_in()) {
            Err(DeskError::Invalid(errors)) => errors.iter().map(ToString::to_string).collect(),
            other => panic!("expected field errors, was {other:?}"),
        }
    }

    fn pair(left: &str, right: &str) -> (String, String) {
        (left.to_owned(), right.to_owned())
    }

    #[test]
    fn defaults_fill_what_is_not_given() {
        let request = check(&draft(), &Registry::built_in()).unwrap();
        assert_eq!(request.symbol.as_str(), "BTCUSDT");
        assert_eq!(request.strategy, "SMA_CROSS");
        assert_eq!(request.timeframes[0].role, Role::Ltf);
        assert_eq!(request.commission.to_string(), "0.001");
        assert_eq!(request.leverage, Decimal::ONE);
        assert_eq!(request.market, MarketChoice::Auto);
        assert!(request.parameters.contains_key("fast"));
    }

    #[test]
    fn a_request_survives_its_stored_form() {
        let request = check(&draft(), &Registry::built_in()).unwrap();
        let stored = serde_json::to_string(&request).unwrap();
        assert_eq!(serde_json::from_str::<RunRequest>(&stored).unwrap(), request);
    }

    #[test]
    fn an_empty_draft_lists_everything_that_is_required() {
        let errors = errors(|draft| *draft = BacktestDraft::default());
        for field in ["symbol", "strategy", "start_date", "end_date", "timeframes"] {
            assert!(errors.contains(&format!("{field}: is required")), "{field} in {errors:?}");
        }
        assert_eq!(errors.len(), 5);
    }

    #[test]
    fn every_wrong_field_is_found_at_once() {
        let errors = errors(|draft| {
            draft.symbol = text("BTC/USDT");
            draft.end_date = text("2023-01-01");
            draft.commission = text("0.1");
            draft.leverage = text("126");
            draft.risk_per_trade = text("0");
            draft.market = text("moon");
            draft.gap_policy = text("ignore");
            draft.parameters = vec![
                ("fast".to_owned(), ParameterInput::Text("x".to_owned())),
                ("speed".to_owned(), ParameterInput::Number(Decimal::ONE)),
            ];
        });
        let fields: Vec<_> = errors.iter().map(|error| error.split(':').next().unwrap()).collect();
        for field in [
            "symbol",
            "end_date",
            "commission",
            "leverage",
            "risk_per_trade",
            "market",
            "gap_policy",
            "parameters.fast",
            "parameters.speed",
        ] {
            assert!(fields.contains(&field), "{field} in {errors:?}");
        }
        assert_eq!(fields.len(), 9, "{errors:?}");
    }

    #[test]
    fn roles_belong_to_exactly_the_given_timeframes() {
        let with = |timeframes: &[&str], roles: &[(&str, &str)]| {
            errors(|draft| {
                draft.timeframes = Some(timeframes.iter().map(ToString::to_string).collect());
                draft.tf_roles = roles.iter().map(|(name, role)| pair(name, role)).collect();
            })
        };
        assert_eq!(
            with(&["1h", "4h"], &[("1h", "LTF")]),
            ["tf_roles.4h: 4h needs a role, HTF or LTF"]
        );
        assert!(
            with(&["1h"], &[("1h", "LTF"), ("4h", "HTF")])[0]
                .starts_with("tf_roles.4h: expected a role only")
        );
        assert!(with(&["1h"], &[("1h", "MID")])[0].contains("HTF or LTF, was \"MID\""));
        assert!(with(&["1h", "1H"], &[])[0].contains("1h is listed twice"));
        assert!(with(&[], &[])[0].contains("empty list"));
        assert!(with(&["7m"], &[])[0].contains("was \"7m\""));
        assert_eq!(
            with(&["1h", "4h"], &[("1h", "HTF"), ("4h", "LTF")]),
            ["tf_roles.1h: expected an HTF longer than every LTF, was 1h as HTF and 4h as LTF"]
        );
    }

    #[test]
    fn the_stored_parameters_show_the_risk_that_is_used() {
        let mut draft = draft();
        draft.strategy = text("SIMPLE_TEST");
        draft.risk_per_trade = text("50");
        let request = check(&draft, &Registry::built_in()).unwrap();
        assert_eq!(request.parameters[RISK], StoredParameter::Decimal(Decimal::new(50, 2)));
        assert!(!request.parameter_inputs().contains_key(RISK), "it may exceed the strategy's own");
        let errors = errors(|draft| {
            draft.strategy = text("SIMPLE_TEST");
            draft.risk_per_trade = text("1");
            draft.parameters = vec![(RISK.to_owned(), ParameterInput::Number(Decimal::ONE))];
        });
        assert!(
            errors[0].starts_with("risk_per_trade: expected only one of")
                && errors[0].contains("parameters.risk_per_trade"),
            "{errors:?}"
        );
    }

    #[test]
    fn an_unknown_strategy_is_refused_with_the_known_ones() {
        let mut draft = draft();
        draft.strategy = text("MAGIC");
        let Err(DeskError::Refused(refusal)) = check(&draft, &Registry::built_in()) else {
            panic!("expected a refusal")
        };
        assert_eq!(refusal.code, RefusalCode::UnknownStrategy);
        assert!(refusal.message.contains("SIMPLE_TEST"), "{}", refusal.message);
    }
}
