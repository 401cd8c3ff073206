//! Parameters of a public call, read strictly: what is malformed is refused by name.

use domain::Timeframe;

use super::Venue;
use crate::api_call::{ApiReply, ApiRequest};

/// The last millisecond of the year 9999; later times mean no other rows.
const TIME_MAX: i64 = 253_402_300_799_999;

/// The parameters of one call.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn of(request: &ApiRequest) -> Self {
        Self(request.parameters())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// A text that must be there (-1102).
    pub(super) fn text(&self, name: &str) -> Result<&str, ApiReply> {
        self.find(name).filter(|value| !value.is_empty()).ok_or_else(|| missing(name))
    }

    /// Place of a listed symbol (-1102, -1121).
    pub(super) fn symbol(&self, name: &str, venue: &mut Venue<'_>) -> Result<usize, ApiReply> {
        let place = venue.market.place(self.text(name)?);
        let place = place.filter(|place| venue.is_listed(*place));
        place.ok_or_else(|| ApiReply::refusal(400, -1121, "Invalid symbol."))
    }

    /// A candle length (-1102, -1120).
    pub(super) fn interval(&self) -> Result<Timeframe, ApiReply> {
        let text = self.text("interval")?;
        let found = Timeframe::ALL.into_iter().find(|timeframe| timeframe.name() == text);
        found.ok_or_else(|| ApiReply::refusal(400, -1120, "Invalid interval."))
    }

    /// A whole number (-1102).
    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, ApiReply> {
        let value = self.find(name);
        value.map(|text| text.parse().map_err(|_| missing(name))).transpose()
    }

    /// A number of items from 1 to `most` (-1130).
    pub(super) fn limit(&self, usual: usize, most: usize) -> Result<usize, ApiReply> {
        let Some(limit) = self.number("limit")? else {
            return Ok(usual);
        };
        let limit = usize::try_from(limit).ok().filter(|limit| (1..=most).contains(limit));
        limit.ok_or_else(|| {
            ApiReply::refusal(400, -1130, "Data sent for parameter 'limit' is not valid.")
        })
    }

    /// `startTime` and `endTime` (-1102, -1023).
    pub(super) fn times(&self) -> Result<(Option<i64>, Option<i64>), ApiReply> {
        let time = |name| self.number(name).map(|time| time.map(|time| time.clamp(0, TIME_MAX)));
        let times = (time("startTime")?, time("endTime")?);
        match times {
            (Some(start), Some(end)) if start > end => {
                Err(ApiReply::refusal(400, -1023, "Start time is greater than end time."))
            }
            (Some(_), _) | (None, _) => Ok(times),
        }
    }
}

fn missing(name: &str) -> ApiReply {
    let message =
        format!("Mandatory parameter '{name}' was not sent, was empty/null, or malformed.");
    ApiReply::refusal(400, -1102, &message)
}
