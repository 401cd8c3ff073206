//! The day's statistics, best prices, last price and mark price.

use domain::Timeframe;

use super::parameters::Parameters;
use super::{Answer, Venue, one_or_all};
use crate::decimal_text::decimal;
use crate::market::book::Book;
use crate::market::mark::{UNIT, prices_at, running_rate};
use crate::market::{Row, Series, SymbolSpec};

const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;

/// A price in units of 1e-8 as a text.
pub(crate) fn indirect_text(units: i64) -> String {
    decimal(units, 8)
}

/// A rate in units of 1e-8 as a text.
pub(crate) fn rate_text(units: i64) -> String {
    decimal(units, 8)
}

/// Statistics of the last 1,440 minutes, the one under way included.
#[derive(Clone, Debug)]
pub(crate) struct DayTicker {
    pub(crate) row: Row,
    pub(crate) change: String,
    pub(crate) change_percent: String,
    pub(crate) average: String,
    pub(crate) last_quantity: String,
}

impl DayTicker {
    /// `None` before the first minute.
    pub(crate) fn at(series: &mut Series, now: i64) -> Option<Self> {
        let open = (now - DAY).div_euclid(MINUTE) * MINUTE + MINUTE;
        let begun = now.div_euclid(MINUTE) * MINUTE;
        let mut row: Option<Row> = None;
        series.days().each_minute(open / MINUTE, begun / MINUTE, |minute| match &mut row {
            Some(row) => row.append(&minute.row),
            None => row = Some(minute.row),
        });
        let part = series.candle(Timeframe::M1, begun, now);
        let row = match (row, part) {
            (Some(mut row), Some(part)) => {
                row.append(&part);
                row
            }
            (row, part) => row.or(part)?,
        };
        let last_quantity = series.last_trade(now).map_or(0, |trade| trade.quantity);
        let spec = series.spec();
        let percent = i128::from(row.close - row.open) * 100_000 / i128::from(row.open.max(1));
        let average = row.quote.checked_div(row.volume.into()).unwrap_or_else(|| row.close.into());
        Some(Self {
            row,
            change: decimal(row.close - row.open, spec.price_decimals),
            change_percent: decimal(percent, 3),
            average: decimal(average, spec.price_decimals),
            last_quantity: decimal(last_quantity, spec.quantity_decimals),
        })
    }

    /// First and last fill, 0 where there are none.
    pub(crate) fn ids(&self) -> (i64, i64) {
        self.row.ids.unwrap_or((0, 0))
    }
}

/// `GET /fapi/v1/ticker/24hr`.
pub(super) fn day_ticker(parameters: &Parameters, venue: &mut Venue<'_>) -> Answer {
    one_or_all(parameters, venue, |venue, place| {
        let now = venue.now;
        let series = venue.market.series(place);
        let ticker = DayTicker::at(series, now);
        ticker.map_or_else(|| "{}".to_owned(), |ticker| ticker_text(&ticker, series.spec(), now))
    })
}

fn ticker_text(ticker: &DayTicker, spec: &SymbolSpec, now: i64) -> String {
    let (row, (first, last)) = (&ticker.row, ticker.ids());
    let price = |units: i64| decimal(units, spec.price_decimals);
    format!(
        r#"{{"symbol":"{}","priceChange":"{}","priceChangePercent":"{}","weightedAvgPrice":"{}","lastPrice":"{}","lastQty":"{}","openPrice":"{}","highPrice":"{}","lowPrice":"{}","volume":"{}","quoteVolume":"{}","openTime":{},"closeTime":{now},"firstId":{first},"lastId":{last},"count":{}}}"#,
        spec.symbol,
        ticker.change,
        ticker.change_percent,
        ticker.average,
        price(row.close),
        ticker.last_quantity,
        price(row.open),
        price(row.high),
        price(row.low),
        decimal(row.volume, spec.quantity_decimals),
        decimal(row.quote, spec.price_decimals + spec.quantity_decimals),
        row.open_time,
        row.fills,
    )
}

/// `GET /fapi/v1/ticker/bookTicker`.
pub(super) fn book_ticker(parameters: &Parameters, venue: &mut Venue<'_>) -> Answer {
    one_or_all(parameters, venue, |venue, place| {
        let now = venue.now;
        let series = venue.market.series(place);
        let book = Book::at(series, now, 1);
        let spec = series.spec();
        let (bid, ask) = (book.bids[0], book.asks[0]);
        format!(
            r#"{{"symbol":"{}","bidPrice":"{}","bidQty":"{}","askPrice":"{}","askQty":"{}","time":{now}}}"#,
            spec.symbol,
            decimal(bid.0, spec.price_decimals),
            decimal(bid.1, spec.quantity_decimals),
            decimal(ask.0, spec.price_decimals),
            decimal(ask.1, spec.quantity_decimals),
        )
    })
}

/// `GET /fapi/v2/ticker/price`.
pub(super) fn price(parameters: &Parameters, venue: &mut Venue<'_>) -> Answer {
    one_or_all(parameters, venue, |venue, place| {
        let now = venue.now;
        let series = venue.market.series(place);
        let price = series.price_at(now);
        let price = decimal(price, series.spec().price_decimals);
        format!(r#"{{"symbol":"{}","price":"{price}","time":{now}}}"#, series.spec().symbol)
    })
}

/// `GET /fapi/v1/premiumIndex`.
pub(super) fn premium_index(parameters: &Parameters, venue: &mut Venue<'_>) -> Answer {
    one_or_all(parameters, venue, |venue, place| {
        let now = venue.now;
        let series = venue.market.series(place);
        let prices = prices_at(series, now);
        let (rate, next) = running_rate(series, now);
        format!(
            r#"{{"symbol":"{}","markPrice":"{}","indexPrice":"{}","estimatedSettlePrice":"{}","lastFundingRate":"{}","interestRate":"0.00010000","nextFundingTime":{next},"time":{now}}}"#,
            series.spec().symbol,
            indirect_text(prices.mark),
            indirect_text(prices.index),
            indirect_text(prices.index),
            rate_text(rate),
        )
    })
}

const _: () = assert!(UNIT == 100_000_000, "texts of prices and rates have eight decimals");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::mark::rate_of;
    use crate::market::well_known_symbols;

    #[test]
    fn the_days_statistics_are_those_of_1440_minutes() {
        let mut series = Series::made(well_known_symbols().swap_remove(1));
        let now = 1_704_300_000_123;
        let ticker = DayTicker::at(&mut series, now).unwrap();
        assert_eq!(ticker.row.close, series.price_at(now));
        assert!(ticker.row.open_time > now - DAY && ticker.row.open_time <= now - DAY + MINUTE);
        let (first, last) = ticker.ids();
        assert_eq!(last - first + 1, ticker.row.fills);
        let settled = rate_of(&series, 1_704_268_800_000, 1_704_297_600_000);
        assert!(rate_text(settled).len() >= 10);
    }
}
