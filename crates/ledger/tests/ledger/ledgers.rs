//! One ledger, case by case.

use domain::{Direction, Fill, Money, PositionSide, Price, Side};
use ledger::{Account, Ledger, LedgerError, Position};

use crate::support::*;

fn held(direction: Direction, amount: &str, cost: &str) -> Position {
    Position { direction, quantity: quantity(amount), cost: money(cost) }
}

fn with_commission(fill: Fill, commission: &str) -> Fill {
    Fill { commission: money(commission), ..fill }
}

#[test]
fn a_round_trip_moves_the_wallet_by_profit_less_fees() {
    // Live frames of 2024-11: 0.002 BTC, wallet 642.76097079 before the close, 640.89671759 after.
    let mut ledger = Ledger::with_capital(1, money("642.85271069"));
    let entry = with_commission(buy(one_way(0), "0.002", "91739.90"), "0.0917399");
    let booked = ledger.fill(&entry).unwrap();
    assert_eq!((booked.opened, booked.closed), (Some(quantity("0.002")), None));
    assert_eq!(ledger.balance(Account::Wallet), money("642.76097079"));
    assert_eq!(ledger.balance(Account::PositionCost), money("183.4798"));

    let exit = with_commission(sell(one_way(0), "0.002", "90853.20"), "0.0908532");
    let booked = ledger.fill(&exit).unwrap();
    assert_eq!((booked.opened, booked.closed), (None, Some(quantity("0.002"))));
    assert_eq!(booked.realised, money("-1.7734"));
    assert_eq!(booked.released_cost, money("183.4798"));
    let expected = [
        (Account::Wallet, money("640.89671759")),
        (Account::Capital, money("-642.85271069")),
        (Account::RealisedPnl, money("1.7734")),
        (Account::Commission, money("0.1825931")),
    ];
    assert_eq!(balances(&ledger), expected);
    assert!(!ledger.has_positions());
}

#[test]
fn a_fill_through_zero_closes_the_old_side_and_opens_the_rest_at_its_price() {
    let mut ledger = Ledger::new(1);
    ledger.fill(&buy(one_way(0), "2", "100")).unwrap();
    let booked = ledger.fill(&with_commission(sell(one_way(0), "5", "110"), "0.55")).unwrap();
    assert_eq!((booked.closed, booked.opened), (Some(quantity("2")), Some(quantity("3"))));
    assert_eq!((booked.realised, booked.released_cost), (money("20"), money("200")));
    assert_eq!(ledger.position(one_way(0)), Some(&held(Direction::Short, "3", "330")));
    assert_eq!(ledger.balance(Account::PositionCost), money("-330"));

    let booked = ledger.fill(&buy(one_way(0), "4", "120")).unwrap();
    assert_eq!((booked.closed, booked.opened), (Some(quantity("3")), Some(quantity("1"))));
    assert_eq!(booked.realised, money("-30"));
    assert_eq!(ledger.position(one_way(0)), Some(&held(Direction::Long, "1", "120")));
    assert_eq!(ledger.balance(Account::Wallet), money("-10.55"));
    ledger.check().unwrap();
}

#[test]
fn a_turn_whose_notional_does_not_fit_splits_it_exactly() {
    let mut ledger = Ledger::new(1);
    ledger.fill(&buy(one_way(0), "0.00000001", "1")).unwrap();
    let booked = ledger.fill(&sell(one_way(0), "0.00000003", "0.00000025")).unwrap();
    // 7.5e-15 settles to 1e-14; its parts 2.5e-15 and 5e-15 would settle to nothing.
    assert_eq!(ledger.position(one_way(0)).unwrap().cost, money("0.00000000000001"));
    assert_eq!(booked.realised, money("-0.00000001"));
    ledger.check().unwrap();
}

