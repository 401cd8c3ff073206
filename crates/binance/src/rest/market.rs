//! Public calls that are one request.

use domain::{Symbol, Timestamp};

use super::{Access, Call, Client, Query, read_json};
use crate::error::CallError;
use crate::parse::{
    AggTradeRow, BestPrices, BookSnapshot, DayTicker, ExchangeInfo, FundingAdjustment, ParseError,
    PremiumIndex, time,
};
use crate::rate::{Class, Cost, RateLimits};
use crate::wire::market as wire;

/// Levels a side of a snapshot, and what they cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DepthLimit {
    /// 50 levels, weight 2.
    Fifty,
    /// 500 levels, weight 10.
    FiveHundred,
    /// 1,000 levels, weight 20: what a local book begins with.
    Thousand,
}

impl DepthLimit {
    const fn levels_and_weight(self) -> (u32, u32) {
        match self {
            Self::Fifty => (50, 2),
            Self::FiveHundred => (500, 10),
            Self::Thousand => (1000, 20),
        }
    }
}

/// A parse error as a call's error.
pub(super) fn malformed(error: ParseError) -> CallError {
    CallError::Malformed(error.to_string())
}

/// All items, or the first that is wrong.
pub(super) fn all<W, T>(
    rows: &[W],
    parse: impl Fn(&W) -> Result<T, ParseError>,
) -> Result<Vec<T>, CallError> {
    rows.iter().map(parse).collect::<Result<_, _>>().map_err(malformed)
}

/// Items that can be read; the venue lists names that nothing here can hold.
fn readable<W, T>(rows: &[W], parse: impl Fn(&W) -> Result<T, ParseError>) -> Vec<T> {
    rows.iter()
        .filter_map(|row| match parse(row) {
            Ok(item) => Some(item),
            Err(error) => {
                tracing::debug!(%error, "an item of a list is left out");
                None
            }
        })
        .collect()
}

impl Client {
    /// The venue's time (weight 1).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn server_time(&self) -> Result<Timestamp, CallError> {
        let call = Call::get("/fapi/v1/time", Query::default(), Cost::weight(1), Class::Read);
        let wire: wire::ServerTime = read_json(&self.transmit(call).await?)?;
        time("serverTime", wire.server_time).map_err(malformed)
    }

    /// What is listed (weight 1, about 1.1 MB). The limits it announces are taken over.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn exchange_info(&self) -> Result<ExchangeInfo, CallError> {
        let path = "/fapi/v1/exchangeInfo";
        let call = Call::get(path, Query::default(), Cost::weight(1), Class::Read);
        let info = ExchangeInfo::parse(&self.send(call).await?).map_err(CallError::Malformed)?;
        self.gate.set_limits(RateLimits::announced(&info.limits));
        Ok(info)
    }

    /// Mark price and funding of one contract (weight 1).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn premium_index(&self, symbol: &Symbol) -> Result<PremiumIndex, CallError> {
        let query = Query::of("symbol", symbol);
        let call = Call::get("/fapi/v1/premiumIndex", query, Cost::weight(1), Class::Read);
        PremiumIndex::of(&self.read(call).await?).map_err(malformed)
    }

    /// Mark price and funding of all contracts (weight 10).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn premium_indexes(&self) -> Result<Vec<PremiumIndex>, CallError> {
        let path = "/fapi/v1/premiumIndex";
        let call = Call::get(path, Query::default(), Cost::weight(10), Class::Read);
        Ok(readable(&self.read::<Vec<wire::PremiumIndex>>(call).await?, PremiumIndex::of))
    }

    /// The last 24 hours of one contract (weight 1).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn day_ticker(&self, symbol: &Symbol) -> Result<DayTicker, CallError> {
        let query = Query::of("symbol", symbol);
        let call = Call::get("/fapi/v1/ticker/24hr", query, Cost::weight(1), Class::Read);
        DayTicker::of(&self.read(call).await?).map_err(malformed)
    }

    /// The last 24 hours of all contracts (weight 40).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn day_tickers(&self) -> Result<Vec<DayTicker>, CallError> {
        let path = "/fapi/v1/ticker/24hr";
        let call = Call::get(path, Query::default(), Cost::weight(40), Class::Read);
        Ok(readable(&self.read::<Vec<wire::DayTicker>>(call).await?, DayTicker::of))
    }

    /// The best bid and ask of one contract (weight 2).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn best_prices(&self, symbol: &Symbol) -> Result<BestPrices, CallError> {
        let query = Query::of("symbol", symbol);
        let call = Call::get("/fapi/v1/ticker/bookTicker", query, Cost::weight(2), Class::Read);
        let call = Call { access: Access::PublicInaccurate, ..call };
        BestPrices::of(&self.read(call).await?).map_err(malformed)
    }

    /// A snapshot of the book.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn depth(
        &self,
        symbol: &Symbol,
        limit: DepthLimit,
    ) -> Result<BookSnapshot, CallError> {
        let (levels, weight) = limit.levels_and_weight();
        let query = Query::of("symbol", symbol).with("limit", levels);
        let call = Call::get("/fapi/v1/depth", query, Cost::weight(weight), Class::Read);
        BookSnapshot::of(self.read(call).await?).map_err(malformed)
    }

    /// Up to 1,000 aggregate trades from an id on, at most 24 hours old (weight 20).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn agg_trades_from(
        &self,
        symbol: &Symbol,
        from_id: u64,
    ) -> Result<Vec<AggTradeRow>, CallError> {
        let query = Query::of("symbol", symbol).with("fromId", from_id).with("limit", 1000);
        let call = Call::get("/fapi/v1/aggTrades", query, Cost::weight(20), Class::Background);
        all(&self.read::<Vec<wire::AggTradeRow>>(call).await?, AggTradeRow::of)
    }

    /// Contracts whose funding differs from the default (weight 1, and one of the funding limit).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn funding_info(&self) -> Result<Vec<FundingAdjustment>, CallError> {
        let path = "/fapi/v1/fundingInfo";
        let call = Call::get(path, Query::default(), Cost::funding(1), Class::Read);
        Ok(readable(&self.read::<Vec<wire::FundingInfo>>(call).await?, FundingAdjustment::of))
    }
}
