//! What came of zones after the price had returned to them: how often a target, how far against, how far along.
//!
//! A query of the past that looks at candles after each touch. It gives no reading to a strategy and takes all
//! candles at once, so that none can call it while it trades.
//!
//! A sample is a trade at the near edge of a zone. It is entered when the candle of the touch reaches that edge,
//! at the candle's open if that lies beyond. The unit of distances is the height of the zone, from the near edge
//! to the far one, where the stop lies: a target of 2 is two heights away from the near edge.

mod sample;
mod table;
#[cfg(test)]
mod tests;

use domain::{Candle, Timeframe};

use super::{Direction, EventKind, Scope, Smc, SmcSettings, SmcSettingsError, Zone, ZoneKind};

pub use sample::{Outcome, Sample};
pub use table::{Spread, Study, TargetRow};

/// Which touches, and how they are measured.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyQuestion {
    /// Order blocks or gaps.
    pub kind: ZoneKind,
    /// Of one direction, or of both.
    pub direction: Option<Direction>,
    /// Order blocks of one structure, or of both; gaps have none.
    pub scope: Option<Scope>,
    /// Which touch of a zone, from 1.
    pub touch: u32,
    /// Targets, in heights of the zone beyond its near edge.
    pub targets: Vec<f64>,
    /// What ends a sample against it.
    pub stop: StopRule,
    /// How many candles after that of the touch are looked at.
    pub horizon: usize,
}

/// What ends a sample against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopRule {
    /// A candle that trades strictly beyond the far edge. A candle that reaches a target as well counts as
    /// lost, for the order of its prices is not known.
    Wick,
    /// A candle that closes strictly beyond the far edge. Its own highs and lows came first.
    Close,
}

super::direction::names!(StopRule { Wick => "wick", Close => "close" });

impl Default for StudyQuestion {
    /// First touches of bullish order blocks of both structures: 1, 2 and 3 heights within 50 candles, stopped by
    /// a wick.
    fn default() -> Self {
        Self {
            kind: ZoneKind::OrderBlock,
            direction: Some(Direction::Bullish),
            scope: None,
            touch: 1,
            targets: vec![1.0, 2.0, 3.0],
            stop: StopRule::Wick,
            horizon: 50,
        }
    }
}

impl StudyQuestion {
    fn is_about(&self, zone: &Zone) -> bool {
        zone.kind == self.kind
            && self.direction.is_none_or(|direction| direction == zone.direction)
            && self.scope.is_none_or(|scope| zone.scope == Some(scope))
    }

    /// Runs the engine over closed candles of one symbol, ascending, and measures the touches asked for.
    ///
    /// ```
    /// use indicators::smc::study::StudyQuestion;
    /// use indicators::smc::SmcSettings;
    ///
    /// let candles = []; // Four-hour candles of a symbol.
    /// let question = StudyQuestion::default();
    /// let study = question.answer(domain::Timeframe::H4, SmcSettings::default(), &candles)?;
    /// assert_eq!(study.samples.len(), 0);
    /// assert_eq!(study.targets[0].rate(), None);
    /// # Ok::<(), indicators::smc::SmcSettingsError>(())
    /// ```
    ///
    /// # Errors
    /// [`SmcSettingsError`] if a setting of the engine is outside its limits.
    pub fn answer(
        &self,
        timeframe: Timeframe,
        settings: SmcSettings,
        candles: &[Candle],
    ) -> Result<Study, SmcSettingsError> {
        let mut smc = Smc::new(timeframe, settings)?;
        let (mut zones, mut flat, mut samples) = (0, 0, Vec::new());
        for (row, candle) in candles.iter().enumerate() {
            smc.push(candle);
            for event in smc.events() {
                let Some(zone) = event.kind.zone().filter(|zone| self.is_about(zone)) else {
                    continue;
                };
                if matches!(event.kind, EventKind::ZoneFormed(_)) {
                    zones += 1;
                }
                let is_touch = matches!(event.kind, EventKind::ZoneTouched { .. });
                if !is_touch || zone.touches != self.touch {
                    continue;
                }
                if zone.height() > 0.0 {
                    samples.push(Sample::measure(self, zone, event.known_at, &candles[row..]));
                } else {
                    flat += 1;
                }
            }
        }
        Ok(Study::new(self, zones, flat, samples))
    }
}
