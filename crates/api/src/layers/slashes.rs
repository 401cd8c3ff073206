//! Every address with and without its last slash.

use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;

/// Addresses that are written with a slash; all others without one.
const WITH_SLASH: [&str; 3] = ["/api/v1/backtests", "/api/v1/strategies", "/api/v1/settings"];

/// Rewrites an address below `/api/` to the spelling under which its route is known.
pub(crate) fn normalised(mut request: Request) -> Request {
    let path = request.uri().path();
    if !path.starts_with("/api/") {
        return request;
    }
    let bare = path.trim_end_matches('/');
    let slash = if WITH_SLASH.contains(&bare) { "/" } else { "" };
    let wanted = format!("{bare}{slash}");
    if wanted != path
        && let Some(uri) = with_path(request.uri(), &wanted)
    {
        *request.uri_mut() = uri;
    }
    request
}

fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let text = uri.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(text).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    #[test]
    fn both_spellings_become_one() {
        let check = |given: &str, expected: &str| {
            let request = Request::builder().uri(given).body(Body::empty()).unwrap();
            assert_eq!(normalised(request).uri().to_string(), expected, "{given}");
        };
        check("/api/v1/backtests", "/api/v1/backtests/");
        check("/api/v1/backtests/?page=2", "/api/v1/backtests/?page=2");
        check("/api/v1/backtests?page=2", "/api/v1/backtests/?page=2");
        check("/api/v1/backtests/7/", "/api/v1/backtests/7");
        check("/api/v1/market/coverage/", "/api/v1/market/coverage");
        check("/api/v1/", "/api/v1");
        check("/docs/", "/docs/");
    }
}
