//! The body of a backtest request, its legacy spellings included, as the desk's draft.

mod account;
mod portfolio;
mod risk;

use desk::backtests::BacktestDraft;
use desk::{DeskError, FieldError};

use super::fields::Fields;
use crate::error::{ApiError, Place};

/// Every field of the request, legacy ones last.
pub(crate) const FIELDS: [&str; 37] = [
    "symbol",
    "symbols",
    "portfolio",
    "strategy",
    "start_date",
    "end_date",
    "timeframes",
    "tf_roles",
    "initial_balance",
    "commission",
    "maker_commission",
    "fee_tier",
    "slippage",
    "slippage_model",
    "leverage",
    "risk_per_trade",
    "parameters",
    "market",
    "gap_policy",
    "intrabar_policy",
    "fill_time",
    "limit_fill",
    "participation_max",
    "latency",
    "seed",
    "margin_mode",
    "position_mode",
    "brackets",
    "funding",
    "filters",
    "risk",
    "checks",
    "pair",
    "pairs",
    "timeframe",
    "initial_capital",
    "random_seed",
];

/// A draft, what was wrong already, and which legacy spelling stands for which field.
#[derive(Debug)]
pub struct BacktestBody {
    draft: BacktestDraft,
    errors: Vec<FieldError>,
    spelled: Vec<(&'static str, &'static str)>,
}

impl BacktestBody {
    /// Reads the body.
    ///
    /// # Errors
    /// What is wrong when it is no JSON object; wrong fields are kept for [`Self::joined`].
    pub fn parse(bytes: &[u8]) -> Result<Self, FieldError> {
        let mut fields = Fields::parse(bytes)?;
        let mut spelled = Vec::new();
        let (symbol, symbols) = symbols(&mut fields, &mut spelled);
        let checks = account::checks(&mut fields);
        let draft = BacktestDraft {
            symbol,
            symbols,
            portfolio: portfolio::portfolio(&mut fields),
            strategy: fields.text("strategy"),
            start_date: fields.text("start_date"),
            end_date: fields.text("end_date"),
            timeframes: timeframes(&mut fields, &mut spelled),
            tf_roles: portfolio::roles(&mut fields).unwrap_or_default(),
            initial_balance: renamed(
                &mut fields,
                &mut spelled,
                "initial_balance",
                "initial_capital",
            ),
            commission: fields.number("commission"),
            maker_commission: fields.number("maker_commission"),
            fee_tier: fields.text("fee_tier"),
            slippage: fields.number("slippage"),
            slippage_model: account::slippage_model(&mut fields),
            leverage: fields.number("leverage"),
            risk_per_trade: fields.number("risk_per_trade"),
            parameters: portfolio::parameters(&mut fields).unwrap_or_default(),
            market: fields.text("market"),
            gap_policy: fields.text("gap_policy"),
            intrabar_policy: fields.text("intrabar_policy"),
            fill_time: fields.text("fill_time"),
            limit_fill: fields.text("limit_fill"),
            participation_max: fields.number("participation_max"),
            latency: account::latency(&mut fields),
            seed: renamed(&mut fields, &mut spelled, "seed", "random_seed"),
            margin_mode: fields.text("margin_mode"),
            position_mode: fields.text("position_mode"),
            brackets: account::brackets(&mut fields),
            funding: account::funding(&mut fields),
            filters: account::filters(&mut fields),
            risk: risk::risk(&mut fields),
            check_truncation: checks.truncation,
            check_band: checks.band,
        };
        Ok(Self { draft, errors: fields.finish(&FIELDS), spelled })
    }

    /// As [`Self::joined`], in the words of the contract.
    pub(crate) fn judge<T>(self, answer: Result<T, DeskError>) -> Result<T, ApiError> {
        self.joined(answer).map_err(|error| ApiError::of(Place::Body, error))
    }

