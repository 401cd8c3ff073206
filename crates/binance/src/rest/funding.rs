//! Recorded funding of a range, page by page.
//!
//! Both ends of the venue's parameters are inclusive. Two settlements may have one time (a special one beside
//! the regular), so the next page begins at the last time told, and what was told is left out.

use domain::{Symbol, TimeRange};

use super::market::all;
use super::{Call, Client, Query};
use crate::error::CallError;
use crate::parse::FundingRow;
use crate::rate::{Class, Cost};
use crate::wire::market::FundingRate;

/// Rows a page.
const PAGE: usize = 1000;

/// Settlements of a range on their way; keep it to go on after an error.
#[derive(Clone, Debug)]
pub struct FundingPages {
    symbol: Symbol,
    range: TimeRange,
    /// Rows at the last time told.
    told: Vec<FundingRow>,
    finished: bool,
}

impl FundingPages {
    /// Settlements whose time as reported lies in the range; nothing is sent.
    #[must_use]
    pub const fn new(symbol: Symbol, range: TimeRange) -> Self {
        let finished = range.end.millis() <= range.start.millis();
        Self { symbol, range, told: Vec::new(), finished }
    }

    /// The next page, ascending by time; `None` when the range has been told.
    ///
    /// # Errors
    /// [`CallError`]; [`CallError::Malformed`] for rows of another contract or out of order.
    pub async fn next(&mut self, client: &Client) -> Result<Option<Vec<FundingRow>>, CallError> {
        if self.finished {
            return Ok(None);
        }
        let start = self.told.last().map_or(self.range.start, |row| row.funding.time);
        let query = Query::of("symbol", &self.symbol)
            .with("startTime", start.millis())
            .with("endTime", self.range.end.millis() - 1)
            .with("limit", PAGE);
        let path = "/fapi/v1/fundingRate";
        let call = Call::get(path, query, Cost::funding(0), Class::Background);
        let page = all(&client.read::<Vec<FundingRate>>(call).await?, FundingRow::of)?;
        let is_full = page.len() >= PAGE;
        self.check(&page)?;
        let fresh: Vec<_> = page.into_iter().filter(|row| !self.told.contains(row)).collect();
        self.finished = !is_full || fresh.is_empty();
        if let Some(last) = fresh.last().map(|row| row.funding.time) {
            self.told.retain(|row| row.funding.time == last);
            self.told.extend(fresh.iter().filter(|row| row.funding.time == last).cloned());
        }
        Ok(Some(fresh))
    }

    fn check(&self, page: &[FundingRow]) -> Result<(), CallError> {
        let mut least = self.range.start;
        for row in page {
            let time = row.funding.time;
            if row.symbol != self.symbol || time < least || time >= self.range.end {
                let message = format!("a settlement of {} at {time}, not asked for", row.symbol);
                return Err(CallError::Malformed(message));
            }
            least = time;
        }
        Ok(())
    }
}

impl Client {
    /// All settlements of a range.
    ///
    /// # Errors
    /// [`CallError`] of the first page that failed.
    pub async fn funding_rates(
        &self,
        symbol: &Symbol,
        range: TimeRange,
    ) -> Result<Vec<FundingRow>, CallError> {
        let mut pages = FundingPages::new(symbol.clone(), range);
        let mut rows = Vec::new();
        while let Some(page) = pages.next(self).await? {
            rows.extend(page);
        }
        Ok(rows)
    }
}
