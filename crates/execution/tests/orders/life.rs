//! What reports do to one order, in the order in which they come and out of it.

use domain::{
    ExecutionReport, ExpireReason, FillEnd, OrderId, OrderKind, RejectReason, Side, SleeveId,
};
use execution::{Applied, Ending, OrderBook, OrderError, OrderEvent, OrderState};
use risk::ExitAmount;

use crate::support::{
    NOW, accepted, cancel_all, cancelled, enter, fill, leave, part, price, quantity, rest,
};

fn state(book: &OrderBook, id: OrderId) -> Option<OrderState> {
    book.open().iter().find(|order| order.request.id == id).map(|order| order.state)
}

#[test]
fn an_order_is_sent_accepted_filled_in_parts_and_gone() {
    let mut book = OrderBook::default();
    let order = enter(&mut book, "3");
    assert_eq!(state(&book, order.id), Some(OrderState::Sending));
    assert_eq!(book.apply(&accepted(order.id)), Ok(Applied::Resting));
    assert_eq!(state(&book, order.id), Some(OrderState::Accepted));
    let Ok(Applied::Filled { order: after }) = book.apply(&part(&order, "1")) else { panic!() };
    assert_eq!((after.state, after.filled), (OrderState::PartiallyFilled, Some(quantity("1"))));
    let Ok(Applied::Filled { order: after }) = book.apply(&rest(&order, "2")) else { panic!() };
    assert_eq!((after.state, after.filled), (OrderState::Filled, Some(quantity("3"))));
    assert!(book.open().is_empty());
}

#[test]
fn ids_ascend_from_one() {
    let mut book = OrderBook::default();
    let ids: Vec<u64> = (0..3).map(|_| enter(&mut book, "1").id.number()).collect();
    assert_eq!(ids, [1, 2, 3]);
}

#[test]
fn a_fill_may_come_before_the_acceptance_and_after_a_cancel_request() {
    let mut book = OrderBook::default();
    let order = enter(&mut book, "2");
    assert!(matches!(book.apply(&part(&order, "1")), Ok(Applied::Filled { .. })));
    assert_eq!(book.apply(&accepted(order.id)), Ok(Applied::Resting));
    assert_eq!(state(&book, order.id), Some(OrderState::PartiallyFilled));
    assert_eq!(cancel_all(&mut book), [order.id]);
    assert!(matches!(book.apply(&rest(&order, "1")), Ok(Applied::Filled { .. })));
    assert!(book.open().is_empty());
}

#[test]
fn a_late_fill_after_the_cancel_is_booked() {
    let mut book = OrderBook::default();
    let order = enter(&mut book, "2");
    cancel_all(&mut book);
    let ended = book.apply(&cancelled(order.id)).unwrap();
    assert!(matches!(ended, Applied::Ended { how: Ending::Cancelled, .. }));
    let Ok(Applied::Filled { order: late }) = book.apply(&part(&order, "1.5")) else { panic!() };
    assert_eq!((late.state, late.filled), (OrderState::Cancelled, Some(quantity("1.5"))));
    assert!(book.open().is_empty(), "it does not come back to life");
}

#[test]
fn late_fills_are_remembered_for_the_newest_orders_only() {
    let mut book = OrderBook::default();
    let orders: Vec<_> = (0..65).map(|_| enter(&mut book, "1")).collect();
    for order in &orders {
        book.apply(&cancelled(order.id)).unwrap();
    }
    assert_eq!(book.apply(&part(&orders[0], "1")), Err(OrderError::NotKnown(orders[0].id)));
    assert!(matches!(book.apply(&part(&orders[1], "1")), Ok(Applied::Filled { .. })));
    assert!(matches!(book.apply(&part(&orders[64], "1")), Ok(Applied::Filled { .. })));
}

#[test]
fn repeated_reports_change_nothing() {
    let mut book = OrderBook::default();
    let order = enter(&mut book, "1");
    book.apply(&accepted(order.id)).unwrap();
    assert_eq!(book.apply(&accepted(order.id)), Ok(Applied::Resting));
    book.apply(&cancelled(order.id)).unwrap();
    assert_eq!(book.apply(&cancelled(order.id)), Ok(Applied::Resting));
    assert_eq!(book.apply(&accepted(order.id)), Ok(Applied::Resting));
}

