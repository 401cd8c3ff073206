//! Small numbers that name the members of one account: its instruments and its sleeves.
//!
//! They are positions in a list that is fixed when a run or session starts. Names for people are
//! in [`crate::Instrument`] and with the strategy.

/// Number of an instrument within one account, from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstrumentId(u16);

/// Number of a sleeve within one account, from 0. A sleeve is the share of an account that one
/// strategy runs on one instrument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SleeveId(u16);

macro_rules! list_number {
    ($name:ident) => {
        impl $name {
            /// The id with this number.
            #[inline]
            #[must_use]
            pub const fn new(number: u16) -> Self {
                Self(number)
            }

            /// The number.
            #[inline]
            #[must_use]
            pub const fn number(self) -> u16 {
                self.0
            }

            /// The number as a place in a list.
            #[inline]
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

list_number!(InstrumentId);
list_number!(SleeveId);
