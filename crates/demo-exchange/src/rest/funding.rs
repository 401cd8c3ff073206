//! Funding settlements, their caps and intervals, and open interest.

use super::parameters::Parameters;
use super::prices::{indirect_text, rate_text};
use super::{Answer, Venue, list};
use crate::decimal_text::decimal;
use crate::market::hash::{Purpose, chance};
use crate::market::mark::{FundingSettlement, settlements};

const HOUR: i64 = 3_600_000;

/// `GET /fapi/v1/fundingRate`: ascending; without times the latest.
pub(super) fn funding_rate(parameters: &Parameters, venue: &mut Venue<'_>) -> Answer {
    let limit = parameters.limit(100, 1000)?;
    let (start, end) = parameters.times()?;
    let places = if parameters.has("symbol") {
        vec![parameters.symbol("symbol", venue)?]
    } else {
        (0..venue.market.len()).filter(|place| venue.is_listed(*place)).collect()
    };
    let end = end.unwrap_or(venue.now).min(venue.now);
    let mut found: Vec<(FundingSettlement, usize)> = Vec::new();
    for place in places {
        let series = venue.market.series(place);
        let span =
            i64::try_from(limit).unwrap_or(1000) * i64::from(series.spec().funding_hours) * HOUR;
        let range = match start {
            Some(start) => (start, end.min(start.saturating_add(span))),
            None => (end - span, end),
        };
        let settled = settlements(series, range.0, range.1);
        found.extend(settled.into_iter().map(|settlement| (settlement, place)));
    }
    found.sort_by_key(|(settlement, place)| (settlement.time, *place));
    let kept = if start.is_some() {
        &found[..found.len().min(limit)]
    } else {
        &found[found.len().saturating_sub(limit)..]
    };
    Ok(list(kept.iter().map(|(settlement, place)| {
        format!(
            r#"{{"symbol":"{}","fundingTime":{},"fundingRate":"{}","markPrice":"{}","rateType":"Regular"}}"#,
            venue.market.symbol(*place),
            settlement.time,
            rate_text(settlement.rate),
            indirect_text(settlement.mark),
        )
    })))
}

/// `GET /fapi/v1/fundingInfo`: the symbols whose interval or cap is not the usual one.
pub(super) fn funding_info(venue: &mut Venue<'_>) -> String {
    let mut items = Vec::new();
    for place in 0..venue.market.len() {
        let spec = venue.market.series(place).spec();
        if spec.funding_hours != 8 || spec.funding_cap != 2_000_000 {
            items.push(format!(
                r#"{{"symbol":"{}","adjustedFundingRateCap":"{}","adjustedFundingRateFloor":"{}","fundingIntervalHours":{},"disclaimer":false}}"#,
                spec.symbol,
                rate_text(spec.funding_cap),
                rate_text(-spec.funding_cap),
                spec.funding_hours,
            ));
        }
    }
    list(items)
}

/// `GET /fapi/v1/openInterest`: some hours of ordinary volume.
pub(super) fn open_interest(parameters: &Parameters, venue: &mut Venue<'_>) -> Answer {
    let place = parameters.symbol("symbol", venue)?;
    let now = venue.now;
    let spec = venue.market.series(place).spec();
    let knot = now.div_euclid(5 * 60_000);
    let swing = i64::try_from(chance(spec.seed, Purpose::OpenInterest, knot) % 1000).unwrap_or(0);
    #[expect(clippy::cast_possible_truncation, reason = "as saturates; volumes are small")]
    let minute = (spec.volume_typical * 10f64.powi(i32::from(spec.quantity_decimals))) as i64;
    let open = decimal(minute * (9_000 + swing) / 10, spec.quantity_decimals);
    Ok(format!(r#"{{"openInterest":"{open}","symbol":"{}","time":{now}}}"#, spec.symbol))
}
