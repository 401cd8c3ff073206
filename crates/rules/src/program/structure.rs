//! The market structure of one timeframe and the events that rules wait for.

use domain::{Candle, Timeframe};
use indicators::smc::{Direction, Half, Period, Scope, Side, Smc, SmcSettings, Zone, ZoneKind};

use super::{Watch, Zones};

/// Reads market structure once it knows its timeframe.
#[derive(Debug)]
pub(crate) struct Structure {
    settings: SmcSettings,
    smc: Option<Smc>,
    watches: Vec<Watch>,
    /// Candles so far.
    rows: u64,
}

impl Structure {
    pub(crate) const fn new(settings: SmcSettings, watches: Vec<Watch>) -> Self {
        Self { settings, smc: None, watches, rows: 0 }
    }

    #[inline]
    pub(crate) fn push(&mut self, candle: &Candle, timeframe: Timeframe) {
        if self.smc.is_none() {
            // The settings were checked when the rules were compiled.
            self.smc = Smc::new(timeframe, self.settings.clone()).ok();
        }
        let Some(smc) = &mut self.smc else { return };
        smc.push(candle);
        self.rows += 1;
        for event in smc.events() {
            for watch in &mut self.watches {
                watch.see(event, self.rows);
            }
        }
    }

    /// Whether an event that is waited for is recent enough.
    #[inline]
    pub(crate) fn has_seen(&self, watch: usize) -> bool {
        self.watches.get(watch).is_some_and(|watch| watch.is_recent(self.rows))
    }

    /// Living zones that a filter lets through, in no order: lists without any of them are not looked through.
    pub(crate) fn zones<'a>(&'a self, zones: &'a Zones) -> impl Iterator<Item = &'a Zone> {
        let smc = self.smc.iter();
        smc.flat_map(move |smc| {
            let blocks = Scope::ALL.into_iter().filter(|scope| zones.takes_blocks_of(*scope));
            let blocks = blocks.flat_map(move |scope| {
                Direction::ALL.into_iter().flat_map(move |it| smc.order_blocks(scope, it))
            });
            let gaps = Direction::ALL.into_iter().filter(|_| zones.take(ZoneKind::FairValueGap));
            let gaps = gaps.flat_map(move |direction| smc.gaps(direction));
            blocks.chain(gaps).filter(|zone| zones.contain(zone))
        })
    }

    pub(crate) fn trend(&self, scope: Scope) -> Option<Direction> {
        self.smc.as_ref()?.structure(scope).trend()
    }

    pub(crate) fn swing(&self, scope: Scope, side: Side) -> Option<f64> {
        self.smc.as_ref()?.structure(scope).swing(side).map(|swing| swing.level)
    }

    pub(crate) fn previous(&self, period: Period, side: Side) -> Option<f64> {
        let extent = &self.smc.as_ref()?.previous(period)?.extent;
        Some(match side {
            Side::High => extent.high,
            Side::Low => extent.low,
        })
    }

    pub(crate) fn range_place(&self, scope: Scope) -> Option<f64> {
        self.smc.as_ref()?.position(scope)
    }

    pub(crate) fn half(&self, scope: Scope) -> Option<Half> {
        self.smc.as_ref()?.half(scope)
    }
}
