//! What a strategy may look at: closed candles by role, and its own position.

use domain::{Direction, Price, Quantity, Role, Timeframe, Timestamp};
use market::Candles;

/// Closed candles of one role.
#[derive(Clone, Copy, Debug)]
pub struct RoleCandles<'a> {
    /// What the timeframe is for.
    pub role: Role,
    /// Its closed candles.
    pub candles: Candles<'a>,
    /// Whether its newest candle closed at this very instant.
    pub closed_now: bool,
}

/// The open position as the strategy sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionView {
    /// Long or short.
    pub direction: Direction,
    /// Base asset held.
    pub quantity: Quantity,
    /// Average entry price.
    pub entry_price: Price,
}

/// The moment of a decision.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    now: Timestamp,
    views: &'a [RoleCandles<'a>],
    position: Option<&'a PositionView>,
}

impl<'a> Context<'a> {
    /// A moment: `views` start with the timeframe that just closed.
    #[must_use]
    pub const fn new(
        now: Timestamp,
        views: &'a [RoleCandles<'a>],
        position: Option<&'a PositionView>,
    ) -> Self {
        Self { now, views, position }
    }

    /// Close time of the newest candle, the instant of the decision.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Closed candles of a role; the shortest of its timeframes if several share it.
    #[inline]
    #[must_use]
    pub fn candles(&self, role: Role) -> Option<Candles<'a>> {
        self.views.iter().find(|view| view.role == role).map(|view| view.candles)
    }

    /// Closed candles of a timeframe.
    #[must_use]
    pub fn timeframe(&self, timeframe: Timeframe) -> Option<Candles<'a>> {
        self.views.iter().map(|view| view.candles).find(|candles| candles.timeframe() == timeframe)
    }

    /// Closed candles of a role if its newest one closed at this very instant: what a strategy
    /// that decides once a candle asks for.
    #[inline]
    #[must_use]
    pub fn just_closed(&self, role: Role) -> Option<Candles<'a>> {
        let view = self.views.iter().find(|view| view.role == role)?;
        view.closed_now.then_some(view.candles)
    }

    /// The open position, if any.
    #[inline]
    #[must_use]
    pub const fn position(&self) -> Option<&'a PositionView> {
        self.position
    }
}
