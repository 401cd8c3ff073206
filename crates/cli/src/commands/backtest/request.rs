//! From options and files to the JSON request that the HTTP API takes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use crate::arguments::Backtest;
use crate::failure::Failure;

/// Every way to say what is traded; one given as an option takes the place of all others.
const TRADED: [&str; 5] = ["symbol", "symbols", "pair", "pairs", "portfolio"];

/// The request as JSON, digit by digit as it was written.
pub(super) fn json_of(backtest: &Backtest) -> Result<Vec<u8>, Failure> {
    let mut request = match &backtest.request {
        Some(file) => Request(parsed("--request", file)?),
        None => Request(BTreeMap::new()),
    };
    traded(&mut request, backtest)?;
    request.text("strategy", backtest.strategy.as_deref());
    request.text("start_date", backtest.start.as_deref());
    request.text("end_date", backtest.end.as_deref());
    request.text("initial_balance", backtest.initial_balance.as_deref());
    request.text("market", backtest.market.as_deref());
    request.text("gap_policy", backtest.gap_policy.as_deref());
    timeframes(&mut request, backtest)?;
    let parameters = pairs("--param", "NAME=VALUE", &backtest.parameters)?;
    request.merge("parameters", &parameters);
    fills(&mut request, backtest);
    account(&mut request, backtest)?;
    checks(&mut request, backtest);
    serde_json::to_vec(&request.0)
        .map_err(|error| Failure::usage(format!("the request cannot be written: {error}")))
}

/// Fields of a request as JSON values.
struct Request(BTreeMap<String, Box<RawValue>>);

impl Request {
    fn put(&mut self, field: &str, value: &Value) {
        if let Ok(raw) = to_raw_value(value) {
            self.0.insert(field.to_owned(), raw);
        }
    }

    /// A text, also for numbers: they are read as exact decimals.
    fn text(&mut self, field: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.put(field, &json!(text));
        }
    }

    fn file(&mut self, field: &str, option: &str, file: Option<&Path>) -> Result<(), Failure> {
        if let Some(file) = file {
            self.0.insert(field.to_owned(), parsed(option, file)?);
        }
        Ok(())
    }

    /// Adds entries to an object, or replaces those of the same name.
    fn merge(&mut self, field: &str, entries: &[(String, String)]) {
        if entries.is_empty() {
            return;
        }
        let given = self.0.get(field).and_then(|value| serde_json::from_str(value.get()).ok());
        let mut object: BTreeMap<String, Box<RawValue>> = given.unwrap_or_default();
        for (name, text) in entries {
            if let Ok(raw) = to_raw_value(text) {
                object.insert(name.clone(), raw);
            }
        }
        if let Ok(raw) = to_raw_value(&object) {
            self.0.insert(field.to_owned(), raw);
        }
    }
}

/// A file with one JSON value.
fn parsed<T: serde::de::DeserializeOwned>(option: &str, file: &Path) -> Result<T, Failure> {
    let shown = file.display();
    let text = fs::read_to_string(file)
        .map_err(|error| Failure::usage(format!("{option}: {shown} cannot be read: {error}")))?;
    serde_json::from_str(&text).map_err(|error| {
        Failure::usage(format!("{option}: {shown} is not the JSON it must be: {error}"))
    })
}

fn traded(request: &mut Request, backtest: &Backtest) -> Result<(), Failure> {
    let is_given =
        backtest.symbol.is_some() || !backtest.symbols.is_empty() || backtest.portfolio.is_some();
    if is_given {
        request.0.retain(|name, _| !TRADED.contains(&name.as_str()));
    }
    request.text("symbol", backtest.symbol.as_deref());
    if !backtest.symbols.is_empty() {
        let symbols: Vec<&str> = backtest.symbols.iter().map(|one| one.trim()).collect();
        request.put("symbols", &json!(symbols));
    }
    request.file("portfolio", "--portfolio", backtest.portfolio.as_deref())
}

