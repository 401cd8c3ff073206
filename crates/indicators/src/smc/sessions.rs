//! Sessions and kill zones: named windows of the day in a time zone, daylight saving included.
//!
//! A candle belongs to a window if its open time lies in [start, end). A session is over, and its high and low
//! are levels, with the candle that closes at its end or, where that is missing, with the first one after it.
//! Windows need candles of at most one hour; with longer ones they are not followed.

use chrono::{
    DateTime, Days, MappedLocalTime, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc,
};
use chrono_tz::Tz;
use domain::{Timeframe, Timestamp};

use super::direction::{Side, names};
use super::event::EventKind;
use super::levels::{LevelKind, NamedLevels};
use super::moment::Moment;
use super::periods::Extent;

/// The longest candle that windows are followed with, in milliseconds.
const CANDLE_MAX: i64 = 3_600_000;

/// What a window of the day is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SessionKind {
    /// The hours of a market place.
    Session,
    /// Hours in which the day's move is said to begin or end (ICT).
    KillZone,
}

names!(SessionKind { Session => "session", KillZone => "kill_zone" });

/// A window of every day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionWindow {
    /// Its name, for people.
    pub name: String,
    /// What it is for.
    pub kind: SessionKind,
    /// The zone that the times are of (IANA).
    pub zone: Tz,
    /// First minute of the day, below 1440.
    pub start: u16,
    /// First minute after it, below 1440; at or below `start` it is one of the next day.
    pub end: u16,
}

impl SessionWindow {
    /// A window from `start` to `end`, both in hours and minutes of `zone`.
    #[must_use]
    pub fn new(kind: SessionKind, name: &str, zone: Tz, hours: [(u16, u16); 2]) -> Self {
        let [start, end] = hours.map(|(hour, minute)| hour * 60 + minute);
        Self { name: name.to_owned(), kind, zone, start, end }
    }

    /// The sessions of Asia (09:00 to 18:00 in Tokyo), London and New York (08:00 to 17:00 there), and the
    /// kill zones of ICT in New York's time: Asia 20:00 to 00:00, London 02:00 to 05:00, New York 07:00 to
    /// 10:00, London close 10:00 to 12:00.
    #[must_use]
    pub fn defaults() -> Vec<Self> {
        use SessionKind::{KillZone, Session};
        let new_york = Tz::America__New_York;
        let window = |kind, name, zone, from, to| Self::new(kind, name, zone, [(from, 0), (to, 0)]);
        vec![
            window(Session, "Asia", Tz::Asia__Tokyo, 9, 18),
            window(Session, "London", Tz::Europe__London, 8, 17),
            window(Session, "New York", new_york, 8, 17),
            window(KillZone, "Asia kill zone", new_york, 20, 0),
            window(KillZone, "London kill zone", new_york, 2, 5),
            window(KillZone, "New York kill zone", new_york, 7, 10),
            window(KillZone, "London close kill zone", new_york, 10, 12),
        ]
    }

    pub(super) const fn is_valid(&self) -> bool {
        self.start != self.end && self.start < 1440 && self.end < 1440
    }

    /// The first occurrence that ends after `time`, as start and end; `None` outside of the calendar.
    fn occurrence(&self, time: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let utc = DateTime::<Utc>::from_timestamp_millis(time.millis())?;
        let mut day = utc.with_timezone(&self.zone).date_naive().checked_sub_days(Days::new(1))?;
        // Today's or tomorrow's, save where daylight saving leaves nothing of one.
        for _ in 0..4 {
            let last = if self.end > self.start { day } else { day.succ_opt()? };
            let (start, end) = (self.instant(day, self.start)?, self.instant(last, self.end)?);
            if end > time && end > start {
                return Some((start, end));
            }
            day = day.succ_opt()?;
        }
        None
    }

    /// A minute of a day of the zone: the earlier one where clocks are set back, the first after it where they
    /// are set forward.
    fn instant(&self, day: NaiveDate, minute: u16) -> Option<Timestamp> {
        let time = NaiveTime::from_num_seconds_from_midnight_opt(u32::from(minute) * 60, 0)?;
        let mut local = day.and_time(time);
        for _ in 0..8 {
            match self.zone.from_local_datetime(&local) {
                MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(at, _) => {
                    return Some(Timestamp::from_millis(at.timestamp_millis()));
                }
                MappedLocalTime::None => local += TimeDelta::minutes(30),
            }
        }
        None
    }
}

/// Which window: its index in [`SmcSettings::sessions`](super::SmcSettings::sessions).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionIndex(pub u8);

/// One session's candles so far or, when it is over, all of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SessionRange {
    /// Which window.
    pub session: SessionIndex,
    /// First instant.
    pub start: Timestamp,
    /// First instant after it.
    pub end: Timestamp,
    /// High and low of its candles.
    pub extent: Extent,
    /// Whether the stream began at or before its start.
    pub is_whole: bool,
}

