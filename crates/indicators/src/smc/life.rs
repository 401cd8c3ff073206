//! The life of one zone, one candle at a time.
//!
//! Seen from the direction in which it acts, the price comes down to the near edge of a zone and through its far
//! edge. A zone that was gone through acts the other way round: its edges change places and the same steps follow.

use super::direction::{Direction, View};
use super::event::EventKind;
use super::moment::Moment;
use super::settings::Mitigation;
use super::zone::{Zone, ZoneKind, ZoneStage};

/// What becomes of a zone that the price is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// The price is still at it.
    Stays,
    /// The price has left; it waits for the next return.
    Leaves,
    /// Its life is over.
    Ends,
}

/// Whether the price has come to a zone with this candle or was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    Now,
    Before,
}

/// A zone with its edges as the direction in which it acts sees them.
#[derive(Clone, Debug)]
pub(super) struct Life {
    pub(super) zone: Zone,
    pub(super) acts: Direction,
    /// The edge that the price comes to first.
    pub(super) near: f64,
    far: f64,
    half: f64,
    deepest: f64,
}

impl Life {
    pub(super) fn new(zone: Zone) -> Self {
        let acts = zone.direction;
        let (one, other) = (acts.seen(zone.top), acts.seen(zone.bottom));
        Self {
            zone,
            acts,
            near: one.max(other),
            far: one.min(other),
            half: acts.seen(zone.half()),
            deepest: f64::INFINITY,
        }
    }

    /// One candle; [`Arrival::Now`] only if it reaches the near edge.
    #[inline]
    pub(super) fn step(
        &mut self,
        arrival: Arrival,
        mitigation: Mitigation,
        moment: &mut Moment,
    ) -> Fate {
        let view = moment.view(self.acts);
        if view.low > self.near {
            return Fate::Leaves;
        }
        if self.acts == self.zone.direction {
            self.step_to_far_edge(arrival, view, mitigation, moment)
        } else {
            self.step_back(arrival, view, moment)
        }
    }

    fn step_to_far_edge(
        &mut self,
        arrival: Arrival,
        view: View,
        mitigation: Mitigation,
        moment: &mut Moment,
    ) -> Fate {
        if view.low < self.deepest {
            self.deepest = view.low;
            self.zone.deepest_price = Some(self.acts.seen(view.low));
        }
        if arrival == Arrival::Now {
            self.zone.touches += 1;
            self.zone.touched_at.get_or_insert(moment.known_at);
            self.rise(ZoneStage::Touched);
            let depth = self.zone.depth_of(self.acts.seen(view.low));
            moment.tell(EventKind::ZoneTouched { zone: self.zone, depth });
        }
        if view.low <= self.half && self.zone.halved_at.is_none() {
            self.zone.halved_at = Some(moment.known_at);
            self.rise(ZoneStage::Halved);
            moment.tell(EventKind::ZoneHalved(self.zone));
        }
        if view.low < self.far {
            self.beyond_far_edge(view, mitigation, moment);
        }
        Fate::Stays
    }

    fn beyond_far_edge(&mut self, view: View, mitigation: Mitigation, moment: &mut Moment) {
        match self.zone.kind {
            ZoneKind::OrderBlock => {
                let reach = match mitigation {
                    Mitigation::Wick => view.low,
                    Mitigation::Body => view.body_low(),
                };
                if reach < self.far {
                    self.flip(ZoneStage::Mitigated, moment);
                    moment.tell(EventKind::ZoneMitigated(self.zone));
                }
            }
            ZoneKind::FairValueGap => {
                if self.zone.filled_at.is_none() {
                    self.zone.filled_at = Some(moment.known_at);
                    self.rise(ZoneStage::Filled);
                    moment.tell(EventKind::ZoneFilled(self.zone));
                }
                if view.close < self.far {
                    self.flip(ZoneStage::Inverted, moment);
                    moment.tell(EventKind::ZoneInverted(self.zone));
                }
            }
        }
    }

    /// The way back through a zone that was gone through.
    fn step_back(&mut self, arrival: Arrival, view: View, moment: &mut Moment) -> Fate {
        if arrival == Arrival::Now {
            self.zone.retests += 1;
            let depth = self.zone.depth_of(self.acts.seen(view.low));
            moment.tell(EventKind::ZoneRetested { zone: self.zone, depth });
        }
        let reach = match self.zone.kind {
            ZoneKind::OrderBlock => view.low,
            ZoneKind::FairValueGap => view.close,
        };
        if reach >= self.far {
            return Fate::Stays;
        }
        self.zone.stage = ZoneStage::Invalidated;
        self.zone.ended_at = Some(moment.known_at);
        moment.tell(EventKind::ZoneInvalidated(self.zone));
        Fate::Ends
    }

    fn rise(&mut self, stage: ZoneStage) {
        self.zone.stage = self.zone.stage.max(stage);
    }

