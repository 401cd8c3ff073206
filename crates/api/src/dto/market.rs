//! Candles and what is stored of them. Times are ms since the epoch unless they are texts.

use desk::data::{CandlePage, Coverage, FundingCoverage, MonthCoverage as StoredMonth};
use market::Gap;
use serde::Serialize;
use utoipa::ToSchema;

use super::words::{Market, words};

/// Gaps listed for one series.
const GAPS_MAX: usize = 100;

words! {
    /// Which price candles are of.
    PriceKind {
        /// The last traded one.
        Last = "last",
        /// The mark price.
        Mark = "mark",
    }
}

/// Candles as columns of equal length, ascending.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CandleColumns {
    /// Instrument.
    pub symbol: String,
    /// Market.
    pub market: Market,
    /// Whether they are synthetic.
    pub synthetic: bool,
    /// Candle length.
    pub timeframe: String,
    /// Price they are of.
    pub price: PriceKind,
    /// Stored candle length they were built from.
    pub source_timeframe: String,
    /// Decimals of the prices.
    pub price_decimals: u8,
    /// Open times.
    pub time: Vec<i64>,
    /// First prices.
    pub open: Vec<f64>,
    /// Highest prices.
    pub high: Vec<f64>,
    /// Lowest prices.
    pub low: Vec<f64>,
    /// Last prices.
    pub close: Vec<f64>,
    /// Traded base asset; sums of shorter candles are the decimals that they stand for, without tails of binary numbers.
    pub volume: Vec<f64>,
    /// Open time of the first candle there is.
    #[schema(required = true)]
    pub first_available: Option<i64>,
    /// Open time of the last candle there is.
    #[schema(required = true)]
    pub last_available: Option<i64>,
}

/// What is stored of one series.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SeriesCoverage {
    /// Market.
    pub market: Market,
    /// Whether the candles are synthetic.
    pub synthetic: bool,
    /// Instrument.
    pub symbol: String,
    /// Candle length.
    pub timeframe: String,
    /// Price they are of.
    pub price: PriceKind,
    /// Open time of the first candle.
    pub first_time: i64,
    /// Open time of the last candle.
    pub last_time: i64,
    /// Number of candles.
    pub candles: u64,
    /// How many gaps there are.
    pub gap_count: u64,
    /// Candles missing in all gaps.
    pub missing_candles: u64,
    /// The first 100 gaps.
    pub gaps: Vec<GapEntry>,
    /// Bytes on disk.
    pub bytes: u64,
    /// Decimals of the prices.
    pub price_decimals: u8,
    /// Its months, ascending; months without candles are left out.
    pub months: Vec<MonthCoverage>,
    /// When it was changed last.
    pub updated_at: String,
}

/// What is stored of the funding of one instrument.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FundingSeries {
    /// Market.
    pub market: Market,
    /// Instrument.
    pub symbol: String,
    /// Minute of the first settlement.
    pub first_time: i64,
    /// Minute of the last settlement.
    pub last_time: i64,
    /// Number of settlements.
    pub settlements: u64,
    /// How many of them carry their mark price.
    pub with_mark: u64,
    /// How many runs of missing settlements there are.
    pub gap_count: u64,
    /// Settlements missing in all of them.
    pub missing_settlements: u64,
    /// The first 100 of them; `missing_candles` counts settlements.
    pub gaps: Vec<GapEntry>,
}

/// A run of missing candles.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct GapEntry {
    /// First missing open time.
    pub from: i64,
    /// Next existing open time.
    pub to: i64,
    /// How many are missing.
    pub missing_candles: u64,
}

/// What is stored of one month.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MonthCoverage {
    /// `2023-01`.
    #[schema(example = "2023-01")]
    pub month: String,
    /// Candles stored.
    pub candles: u64,
    /// Candles of the complete month.
    pub expected: u64,
}

impl From<Gap> for GapEntry {
    fn from(gap: Gap) -> Self {
        Self { from: gap.from.millis(), to: gap.to.millis(), missing_candles: gap.missing }
    }
}

impl From<domain::PriceKind> for PriceKind {
    fn from(price: domain::PriceKind) -> Self {
        match price {
            domain::PriceKind::Last => Self::Last,
            domain::PriceKind::Mark => Self::Mark,
        }
    }
}

impl From<FundingCoverage> for FundingSeries {
    fn from(coverage: FundingCoverage) -> Self {
        Self {
            market: coverage.market.into(),
            symbol: coverage.symbol.to_string(),
            first_time: coverage.first.millis(),
            last_time: coverage.last.millis(),
            settlements: coverage.settlements,
            with_mark: coverage.with_mark,
            gap_count: coverage.gaps.len() as u64,
            missing_settlements: coverage.gaps.iter().map(|gap| gap.missing).sum(),
            gaps: coverage.gaps.iter().take(GAPS_MAX).map(|gap| (*gap).into()).collect(),
        }
    }
}

impl From<CandlePage> for CandleColumns {
    fn from(page: CandlePage) -> Self {
        let series = &page.series;
        Self {
            symbol: series.key().symbol.to_string(),
            market: page.market.into(),
            synthetic: page.market.is_synthetic(),
            timeframe: series.timeframe().to_string(),
            price: series.key().price.into(),
            source_timeframe: page.source_timeframe.to_string(),
            price_decimals: series.scale().decimals(),
            time: series.open_times().to_vec(),
            open: series.open().to_vec(),
            high: series.high().to_vec(),
            low: series.low().to_vec(),
            close: series.close().to_vec(),
            volume: page.volume,
            first_available: page.first_available.map(domain::Timestamp::millis),
            last_available: page.last_available.map(domain::Timestamp::millis),
        }
    }
}

impl From<&Coverage> for SeriesCoverage {
    fn from(coverage: &Coverage) -> Self {
        let month = |month: &StoredMonth| MonthCoverage {
            month: format!("{:04}-{:02}", month.year, month.month),
            candles: month.candles,
            expected: month.expected,
        };
        Self {
            market: coverage.key.market.into(),
            synthetic: coverage.key.market.is_synthetic(),
            symbol: coverage.key.symbol.to_string(),
            timeframe: coverage.key.timeframe.to_string(),
            price: coverage.key.price.into(),
            first_time: coverage.first.millis(),
            last_time: coverage.last.millis(),
            candles: coverage.candles,
            gap_count: coverage.gaps.len() as u64,
            missing_candles: coverage.gaps.iter().map(|gap| gap.missing).sum(),
            gaps: coverage.gaps.iter().take(GAPS_MAX).map(|gap| (*gap).into()).collect(),
            bytes: coverage.bytes,
            price_decimals: coverage.price_decimals,
            months: coverage.months.iter().map(month).collect(),
            updated_at: coverage.updated_at.to_string(),
        }
    }
}
