//! Profit of a linear (USDT-margined) position.

use domain::{Direction, Money};

/// Profit when a position that cost `entry_notional` is worth `exit_notional`:
/// `exit - entry` for a long, the opposite for a short (Binance, "PnL" of linear contracts).
#[inline]
#[must_use]
pub fn pnl(direction: Direction, entry_notional: Money, exit_notional: Money) -> Money {
    match direction {
        Direction::Long => exit_notional - entry_notional,
        Direction::Short => entry_notional - exit_notional,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Decimal;

    #[test]
    fn a_short_mirrors_a_long() {
        let (entry, exit) = (Money::new(Decimal::from(100)), Money::new(Decimal::from(130)));
        assert_eq!(pnl(Direction::Long, entry, exit), Money::new(Decimal::from(30)));
        assert_eq!(pnl(Direction::Short, entry, exit), Money::new(Decimal::from(-30)));
    }
}
