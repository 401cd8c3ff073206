//! Which requests are taken, and what is said about the others.

use domain::Role;
use strategy::ParameterInput;

use super::*;
use crate::backtests::draft::{
    BracketDraft, FilterDraft, FilterRowDraft, FundingDraft, LatencyDraft, RiskDraft, SleeveDraft,
    SlippageModelDraft, StopClusterDraft,
};
use crate::backtests::request::{
    FillOptions, FilterChoice, FundingChoice, RISK, RiskOptions, StoredParameter,
};

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
    assert_eq!(with(&["1h", "4h"], &[("1h", "LTF")]), ["tf_roles.4h: 4h needs a role, HTF or LTF"]);
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
    assert!(
        !request.parameter_inputs(&request.sleeves()[0]).contains_key(RISK),
        "it may exceed the strategy's own"
    );
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

fn checked(change: impl FnOnce(&mut BacktestDraft)) -> RunRequest {
    let mut draft = draft();
    change(&mut draft);
    check(&draft, &Registry::built_in()).unwrap()
}

#[test]
fn what_is_not_asked_for_keeps_its_meaning() {
    let request = checked(|_| {});
    assert_eq!(request.fills, FillOptions::default());
    assert_eq!(request.risk, RiskOptions::default());
    assert_eq!(request.margin.funding, FundingChoice::Recorded);
    assert_eq!(request.margin.filters, FilterChoice::Auto);
    assert_eq!(request.checks, CheckOptions { truncation: false, band: true });
    assert_eq!((request.sleeves().len(), request.portfolio.len()), (1, 0));
}

#[test]
fn a_request_with_everything_survives_its_stored_form() {
    let request = checked(|draft| {
        draft.symbol = None;
        draft.symbols = Some(vec!["btcusdt".to_owned(), "ethusdt".to_owned()]);
        draft.fee_tier = text("vip1");
        draft.slippage_model =
            Some(SlippageModelDraft { spread: text("0.0001"), impact: text("0.01") });
        draft.intrabar_policy = text("drill");
        draft.participation_max = text("0.25");
        draft.latency = Some(LatencyDraft { orders_ms: text("200"), ..LatencyDraft::default() });
        draft.seed = text("9007199254740991");
        draft.margin_mode = text("ISOLATED");
        draft.position_mode = text("hedge");
        draft.brackets = Some(vec![BracketDraft {
            cap: text("50000"),
            maintenance_rate: text("0.004"),
            leverage_max: text("125"),
        }]);
        draft.funding =
            Some(FundingDraft::Constant { rate: text("-0.0001"), interval_hours: text("4") });
        draft.filters = Some(FilterDraft::Given(Box::new(FilterRowDraft {
            tick: text("0.1"),
            ..FilterRowDraft::default()
        })));
        draft.risk = Some(RiskDraft {
            loss_daily_max: text("0.05"),
            stop_cluster: Some(StopClusterDraft {
                stops: text("3"),
                within_minutes: text("60"),
                lock_minutes: text("120"),
                scope: text("account"),
            }),
            on_breach: text("flatten"),
            ..RiskDraft::default()
        });
        draft.check_truncation = Some(true);
    });
    assert_eq!(request.commission.to_string(), "0.000400");
    assert_eq!(request.symbols().len(), 2);
    assert_eq!(request.fills.seed, 9_007_199_254_740_991);
    let stored = serde_json::to_string(&request).unwrap();
    assert_eq!(serde_json::from_str::<RunRequest>(&stored).unwrap(), request);
}

/// A reader that knows only binary numbers would take the first one for 2^53.
#[test]
fn seeds_that_a_json_number_cannot_hold_are_refused() {
    for seed in ["9007199254740993", "18446744073709551615"] {
        let expected =
            format!("seed: expected a whole number from 0 to 9007199254740991, was \"{seed}\"");
        assert_eq!(errors(|draft| draft.seed = text(seed)), [expected]);
    }
}

#[test]
fn an_entry_takes_from_the_request_what_it_lacks() {
    let entry = |symbol: &str| SleeveDraft { symbol: text(symbol), ..SleeveDraft::default() };
    let fast = || vec![("fast".to_owned(), ParameterInput::Number(Decimal::from(5)))];
    let request = checked(|draft| {
        draft.symbol = None;
        draft.timeframes = Some(vec!["1h".to_owned(), "4h".to_owned()]);
        draft.tf_roles = vec![pair("1h", "LTF"), pair("4h", "HTF")];
        draft.parameters = fast();
        draft.portfolio = Some(vec![
            entry("A"),
            SleeveDraft { timeframes: Some(vec!["1h".to_owned()]), ..entry("B") },
            SleeveDraft { strategy: text("SIMPLE_TEST"), ..entry("A") },
            SleeveDraft { parameters: Some(Vec::new()), ..entry("C") },
        ]);
    });
    let sleeves = request.sleeves();
    let fast_of = |place: usize| sleeves[place].parameters.get("fast").cloned();
    assert_eq!(fast_of(0), Some(StoredParameter::Integer(5)));
    assert_eq!((sleeves[0].timeframes.len(), sleeves[1].timeframes.len()), (2, 1));
    assert_eq!(sleeves[1].timeframes[0].role, Role::Ltf);
    assert_eq!(fast_of(2), None, "another strategy has other parameters");
    assert_eq!(fast_of(3), Some(StoredParameter::Integer(10)), "an empty object is its own");
    assert_eq!(request.symbols().len(), 3);
    assert_eq!(request.strategies(), ["SMA_CROSS", "SIMPLE_TEST"]);
}

#[test]
fn what_is_inherited_is_judged_once_under_its_own_name() {
    let errors = errors(|draft| {
        draft.symbol = None;
        draft.strategy = text(" ");
        draft.timeframes = Some(vec!["7m".to_owned()]);
        let entry = |symbol: &str| SleeveDraft { symbol: text(symbol), ..SleeveDraft::default() };
        draft.portfolio = Some(vec![entry("A"), entry("B/C")]);
    });
    let fields: Vec<_> = errors.iter().map(|error| error.split(':').next().unwrap()).collect();
    assert_eq!(fields, ["strategy", "timeframes", "portfolio.1.symbol"], "{errors:?}");
}

#[test]
fn brackets_must_make_a_table() {
    let row = |cap: &str, rate: &str, leverage: &str| BracketDraft {
        cap: text(cap),
        maintenance_rate: text(rate),
        leverage_max: text(leverage),
    };
    let errors = errors(|draft| {
        draft.brackets = Some(vec![row("50000", "0.01", "20"), row("40000", "0.02", "10")]);
    });
    assert_eq!(
        errors,
        ["brackets: cap of bracket 2 must be above 50000 and at most 1e21, was 40000"]
    );
}
