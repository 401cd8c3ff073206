//! Lowest and highest number of a slice, in a form the compiler turns into vector instructions.

/// Numbers that are compared at a time.
const LANES: usize = 8;

/// The smallest number; infinity of an empty slice.
#[inline]
pub(crate) fn lowest(values: &[f64]) -> f64 {
    fold(values, f64::INFINITY, |a, b| if b < a { b } else { a })
}

/// The largest number; minus infinity of an empty slice.
#[inline]
pub(crate) fn highest(values: &[f64]) -> f64 {
    fold(values, f64::NEG_INFINITY, |a, b| if b > a { b } else { a })
}

#[inline]
fn fold(values: &[f64], start: f64, better: impl Fn(f64, f64) -> f64) -> f64 {
    let (blocks, rest) = values.as_chunks::<LANES>();
    let mut best = rest.iter().fold(start, |best, value| better(best, *value));
    if !blocks.is_empty() {
        let mut lanes = [start; LANES];
        for block in blocks {
            for (lane, value) in lanes.iter_mut().zip(block) {
                *lane = better(*lane, *value);
            }
        }
        best = lanes.iter().fold(best, |best, value| better(best, *value));
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_looked_at() {
        for length in 1..40 {
            for place in 0..length {
                let mut values = vec![5.0; length];
                values[place] = 1.0;
                assert_eq!((lowest(&values), highest(&values[place..=place])), (1.0, 1.0));
                values[place] = 9.0;
                assert_eq!(highest(&values), 9.0, "{place} of {length}");
            }
        }
        assert_eq!((lowest(&[]), highest(&[])), (f64::INFINITY, f64::NEG_INFINITY));
    }
}
