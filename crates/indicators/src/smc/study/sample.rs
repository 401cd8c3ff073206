//! One touch and the candles after it.
//!
//! Of the candle of the touch only what surely came after the entry counts: its far end against, and along its
//! close or, if it is entered at its open, its far end as well.

use domain::{Candle, Timestamp};

use super::{StopRule, StudyQuestion};
use crate::smc::direction::View;
use crate::smc::{Zone, ZoneId};

/// What came of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Reached before the stop.
    Hit,
    /// Stopped before.
    Lost,
    /// Stopped in a candle that reached the target as well; counted as lost.
    Ambiguous,
    /// Neither within the horizon.
    Unresolved,
    /// Neither, and the candles end before the horizon.
    Cut,
}

crate::smc::direction::names!(Outcome {
    Hit => "hit",
    Lost => "lost",
    Ambiguous => "ambiguous",
    Unresolved => "unresolved",
    Cut => "cut",
});

/// One touch. Distances are in heights of the zone, from the entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The zone.
    pub zone: ZoneId,
    /// Open time of the candle of the touch.
    pub touched: Timestamp,
    /// Close time of that candle.
    pub known_at: Timestamp,
    /// The price of the entry.
    pub entry: f64,
    /// The height of the zone, in the unit of the prices.
    pub height: f64,
    /// What came of each target, in the order of the question.
    pub outcomes: Vec<Outcome>,
    /// The furthest against the entry until the stop or the horizon, 0 or more; a stop by a gap lies beyond 1.
    pub against: f64,
    /// The furthest along until then, 0 or more; of a candle that stops it by a wick nothing counts.
    pub along: f64,
    /// The candle that stopped it, counted from that of the touch.
    pub stopped_after: Option<usize>,
}

impl Sample {
    /// [`Self::against`] as a fraction of the entry's price.
    #[must_use]
    pub fn against_fraction(&self) -> f64 {
        self.against * self.height / self.entry
    }

    /// [`Self::along`] as a fraction of the entry's price.
    #[must_use]
    pub fn along_fraction(&self) -> f64 {
        self.along * self.height / self.entry
    }

    /// `candles` begin with that of the touch; the zone has a height.
    pub(super) fn measure(
        question: &StudyQuestion,
        zone: &Zone,
        known_at: Timestamp,
        candles: &[Candle],
    ) -> Self {
        let direction = zone.direction;
        let edges = [zone.top, zone.bottom].map(|price| direction.seen(price));
        let walk =
            Walk::new(question, edges, candles.iter().map(|candle| View::of(candle, direction)));
        let height = zone.height();
        let is_cut = candles.len() <= question.horizon;
        Self {
            zone: zone.id,
            touched: candles[0].open_time,
            known_at,
            entry: direction.seen(walk.entry),
            height,
            outcomes: walk.outcomes(is_cut),
            against: walk.worst / height,
            along: walk.best / height,
            stopped_after: walk.stopped,
        }
    }
}

/// The candles after an entry as the zone's direction sees them.
struct Walk {
    entry: f64,
    /// Distances from the entry, in prices.
    worst: f64,
    best: f64,
    stopped: Option<usize>,
    /// The candle that reached each target, before the stop or with it.
    reached: Vec<Option<usize>>,
    stop: StopRule,
}

impl Walk {
    fn new(question: &StudyQuestion, edges: [f64; 2], views: impl Iterator<Item = View>) -> Self {
        let (near, far) = (edges[0].max(edges[1]), edges[0].min(edges[1]));
        let targets = question.targets.iter().map(|target| near + target * (near - far));
        let targets: Vec<f64> = targets.collect();
        let stop = question.stop;
        let mut walk = Self {
            entry: near,
            worst: 0.0,
            best: 0.0,
            stopped: None,
            reached: vec![None; targets.len()],
            stop,
        };
        for (number, view) in views.take(question.horizon + 1).enumerate() {
            let is_entered_inside = number == 0 && view.open > near;
            if number == 0 {
                walk.entry = near.min(view.open);
            }
            let high = if is_entered_inside { view.close } else { view.high };
            for (reached, target) in walk.reached.iter_mut().zip(&targets) {
                if reached.is_none() && high >= *target {
                    *reached = Some(number);
                }
            }
            walk.worst = walk.worst.max(walk.entry - view.low);
            let (is_stopped, is_along) = match stop {
                StopRule::Wick => (view.low < far, view.low >= far),
                StopRule::Close => (view.close < far, true),
            };
            if is_along {
                walk.best = walk.best.max(high - walk.entry);
            }
            if is_stopped {
                walk.stopped = Some(number);
                break;
            }
        }
        walk
    }

    fn outcomes(&self, is_cut: bool) -> Vec<Outcome> {
        let outcome = |reached: &Option<usize>| match (*reached, self.stopped) {
            (Some(reached), Some(stopped)) if reached == stopped => match self.stop {
                StopRule::Wick => Outcome::Ambiguous,
                StopRule::Close => Outcome::Hit,
            },
            (Some(_), _) => Outcome::Hit,
            (None, Some(_)) => Outcome::Lost,
            (None, None) if is_cut => Outcome::Cut,
            (None, None) => Outcome::Unresolved,
        };
        self.reached.iter().map(outcome).collect()
    }
}
