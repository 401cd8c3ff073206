//! Names of streams and what they mean. Unknown names mean nothing and are no error.

use domain::Timeframe;

use super::route::Route;
use crate::market::Market;

/// What a subscription is about; symbols by their place in the market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Kline(usize, Timeframe),
    ContinuousKline(usize, Timeframe),
    AggregateTrade(usize),
    BookTicker(usize),
    BookTickerAll,
    /// With its period in milliseconds.
    Mark(usize, i64),
    MarkAll(i64),
    /// With its period in milliseconds.
    Depth(usize, i64),
    /// With its number of levels and its period in milliseconds.
    PartialDepth(usize, usize, i64),
    MiniTicker(usize),
    Ticker(usize),
    MiniTickerAll,
    TickerAll,
    ContractInfo,
}

/// The words by which faults name streams.
pub(crate) const KINDS: [&str; 9] = [
    "aggTrade",
    "bookTicker",
    "continuousKline",
    "contractInfo",
    "depth",
    "kline",
    "markPrice",
    "miniTicker",
    "ticker",
];

impl Stream {
    /// The stream of a name; symbols are lower case there (§3.1).
    pub(crate) fn read(name: &str, market: &Market) -> Option<Self> {
        match name {
            "!bookTicker" => return Some(Self::BookTickerAll),
            "!markPrice@arr" => return Some(Self::MarkAll(3000)),
            "!markPrice@arr@1s" => return Some(Self::MarkAll(1000)),
            "!miniTicker@arr" => return Some(Self::MiniTickerAll),
            "!ticker@arr" => return Some(Self::TickerAll),
            "!contractInfo" => return Some(Self::ContractInfo),
            _ => {}
        }
        let (symbol, kind) = name.split_once('@')?;
        if symbol.chars().any(|letter| letter.is_ascii_uppercase()) {
            return None;
        }
        if let Some(pair) = symbol.strip_suffix("_perpetual") {
            let place = market.place(&pair.to_uppercase())?;
            return Some(Self::ContinuousKline(
                place,
                interval(kind.strip_prefix("continuousKline_")?)?,
            ));
        }
        let place = market.place(&symbol.to_uppercase())?;
        Self::of_symbol(place, kind)
    }

    fn of_symbol(place: usize, kind: &str) -> Option<Self> {
        if let Some(timeframe) = kind.strip_prefix("kline_") {
            return Some(Self::Kline(place, interval(timeframe)?));
        }
        if let Some(depth) = kind.strip_prefix("depth") {
            return depth_stream(place, depth);
        }
        Some(match kind {
            "aggTrade" => Self::AggregateTrade(place),
            "bookTicker" => Self::BookTicker(place),
            "markPrice" => Self::Mark(place, 3000),
            "markPrice@1s" => Self::Mark(place, 1000),
            "miniTicker" => Self::MiniTicker(place),
            "ticker" => Self::Ticker(place),
            _ => return None,
        })
    }

    /// Whether a connection of `route` carries it (§1.1).
    pub(crate) const fn is_carried_by(self, route: Route) -> bool {
        let is_public = match self {
            Self::BookTicker(_)
            | Self::BookTickerAll
            | Self::Depth(..)
            | Self::PartialDepth(..) => true,
            Self::Kline(..)
            | Self::ContinuousKline(..)
            | Self::AggregateTrade(_)
            | Self::Mark(..)
            | Self::MarkAll(_)
            | Self::MiniTicker(_)
            | Self::Ticker(_)
            | Self::MiniTickerAll
            | Self::TickerAll
            | Self::ContractInfo => false,
        };
        match route {
            Route::Public | Route::Unrouted => is_public,
            Route::Market => !is_public,
            Route::Private | Route::Calls => false,
        }
    }

    /// The word by which faults name it: one of [`KINDS`].
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Kline(..) => "kline",
            Self::ContinuousKline(..) => "continuousKline",
            Self::AggregateTrade(_) => "aggTrade",
            Self::BookTicker(_) | Self::BookTickerAll => "bookTicker",
            Self::Mark(..) | Self::MarkAll(_) => "markPrice",
            Self::Depth(..) | Self::PartialDepth(..) => "depth",
            Self::MiniTicker(_) | Self::MiniTickerAll => "miniTicker",
            Self::Ticker(_) | Self::TickerAll => "ticker",
            Self::ContractInfo => "contractInfo",
        }
    }

    /// Place of its symbol, when it is about one.
    pub(crate) const fn symbol(self) -> Option<usize> {
        match self {
            Self::Kline(place, _)
            | Self::ContinuousKline(place, _)
            | Self::AggregateTrade(place)
            | Self::BookTicker(place)
            | Self::Mark(place, _)
            | Self::Depth(place, _)
            | Self::PartialDepth(place, ..)
            | Self::MiniTicker(place)
            | Self::Ticker(place) => Some(place),
            Self::BookTickerAll
            | Self::MarkAll(_)
            | Self::MiniTickerAll
            | Self::TickerAll
            | Self::ContractInfo => None,
        }
    }
}

fn interval(name: &str) -> Option<Timeframe> {
    Timeframe::ALL.into_iter().find(|timeframe| timeframe.name() == name)
}

fn depth_stream(place: usize, rest: &str) -> Option<Stream> {
    let (levels, period) = rest.split_once('@').unwrap_or((rest, "250ms"));
    let period = match period {
        "100ms" => 100,
        "250ms" => 250,
        "500ms" => 500,
        _ => return None,
    };
    Some(match levels {
        "" => Stream::Depth(place, period),
        "5" => Stream::PartialDepth(place, 5, period),
        "10" => Stream::PartialDepth(place, 10, period),
        "20" => Stream::PartialDepth(place, 20, period),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::{Series, well_known_symbols};

    #[test]
    fn names_are_read_as_the_venue_writes_them() {
        let market = Market::new(well_known_symbols().into_iter().map(Series::made).collect());
        let check =
            |name: &str, expected| assert_eq!(Stream::read(name, &market), expected, "{name}");
        check("btcusdt@kline_1m", Some(Stream::Kline(0, Timeframe::M1)));
        check("ethusdt@kline_1M", Some(Stream::Kline(1, Timeframe::Month1)));
        check(
            "btcusdt_perpetual@continuousKline_5m",
            Some(Stream::ContinuousKline(0, Timeframe::M5)),
        );
        check("btcusdt@depth", Some(Stream::Depth(0, 250)));
        check("btcusdt@depth20@100ms", Some(Stream::PartialDepth(0, 20, 100)));
        check("1000pepeusdt@markPrice@1s", Some(Stream::Mark(10, 1000)));
        check("BTCUSDT@kline_1m", None);
        check("btcusdt@kline_7m", None);
        check("nosuchusdt@aggTrade", None);
    }
}
