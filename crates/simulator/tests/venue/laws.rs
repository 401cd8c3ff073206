//! Laws of the venue over random orders and candles.

use std::collections::BTreeMap;

use domain::{
    Decimal, ExecutionReport, FillEnd, Liquidity, Money, OrderAmount, OrderKind, OrderRequest,
    PositionMode, PositionSide, PriceKind, Quantity, Side, TimeInForce, VenueReport,
};
use proptest::prelude::*;
use simulator::{FillTime, IntrabarPolicy, LimitFill};

use crate::script::{Scenario, scenario};
use crate::support::{of, order, price, rate, trailing};

/// So many cases; seeds that failed are not kept in files.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

fn candle() -> impl Strategy<Value = [i64; 4]> {
    (-600i64..600, 0i64..500, 0i64..500, -400i64..400).prop_map(|(shift, up, down, body)| {
        let (open, close) = (10_000 + shift, 10_000 + shift + body);
        [open, open.max(close) + up, open.min(close) - down, close]
    })
}

fn level() -> impl Strategy<Value = f64> {
    (9_000i64..11_000).prop_map(cents)
}

fn cents(value: i64) -> f64 {
    Decimal::new(value, 2).to_string().parse().unwrap()
}

fn kind() -> impl Strategy<Value = OrderKind> {
    let watches = prop_oneof![Just(PriceKind::Last), Just(PriceKind::Mark)];
    let time_in_force = prop_oneof![
        Just(TimeInForce::GoodTilCancelled),
        Just(TimeInForce::ImmediateOrCancel),
        Just(TimeInForce::FillOrKill),
        Just(TimeInForce::PostOnly),
        (0i64..900_000).prop_map(|at| TimeInForce::GoodTilDate(domain::Timestamp::from_millis(at))),
    ];
    (0usize..7, level(), level(), watches, time_in_force).prop_map(
        |(number, one, other, watches, time_in_force)| {
            let (trigger, limit) = (price(one), price(other));
            match number {
                0 => OrderKind::Market,
                1 => OrderKind::Limit { price: limit, time_in_force },
                2 => OrderKind::StopMarket { trigger, watches },
                3 => OrderKind::StopLimit { trigger, price: limit, watches, time_in_force },
                4 => OrderKind::TakeProfitMarket { trigger, watches },
                5 => OrderKind::TakeProfitLimit { trigger, price: limit, watches, time_in_force },
                _ => trailing(None, "0.02"),
            }
        },
    )
}

fn amount() -> impl Strategy<Value = OrderAmount> {
    let quantity = (1i64..400).prop_map(|it| Quantity::new(Decimal::new(it, 2)).unwrap());
    prop_oneof![
        3 => quantity.clone().prop_map(OrderAmount::Trade),
        2 => quantity.prop_map(OrderAmount::Reduce),
        1 => Just(OrderAmount::ClosePosition),
    ]
}

type Wish = (bool, OrderKind, OrderAmount);

/// A scenario of twelve candles with up to three orders before each, in either position mode.
fn wild() -> impl Strategy<Value = Scenario> {
    let wish = (any::<bool>(), kind(), amount());
    let step = (proptest::collection::vec(wish, 0..3), candle(), candle(), 0i64..40);
    let settings = (0usize..4, 0usize..3, any::<bool>(), any::<bool>(), any::<bool>(), 1i64..20);
    (proptest::collection::vec(step, 12), settings).prop_map(|(steps, settings)| {
        let (policy, fill_time, touches, capped, hedged, leverage) = settings;
        let mut given = scenario().with(|it| {
            it.intrabar = IntrabarPolicy::ALL[policy];
            it.fill_time = FillTime::ALL[fill_time];
            it.limit_fill = if touches { LimitFill::Touch } else { LimitFill::Through };
            it.participation_max = capped.then(|| rate("0.1"));
            if hedged {
                it.position_mode = PositionMode::Hedge;
            }
        });
        given = given.isolated(leverage);
        given.wallet = Money::new(Decimal::from(200));
        let mut id = 0;
        for (wishes, last, mark, volume) in steps {
            for wish in wishes {
                id += 1;
                given = given.place(request(id, &wish, hedged));
            }
            let of = |candle: [i64; 4]| candle.map(cents);
            #[expect(clippy::cast_precision_loss, reason = "a small number")]
            let volume = volume as f64;
            given = given.candle_of(of(last), Some(of(mark)), volume);
        }
        given
    })
}

fn request(id: u64, (buys, kind, amount): &Wish, hedged: bool) -> OrderRequest {
    let side = if *buys { Side::Buy } else { Side::Sell };
    let request = order(id, side, *amount, *kind);
    if !hedged {
        return request;
    }
    // In hedge mode what trades opens its own side, and what reduces does not.
    let opens_long = *buys != amount.only_reduces();
    of(if opens_long { PositionSide::Long } else { PositionSide::Short }, request)
}

