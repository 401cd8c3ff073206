//! Which market data somebody will need that has not been made yet, so that it can be made before they ask.
//!
//! Nothing depends on it but time: what was not made before is made when it is needed.

use domain::Timestamp;

use super::Exchange;
use crate::api_call::ApiRequest;
use crate::market::{Made, Unmade};
use crate::rest::{self, Endpoint};
use crate::sockets::{Stream, read_place, subscribed_names};

/// What somebody is about to do.
#[derive(Clone, Copy, Debug)]
pub enum Need<'a> {
    /// [`Exchange::request`].
    Request(&'a ApiRequest),
    /// [`Exchange::connect`], with path and query.
    Connection(&'a str),
    /// [`Exchange::receive`].
    Message(&'a str),
    /// [`Exchange::advance`] to this time, with the symbols that are in use.
    Time(Timestamp),
}

/// Symbols by their place in the market.
enum Places {
    These(Vec<usize>),
    All,
}

impl Exchange {
    /// What is to be made for a need; empty when everything is there.
    #[must_use]
    pub fn unmade(&self, need: Need<'_>) -> Vec<Unmade> {
        let now = self.now;
        let (places, now) = match need {
            Need::Request(request) => (self.places_of_request(request), now),
            Need::Connection(path) => {
                let names = read_place(path).map(|place| place.names).unwrap_or_default();
                (self.places_of_streams(&names), now)
            }
            Need::Message(text) => (self.places_of_streams(&subscribed_names(text)), now),
            Need::Time(time) => (self.places_in_use(), time.millis()),
        };
        let places = match places {
            Places::These(places) => places,
            Places::All => (0..self.market.len()).collect(),
        };
        places.into_iter().filter_map(|place| self.market.unmade(place, now)).collect()
    }

    /// Takes over what was made elsewhere.
    pub fn take_made(&mut self, made: Vec<Made>) {
        for Made { place, days } in made {
            self.market.series(place).days().take(days);
        }
    }

    fn places_of_request(&self, request: &ApiRequest) -> Places {
        let symbol = request.parameter("symbol").or_else(|| request.parameter("pair"));
        if let Some(symbol) = symbol {
            return Places::These(self.market.place(&symbol).into_iter().collect());
        }
        match rest::endpoint(request) {
            Some(
                Endpoint::DayTicker
                | Endpoint::BookTicker
                | Endpoint::Price
                | Endpoint::PremiumIndex
                | Endpoint::FundingRate,
            ) => Places::All,
            Some(
                Endpoint::Ping
                | Endpoint::Time
                | Endpoint::ExchangeInfo
                | Endpoint::Klines
                | Endpoint::ContinuousKlines
                | Endpoint::MarkPriceKlines
                | Endpoint::IndexPriceKlines
                | Endpoint::PremiumIndexKlines
                | Endpoint::AggregateTrades
                | Endpoint::Trades
                | Endpoint::Depth
                | Endpoint::FundingInfo
                | Endpoint::OpenInterest,
            )
            | None => Places::These(Vec::new()),
        }
    }

    fn places_of_streams(&self, names: &[String]) -> Places {
        let mut places = Vec::new();
        for stream in names.iter().filter_map(|name| Stream::read(name, &self.market)) {
            match (stream.symbol(), stream) {
                (Some(place), _) => places.push(place),
                (None, Stream::ContractInfo) => {}
                (None, _) => return Places::All,
            }
        }
        places.sort_unstable();
        places.dedup();
        Places::These(places)
    }

    fn places_in_use(&self) -> Places {
        let is_in_use = |place: &usize| self.market.is_in_use(*place, self.now);
        Places::These((0..self.market.len()).filter(is_in_use).collect())
    }
}
