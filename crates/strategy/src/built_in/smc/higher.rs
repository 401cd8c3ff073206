//! The higher timeframe of `SMC`: bias and zones.

use domain::Candle;
use indicators::smc::{Direction, EventKind, Scope, Smc, SmcSettings, Zone, ZoneId, ZoneKind};
use indicators::{Atr, Ema, Sma};
use market::Candles;

use super::drawing::Drawn;
use super::parameters::{BiasRule, Settings};

const EMA_LENGTH: usize = 50;
const VOLUME_LENGTH: usize = 20;
const ATR_LENGTH: usize = 14;

/// Most zones that are remembered; the oldest goes first.
const ZONES_MAX: usize = 64;

/// Direction of trades.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bias {
    pub(super) direction: Direction,
}

/// A zone that trades may be taken from.
#[derive(Clone, Copy, Debug)]
pub(super) struct EntryZone {
    pub(super) id: ZoneId,
    pub(super) number: f64,
    pub(super) kind: ZoneKind,
    pub(super) direction: Direction,
    pub(super) top: f64,
    pub(super) bottom: f64,
    known_row: u64,
    is_used: bool,
}

/// Readings of the higher timeframe.
pub(super) struct Higher {
    engine: Option<Smc>,
    volume_ratio_min: f64,
    gap_min: f64,
    seen: usize,
    ema: Ema,
    volumes: Sma,
    ranges: Atr,
    close: f64,
    zones: Vec<EntryZone>,
}

impl Higher {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            engine: None,
            volume_ratio_min: settings.volume_ratio_min,
            gap_min: settings.gap_min,
            seen: 0,
            ema: Ema::new(EMA_LENGTH),
            volumes: Sma::new(VOLUME_LENGTH),
            ranges: Atr::new(ATR_LENGTH),
            close: 0.0,
            zones: Vec::with_capacity(ZONES_MAX),
        }
    }

    /// Takes in the candles that have closed since the last time.
    pub(super) fn follow(&mut self, candles: &Candles<'_>, drawn: &mut Drawn) {
        while let Some(candle) = candles.candle(self.seen) {
            self.seen += 1;
            if self.engine.is_none() {
                let settings = SmcSettings { sessions: Vec::new(), ..SmcSettings::default() };
                self.engine = Smc::new(candles.timeframe(), settings).ok();
            }
            self.push(&candle, drawn);
        }
    }

    fn push(&mut self, candle: &Candle, drawn: &mut Drawn) {
        self.close = candle.close;
        self.ema.push(candle.close);
        self.ranges.push(candle);
        let mean = self.volumes.push(candle.volume);
        let is_busy = self.volume_ratio_min <= 0.0
            || mean.is_some_and(|mean| mean > 0.0 && candle.volume >= self.volume_ratio_min * mean);
        let Some(engine) = &mut self.engine else { return };
        engine.push(candle);
        for event in engine.events() {
            let Some(zone) = event.kind.zone() else { continue };
            if let EventKind::ZoneFormed(_) = event.kind {
                if counts(zone, is_busy, self.gap_min) {
                    drawn.zone(zone, event);
                    add(&mut self.zones, zone, event.known_row);
                }
            } else if zone.flipped_at.is_some() || !zone.is_living() {
                drawn.end_zone(zone.id, event.known_at);
                self.zones.retain(|it| it.id != zone.id);
            }
        }
    }

    /// The direction of trades; `None` while it is not known, or where its parts disagree.
    pub(super) fn bias(&self, rule: BiasRule) -> Option<Bias> {
        let by_average = self.ema.value().and_then(|average| {
            if self.close > average {
                Some(Direction::Bullish)
            } else if self.close < average {
                Some(Direction::Bearish)
            } else {
                None
            }
        });
        let by_structure =
            self.engine.as_ref().and_then(|it| it.structure(Scope::Internal).trend());
        let direction = match rule {
            BiasRule::Ema => by_average?,
            BiasRule::Structure => by_structure?,
            BiasRule::Both => by_average.filter(|it| by_structure == Some(*it))?,
        };
        Some(Bias { direction })
    }

    /// Average true range.
    pub(super) fn atr(&self) -> Option<f64> {
        self.ranges.value()
    }

    /// The newest zone of a direction, if the price is near enough to it and not beyond it.
    pub(super) fn zone(
        &self,
        direction: Direction,
        close: f64,
        settings: &Settings,
    ) -> Option<EntryZone> {
        let rows = self.engine.as_ref()?.rows();
        let is_young = |it: &EntryZone| rows - it.known_row <= settings.zone_candles;
        let newest =
            self.zones.iter().rev().find(|it| it.direction == direction && is_young(it))?;
        let middle = newest.top.midpoint(newest.bottom);
        let is_near = (close - middle).abs() <= settings.distance_max * middle;
        let is_inside = match direction {
            Direction::Bullish => close > newest.bottom,
            Direction::Bearish => close < newest.top,
        };
        (is_near && is_inside && !newest.is_used).then_some(*newest)
    }

    /// Takes no further trade from a zone.
    pub(super) fn use_up(&mut self, id: ZoneId) {
        if let Some(zone) = self.zones.iter_mut().find(|it| it.id == id) {
            zone.is_used = true;
        }
    }
}

impl EntryZone {
    /// Kind of signals from it.
    pub(super) const fn word(&self) -> &'static str {
        match self.kind {
            ZoneKind::OrderBlock => "SMC_order_block",
            ZoneKind::FairValueGap => "SMC_fair_value_gap",
        }
    }
}

/// Whether trades may be taken from a new zone.
fn counts(zone: &Zone, is_busy: bool, gap_min: f64) -> bool {
    match zone.kind {
        ZoneKind::OrderBlock => zone.scope == Some(Scope::Internal) && is_busy,
        ZoneKind::FairValueGap => zone.height() >= gap_min * zone.bottom,
    }
}

fn add(zones: &mut Vec<EntryZone>, zone: &Zone, known_row: u64) {
    if zones.len() >= ZONES_MAX {
        zones.remove(0);
    }
    zones.push(EntryZone {
        id: zone.id,
        number: number(zone.id.number()),
        kind: zone.kind,
        direction: zone.direction,
        top: zone.top,
        bottom: zone.bottom,
        known_row,
        is_used: false,
    });
}

/// A number of a zone as a reading.
fn number(value: u64) -> f64 {
    u32::try_from(value).map_or(f64::from(u32::MAX), f64::from)
}
