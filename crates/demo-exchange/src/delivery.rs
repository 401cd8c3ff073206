//! How an answer reaches the client: whole and at once, or not quite.

use crate::api_call::ApiReply;
use crate::faults::{BodyFault, FaultKind, Injected, RequestFault, damaged, gzip_bomb};
use crate::limits::{Usage, too_many};

/// An answer and its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The answer.
    pub reply: ApiReply,
    /// How it goes.
    pub way: Way,
}

/// How an answer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// At once.
    Now,
    /// After so many milliseconds of the venue's time.
    After(i64),
    /// Never; the connection stays open.
    Never,
    /// Never; the connection is cut.
    Reset,
    /// Only so many bytes of the body, then the connection is cut.
    Truncated(usize),
    /// One byte a second.
    Trickled,
    /// With so many bytes of blanks behind the body.
    Padded(u64),
}

impl Delivery {
    pub(crate) const fn now(reply: ApiReply) -> Self {
        Self { reply, way: Way::Now }
    }

    /// The status a client sees; `None` when it sees no answer.
    #[must_use]
    pub const fn status_seen(&self) -> Option<u16> {
        match self.way {
            Way::Now | Way::After(_) | Way::Truncated(_) | Way::Trickled | Way::Padded(_) => {
                Some(self.reply.status)
            }
            Way::Never | Way::Reset => None,
        }
    }
}

/// What becomes of a reply by a fault; `reply` is `None` when the call was not carried out.
pub(crate) fn spoiled(
    injected: &Injected,
    reply: Option<ApiReply>,
    usage: &mut Usage,
    now: i64,
) -> Delivery {
    let reply = reply.unwrap_or_else(|| {
        ApiReply::refusal(503, -1000, "An unknown error occurred while processing the request.")
    });
    match &injected.kind {
        FaultKind::Request(fault) => spoiled_request(fault, reply, usage, now),
        FaultKind::Body(fault) => Delivery::now(with_body(fault, reply)),
        FaultKind::Delay(millis) => Delivery { reply, way: Way::After(*millis) },
        FaultKind::Reset => Delivery { reply, way: Way::Reset },
        FaultKind::Stream(_)
        | FaultKind::Gap
        | FaultKind::Listing(_)
        | FaultKind::Offset(_)
        | FaultKind::Drift(_)
        | FaultKind::Trade(..) => Delivery::now(reply),
    }
}

fn spoiled_request(fault: &RequestFault, reply: ApiReply, usage: &mut Usage, now: i64) -> Delivery {
    let way = match fault {
        RequestFault::Lost | RequestFault::ReplyLost => Way::Never,
        RequestFault::ResetAfter => Way::Reset,
        RequestFault::Truncated => Way::Truncated(reply.body.len() / 2),
        RequestFault::Trickle => Way::Trickled,
        RequestFault::Huge(bytes) => Way::Padded(*bytes),
        RequestFault::Stale(_)
        | RequestFault::UnknownError
        | RequestFault::Unavailable
        | RequestFault::InternalError
        | RequestFault::Throttled
        | RequestFault::TimedOut
        | RequestFault::Error(_)
        | RequestFault::TooMany(_)
        | RequestFault::Banned(_)
        | RequestFault::Redirect
        | RequestFault::GzipBomb => Way::Now,
    };
    let reply = refusal_of(fault, usage, now).unwrap_or(reply);
    Delivery { reply, way }
}

/// The answer that stands in the place of the true one (§6.2); `None` where the true one is given.
fn refusal_of(fault: &RequestFault, usage: &mut Usage, now: i64) -> Option<ApiReply> {
    Some(match fault {
        RequestFault::UnknownError => ApiReply::refusal(
            503,
            -1000,
            "Unknown error, please check your request or try again later.",
        ),
        RequestFault::Unavailable => ApiReply::refusal(503, -1000, "Service Unavailable."),
        RequestFault::InternalError => ApiReply::refusal(
            503,
            -1001,
            "Internal error; unable to process your request. Please try again.",
        ),
        RequestFault::Throttled => ApiReply::refusal(
            503,
            -1008,
            "Request throttled by system-level protection. Reduce-only/close-position orders are exempt. Please try again.",
        ),
        RequestFault::TimedOut => ApiReply::refusal(
            408,
            -1007,
            "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
        ),
        RequestFault::Error(code) => {
            ApiReply::refusal(if *code == -1007 { 408 } else { 400 }, *code, meaning(*code))
        }
        RequestFault::TooMany(seconds) => too_many(
            "Too many requests; please use the websocket for live updates.",
            seconds.map(i64::from),
        ),
        RequestFault::Banned(seconds) => {
            usage.ban(i64::from(*seconds) * 1000, now);
            usage.ban_reply()
        }
        RequestFault::Redirect => ApiReply {
            status: 302,
            headers: vec![("location", "http://captive.portal.invalid/login".to_owned())],
            body: Vec::new(),
        },
        RequestFault::GzipBomb => ApiReply {
            status: 200,
            headers: vec![("content-encoding", "gzip".to_owned())],
            body: gzip_bomb(),
        },
        RequestFault::Lost
        | RequestFault::ReplyLost
        | RequestFault::ResetAfter
        | RequestFault::Truncated
        | RequestFault::Trickle
        | RequestFault::Huge(_)
        | RequestFault::Stale(_) => return None,
    })
}

fn with_body(fault: &BodyFault, mut reply: ApiReply) -> ApiReply {
    reply.body = damaged(fault, &reply.body);
    if *fault == BodyFault::Html {
        reply.status = 200;
        reply.headers.push(("content-type", "text/html".to_owned()));
    }
    reply
}

const fn meaning(code: i32) -> &'static str {
    match code {
        -1000 => "An unknown error occurred while processing the request.",
        -1006 => {
            "An unexpected response was received from the message bus. Execution status unknown."
        }
        -1007 => {
            "Timeout waiting for response from backend server. Send status unknown; execution status unknown."
        }
        -1021 => "Timestamp for this request is outside of the recvWindow.",
        -1121 => "Invalid symbol.",
        -5028 => "Timestamp for this request is outside of the ME recvWindow.",
        _ => "Injected error.",
    }
}
