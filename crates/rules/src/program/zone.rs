//! Choosing among living zones.

use domain::Direction;
use indicators::smc::{self, Scope, Zone, ZoneKind, ZoneStage};

use super::Structure;
use super::watch::{lets, lets_if_any};
use crate::model::{Pick, ZoneEdge};

/// Which living zones. A filter that is not there lets everything through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Zones {
    pub(crate) kind: Option<ZoneKind>,
    /// The direction in which they act.
    pub(crate) acts: Option<smc::Direction>,
    pub(crate) stage: Option<ZoneStage>,
    pub(crate) scope: Option<Scope>,
}

impl Zones {
    pub(crate) fn contain(&self, zone: &Zone) -> bool {
        lets(self.kind, zone.kind)
            && lets(self.acts, zone.acts())
            && lets(self.stage, zone.stage)
            && lets_if_any(self.scope, zone.scope)
    }

    /// Whether it lets zones of a kind through.
    pub(crate) fn take(&self, kind: ZoneKind) -> bool {
        lets(self.kind, kind)
    }

    /// Whether it lets order blocks of a structure through.
    pub(crate) fn takes_blocks_of(&self, scope: Scope) -> bool {
        self.take(ZoneKind::OrderBlock) && lets(self.scope, scope)
    }

    /// Whether a price lies inside one of them, edges included.
    pub(crate) fn surround(&self, price: f64, structure: &Structure) -> bool {
        structure.zones(self).any(|zone| zone.bottom <= price && price <= zone.top)
    }

    /// An edge of one of them.
    pub(crate) fn edge(
        &self,
        (pick, edge): (Pick, ZoneEdge),
        close: f64,
        structure: &Structure,
    ) -> Option<f64> {
        let zones = structure.zones(self);
        let zone = match pick {
            Pick::Newest => zones.max_by_key(|zone| zone.id),
            Pick::Nearest => zones.min_by(|one, other| {
                let nearer = distance(one, close).total_cmp(&distance(other, close));
                nearer.then(other.id.cmp(&one.id))
            }),
        }?;
        Some(match edge {
            ZoneEdge::Top => zone.top,
            ZoneEdge::Middle => zone.half(),
            ZoneEdge::Bottom => zone.bottom,
        })
    }

    /// The nearest far edge on the losing side of a price, of zones that act for a direction.
    pub(crate) fn far_edge(
        &self,
        direction: Direction,
        price: f64,
        structure: &Structure,
    ) -> Option<f64> {
        match direction {
            Direction::Long => {
                let edges = structure.zones(self).map(|zone| zone.bottom);
                edges.filter(|edge| *edge < price).max_by(f64::total_cmp)
            }
            Direction::Short => {
                let edges = structure.zones(self).map(|zone| zone.top);
                edges.filter(|edge| *edge > price).min_by(f64::total_cmp)
            }
        }
    }

    /// The nearest near edge on the winning side of a price, of zones that act against a direction.
    pub(crate) fn near_edge(
        &self,
        direction: Direction,
        price: f64,
        structure: &Structure,
    ) -> Option<f64> {
        match direction {
            Direction::Long => {
                let edges = structure.zones(self).map(|zone| zone.bottom);
                edges.filter(|edge| *edge > price).min_by(f64::total_cmp)
            }
            Direction::Short => {
                let edges = structure.zones(self).map(|zone| zone.top);
                edges.filter(|edge| *edge < price).max_by(f64::total_cmp)
            }
        }
    }
}

/// How far a price is from a zone; 0 inside.
fn distance(zone: &Zone, price: f64) -> f64 {
    (zone.bottom - price).max(price - zone.top).max(0.0)
}
