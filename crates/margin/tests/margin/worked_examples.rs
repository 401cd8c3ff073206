//! Examples from the venue's documents, recorded frames and other programs.

use domain::Direction::{Long, Short};
use domain::Money;
use margin::{
    BracketTable, CrossAccount, CrossPosition, Leverage, MarginPosition, cost_to_open,
    funding_payment, liquidation_price, liquidation_price_hedged,
};

use crate::support::{
    decimal, flat_table, leverage, money, position, price, quantity, rate, surplus, table,
};

/// Cut to eight decimals, as Binance shows amounts.
fn shown(amount: Money) -> Money {
    Money::new(amount.decimal().trunc_with_scale(8))
}

/// A row of "Position Information V3": unrealised profit, notional, initial and maintenance margin.
fn check_position(position: MarginPosition, mark: &str, maintenance: &str, expected: [&str; 4]) {
    let mark = price(mark);
    assert_eq!(position.unrealised(mark), money(expected[0]));
    assert_eq!(position.notional(mark), money(expected[1]));
    assert_eq!(shown(position.initial_margin(mark, leverage("20"))), money(expected[2]));
    let margin = position.maintenance_margin(mark, &flat_table(maintenance));
    assert_eq!(shown(margin), money(expected[3]));
}

/// Binance docs, "Position Information V3". The last digits are cut, not rounded.
#[test]
fn positions_of_the_venues_docs() {
    let ada = position(Long, "30", "0.385");
    let expected = ["0.764277", "12.314277", "0.61571385", "0.0800428"];
    check_position(ada, "0.41047590", "0.0065", expected);
    let comp = position(Short, "1", "70.92841");
    let expected = ["21.20817624", "49.72023376", "2.48601168", "0.49720233"];
    check_position(comp, "49.72023376", "0.01", expected);
    let unrounded = comp.initial_margin(price("49.72023376"), leverage("20"));
    assert_eq!(unrounded, money("2.486011688"), "rounding would show 2.48601169");
}

/// User-stream frames of 2024-11, 0.002 BTC on cross margin, taker fee 0.05 %.
#[test]
fn a_recorded_round_trip() {
    let fee = rate("0.0005");
    let btc = position(Long, "0.002", "91739.90");
    assert_eq!(btc.cost * fee, money("0.09173990"));
    assert_eq!(btc.break_even(fee), Some(price("91785.76995")));
    let exit = price("90853.20");
    let (realised, paid) = (btc.unrealised(exit), btc.notional(exit) * fee);
    assert_eq!((realised, paid), (money("-1.7734"), money("0.0908532")));
    assert_eq!(money("642.76097079") + realised - paid, money("640.89671759"));
}

/// User-stream frame: entry 80.19, break-even 80.230095; and its mirror.
#[test]
fn break_even_prices() {
    let fee = rate("0.0005");
    assert_eq!(position(Long, "3", "80.19").break_even(fee), Some(price("80.230095")));
    assert_eq!(position(Short, "3", "80.19").break_even(fee), Some(price("80.149905")));
    assert_eq!(position(Short, "3", "80.19").break_even(rate("1")), None);
}

/// Binance FAQ on the cost to open: 1 BTC at 9253.30, mark 9259.84, 20x. It shows 462.66 and
/// 469.20.
#[test]
fn cost_to_open_of_the_venues_faq() {
    let check = |direction, expected| {
        let (order, mark) = (price("9253.30"), price("9259.84"));
        let cost = cost_to_open(direction, quantity("1"), order, mark, leverage("20"));
        assert_eq!(cost, money(expected));
    };
    check(Long, "462.665");
    check(Short, "469.205");
}

#[test]
fn an_order_far_from_the_mark_costs_its_open_loss() {
    let cost = |direction, order, mark| {
        cost_to_open(direction, quantity("2"), price(order), price(mark), leverage("10"))
    };
    assert_eq!(cost(Long, "110", "100"), money("42"));
    assert_eq!(cost(Long, "90", "100"), money("18"));
    assert_eq!(cost(Short, "90", "100"), money("38"));
    assert_eq!(cost(Short, "110", "100"), money("22"));
}

/// Binance docs, `!contractInfo`: floor 5000, 1 % to 2.5 %, `cum` 75.
#[test]
fn maintenance_amount_of_the_venues_docs() {
    let brackets = table(&[("5000", "0.01"), ("25000", "0.025")]);
    assert_eq!(brackets.brackets()[1].maintenance_amount(), money("75"));
}

/// Binance FAQ on the liquidation price: amount 1300 from a floor of 250,000, and a maintenance
/// margin of 1340 for a notional of 264,000.
#[test]
fn maintenance_margin_of_the_venues_faq() {
    let btc = BracketTable::historical_btcusdt();
    let bracket = btc.bracket(money("264000"));
    assert_eq!((bracket.floor(), bracket.cap()), (money("250000"), money("1000000")));
    assert_eq!(bracket.maintenance_amount(), money("1300"));
    assert_eq!(btc.maintenance_margin(money("264000")), money("1340"));
    assert_eq!(btc.maintenance_margin(money("-264000")), money("1340"));
    assert_eq!(btc.maintenance_margin(Money::ZERO), Money::ZERO);
}

