//! The door of trading: which path is whose, who may ask, and what a fault makes of the answer.

use domain::Timestamp;
use serde_json::Value;

use super::account::AccountId;
use super::order_faults::{OrderFaults, RequestFate, UnknownCode};
use super::order_rate::OrderCount;
use super::parameters::Parameters;
use super::refusal::Refusal;
use super::routes::{Route, Security, find_route, is_known_path};
use super::signature;
use super::state::Trading;
use crate::{ApiReply, ApiRequest};

/// A request of a known account.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) account: AccountId,
    pub(super) parameters: Parameters,
}

/// What a route answers: JSON of a success, or why not.
pub(super) type Answer = Result<Value, Refusal>;

/// A request before it is known whose it is.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub(super) parameters: Parameters,
    pub(super) proof: Proof<'a>,
}

/// Where key and signature are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Proof<'a> {
    /// In a header, and over the bytes of query and body.
    Http(&'a ApiRequest),
    /// Among the parameters, and over these sorted by name.
    Socket,
}

impl Proof<'_> {
    fn api_key<'a>(&'a self, parameters: &'a Parameters) -> Option<&'a str> {
        match self {
            Self::Http(request) => request.api_key.as_deref(),
            Self::Socket => parameters.text("apiKey"),
        }
    }
}

/// Whether a request with an unknown fate is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Execution {
    Yes,
    No,
}

/// A request that was one of trading's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handled {
    /// The answer.
    pub reply: ApiReply,
    /// Request weight on the IP address.
    pub weight: u32,
    /// What it counts as orders; already counted and refused here where the limit was reached.
    pub order_count: OrderCount,
    /// Whether the request reached the engine and was accepted there, whatever the answer says.
    pub is_executed: bool,
    /// Whether the answer must not arrive (F2).
    pub is_lost: bool,
}

impl Handled {
    /// A request that was refused before anything was done.
    pub(super) fn refused(refusal: &Refusal) -> Self {
        unexecuted(refusal.reply())
    }
}

impl Trading {
    /// Handles one request without faults. `None`: the path is not one of trading's.
    pub fn handle(&mut self, request: &ApiRequest, now: Timestamp) -> Option<Handled> {
        self.handle_with(request, &OrderFaults::default(), now)
    }

    /// Handles one request that meets faults. `None`: the path is not one of trading's.
    pub fn handle_with(
        &mut self,
        request: &ApiRequest,
        faults: &OrderFaults,
        now: Timestamp,
    ) -> Option<Handled> {
        let Some(route) = find_route(request.method, &request.path) else {
            return is_known_path(&request.path).then(not_found);
        };
        let asked = Asked { parameters: Parameters::of(request), proof: Proof::Http(request) };
        Some(self.run_with(route, asked, faults, now))
    }

    /// Runs a route at a time, with faults for as long as it runs.
    pub(super) fn run_with(
        &mut self,
        route: &Route,
        asked: Asked<'_>,
        faults: &OrderFaults,
        now: Timestamp,
    ) -> Handled {
        self.advance(now);
        let weight = route.weight.of(&asked.parameters);
        self.faults = *faults;
        let handled = self.run(route, asked);
        self.faults = OrderFaults::default();
        Handled { weight, ..handled }
    }

    fn run(&mut self, route: &Route, asked: Asked<'_>) -> Handled {
        let is_exempt = route.is_cancel || is_reduce_only(&asked.parameters);
        if let Some(reply) = refused_before(self.faults.fate, is_exempt) {
            return unexecuted(reply);
        }
        let call = match self.admit(route, asked) {
            Ok(call) => call,
            Err(refusal) => return Handled::refused(&refusal),
        };
        let used = match self.count(route, call.account) {
            Ok(used) => used,
            Err(refusal) => return Handled::refused(&refusal),
        };
        let spoilt = match self.spoilt_answer() {
            Some((reply, Execution::No)) => return unexecuted(reply),
            Some((reply, Execution::Yes)) => Some(reply),
            None => None,
        };
        let answer = (route.run)(self, &call);
        let is_executed = answer.is_ok();
        let mut reply = match answer {
            Ok(value) => ApiReply::json(200, &value),
            Err(refusal) => refusal.reply(),
        };
        if let Some(used) = used {
            reply.headers.extend(order_headers(used));
        }
        let reply = spoilt.unwrap_or(reply);
        let is_lost = self.faults.fate == RequestFate::ReplyLost;
        Handled { reply, weight: 0, order_count: route.orders, is_executed, is_lost }
    }