fn timeframes(request: &mut Request, backtest: &Backtest) -> Result<(), Failure> {
    let roles = pairs("--role", "TF=ROLE", &backtest.roles)?;
    if backtest.timeframes.is_empty() {
        request.merge("tf_roles", &roles);
        return Ok(());
    }
    let timeframes: Vec<&str> = backtest.timeframes.iter().map(|one| one.trim()).collect();
    request.put("timeframes", &json!(timeframes));
    request.0.remove("timeframe");
    // Roles of the file belong to its own timeframes.
    request.0.remove("tf_roles");
    request.merge("tf_roles", &completed(roles, &backtest.timeframes));
    Ok(())
}

fn fills(request: &mut Request, backtest: &Backtest) {
    let fills = &backtest.fills;
    for (field, text) in [
        ("commission", &fills.commission),
        ("maker_commission", &fills.maker_commission),
        ("fee_tier", &fills.fee_tier),
        ("slippage", &fills.slippage),
        ("fill_time", &fills.fill_time),
        ("intrabar_policy", &fills.intrabar),
        ("limit_fill", &fills.limit_fill),
        ("participation_max", &fills.participation_max),
        ("seed", &fills.seed),
    ] {
        request.text(field, text.as_deref());
    }
    if fills.spread.is_some() || fills.impact.is_some() {
        request.put("slippage_model", &json!({ "spread": fills.spread, "impact": fills.impact }));
    }
    if !fills.latency.is_empty() {
        let names = ["orders_ms", "reports_ms", "jitter_ms"];
        let mut latency = serde_json::Map::new();
        for (place, millis) in fills.latency.iter().enumerate() {
            // A fourth number has no meaning and is refused by name.
            let name = names.get(place).copied().unwrap_or("more");
            latency.insert(name.to_owned(), json!(millis.trim()));
        }
        request.put("latency", &Value::Object(latency));
    }
}

fn account(request: &mut Request, backtest: &Backtest) -> Result<(), Failure> {
    let account = &backtest.account;
    request.text("leverage", account.leverage.as_deref());
    request.text("margin_mode", account.margin_mode.as_deref());
    request.text("position_mode", account.position_mode.as_deref());
    request.text("risk_per_trade", account.risk_per_trade.as_deref());
    request.file("brackets", "--brackets", account.brackets.as_deref())?;
    request.file("risk", "--risk", account.risk.as_deref())?;
    if let Some(funding) = &account.funding {
        match funding.split_once('@') {
            Some((rate, hours)) => {
                request.put("funding", &json!({ "rate": rate, "interval_hours": hours }));
            }
            None => request.put("funding", &json!(funding)),
        }
    }
    match account.filters.as_deref() {
        Some(file) if file.contains('.') => {
            request.file("filters", "--filters", Some(Path::new(file)))
        }
        word => {
            request.text("filters", word);
            Ok(())
        }
    }
}

fn checks(request: &mut Request, backtest: &Backtest) {
    if !backtest.truncation && !backtest.no_band {
        return;
    }
    let given = request.0.get("checks").and_then(|value| serde_json::from_str(value.get()).ok());
    let mut checks: serde_json::Map<String, Value> = given.unwrap_or_default();
    if backtest.truncation {
        checks.insert("truncation".to_owned(), json!(true));
    }
    if backtest.no_band {
        checks.insert("band".to_owned(), json!(false));
    }
    request.put("checks", &Value::Object(checks));
}

pub(in crate::commands) fn pairs(
    flag: &str,
    form: &str,
    texts: &[String],
) -> Result<Vec<(String, String)>, Failure> {
    let pair = |text: &String| {
        let parts = text
            .split_once('=')
            .map(|(left, right)| (left.trim().to_owned(), right.trim().to_owned()));
        parts.ok_or_else(|| Failure::usage(format!("{flag}: expected {form}, was {text:?}")))
    };
    let pairs: Vec<(String, String)> = texts.iter().map(pair).collect::<Result<_, _>>()?;
    for (place, (name, _)) in pairs.iter().enumerate() {
        if pairs[..place].iter().any(|(known, _)| known == name) {
            return Err(Failure::usage(format!("{flag} {name}: is given twice")));
        }
    }
    Ok(pairs)
}

