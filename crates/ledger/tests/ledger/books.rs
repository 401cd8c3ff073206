//! An account and its sleeves, case by case.

use domain::{Liquidation, Money, PositionKey, PositionSide, Side, SleeveId};
use ledger::{Account, Books, Netting};

use crate::support::*;

const A: SleeveId = SleeveId::new(0);
const B: SleeveId = SleeveId::new(1);
const C: SleeveId = SleeveId::new(2);

fn wallets(books: &Books) -> Vec<Money> {
    (0..3).map(|number| books.sleeve(SleeveId::new(number)).balance(Account::Wallet)).collect()
}

#[test]
fn the_only_sleeve_is_the_account() {
    let mut books = Books::new(1, money("1000"), 1);
    books.fill(A, &buy(one_way(0), "1", "100")).unwrap();
    let mut parts = Vec::new();
    books.funding(&funding(one_way(0), money("-0.1")), |sleeve, part| parts.push((sleeve, part)));
    assert_eq!(parts, [(A, money("-0.1"))]);
    assert_eq!(books.sleeve(A).balance(Account::Wallet), money("999.9"));
    assert!(std::ptr::eq(books.sleeve(A), books.account()));
    assert_eq!(books.netting().balance(Account::Wallet), Money::ZERO);
    assert!(books.fill(B, &buy(one_way(0), "1", "100")).is_err());
    books.check().unwrap();
}

#[test]
fn sleeves_realise_what_they_earned_though_the_account_averages() {
    let mut books = Books::new(1, money("1000"), 2);
    books.fill(A, &buy(one_way(0), "1", "100")).unwrap();
    books.fill(B, &buy(one_way(0), "1", "200")).unwrap();
    let booked = books.fill(A, &sell(one_way(0), "1", "160")).unwrap();
    assert_eq!(booked.realised, money("60"));
    assert_eq!(books.sleeve(A).balance(Account::Wallet), money("60"));
    // The venue averaged to 150 and has realised 10; the 50 between are in the cost of what is left.
    assert_eq!(books.account().balance(Account::Wallet), money("1010"));
    let netting = books.netting();
    assert_eq!(netting.balance(Account::Wallet), money("-50"));
    assert_eq!(netting.balance(Account::PositionCost), money("-50"));
    assert_eq!(netting.balance(Account::RealisedPnl), money("50"));
    books.check().unwrap();

    books.fill(B, &sell(one_way(0), "1", "160")).unwrap();
    assert_eq!(books.account().balance(Account::Wallet), money("1020"));
    assert_eq!(books.sleeve(B).balance(Account::Wallet), money("-40"));
    assert_eq!(books.netting(), Netting::default());
}

#[test]
fn sleeves_on_opposite_sides_of_a_one_way_position_net_out() {
    let mut books = Books::new(1, money("1000"), 2);
    books.fill(A, &buy(one_way(0), "3", "100")).unwrap();
    books.fill(B, &sell(one_way(0), "3", "110")).unwrap();
    assert!(!books.account().has_positions());
    assert_eq!(books.account().balance(Account::Wallet), money("1030"));
    assert_eq!(books.netting().balance(Account::Wallet), money("30"));
    books.check().unwrap();
    books.fill(B, &buy(one_way(0), "3", "120")).unwrap();
    books.fill(A, &sell(one_way(0), "3", "90")).unwrap();
    assert_eq!(books.account().balance(Account::Wallet), money("940"));
    assert_eq!(books.netting(), Netting::default());
}

#[test]
fn a_refused_fill_moves_neither_sleeve_nor_account() {
    let long = key(0, PositionSide::Long);
    let mut books = Books::new(1, money("1000"), 2);
    books.fill(A, &buy(long, "2", "100")).unwrap();
    books.fill(B, &buy(long, "1", "100")).unwrap();
    // The account holds enough, the sleeve does not.
    let refusal = books.fill(B, &sell(long, "2", "100")).unwrap_err();
    assert!(refusal.to_string().contains("an exit of 2"), "{refusal}");
    assert_eq!(books.account().position(long).unwrap().quantity, quantity("3"));
    assert_eq!(books.sleeve(B).position(long).unwrap().quantity, quantity("1"));
    let refusal = books.fill(C, &buy(long, "1", "100")).unwrap_err();
    assert_eq!(refusal.to_string(), "sleeve 2 is unknown: expected a sleeve below 2");
}

#[test]
fn a_fill_that_the_account_refuses_does_not_move_the_sleeve() {
    let mut books = Books::new(1, money("1000"), 2);
    books.fill(A, &buy(one_way(0), "2", "100")).unwrap();
    let refusal = books.fill(B, &buy(key(0, PositionSide::Long), "1", "100")).unwrap_err();
    assert!(refusal.to_string().contains("while the one-way position"), "{refusal}");
    assert!(!books.sleeve(B).has_positions());
    books.check().unwrap();
}

fn funding_parts(books: &mut Books, position: PositionKey, amount: &str) -> Vec<(SleeveId, Money)> {
    let mut parts = Vec::new();
    books.funding(&funding(position, money(amount)), |sleeve, part| parts.push((sleeve, part)));
    parts
}