/// Checks a liquidation price to the decimals that `expected` has.
fn check_liquidation(
    position: &MarginPosition,
    wallet: Money,
    table: &BracketTable,
    expected: &str,
) {
    let was = liquidation_price(position, wallet, table).unwrap();
    let expected = decimal(expected);
    assert_eq!(was.decimal().round_dp(expected.scale()), expected);
}

/// A table whose second bracket has 10 % and an amount of 135,365.
fn ten_percent() -> BracketTable {
    table(&[("2707300", "0.05"), ("10000000", "0.1")])
}

/// Tests of freqtrade, isolated longs.
#[test]
fn isolated_liquidation_prices_of_freqtrade() {
    let wallet = money("1535443.01");
    let eth = position(Long, "3683.979", "1456.84");
    check_liquidation(&eth, wallet, &ten_percent(), "1114.78");
    let btc = position(Long, "109.488", "32481.98");
    check_liquidation(&btc, wallet, &BracketTable::historical_btcusdt(), "18778.73");
}

/// Tests of freqtrade, cross longs: maintenance margin and unrealised profit of the others.
#[test]
fn cross_liquidation_prices_of_freqtrade() {
    let wallet = money("1535443.01") - money("71200.81144") + money("-56354.57");
    let eth = position(Long, "3683.979", "1456.84");
    check_liquidation(&eth, wallet, &ten_percent(), "1153.26");
    let wallet = money("1535443.01") - money("356512.508") + money("-448192.89");
    let btc = position(Long, "109.488", "32481.98");
    check_liquidation(&btc, wallet, &BracketTable::historical_btcusdt(), "26316.89");
}

/// 1 at 50,000 with 5000 behind it: balance equals maintenance margin at the price.
#[test]
fn isolated_liquidation_prices_in_one_bracket() {
    let flat = flat_table("0.004");
    let wallet = money("5000");
    check_liquidation(&position(Long, "1", "50000"), wallet, &flat, "45180.7229");
    check_liquidation(&position(Short, "1", "50000"), wallet, &flat, "54780.8765");
}

/// 6 at 44,000 is in the bracket of 1 %, its liquidation notional of 238,744 in that of 0.5 %.
#[test]
fn the_bracket_of_the_liquidation_notional_counts() {
    let btc = BracketTable::historical_btcusdt();
    let wallet = money("26400");
    let long = position(Long, "6", "44000");
    check_liquidation(&long, wallet, &btc, "39790.6198");
    let at = liquidation_price(&long, wallet, &btc).unwrap();
    assert_eq!(long.maintenance_margin(at, &btc).rounded(4), money("1143.7186"));
    assert_eq!((wallet + long.unrealised(at)).rounded(4), money("1143.7186"));
    check_liquidation(&position(Short, "6", "44000"), wallet, &btc, "48135.3135");
}

/// Liquidation notionals of exactly 50,000, where the bracket of 0.4 % ends, and one beyond it.
#[test]
fn liquidation_on_the_edge_of_a_bracket() {
    let btc = BracketTable::historical_btcusdt();
    let check = |direction, wallet, expected| {
        let position = position(direction, "1", "50000");
        check_liquidation(&position, money(wallet), &btc, expected);
    };
    check(Long, "200", "50000");
    check(Short, "200", "50000");
    check(Long, "199.005", "50001.00000");
    check(Short, "201.005", "50001.00000");
    check(Long, "200.996", "49999.00000");
    check(Short, "198.996", "49999.00000");
}

#[test]
fn some_positions_have_no_liquidation_price() {
    let flat = flat_table("0.004");
    let (long, short) = (position(Long, "1", "100"), position(Short, "1", "100"));
    assert_eq!(liquidation_price(&long, money("100"), &flat), None);
    assert_eq!(
        liquidation_price(&long, money("99.996"), &flat),
        Some(price("0.00401606425702811245"))
    );
    assert_eq!(liquidation_price(&short, money("-100"), &flat), None);
    assert_eq!(liquidation_price(&short, money("2000000000"), &flat), None);
}

/// The formula by hand: `(50 - 200 + 110) / (2 * 0.01 + 1 * 0.01 - 2 + 1) = -40 / -0.97`.
#[test]
fn a_hedged_pair_has_one_price_for_both_sides() {
    let (long, short) = (position(Long, "2", "100"), position(Short, "1", "110"));
    let flat = flat_table("0.01");
    let bounds = liquidation_price_hedged(&long, &short, money("50"), &flat);
    assert_eq!(bounds.falling, Some(price("41.2371134020618557")));
    assert_eq!(bounds.rising, None);
    let safe = liquidation_price_hedged(&long, &short, money("1000"), &flat);
    assert_eq!((safe.falling, safe.rising), (None, None));
}