    /// Joins what reading found with what the desk found, under the names the client used.
    ///
    /// # Errors
    /// [`DeskError::Invalid`] with every wrong field; else the desk's own answer.
    pub fn joined<T>(self, answer: Result<T, DeskError>) -> Result<T, DeskError> {
        let mut errors = self.errors;
        let answer = match answer {
            Err(DeskError::Invalid(found)) => {
                for mut error in found {
                    if let Some(first) = error.path.first_mut()
                        && let Some((_, legacy)) =
                            self.spelled.iter().find(|(field, _)| field == first)
                    {
                        *first = (*legacy).to_owned();
                    }
                    if !errors.iter().any(|known| error.path.starts_with(&known.path)) {
                        errors.push(error);
                    }
                }
                None
            }
            other => Some(other),
        };
        match answer {
            Some(answer) if errors.is_empty() => answer,
            _ => Err(DeskError::Invalid(errors)),
        }
    }

    /// What is asked for, as far as it could be read.
    #[must_use]
    pub const fn draft(&self) -> &BacktestDraft {
        &self.draft
    }

    /// Whether reading alone found something wrong, so that nothing may be started.
    #[must_use]
    pub const fn is_broken(&self) -> bool {
        !self.errors.is_empty()
    }
}

/// One symbol or several, under whichever name. A list of one is one symbol.
fn symbols(
    fields: &mut Fields,
    spelled: &mut Vec<(&'static str, &'static str)>,
) -> (Option<String>, Option<Vec<String>>) {
    let given: Vec<&'static str> = ["symbol", "pair", "pairs", "symbols"]
        .into_iter()
        .filter(|name| fields.has(name))
        .collect();
    if given.len() > 1 {
        let message = format!(
            "expected only one of symbol, symbols, pair and pairs, was {}",
            given.join(" and ")
        );
        fields.push(FieldError::value(&[given[0]], message));
    }
    let one = [fields.text("symbol"), fields.text("pair")];
    let several = [fields.texts("pairs"), fields.texts("symbols")];
    let Some(first) = given.first().copied() else { return (None, None) };
    let list = match first {
        "symbol" | "pair" => None,
        _ => several.into_iter().flatten().next(),
    };
    match list {
        Some(list) if list.len() != 1 => {
            spelled.push(("symbols", first));
            (None, Some(list))
        }
        list => {
            spelled.push(("symbol", first));
            let one = one.into_iter().flatten().next();
            (list.and_then(|list| list.into_iter().next()).or(one), None)
        }
    }
}

fn timeframes(
    fields: &mut Fields,
    spelled: &mut Vec<(&'static str, &'static str)>,
) -> Option<Vec<String>> {
    let both = fields.has("timeframes") && fields.has("timeframe");
    if both {
        fields.push(FieldError::value(
            &["timeframe"],
            "expected only one of timeframes and timeframe",
        ));
    } else if fields.has("timeframe") {
        spelled.push(("timeframes", "timeframe"));
    }
    let one = fields.text("timeframe");
    fields.texts("timeframes").or_else(|| one.map(|one| vec![one]))
}

