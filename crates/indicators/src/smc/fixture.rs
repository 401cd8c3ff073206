//! Candles, engines and one-line texts of events for the tests of this module.

use domain::{Candle, Timeframe, Timestamp};

use super::{Event, EventKind, LevelKind, Smc, SmcSettings, Tolerance, Zone};

/// Midnight of a Monday, 2024-01-01.
pub(super) const START: i64 = 1_704_067_200_000;

/// A candle of one minute: open, high, low, close.
pub(super) fn candle(row: u64, [open, high, low, close]: [f64; 4]) -> Candle {
    let open_time = Timestamp::from_millis(START + 60_000 * i64::try_from(row).unwrap());
    Candle { open_time, open, high, low, close, volume: 1.0 }
}

/// Candles of one minute from [`START`].
pub(super) fn candles(prices: &[[f64; 4]]) -> Vec<Candle> {
    (0..).zip(prices).map(|(row, prices)| candle(row, *prices)).collect()
}

/// Short swings (2 and 4), no sessions, equal levels within 0.5.
pub(super) fn settings() -> SmcSettings {
    SmcSettings {
        internal_length: 2,
        swing_length: 4,
        tolerance: Tolerance::Absolute(0.5),
        sessions: Vec::new(),
        ..SmcSettings::default()
    }
}

/// The engine after all candles, and all its events.
pub(super) fn run(settings: &SmcSettings, candles: &[Candle]) -> (Smc, Vec<Event>) {
    let mut smc = Smc::new(Timeframe::M1, settings.clone()).unwrap();
    let mut events = Vec::new();
    for candle in candles {
        smc.push(candle);
        events.extend_from_slice(smc.events());
    }
    (smc, events)
}

/// The events whose names begin with one of `names`, each as a line: the row it was known at, what, where it sits.
pub(super) fn told(settings: &SmcSettings, prices: &[[f64; 4]], names: &[&str]) -> Vec<String> {
    let (_, events) = run(settings, &candles(prices));
    let is_wanted = |event: &&Event| names.iter().any(|name| event.kind.name().starts_with(name));
    events.iter().filter(is_wanted).map(line).collect()
}

/// One event as a line.
pub(super) fn line(event: &Event) -> String {
    let text = match &event.kind {
        EventKind::Swing(swing) => {
            let label = swing.label.map_or("first", |label| label.name());
            let replaces = swing.replaces.map(|row| format!(" replaces {row}"));
            let replaces = replaces.unwrap_or_default();
            format!("{} {} {label}{replaces}", swing.scope, swing.level)
        }
        EventKind::Break(found) => {
            let shift = if found.is_shift() { " shift" } else { "" };
            let swing = found.swing.row;
            format!("{} {} {} of {swing}{shift}", found.scope, found.direction, found.kind)
        }
        EventKind::ZoneFormed(zone)
        | EventKind::ZoneExtended(zone)
        | EventKind::ZoneConfirmed(zone)
        | EventKind::ZoneHalved(zone)
        | EventKind::ZoneFilled(zone)
        | EventKind::ZoneMitigated(zone)
        | EventKind::ZoneInverted(zone)
        | EventKind::ZoneInvalidated(zone)
        | EventKind::ZoneDropped(zone) => of_zone(zone),
        EventKind::ZoneTouched { zone, depth } => {
            format!("{} no {} depth {depth}", of_zone(zone), zone.touches)
        }
        EventKind::ZoneRetested { zone, depth } => {
            format!("{} no {} depth {depth}", of_zone(zone), zone.retests)
        }
        EventKind::PoolFormed(pool)
        | EventKind::PoolExtended(pool)
        | EventKind::PoolRevised(pool)
        | EventKind::PoolDissolved(pool) => {
            let (first, last) = (pool.first.row, pool.last.row);
            format!(
                "{} {} {} of {} {first}..{last}",
                pool.scope,
                pool.side,
                pool.level(),
                pool.members
            )
        }
        EventKind::LevelTaken(taken) => {
            let what = match taken.level {
                LevelKind::Swing { scope, swing } => format!("{scope} swing {}", swing.row),
                LevelKind::Pool { scope, id } => format!("{scope} pool {}", id.number()),
                LevelKind::Previous(period) => period.to_string(),
                LevelKind::Session(session) => format!("session {}", session.0),
            };
            format!("{} {} of {what} {}", taken.how, taken.side, taken.price)
        }
        EventKind::PreviousLevels(previous) => {
            let extent = previous.extent;
            format!("{} {}..{} {}", previous.period, extent.low, extent.high, previous.is_whole)
        }
        EventKind::SessionOpened(session) => session.0.to_string(),
        EventKind::SessionClosed(range) => {
            let extent = range.extent;
            format!("{} {}..{} {}", range.session.0, extent.low, extent.high, range.is_whole)
        }
        EventKind::DealingRange { scope, range } => {
            format!("{scope} {}..{}", range.low, range.high)
        }
        EventKind::Displacement { direction, ratio } => format!("{direction} {ratio}"),
    };
    let name = event.kind.name();
    format!("{}: {name} {text} @{}", event.known_row, event.formed_row)
}

fn of_zone(zone: &Zone) -> String {
    let scope = zone.scope.map_or("gap", |scope| scope.name());
    format!("{scope} {} {}..{}", zone.direction, zone.bottom, zone.top)
}

/// A rise to 15, a fall to 7, a break up at row 10, one down at 13 and one up at 14.
pub(super) const ZIGZAG: [[f64; 4]; 15] = [
    [10.0, 11.0, 9.0, 10.0],
    [10.0, 11.0, 9.0, 10.0],
    [10.0, 12.0, 10.0, 11.0],
    [11.0, 15.0, 11.0, 14.0],
    [14.0, 14.0, 12.0, 12.0],
    [12.0, 13.0, 11.0, 12.0],
    [12.0, 12.0, 8.0, 9.0],
    [9.0, 10.0, 7.0, 8.0],
    [8.0, 11.0, 8.0, 10.0],
    [10.0, 13.0, 9.0, 13.0],
    [13.0, 16.0, 12.0, 15.5],
    [15.0, 15.5, 13.0, 14.0],
    [14.0, 14.5, 12.0, 12.0],
    [12.0, 12.0, 6.0, 6.5],
    [6.5, 17.0, 6.5, 16.8],
];
