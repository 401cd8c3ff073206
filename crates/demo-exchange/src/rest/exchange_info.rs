//! What is listed, in the venue's words, and the brackets as `!contractInfo` tells them.

use super::{Venue, list};
use crate::market::{Bracket, SymbolSpec, Terms};

/// Far in the future: a perpetual is never delivered.
const NEVER: i64 = 4_133_404_800_000;
const DAY: i64 = 86_400_000;

/// The answer of `GET /fapi/v1/exchangeInfo`. Its server time is days old, as at the venue (§1.2).
pub(super) fn exchange_info(venue: &mut Venue<'_>) -> String {
    let symbols: Vec<String> =
        (0..venue.market.len()).map(|place| symbol_text(venue, place)).collect();
    let limits = venue.limits;
    let stale = venue.now.div_euclid(DAY) * DAY - 3 * DAY;
    format!(
        r#"{{"timezone":"UTC","serverTime":{stale},"futuresType":"U_MARGINED","rateLimits":[{{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":{}}},{{"rateLimitType":"ORDERS","interval":"MINUTE","intervalNum":1,"limit":{}}},{{"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":{}}}],"exchangeFilters":[],"assets":[{{"asset":"USDT","marginAvailable":true,"autoAssetExchange":"-10000"}}],"symbols":{}}}"#,
        limits.weight_per_minute,
        limits.orders_per_minute,
        limits.orders_per_ten_seconds,
        list(symbols),
    )
}

fn symbol_text(venue: &mut Venue<'_>, place: usize) -> String {
    let terms = venue.market.terms(place, venue.now);
    let onboard = venue.market.series(place).first_time();
    let spec = venue.market.series(place).spec();
    format!(
        r#"{{"symbol":"{symbol}","pair":"{symbol}","contractType":"PERPETUAL","deliveryDate":{NEVER},"onboardDate":{onboard},"status":"{status}","maintMarginPercent":"2.5000","requiredMarginPercent":"5.0000","baseAsset":"{base}","quoteAsset":"USDT","marginAsset":"USDT","pricePrecision":{price},"quantityPrecision":{quantity},"baseAssetPrecision":8,"quotePrecision":8,"underlyingType":"COIN","underlyingSubType":["DEMO"],"settlePlan":0,"triggerProtect":"{protect}","liquidationFee":"0.012500","marketTakeBound":"{protect}","maxMoveOrderLimit":10000,"filters":{filters},"orderTypes":["LIMIT","MARKET","STOP","STOP_MARKET","TAKE_PROFIT","TAKE_PROFIT_MARKET","TRAILING_STOP_MARKET"],"timeInForce":["GTC","IOC","FOK","GTX","GTD"],"permissionSets":["GRID"]}}"#,
        symbol = spec.symbol,
        status = terms.status,
        base = spec.base_asset(),
        // One more than the tick needs, as at the venue: precision is no tick (§2.1).
        price = spec.price_decimals + 1,
        quantity = spec.quantity_decimals,
        protect = percent(u64::from(spec.band_percent)),
        filters = filters_text(spec, &terms, place),
    )
}

/// The filters; their order differs between symbols, as at the venue.
fn filters_text(spec: &SymbolSpec, terms: &Terms, place: usize) -> String {
    let (tick, lot) = (
        crate::decimal_text::decimal(terms.tick, spec.price_decimals),
        crate::decimal_text::decimal(terms.lot, spec.quantity_decimals),
    );
    let mut filters = vec![
        format!(
            r#"{{"filterType":"PRICE_FILTER","minPrice":"{tick}","maxPrice":"{}","tickSize":"{tick}"}}"#,
            price_max(spec)
        ),
        format!(
            r#"{{"filterType":"LOT_SIZE","minQty":"{lot}","maxQty":"{}","stepSize":"{lot}"}}"#,
            spec.quantity_max
        ),
        format!(
            r#"{{"filterType":"MARKET_LOT_SIZE","minQty":"{lot}","maxQty":"{}","stepSize":"{lot}"}}"#,
            spec.market_quantity_max
        ),
        r#"{"filterType":"MAX_NUM_ORDERS","limit":200}"#.to_owned(),
        format!(r#"{{"filterType":"MIN_NOTIONAL","notional":"{}"}}"#, terms.notional_min),
        format!(
            r#"{{"filterType":"PERCENT_PRICE","multiplierUp":"{}","multiplierDown":"{}","multiplierDecimal":"4"}}"#,
            crate::decimal_text::decimal(10_000 + i64::from(spec.band_percent) * 100, 4),
            crate::decimal_text::decimal(10_000 - i64::from(spec.band_percent) * 100, 4),
        ),
        r#"{"filterType":"POSITION_RISK_CONTROL","positionControlSide":"NONE"}"#.to_owned(),
    ];
    let count = filters.len();
    filters.rotate_left(place % count);
    list(filters)
}

/// A hundred times the first price, in whole units of the quote asset.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "as saturates; prices are positive"
)]
pub(crate) fn price_max(spec: &SymbolSpec) -> u64 {
    (spec.first_price * 100.0) as u64 + 100
}

fn percent(percent: u64) -> String {
    crate::decimal_text::decimal(i128::from(percent), 2)
}

/// The brackets as `!contractInfo` tells them (§3.3).
pub(crate) fn brackets_json(brackets: &[Bracket]) -> String {
    let rate = |units: u64| {
        let text = crate::decimal_text::decimal(i128::from(units), 4);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    let texts = brackets.iter().map(|bracket| {
        let lowest = brackets.get(usize::try_from(bracket.number).unwrap_or(usize::MAX));
        let lowest = lowest.map_or(1, |next| next.leverage_max + 1);
        format!(
            r#"{{"bs":{},"bnf":{},"bnc":{},"mmr":{},"cf":{},"mi":{},"ma":{}}}"#,
            bracket.number,
            bracket.floor,
            bracket.cap,
            rate(bracket.maintenance),
            rate(bracket.cumulated),
            lowest.min(bracket.leverage_max),
            bracket.leverage_max,
        )
    });
    list(texts)
}
