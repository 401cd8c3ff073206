//! Laws over random sequences of reports.

use std::collections::BTreeMap;

use domain::{Decimal, ExecutionReport, ExpireReason, FillEnd, OrderId, RejectReason};
use execution::{Applied, OrderBook, OrderEvent, OrderState, next_state};
use proptest::prelude::*;

use crate::support::{NOW, accepted, cancelled, enter, fill};

/// What may happen to one of the first orders, wherever it stands.
#[derive(Clone, Debug)]
enum Happening {
    Accept,
    Fill(i64, FillEnd),
    RequestCancel,
    Cancel,
    Reject,
    Expire,
    LoseAnswer,
    ProveAbsent,
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        Just(Happening::Accept),
        (1i64..60, prop_oneof![Just(FillEnd::Partial), Just(FillEnd::Complete)])
            .prop_map(|(amount, end)| Happening::Fill(amount, end)),
        Just(Happening::RequestCancel),
        Just(Happening::Cancel),
        Just(Happening::Reject),
        Just(Happening::Expire),
        Just(Happening::LoseAnswer),
        Just(Happening::ProveAbsent),
    ]
}

fn report(happening: &Happening, order: OrderId) -> Option<ExecutionReport> {
    let time = NOW;
    match happening {
        Happening::Accept => Some(accepted(order)),
        Happening::Cancel => Some(cancelled(order)),
        Happening::Reject => {
            let reason = RejectReason::NotTrading;
            Some(ExecutionReport::Rejected { order, time, reason })
        }
        Happening::Expire => {
            let reason = ExpireReason::TimeInForce;
            Some(ExecutionReport::Expired { order, time, reason })
        }
        Happening::Fill(..)
        | Happening::RequestCancel
        | Happening::LoseAnswer
        | Happening::ProveAbsent => None,
    }
}

fn event(happening: &Happening) -> OrderEvent {
    match happening {
        Happening::Accept => OrderEvent::Accept,
        Happening::Fill(_, FillEnd::Partial) => OrderEvent::FillPart,
        Happening::Fill(_, FillEnd::Complete) => OrderEvent::FillRest,
        Happening::RequestCancel => OrderEvent::RequestCancel,
        Happening::Cancel => OrderEvent::Cancel,
        Happening::Reject => OrderEvent::Reject,
        Happening::Expire => OrderEvent::Expire,
        Happening::LoseAnswer => OrderEvent::LoseAnswer,
        Happening::ProveAbsent => OrderEvent::ProveAbsent,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn the_book_follows_the_table_and_never_fills_beyond_an_order(
        story in proptest::collection::vec((0usize..3, happening()), 1..40),
    ) {
        let mut book = OrderBook::default();
        let orders: Vec<_> = (0..3).map(|_| enter(&mut book, "1")).collect();
        let mut filled: BTreeMap<OrderId, Decimal> = BTreeMap::new();
        for (number, happening) in story {
            let order = &orders[number];
            let before = book.open().iter().find(|it| it.request.id == order.id).copied();
            let applied = match &happening {
                Happening::Fill(amount, end) => {
                    let mut fill = fill(order, "1", *end);
                    fill.quantity = domain::Quantity::new(Decimal::new(*amount, 2)).unwrap();
                    Some(book.apply(&ExecutionReport::Filled(fill)))
                }
                Happening::RequestCancel => {
                    book.cancel(|it| it.request.id == order.id, |_| ());
                    None
                }
                Happening::LoseAnswer => {
                    let _ = book.lose_answer(order.id); // Refused in most states.
                    None
                }
                Happening::ProveAbsent => Some(book.prove_absent(order.id)),
                Happening::Accept | Happening::Cancel | Happening::Reject | Happening::Expire => {
                    report(&happening, order.id).map(|report| book.apply(&report))
                }
            };
            if let (Some(Ok(Applied::Filled { .. })), Happening::Fill(amount, _)) =
                (&applied, &happening)
            {
                *filled.entry(order.id).or_default() += Decimal::new(*amount, 2);
            }
            prop_assert!(filled.values().all(|sum| *sum <= Decimal::ONE));
            let after = book.open().iter().find(|it| it.request.id == order.id).copied();
            match (before, after) {
                (Some(before), Some(after)) if before.state != after.state => {
                    prop_assert_eq!(next_state(before.state, event(&happening)), Ok(after.state));
                }
                (Some(before), None) => {
                    let ended = next_state(before.state, event(&happening));
                    prop_assert!(ended.is_ok_and(OrderState::is_terminal));
                }
                (None, Some(_)) => prop_assert!(false, "an ended order came back"),
                (Some(_), Some(_)) | (None, None) => {}
            }
        }
    }
}
