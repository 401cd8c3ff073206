//! Prices at a distance from others, on the side that a direction wins or loses on.

use std::cmp::Ordering;

use domain::{Confidence, Decimal, Direction, Metadata, Price, PriceScale, Rate, Signal};

/// Decimals of shares: enough that rounding up never adds a step of a quantity.
const SHARE_DECIMALS: u32 = 18;

/// A price moved by a distance to the winning side; `None` unless a price is left.
pub(super) fn ahead(direction: Direction, from: Price, distance: Decimal) -> Option<Price> {
    let moved = match direction {
        Direction::Long => from.decimal().checked_add(distance),
        Direction::Short => from.decimal().checked_sub(distance),
    };
    Price::new(moved?).ok()
}

/// A price moved by a distance to the losing side; `None` unless a price is left.
pub(super) fn behind(direction: Direction, from: Price, distance: Decimal) -> Option<Price> {
    ahead(direction.opposite(), from, distance)
}

/// Whether a price lies further on the winning side than a level.
pub(super) fn is_ahead(direction: Direction, price: f64, level: f64) -> bool {
    match direction {
        Direction::Long => price > level,
        Direction::Short => price < level,
    }
}

/// A statistic such as the average true range as a distance; `None` when it comes to nothing.
pub(super) fn distance(scale: PriceScale, value: f64) -> Option<Decimal> {
    scale.price(value).map(Price::decimal)
}

/// A signal of full confidence with a stop at this distance from the entry, and a target at `reward` times
/// that distance unless that is zero; `None` where a level would be no price.
pub(super) fn signal_with_stop(
    (direction, entry): (Direction, Price),
    stop_distance: Decimal,
    reward: Rate,
    metadata: Metadata,
) -> Option<Signal> {
    let stop = behind(direction, entry, stop_distance)?;
    let signal = Signal::new(direction, entry, Confidence::FULL, metadata);
    let signal = signal.with_stop_loss(stop).ok()?;
    if reward <= Rate::ZERO {
        return Some(signal);
    }
    let target = ahead(direction, entry, stop_distance.checked_mul(reward.decimal())?)?;
    signal.with_take_profit(target).ok()
}

/// `part` of `whole` as a share that is not less than the quotient, so that of a quantity on its step nothing
/// is lost by rounding down again.
pub(super) fn share(part: u32, whole: u32) -> Rate {
    if part >= whole {
        return Rate::ONE;
    }
    let exact = Decimal::from(part) / Decimal::from(whole);
    let down = exact.trunc_with_scale(SHARE_DECIMALS);
    let up = if down < exact { down + Decimal::new(1, SHARE_DECIMALS) } else { down };
    Rate::new(up).unwrap_or(Rate::ONE)
}

/// Told one comparison after another, the direction of a cross.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cross(Option<Ordering>);

impl Cross {
    /// Takes how one value compares with another now. Long when it is above and was not, short when it is
    /// below and was not.
    pub(super) fn push(&mut self, now: Ordering) -> Option<Direction> {
        match (self.0.replace(now)?, now) {
            (Ordering::Less | Ordering::Equal, Ordering::Greater) => Some(Direction::Long),
            (Ordering::Greater | Ordering::Equal, Ordering::Less) => Some(Direction::Short),
            (Ordering::Less | Ordering::Equal | Ordering::Greater, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(units: i64) -> Price {
        Price::new(Decimal::from(units)).unwrap()
    }

    #[test]
    fn a_short_wins_below() {
        assert_eq!(ahead(Direction::Long, price(100), Decimal::TEN), Some(price(110)));
        assert_eq!(ahead(Direction::Short, price(100), Decimal::TEN), Some(price(90)));
        assert_eq!(behind(Direction::Long, price(100), Decimal::ONE_HUNDRED), None);
        assert!(
            is_ahead(Direction::Short, 99.0, 100.0) && !is_ahead(Direction::Short, 100.0, 100.0)
        );
    }

    #[test]
    fn shares_of_a_quantity_give_whole_steps_back() {
        for whole in 1..=60u32 {
            for part in 1..=whole {
                let quantity = Decimal::new(i64::from(whole) * 7, 3);
                let closed = (quantity * share(part, whole).decimal()).trunc_with_scale(3);
                assert_eq!(closed, Decimal::new(i64::from(part) * 7, 3), "{part} of {whole}");
            }
        }
        assert_eq!(share(3, 2), Rate::ONE);
    }

    #[test]
    fn a_cross_needs_a_side_to_come_from() {
        let mut cross = Cross::default();
        let told = [
            Ordering::Greater,
            Ordering::Greater,
            Ordering::Equal,
            Ordering::Greater,
            Ordering::Less,
            Ordering::Less,
        ]
        .map(|now| cross.push(now));
        let (long, short) = (Some(Direction::Long), Some(Direction::Short));
        assert_eq!(told, [None, None, None, long, short, None]);
    }

    #[test]
    fn a_target_is_a_multiple_of_the_stop_distance() {
        let signal = |reward: Decimal, distance: i64| {
            let metadata = Metadata::of_kind("test");
            let reward = Rate::new(reward).unwrap();
            signal_with_stop((Direction::Short, price(100)), distance.into(), reward, metadata)
        };
        let with = signal(Decimal::TWO, 10).unwrap();
        assert_eq!((with.stop_loss(), with.take_profit()), (Some(price(110)), Some(price(80))));
        assert_eq!(signal(Decimal::ZERO, 10).unwrap().take_profit(), None);
        assert_eq!(signal(Decimal::TWO, 50), None, "the target would be no price");
    }
}
