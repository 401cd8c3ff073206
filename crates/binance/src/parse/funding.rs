//! Funding: recorded settlements, and the rules of contracts that differ from the default.

use domain::{Rate, Settlement, Symbol, Timestamp};
use market::{Funding, FundingKind};

use super::{ParseError, price_or_none, rate, symbol, time};
use crate::wire::market as wire;

const MINUTE: i64 = 60_000;

/// One recorded settlement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FundingRow {
    /// Of which contract.
    pub symbol: Symbol,
    /// The settlement, its time as the venue reports it: up to some ms past the boundary.
    pub funding: Funding,
}

impl FundingRow {
    pub(crate) fn of(wire: &wire::FundingRate) -> Result<Self, ParseError> {
        let kind = match wire.rate_type.as_deref() {
            None | Some("") => FundingKind::Regular,
            Some(text) => {
                text.parse().map_err(|_| ParseError::new("rateType", "Regular or Special", text))?
            }
        };
        Ok(Self {
            symbol: symbol(&wire.symbol)?,
            funding: Funding {
                time: time("fundingTime", wire.funding_time)?,
                rate: rate("fundingRate", wire.funding_rate)?,
                mark: price_or_none("markPrice", wire.mark_price)?,
                kind,
            },
        })
    }

    /// The settlement at the minute it belongs to: the raw time, rounded to the nearest minute.
    #[must_use]
    pub fn settlement(&self) -> Settlement {
        let millis = self.funding.time.millis();
        let minute = (millis + MINUTE / 2).div_euclid(MINUTE) * MINUTE;
        Settlement {
            time: Timestamp::from_millis(minute),
            rate: self.funding.rate,
            mark: self.funding.mark,
        }
    }
}

/// A contract whose cap, floor or interval of funding is not the default. Contracts that are not
/// listed settle every 8 hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FundingAdjustment {
    /// Of which contract.
    pub symbol: Symbol,
    /// Highest rate of one settlement.
    pub cap: Rate,
    /// Lowest rate of one settlement.
    pub floor: Rate,
    /// Hours between settlements: 1, 4 or 8.
    pub interval_hours: u32,
}

impl FundingAdjustment {
    pub(crate) fn of(wire: &wire::FundingInfo) -> Result<Self, ParseError> {
        if !(1..=24).contains(&wire.funding_interval_hours) {
            let was = wire.funding_interval_hours.to_string();
            return Err(ParseError::new("fundingIntervalHours", "1 to 24", &was));
        }
        Ok(Self {
            symbol: symbol(&wire.symbol)?,
            cap: rate("adjustedFundingRateCap", wire.adjusted_funding_rate_cap)?,
            floor: rate("adjustedFundingRateFloor", wire.adjusted_funding_rate_floor)?,
            interval_hours: wire.funding_interval_hours,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(json: &str) -> Result<FundingRow, String> {
        let wire: wire::FundingRate =
            serde_json::from_str(json).map_err(|error| error.to_string())?;
        FundingRow::of(&wire).map_err(|error| error.to_string())
    }

    #[test]
    fn settlements_are_rounded_to_the_minute_and_keep_their_raw_time() {
        let row = row(r#"{"symbol":"BTCUSDT","fundingRate":"-0.03750000",
            "fundingTime":1789459200005,"markPrice":"34287.54","rateType":"Special"}"#)
        .unwrap();
        assert_eq!(row.settlement().time.millis(), 1_789_459_200_000);
        assert_eq!(row.funding.time.millis(), 1_789_459_200_005);
        assert_eq!(row.settlement().rate.to_string(), "-0.0375");
        assert_eq!(row.funding.kind, FundingKind::Special);
    }

    #[test]
    fn rows_without_mark_price_or_type_are_read_and_wrong_ones_refused() {
        let old = row(r#"{"symbol":"A","fundingRate":"0.1","fundingTime":1570608000000,
            "markPrice":""}"#)
        .unwrap();
        assert_eq!((old.funding.mark, old.funding.kind), (None, FundingKind::Regular));
        for wrong in [
            r#"{"symbol":"A","fundingRate":"","fundingTime":1570608000000}"#,
            r#"{"symbol":"A","fundingRate":0.1,"fundingTime":1570608000000}"#,
            r#"{"symbol":"A","fundingRate":"0.1","fundingTime":1570608000}"#,
            r#"{"symbol":"A","fundingRate":"0.1","fundingTime":1570608000000,"rateType":"Odd"}"#,
            r#"{"symbol":"A","fundingTime":1570608000000}"#,
        ] {
            assert!(row(wrong).is_err(), "{wrong}");
        }
    }
}
