//! The stretch of time and the number of rows that a history is asked for.

use domain::Timestamp;

use super::parameters::Parameters;
use super::refusal::Refusal;

const WEEK_MS: i64 = 7 * 86_400_000;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimeWindow {
    /// First instant, included.
    pub(crate) from: Timestamp,
    /// Last instant, included.
    pub(crate) to: Timestamp,
    /// Most rows.
    pub(crate) limit: usize,
    /// Whether rows are counted from the start rather than from the end.
    pub(crate) starts_early: bool,
}

impl TimeWindow {
    /// Reads `startTime`, `endTime` and `limit`. Without times it is the last seven days; no window is
    /// longer.
    pub(crate) fn read(
        parameters: &Parameters,
        (limit_default, limit_max): (usize, usize),
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let limit = parameters.number("limit")?.unwrap_or(limit_default);
        if !(1..=limit_max).contains(&limit) {
            return Err(Refusal::malformed("limit"));
        }
        let (start, end) = (parameters.time("startTime")?, parameters.time("endTime")?);
        let (from, to) = match (start, end) {
            (Some(from), Some(to)) => (from, to),
            (Some(from), None) => (from, from.plus_millis(WEEK_MS)),
            (None, Some(to)) => (to.plus_millis(-WEEK_MS), to),
            (None, None) => (now.plus_millis(-WEEK_MS), now),
        };
        if from > to {
            return Err(Refusal::START_AFTER_END);
        }
        if to.millis().saturating_sub(from.millis()) > WEEK_MS {
            return Err(Refusal::INTERVAL_TOO_LONG);
        }
        Ok(Self { from, to, limit, starts_early: start.is_some() })
    }

    /// The rows within, ascending, at most the limit: the first ones, or without a start the last ones.
    pub(crate) fn rows<T>(&self, all: Vec<T>, time: impl Fn(&T) -> Timestamp) -> Vec<T> {
        let within = |row: &T| (self.from..=self.to).contains(&time(row));
        let mut rows: Vec<T> = all.into_iter().filter(within).collect();
        if self.starts_early {
            rows.truncate(self.limit);
        } else {
            let skipped = rows.len().saturating_sub(self.limit);
            rows.drain(..skipped);
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ApiRequest, Method};

    fn read(query: &str) -> Result<TimeWindow, Refusal> {
        let request = ApiRequest {
            method: Method::Get,
            path: String::new(),
            query: query.to_owned(),
            body: String::new(),
            api_key: None,
        };
        let now = Timestamp::from_millis(WEEK_MS);
        TimeWindow::read(&Parameters::of(&request), (2, 3), now)
    }

    #[test]
    fn windows_are_a_week_at_most() {
        assert_eq!(read("").unwrap().from.millis(), 0);
        assert_eq!(read("startTime=5").unwrap().to.millis(), WEEK_MS + 5);
        assert_eq!(read("startTime=5&endTime=4"), Err(Refusal::START_AFTER_END));
        assert_eq!(read("startTime=0&endTime=604800001"), Err(Refusal::INTERVAL_TOO_LONG));
        assert_eq!(read("limit=4"), Err(Refusal::malformed("limit")));
    }

    #[test]
    fn rows_are_the_first_from_a_start_and_else_the_last() {
        let rows = |query: &str| {
            let window = read(query).unwrap();
            window.rows(vec![1, 2, 3, 4], |millis| Timestamp::from_millis(*millis))
        };
        assert_eq!(rows(""), [3, 4]);
        assert_eq!(rows("startTime=2"), [2, 3]);
        assert_eq!(rows("endTime=2"), [1, 2]);
    }
}
