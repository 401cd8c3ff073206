//! Events in few words, and the numbers of a ledger.

use domain::{
    Decimal, Fill, FillEnd, FundingPayment, InstrumentId, Liquidation, Liquidity, Money, OrderId,
    PositionKey, PositionSide, Price, Quantity, Rate, Side, Timestamp,
};
use ledger::{Account, Ledger};

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

pub(crate) fn key(instrument: u16, side: PositionSide) -> PositionKey {
    PositionKey { instrument: InstrumentId::new(instrument), side }
}

pub(crate) fn one_way(instrument: u16) -> PositionKey {
    key(instrument, PositionSide::Both)
}

/// A fill without fee.
pub(crate) fn fill(position: PositionKey, side: Side, quantity: Quantity, price: Price) -> Fill {
    Fill {
        order: OrderId::new(1),
        position,
        side,
        time: Timestamp::from_millis(0),
        price,
        quantity,
        commission: Money::ZERO,
        liquidity: Liquidity::Taker,
        slippage: Money::ZERO,
        ambiguous: false,
        end: FillEnd::Complete,
    }
}

/// A buy without fee, amounts as text.
pub(crate) fn buy(position: PositionKey, amount: &str, at: &str) -> Fill {
    fill(position, Side::Buy, quantity(amount), price(at))
}

/// A sale without fee, amounts as text.
pub(crate) fn sell(position: PositionKey, amount: &str, at: &str) -> Fill {
    fill(position, Side::Sell, quantity(amount), price(at))
}

pub(crate) fn funding(position: PositionKey, amount: Money) -> FundingPayment {
    FundingPayment {
        position,
        time: Timestamp::from_millis(0),
        rate: Rate::ZERO,
        mark: price("1"),
        amount,
    }
}

/// A liquidation without charges.
pub(crate) fn liquidation(
    position: PositionKey,
    side: Side,
    quantity: Quantity,
    price: Price,
) -> Liquidation {
    Liquidation {
        position,
        side,
        time: Timestamp::from_millis(0),
        price,
        quantity,
        commission: Money::ZERO,
        fee: Money::ZERO,
        insurance: Money::ZERO,
        ambiguous: false,
    }
}

/// Balances that are not zero, in the order of the accounts.
pub(crate) fn balances(ledger: &Ledger) -> Vec<(Account, Money)> {
    let all = Account::ALL.into_iter().map(|account| (account, ledger.balance(account)));
    all.filter(|(_, balance)| *balance != Money::ZERO).collect()
}

/// A number generator with a seed (Steele, Lea, Flood: "Fast splittable pseudorandom number
/// generators", 2014).
pub(crate) struct SplitMix(pub(crate) u64);

impl SplitMix {
    /// A number from 0 up to, but not including, `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}
