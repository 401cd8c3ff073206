//! Short ways to amounts, and generators of positions, wallets and tables.
//!
//! Generated prices go from 1e-5 to 1e5, notionals from 1 to 1e10; both evenly over their
//! magnitudes.

use domain::{Decimal, Direction, Money, Price, Quantity, Rate};
use margin::{BracketStep, BracketTable, Leverage, MarginPosition};
use proptest::prelude::*;

pub(crate) fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn money(text: &str) -> Money {
    Money::new(decimal(text))
}

pub(crate) fn price(text: &str) -> Price {
    Price::new(decimal(text)).unwrap()
}

pub(crate) fn quantity(text: &str) -> Quantity {
    Quantity::new(decimal(text)).unwrap()
}

pub(crate) fn rate(text: &str) -> Rate {
    Rate::new(decimal(text)).unwrap()
}

pub(crate) fn leverage(text: &str) -> Leverage {
    Leverage::new(decimal(text)).unwrap()
}

pub(crate) fn position(direction: Direction, size: &str, entry: &str) -> MarginPosition {
    let quantity = quantity(size);
    MarginPosition { direction, quantity, cost: price(entry) * quantity }
}

/// A table of caps and maintenance rates, without leverage.
pub(crate) fn table(rows: &[(&str, &str)]) -> BracketTable {
    let step = |(cap, maintenance): &(&str, &str)| BracketStep {
        cap: money(cap),
        maintenance_rate: rate(maintenance),
        leverage_max: Leverage::ONE,
    };
    BracketTable::new(&rows.iter().map(step).collect::<Vec<_>>()).unwrap()
}

/// A table with one maintenance rate for all notionals.
pub(crate) fn flat_table(maintenance: &str) -> BracketTable {
    table(&[("1000000000000", maintenance)])
}

/// A price moved by a fraction of itself.
pub(crate) fn moved(from: Price, fraction: &str) -> Price {
    let factor = Decimal::ONE + decimal(fraction);
    Price::new(from.decimal() * factor).unwrap()
}

/// Balance of an isolated position less its maintenance margin.
pub(crate) fn surplus(
    position: &MarginPosition,
    wallet: Money,
    table: &BracketTable,
    mark: Price,
) -> Money {
    wallet + position.unrealised(mark) - position.maintenance_margin(mark, table)
}

/// Whether two amounts differ by less than 1e-15 of `size` and the settlement of a few products.
pub(crate) fn is_near(one: Money, other: Money, size: Money) -> bool {
    let allowed = size.decimal().abs() * decimal("0.000000000000001") + decimal("0.0000000000001");
    (one - other).decimal().abs() <= allowed
}

pub(crate) fn directions() -> impl Strategy<Value = Direction> {
    prop_oneof![Just(Direction::Long), Just(Direction::Short)]
}

pub(crate) fn prices() -> impl Strategy<Value = Price> {
    (1_000_i64..100_000, 0_u32..9)
        .prop_map(|(digits, decimals)| Price::new(Decimal::new(digits, decimals)).unwrap())
}

/// An amount of the quote asset from 1 to 1e10.
pub(crate) fn notionals() -> impl Strategy<Value = Decimal> {
    (1_000_i64..10_000, 0_u32..10).prop_map(|(digits, magnitude)| {
        Decimal::new(digits, 3) * Decimal::from(10_i64.pow(magnitude))
    })
}

/// What a notional buys at a price, to nine digits.
pub(crate) fn quantity_of(notional: Decimal, price: Price) -> Quantity {
    let quantity = (notional / price.decimal()).round_sf(9).unwrap();
    Quantity::new(quantity).unwrap_or(Quantity::max_value())
}

pub(crate) fn positions_of(
    directions: impl Strategy<Value = Direction>,
) -> impl Strategy<Value = MarginPosition> {
    (directions, prices(), notionals()).prop_map(|(direction, entry, notional)| {
        let quantity = quantity_of(notional, entry);
        MarginPosition { direction, quantity, cost: entry * quantity }
    })
}

pub(crate) fn positions() -> impl Strategy<Value = MarginPosition> {
    positions_of(directions())
}

/// A wallet as a share of what the positions cost, from 0.1 % to 150 %.
pub(crate) fn wallet_shares() -> impl Strategy<Value = Rate> {
    (1_i64..=1_500).prop_map(|share| Rate::new(Decimal::new(share, 3)).unwrap())
}

/// A price as a share of another one, from 1 % to 400 %.
pub(crate) fn price_shares() -> impl Strategy<Value = Decimal> {
    (100_i64..=40_000).prop_map(|share| Decimal::new(share, 4))
}

/// Tables of one to eight brackets with rates below 97 %.
pub(crate) fn tables() -> impl Strategy<Value = BracketTable> {
    let rise = (notionals(), 1_i64..=1_200);
    proptest::collection::vec(rise, 1..=8).prop_map(|rises| {
        let (mut cap, mut maintenance) = (Decimal::ZERO, 0);
        let steps = rises.iter().zip(1..).map(|((width, rate_rise), number)| {
            cap += width;
            maintenance += rate_rise;
            BracketStep {
                cap: Money::new(cap),
                maintenance_rate: Rate::new(Decimal::new(maintenance, 4)).unwrap(),
                leverage_max: Leverage::new(Decimal::from(125 - 10 * number)).unwrap(),
            }
        });
        BracketTable::new(&steps.collect::<Vec<_>>()).unwrap()
    })
}
