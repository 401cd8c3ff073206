//! Times of day and sessions, by the close of the candle.

use domain::Timeframe;
use serde_json::{Value, json};

use crate::stage::{Stage, series};

/// Four days of hours from Monday, 2024-01-01, midnight UTC on.
fn hours() -> Stage {
    let lower = series(Timeframe::H1, &[[1.0; 4]; 96]);
    Stage { lower, ..crate::stage::closes(&[1.0]) }
}

#[track_caller]
fn check(when: Value, expected: &[usize]) {
    // The candle of row 7 closes at 08:00.
    let closes: Vec<usize> = expected.iter().map(|hour| hour - 1).collect();
    assert_eq!(hours().rows_with(&when, json!({})), closes, "{when}");
}

#[test]
fn a_candle_belongs_to_a_window_by_its_close() {
    let window = json!({ "time": { "from": "08:00", "to": "10:00" } });
    check(window, &[8, 9, 32, 33, 56, 57, 80, 81]);
    let window = json!({ "time": { "from": "08:00", "to": "10:00", "days": ["tuesday"] } });
    check(window, &[32, 33]);
}

#[test]
fn a_window_over_midnight_belongs_to_the_day_of_its_start() {
    let window = json!({ "time": { "from": "23:00", "to": "01:00", "days": ["monday"] } });
    check(window, &[23, 24]);
}

#[test]
fn zones_have_their_own_clocks() {
    let window = json!({ "time": { "from": "09:00", "to": "10:00", "zone": "Asia/Tokyo", "days": ["wednesday"] } });
    check(window, &[48]);
    let window = json!({ "time": { "from": "09:00", "to": "10:00", "zone": "America/New_York", "days": ["wednesday"] } });
    check(window, &[62]);
}

#[test]
fn sessions_are_windows_of_their_places() {
    let in_first_day = |name: &str| {
        let rows = hours().rows_with(&json!({ "session": name }), json!({}));
        rows.into_iter().map(|row| row + 1).filter(|hour| *hour <= 24).collect::<Vec<_>>()
    };
    assert_eq!(in_first_day("asia"), [1, 2, 3, 4, 5, 6, 7, 8, 24]);
    assert_eq!(in_first_day("london"), [8, 9, 10, 11, 12, 13, 14, 15, 16]);
    assert_eq!(in_first_day("new_york"), [13, 14, 15, 16, 17, 18, 19, 20, 21]);
    assert_eq!(in_first_day("asia_kill_zone"), [1, 2, 3, 4]);
    assert_eq!(in_first_day("london_kill_zone"), [7, 8, 9]);
    assert_eq!(in_first_day("new_york_kill_zone"), [12, 13, 14]);
    assert_eq!(in_first_day("london_close_kill_zone"), [15, 16]);
}
