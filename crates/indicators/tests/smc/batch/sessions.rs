//! Sessions and kill zones (`sessions`) in UTC.
//!
//! Reads the past only. The library's time zones are not here: it reads their sign reversed.

use domain::Candle;

use super::Precision;

/// Minutes of the day, both ends inclusive; over midnight when the start is not before the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) start: i64,
    pub(crate) end: i64,
}

/// One row for each candle; high and low so far, zero outside the session.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SessionRow {
    pub(crate) is_active: bool,
    pub(crate) high: f64,
    pub(crate) low: f64,
}

impl Session {
    /// A session of the library by its name there, or `Custom HH:MM-HH:MM`; `None` for anything else.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let (start, end) = match name {
            "Sydney" => ("21:00", "06:00"),
            "Tokyo" => ("00:00", "09:00"),
            "London" => ("07:00", "16:00"),
            "New York" => ("13:00", "22:00"),
            "Asian kill zone" => ("00:00", "04:00"),
            "London open kill zone" => ("06:00", "09:00"),
            "New York kill zone" => ("11:00", "14:00"),
            "london close kill zone" => ("14:00", "16:00"),
            _ => name.strip_prefix("Custom ")?.split_once('-')?,
        };
        Some(Self { start: minute_of_day(start)?, end: minute_of_day(end)? })
    }

    fn contains(self, candle: &Candle) -> bool {
        let opened = candle.open_time.millis().rem_euclid(86_400_000) / 60_000;
        if self.start < self.end {
            self.start <= opened && opened <= self.end
        } else {
            self.start <= opened || opened <= self.end
        }
    }
}

/// One row for each candle, in order. High and low run on while the row before was active, gaps or not.
pub(crate) fn session(
    candles: &[Candle],
    session: Session,
    precision: Precision,
) -> Vec<SessionRow> {
    let mut rows: Vec<SessionRow> = Vec::with_capacity(candles.len());
    for candle in candles {
        if !session.contains(candle) {
            rows.push(SessionRow { is_active: false, high: 0.0, low: 0.0 });
            continue;
        }
        let running = rows.last().filter(|before| before.is_active);
        let high = running.map_or(candle.high, |before| before.high.max(candle.high));
        let low = running.map_or(candle.low, |before| before.low.min(candle.low));
        let (high, low) = (precision.keep(high), precision.keep(low));
        rows.push(SessionRow { is_active: true, high, low });
    }
    rows
}

fn minute_of_day(text: &str) -> Option<i64> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
    ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some(60 * hour + minute)
}
