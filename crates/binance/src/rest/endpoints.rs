//! Where a venue is: mainnet, its demo, or any other base URL, loopback included.

/// Base URLs without a trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// REST, such as `https://fapi.binance.com`.
    pub rest: String,
    /// Streams, such as `wss://fstream.binance.com`; routes are added to it.
    pub streams: String,
    /// The bulk archive, such as `https://data.binance.vision`.
    pub archive: String,
}

/// A text that is no base URL of its kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: expected {expected}, was {was:?}")]
pub struct BadEndpoint {
    what: &'static str,
    expected: &'static str,
    was: String,
}

/// The archive of all environments.
const ARCHIVE: &str = "https://data.binance.vision";

impl Endpoints {
    /// The real market.
    #[must_use]
    pub fn mainnet() -> Self {
        Self::of("https://fapi.binance.com", "wss://fstream.binance.com")
    }

    /// The venue's own demo: virtual money, other filters.
    #[must_use]
    pub fn venue_demo() -> Self {
        Self::of("https://demo-fapi.binance.com", "wss://demo-fstream.binance.com")
    }

    fn of(rest: &str, streams: &str) -> Self {
        Self { rest: rest.to_owned(), streams: streams.to_owned(), archive: ARCHIVE.to_owned() }
    }

    /// Any other place. Only loopback may be spoken to without TLS.
    ///
    /// # Errors
    /// [`BadEndpoint`] for other schemes, missing hosts, paths with a query, or plain text to a foreign host.
    pub fn custom(rest: &str, streams: &str, archive: &str) -> Result<Self, BadEndpoint> {
        Ok(Self {
            rest: base("rest", rest, ("https://", "http://"))?,
            streams: base("streams", streams, ("wss://", "ws://"))?,
            archive: base("archive", archive, ("https://", "http://"))?,
        })
    }
}

/// A base URL with the secure scheme, or the plain one to loopback.
fn base(
    what: &'static str,
    text: &str,
    (secure, plain): (&str, &str),
) -> Result<String, BadEndpoint> {
    let bad = |expected| BadEndpoint { what, expected, was: text.chars().take(80).collect() };
    let trimmed = text.trim().trim_end_matches('/');
    let (rest, is_plain) = match (trimmed.strip_prefix(secure), trimmed.strip_prefix(plain)) {
        (Some(rest), _) => (rest, false),
        (None, Some(rest)) => (rest, true),
        (None, None) => return Err(bad("a URL with https:// or wss://, or plain to this machine")),
    };
    let host_and_port = rest.split('/').next().unwrap_or_default();
    let odd = |letter: char| letter.is_whitespace() || matches!(letter, '?' | '#' | '@' | '\\');
    if host_and_port.is_empty() || rest.contains(odd) {
        return Err(bad("a URL of scheme, host and perhaps a port and path"));
    }
    if is_plain && !is_loopback(host_and_port) {
        return Err(bad("TLS (https:// or wss://) for every host but this machine"));
    }
    Ok(trimmed.to_owned())
}

fn is_loopback(host_and_port: &str) -> bool {
    let host = match host_and_port.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => host_and_port,
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_goes_to_this_machine_only() {
        let custom =
            |rest| Endpoints::custom(rest, "ws://127.0.0.1:9", "http://[::1]:9").map(|it| it.rest);
        assert_eq!(custom("http://127.0.0.1:8080/").unwrap(), "http://127.0.0.1:8080");
        assert_eq!(custom("http://localhost:8080/venue").unwrap(), "http://localhost:8080/venue");
        assert!(custom("https://fapi.example").is_ok());
        for bad in [
            "http://fapi.example",
            "ftp://127.0.0.1",
            "127.0.0.1:80",
            "https://",
            "https://a?b",
            "https://u@h",
            "http://127.0.0.1.evil.example",
        ] {
            assert!(custom(bad).is_err(), "{bad}");
        }
    }
}
