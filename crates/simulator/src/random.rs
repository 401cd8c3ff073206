//! Numbers from a seed: SplitMix64 (Steele, Lea, Flood 2014). The only source of chance.

/// A seeded generator. Equal seeds give equal numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seeded(u64);

impl Seeded {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `most`, both included; 0 when `most` is not positive.
    pub(crate) fn up_to(&mut self, most: i64) -> i64 {
        match u64::try_from(most) {
            Ok(most) if most > 0 => i64::try_from(self.next() % (most + 1)).unwrap_or_default(),
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
