//! What is traded: one symbol, several with the same strategy, or a portfolio of sleeves.
//!
//! What an entry of a portfolio takes from the request around it is judged there, under its own name.

use domain::Symbol;
use strategy::{ParameterInput, Registry};

use super::checker::Checker;
use super::parameters::{Risk, parameters};
use super::timeframes::{roles, timeframes};
use crate::backtests::draft::{BacktestDraft, SleeveDraft};
use crate::backtests::request::SleeveRequest;
use crate::error::FieldError;

/// Most sleeves of one account.
const SLEEVES_MAX: usize = 200;

/// The sleeves of a request, and the first strategy name that nobody knows.
pub(super) struct Sleeves {
    pub(super) sleeves: Vec<SleeveRequest>,
    pub(super) unknown_strategy: Option<String>,
}

/// Checks every sleeve.
pub(super) fn sleeves(
    checker: &mut Checker,
    draft: &BacktestDraft,
    (registry, risk): (&Registry, &Risk),
) -> Sleeves {
    check_one_form(checker, draft);
    let mut found = Sleeves { sleeves: Vec::new(), unknown_strategy: None };
    for form in forms(checker, draft) {
        let sleeve = form.check(checker, (registry, risk), &mut found.unknown_strategy);
        found.sleeves.extend(sleeve);
    }
    found
}

/// Exactly one of symbol, symbols and portfolio says what is traded.
fn check_one_form(checker: &mut Checker, draft: &BacktestDraft) {
    let given: Vec<&str> = [
        ("symbol", draft.symbol.is_some()),
        ("symbols", draft.symbols.is_some()),
        ("portfolio", draft.portfolio.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, is_given)| is_given.then_some(name))
    .collect();
    if given.len() > 1 {
        let message = format!(
            "expected only one of symbol, symbols and portfolio, was {}",
            given.join(" and ")
        );
        checker.wrong(&[given[1]], message);
    }
    for (name, length) in [
        ("symbols", draft.symbols.as_ref().map(Vec::len)),
        ("portfolio", draft.portfolio.as_ref().map(Vec::len)),
    ] {
        if length.is_some_and(|length| length == 0 || length > SLEEVES_MAX) {
            let was = length.unwrap_or_default();
            checker.wrong(&[name], format!("expected 1 to {SLEEVES_MAX} entries, was {was}"));
        }
    }
}

/// One sleeve with the place of each of its fields.
struct Form<'a> {
    symbol: Option<&'a str>,
    symbol_place: SymbolPlace,
    strategy: (Option<&'a str>, Vec<String>),
    timeframes: (Option<&'a [String]>, Vec<String>),
    roles: (Vec<(String, String)>, Vec<String>),
    parameters: (&'a [(String, ParameterInput)], Vec<String>),
}

/// Where the symbol of a sleeve was named.
enum SymbolPlace {
    Field(Vec<String>),
    /// Number in the list of symbols.
    Listed(usize),
}

fn forms<'a>(checker: &mut Checker, draft: &'a BacktestDraft) -> Vec<Form<'a>> {
    let top = |symbol: Option<&'a str>, symbol_place| Form {
        symbol,
        symbol_place,
        strategy: (draft.strategy.as_deref(), Vec::new()),
        timeframes: (draft.timeframes.as_deref(), Vec::new()),
        roles: (draft.tf_roles.clone(), Vec::new()),
        parameters: (&draft.parameters, Vec::new()),
    };
    if let Some(entries) = &draft.portfolio {
        let entries = entries.iter().take(SLEEVES_MAX).enumerate();
        return entries.map(|(number, entry)| inherited(draft, entry, number)).collect();
    }
    if let Some(symbols) = &draft.symbols {
        let mut seen: Vec<String> = Vec::new();
        for symbol in symbols.iter().take(SLEEVES_MAX) {
            let symbol = symbol.trim().to_ascii_uppercase();
            if seen.contains(&symbol) {
                checker.wrong(&["symbols"], format!("{symbol} is listed twice"));
            }
            seen.push(symbol);
        }
        let listed = symbols.iter().take(SLEEVES_MAX).enumerate();
        return listed
            .map(|(number, symbol)| top(Some(symbol), SymbolPlace::Listed(number)))
            .collect();
    }
    vec![top(draft.symbol.as_deref(), SymbolPlace::Field(Vec::new()))]
}

