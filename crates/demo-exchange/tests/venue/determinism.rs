//! Equal seeds and equal inputs give equal outputs, byte for byte, however time is cut.

use demo_exchange::{Options, Sent};

use crate::support::{Venue, options};

const FAULTS: &str = "klines:503@0.2; klines:nan@0.2; ws.kline:drop@0.05; ws.aggTrade:duplicate@0.1; ws.depth:delay=700@0.2; ws.kline:revise@0.3";

/// Everything a client could see in ten minutes.
fn transcript(seed: u64, step: i64) -> Vec<String> {
    let mut venue = Venue::new(Options { seed, faults: FAULTS.parse().unwrap(), ..options() });
    let market =
        venue.connect("/market/stream?streams=btcusdt@kline_1m/ethusdt@aggTrade/!markPrice@arr");
    let public = venue.connect("/public/stream?streams=solusdt@depth/btcusdt@bookTicker");
    let mut seen = Vec::new();
    for _ in 0..10 {
        for _ in 0..60_000 / step {
            venue.pass(step);
        }
        for socket in [market, public] {
            seen.extend(
                venue.exchange.frames(socket).into_iter().map(|sent: Sent| format!("{sent:?}")),
            );
        }
        let delivery = venue.ask("/fapi/v1/klines?symbol=BTCUSDT&interval=5m&limit=9");
        seen.push(format!("{:?} {}", delivery.way, String::from_utf8_lossy(&delivery.reply.body)));
    }
    let faults = venue.exchange.truth().faults();
    seen.extend(faults.map(|fault| format!("{fault:?}")));
    seen
}

#[test]
fn two_runs_with_one_seed_are_identical() {
    let first = transcript(7, 1_000);
    assert!(first.len() > 2_000, "{}", first.len());
    assert_eq!(first, transcript(7, 1_000));
    assert_eq!(first, transcript(7, 20_000), "how time is cut does not show");
    assert_ne!(first, transcript(8, 1_000));
}