/// A number with a legacy spelling.
fn renamed(
    fields: &mut Fields,
    spelled: &mut Vec<(&'static str, &'static str)>,
    name: &'static str,
    legacy: &'static str,
) -> Option<String> {
    if fields.has(name) && fields.has(legacy) {
        let message = format!("expected only one of {name} and {legacy}");
        fields.push(FieldError::value(&[legacy], message));
    } else if fields.has(legacy) {
        spelled.push((name, legacy));
    }
    let old = fields.number(legacy);
    fields.number(name).or(old)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(json: &str) -> Vec<String> {
        let body = BacktestBody::parse(json.as_bytes()).unwrap();
        body.errors.iter().map(|error| error.path.join(".")).collect()
    }

    #[test]
    fn three_spellings_mean_the_same_symbol() {
        for json in [r#"{"symbol":"A"}"#, r#"{"pair":"A"}"#, r#"{"pairs":["A"]}"#] {
            let body = BacktestBody::parse(json.as_bytes()).unwrap();
            assert_eq!(body.draft.symbol.as_deref(), Some("A"), "{json}");
            assert!(body.errors.is_empty(), "{json}");
        }
        assert_eq!(paths(r#"{"symbol":"A","pair":"B"}"#), ["symbol"]);
        assert_eq!(paths(r#"{"symbols":["A"],"portfolio":[]}"#), [""; 0]);
    }

    #[test]
    fn two_spellings_mean_the_same_symbols() {
        for json in [r#"{"symbols":["A","B"]}"#, r#"{"pairs":["A","B"]}"#] {
            let body = BacktestBody::parse(json.as_bytes()).unwrap();
            assert_eq!((body.draft.symbol, body.draft.symbols.unwrap().len()), (None, 2), "{json}");
        }
        assert_eq!(paths(r#"{"symbols":["A","B"],"pairs":["A"]}"#), ["pairs"]);
        assert_eq!(paths(r#"{"symbols":"A"}"#), ["symbols"]);
    }

    #[test]
    fn nested_fields_are_read_and_named() {
        let json = r#"{"latency":{"orders_ms":5},"funding":"off","filters":{"tick":"0.10"},
            "brackets":[{"cap":5000,"maintenance_rate":0.01,"leverage_max":50}],
            "risk":{"stop_cluster":{"stops":3}},"checks":{"truncation":true},
            "portfolio":[{"symbol":"A","tf_roles":{"1h":"LTF"},"parameters":{"fast":5}}],"random_seed":7}"#;
        let body = BacktestBody::parse(json.as_bytes()).unwrap();
        assert!(body.errors.is_empty(), "{:?}", body.errors);
        let draft = body.draft;
        assert_eq!(draft.latency.unwrap().orders_ms.as_deref(), Some("5"));
        assert_eq!((draft.check_truncation, draft.check_band), (Some(true), None));
        assert_eq!(draft.brackets.unwrap()[0].cap.as_deref(), Some("5000"));
        assert_eq!(draft.risk.unwrap().stop_cluster.unwrap().stops.as_deref(), Some("3"));
        assert_eq!(draft.portfolio.unwrap()[0].parameters.as_ref().unwrap().len(), 1);
        assert_eq!(draft.seed.as_deref(), Some("7"));
        let wrong = r#"{"latency":5,"funding":true,"filters":{"tack":1},"brackets":[{"cap":true}],
            "risk":{"stop_cluster":{"stops":[]},"limit":1},"checks":{"band":"yes"},"portfolio":[7]}"#;
        let mut found = paths(wrong);
        found.sort();
        let expected = [
            "brackets.0.cap",
            "checks.band",
            "filters.tack",
            "funding",
            "latency",
            "portfolio.0",
            "risk.limit",
            "risk.stop_cluster.stops",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn numbers_keep_their_digits() {
        let body =
            BacktestBody::parse(br#"{"commission":0.00010000000000000001,"slippage":"0.0002"}"#)
                .unwrap();
        assert_eq!(body.draft.commission.as_deref(), Some("0.00010000000000000001"));
        assert_eq!(body.draft.slippage.as_deref(), Some("0.0002"));
    }

    #[test]
    fn wrong_types_and_unknown_fields_are_all_named() {
        let json = r#"{"symbol":7,"timeframes":"1h","tf_roles":{"1h":3},"commission":true,
            "parameters":{"fast":[1]},"sybmol":"A"}"#;
        let mut found = paths(json);
        found.sort();
        assert_eq!(
            found,
            ["commission", "parameters.fast", "sybmol", "symbol", "tf_roles.1h", "timeframes"]
        );
    }

    #[test]
    fn null_means_not_given() {
        assert!(paths(r#"{"risk_per_trade":null,"parameters":null,"tf_roles":null}"#).is_empty());
    }

    #[test]
    fn errors_carry_the_name_the_client_used() {
        let body = BacktestBody::parse(br#"{"pair":"A/B"}"#).unwrap();
        let found = DeskError::Invalid(vec![FieldError::value(&["symbol"], "wrong")]);
        let error = body.judge::<()>(Err(found)).unwrap_err();
        assert_eq!(error.detail[0]["loc"], serde_json::json!(["body", "pair"]));
    }
}
