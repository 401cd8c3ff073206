//! The form in which amounts keep a decimal.
//!
//! Arithmetic with it is in `exact`.

use std::fmt;
use std::num::NonZeroU64;

use rust_decimal::Decimal;

/// A [`Decimal`] in two words, which travel in registers and of which an `Option` needs no third.
#[derive(Clone, Copy)]
pub(crate) struct Packed {
    /// The lowest 64 bits of the digits.
    pub(crate) low: u64,
    /// The other 32 bits of the digits, the scale, a bit that is always set, and the sign. Zero has none.
    pub(crate) rest: NonZeroU64,
}

/// What `rest` is made of.
const HIGH: u64 = u32::MAX as u64;
const SCALE_AT: u32 = 32;
const SET: u64 = 1 << 40;
const NEGATIVE: u64 = 1 << 63;

impl Packed {
    pub(crate) const ZERO: Self = Self { low: 0, rest: rest(false, 0, 0) };
    pub(crate) const ONE: Self = Self { low: 1, rest: rest(false, 0, 0) };

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "four words of 32 bits are taken apart")]
    pub(crate) const fn of(value: Decimal) -> Self {
        let raw = u128::from_le_bytes(value.serialize()); // Sign and scale, then the digits.
        let (low, high) = ((raw >> 32) as u64, (raw >> 96) as u64);
        let (negative, scale) = (value.is_sign_negative(), value.scale());
        Self { low, rest: rest(negative && !value.is_zero(), scale, high) }
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "three words of 32 bits are taken apart")]
    pub(crate) const fn decimal(self) -> Decimal {
        let (low, mid, high) = (self.low as u32, (self.low >> 32) as u32, self.high() as u32);
        Decimal::from_parts(low, mid, high, self.is_negative(), self.scale())
    }

    /// So many units of the last of `scale` decimals, which are 28 at most; `None` if the digits do not
    /// fit into the library's 96 bits.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "two words are taken apart")]
    pub(crate) const fn new(negative: bool, scale: u32, digits: u128) -> Option<Self> {
        if digits >> 96 != 0 {
            return None;
        }
        let (low, high) = (digits as u64, (digits >> 64) as u64);
        Some(Self { low, rest: rest(negative && digits != 0, scale, high) })
    }

    /// So many units of the last of `decimals` decimals, which are 28 at most.
    #[inline]
    pub(crate) const fn of_units(units: u64, decimals: u32) -> Self {
        debug_assert!(decimals <= Decimal::MAX_SCALE, "a decimal has 28 decimals at most");
        Self { low: units, rest: rest(false, decimals, 0) }
    }

    #[inline]
    pub(crate) const fn is_negative(self) -> bool {
        self.rest.get() & NEGATIVE != 0
    }

    #[inline]
    pub(crate) const fn scale(self) -> u32 {
        ((self.rest.get() >> SCALE_AT) & 0x1f) as u32
    }

    #[inline]
    const fn high(self) -> u64 {
        self.rest.get() & HIGH
    }

    #[inline]
    pub(crate) const fn digits(self) -> u128 {
        ((self.high() as u128) << 64) | self.low as u128
    }

    /// The digits, if they fit into 64 bits.
    #[inline]
    pub(crate) const fn small(self) -> Option<u64> {
        if self.high() == 0 { Some(self.low) } else { None }
    }

    #[inline]
    pub(crate) const fn is_zero(self) -> bool {
        matches!(self.small(), Some(0))
    }

    /// Whether its size is one unit of its last decimal: a power of ten.
    #[inline]
    pub(crate) const fn is_unit(self) -> bool {
        matches!(self.small(), Some(1))
    }

    #[inline]
    pub(crate) const fn negated(self) -> Self {
        let negative = !self.is_negative() && !self.is_zero();
        Self { rest: rest(negative, self.scale(), self.high()), ..self }
    }
}

#[inline]
const fn rest(negative: bool, scale: u32, high: u64) -> NonZeroU64 {
    let sign = if negative { NEGATIVE } else { 0 };
    NonZeroU64::new(SET | sign | (scale as u64) << SCALE_AT | high).expect("one bit is always set")
}

impl Default for Packed {
    fn default() -> Self {
        Self::ZERO
    }
}

impl fmt::Debug for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.decimal(), f)
    }
}
