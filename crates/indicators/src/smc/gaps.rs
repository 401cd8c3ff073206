//! Fair value gaps: three candles of which the first and the third do not overlap.
//!
//! Candles follow each other by row; a candle missing in time does not matter.

use domain::Candle;

use super::direction::{Direction, Place};
use super::moment::Moment;
use super::settings::GapRule;
use super::zone::{ZoneId, ZoneKind};
use super::zones::{NewZone, Zones};

/// The candle before the newest.
#[derive(Clone, Copy, Debug)]
struct Middle {
    place: Place,
    high: f64,
    low: f64,
    /// Where its close lies from its open, upwards.
    body: f64,
    displaced: Option<Direction>,
    /// High and low of the candle before it.
    first: Option<(f64, f64)>,
}

/// A run of joined gaps that may still grow.
#[derive(Clone, Copy, Debug)]
struct Run {
    direction: Direction,
    id: ZoneId,
}

/// Finds gaps and joins them.
#[derive(Clone, Debug)]
pub(super) struct Gaps {
    rule: GapRule,
    middle: Option<Middle>,
    run: Option<Run>,
}

impl Gaps {
    pub(super) const fn new(rule: GapRule) -> Self {
        Self { rule, middle: None, run: None }
    }

    /// The gap that the newest candle completes.
    #[inline]
    pub(super) fn find(&self, moment: &Moment) -> Option<NewZone> {
        let middle = self.middle.as_ref()?;
        let (high, low) = middle.first?;
        let newest = &moment.candle;
        let (direction, near, far) = if newest.low > high {
            (Direction::Bullish, newest.low, high)
        } else if newest.high < low {
            (Direction::Bearish, newest.high, low)
        } else {
            return None;
        };
        if direction.seen(middle.body) <= 0.0 {
            return None;
        }
        Some(NewZone {
            kind: ZoneKind::FairValueGap,
            direction,
            scope: None,
            displaced: middle.displaced == Some(direction),
            bottom: near.min(far),
            top: near.max(far),
            formed: middle.place,
            is_final: self.rule == GapRule::Single,
        })
    }

    /// Ends the run of joined gaps, unless the newest candle's gap goes on with it.
    #[inline]
    pub(super) fn confirm(
        &mut self,
        gap: Option<&NewZone>,
        zones: &mut Zones,
        moment: &mut Moment,
    ) {
        let goes_on = |run: &Run| gap.is_some_and(|gap| gap.direction == run.direction);
        if let Some(run) = self.run.take_if(|run| !goes_on(run)) {
            zones.confirm(run.id, moment);
        }
    }

    /// Makes a zone of the gap or joins it to the run.
    pub(super) fn form(&mut self, gap: &NewZone, zones: &mut Zones, moment: &mut Moment) {
        match (self.rule, self.run) {
            (GapRule::Single, _) => {
                zones.form(gap, moment);
            }
            (GapRule::Joined, Some(run)) => zones.extend(run.id, gap, moment),
            (GapRule::Joined, None) => {
                let id = zones.form(gap, moment);
                self.run = Some(Run { direction: gap.direction, id });
            }
        }
    }

    /// Makes the newest candle the middle of the next three.
    #[inline]
    pub(super) fn advance(&mut self, moment: &Moment) {
        let first = self.middle.map(|middle| (middle.high, middle.low));
        let Candle { open_time: _, open, high, low, close, volume: _ } = moment.candle;
        let (place, displaced) = (moment.place, moment.displaced);
        self.middle = Some(Middle { place, high, low, body: close - open, displaced, first });
    }
}

#[cfg(test)]
mod tests {
    use crate::smc::fixture::{settings, told};
    use crate::smc::{GapRule, SmcSettings};

    const RUN: [[f64; 4]; 5] = [
        [10.0, 11.0, 9.0, 11.0],
        [11.0, 13.0, 10.5, 13.0],
        [13.0, 15.0, 12.0, 15.0],
        [15.0, 16.0, 14.0, 14.5],
        [14.5, 15.0, 13.5, 14.0],
    ];

    #[test]
    fn each_gap_is_a_zone_known_with_its_third_candle() {
        assert_eq!(
            told(&settings(), &RUN, &["zone_formed", "zone_touched"]),
            [
                "2: zone_formed gap bullish 11..12 @1",
                "3: zone_formed gap bullish 13..14 @2",
                "4: zone_touched gap bullish 13..14 no 1 depth 0.5 @4",
            ]
        );
    }

    #[test]
    fn joined_gaps_grow_until_their_run_has_ended() {
        let joined = SmcSettings { gap_rule: GapRule::Joined, ..settings() };
        assert_eq!(
            told(&joined, &RUN, &["zone"]),
            [
                "2: zone_formed gap bullish 11..12 @1",
                "3: zone_extended gap bullish 11..14 @2",
                "4: zone_confirmed gap bullish 11..14 @4",
                "4: zone_touched gap bullish 11..14 no 1 depth 0.16666666666666666 @4",
            ]
        );
    }

    #[test]
    fn edges_that_meet_and_middles_without_a_body_are_no_gap() {
        let mut prices = RUN[..3].to_vec();
        prices[2][2] = 11.0;
        assert!(told(&settings(), &prices, &["zone"]).is_empty());
        prices[2][2] = 12.0;
        prices[1][3] = prices[1][0];
        assert!(told(&settings(), &prices, &["zone"]).is_empty());
    }

    #[test]
    fn a_bearish_gap_is_the_mirror_image() {
        let prices = RUN.map(|[open, high, low, close]| [-open, -low, -high, -close]);
        let prices = prices.map(|prices| prices.map(|price| price + 30.0));
        assert_eq!(
            told(&settings(), &prices[..3], &["zone"]),
            ["2: zone_formed gap bearish 18..19 @1"]
        );
    }
}