#[test]
fn funding_is_split_over_three_sleeves_to_the_last_digit() {
    let mut books = Books::new(1, money("1000"), 3);
    for sleeve in [A, B, C] {
        books.fill(sleeve, &buy(one_way(0), "0.1", "100")).unwrap();
    }
    let third = money("-0.00333333333333");
    let parts = funding_parts(&mut books, one_way(0), "-0.01");
    assert_eq!(parts, [(A, third), (B, third), (C, money("-0.00333333333334"))]);
    assert_eq!(wallets(&books).into_iter().sum::<Money>(), money("-0.01"));
    assert_eq!(books.account().balance(Account::Wallet), money("999.99"));
    books.check().unwrap();
}

#[test]
fn funding_skips_who_holds_nothing_and_turns_for_the_other_side() {
    let mut books = Books::new(2, money("1000"), 3);
    books.fill(A, &sell(one_way(0), "1", "100")).unwrap();
    books.fill(B, &buy(one_way(1), "3", "100")).unwrap();
    books.fill(C, &buy(one_way(0), "3", "100")).unwrap();
    let parts = funding_parts(&mut books, one_way(0), "-0.2");
    assert_eq!(parts, [(A, money("0.1")), (C, money("-0.3"))]);
    books.check().unwrap();
}

#[test]
fn funding_of_a_position_that_is_gone_belongs_to_no_sleeve() {
    let mut books = Books::new(1, money("1000"), 3);
    assert_eq!(funding_parts(&mut books, one_way(0), "-0.2"), []);
    assert_eq!(books.unassigned(), money("-0.2"));
    assert_eq!(books.account().balance(Account::Wallet), money("999.8"));
    assert_eq!(books.netting(), Netting::default());
    books.check().unwrap();
}

fn shares(books: &mut Books, end: &Liquidation) -> Vec<(SleeveId, Liquidation, Money)> {
    let mut shares = Vec::new();
    books
        .liquidation(end, |sleeve, share, booked| shares.push((sleeve, *share, booked.realised)))
        .unwrap();
    shares
}

#[test]
fn a_liquidation_closes_every_share_and_splits_its_charges() {
    let mut books = Books::new(1, money("100"), 3);
    books.fill(A, &buy(one_way(0), "1", "100")).unwrap();
    books.fill(C, &buy(one_way(0), "2", "103")).unwrap();
    let mut end = liquidation(one_way(0), Side::Sell, quantity("3"), price("70"));
    end.commission = money("0.1");
    end.fee = money("2.6");
    end.insurance = money("0.2");
    let shares = shares(&mut books, &end);
    let of_a = Liquidation {
        quantity: quantity("1"),
        commission: money("0.03333333333333"),
        fee: money("0.86666666666667"),
        insurance: money("0.06666666666667"),
        ..end
    };
    let of_c = Liquidation {
        quantity: quantity("2"),
        commission: money("0.06666666666667"),
        fee: money("1.73333333333333"),
        insurance: money("0.13333333333333"),
        ..end
    };
    assert_eq!(shares, [(A, of_a, money("-30")), (C, of_c, money("-66"))]);
    assert_eq!(books.account().balance(Account::Wallet), money("1.5"));
    assert_eq!(wallets(&books).into_iter().sum::<Money>(), money("-98.5"));
    assert_eq!(books.netting(), Netting::default());
    books.check().unwrap();
}

#[test]
fn a_liquidation_closes_the_sleeves_on_the_other_side_too() {
    let mut books = Books::new(1, money("1000"), 2);
    books.fill(A, &sell(one_way(0), "1", "100")).unwrap();
    books.fill(B, &buy(one_way(0), "3", "100")).unwrap();
    let end = liquidation(one_way(0), Side::Sell, quantity("2"), price("90"));
    let shares = shares(&mut books, &end);
    let sides: Vec<_> = shares.iter().map(|(_, share, realised)| (share.side, *realised)).collect();
    assert_eq!(sides, [(Side::Buy, money("10")), (Side::Sell, money("-30"))]);
    assert!(!books.sleeve(A).has_positions() && !books.sleeve(B).has_positions());
    assert_eq!(books.netting(), Netting::default());
}

#[test]
fn a_liquidation_that_does_not_fit_moves_nothing() {
    let mut books = Books::new(1, money("1000"), 2);
    books.fill(A, &buy(one_way(0), "1", "100")).unwrap();
    let end = liquidation(one_way(0), Side::Sell, quantity("2"), price("90"));
    assert!(books.liquidation(&end, |_, _, _| panic!("nothing is shared out")).is_err());
    assert!(books.sleeve(A).has_positions());
    assert_eq!(books.account().balance(Account::Wallet), money("1000"));
}

#[test]
fn what_the_owner_moves_is_the_accounts_alone() {
    let mut books = Books::new(1, money("1000"), 2);
    books.deposit(money("500"));
    books.withdraw(money("200"));
    books.adjust(money("-3"));
    assert_eq!(books.account().balance(Account::Wallet), money("1297"));
    assert_eq!(books.sleeve(A).balance(Account::Wallet), Money::ZERO);
    assert_eq!(books.netting(), Netting::default());
    books.check().unwrap();
}

#[test]
#[should_panic(expected = "at least one sleeve")]
fn books_without_a_sleeve_are_refused() {
    let _ = Books::new(1, Money::ZERO, 0);
}
