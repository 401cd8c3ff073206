//! Numbers from a seed: SplitMix64 (Steele, Lea, Flood 2014). All chance begins here.
//!
//! Results and capsules depend on the numbers: they must never change.

/// A seeded generator. Equal seeds give equal numbers on every platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeded(u64);

impl Seeded {
    /// A generator at its start.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number, any of 64 bits.
    #[inline]
    pub const fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `most`, both included; 0 without a draw when `most` is not positive.
    pub fn up_to(&mut self, most: i64) -> i64 {
        match u64::try_from(most) {
            Ok(most) if most > 0 => i64::try_from(self.draw() % (most + 1)).unwrap_or_default(),
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What other implementations of the algorithm give (Rosetta Code, "Pseudo-random
    /// numbers/Splitmix64").
    #[test]
    fn the_numbers_are_those_of_the_algorithm() {
        let mut seeded = Seeded::new(1_234_567);
        let expected = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!([(); 5].map(|()| seeded.draw()), expected);
    }

    #[test]
    fn equal_seeds_draw_equal_numbers_within_bounds() {
        let draw = |seed| {
            let mut seeded = Seeded::new(seed);
            (0..100).map(|_| seeded.up_to(50)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert!(draw(7).iter().all(|number| (0..=50).contains(number)));
        assert_eq!(Seeded::new(1).up_to(0), 0);
        assert_eq!(Seeded::new(1).up_to(-5), 0);
    }
}
