//! One request and its answer: sent once, read up to a cap, judged by status before content.

use std::error::Error as _;
use std::time::Duration;

use domain::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response};
use zeroize::Zeroizing;

use super::Query;
use crate::error::CallError;
use crate::rate::{Class, Cost, Heard, RateHeaders};
use crate::sign::Credentials;
use crate::wire::stream::ErrorBody;

/// Largest body that is read, `exchangeInfo` (about 1.1 MB) included.
pub(super) const BODY_MAX: usize = 8 << 20;
/// How long after its time a signed request is valid, so that an unknown order becomes decidable soon.
pub(crate) const RECEIVE_WINDOW_MS: i64 = 5_000;
const EXCERPT_MAX: usize = 200;

/// How long to wait for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Until the connection stands, TLS included.
    pub connect: Duration,
    /// From then until the head of the answer.
    pub head: Duration,
    /// From then until its body is complete.
    pub body: Duration,
}

impl Default for Timeouts {
    /// 5, 10 and 30 seconds.
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connect: seconds(5), head: seconds(10), body: seconds(30) }
    }
}

/// What a call has to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Nothing.
    Public,
    /// Nothing, and the used weight its answer tells is not to be trusted.
    PublicInaccurate,
    /// The key alone.
    Key,
    /// The key and a signature.
    Signed,
}

/// One call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) query: Query,
    pub(crate) access: Access,
    pub(crate) cost: Cost,
    pub(crate) class: Class,
}

impl Call {
    /// A public call that reads.
    pub(crate) fn get(path: &'static str, query: Query, cost: Cost, class: Class) -> Self {
        Self { method: Method::GET, path, query, access: Access::Public, cost, class }
    }
}

/// The HTTP client: one try, no redirects, no proxies of the environment.
pub(super) fn http_client(timeouts: &Timeouts) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .connect_timeout(timeouts.connect)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .pool_idle_timeout(Duration::from_secs(30))
        .tcp_keepalive(Duration::from_secs(30))
        .user_agent(concat!("smart-trading-bot/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// The request of a call, signed for the venue's time `now`. Parameters of POST and PUT go as a form: they
/// do not appear in URLs then.
pub(super) fn request(
    (http, base): (&reqwest::Client, &str),
    call: &Call,
    credentials: Option<&Credentials>,
    now: Timestamp,
) -> Result<RequestBuilder, CallError> {
    let mut parameters = Zeroizing::new(call.query.as_str().to_owned());
    let key = match (call.access, credentials) {
        (Access::Public | Access::PublicInaccurate, _) => None,
        (Access::Key | Access::Signed, None) => return Err(CallError::NoKey),
        (Access::Key, Some(credentials)) => Some(credentials.key()),
        (Access::Signed, Some(credentials)) => {
            sign(&mut parameters, credentials, now);
            Some(credentials.key())
        }
    };
    let url = format!("{base}{}", call.path);
    let is_form = matches!(call.method, Method::POST | Method::PUT);
    let request = if parameters.is_empty() {
        http.request(call.method.clone(), url)
    } else if is_form {
        let form = "application/x-www-form-urlencoded";
        let request = http.request(call.method.clone(), url).header(CONTENT_TYPE, form);
        request.body(parameters.to_string())
    } else {
        http.request(call.method.clone(), format!("{url}?{}", parameters.as_str()))
    };
    Ok(match key {
        Some(key) => {
            let mut value = HeaderValue::from_str(key).map_err(|_| CallError::NoKey)?;
            value.set_sensitive(true);
            request.header("X-MBX-APIKEY", value)
        }
        None => request,
    })
}

/// Adds window, time and, as the last parameter, the signature of all before it.
fn sign(parameters: &mut String, credentials: &Credentials, now: Timestamp) {
    let and = if parameters.is_empty() { "" } else { "&" };
    parameters.push_str(&format!("{and}recvWindow={RECEIVE_WINDOW_MS}&timestamp={}", now.millis()));
    let signature = credentials.signature(parameters);
    parameters.push_str(&format!("&signature={signature}"));
}

/// A complete answer.
#[derive(Debug)]
pub(super) struct Reply {
    status: u16,
    headers: HeaderMap,
    body: String,
}

/// Sends a request and reads its answer.
pub(super) async fn exchange(
    request: RequestBuilder,
    timeouts: &Timeouts,
) -> Result<Reply, CallError> {
    let response = head_of(request, timeouts).await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = tokio::time::timeout(timeouts.body, body_of(response))
        .await
        .map_err(|_| CallError::TimedOut("the body of the answer did not end in time"))??;
    let body = String::from_utf8(body)
        .map_err(|_| CallError::Malformed("the body is not UTF-8".to_owned()))?;
    Ok(Reply { status, headers, body })
}

/// Sends a request and waits for the head of its answer.
pub(super) async fn head_of(
    request: RequestBuilder,
    timeouts: &Timeouts,
) -> Result<Response, CallError> {
    // The head's time begins when the connection stands at the latest.
    let head = timeouts.connect + timeouts.head;
    tokio::time::timeout(head, request.send())
        .await
        .map_err(|_| CallError::TimedOut("the head of the answer did not come in time"))?
        .map_err(send_error)
}

/// The next bytes of a body of any length, each within the time a whole small body may take.
pub(super) async fn chunk_of(
    response: &mut Response,
    timeouts: &Timeouts,
) -> Result<Option<impl AsRef<[u8]> + std::ops::Deref<Target = [u8]>>, CallError> {
    tokio::time::timeout(timeouts.body, response.chunk())
        .await
        .map_err(|_| CallError::TimedOut("the body of the answer stopped"))?
        .map_err(|error| CallError::Broken(chain(&error.without_url())))
}

fn send_error(error: reqwest::Error) -> CallError {
    let error = error.without_url();
    if error.is_connect() || error.is_builder() {
        return CallError::NotSent(chain(&error));
    }
    CallError::Broken(chain(&error))
}

/// An error with its causes.
pub(super) fn chain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// Reads a body, and stops reading as soon as it is known to be too large.
async fn body_of(mut response: Response) -> Result<Vec<u8>, CallError> {
    let too_large = CallError::TooLarge { limit: BODY_MAX };
    let announced = response.content_length().unwrap_or_default();
    if usize::try_from(announced).map_or(true, |announced| announced > BODY_MAX) {
        return Err(too_large);
    }
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > BODY_MAX => return Err(too_large),
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body),
            Err(error) => return Err(CallError::Broken(chain(&error.without_url()))),
        }
    }
}