    fn flip(&mut self, stage: ZoneStage, moment: &Moment) {
        self.zone.stage = stage;
        self.zone.flipped_at = Some(moment.known_at);
        self.acts = self.acts.opposite();
        (self.near, self.far) = (-self.far, -self.near);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smc::fixture::{candles, run, settings, told};
    use crate::smc::{SmcSettings, ZoneId};

    /// A bullish gap 12..14 with rows 0 to 2, and what follows.
    fn gap(after: &[[f64; 4]]) -> Vec<[f64; 4]> {
        let gap = [[10.0, 12.0, 9.0, 11.0], [11.0, 15.0, 11.0, 15.0], [15.0, 17.0, 14.0, 16.0]];
        gap.into_iter().chain(after.iter().copied()).collect()
    }

    #[test]
    fn a_gap_is_touched_halved_filled_inverted_retested_and_invalidated() {
        let prices = gap(&[
            [16.0, 16.5, 14.0, 15.0],
            [15.0, 15.5, 13.5, 15.2],
            [15.2, 16.0, 14.5, 15.0],
            [15.0, 15.0, 13.0, 14.0],
            [14.0, 14.0, 11.5, 12.5],
            [12.5, 12.5, 11.0, 11.4],
            [11.4, 11.6, 10.8, 11.0],
            [11.0, 14.5, 11.0, 13.0],
            [13.0, 15.0, 13.0, 14.2],
        ]);
        let lines: Vec<_> = told(&settings(), &prices, &["zone"])
            .into_iter()
            .filter(|line| line.contains("gap bullish 12..14"))
            .map(|line| line.replace(" gap bullish 12..14", "").replace("zone_", ""))
            .collect();
        assert_eq!(
            lines,
            [
                "2: formed @1",
                "3: touched no 1 depth 0 @3",
                "6: touched no 2 depth 0.5 @6",
                "6: halved @6",
                "7: filled @7",
                "8: inverted @8",
                "10: retested no 1 depth -0.25 @10",
                "11: invalidated @11",
            ]
        );
    }

    #[test]
    fn readings_of_a_zone_follow_its_life() {
        let prices = gap(&[[16.0, 16.5, 13.5, 15.0], [15.0, 15.0, 11.0, 11.5]]);
        let (smc, _) = run(&settings(), &candles(&prices[..4]));
        let zone = *smc.gaps(Direction::Bullish).next().unwrap();
        assert_eq!((zone.stage, zone.touches, zone.deepest()), (ZoneStage::Touched, 1, Some(0.25)));
        assert_eq!((zone.acts(), zone.half(), zone.height()), (Direction::Bullish, 13.0, 2.0));
        let (smc, _) = run(&settings(), &candles(&prices));
        let zone = *smc.zone(zone.id).unwrap();
        assert_eq!((zone.stage, zone.deepest()), (ZoneStage::Inverted, Some(1.5)));
        assert_eq!(zone.acts(), Direction::Bearish);
        assert!(zone.filled_at == zone.flipped_at && zone.touched_at < zone.flipped_at);
        assert_eq!(smc.zones().next().unwrap().id, ZoneId { number: 0, slot: 0 });
    }

    #[test]
    fn a_block_is_mitigated_by_a_wick_or_by_a_body() {
        // The block 7..10 of the zigzag, a wick through it, then a body.
        let mut prices = crate::smc::fixture::ZIGZAG[..11].to_vec();
        prices.extend([[15.0, 15.0, 6.5, 8.0], [8.0, 8.5, 6.0, 6.8], [6.8, 6.9, 6.0, 6.5]]);
        prices.extend([[6.5, 7.5, 6.5, 7.2], [7.2, 10.1, 7.2, 9.0]]);
        let of_block = |mitigation| {
            let settings = SmcSettings { mitigation, ..settings() };
            let lines = told(&settings, &prices, &["zone"]).into_iter();
            let lines = lines.filter(|line| line.contains("internal bullish 7..10"));
            lines.map(|line| line.replace(" internal bullish 7..10", "")).collect::<Vec<_>>()
        };
        let wick = of_block(Mitigation::Wick);
        let expected = [
            "10: zone_formed @7",
            "11: zone_touched no 1 depth 1.1666666666666667 @11",
            "11: zone_halved @11",
            "11: zone_mitigated @11",
            "14: zone_retested no 1 depth 0.8333333333333334 @14",
            "15: zone_invalidated @15",
        ];
        assert_eq!(wick, expected);
        let body = of_block(Mitigation::Body);
        assert_eq!(body[..3], expected[..3]);
        assert_eq!(body[3], "12: zone_mitigated @12");
        assert_eq!(body[4..], expected[4..]);
    }

    #[test]
    fn a_zone_without_height_is_touched_whole() {
        let flat = [[5.0, 5.0, 5.0, 5.0], [6.0, 6.0, 4.0, 5.0]];
        let (_, events) = run(&settings(), &candles(&gap(&flat)));
        let zone = events.iter().find_map(|event| event.kind.zone()).unwrap();
        let zone = Zone { top: zone.bottom, ..*zone };
        assert_eq!(zone.depth_of(zone.bottom), 1.0);
    }
}
