//! Market data made away from the venue.
//!
//! The first look at a symbol walks all its minutes since the listing, and each day is made as a whole. That takes
//! time, which nobody who asks for something else has to wait for: the days are made of a copy and handed in.
//! Whoever makes them, they are the same.

use super::days::{DAY, Days};
use super::trade::MINUTE;

/// The days of one symbol that somebody will ask for.
#[derive(Clone, Debug)]
pub struct Unmade {
    place: usize,
    minutes: Vec<i64>,
    days: Days,
}

/// Days to be handed in.
#[derive(Clone, Debug)]
pub struct Made {
    pub(crate) place: usize,
    pub(crate) days: Days,
}

impl Unmade {
    /// Today and yesterday of `now` (tickers tell of 24 hours), as far as they are not in `days`; `None` when both are,
    /// or nothing of them exists yet.
    pub(crate) fn of(place: usize, days: &Days, now: i64) -> Option<Self> {
        let minute = now.div_euclid(MINUTE);
        let wanted = [minute - DAY, minute].into_iter();
        let wanted = wanted.filter(|minute| days.is_unmade(*minute));
        let minutes: Vec<i64> = wanted.collect();
        (!minutes.is_empty()).then(|| Self { place, minutes, days: days.without_days() })
    }

    /// Makes them: up to a tenth of a second for each year since the listing.
    #[must_use]
    pub fn make(mut self) -> Made {
        for minute in self.minutes {
            self.days.minute(minute);
        }
        Made { place: self.place, days: self.days }
    }
}
