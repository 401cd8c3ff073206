//! The lower timeframe of `SMC`: sweep, break and gaps.

use indicators::smc::{
    Break, Direction, EventKind, Scope, Smc, SmcSettings, Taken, Taking, ZoneStage,
};
use market::Candles;

use super::parameters::Settings;

/// What has happened towards an entry in one direction.
#[derive(Clone, Copy, Debug, Default)]
struct Way {
    /// Row and level of the last sweep against the direction.
    sweep: Option<(u64, f64)>,
    /// Row and level of the last break in the direction.
    broken: Option<(u64, f64)>,
}

/// What an entry rests on: levels of sweep and break.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setup {
    pub(super) sweep: Option<f64>,
    pub(super) broken: Option<f64>,
}

/// Readings of the lower timeframe.
pub(super) struct Lower {
    engine: Option<Smc>,
    seen: usize,
    bullish: Way,
    bearish: Way,
}

impl Lower {
    pub(super) const fn new() -> Self {
        let way = Way { sweep: None, broken: None };
        Self { engine: None, seen: 0, bullish: way, bearish: way }
    }

    /// Takes in the candles that have closed since the last time.
    pub(super) fn follow(&mut self, candles: &Candles<'_>) {
        while let Some(candle) = candles.candle(self.seen) {
            self.seen += 1;
            if self.engine.is_none() {
                self.engine = Smc::new(candles.timeframe(), SmcSettings::default()).ok();
            }
            let Some(engine) = &mut self.engine else { return };
            engine.push(&candle);
            for event in engine.events() {
                let ways = (&mut self.bullish, &mut self.bearish);
                if let EventKind::LevelTaken(taken) = &event.kind {
                    note_sweep(ways, taken, event.known_row);
                } else if let EventKind::Break(found) = &event.kind {
                    note_break(ways, found, event.known_row);
                }
            }
        }
    }

    /// What an entry at the newest candle rests on; `None` when something required is missing.
    pub(super) fn setup(&self, direction: Direction, settings: &Settings) -> Option<Setup> {
        let newest = self.engine.as_ref()?.rows().checked_sub(1)?;
        let way = match direction {
            Direction::Bullish => &self.bullish,
            Direction::Bearish => &self.bearish,
        };
        let is_fresh =
            |(row, _): &(u64, f64)| newest - row <= settings.setup_candles.unsigned_abs();
        let sweep = way.sweep.filter(is_fresh);
        let broken = way.broken.filter(is_fresh);
        // A break that came before the sweep says nothing about what followed it.
        let broken = broken.filter(|(row, _)| sweep.is_none_or(|(swept, _)| *row >= swept));
        if settings.requires_sweep && sweep.is_none() || settings.requires_break && broken.is_none()
        {
            return None;
        }
        // With a break the entry is at its candle: later the move has gone on without it.
        if settings.requires_break && broken.is_some_and(|(row, _)| row != newest) {
            return None;
        }
        Some(Setup { sweep: sweep.map(|it| it.1), broken: broken.map(|it| it.1) })
    }

    /// The near edge of the newest gap of a direction into which the price has not returned.
    pub(super) fn gap_edge(&self, direction: Direction) -> Option<f64> {
        let mut gaps = self.engine.as_ref()?.gaps(direction);
        let gap = gaps.find(|gap| gap.stage == ZoneStage::Fresh)?;
        Some(match direction {
            Direction::Bullish => gap.top,
            Direction::Bearish => gap.bottom,
        })
    }
}

/// A sweep of lows speaks for higher prices.
fn note_sweep((bullish, bearish): (&mut Way, &mut Way), taken: &Taken, row: u64) {
    match taken.how {
        Taking::Run => {}
        Taking::Sweep => {
            let way = match taken.side.direction() {
                Direction::Bearish => bullish,
                Direction::Bullish => bearish,
            };
            way.sweep = Some((row, taken.price));
        }
    }
}

fn note_break((bullish, bearish): (&mut Way, &mut Way), found: &Break, row: u64) {
    match found.scope {
        Scope::Swing => {}
        Scope::Internal => {
            let way = match found.direction {
                Direction::Bullish => bullish,
                Direction::Bearish => bearish,
            };
            way.broken = Some((row, found.level));
        }
    }
}
