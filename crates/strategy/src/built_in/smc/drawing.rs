//! What `SMC` draws: the zones that count, and its entries with sweep and break.

use domain::Timestamp;
use indicators::smc::{Direction, Event, Zone as Found, ZoneId, ZoneKind};
use market::Candles;

use super::Plan;
use crate::{Label, Output, Tone, Zone};

/// Drawings so far.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    is_omitted: bool,
    output: Output,
    /// Zones that have not ended, with their numbers among the drawings.
    open: Vec<(ZoneId, usize)>,
}

impl Drawn {
    pub(super) fn omit(&mut self) {
        self.is_omitted = true;
    }

    pub(super) fn take(&mut self) -> Output {
        self.open.clear();
        std::mem::take(&mut self.output)
    }

    /// A zone that counts.
    pub(super) fn zone(&mut self, zone: &Found, event: &Event) {
        if self.is_omitted {
            return;
        }
        let drawn = self.output.zone(Zone {
            from: event.formed_at,
            known_at: event.known_at,
            until: None,
            top: zone.top,
            bottom: zone.bottom,
            tone: tone(zone.direction),
            text: match zone.kind {
                ZoneKind::OrderBlock => "OB".to_owned(),
                ZoneKind::FairValueGap => "FVG".to_owned(),
            },
        });
        self.open.extend(drawn.map(|number| (zone.id, number)));
    }

    /// The price has gone through a zone.
    pub(super) fn end_zone(&mut self, id: ZoneId, time: Timestamp) {
        if let Some(place) = self.open.iter().position(|(open, _)| *open == id) {
            let (_, number) = self.open.swap_remove(place);
            self.output.end_zone(number, time);
        }
    }

    /// An entry and what it rests on.
    pub(super) fn entry(&mut self, plan: &Plan, candles: &Candles<'_>) {
        let Some(time) = candles.closed_at().filter(|_| !self.is_omitted) else { return };
        let tone = tone(plan.bias.direction);
        let levels = [("sweep", plan.setup.sweep), ("break", plan.setup.broken)];
        for (text, level) in levels {
            if let Some(price) = level {
                self.output.label(Label { time, price, tone, text: text.to_owned() });
            }
        }
    }
}

const fn tone(direction: Direction) -> Tone {
    match direction {
        Direction::Bullish => Tone::Bullish,
        Direction::Bearish => Tone::Bearish,
    }
}
