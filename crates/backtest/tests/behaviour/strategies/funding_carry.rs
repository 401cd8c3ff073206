//! `FUNDING_CARRY`: settled rates, thresholds, stop.

use backtest::Settlement;
use domain::Timestamp;

use super::{Play, levels, play, still};
use crate::support::rate;

const SETTINGS: &[(&str, &str)] =
    &[("settlements", "2"), ("enter", "0.0002"), ("leave", "0.0001"), ("stop_loss", "0.1")];

/// Settlements at these minutes; the rates are in units of 0.0001.
fn carry(candles: &[[i64; 4]], settlements: &[(i64, i64)]) -> Play {
    let mut given = play("FUNDING_CARRY", SETTINGS, candles);
    let settlement = |(minute, units): &(i64, i64)| Settlement {
        time: Timestamp::from_millis(minute * 60_000),
        rate: rate(&domain::Decimal::new(*units, 4).to_string()),
        mark: None,
    };
    given.data.instruments[0].funding = settlements.iter().map(settlement).collect();
    given
}

#[test]
fn the_paid_side_is_held_until_the_rate_fades() {
    // Means 0.0002, which is not above the threshold, 0.0003, 0.0002, 0.00005.
    let settlements = [(1, 1), (3, 3), (5, 3), (7, 1), (9, 0)];
    let result = carry(&[still(100); 12], &settlements).run();
    let trade = &result.trades[0];
    assert_eq!(
        (trade.direction, trade.entry_time.millis(), trade.exit_time.millis()),
        (domain::Direction::Short, 300_000, 540_000)
    );
    assert_eq!(levels(trade), ("110".to_owned(), "none".to_owned()));
    // 10 units at 100 receive 0.0001 of 1000 at minute 7 and nothing at minute 9.
    assert_eq!(trade.quantity.to_string(), "10");
    assert_eq!((result.trades.len(), trade.exit_reason), (1, domain::ExitReason::Signal));
}

#[test]
fn the_other_side_is_entered_in_the_same_go() {
    let settlements = [(1, 5), (3, 5), (5, -10), (7, -10)];
    let result = carry(&[still(100); 10], &settlements).run();
    let told: Vec<_> =
        result.trades.iter().map(|it| (it.direction, it.entry_time.millis() / 60_000)).collect();
    assert_eq!(told, [(domain::Direction::Short, 3), (domain::Direction::Long, 5)]);
}

#[test]
fn a_stop_is_not_followed_by_an_entry_before_the_next_settlement() {
    let mut candles = [still(100); 10];
    candles[4] = [100, 111, 100, 100];
    let result = carry(&candles, &[(1, 5), (3, 5), (7, 5)]).run();
    let told: Vec<_> = result
        .trades
        .iter()
        .map(|it| {
            (it.entry_time.millis() / 60_000, it.exit_price.to_string(), it.exit_reason.to_string())
        })
        .collect();
    let end = |minute, price: &str, reason: &str| (minute, price.to_owned(), reason.to_owned());
    assert_eq!(told, [end(3, "110", "Stop Loss"), end(7, "100", "Strategy End")]);
}

#[test]
fn without_enough_settlements_nothing_is_traded() {
    carry(&[still(100); 10], &[]).check(&[]);
    carry(&[still(100); 10], &[(5, 50)]).check(&[]);
}