    /// Who asks, and whether they may.
    fn admit(&self, route: &Route, asked: Asked<'_>) -> Result<Call, Refusal> {
        let Asked { parameters, proof } = asked;
        let key = signature::well_formed_key(proof.api_key(&parameters))?;
        let account = self.account_of(key).ok_or(Refusal::KEY_UNKNOWN)?;
        if route.security == Security::Signed {
            let clock = self.now.plus_millis(self.faults.clock_offset_ms);
            let secret = &self.account(account).secret;
            match proof {
                Proof::Http(request) => signature::check(request, &parameters, secret, clock)?,
                Proof::Socket => signature::check_sorted(&parameters, secret, clock)?,
            }
        }
        Ok(Call { account, parameters })
    }

    /// Counts a request on the account's order limits. `None` for requests that are no orders.
    fn count(&mut self, route: &Route, account: AccountId) -> Result<Option<OrderCount>, Refusal> {
        if route.orders == OrderCount::default() {
            return Ok(None);
        }
        let limits = OrderCount {
            ten_seconds: self.options.orders_per_ten_seconds,
            minute: self.options.orders_per_minute,
        };
        let now = self.now;
        self.account_mut(account).rate.charge(route.orders, limits, now).map(Some)
    }

    /// The answer of a request whose fate the client cannot know, and whether it is carried out: by halves.
    fn spoilt_answer(&mut self) -> Option<(ApiReply, Execution)> {
        let reply = match self.faults.fate {
            RequestFate::Unknown503 => {
                unavailable("Unknown error, please check your request or try again later.")
            }
            RequestFate::Timeout408 => ApiReply::refusal(
                408,
                -1007,
                "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
            ),
            RequestFate::UnknownCode(code) => unknown_code(code),
            RequestFate::Answered
            | RequestFate::ReplyLost
            | RequestFate::Unavailable503
            | RequestFate::Throttled
            | RequestFate::TooLateForMatching => return None,
        };
        let execution = if self.chance.up_to(1) == 1 { Execution::Yes } else { Execution::No };
        Some((reply, execution))
    }
}

/// The answer of a request that never gets in.
fn refused_before(fate: RequestFate, is_exempt: bool) -> Option<ApiReply> {
    match fate {
        RequestFate::Unavailable503 => Some(unavailable("Service Unavailable.")),
        RequestFate::Throttled if !is_exempt => Some(ApiReply::refusal(
            503,
            -1008,
            "Request throttled by system-level protection. Reduce-only/close-position orders are exempt. Please try again.",
        )),
        RequestFate::TooLateForMatching => Some(ApiReply::refusal(
            400,
            -5028,
            "Timestamp for this request is outside of the ME recvWindow.",
        )),
        RequestFate::Throttled
        | RequestFate::Answered
        | RequestFate::ReplyLost
        | RequestFate::Unknown503
        | RequestFate::Timeout408
        | RequestFate::UnknownCode(_) => None,
    }
}

fn unavailable(message: &str) -> ApiReply {
    ApiReply::json(503, &serde_json::json!({ "msg": message }))
}

fn unknown_code(code: UnknownCode) -> ApiReply {
    let (code, message) = match code {
        UnknownCode::Unknown => (-1000, "An unknown error occurred while processing the request."),
        UnknownCode::UnexpectedResponse => (
            -1006,
            "An unexpected response was received from the message bus. Execution status unknown.",
        ),
        UnknownCode::Timeout => (
            -1007,
            "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
        ),
    };
    ApiReply::refusal(400, code, message)
}

pub(super) fn is_reduce_only(parameters: &Parameters) -> bool {
    ["reduceOnly", "closePosition"].iter().any(|name| parameters.flag(name) == Ok(true))
}

/// A path that has no such method.
fn not_found() -> Handled {
    unexecuted(ApiReply { status: 404, headers: Vec::new(), body: Vec::new() })
}

fn unexecuted(reply: ApiReply) -> Handled {
    Handled {
        reply,
        weight: 0,
        order_count: OrderCount::default(),
        is_executed: false,
        is_lost: false,
    }
}

fn order_headers(used: OrderCount) -> [(&'static str, String); 2] {
    [
        ("x-mbx-order-count-10s", used.ten_seconds.to_string()),
        ("x-mbx-order-count-1m", used.minute.to_string()),
    ]
}
