//! What bounds the quantity of an entry, and by how much.
//!
//! A limit says `quantity * per_unit <= amount`. Checking one costs a multiplication; only a
//! quantity that must be found from limits costs divisions.

use domain::{
    Decimal, FilterBreach, InstrumentRules, Money, OrderKind, Price, Quantity, Rate, Side,
    Timestamp,
};

use crate::rules::InstrumentMargin;
use crate::{AccountView, Refusal, RiskRules, SizeCap};

/// Share of the free balance that sizing leaves untouched, for the way from the
/// decision to the fill at the next price.
const RESERVE: Decimal = Decimal::from_parts(5, 0, 0, false, 3);

/// One bound of a quantity: `quantity * per_unit <= amount`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    pub(crate) cap: SizeCap,
    pub(crate) amount: Decimal,
    pub(crate) per_unit: Decimal,
}

impl Limit {
    /// The largest quantity, give or take the 28th digit, or something not positive; `None` when
    /// it is beyond what a decimal can hold.
    pub(crate) fn largest(&self) -> Option<Decimal> {
        if self.per_unit == Decimal::ONE || self.amount <= Decimal::ZERO {
            return Some(self.amount);
        }
        self.amount.checked_div(self.per_unit)
    }

    #[inline]
    pub(crate) fn is_broken_by(&self, quantity: Quantity) -> bool {
        quantity.decimal().checked_mul(self.per_unit).is_none_or(|used| used > self.amount)
    }
}

/// What an instrument costs to hold, multiplied by its leverage so that nothing is divided.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) margin: InstrumentMargin,
    /// Leverage times (initial margin, commission of both sides and slippage per notional).
    round_trip_cost: Decimal,
    /// Largest notional that the brackets allow; `None` where they change with time.
    notional_max: Option<Money>,
}

impl Terms {
    pub(crate) fn new(margin: InstrumentMargin, rules: &RiskRules) -> Self {
        let leverage = margin.leverage.decimal();
        let commission = rules.commission.decimal();
        let both_sides = commission * Decimal::TWO + rules.slippage.decimal();
        Self {
            round_trip_cost: Decimal::ONE + leverage * both_sides,
            notional_max: (!margin.brackets.has_changes())
                .then(|| notional_max(&margin, Timestamp::default())),
            margin,
        }
    }
}

/// The largest notional that brackets and exact books allow at `time`.
fn notional_max(margin: &InstrumentMargin, time: Timestamp) -> Money {
    margin.brackets.at(time).notional_max(margin.leverage).min(Money::EXACT_MAX)
}

/// All that bounds an entry.
pub(crate) struct Bounds<'a> {
    pub(crate) rules: &'a RiskRules,
    pub(crate) terms: &'a Terms,
    pub(crate) filters: &'a InstrumentRules,
    pub(crate) account: &'a AccountView<'a>,
    /// What counts on the instrument, long and short added up.
    pub(crate) held: Money,
    pub(crate) side: Side,
    pub(crate) kind: &'a OrderKind,
    /// Price that stands for the entry.
    pub(crate) price: Price,
    pub(crate) mark: Price,
    /// The higher of the two: notionals by it hold before and after the fill.
    pub(crate) worst: Price,
}

