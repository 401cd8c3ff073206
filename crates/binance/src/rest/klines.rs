//! Candles of a range, page by page.
//!
//! Rows are keyed by open time; both ends of the venue's parameters are inclusive, so pages end one ms before
//! the next begins. REST tells no closed flag: a row whose close lies less than a second before the venue's
//! time when it was asked for is not closed for us (a reply right at the close may show the old state).

use domain::{Symbol, TimeRange, Timeframe, Timestamp};
use market::CandleRow;

use super::market::malformed;
use super::{Call, Client, Query};
use crate::error::CallError;
use crate::parse::{kline_row, time};
use crate::rate::{Class, Cost};
use crate::wire::market::KlineRow;

/// Time after its close in which a row is not trusted.
const SETTLING_MS: i64 = 1_000;
/// Rows a page with their weight: the most rows for their weight, and the least weight ("Kline", weights).
const PAGE: (u64, u32) = (499, 2);
const PAGE_SMALL: (u64, u32) = (99, 1);

/// Of which price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KlinePrice {
    /// The last traded price.
    Last,
    /// The mark price; without volumes.
    Mark,
    /// The index price of the pair; without volumes.
    Index,
}

/// Which candles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KlinesRequest {
    /// Of which contract.
    pub symbol: Symbol,
    /// Their length.
    pub timeframe: Timeframe,
    /// Of which price.
    pub price: KlinePrice,
    /// Their open times.
    pub range: TimeRange,
    /// How urgent it is.
    pub class: Class,
}

/// One page of closed candles.
#[derive(Clone, Debug, PartialEq)]
pub struct KlinePage {
    /// Ascending by open time, no duplicates; holes are the venue's.
    pub rows: Vec<CandleRow>,
    /// The venue has no other closed candle that opens before this time, from the page before on.
    pub until: Timestamp,
    /// The weight it cost.
    pub weight: u32,
}

/// A range on its way; keep it to go on after an error.
#[derive(Clone, Debug)]
pub struct KlinePages {
    request: KlinesRequest,
    next: Timestamp,
    finished: bool,
}

impl KlinePages {
    /// Begins at the start of the range; nothing is sent.
    #[must_use]
    pub const fn new(request: KlinesRequest) -> Self {
        let next = request.range.start;
        let finished = request.range.end.millis() <= next.millis();
        Self { request, next, finished }
    }

    /// The next page; `None` when the range, or what has closed of it, has been told. After an error the
    /// same page can be asked for again.
    ///
    /// # Errors
    /// [`CallError`]; [`CallError::Malformed`] for rows that are out of order, out of range or senseless.
    pub async fn next(&mut self, client: &Client) -> Result<Option<KlinePage>, CallError> {
        if self.finished {
            return Ok(None);
        }
        client.ensure_clock().await?;
        let now = client.server_clock().now();
        let (limit, weight) = self.page_size();
        let body = client.send(self.call(limit, weight)).await?;
        self.told(&body, now).map(Some)
    }

    /// The next call as text, path and query, and its weight: what [`Self::next`] sends.
    #[must_use]
    pub fn asked(&self) -> Option<(&'static str, String, u32)> {
        let (limit, weight) = self.page_size();
        let call = (!self.finished).then(|| self.call(limit, weight))?;
        Some((call.path, call.query.as_str().to_owned(), weight))
    }

    /// Takes the body of an answer with status 200 to what was asked; `now` is the venue's time when it was
    /// asked. Nothing changes on an error.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub fn told(&mut self, body: &str, now: Timestamp) -> Result<KlinePage, CallError> {
        let (limit, weight) = self.page_size();
        let rows: Vec<KlineRow> =
            serde_json::from_str(body).map_err(|error| CallError::Malformed(error.to_string()))?;
        let is_full = rows.len() as u64 >= limit;
        let (rows, reached_now) = self.closed(&rows, now)?;
        let last = rows.last().map(|row| row.candle.open_time);
        let end = match last {
            Some(last) => self.request.timeframe.next_open(last),
            None => self.next,
        };
        self.finished = !is_full || reached_now || end >= self.request.range.end;
        // A page that is not full says that there is nothing up to the end, or up to what is open.
        let until = if is_full || reached_now { end } else { self.known_until(end, now) };
        self.next = end;
        Ok(KlinePage { rows, until, weight })
    }

    /// The end of the range, at most the open candle of `now`.
    fn known_until(&self, end: Timestamp, now: Timestamp) -> Timestamp {
        let settled = now.plus_millis(-SETTLING_MS);
        self.request.range.end.min(self.request.timeframe.open_of(settled)).max(end)
    }

    fn page_size(&self) -> (u64, u32) {
        let range = self.request.range;
        let left = self.request.timeframe.count_between(self.next, range.end);
        if left <= PAGE_SMALL.0 { PAGE_SMALL } else { PAGE }
    }

    fn call(&self, limit: u64, weight: u32) -> Call {
        let KlinesRequest { symbol, timeframe, price, range, class } = &self.request;
        let (path, name) = match price {
            KlinePrice::Last => ("/fapi/v1/klines", "symbol"),
            KlinePrice::Mark => ("/fapi/v1/markPriceKlines", "symbol"),
            KlinePrice::Index => ("/fapi/v1/indexPriceKlines", "pair"),
        };
        let query = Query::of(name, symbol)
            .with("interval", timeframe)
            .with("startTime", self.next.millis())
            .with("endTime", range.end.millis() - 1)
            .with("limit", limit);
        Call::get(path, query, Cost::weight(weight), *class)
    }

    /// Rows that have closed, and whether one was left out because it has not.
    fn closed(
        &self,
        rows: &[KlineRow],
        now: Timestamp,
    ) -> Result<(Vec<CandleRow>, bool), CallError> {
        let mut closed = Vec::with_capacity(rows.len());
        let mut least = self.next;
        for row in rows {
            let open_time = time("open time", row.open_time).map_err(malformed)?;
            if open_time < least || open_time >= self.request.range.end {
                let message = format!("a candle at {open_time}, out of order or out of range");
                return Err(CallError::Malformed(message));
            }
            least = open_time.plus_millis(1);
            if row.close_time >= now.millis() - SETTLING_MS {
                return Ok((closed, true));
            }
            closed.push(self.parsed(row)?);
        }
        Ok((closed, false))
    }

    fn parsed(&self, row: &KlineRow) -> Result<CandleRow, CallError> {
        let parsed = kline_row(row, self.request.timeframe).map_err(malformed)?;
        Ok(match self.request.price {
            KlinePrice::Last => parsed,
            KlinePrice::Mark | KlinePrice::Index => CandleRow {
                quote_volume: f64::NAN,
                trades: f64::NAN,
                taker_buy_volume: f64::NAN,
                taker_buy_quote_volume: f64::NAN,
                ..parsed
            },
        })
    }
}

impl Client {
    /// All closed candles of a range.
    ///
    /// # Errors
    /// [`CallError`] of the first page that failed; pages before it are lost (see [`KlinePages`]).
    pub async fn klines(&self, request: KlinesRequest) -> Result<Vec<CandleRow>, CallError> {
        let mut pages = KlinePages::new(request);
        let mut rows = Vec::new();
        while let Some(page) = pages.next(self).await? {
            rows.extend(page.rows);
        }
        Ok(rows)
    }
}