#[test]
fn partial_exits_take_their_share_of_an_average_that_never_ends() {
    let mut ledger = Ledger::new(1);
    ledger.fill(&buy(one_way(0), "1", "100")).unwrap();
    ledger.fill(&buy(one_way(0), "2", "100.1")).unwrap();
    let average = ledger.position(one_way(0)).unwrap().average_price();
    assert_eq!(average, Some(price("100.06666666666667")));

    let booked = ledger.fill(&sell(one_way(0), "1", "101")).unwrap();
    assert_eq!(booked.released_cost, money("100.06666666666667"));
    assert_eq!(booked.realised, money("0.93333333333333"));
    let rest = held(Direction::Long, "2", "200.13333333333333");
    assert_eq!(ledger.position(one_way(0)), Some(&rest));

    let booked = ledger.fill(&sell(one_way(0), "2", "99")).unwrap();
    assert_eq!(booked.realised, money("-2.13333333333333"));
    assert_eq!(ledger.balance(Account::Wallet), money("-1.2"));
}

#[test]
fn both_sides_of_a_hedged_instrument_live_side_by_side() {
    let (long, short) = (key(1, PositionSide::Long), key(1, PositionSide::Short));
    let mut ledger = Ledger::new(2);
    ledger.fill(&buy(long, "2", "100")).unwrap();
    ledger.fill(&sell(short, "3", "110")).unwrap();
    let open =
        [(long, held(Direction::Long, "2", "200")), (short, held(Direction::Short, "3", "330"))];
    assert!(ledger.positions().eq(open.iter().map(|(key, position)| (*key, position))));
    assert_eq!(ledger.balance(Account::PositionCost), money("-130"));
    assert_eq!(ledger.unrealised(|_| Some(price("105"))), money("25"));

    let exceeds = ledger.fill(&buy(short, "3.5", "105")).unwrap_err();
    let expected =
        "an exit of 3.5 of the short position of instrument 1 was filled while 3 is held";
    assert_eq!(exceeds.to_string(), expected);
    ledger.fill(&buy(short, "3", "105")).unwrap();
    assert_eq!(ledger.position(short), None);
    assert_eq!(ledger.position(long), Some(&open[0].1));
    assert_eq!(ledger.balance(Account::Wallet), money("15"));
}

/// Books a fill and expects that the next one is refused and changes nothing.
fn check_refused(open: Fill, refused: Fill, words: &str) {
    let mut ledger = Ledger::with_capital(1, money("1000"));
    ledger.fill(&open).unwrap();
    let before = (balances(&ledger), ledger.positions().map(|(_, held)| *held).collect::<Vec<_>>());
    let refusal = ledger.fill(&refused).unwrap_err().to_string();
    assert_eq!(refusal, words);
    let after = (balances(&ledger), ledger.positions().map(|(_, held)| *held).collect::<Vec<_>>());
    assert_eq!(after, before, "{words}");
}

#[test]
fn fills_that_do_not_fit_book_nothing() {
    let (long, short) = (key(0, PositionSide::Long), key(0, PositionSide::Short));
    check_refused(
        buy(long, "1", "100"),
        sell(long, "1.5", "100"),
        "an exit of 1.5 of the long position of instrument 0 was filled while 1 is held",
    );
    check_refused(
        buy(long, "1", "100"),
        buy(short, "1", "100"),
        "an exit of 1 of the short position of instrument 0 was filled while nothing is held",
    );
    check_refused(
        buy(long, "1", "100"),
        buy(one_way(1), "1", "100"),
        "the one-way position of instrument 1 is unknown: expected an instrument below 1",
    );
    check_refused(
        sell(one_way(0), "1", "100"),
        buy(long, "1", "100"),
        "the long position of instrument 0 was changed while the one-way position of instrument 0 is open",
    );
}

#[test]
fn a_key_beyond_the_list_has_no_position() {
    assert_eq!(Ledger::new(1).position(one_way(7)), None);
}

#[test]
fn a_liquidation_books_loss_charges_and_insurance() {
    let mut ledger = Ledger::with_capital(1, money("10"));
    ledger.fill(&buy(one_way(0), "1", "100")).unwrap();
    let mut end = liquidation(one_way(0), Side::Sell, quantity("1"), price("89"));
    end.commission = money("0.0445");
    end.fee = money("1.1125");
    end.insurance = money("2.157");
    let booked = ledger.liquidation(&end).unwrap();
    assert_eq!((booked.closed, booked.realised), (Some(quantity("1")), money("-11")));
    let expected = [
        (Account::Capital, money("-10")),
        (Account::RealisedPnl, money("11")),
        (Account::Commission, money("0.0445")),
        (Account::LiquidationFee, money("1.1125")),
        (Account::Insurance, money("-2.157")),
    ];
    assert_eq!(balances(&ledger), expected);
    assert!(!ledger.has_positions());
}

