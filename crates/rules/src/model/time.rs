//! Times of the day in a time zone.

use chrono_tz::Tz;

use crate::block::{Block, record};
use crate::json::{Json, JsonKind};
use crate::model::Day;
use crate::reader::Reader;
use crate::shape::{NameOf, Shape};

record! {
    /// A time of day. A candle belongs to it by its close: the first instant after the candle.
    pub struct TimeWindow, checked by check_window {
        /// First minute, such as 08:30.
        from: ClockTime,
        /// First minute after it; at or before `from` it is one of the next day.
        to: ClockTime,
        /// Of which time zone.
        zone: ZoneName = ZoneName(Tz::UTC),
        /// On which days it begins; without any on all.
        days: Vec<Day>,
    }
}

/// A minute of the day, below 1440.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockTime {
    minute: u16,
}

/// A time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZoneName(pub Tz);

impl ClockTime {
    /// The minute of the day; `None` unless it is below 1440.
    #[must_use]
    pub fn new(minute: u16) -> Option<Self> {
        (minute < 1440).then_some(Self { minute })
    }

    /// Minutes since midnight.
    #[must_use]
    pub const fn minute(self) -> u16 {
        self.minute
    }

    fn parse(text: &str) -> Option<Self> {
        let (hour, minute) = text.split_once(':')?;
        let two_digits = |part: &str| {
            let is_good = part.len() == 2 && part.bytes().all(|it| it.is_ascii_digit());
            if is_good { part.parse::<u16>().ok() } else { None }
        };
        let (hour, minute) = (two_digits(hour)?, two_digits(minute)?);
        if hour < 24 && minute < 60 { Self::new(hour * 60 + minute) } else { None }
    }
}

impl Block for ClockTime {
    fn shape() -> Shape {
        Shape::Time
    }

    fn read(json: &Json, reader: &mut Reader<'_>) -> Option<Self> {
        let time = match &json.kind {
            JsonKind::Text(text) => Self::parse(text),
            JsonKind::Null
            | JsonKind::Truth(_)
            | JsonKind::Number(_)
            | JsonKind::List(_)
            | JsonKind::Map(_) => None,
        };
        time.or_else(|| reader.not(json, "a time from \"00:00\" to \"23:59\""))
    }

    fn write(&self) -> Json {
        Json::text(&format!("{:02}:{:02}", self.minute / 60, self.minute % 60))
    }
}

impl Block for ZoneName {
    fn shape() -> Shape {
        Shape::Name { of: NameOf::Zone }
    }

    fn read(json: &Json, reader: &mut Reader<'_>) -> Option<Self> {
        let zone = match &json.kind {
            JsonKind::Text(text) => text.parse().ok(),
            JsonKind::Null
            | JsonKind::Truth(_)
            | JsonKind::Number(_)
            | JsonKind::List(_)
            | JsonKind::Map(_) => None,
        };
        let expected = "a time zone such as \"UTC\" or \"Europe/London\"";
        zone.map(Self).or_else(|| reader.not(json, expected))
    }

    fn write(&self) -> Json {
        Json::text(self.0.name())
    }
}

fn check_window(window: &TimeWindow, reader: &mut Reader<'_>) {
    if window.from == window.to {
        reader.problem("a time of day that ends later than it begins", "no time at all");
    }
}
