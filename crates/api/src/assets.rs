//! The built UI, embedded at compile time, with its security headers.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Scripts, connections and fonts only from here; inline styles, because charts set them.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self'; \
    style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; \
    worker-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

static EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/ui_files.rs"));

/// Files of the UI.
#[derive(Clone, Copy, Debug)]
pub struct Assets {
    files: &'static [(&'static str, &'static [u8])],
}

impl Assets {
    /// The UI that was built before this program was compiled; `None` when there was none.
    #[must_use]
    pub fn embedded() -> Option<Self> {
        let assets = Self { files: EMBEDDED };
        assets.file("index.html").is_some().then_some(assets)
    }

    /// Assets for tests of the serving rules.
    #[cfg(test)]
    pub(crate) const fn of(files: &'static [(&'static str, &'static [u8])]) -> Self {
        Self { files }
    }

    fn file(&self, name: &str) -> Option<&'static [u8]> {
        self.files.iter().find(|(known, _)| *known == name).map(|(_, bytes)| *bytes)
    }

    /// The file at this address; addresses of pages lead to the one page there is.
    pub(crate) fn serve(&self, path: &str) -> Response {
        let name = path.trim_start_matches('/');
        let is_page = !name.rsplit('/').next().unwrap_or_default().contains('.');
        let name = if is_page { "index.html" } else { name };
        let Some(bytes) = self.file(name) else { return StatusCode::NOT_FOUND.into_response() };
        // Vite puts a hash of the content into the names of the assets folder.
        let caching = if name.starts_with("assets/") {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        let mut response = Response::new(Body::from(bytes));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        response
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UI: Assets = Assets::of(&[
        ("index.html", b"<html>"),
        ("assets/app-1.js", b"1"),
        ("before-app.js", b"2"),
    ]);

    fn served(path: &str) -> (u16, String) {
        let response = UI.serve(path);
        let kind = response
            .headers()
            .get(header::CONTENT_TYPE)
            .map(|value| value.to_str().unwrap().to_owned());
        (response.status().as_u16(), kind.unwrap_or_default())
    }

    #[test]
    fn pages_fall_back_and_files_do_not() {
        assert_eq!(served("/"), (200, "text/html; charset=utf-8".to_owned()));
        assert_eq!(served("/backtests/7"), (200, "text/html; charset=utf-8".to_owned()));
        assert_eq!(served("/assets/app-1.js"), (200, "text/javascript; charset=utf-8".to_owned()));
        assert_eq!(served("/assets/gone.js").0, 404);
        assert_eq!(served("/../Cargo.toml").0, 404);
    }
}
