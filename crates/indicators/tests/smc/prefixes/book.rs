//! What a reader of the event log knows: the state that the events lead to.

use std::collections::BTreeMap;

use indicators::smc::{
    Direction, Event, EventKind, LevelKind, Pool, PoolId, Scope, Side, Zone, ZoneId, ZoneKind,
};

use super::super::batch::{self, Gap, Sign, Swing};

/// An order block at its creation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Block {
    pub(crate) row: usize,
    pub(crate) sign: Sign,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
}

/// The internal structure, all gaps, and pools.
#[derive(Default)]
pub(crate) struct Book {
    pub(crate) swings: Vec<Swing>,
    gaps: BTreeMap<ZoneId, Gap>,
    pools: BTreeMap<(Side, PoolId), (Pool, Option<usize>)>,
    /// Created by the newest candle, bullish ones first.
    pub(crate) new_blocks: Vec<Block>,
}

impl Book {
    /// Takes in what became known with one candle.
    pub(crate) fn take(&mut self, events: &[Event]) {
        self.new_blocks.clear();
        for event in events {
            self.take_one(event);
        }
    }

    pub(crate) fn gaps(&self) -> Vec<Gap> {
        let mut gaps: Vec<Gap> = self.gaps.values().copied().collect();
        gaps.sort_by_key(|gap| gap.row);
        gaps
    }

    pub(crate) fn pools(&self) -> Vec<(Pool, Option<usize>)> {
        let mut pools: Vec<_> = self.pools.values().copied().collect();
        pools.sort_by_key(|(pool, _)| pool.first.row);
        pools
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the state has no more than this")]
    fn take_one(&mut self, event: &Event) {
        let known = row(event.known_row);
        match &event.kind {
            EventKind::Swing(swing) if swing.scope == Scope::Internal => {
                if swing.replaces.is_some() {
                    self.swings.pop();
                }
                let sign = sign_of(swing.side.direction());
                self.swings.push(Swing { row: row(event.formed_row), sign, level: swing.level });
            }
            EventKind::ZoneFormed(zone) => self.formed(zone),
            EventKind::ZoneExtended(zone) => drop(self.gaps.insert(zone.id, gap(zone, None))),
            EventKind::ZoneTouched { zone, .. } if zone.touches == 1 => {
                if let Some(gap) = self.gaps.get_mut(&zone.id) {
                    gap.mitigated = Some(known);
                }
            }
            EventKind::PoolFormed(pool)
            | EventKind::PoolExtended(pool)
            | EventKind::PoolRevised(pool)
                if pool.scope == Scope::Internal =>
            {
                self.pools.entry((pool.side, pool.id)).or_insert((*pool, None)).0 = *pool;
            }
            EventKind::PoolDissolved(pool) if pool.scope == Scope::Internal => {
                self.pools.remove(&(pool.side, pool.id));
            }
            EventKind::LevelTaken(taken) => {
                if let LevelKind::Pool { scope: Scope::Internal, id } = taken.level
                    && let Some((_, swept)) = self.pools.get_mut(&(taken.side, id))
                {
                    *swept = Some(known);
                }
            }
            _ => {}
        }
    }

    fn formed(&mut self, zone: &Zone) {
        match zone.kind {
            ZoneKind::FairValueGap => drop(self.gaps.insert(zone.id, gap(zone, None))),
            ZoneKind::OrderBlock if zone.scope == Some(Scope::Internal) => {
                let (top, bottom) = (zone.top, zone.bottom);
                let sign = sign_of(zone.direction);
                self.new_blocks.push(Block { row: row(zone.formed.row), sign, top, bottom });
            }
            ZoneKind::OrderBlock => {}
        }
    }
}

fn gap(zone: &Zone, mitigated: Option<usize>) -> Gap {
    let sign = sign_of(zone.direction);
    Gap { row: row(zone.formed.row), sign, top: zone.top, bottom: zone.bottom, mitigated }
}

fn row(row: u64) -> usize {
    usize::try_from(row).expect("a row in memory")
}

pub(crate) const fn sign_of(direction: Direction) -> Sign {
    match direction {
        Direction::Bullish => Sign::Plus,
        Direction::Bearish => Sign::Minus,
    }
}

/// Means are compared within rounding, as they are summed up in another order.
pub(crate) fn check_pools(found: &[(Pool, Option<usize>)], expected: &[batch::Pool], place: &str) {
    let shape = |pool: &batch::Pool| (pool.row, pool.sign, pool.end, pool.swept);
    let shapes: Vec<_> = found
        .iter()
        .map(|(pool, swept)| {
            (row(pool.first.row), sign_of(pool.side.direction()), row(pool.last.row), *swept)
        })
        .collect();
    assert_eq!(shapes, expected.iter().map(shape).collect::<Vec<_>>(), "pools: {place}");
    for ((pool, _), expected) in found.iter().zip(expected) {
        let difference = (pool.level() - expected.level).abs();
        assert!(difference <= 1e-12 * expected.level, "level of a pool: {place}");
    }
}
