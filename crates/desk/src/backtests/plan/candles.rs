//! Which stored series serves a timeframe, and which market a symbol is taken from.

use domain::{MarketKind, Symbol, TimeRange, Timeframe};
use storage::Coverage;

use super::Cut;
use super::gaps::lacks_candles;
use crate::backtests::request::{MarketChoice, RunRequest};
use crate::data::coverage::{best_source, need};
use crate::error::{Refusal, RefusalCode};
use crate::number::quoted;

const LISTED_MAX: usize = 20;

/// The market of a symbol and its stored series there. `last` are all series of last prices.
pub(super) fn choose_market<'a>(
    request: &RunRequest,
    (symbol, timeframes): (&Symbol, &[Timeframe]),
    last: &[&'a Coverage],
) -> Result<(MarketKind, Vec<&'a Coverage>), Refusal> {
    let of_symbol: Vec<&Coverage> =
        last.iter().copied().filter(|coverage| coverage.key.symbol == *symbol).collect();
    let of = |market: MarketKind| -> Vec<&'a Coverage> {
        of_symbol.iter().copied().filter(|coverage| coverage.key.market == market).collect()
    };
    let candidates: Vec<MarketKind> = match request.market {
        MarketChoice::Only(market) => vec![market],
        MarketChoice::Auto => vec![MarketKind::UsdM, MarketKind::Spot, MarketKind::Demo],
    };
    let mut found = candidates
        .into_iter()
        .map(|market| (market, of(market)))
        .filter(|(_, series)| !series.is_empty());
    let Some(first) = found.next() else {
        return Err(unknown_symbol((request.market, symbol), last, &of_symbol));
    };
    let serves = |series: &[&Coverage]| {
        timeframes.iter().all(|one| cut_for(*one, (request.range(), symbol), series).is_ok())
    };
    // Synthetic candles never stand in for real ones that merely lack the range.
    if first.0.is_synthetic() || serves(&first.1) {
        return Ok(first);
    }
    let other = found.find(|(market, series)| !market.is_synthetic() && serves(series));
    Ok(other.unwrap_or(first))
}

/// What to load for a timeframe, from which series, and whether that is cut short.
pub(super) fn cut_for<'a>(
    wanted: Timeframe,
    (range, symbol): (TimeRange, &Symbol),
    series: &[&'a Coverage],
) -> Result<(Cut, &'a Coverage, bool), Refusal> {
    let Some(source) = best_source(series.iter().copied(), wanted, range) else {
        let message = format!(
            "{wanted} candles of {symbol} cannot be built from what is stored: {}",
            listed(series)
        );
        return Err(Refusal::new(RefusalCode::TimeframeNotAvailable, message));
    };
    let need = need(source, wanted, range);
    if need.range.start >= need.range.end || lacks_candles(source, need.range) {
        let message = format!(
            "no whole {wanted} candle of {symbol} between {} and {}; stored: {}",
            range.start,
            range.end,
            listed(series)
        );
        return Err(Refusal::new(RefusalCode::NoData, message));
    }
    let cut = Cut { wanted, source: source.key.clone(), range: need.range };
    Ok((cut, source, need.cut_short))
}

fn unknown_symbol(
    (market, symbol): (MarketChoice, &Symbol),
    last: &[&Coverage],
    of_symbol: &[&Coverage],
) -> Refusal {
    let message = if of_symbol.is_empty() {
        format!(
            "no candles of {} are stored; there are candles of: {}. Get some: \
             `stb data download {symbol}`, `stb data import FILE --symbol {symbol}`, or the Data page",
            quoted(symbol.as_str()),
            symbols_of(last)
        )
    } else {
        format!("no {market} candles of {symbol} are stored; there are: {}", listed(of_symbol))
    };
    Refusal::new(RefusalCode::UnknownSymbol, message)
}

fn symbols_of(stored: &[&Coverage]) -> String {
    let mut symbols: Vec<&str> =
        stored.iter().map(|coverage| coverage.key.symbol.as_str()).collect();
    symbols.sort_unstable();
    symbols.dedup();
    if symbols.is_empty() {
        return "nothing yet".to_owned();
    }
    let more = symbols.len().saturating_sub(LISTED_MAX);
    symbols.truncate(LISTED_MAX);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    symbols.join(", ") + &rest
}

fn listed(series: &[&Coverage]) -> String {
    let sentence = |one: &&Coverage| {
        let end = one.key.timeframe.next_open(one.last);
        format!("{} {} from {} to {}", one.key.market, one.key.timeframe, one.first, end)
    };
    let mut texts: Vec<String> = series.iter().take(LISTED_MAX).map(sentence).collect();
    if series.len() > LISTED_MAX {
        texts.push(format!("and {} more", series.len() - LISTED_MAX));
    }
    texts.join("; ")
}
