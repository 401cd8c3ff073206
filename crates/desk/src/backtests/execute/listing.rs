//! What the venue is told about a symbol: filters, leverage, margin mode, brackets. And what of it is assumed.

use domain::{Instrument, MarketKind, PriceScale, Symbol};
use margin::{BracketHistory, BracketTable, Leverage};
use simulator::Listing;

use crate::backtests::check::bracket_table;
use crate::backtests::instrument_rules::{known_rules, rules_of};
use crate::backtests::outcome::Remark;
use crate::backtests::request::{FilterChoice, RunRequest};
use crate::error::DeskError;

/// A listing with what is to be said about it.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) listing: Listing,
    /// Where its filters come from, such as `as of 2026-09-11`.
    pub(super) filters: String,
    /// Which bracket table it has.
    pub(super) brackets: String,
    pub(super) warnings: Vec<Remark>,
}

/// Lists a symbol with the margin settings of the request.
pub(super) fn listed(
    request: &RunRequest,
    (market, symbol, scale): (MarketKind, &Symbol, PriceScale),
) -> Result<Listed, DeskError> {
    let mut warnings = Vec::new();
    let (instrument, filters) = instrument(&mut warnings, request, (market, symbol, scale));
    let (table, brackets) = brackets(&mut warnings, request, symbol)?;
    let leverage = Leverage::new(request.leverage).map_err(|error| unusable(&error))?;
    let largest = table.brackets()[0].leverage_max();
    if leverage > largest {
        let message = format!(
            "leverage {} is above the {} that the brackets of {symbol} allow: every entry is refused",
            request.leverage,
            largest.decimal()
        );
        warnings.push(Remark { code: "LEVERAGE_ABOVE_BRACKETS".to_owned(), message });
    }
    let listing = Listing {
        instrument,
        leverage,
        margin_mode: request.margin.margin_mode,
        brackets: BracketHistory::new(table),
    };
    Ok(Listed { listing, filters, brackets, warnings })
}

fn instrument(
    warnings: &mut Vec<Remark>,
    request: &RunRequest,
    (market, symbol, scale): (MarketKind, &Symbol, PriceScale),
) -> (Instrument, String) {
    let unknown = || Instrument::without_filters(symbol.clone(), scale);
    match &request.margin.filters {
        FilterChoice::Off => return (unknown(), "off".to_owned()),
        FilterChoice::Given(row) => {
            return (Instrument::new(symbol.clone(), scale, rules_of(row)), "given".to_owned());
        }
        FilterChoice::Auto => {}
    }
    // Other markets quote in other steps.
    let known = if market == MarketKind::UsdM { known_rules(symbol) } else { Vec::new() };
    let Some(((since, first), later)) = known.split_first() else {
        let message = format!(
            "the exchange filters of {symbol} ({market}) are not known: prices and quantities are not \
             rounded to any step, and there is no smallest order"
        );
        warnings.push(Remark { code: "FILTERS_UNKNOWN".to_owned(), message });
        return (unknown(), "unknown".to_owned());
    };
    let day = since.to_string().chars().take(10).collect::<String>();
    if request.start < *since {
        let message = format!(
            "the exchange filters of {symbol} are those of {day}, which is after the start of the range"
        );
        warnings.push(Remark { code: "FILTERS_AS_OF".to_owned(), message });
    }
    let instrument = Instrument::new(symbol.clone(), scale, *first);
    let add = |all: Instrument, (since, rules): &(_, _)| all.with_rules_since(*since, *rules);
    (later.iter().fold(instrument, add), format!("as of {day}"))
}

fn brackets(
    warnings: &mut Vec<Remark>,
    request: &RunRequest,
    symbol: &Symbol,
) -> Result<(BracketTable, String), DeskError> {
    if let Some(rows) = &request.margin.brackets {
        let table = bracket_table(rows).map_err(|error| unusable(&error))?;
        return Ok((table, "given".to_owned()));
    }
    let (table, name, what) = if symbol.as_str() == "BTCUSDT" {
        let what = "a table that BTCUSDT once had";
        (BracketTable::historical_btcusdt(), "historical_btcusdt", what)
    } else {
        let what = "a cautious table that asks for more than the venue does of most symbols";
        (BracketTable::cautious(), "cautious", what)
    };
    let message = format!(
        "the leverage brackets of {symbol} are {what}, not the ones of today: give your own as brackets"
    );
    warnings.push(Remark { code: "BRACKETS_ASSUMED".to_owned(), message });
    Ok((table, name.to_owned()))
}

fn unusable(error: &dyn std::fmt::Display) -> DeskError {
    DeskError::Stored { what: "request".to_owned(), detail: error.to_string() }
}
