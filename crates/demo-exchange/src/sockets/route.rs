//! Where a socket is opened: route, form and what it names there.

use percent_encoding::percent_decode_str;

/// Which streams a connection carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// `/public`: books.
    Public,
    /// `/market`: candles, trades, mark prices, tickers.
    Market,
    /// `/private`: user streams.
    Private,
    /// `/ws-fapi/v1`: the socket API; messages are calls.
    Calls,
    /// None named: accepted, and carries what `/public` does.
    Unrouted,
}

/// A user stream that a connection wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UserKey {
    pub(crate) key: String,
    /// Only these events.
    pub(crate) events: Option<Vec<String>>,
}

/// A read address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) route: Route,
    /// Whether frames come in an envelope.
    pub(crate) is_combined: bool,
    /// Whether answers of the socket API tell the used limits.
    pub(crate) tells_limits: bool,
    pub(crate) names: Vec<String>,
    pub(crate) keys: Vec<UserKey>,
}

impl UserKey {
    /// Whether events of this name on a listen key are for it.
    pub(super) fn wants(&self, listen_key: &str, name: &str) -> bool {
        let names = self.events.as_ref();
        self.key == listen_key
            && names.is_none_or(|names| names.iter().any(|wanted| wanted == name))
    }
}

impl Place {
    /// Request weight of opening it: 5 for the socket API (§4.7).
    pub(crate) const fn weight(&self) -> u32 {
        match self.route {
            Route::Calls => 5,
            Route::Public | Route::Market | Route::Private | Route::Unrouted => 0,
        }
    }
}

/// Reads path and query; `None` where the venue has no socket.
pub(crate) fn read(path_and_query: &str) -> Option<Place> {
    let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
    if path == "/ws-fapi/v1" {
        return Some(calls(&pairs(query)));
    }
    let mut parts = path.trim_start_matches('/').splitn(2, '/');
    let first = parts.next()?;
    let (route, rest) = match first {
        "public" => (Route::Public, parts.next()?),
        "market" => (Route::Market, parts.next()?),
        "private" => (Route::Private, parts.next()?),
        _ => (Route::Unrouted, path.trim_start_matches('/')),
    };
    let (form, names) = rest.split_once('/').unwrap_or((rest, ""));
    let is_combined = match form {
        "ws" => false,
        "stream" => true,
        _ => return None,
    };
    let pairs = pairs(query);
    let streams =
        pairs.iter().filter(|(name, _)| name == "streams").map(|(_, value)| value.as_str());
    let listed: Vec<String> = std::iter::once(names)
        .chain(streams)
        .flat_map(|names| names.split('/'))
        .filter(|name| !name.is_empty())
        .map(decoded)
        .collect();
    let mut place =
        Place { route, is_combined, tells_limits: false, names: listed, keys: Vec::new() };
    if route == Route::Private {
        let named = std::mem::take(&mut place.names).into_iter();
        place.keys = named.map(|key| UserKey { key, events: None }).collect();
        add_keys(&mut place.keys, &pairs);
    }
    Some(place)
}

/// The socket API, with its limits unless `returnRateLimits=false` (§4.7).
fn calls(pairs: &[(String, String)]) -> Place {
    let is_silent =
        pairs.iter().any(|(name, value)| name == "returnRateLimits" && value == "false");
    Place {
        route: Route::Calls,
        is_combined: false,
        tells_limits: !is_silent,
        names: Vec::new(),
        keys: Vec::new(),
    }
}

fn add_keys(keys: &mut Vec<UserKey>, pairs: &[(String, String)]) {
    for (name, value) in pairs {
        match name.as_str() {
            "listenKey" => keys.push(UserKey { key: value.clone(), events: None }),
            "events" => {
                let events = value.split('/').map(str::to_owned).collect();
                if let Some(last) = keys.last_mut() {
                    last.events = Some(events);
                }
            }
            _ => {}
        }
    }
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_an_address_is_read() {
        let place = read("/market/stream?streams=btcusdt@kline_1m/btcusdt@aggTrade").unwrap();
        assert_eq!((place.route, place.is_combined), (Route::Market, true));
        assert_eq!(place.names, ["btcusdt@kline_1m", "btcusdt@aggTrade"]);
        assert_eq!(read("/public/ws/a@depth/b@depth").unwrap().names, ["a@depth", "b@depth"]);
        assert_eq!(read("/ws").unwrap().route, Route::Unrouted);
        assert_eq!(read("/stream").map(|place| place.is_combined), Some(true));
        assert_eq!(read("/ws-fapi/v1").map(|place| place.tells_limits), Some(true));
        let quiet = read("/ws-fapi/v1?returnRateLimits=false");
        assert_eq!(quiet.map(|place| place.tells_limits), Some(false));
        assert_eq!(read("/market"), None);
        assert_eq!(read("/elsewhere/ws"), None);
    }

    #[test]
    fn a_user_stream_names_its_events() {
        let place =
            read("/private/ws?listenKey=k1&events=ORDER_TRADE_UPDATE/ACCOUNT_UPDATE&listenKey=k2")
                .unwrap();
        assert_eq!(place.keys[0].events.as_ref().map(Vec::len), Some(2));
        assert_eq!(place.keys[1], UserKey { key: "k2".to_owned(), events: None });
        assert_eq!(read("/private/ws/abc").unwrap().keys[0].key, "abc");
    }
}