#[test]
fn a_repeated_last_fill_is_an_overfill() {
    let mut book = OrderBook::default();
    let order = enter(&mut book, "1");
    book.apply(&rest(&order, "1")).unwrap();
    let error = book.apply(&rest(&order, "1")).unwrap_err();
    let (ordered, was) = (quantity("1"), quantity("2"));
    assert_eq!(error, OrderError::Overfilled { order: order.id, ordered, was });
    assert_eq!(error.to_string(), "order 1: 2 was filled, 1 was ordered");
}

#[test]
fn more_than_ordered_is_refused_and_changes_nothing() {
    let mut book = OrderBook::default();
    let order = enter(&mut book, "2");
    book.apply(&part(&order, "1.5")).unwrap();
    assert!(matches!(book.apply(&part(&order, "0.51")), Err(OrderError::Overfilled { .. })));
    assert_eq!(book.open()[0].filled, Some(quantity("1.5")));
    assert!(book.apply(&rest(&order, "0.5")).is_ok());
}

#[test]
fn an_order_for_whatever_is_held_has_no_bound() {
    let mut book = OrderBook::default();
    let order = leave(&mut book, OrderKind::Market, ExitAmount::ClosePosition);
    assert!(book.apply(&rest(&order, "12345")).is_ok());
}

#[test]
fn executions_of_another_side_or_position_are_refused() {
    let mut book = OrderBook::default();
    let order = enter(&mut book, "1");
    let mut other_side = fill(&order, "1", FillEnd::Complete);
    other_side.side = Side::Sell;
    let mut other_position = fill(&order, "1", FillEnd::Complete);
    other_position.position.instrument = domain::InstrumentId::new(7);
    for wrong in [other_side, other_position] {
        let report = ExecutionReport::Filled(wrong);
        assert_eq!(book.apply(&report), Err(OrderError::Mismatch(order.id)));
    }
    assert_eq!(state(&book, order.id), Some(OrderState::Sending));
}

#[test]
fn orders_nobody_sent_are_not_known() {
    let mut book = OrderBook::default();
    let id = OrderId::new(99);
    for report in [accepted(id), cancelled(id)] {
        assert_eq!(book.apply(&report), Err(OrderError::NotKnown(id)));
    }
    assert_eq!(book.lose_answer(id), Err(OrderError::NotKnown(id)));
    assert_eq!(book.prove_absent(id), Err(OrderError::NotKnown(id)));
}

#[test]
fn a_refusal_and_an_expiry_end_an_order_with_their_reasons() {
    let mut book = OrderBook::default();
    let (one, two) = (enter(&mut book, "1"), enter(&mut book, "1"));
    let reason = RejectReason::NothingToReduce;
    let rejected = ExecutionReport::Rejected { order: one.id, time: NOW, reason };
    let Ok(Applied::Ended { how, .. }) = book.apply(&rejected) else { panic!() };
    assert_eq!(how, Ending::Rejected(reason));
    let reason = ExpireReason::WouldTake;
    let expired = ExecutionReport::Expired { order: two.id, time: NOW, reason };
    let Ok(Applied::Ended { how, .. }) = book.apply(&expired) else { panic!() };
    assert_eq!(how, Ending::Expired(reason));
}

#[test]
fn a_part_filled_order_cannot_be_refused() {
    let mut book = OrderBook::default();
    let order = enter(&mut book, "2");
    book.apply(&part(&order, "1")).unwrap();
    let reason = RejectReason::NotTrading;
    let rejected = ExecutionReport::Rejected { order: order.id, time: NOW, reason };
    assert!(matches!(
        book.apply(&rejected),
        Err(OrderError::Transition { error, .. }) if error.event == OrderEvent::Reject
    ));
    assert_eq!(state(&book, order.id), Some(OrderState::PartiallyFilled), "unchanged");
}