/// One window and where it stands.
#[derive(Clone, Debug)]
struct Track {
    window: SessionWindow,
    /// The occurrence that runs or comes next; `None` when there is none.
    next: Option<(Timestamp, Timestamp)>,
    running: Option<SessionRange>,
    last: Option<SessionRange>,
}

/// Follows the windows.
#[derive(Clone, Debug)]
pub(super) struct Sessions {
    tracks: Vec<Track>,
    /// The windows that run, ascending.
    running: Vec<u8>,
    /// The next start or end: candles that close before it cost one comparison.
    boundary: Timestamp,
    is_first: bool,
}

impl Sessions {
    pub(super) fn new(timeframe: Timeframe, windows: &[SessionWindow]) -> Self {
        let track = |window: &SessionWindow| Track {
            window: window.clone(),
            next: None,
            running: None,
            last: None,
        };
        let follows = timeframe.longest_millis() <= CANDLE_MAX;
        let tracks: Vec<_> = windows.iter().filter(|_| follows).map(track).collect();
        let boundary = Timestamp::from_millis(if tracks.is_empty() { i64::MAX } else { i64::MIN });
        Self { tracks, running: Vec::new(), boundary, is_first: true }
    }

    /// The session that runs.
    pub(super) fn running(&self, session: SessionIndex) -> Option<&SessionRange> {
        self.tracks.get(usize::from(session.0))?.running.as_ref()
    }

    /// The last session that is over.
    pub(super) fn last(&self, session: SessionIndex) -> Option<&SessionRange> {
        self.tracks.get(usize::from(session.0))?.last.as_ref()
    }

    #[inline]
    pub(super) fn push(&mut self, moment: &mut Moment, levels: &mut NamedLevels) {
        if moment.known_at >= self.boundary {
            self.step(moment, levels);
            return;
        }
        for index in &self.running {
            if let Some(range) = &mut self.tracks[usize::from(*index)].running {
                range.extent.push(&moment.candle, moment.place);
            }
        }
    }

    /// Starts and ends what is due.
    fn step(&mut self, moment: &mut Moment, levels: &mut NamedLevels) {
        let is_first = std::mem::replace(&mut self.is_first, false);
        self.running.clear();
        self.boundary = Timestamp::from_millis(i64::MAX);
        for (index, track) in (0u8..).zip(&mut self.tracks) {
            track.end(moment.place.open_time, moment, levels);
            track.start(SessionIndex(index), is_first, moment);
            track.end(moment.known_at, moment, levels);
            if track.running.is_some() {
                self.running.push(index);
            }
            let due = match (track.next, track.running) {
                (Some((_, end)), Some(_)) => Some(end),
                (Some((start, _)), None) => Some(start),
                (None, _) => None,
            };
            self.boundary = due.map_or(self.boundary, |due| self.boundary.min(due));
        }
    }
}

impl Track {
    /// Ends the running session if it does not last beyond `time`.
    fn end(&mut self, time: Timestamp, moment: &mut Moment, levels: &mut NamedLevels) {
        let Some(range) = self.running.take_if(|range| range.end <= time) else { return };
        self.last = Some(range);
        for side in Side::ALL {
            levels.set(LevelKind::Session(range.session), side, range.extent.price(side));
        }
        moment.tell(EventKind::SessionClosed(range));
        self.next = self.window.occurrence(range.end);
    }

