//! Commission and slippage.
//!
//! Slippage moves market and stop orders away from the undisturbed price, against the trader, and
//! onto the tick that is worse for them. Limit orders do not slip.

use domain::{Decimal, Liquidity, Money, Price, Quantity, Rate, Rounding, Side};

/// What trading costs, as fractions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    /// Fee of executions that rested in the book: fraction of the notional, negative for a rebate.
    pub maker: Rate,
    /// Fee of executions that took from the book: fraction of the notional.
    pub taker: Rate,
    /// How far market and stop orders fill from the undisturbed price.
    pub slippage: Slippage,
}

/// A model of slippage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Slippage {
    /// None at all.
    #[default]
    None,
    /// A fixed fraction of the price.
    Fixed(Rate),
    /// Half the spread, and an impact that grows with the order's share of the candle's volume.
    VolumeShare {
        /// Distance between best bid and best ask, fraction of the price.
        spread: Rate,
        /// Move of the price, as a fraction of it, caused by an order as large as the candle's
        /// whole volume. Smaller orders cause proportionally less; an order larger than the volume,
        /// or one in a candle without volume, as much as one of the whole volume.
        impact: Rate,
    },
}

/// Default fees of the venue's tiers: (tier, maker, taker) in units of 1e-6
/// (Binance USDT-M futures fee schedule; VIP 0 is in the reference, the others are as last published
/// and should be compared with the account's own rates).
const TIERS: [(&str, i64, i64); 10] = [
    ("vip0", 200, 500),
    ("vip1", 160, 400),
    ("vip2", 140, 350),
    ("vip3", 120, 320),
    ("vip4", 100, 300),
    ("vip5", 80, 270),
    ("vip6", 60, 250),
    ("vip7", 40, 220),
    ("vip8", 20, 200),
    ("vip9", 0, 170),
];

/// Fees of one tier of the venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeTier {
    /// `vip0` to `vip9`.
    pub name: &'static str,
    /// Fraction of the notional.
    pub maker: Rate,
    /// Fraction of the notional.
    pub taker: Rate,
}

impl FeeTier {
    /// All tiers, the lowest volume first.
    pub fn all() -> impl Iterator<Item = Self> {
        let rate = |millionths| Rate::new(Decimal::new(millionths, 6)).unwrap_or(Rate::ZERO);
        TIERS.iter().map(move |(name, maker, taker)| Self {
            name,
            maker: rate(*maker),
            taker: rate(*taker),
        })
    }

    /// The tier of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::all().find(|tier| tier.name.eq_ignore_ascii_case(name))
    }
}

impl Costs {
    /// The fee for a notional.
    #[inline]
    pub(crate) fn fee(&self, notional: Money, liquidity: Liquidity) -> Money {
        notional
            * match liquidity {
                Liquidity::Maker => self.maker,
                Liquidity::Taker => self.taker,
            }
    }
}

/// What decides how far an order slips.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slip {
    pub(crate) side: Side,
    pub(crate) quantity: Quantity,
    /// Volume of the candle, base asset.
    pub(crate) volume: f64,
    /// The market order may not reach further than this fraction.
    pub(crate) bound: Option<Rate>,
}

impl Slippage {
    /// The price after slippage: a buyer pays more, a seller gets less.
    #[inline]
    pub(crate) fn apply(&self, price: Price, slip: &Slip) -> Price {
        let shift = match *self {
            Self::None => return price,
            Self::Fixed(rate) => rate,
            Self::VolumeShare { spread, impact } => share_shift(spread, impact, slip),
        };
        let shift = slip.bound.map_or(shift, |bound| shift.min(bound));
        let shift = match slip.side {
            Side::Buy => shift,
            Side::Sell => -shift,
        };
        price.shifted(shift).unwrap_or(price)
    }
}

/// Half the spread plus the impact of the order's share of the volume.
fn share_shift(spread: Rate, impact: Rate, slip: &Slip) -> Rate {
    let volume = Decimal::try_from(slip.volume).unwrap_or_default();
    let quantity = slip.quantity.decimal();
    let share = if quantity < volume { (quantity / volume).round_dp(8) } else { Decimal::ONE };
    let shift = spread.decimal() / Decimal::TWO + impact.decimal() * share;
    Rate::new(shift.round_dp(12)).unwrap_or(spread)
}

/// The direction in which a slipped price is moved onto its tick.
pub(crate) const fn against(side: Side) -> Rounding {
    match side {
        Side::Buy => Rounding::Up,
        Side::Sell => Rounding::Down,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(text: &str) -> Rate {
        Rate::new(text.parse().unwrap()).unwrap()
    }

    fn slipped(slippage: Slippage, side: Side, quantity: &str) -> String {
        let quantity = Quantity::new(quantity.parse().unwrap()).unwrap();
        let bound = Some(rate("0.05"));
        let slip = Slip { side, quantity, volume: 10.0, bound };
        slippage.apply(Price::new(Decimal::ONE_HUNDRED).unwrap(), &slip).to_string()
    }

    #[test]
    fn slippage_works_against_the_trader() {
        assert_eq!(slipped(Slippage::None, Side::Buy, "1"), "100");
        assert_eq!(slipped(Slippage::Fixed(rate("0.001")), Side::Buy, "1"), "100.1");
        assert_eq!(slipped(Slippage::Fixed(rate("0.001")), Side::Sell, "1"), "99.9");
    }

    #[test]
    fn impact_grows_with_the_share_of_the_volume() {
        let model = Slippage::VolumeShare { spread: rate("0.0002"), impact: rate("0.01") };
        assert_eq!(slipped(model, Side::Buy, "1"), "100.11");
        assert_eq!(slipped(model, Side::Sell, "2"), "99.79");
        assert_eq!(slipped(model, Side::Buy, "10"), "101.01");
        assert_eq!(slipped(model, Side::Buy, "999"), "101.01");
    }

    #[test]
    fn no_market_order_slips_beyond_the_bound_of_the_venue() {
        assert_eq!(slipped(Slippage::Fixed(rate("0.2")), Side::Buy, "1"), "105");
    }

    #[test]
    fn tiers_have_names() {
        let tier = FeeTier::find("VIP0").unwrap();
        assert_eq!((tier.maker, tier.taker), (rate("0.0002"), rate("0.0005")));
        assert!(FeeTier::find("vip10").is_none());
        assert_eq!(FeeTier::all().count(), 10);
    }
}