/// Gives the one timeframe without a role the role that none of the others has.
fn completed(mut roles: Vec<(String, String)>, timeframes: &[String]) -> Vec<(String, String)> {
    let has = |role: &str| roles.iter().any(|(_, given)| given.eq_ignore_ascii_case(role));
    let missing: Vec<&String> =
        timeframes.iter().filter(|one| !roles.iter().any(|(name, _)| name == one.trim())).collect();
    let role = match (has("HTF"), has("LTF")) {
        (true, false) => "LTF",
        (false, true) => "HTF",
        _ => return roles,
    };
    if let [only] = missing[..] {
        roles.push((only.trim().to_owned(), role.to_owned()));
    }
    roles
}

/// The option that fills in a field.
pub(in crate::commands) fn flag(path: &[String]) -> String {
    let rest = path.get(1..).unwrap_or_default().join(".");
    let option = match path.first().map(String::as_str) {
        Some("start_date") => "--start".to_owned(),
        Some("end_date") => "--end".to_owned(),
        Some("tf_roles") => "--role".to_owned(),
        Some("parameters") => "--param".to_owned(),
        Some("intrabar_policy") => "--intrabar".to_owned(),
        Some("slippage_model") if !rest.is_empty() => return format!("--{rest}"),
        Some("slippage_model") => "--spread".to_owned(),
        Some("checks") => return format!("--request checks.{rest}"),
        Some("pair" | "pairs" | "timeframe" | "initial_capital" | "random_seed") | None => {
            "--request".to_owned()
        }
        Some(name) => format!("--{}", name.replace('_', "-")),
    };
    if rest.is_empty() { option } else { format!("{option} {rest}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::Fills;

    #[test]
    fn one_missing_role_is_the_one_nobody_has() {
        let check = |roles: &[(&str, &str)], timeframes: &[&str], expected: &[(&str, &str)]| {
            let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
                pairs
                    .iter()
                    .map(|(left, right)| ((*left).to_owned(), (*right).to_owned()))
                    .collect()
            };
            let timeframes: Vec<String> = timeframes.iter().map(ToString::to_string).collect();
            assert_eq!(completed(owned(roles), &timeframes), owned(expected));
        };
        check(&[("4h", "HTF")], &["1h", "4h"], &[("4h", "HTF"), ("1h", "LTF")]);
        check(&[("1h", "LTF")], &["1h", "4h"], &[("1h", "LTF"), ("4h", "HTF")]);
        check(&[], &["1h", "4h"], &[]);
        check(
            &[("1h", "LTF"), ("4h", "HTF")],
            &["1h", "4h", "1d"],
            &[("1h", "LTF"), ("4h", "HTF")],
        );
        check(&[("4h", "HTF")], &["1h", "4h", "1d"], &[("4h", "HTF")]);
        check(&[], &["1h"], &[]);
    }

    #[test]
    fn options_become_fields() {
        let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
        let backtest = Backtest {
            symbols: texts(&["A", " B"]),
            parameters: texts(&["fast=5"]),
            fills: Fills {
                spread: Some("0.0001".to_owned()),
                latency: texts(&["200", "100"]),
                ..Fills::default()
            },
            truncation: true,
            ..Backtest::default()
        };
        let request: Value = serde_json::from_slice(&json_of(&backtest).unwrap()).unwrap();
        let expected = json!({
            "symbols": ["A", "B"],
            "parameters": { "fast": "5" },
            "slippage_model": { "spread": "0.0001", "impact": null },
            "latency": { "orders_ms": "200", "reports_ms": "100" },
            "checks": { "truncation": true },
        });
        assert_eq!(request, expected);
    }

    #[test]
    fn fields_are_named_by_their_option() {
        let check = |path: &[&str], expected: &str| {
            let path: Vec<String> = path.iter().map(ToString::to_string).collect();
            assert_eq!(flag(&path), expected);
        };
        check(&["end_date"], "--end");
        check(&["parameters", "fast"], "--param fast");
        check(&["fill_time"], "--fill-time");
        check(&["risk", "stop_cluster", "stops"], "--risk stop_cluster.stops");
        check(&["slippage_model", "impact"], "--impact");
        check(&["portfolio", "0", "symbol"], "--portfolio 0.symbol");
        check(&["initial_capital"], "--request");
    }
}