    /// Takes the candle into the session that runs or begins with it.
    fn start(&mut self, session: SessionIndex, is_first: bool, moment: &mut Moment) {
        let time = moment.place.open_time;
        if let Some(range) = &mut self.running {
            range.extent.push(&moment.candle, moment.place);
            return;
        }
        if self.next.is_none_or(|(_, end)| end <= time) {
            self.next = self.window.occurrence(time);
        }
        let Some((start, end)) = self.next.filter(|(start, _)| *start <= time) else { return };
        let extent = Extent::of(&moment.candle, moment.place);
        let is_whole = !is_first || start == time;
        self.running = Some(SessionRange { session, start, end, extent, is_whole });
        moment.tell(EventKind::SessionOpened(session));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smc::fixture::line;
    use crate::smc::{Smc, SmcSettings};
    use domain::Candle;

    fn new_york(start: (u16, u16), end: (u16, u16)) -> SessionWindow {
        SessionWindow::new(SessionKind::KillZone, "a", Tz::America__New_York, [start, end])
    }

    fn check(window: &SessionWindow, time: &str, expected: [&str; 2]) {
        let (start, end) = window.occurrence(time.parse().unwrap()).unwrap();
        assert_eq!([start.to_string(), end.to_string()], expected, "{time}");
    }

    #[test]
    fn windows_follow_daylight_saving() {
        let morning = new_york((7, 0), (10, 0));
        check(&morning, "2024-03-09", ["2024-03-09T12:00:00Z", "2024-03-09T15:00:00Z"]);
        check(&morning, "2024-03-10", ["2024-03-10T11:00:00Z", "2024-03-10T14:00:00Z"]);
        check(&morning, "2024-03-10T13:59:59Z", ["2024-03-10T11:00:00Z", "2024-03-10T14:00:00Z"]);
        check(&morning, "2024-03-10T14:00:00Z", ["2024-03-11T11:00:00Z", "2024-03-11T14:00:00Z"]);
        // Over midnight, and over the hour that does not exist or exists twice.
        let evening = new_york((20, 0), (0, 0));
        check(&evening, "2024-01-02T03:00:00Z", ["2024-01-02T01:00:00Z", "2024-01-02T05:00:00Z"]);
        let night = new_york((2, 0), (5, 0));
        check(&night, "2024-03-10", ["2024-03-10T07:00:00Z", "2024-03-10T09:00:00Z"]);
        let early = new_york((1, 30), (3, 0));
        check(&early, "2024-11-03T04:00:00Z", ["2024-11-03T05:30:00Z", "2024-11-03T08:00:00Z"]);
    }

    #[test]
    fn a_window_inside_the_hour_that_does_not_exist_has_no_such_day() {
        let gone = new_york((2, 0), (2, 30));
        check(&gone, "2024-03-10", ["2024-03-11T06:00:00Z", "2024-03-11T06:30:00Z"]);
    }

    /// Half-hours from 06:00 in New York on 2024-01-02 (11:00 UTC), by number, with high and low.
    fn run(window: SessionWindow, candles: &[(i64, f64, f64)]) -> (Smc, Vec<String>) {
        let settings = SmcSettings { sessions: vec![window], ..SmcSettings::default() };
        let mut smc = Smc::new(Timeframe::M30, settings).unwrap();
        let mut lines = Vec::new();
        let first: Timestamp = "2024-01-02T11:00:00Z".parse().unwrap();
        for (number, high, low) in candles.iter().copied() {
            let open_time = first.plus_millis(number * 1_800_000);
            smc.push(&Candle { open_time, open: low, high, low, close: low, volume: 0.0 });
            lines.extend(smc.events().iter().map(line));
        }
        (smc, lines)
    }

    #[test]
    fn a_session_closes_with_its_last_candle_and_leaves_levels() {
        let (smc, lines) = run(
            new_york((7, 0), (8, 0)),
            &[(1, 99.0, 1.0), (2, 12.0, 10.0), (3, 13.0, 11.0), (4, 13.5, 12.0), (5, 12.0, 9.0)],
        );
        assert_eq!(
            lines,
            [
                "1: session_opened 0 @1",
                "2: session_closed 0 10..13 true @2",
                "3: level_taken sweep high of session 0 13 @3",
                "4: level_taken run low of session 0 10 @4",
            ]
        );
        let range = smc.last_session(SessionIndex(0)).unwrap();
        assert_eq!((range.extent.high_at.row, range.extent.low_at.row), (2, 1));
        assert_eq!(smc.session(SessionIndex(0)), None);
    }

    #[test]
    fn a_missing_last_candle_closes_with_the_next_one() {
        let window = new_york((7, 0), (8, 0));
        let (_, lines) =
            run(window.clone(), &[(3, 13.0, 11.0), (50, 12.5, 11.5), (51, 13.0, 11.0)]);
        assert_eq!(lines[..2], ["0: session_opened 0 @0", "0: session_closed 0 11..13 false @0"]);
        let (smc, lines) = run(window, &[(2, 13.0, 11.0), (50, 12.5, 11.5), (51, 12.0, 11.0)]);
        let sessions: Vec<_> = lines.iter().filter(|line| line.contains("session_")).collect();
        assert_eq!(
            sessions,
            [
                "0: session_opened 0 @0",
                "1: session_closed 0 11..13 true @1",
                "1: session_opened 0 @1",
                "2: session_closed 0 11..12.5 true @2",
            ]
        );
        assert!(smc.last_session(SessionIndex(0)).is_some());
    }

    #[test]
    fn the_running_session_is_a_reading_and_long_candles_have_none() {
        let (smc, _) =
            run(new_york((7, 0), (9, 0)), &[(1, 99.0, 1.0), (2, 12.0, 10.0), (3, 13.0, 9.0)]);
        let range = smc.session(SessionIndex(0)).unwrap();
        assert_eq!((range.extent.high, range.extent.low), (13.0, 9.0));
        assert!(Sessions::new(Timeframe::H2, &SessionWindow::defaults()).tracks.is_empty());
        assert!(!Sessions::new(Timeframe::H1, &SessionWindow::defaults()).tracks.is_empty());
    }
}