/// An entry of a portfolio, completed from the request around it.
fn inherited<'a>(draft: &'a BacktestDraft, entry: &'a SleeveDraft, number: usize) -> Form<'a> {
    let here = vec!["portfolio".to_owned(), number.to_string()];
    let strategy = match &entry.strategy {
        Some(name) => (Some(name.as_str()), here.clone()),
        None => (draft.strategy.as_deref(), Vec::new()),
    };
    let timeframes = match &entry.timeframes {
        Some(list) => (Some(list.as_slice()), here.clone()),
        None => (draft.timeframes.as_deref(), Vec::new()),
    };
    let roles = match (&entry.tf_roles, &entry.timeframes) {
        (Some(roles), _) => (roles.clone(), here.clone()),
        (None, None) => (draft.tf_roles.clone(), Vec::new()),
        (None, Some(own)) => (fitting(&draft.tf_roles, own), here.clone()),
    };
    let same = entry.strategy.as_deref().is_none_or(|own| {
        draft.strategy.as_deref().is_some_and(|outer| outer.trim().eq_ignore_ascii_case(own.trim()))
    });
    let parameters = match &entry.parameters {
        Some(own) => (own.as_slice(), here.clone()),
        None if same => (draft.parameters.as_slice(), Vec::new()),
        None => (&[][..], here.clone()),
    };
    let symbol_place = SymbolPlace::Field(here);
    Form { symbol: entry.symbol.as_deref(), symbol_place, strategy, timeframes, roles, parameters }
}

/// Roles of the request for those of its timeframes that an entry has too.
fn fitting(roles: &[(String, String)], timeframes: &[String]) -> Vec<(String, String)> {
    let has = |name: &str| timeframes.iter().any(|own| own.trim() == name.trim());
    roles.iter().filter(|(name, _)| has(name)).cloned().collect()
}

impl Form<'_> {
    fn check(
        self,
        checker: &mut Checker,
        (registry, risk): (&Registry, &Risk),
        unknown: &mut Option<String>,
    ) -> Option<SleeveRequest> {
        let symbol = self.symbol(checker);
        let (name, place) = self.strategy;
        let name = checker.at(&place, |checker| strategy_name(checker, name));
        let (given, place) = self.timeframes;
        let timeframes = checker.at(&place, |checker| timeframes(checker, given));
        let (given, place) = self.roles;
        let timeframes =
            timeframes.map(|list| checker.at(&place, |checker| roles(checker, &list, &given)));
        let definition = registry.find(name?);
        if definition.is_none() && unknown.is_none() {
            *unknown = name.map(str::to_owned);
        }
        let definition = definition?;
        let (given, place) = self.parameters;
        let parameters = checker.at(&place, |checker| parameters(checker, definition, given, risk));
        Some(SleeveRequest {
            symbol: symbol?,
            strategy: definition.info.id.to_string(),
            timeframes: timeframes?,
            parameters,
        })
    }

    fn symbol(&self, checker: &mut Checker) -> Option<Symbol> {
        match &self.symbol_place {
            SymbolPlace::Field(place) => {
                checker.at(place, |checker| checker.required("symbol", self.symbol))
            }
            SymbolPlace::Listed(number) => checker.at(&["symbols".to_owned()], |checker| {
                checker.required(&number.to_string(), self.symbol)
            }),
        }
    }
}

fn strategy_name<'a>(checker: &mut Checker, name: Option<&'a str>) -> Option<&'a str> {
    match name.map(str::trim) {
        None => checker.push(FieldError::missing(&["strategy"], "is required")),
        Some("") => {
            checker.wrong(&["strategy"], "expected the name of a strategy, was empty");
        }
        Some(name) => return Some(name),
    }
    None
}
