//! The HTTP door answers only to this machine's own pages and programs.
//!
//! A page of another site can make a browser send requests to a local port. Such requests
//! carry another `Origin`, another `Host` (after DNS rebinding) or say that they are
//! cross-site; each of these is refused. No answer carries CORS headers.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::ApiError;

/// Refuses what does not come from here.
pub(crate) async fn protect(State(port): State<u16>, request: Request, next: Next) -> Response {
    match check(request.headers(), request.uri(), port) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

fn check(headers: &HeaderMap, uri: &Uri, port: u16) -> Result<(), ApiError> {
    let refused = |code, text: &str| Err(ApiError::new(StatusCode::FORBIDDEN, code, text));
    let host = text(headers, &header::HOST)
        .or_else(|| uri.authority().map(|authority| authority.as_str()));
    if !host.is_some_and(|host| is_ours(host, port)) {
        return refused(
            "HOST_NOT_ALLOWED",
            "expected the header Host to be localhost, 127.0.0.1 or [::1] with this port",
        );
    }
    if headers.contains_key(header::ORIGIN) {
        let origin =
            text(headers, &header::ORIGIN).and_then(|origin| origin.strip_prefix("http://"));
        if !origin.is_some_and(|origin| is_ours(origin, port)) {
            return refused(
                "ORIGIN_NOT_ALLOWED",
                "requests from pages of other origins are refused",
            );
        }
    }
    let site = headers.get("sec-fetch-site").map(|value| value.as_bytes());
    if site.is_some_and(|site| site == b"cross-site" || site == b"same-site") {
        return refused("CROSS_SITE_REQUEST", "requests from pages of other sites are refused");
    }
    Ok(())
}

fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn is_ours(host: &str, port: u16) -> bool {
    ["localhost", "127.0.0.1", "[::1]"].iter().any(|name| {
        let Some(rest) = host.get(..name.len()).filter(|start| start.eq_ignore_ascii_case(name))
        else {
            return false;
        };
        let rest = &host[rest.len()..];
        rest.strip_prefix(':')
            .map_or(rest.is_empty() && port == 80, |given| given.parse() == Ok(port))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn verdict(pairs: &[(&'static str, &'static str)]) -> &'static str {
        let headers = pairs
            .iter()
            .map(|(name, value)| {
                (header::HeaderName::from_static(name), HeaderValue::from_static(value))
            })
            .collect();
        check(&headers, &Uri::from_static("/"), 8000).map_or_else(|error| error.code, |()| "ok")
    }

    #[test]
    fn only_this_machine_is_answered() {
        assert_eq!(verdict(&[("host", "localhost:8000")]), "ok");
        assert_eq!(verdict(&[("host", "127.0.0.1:8000")]), "ok");
        assert_eq!(verdict(&[("host", "[::1]:8000")]), "ok");
        for host in [
            "localhost",
            "localhost:8001",
            "evil.example:8000",
            "localhost.evil.example:8000",
            "127.0.0.1:8000.evil.example",
        ] {
            assert_eq!(verdict(&[("host", host)]), "HOST_NOT_ALLOWED", "{host}");
        }
        assert_eq!(verdict(&[]), "HOST_NOT_ALLOWED");
    }

    #[test]
    fn pages_of_others_are_refused() {
        let with = |name, value| verdict(&[("host", "localhost:8000"), (name, value)]);
        assert_eq!(with("origin", "http://localhost:8000"), "ok");
        assert_eq!(with("origin", "http://127.0.0.1:8000"), "ok");
        assert_eq!(with("origin", "http://localhost:5173"), "ORIGIN_NOT_ALLOWED");
        assert_eq!(with("origin", "https://evil.example"), "ORIGIN_NOT_ALLOWED");
        assert_eq!(with("origin", "null"), "ORIGIN_NOT_ALLOWED");
        assert_eq!(with("sec-fetch-site", "same-origin"), "ok");
        assert_eq!(with("sec-fetch-site", "none"), "ok");
        assert_eq!(with("sec-fetch-site", "cross-site"), "CROSS_SITE_REQUEST");
    }
}
