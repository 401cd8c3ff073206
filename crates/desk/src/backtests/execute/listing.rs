//! What the venue is told about a symbol: filters, leverage, margin mode, brackets. And what of it is assumed.
//!
//! Filters and brackets that change inside the range change in the run, from their moment on.

use domain::{Instrument, InstrumentRules, MarketKind, PriceScale, Symbol, TimeRange, Timestamp};
use margin::{BracketTable, Leverage};
use simulator::Listing;
use storage::MarketStore;

use super::tables::Tables;
use crate::backtests::check::bracket_table;
use crate::backtests::instrument_rules::rules_of;
use crate::backtests::outcome::Remark;
use crate::backtests::request::{FilterChoice, RunRequest};
use crate::error::DeskError;
use crate::exchange_rules::{
    Dated, bracket_history, brackets_unconfirmed, rules_history, rules_unconfirmed, within,
};
use crate::number::counted;

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

/// Which candles a listing is for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Traded<'a> {
    pub(super) market: MarketKind,
    pub(super) symbol: &'a Symbol,
    pub(super) scale: PriceScale,
    /// From the first open to the last close.
    pub(super) range: TimeRange,
}

/// Lists a symbol with the margin settings of the request.
pub(super) fn listed(
    request: &RunRequest,
    traded: Traded<'_>,
    store: &MarketStore,
) -> Result<Listed, DeskError> {
    let mut warnings = Vec::new();
    let (instrument, filters) = instrument(&mut warnings, request, traded, store)?;
    let (tables, source) = brackets(&mut warnings, request, traded, store)?;
    let leverage = Leverage::new(request.leverage).map_err(|error| unusable(&error))?;
    warnings.extend(tables.refused(leverage, traded.symbol));
    let brackets = tables.into_history();
    let margin_mode = request.margin.margin_mode;
    let listing = Listing { instrument, leverage, margin_mode, brackets };
    Ok(Listed { listing, filters, brackets: source, warnings })
}

fn instrument(
    warnings: &mut Vec<Remark>,
    request: &RunRequest,
    traded: Traded<'_>,
    store: &MarketStore,
) -> Result<(Instrument, String), DeskError> {
    let Traded { market, symbol, scale, range } = traded;
    let unknown = || Instrument::without_filters(symbol.clone(), scale);
    match &request.margin.filters {
        FilterChoice::Off => return Ok((unknown(), "off".to_owned())),
        FilterChoice::Given(row) => {
            let given = Instrument::new(symbol.clone(), scale, rules_of(row));
            return Ok((given, "given".to_owned()));
        }
        FilterChoice::Auto => {}
    }
    let known = within(&rules_history(store, market, symbol)?, range);
    let Some(((since, first), later)) = known.split_first() else {
        let message = format!(
            "the exchange filters of {symbol} ({market}) are not known: prices and quantities are not \
             rounded to any step, and there is no smallest order"
        );
        warnings.push(Remark { code: "FILTERS_UNKNOWN".to_owned(), message });
        return Ok((unknown(), "unknown".to_owned()));
    };
    if range.start < *since {
        let message = format!(
            "the exchange filters of {symbol} are those of {}, which is after the start of the range",
            day(*since)
        );
        warnings.push(Remark { code: "FILTERS_AS_OF".to_owned(), message });
    }
    if !market.is_synthetic()
        && let Some(seen) = rules_unconfirmed(store, (market, symbol), range)?
    {
        let message = format!(
            "the exchange filters of {symbol} were seen on {} and then not for more than a day of the range: \
             changes in that time are not known",
            day(seen)
        );
        warnings.push(Remark { code: "FILTERS_UNCONFIRMED".to_owned(), message });
    }
    let instrument = Instrument::new(symbol.clone(), scale, *first);
    let add = |all: Instrument, (since, rules): &Dated<InstrumentRules>| {
        all.with_rules_since(*since, *rules)
    };
    let instrument = later.iter().fold(instrument, add);
    Ok((instrument, format!("as of {}{}", day(*since), changed(later))))
}

fn brackets(
    warnings: &mut Vec<Remark>,
    request: &RunRequest,
    traded: Traded<'_>,
    store: &MarketStore,
) -> Result<(Tables, String), DeskError> {
    let Traded { market, symbol, range, .. } = traded;
    if let Some(rows) = &request.margin.brackets {
        let table = bracket_table(rows).map_err(|error| unusable(&error))?;
        return Ok((Tables::unchanging(table), "given".to_owned()));
    }
    let known = within(&bracket_history(store, market, symbol)?, range);
    let Some(((since, first), later)) = known.split_first() else {
        let (table, name) = assumed_brackets(warnings, symbol);
        return Ok((Tables::unchanging(table), name.to_owned()));
    };
    if range.start < *since {
        let message = format!(
            "the leverage brackets of {symbol} are those of {}, which is after the start of the range",
            day(*since)
        );
        warnings.push(Remark { code: "BRACKETS_AS_OF".to_owned(), message });
    }
    if !market.is_synthetic()
        && let Some(announced) = brackets_unconfirmed(store, (market, symbol), range)?
    {
        let message = format!(
            "the leverage brackets of {symbol} are those that the venue announced on {}: changes after it are \
             not known if it announced them while the application was closed",
            day(announced)
        );
        warnings.push(Remark { code: "BRACKETS_UNCONFIRMED".to_owned(), message });
    }
    let source = if since.millis() == i64::MIN {
        "demo_exchange".to_owned()
    } else {
        format!("as of {}", day(*since))
    };
    let source = format!("{source}{}", changed(later));
    Ok((Tables { first: first.clone(), later: later.to_vec() }, source))
}

/// Brackets of which nothing is known.
fn assumed_brackets(warnings: &mut Vec<Remark>, symbol: &Symbol) -> (BracketTable, &'static str) {
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
    (table, name)
}

pub(super) fn day(time: Timestamp) -> String {
    time.to_string().chars().take(10).collect()
}

/// What happened later in the range, as the end of a sentence.
fn changed<T>(later: &[Dated<T>]) -> String {
    let Some((last, _)) = later.last() else { return String::new() };
    format!(", {} until {}", counted(later.len() as u64, "change"), day(*last))
}

fn unusable(error: &dyn std::fmt::Display) -> DeskError {
    DeskError::Stored { what: "request".to_owned(), detail: error.to_string() }
}