#[test]
fn a_liquidation_of_something_else_is_refused() {
    let mut ledger = Ledger::new(1);
    let mut check = |side, amount, words: &str| {
        let end = liquidation(one_way(0), side, quantity(amount), price("89"));
        assert!(ledger.liquidation(&end).unwrap_err().to_string().contains(words));
        ledger.fill(&buy(one_way(0), "1", "100")).unwrap();
    };
    check(Side::Sell, "1", "sold 1 of the one-way position of instrument 0 while nothing is held");
    check(Side::Buy, "1", "bought 1 of the one-way position of instrument 0 while long 1 is held");
    check(Side::Sell, "1", "sold 1 of the one-way position of instrument 0 while long 2 is held");
    assert_eq!(ledger.balance(Account::PositionCost), money("300"));
}

#[test]
fn funding_deposits_and_adjustments_move_the_wallet_alone() {
    let mut ledger = Ledger::with_capital(1, money("100"));
    ledger.funding(&funding(one_way(0), money("-0.25")));
    ledger.funding(&funding(one_way(0), money("0.1")));
    ledger.deposit(money("50"));
    ledger.withdraw(money("20"));
    ledger.adjust(money("-0.01"));
    let expected = [
        (Account::Wallet, money("129.84")),
        (Account::Capital, money("-100")),
        (Account::Funding, money("0.15")),
        (Account::Adjustment, money("0.01")),
        (Account::Transfer, money("-30")),
    ];
    assert_eq!(balances(&ledger), expected);
}

#[test]
fn equity_counts_positions_without_a_mark_at_cost() {
    let mut ledger = Ledger::with_capital(3, money("1000"));
    ledger.fill(&buy(one_way(0), "1", "100")).unwrap();
    ledger.fill(&sell(one_way(2), "2", "50")).unwrap();
    let marks: [Option<Price>; 3] = [Some(price("103")), None, None];
    assert_eq!(ledger.equity(|instrument| marks[instrument.index()]), money("1003"));
    let marks = [None, None, Some(price("49"))];
    assert_eq!(ledger.equity(|instrument| marks[instrument.index()]), money("1002"));
}

#[test]
fn positions_are_listed_by_their_place() {
    let mut ledger = Ledger::new(9);
    for instrument in [5, 1, 8, 3, 0, 7] {
        ledger.fill(&buy(one_way(instrument), "1", "100")).unwrap();
    }
    ledger.fill(&sell(one_way(3), "1", "100")).unwrap();
    let open: Vec<usize> = ledger.positions().map(|(key, _)| key.instrument.index()).collect();
    assert_eq!(open, [0, 1, 5, 7, 8]);
}

#[test]
fn lines_of_a_fill_name_every_account_it_moves() {
    let mut ledger = Ledger::new(1);
    ledger.fill(&buy(one_way(0), "1", "100")).unwrap();
    let booked = ledger.fill(&with_commission(sell(one_way(0), "1", "101"), "0.05")).unwrap();
    let lines: Vec<_> = booked.posting().lines().map(|line| (line.account, line.amount)).collect();
    let expected = [
        (Account::Wallet, money("1")),
        (Account::RealisedPnl, money("-1")),
        (Account::Commission, money("0.05")),
        (Account::Wallet, money("-0.05")),
        (Account::Clearing, money("100")),
        (Account::PositionCost, money("-100")),
    ];
    assert_eq!(lines, expected);
    let sum: Money = booked.posting().lines().map(|line| line.amount).sum();
    assert_eq!(sum, Money::ZERO);
}

#[test]
fn the_refusal_of_an_unknown_instrument_carries_its_numbers() {
    let refusal = Ledger::new(2).fill(&buy(one_way(2), "1", "1")).unwrap_err();
    let expected = LedgerError::UnknownInstrument { position: one_way(2), instruments: 2 };
    assert_eq!(refusal, expected);
}
