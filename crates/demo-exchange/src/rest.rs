//! The public REST endpoints: which there are, what they cost, what they answer.
//!
//! Shapes and rules are those of §2.1 and §2.2 of the venue's documentation. Nothing here counts weights or
//! injects faults.

pub(crate) mod candles;
mod exchange_info;
mod funding;
mod parameters;
mod prices;
pub(crate) mod trades;

use crate::api_call::{ApiReply, ApiRequest, Method};
use crate::limits::{Cost, Limits};
use crate::market::Market;

pub(crate) use exchange_info::{brackets_json, price_max};
use parameters::Parameters;
pub(crate) use prices::{DayTicker, indirect_text, rate_text};

/// A public endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Ping,
    Time,
    ExchangeInfo,
    Klines,
    ContinuousKlines,
    MarkPriceKlines,
    IndexPriceKlines,
    PremiumIndexKlines,
    AggregateTrades,
    Trades,
    Depth,
    DayTicker,
    BookTicker,
    Price,
    PremiumIndex,
    FundingRate,
    FundingInfo,
    OpenInterest,
}

/// What the venue knows when it answers.
pub(crate) struct Venue<'a> {
    pub(crate) market: &'a mut Market,
    pub(crate) limits: &'a Limits,
    /// Milliseconds since the epoch.
    pub(crate) now: i64,
    /// The venue's clock as it is told.
    pub(crate) told_time: i64,
}

/// A body, or a refusal.
pub(crate) type Answer = Result<String, ApiReply>;

const TABLE: [(&str, Endpoint); 18] = [
    ("/fapi/v1/ping", Endpoint::Ping),
    ("/fapi/v1/time", Endpoint::Time),
    ("/fapi/v1/exchangeInfo", Endpoint::ExchangeInfo),
    ("/fapi/v1/klines", Endpoint::Klines),
    ("/fapi/v1/continuousKlines", Endpoint::ContinuousKlines),
    ("/fapi/v1/markPriceKlines", Endpoint::MarkPriceKlines),
    ("/fapi/v1/indexPriceKlines", Endpoint::IndexPriceKlines),
    ("/fapi/v1/premiumIndexKlines", Endpoint::PremiumIndexKlines),
    ("/fapi/v1/aggTrades", Endpoint::AggregateTrades),
    ("/fapi/v1/trades", Endpoint::Trades),
    ("/fapi/v1/depth", Endpoint::Depth),
    ("/fapi/v1/ticker/24hr", Endpoint::DayTicker),
    ("/fapi/v1/ticker/bookTicker", Endpoint::BookTicker),
    ("/fapi/v2/ticker/price", Endpoint::Price),
    ("/fapi/v1/premiumIndex", Endpoint::PremiumIndex),
    ("/fapi/v1/fundingRate", Endpoint::FundingRate),
    ("/fapi/v1/fundingInfo", Endpoint::FundingInfo),
    ("/fapi/v1/openInterest", Endpoint::OpenInterest),
];

/// The paths of all public endpoints.
pub(crate) fn paths() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|(path, _)| *path)
}

/// The public endpoint that a call is meant for.
pub(crate) fn endpoint(request: &ApiRequest) -> Option<Endpoint> {
    let is_get = request.method == Method::Get;
    TABLE.iter().find(|(path, _)| is_get && *path == request.path).map(|(_, endpoint)| *endpoint)
}

/// What a call of a public endpoint costs, by its parameters (§2.1, §2.2).
pub(crate) fn cost(endpoint: Endpoint, request: &ApiRequest) -> Cost {
    let limit = |usual: u32| {
        request.parameter("limit").and_then(|limit| limit.parse().ok()).unwrap_or(usual)
    };
    let by_symbol = |one, all| if request.parameter("symbol").is_some() { one } else { all };
    Cost::Weight(match endpoint {
        Endpoint::Ping | Endpoint::Time | Endpoint::ExchangeInfo | Endpoint::OpenInterest => 1,
        Endpoint::Klines
        | Endpoint::ContinuousKlines
        | Endpoint::MarkPriceKlines
        | Endpoint::IndexPriceKlines
        | Endpoint::PremiumIndexKlines => match limit(500) {
            0..=99 => 1,
            100..=499 => 2,
            500..=1000 => 5,
            _ => 10,
        },
        Endpoint::AggregateTrades => 20,
        Endpoint::Trades => 5,
        Endpoint::Depth => match limit(500) {
            0..=50 => 2,
            51..=100 => 5,
            101..=500 => 10,
            _ => 20,
        },
        Endpoint::DayTicker => by_symbol(1, 40),
        Endpoint::BookTicker => by_symbol(2, 5),
        Endpoint::Price => by_symbol(1, 2),
        Endpoint::PremiumIndex => by_symbol(1, 10),
        Endpoint::FundingRate | Endpoint::FundingInfo => return Cost::Funding,
    })
}

/// Answers a call of a public endpoint.
pub(crate) fn answer(endpoint: Endpoint, request: &ApiRequest, venue: &mut Venue<'_>) -> Answer {
    let parameters = Parameters::of(request);
    match endpoint {
        Endpoint::Ping => Ok("{}".to_owned()),
        Endpoint::Time => Ok(format!(r#"{{"serverTime":{}}}"#, venue.told_time)),
        Endpoint::ExchangeInfo => Ok(exchange_info::exchange_info(venue)),
        Endpoint::Klines => candles::klines(&parameters, venue),
        Endpoint::ContinuousKlines => candles::continuous_klines(&parameters, venue),
        Endpoint::MarkPriceKlines => candles::mark_price_klines(&parameters, venue),
        Endpoint::IndexPriceKlines => candles::index_price_klines(&parameters, venue),
        Endpoint::PremiumIndexKlines => candles::premium_index_klines(&parameters, venue),
        Endpoint::AggregateTrades => trades::aggregate_trades(&parameters, venue),
        Endpoint::Trades => trades::trades(&parameters, venue),
        Endpoint::Depth => trades::depth(&parameters, venue),
        Endpoint::DayTicker => prices::day_ticker(&parameters, venue),
        Endpoint::BookTicker => prices::book_ticker(&parameters, venue),
        Endpoint::Price => prices::price(&parameters, venue),
        Endpoint::PremiumIndex => prices::premium_index(&parameters, venue),
        Endpoint::FundingRate => funding::funding_rate(&parameters, venue),
        Endpoint::FundingInfo => Ok(funding::funding_info(venue)),
        Endpoint::OpenInterest => funding::open_interest(&parameters, venue),
    }
}

/// `[a,b,c]`.
pub(crate) fn list(items: impl IntoIterator<Item = String>) -> String {
    let mut text = String::from("[");
    for item in items {
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(&item);
    }
    text.push(']');
    text
}

/// One item for a named symbol, a list of all that are listed otherwise.
fn one_or_all(
    parameters: &Parameters,
    venue: &mut Venue<'_>,
    mut item: impl FnMut(&mut Venue<'_>, usize) -> String,
) -> Answer {
    if parameters.has("symbol") {
        let place = parameters.symbol("symbol", venue)?;
        return Ok(item(venue, place));
    }
    let listed: Vec<usize> =
        (0..venue.market.len()).filter(|place| venue.is_listed(*place)).collect();
    Ok(list(listed.into_iter().map(|place| item(venue, place))))
}

impl Venue<'_> {
    fn is_listed(&mut self, place: usize) -> bool {
        self.market.series(place).first_time() <= self.now
    }
}