impl Reply {
    /// What the rate governor wants to know of it.
    pub(super) fn heard(&self, call: &Call) -> Heard<'_> {
        let used_weight = match call.access {
            Access::PublicInaccurate => None,
            Access::Public | Access::Key | Access::Signed => self.number("x-mbx-used-weight-1m"),
        };
        let headers = RateHeaders {
            used_weight,
            orders_minute: self.number("x-mbx-order-count-1m"),
            orders_ten_seconds: self.number("x-mbx-order-count-10s"),
            retry_after_s: self.number(RETRY_AFTER.as_str()),
        };
        Heard { status: self.status, headers, body: &self.body }
    }

    /// A header that is a number; -1 says that there is none.
    fn number(&self, name: &str) -> Option<u32> {
        self.text(name)?.trim().parse().ok()
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The venue's JSON, or why it is none.
    pub(super) fn judge(self) -> Result<String, CallError> {
        match self.status {
            202 => Err(self.foreign(&self.body)),
            200..=299 => self.judge_success(),
            300..=399 => {
                let location = self.text(LOCATION.as_str()).unwrap_or("nowhere");
                Err(self.foreign(&format!("a redirect to {location}")))
            }
            _ => Err(self.venue_error().unwrap_or_else(|| CallError::Status {
                status: self.status,
                excerpt: excerpt(&self.body),
            })),
        }
    }

    fn judge_success(self) -> Result<String, CallError> {
        let is_page = self.text(CONTENT_TYPE.as_str()).is_some_and(|it| it.contains("html"));
        if is_page || !self.body.trim_start().starts_with(['{', '[']) {
            return Err(self.foreign(&self.body));
        }
        match self.venue_error() {
            Some(error) => Err(error),
            None => Ok(self.body),
        }
    }

    fn foreign(&self, text: &str) -> CallError {
        CallError::Foreign { status: self.status, excerpt: excerpt(text) }
    }

    /// The venue's error; success answers may carry a `code` too, but none below zero.
    fn venue_error(&self) -> Option<CallError> {
        if !self.body.trim_start().starts_with('{') {
            return None;
        }
        let ErrorBody { code, msg } = serde_json::from_str(&self.body).ok()?;
        let message = msg.chars().take(EXCERPT_MAX).collect();
        (code < 0).then_some(CallError::Venue { status: self.status, code, message })
    }
}

/// The begin of a text on one line.
fn excerpt(text: &str) -> String {
    let clean = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    clean.take(EXCERPT_MAX).collect()
}
