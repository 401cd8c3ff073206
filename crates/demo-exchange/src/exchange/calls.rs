//! REST calls: weighed, spoiled by faults, answered, written down.

use domain::Timestamp;

use super::{Exchange, not_found};
use crate::api_call::{ApiReply, ApiRequest};
use crate::delivery::{self, Delivery};
use crate::faults::{ARCHIVE, Area, FaultKind, Injected, Occasion, RequestFault};
use crate::limits::Cost;
use crate::rest::{self, Venue};
use crate::truth::{InjectedFault, SeenCall};

impl Exchange {
    /// Answers a call.
    pub fn request(&mut self, request: &ApiRequest, now: Timestamp) -> Delivery {
        self.advance(now);
        if request.path.starts_with("/data/") {
            return self.archive_request(request);
        }
        if let Err(refusal) = self.usage.charge(self.cost(request), self.now) {
            return self.seen(request, Delivery::now(refusal));
        }
        let injected = self.injected(request);
        let is_carried_out = injected.as_ref().is_none_or(is_carried_out);
        if let Some(injected) = &injected {
            self.note(injected, &request.path, is_carried_out);
        }
        let reply = is_carried_out.then(|| self.answer(request, injected.as_ref()));
        let delivery = match &injected {
            Some(injected) => delivery::spoiled(injected, reply, &mut self.usage, self.now),
            None => Delivery::now(reply.unwrap_or_else(not_found)),
        };
        self.seen(request, delivery)
    }

    pub(super) fn cost(&self, request: &ApiRequest) -> Cost {
        match rest::endpoint(request) {
            Some(endpoint) => rest::cost(endpoint, request),
            None => {
                Cost::Weight(self.private.as_ref().map_or(1, |private| private.weight(request)))
            }
        }
    }

    pub(super) fn answer(&mut self, request: &ApiRequest, injected: Option<&Injected>) -> ApiReply {
        let Some(endpoint) = rest::endpoint(request) else {
            return self.private_answer(request);
        };
        let mut stale = 0;
        if let Some(FaultKind::Request(RequestFault::Stale(millis))) =
            injected.map(|injected| &injected.kind)
        {
            stale = *millis;
        }
        let now = self.now - stale;
        let told_time = now + self.faults.clock_offset(self.now);
        let limits = *self.usage.limits();
        let mut venue = Venue { market: &mut self.market, limits: &limits, now, told_time };
        match rest::answer(endpoint, request, &mut venue) {
            Ok(body) => ApiReply { status: 200, headers: Vec::new(), body: body.into_bytes() },
            Err(refusal) => refusal,
        }
    }

    fn private_answer(&mut self, request: &ApiRequest) -> ApiReply {
        let Some(mut private) = self.private.take() else {
            return without_private(request);
        };
        let reply = private.handle(request, &mut self.private_view());
        self.private = Some(private);
        self.tell_users();
        reply.unwrap_or_else(not_found)
    }

    /// The fault that a call meets. Exits and cancellations get through where others are throttled (§6.2).
    pub(super) fn injected(&mut self, request: &ApiRequest) -> Option<Injected> {
        self.roll_request(request).filter(|injected| {
            injected.kind != FaultKind::Request(RequestFault::Throttled)
                || !self.private.as_ref().is_some_and(|private| private.is_let_through(request))
        })
    }

    fn archive_request(&mut self, request: &ApiRequest) -> Delivery {
        let injected = self.roll_request(request);
        if let Some(injected) = &injected {
            self.note(injected, &request.path, true);
        }
        let reply = self.archive.answer(&request.path, &mut self.market, self.now);
        let delivery = match &injected {
            Some(injected) => delivery::spoiled(injected, Some(reply), &mut self.usage, self.now),
            None => Delivery::now(reply),
        };
        self.seen(request, delivery)
    }

    fn roll_request(&mut self, request: &ApiRequest) -> Option<Injected> {
        let is_archive = request.path.starts_with("/data/");
        let name = request.path.rsplit('/').next().filter(|_| !is_archive).unwrap_or(ARCHIVE);
        let symbol = request.parameter("symbol").or_else(|| request.parameter("pair"));
        let occasion =
            Occasion { area: Area::Request, name, symbol: symbol.as_deref(), now: self.now };
        self.faults.roll(&occasion, |_| true)
    }

    pub(super) fn note(&mut self, injected: &Injected, at: &str, carried_out: bool) {
        let time = Timestamp::from_millis(self.now);
        let rule = injected.rule.clone();
        self.truth.fault(InjectedFault { time, rule, at: at.to_owned(), carried_out });
    }

    /// Writes a call down and puts the used weight on its answer.
    pub(super) fn seen(&mut self, request: &ApiRequest, mut delivery: Delivery) -> Delivery {
        let used = self.usage.used();
        let headers = &mut delivery.reply.headers;
        if request.path.starts_with("/fapi/")
            && !headers.iter().any(|(name, _)| *name == "x-mbx-used-weight-1m")
        {
            headers.push(("x-mbx-used-weight-1m", used.to_string()));
        }
        self.truth.call(SeenCall {
            time: Timestamp::from_millis(self.now),
            method: request.method,
            path: request.path.clone(),
            query: request.query.clone(),
            weight_used: used,
            status: delivery.status_seen(),
        });
        delivery
    }
}

pub(super) fn is_carried_out(injected: &Injected) -> bool {
    match &injected.kind {
        FaultKind::Request(fault) => fault.is_carried_out(injected.coin),
        FaultKind::Reset => false,
        FaultKind::Body(_)
        | FaultKind::Stream(_)
        | FaultKind::Delay(_)
        | FaultKind::Gap
        | FaultKind::Listing(_)
        | FaultKind::Offset(_)
        | FaultKind::Drift(_)
        | FaultKind::Trade(..) => true,
    }
}

/// As the venue answers calls of accounts without a key, and unknown paths.
fn without_private(request: &ApiRequest) -> ApiReply {
    let is_private = ["order", "account", "balance", "position", "listenKey", "leverage", "Order"]
        .iter()
        .any(|word| request.path.contains(word));
    if is_private { ApiReply::refusal(401, -2014, "API-key format invalid.") } else { not_found() }
}
