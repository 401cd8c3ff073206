//! Requests for candles: through the rate budget to the venue, and the answers on their way back.

use binance::rate::{Class, Cost, Governor, Heard, RateHeaders, Verdict};
use binance::rest::{KlinePages, KlinePrice, KlinesRequest};
use demo_exchange::{ApiRequest, Delivery as Reply, Method, Way};
use domain::{TimeRange, Timestamp};
use market::CandleRow;

use super::super::asking::AT_ONCE;
use super::{Key, Rig};

/// An answer that does not come is given up after this, ms.
const TIMEOUT: i64 = 10_000;
/// How long an answer takes, ms.
const ROUND_TRIP: i64 = 20;

/// Requests that wait, and those under way.
pub(super) struct Requests {
    governor: Governor,
    waiting: Vec<Question>,
    /// When, to which question, what.
    answers: Vec<(Timestamp, Question, Option<Reply>)>,
}

/// A request for candles.
struct Question {
    key: Key,
    pages: KlinePages,
    asked_at: Timestamp,
}

impl Requests {
    pub(super) const fn new(governor: Governor) -> Self {
        Self { governor, waiting: Vec::new(), answers: Vec::new() }
    }

    /// Asks as soon as it may.
    pub(super) fn want(&mut self, key: Key, range: TimeRange) {
        let request = KlinesRequest {
            symbol: key.0.clone(),
            timeframe: key.1,
            price: KlinePrice::Last,
            range,
            class: Class::Read,
        };
        let pages = KlinePages::new(request);
        self.waiting.push(Question { key, pages, asked_at: range.start });
    }
}

impl Rig {
    pub(super) fn ask_waiting(&mut self) {
        for question in std::mem::take(&mut self.requests.waiting) {
            if self.requests.answers.len() < AT_ONCE {
                self.ask(question);
            } else {
                self.requests.waiting.push(question);
            }
        }
    }

    fn ask(&mut self, mut question: Question) {
        let (symbol, timeframe) = (question.key.0.clone(), question.key.1);
        let Some((path, query, weight)) = question.pages.asked() else {
            let outputs = self.core.fetched((&symbol, timeframe), &[], self.now);
            return self.carry_out(outputs);
        };
        match self.requests.governor.ask(self.now, Cost::weight(weight), Class::Read) {
            Verdict::Go => {}
            Verdict::Wait { .. } => return self.requests.waiting.push(question),
            Verdict::Silent(_) => return self.core.failed((&symbol, timeframe), self.now),
        }
        question.asked_at = self.now;
        let request = ApiRequest {
            method: Method::Get,
            path: path.to_owned(),
            query,
            body: String::new(),
            api_key: None,
        };
        self.counts.requests += 1;
        let reply = self.exchange.request(&request, self.now);
        let (after, reply) = match reply.way {
            Way::Now => (ROUND_TRIP, Some(reply)),
            Way::After(millis) => (millis, Some(reply)),
            Way::Never | Way::Trickled => (TIMEOUT, None),
            Way::Reset | Way::Truncated(_) | Way::Padded(_) => (ROUND_TRIP, None),
        };
        let reply = reply.filter(|_| after < TIMEOUT);
        let due = self.now.plus_millis(after.min(TIMEOUT));
        self.requests.answers.push((due, question, reply));
    }

    pub(super) fn deliver_answers(&mut self) {
        let now = self.now;
        let due = self.requests.answers.extract_if(.., |(due, ..)| *due <= now);
        for (_, mut question, reply) in due.collect::<Vec<_>>() {
            let rows = reply.and_then(|reply| self.understood(&mut question, &reply));
            let key = (&question.key.0, question.key.1);
            match rows {
                Some(rows) => {
                    let outputs = self.core.fetched(key, &rows, self.now);
                    self.carry_out(outputs);
                }
                None => self.core.failed(key, self.now),
            }
        }
    }

    fn understood(&mut self, question: &mut Question, reply: &Reply) -> Option<Vec<CandleRow>> {
        let body = String::from_utf8_lossy(&reply.reply.body).into_owned();
        let header = |name: &str| {
            let found = reply.reply.headers.iter().find(|(other, _)| *other == name);
            found.and_then(|(_, value)| value.parse().ok())
        };
        let headers = RateHeaders {
            used_weight: header("x-mbx-used-weight-1m"),
            retry_after_s: header("retry-after"),
            ..RateHeaders::default()
        };
        let heard = Heard { status: reply.reply.status, headers, body: &body };
        self.requests.governor.heard(self.now, question.asked_at, &heard);
        if reply.reply.status != 200 {
            return None;
        }
        question.pages.told(&body, question.asked_at).ok().map(|page| page.rows)
    }
}
