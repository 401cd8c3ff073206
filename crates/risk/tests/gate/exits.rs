//! Exits: never more than is held, never stopped by a lock.

use domain::{ExitReason, OrderAmount, OrderKind, PositionKey, PositionSide, Side, SleeveId};
use risk::{ExitAmount, ExitTicket, Gate, Refusal, RiskRules};

use crate::support::{Setup, at, hedge, money, position, quantity};

fn exit(position: PositionKey, side: Side, amount: ExitAmount) -> ExitTicket {
    let (sleeve, kind, reason) = (SleeveId::new(0), OrderKind::Market, ExitReason::Signal);
    ExitTicket { sleeve, position, side, kind, amount, reason }
}

fn gate() -> Gate {
    Setup::with(RiskRules::default()).gate()
}

#[test]
fn exits_never_exceed_what_is_held() {
    let review = |amount, held| {
        gate().review_exit(exit(position(0), Side::Sell, amount), quantity(held)).err()
    };
    let two = ExitAmount::Reduce(quantity("2"));
    assert_eq!(review(two, "2"), None);
    let refusal = Refusal::ExitExceedsHeld { held: quantity("1.99"), was: quantity("2") };
    assert_eq!(review(two, "1.99"), Some(refusal));
    assert_eq!(refusal.code(), "EXIT_EXCEEDS_HELD");
    assert_eq!(review(ExitAmount::ClosePosition, "1"), None);
}

#[test]
fn exits_cannot_have_the_side_that_opens() {
    let review = |position, side| {
        gate().review_exit(exit(position, side, ExitAmount::ClosePosition), quantity("1")).err()
    };
    assert_eq!(review(hedge(0, PositionSide::Long), Side::Sell), None);
    assert_eq!(review(hedge(0, PositionSide::Long), Side::Buy), Some(Refusal::ExitOpens));
    assert_eq!(review(hedge(0, PositionSide::Short), Side::Sell), Some(Refusal::ExitOpens));
    assert_eq!(review(position(0), Side::Buy), None);
    assert_eq!(Refusal::ExitOpens.code(), "EXIT_OPENS");
}

#[test]
fn locks_do_not_hold_exits_back() {
    let mut gate = gate();
    gate.deplete(at("2023-01-01"), money("0"));
    let closing = exit(position(0), Side::Sell, ExitAmount::ClosePosition);
    assert_eq!(gate.review_exit(closing, quantity("1")).map(|it| *it.get()), Ok(closing));
}

#[test]
fn exit_amounts_only_reduce() {
    let reduce = OrderAmount::from(ExitAmount::Reduce(quantity("1")));
    assert_eq!(reduce, OrderAmount::Reduce(quantity("1")));
    assert_eq!(OrderAmount::from(ExitAmount::ClosePosition), OrderAmount::ClosePosition);
}
