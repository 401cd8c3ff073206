//! Chance that is looked up and not drawn in order: a number for a place, whoever asks first.

use domain::Seeded;

/// A number for `(seed, purpose, place)`; equal places have equal numbers.
pub(crate) fn chance(seed: u64, purpose: Purpose, place: i64) -> u64 {
    let mut seeded = Seeded::new(
        seed ^ (purpose as u64).wrapping_mul(0xA076_1D64_78BD_642F)
            ^ place.cast_unsigned().rotate_left(17),
    );
    seeded.draw()
}

/// What a number is for, so that no two uses share their numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    /// How a minute is cut into trades.
    Trades = 1,
    /// Whether a minute of a quiet symbol is without trades.
    Quiet,
    /// Size of a price level of the book.
    LevelSize,
    /// How long a price level keeps its size.
    LevelLife,
    /// Steps between update ids of the book.
    UpdateId,
    /// Premium over the index, slow part.
    PremiumSlow,
    /// Premium over the index, fast part.
    PremiumFast,
    /// How late a settlement is booked.
    FundingDelay,
    /// Open interest.
    OpenInterest,
    /// How long after its close a candle is told.
    CloseDelay,
    /// Whether a fault happens.
    Fault,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_belong_to_their_place() {
        assert_eq!(chance(1, Purpose::Quiet, 5), chance(1, Purpose::Quiet, 5));
        let different = [
            chance(1, Purpose::Quiet, 5),
            chance(2, Purpose::Quiet, 5),
            chance(1, Purpose::Trades, 5),
            chance(1, Purpose::Quiet, 6),
        ];
        assert!(different.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
