//! Seeded pseudo-random numbers: xoshiro256** (Blackman and Vigna, 2018), seeded by SplitMix64.

use domain::Seeded;

/// The same seed gives the same numbers on every platform.
#[derive(Clone, Debug)]
pub(super) struct Generator([u64; 4]);

impl Generator {
    pub(super) fn new(seed: u64) -> Self {
        let mut seeded = Seeded::new(seed);
        Self([(); 4].map(|()| seeded.draw()))
    }

    #[inline]
    pub(super) fn bits(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.0;
        let result = b.wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        result
    }

    /// Uniform in `[0, 1)`.
    #[inline]
    pub(super) fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Bell-shaped with mean 0 and deviation 1: the sum of four uniform numbers, within ±3.5.
    #[inline]
    pub(super) fn bell(&mut self) -> f64 {
        /// `sqrt(12 / 4) / 65536`.
        const UNIT: f64 = 1.732_050_807_568_877_2 / 65_536.0;
        let bits = self.bits();
        let sum =
            (bits & 0xffff) + ((bits >> 16) & 0xffff) + ((bits >> 32) & 0xffff) + (bits >> 48);
        // Four uniform numbers on 0..=65535 have the mean 131070.
        (sum as f64 - 131_070.0) * UNIT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_promised_shape() {
        let mut generator = Generator::new(7);
        let (mut sum, mut squares, mut uniform) = (0.0, 0.0, 0.0);
        for _ in 0..100_000 {
            let bell = generator.bell();
            sum += bell;
            squares += bell * bell;
            uniform += generator.uniform();
        }
        assert!((sum / 1e5).abs() < 0.02, "mean of the bell");
        assert!((squares / 1e5 - 1.0).abs() < 0.02, "variance of the bell");
        assert!((uniform / 1e5 - 0.5).abs() < 0.01, "mean of the uniform numbers");
    }
}