impl Bounds<'_> {
    /// The limit of the free balance less the reserve, with the costs of both sides. Both of its
    /// numbers are multiplied by the leverage.
    pub(crate) fn margin(&self) -> Limit {
        let leverage = self.terms.margin.leverage.decimal();
        let free = self.account.available.decimal() * (Decimal::ONE - RESERVE);
        let mut per_unit = self.worst.decimal() * self.terms.round_trip_cost;
        if let Some(loss) = self.open_loss() {
            per_unit += loss * leverage;
        }
        Limit { cap: SizeCap::Margin, amount: free * leverage, per_unit }
    }

    /// Checks that the free balance carries initial margin, entry commission and open loss. That is
    /// [`margin::cost_to_open`] with the commission, and with the margin of the worst price.
    #[inline]
    pub(crate) fn check_margin(&self, quantity: Quantity, notional: Money) -> Result<(), Refusal> {
        let margin = self.terms.margin.leverage.initial_margin(notional);
        let mut needed = margin + notional * self.rules.commission;
        if let Some(loss) = self.open_loss() {
            needed += Money::of_move(loss, quantity);
        }
        let available = self.account.available;
        if needed > available {
            return Err(Refusal::InsufficientMargin { needed, available });
        }
        Ok(())
    }

    /// What a limit order would lose per unit at the mark price, if anything. Other orders are filled
    /// near the mark price of their moment.
    fn open_loss(&self) -> Option<Decimal> {
        let is_limit = matches!(self.kind, OrderKind::Limit { .. });
        is_limit.then(|| margin::open_loss(self.side, self.price, self.mark)).flatten()
    }

    /// The limit of the leverage brackets.
    pub(crate) fn bracket(&self) -> Limit {
        self.of_notional(SizeCap::Bracket, self.bracket_room())
    }

    /// Whether a notional is too large for the leverage brackets.
    #[inline]
    pub(crate) fn breaks_bracket(&self, notional: Money) -> bool {
        notional > self.bracket_room()
    }

    #[inline]
    fn bracket_room(&self) -> Money {
        let (terms, now) = (self.terms, self.account.now);
        let maximum = terms.notional_max.unwrap_or_else(|| notional_max(&terms.margin, now));
        maximum - self.held
    }

    /// Whether any limit of exposure is set.
    #[inline]
    pub(crate) const fn limits_exposure(&self) -> bool {
        self.rules.exposure_instrument_max.is_some() || self.rules.exposure_account_max.is_some()
    }

    /// The limits of exposure that are set.
    #[inline]
    pub(crate) fn exposures(&self) -> [Option<Limit>; 2] {
        let rules = self.rules;
        let room = |maximum: Rate, held: Money| self.account.equity * maximum - held;
        let instrument = rules
            .exposure_instrument_max
            .map(|maximum| self.of_notional(SizeCap::InstrumentExposure, room(maximum, self.held)));
        let account = rules.exposure_account_max.map(|maximum| {
            self.of_notional(SizeCap::AccountExposure, room(maximum, self.account.notional()))
        });
        [instrument, account]
    }

    /// The largest lot that the instrument takes in this kind of order.
    pub(crate) fn lot(&self) -> Limit {
        let largest = match self.kind {
            OrderKind::Market
            | OrderKind::StopMarket { .. }
            | OrderKind::TakeProfitMarket { .. }
            | OrderKind::TrailingStop { .. } => self.filters.market_max(),
            OrderKind::Limit { .. }
            | OrderKind::StopLimit { .. }
            | OrderKind::TakeProfitLimit { .. } => self.filters.lot.max,
        };
        Limit { cap: SizeCap::LotMax, amount: largest.decimal(), per_unit: Decimal::ONE }
    }

    fn of_notional(&self, cap: SizeCap, room: Money) -> Limit {
        Limit { cap, amount: room.decimal(), per_unit: self.worst.decimal() }
    }

    /// The refusal of a quantity that breaks a limit.
    #[cold]
    pub(crate) fn refusal(&self, limit: &Limit, quantity: Quantity) -> Refusal {
        let notional = self.worst * quantity;
        let account = self.account;
        let of_equity = |rate: Option<Rate>| account.equity * rate.unwrap_or_default();
        match limit.cap {
            SizeCap::None => Refusal::QuantityTooSmall { step: self.filters.lot.step },
            SizeCap::LotMax => Refusal::Filter(FilterBreach::QuantityMax {
                maximum: Quantity::new(limit.amount).unwrap_or(self.filters.lot.max),
                was: quantity,
            }),
            SizeCap::Margin => self.margin_refusal(limit, quantity),
            SizeCap::InstrumentExposure => Refusal::ExposureInstrument {
                maximum: of_equity(self.rules.exposure_instrument_max),
                was: self.held + notional,
            },
            SizeCap::AccountExposure => Refusal::ExposureAccount {
                maximum: of_equity(self.rules.exposure_account_max),
                was: account.notional() + notional,
            },
            SizeCap::Bracket => Refusal::BracketMax {
                maximum: Money::new(limit.amount) + self.held,
                was: self.held + notional,
            },
        }
    }

    fn margin_refusal(&self, limit: &Limit, quantity: Quantity) -> Refusal {
        let leverage = self.terms.margin.leverage;
        let needed = Money::new(limit.per_unit * quantity.decimal());
        Refusal::InsufficientMargin {
            needed: leverage.initial_margin(needed).rounded(14),
            available: leverage.initial_margin(Money::new(limit.amount)).rounded(14),
        }
    }
}
