//! What a strategy may look at: closed candles by role, its own position, its account, and the funding
//! that has been settled.

use domain::{Direction, Money, Price, Quantity, Role, Settlement, Timeframe, Timestamp};
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

/// The account as a strategy sees it, at the marks of the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountView {
    /// Wallet and unrealised profit, in quote asset.
    pub equity: Money,
    /// What of it no position and no waiting entry binds, in quote asset.
    pub available: Money,
}

/// What is seldom asked for, at the moment of a decision.
#[derive(Clone, Copy, Debug, Default)]
pub struct Surroundings<'a> {
    /// The account, for strategies that see it ([`crate::Strategy::sees_account`]).
    pub account: Option<&'a AccountView>,
    /// Funding settlements of the instrument so far, ascending.
    pub funding: &'a [Settlement],
}

/// The moment of a decision.
///
/// It tells the time of the candles and no other, and cannot be moved on:
///
/// ```compile_fail
/// fn later(mut context: strategy::Context<'_>) {
///     context.now = Some(domain::Timestamp::from_millis(i64::MAX));
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// When it is not the close of the newest candle: its instrument may have had no candle then.
    now: Option<Timestamp>,
    shortest: RoleCandles<'a>,
    higher: &'a [RoleCandles<'a>],
    position: Option<&'a PositionView>,
    surroundings: Surroundings<'a>,
}

impl<'a> Context<'a> {
    /// A moment: `shortest` is the timeframe that just closed, `higher` are the others.
    #[inline]
    #[must_use]
    pub const fn new(
        now: Timestamp,
        (shortest, higher): (RoleCandles<'a>, &'a [RoleCandles<'a>]),
        position: Option<&'a PositionView>,
        surroundings: Surroundings<'a>,
    ) -> Self {
        Self { now: Some(now), shortest, higher, position, surroundings }
    }

    /// The moment at which the newest candle of `shortest` closed.
    #[inline]
    #[must_use]
    pub(crate) const fn at_close(
        shortest: RoleCandles<'a>,
        higher: &'a [RoleCandles<'a>],
        position: Option<&'a PositionView>,
        surroundings: Surroundings<'a>,
    ) -> Self {
        Self { now: None, shortest, higher, position, surroundings }
    }

    /// The instant of the decision, at which the newest candle of the shortest timeframe is closed.
    #[inline]
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now.or_else(|| self.shortest.candles.closed_at()).unwrap_or_default()
    }

    /// Closed candles of a role; the shortest of its timeframes if several share it.
    #[inline]
    #[must_use]
    pub fn candles(&self, role: Role) -> Option<Candles<'a>> {
        self.view(role).map(|view| view.candles)
    }

    /// Closed candles of a timeframe.
    #[must_use]
    pub fn timeframe(&self, timeframe: Timeframe) -> Option<Candles<'a>> {
        let mut all = std::iter::once(&self.shortest).chain(self.higher).map(|view| view.candles);
        all.find(|candles| candles.timeframe() == timeframe)
    }

    /// Closed candles of a role if its newest one closed at this very instant: what a strategy
    /// that decides once a candle asks for.
    #[inline]
    #[must_use]
    pub fn just_closed(&self, role: Role) -> Option<Candles<'a>> {
        let view = self.view(role)?;
        view.closed_now.then_some(view.candles)
    }

    /// The open position, if any.
    #[inline]
    #[must_use]
    pub const fn position(&self) -> Option<&'a PositionView> {
        self.position
    }

    /// The account; `None` for a strategy that did not ask to see it.
    #[inline]
    #[must_use]
    pub const fn account(&self) -> Option<&'a AccountView> {
        self.surroundings.account
    }

    /// Funding settlements of the instrument so far in the run, ascending.
    #[inline]
    #[must_use]
    pub const fn funding(&self) -> &'a [Settlement] {
        self.surroundings.funding
    }

    #[inline]
    fn view(&self, role: Role) -> Option<RoleCandles<'a>> {
        if self.shortest.role == role {
            return Some(self.shortest);
        }
        self.higher.iter().find(|view| view.role == role).copied()
    }
}