#[test]
fn an_order_of_unknown_fate_is_found_or_proven_absent() {
    let mut book = OrderBook::default();
    let (lost, found, filled) =
        (enter(&mut book, "1"), enter(&mut book, "1"), enter(&mut book, "1"));
    for order in [&lost, &found, &filled] {
        book.lose_answer(order.id).unwrap();
        assert_eq!(state(&book, order.id), Some(OrderState::Unknown));
    }
    let Ok(Applied::Ended { order, how }) = book.prove_absent(lost.id) else { panic!() };
    assert_eq!((order.state, how), (OrderState::Absent, Ending::Absent));
    book.apply(&accepted(found.id)).unwrap();
    assert_eq!(state(&book, found.id), Some(OrderState::Accepted));
    assert!(book.prove_absent(found.id).is_err(), "it is known to exist");
    assert!(matches!(book.apply(&rest(&filled, "1")), Ok(Applied::Filled { .. })));
}

#[test]
fn a_cancel_of_an_order_of_unknown_fate_is_sent_again_once_it_is_known() {
    let mut book = OrderBook::default();
    let order = enter(&mut book, "1");
    book.lose_answer(order.id).unwrap();
    assert_eq!(cancel_all(&mut book), [order.id]);
    assert_eq!(
        state(&book, order.id),
        Some(OrderState::Unknown),
        "first find out whether it exists"
    );
    book.apply(&accepted(order.id)).unwrap();
    assert_eq!(cancel_all(&mut book), [order.id]);
    assert_eq!(state(&book, order.id), Some(OrderState::CancelPending));
    assert_eq!(cancel_all(&mut book), [], "once is enough");
    assert!(matches!(
        book.apply(&cancelled(order.id)),
        Ok(Applied::Ended { how: Ending::Cancelled, .. })
    ));
}

#[test]
fn an_accepted_order_cannot_lose_its_answer() {
    let mut book = OrderBook::default();
    let order = enter(&mut book, "1");
    book.apply(&accepted(order.id)).unwrap();
    assert!(matches!(book.lose_answer(order.id), Err(OrderError::Transition { .. })));
}

#[test]
fn a_cancel_whose_answer_is_lost_leaves_the_order_unknown() {
    let mut book = OrderBook::default();
    let order = enter(&mut book, "1");
    book.apply(&accepted(order.id)).unwrap();
    cancel_all(&mut book);
    book.lose_answer(order.id).unwrap();
    assert_eq!(state(&book, order.id), Some(OrderState::Unknown));
    assert!(matches!(book.apply(&part(&order, "0.4")), Ok(Applied::Filled { .. })));
}

#[test]
fn market_exits_are_under_way_until_they_are_filled_or_taken_back() {
    let mut book = OrderBook::default();
    let count = |book: &OrderBook, sleeve| book.market_exits(SleeveId::new(sleeve)).count();
    leave(&mut book, OrderKind::stop(price("90")), ExitAmount::Reduce(quantity("1")));
    assert_eq!(count(&book, 1), 0);
    let exit = leave(&mut book, OrderKind::Market, ExitAmount::Reduce(quantity("1")));
    assert_eq!((count(&book, 1), count(&book, 0)), (1, 0));
    book.apply(&rest(&exit, "1")).unwrap();
    assert_eq!(count(&book, 1), 0);
    leave(&mut book, OrderKind::Market, ExitAmount::Reduce(quantity("1")));
    assert_eq!(count(&book, 1), 1);
    cancel_all(&mut book);
    assert_eq!(count(&book, 1), 0);
}

#[test]
fn what_is_left_of_an_order_shrinks_with_its_fills() {
    let mut book = OrderBook::default();
    let stop = OrderKind::stop(price("90"));
    let exit = leave(&mut book, stop, ExitAmount::Reduce(quantity("1")));
    leave(&mut book, stop, ExitAmount::ClosePosition);
    let left = |book: &OrderBook, place: usize| book.open()[place].left();
    assert_eq!(left(&book, 0), Some(quantity("1")));
    book.apply(&part(&exit, "0.4")).unwrap();
    assert_eq!(left(&book, 0), Some(quantity("0.6")));
    assert_eq!(left(&book, 1), None, "whatever is held");
}