/// Equal sizes: 10 of wallet and 10 of locked profit carry 2 % of the price.
#[test]
fn a_fully_hedged_pair_is_liquidated_by_a_rising_price_only() {
    let (long, short) = (position(Long, "1", "100"), position(Short, "1", "110"));
    let bounds = liquidation_price_hedged(&long, &short, money("10"), &flat_table("0.01"));
    assert_eq!((bounds.falling, bounds.rising), (None, Some(price("1000"))));
}

/// The long side is larger and gains with the price until its bracket asks for more than that.
#[test]
fn a_hedged_pair_can_have_a_bound_on_either_side() {
    let (long, short) = (position(Long, "1.2", "100"), position(Short, "1", "100"));
    let steep = table(&[("200", "0.01"), ("1000000", "0.2")]);
    let bounds = liquidation_price_hedged(&long, &short, money("10"), &steep);
    assert_eq!(bounds.falling, Some(price("56.1797752808988764")));
    let rising = bounds.rising.unwrap();
    let left = surplus(&long, money("10"), &steep, rising) + short.unrealised(rising)
        - short.maintenance_margin(rising, &steep);
    assert!(left.abs() < money("0.000000000001"), "balance and maintenance margin meet");
    assert!(rising > price("200"));
}

/// `1.01 * 0.99 = 0.99 * 1.01`: in the first bracket of both the price changes nothing, and the
/// wallet is one short of the locked loss of two.
#[test]
fn a_hedged_pair_that_is_kept_at_no_price_has_no_bounds() {
    let (long, short) = (position(Long, "1.01", "100"), position(Short, "0.99", "100"));
    let steep = table(&[("100", "0.01"), ("1000000", "0.2")]);
    let bounds = |wallet| liquidation_price_hedged(&long, &short, money(wallet), &steep);
    assert_eq!((bounds("1").falling, bounds("1").rising), (None, None));
    assert_eq!((bounds("2").falling, bounds("2").rising), (None, None));
    assert!(bounds("3").rising.is_some(), "one more than the loss carries it for a while");
}

/// Binance FAQ on funding rates: a notional of 10,000 at 0.01 % pays 1 USDT.
#[test]
fn funding_of_the_venues_faq() {
    let check = |direction, funding, expected| {
        let payment = funding_payment(direction, quantity("4"), price("2500"), rate(funding));
        assert_eq!(payment, money(expected));
    };
    check(Long, "0.0001", "-1");
    check(Short, "0.0001", "1");
    check(Long, "-0.0003", "3");
    check(Short, "-0.0003", "-3");
    check(Long, "0", "0");
    let nothing = funding_payment(Long, quantity("4"), price("2500"), rate("0"));
    assert_eq!(nothing.to_string(), "0", "nothing has no sign");
}

/// Binance FAQ on the fee structure: 1000 USDT in and out at 0.05 % is 1 USDT.
#[test]
fn fees_of_the_venues_faq() {
    let position = position(Long, "10", "100");
    let fee = rate("0.0005");
    assert_eq!(position.cost * fee + position.notional(price("100")) * fee, money("1"));
}

/// Three positions by hand: 2 at 100 marked 90, 10 short at 50 marked 48, and a hedge of the first.
#[test]
fn a_cross_account_adds_up() {
    let flat = flat_table("0.01");
    let on = |position, mark, factor| CrossPosition {
        position,
        mark: price(mark),
        leverage: leverage(factor),
        table: &flat,
    };
    let positions = [
        on(position(Long, "2", "100"), "90", "10"),
        on(position(Short, "10", "50"), "48", "20"),
        on(position(Short, "1", "95"), "90", "10"),
    ];
    let account = CrossAccount { wallet: money("100"), positions: &positions };
    assert_eq!(account.unrealised(), money("5"));
    assert_eq!(account.margin_balance(), money("105"));
    assert_eq!(account.initial_margin(), money("51"));
    assert_eq!(account.available(), money("54"));
    assert_eq!(account.maintenance_margin(), money("7.5"));
    assert_eq!(account.surplus(), money("97.5"));
    assert_eq!(account.margin_ratio().unwrap().round_dp(6), decimal("0.071429"));
    assert!(!account.is_liquidated());
}

#[test]
fn a_cross_account_is_liquidated_when_the_ratio_reaches_one() {
    let flat = flat_table("0.01");
    let position = position(Long, "1", "110");
    let positions =
        [CrossPosition { position, mark: price("100"), leverage: Leverage::ONE, table: &flat }];
    let account = |wallet| CrossAccount { wallet: money(wallet), positions: &positions };
    assert!(!account("11.00000000000001").is_liquidated());
    assert!(account("11").is_liquidated());
    assert_eq!(account("11").margin_ratio(), Some(decimal("1")));
    assert_eq!(account("11").available(), Money::ZERO);
    assert!(account("10").is_liquidated());
    assert_eq!(account("10").margin_ratio(), None);
}

#[test]
fn an_account_without_positions_is_never_liquidated() {
    let account = CrossAccount { wallet: money("-1"), positions: &[] };
    assert!(!account.is_liquidated());
    assert_eq!(account.available(), Money::ZERO);
    assert_eq!(account.margin_ratio(), None);
}