proptest! {
    #![proptest_config(config(1_500))]

    #[test]
    fn filled_never_exceeds_ordered_and_nothing_follows_an_end(given in wild()) {
        let outcome = given.run();
        let requests: BTreeMap<u64, OrderRequest> =
            given.placed().into_iter().map(|it| (it.id.number(), it)).collect();
        let mut filled: BTreeMap<u64, Decimal> = BTreeMap::new();
        let mut ended: Vec<u64> = Vec::new();
        for report in &outcome.reports {
            let VenueReport::Order(report) = report else { continue };
            let (id, ends) = match report {
                ExecutionReport::Filled(fill) => {
                    *filled.entry(fill.order.number()).or_default() += fill.quantity.decimal();
                    (fill.order.number(), fill.end == FillEnd::Complete)
                }
                ExecutionReport::Accepted { order, .. } => (order.number(), false),
                ExecutionReport::Rejected { order, .. }
                | ExecutionReport::Cancelled { order, .. }
                | ExecutionReport::Expired { order, .. } => (order.number(), true),
            };
            prop_assert!(!ended.contains(&id), "order {} lives on after its end: {:?}", id, outcome.lines);
            ended.extend(ends.then_some(id));
            if let (Some(sum), Some(ordered)) =
                (filled.get(&id), requests[&id].amount.quantity())
            {
                prop_assert!(*sum <= ordered.decimal(), "order {}: {:?}", id, outcome.lines);
            }
        }
    }

    #[test]
    fn takers_fill_inside_the_candle_and_limits_never_worse_than_their_price(given in wild()) {
        let outcome = given.run();
        let requests: BTreeMap<u64, OrderRequest> =
            given.placed().into_iter().map(|it| (it.id.number(), it)).collect();
        let candles = given.candles();
        for fill in &outcome.fills {
            let row = usize::try_from(fill.time.millis() / crate::support::MINUTE).unwrap();
            let [_, high, low, _] = candles[row.min(candles.len() - 1)];
            if fill.liquidity == Liquidity::Taker {
                // The close of a candle is the first instant of the next. Market orders fill there, and
                // what volume has left of stops.
                let kind = requests[&fill.order.number()].kind;
                let waits_for_close = given.settings.fill_time != FillTime::NextOpen
                    && !matches!(kind, OrderKind::Limit { .. });
                let close = row.checked_sub(1).map(|before| price(candles[before][3]));
                prop_assert!(
                    (fill.price >= price(low) && fill.price <= price(high))
                        || (waits_for_close && Some(fill.price) == close),
                    "{:?}", outcome.lines
                );
            }
            let limit = match requests[&fill.order.number()].kind {
                OrderKind::Limit { price, .. }
                | OrderKind::StopLimit { price, .. }
                | OrderKind::TakeProfitLimit { price, .. } => Some(price),
                OrderKind::Market
                | OrderKind::StopMarket { .. }
                | OrderKind::TakeProfitMarket { .. }
                | OrderKind::TrailingStop { .. } => None,
            };
            if let Some(limit) = limit {
                let is_kept = match fill.side {
                    Side::Buy => fill.price <= limit,
                    Side::Sell => fill.price >= limit,
                };
                prop_assert!(is_kept, "order {}: {:?}", fill.order.number(), outcome.lines);
            }
        }
    }

    #[test]
    fn an_isolated_account_never_owes_anything(given in wild()) {
        let outcome = given.run();
        prop_assert!(outcome.venue.account().cross_wallet() >= Money::ZERO, "{:?}", outcome.lines);
    }

    #[test]
    fn equal_scenarios_give_equal_reports(given in wild()) {
        prop_assert_eq!(given.run().reports, given.run().reports);
    }
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn an_immediate_round_trip_without_costs_returns_the_balance(
        candle in candle(),
        hundredths in 1i64..9_000,
        buys in any::<bool>(),
        scale in 0u32..8,
    ) {
        let quantity = Quantity::new(Decimal::new(hundredths, scale.max(2))).unwrap();
        let (enters, leaves) =
            if buys { (Side::Buy, Side::Sell) } else { (Side::Sell, Side::Buy) };
        let [open, high, low, close] = candle.map(cents);
        let outcome = scenario()
            .place(order(1, enters, OrderAmount::Trade(quantity), OrderKind::Market))
            .place(order(2, leaves, OrderAmount::ClosePosition, OrderKind::Market))
            .candle(open, high, low, close)
            .run();
        prop_assert_eq!(outcome.fills.len(), 2);
        prop_assert_eq!(outcome.venue.account().wallet(), Money::new(Decimal::from(10_000)));
        prop_assert!(outcome.venue.account().is_flat());
    }
}
