//! Trading rules of an instrument: what its venue demands of orders, and since when.
//!
//! Rules are the exchange filters of Binance USDT-M futures ("Exchange Information", read
//! 2026-09-11). A filter that is unknown, absent or zero does not bind.

use rust_decimal::Decimal;

use crate::{
    FilterBreach, Money, OrderAmount, OrderKind, Price, PriceScale, Quantity, Rate, Side, Symbol,
    Timestamp,
};

/// Bounds of an order's quantity, in base asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LotRules {
    /// Smallest quantity; at least one step.
    pub min: Quantity,
    /// Largest quantity.
    pub max: Quantity,
    /// Quantities are multiples of it.
    pub step: Quantity,
}

/// What the venue demands of orders on an instrument at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstrumentRules {
    /// Prices are multiples of it (`PRICE_FILTER`).
    pub tick: Option<Price>,
    /// Smallest price.
    pub price_min: Option<Price>,
    /// Largest price.
    pub price_max: Option<Price>,
    /// Bounds of limit orders (`LOT_SIZE`).
    pub lot: LotRules,
    /// Largest quantity of a market order (`MARKET_LOT_SIZE`).
    pub market_quantity_max: Option<Quantity>,
    /// Smallest notional of orders that may open something (`MIN_NOTIONAL`).
    pub notional_min: Money,
    /// How far above the mark price a buy may be, a fraction (0.05 for a multiplier of 1.05).
    pub band_up: Option<Rate>,
    /// How far below the mark price a sell may be, a fraction.
    pub band_down: Option<Rate>,
    /// How far from the mark price a market order may reach, a fraction (`marketTakeBound`).
    pub market_bound: Option<Rate>,
    /// Fee of a liquidation, fraction of the notional (`liquidationFee`).
    pub liquidation_fee: Rate,
}

/// The direction in which a price is moved onto its tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// To the tick below.
    Down,
    /// To the tick above.
    Up,
}

impl Rounding {
    /// The direction that never makes a limit order's price worse than asked for.
    #[must_use]
    pub const fn not_worse(side: Side) -> Self {
        match side {
            Side::Buy => Self::Down,
            Side::Sell => Self::Up,
        }
    }

    /// The direction that makes a protective stop fire earlier: an order to sell is moved up.
    #[must_use]
    pub const fn toward_safety(stop_side: Side) -> Self {
        match stop_side {
            Side::Buy => Self::Down,
            Side::Sell => Self::Up,
        }
    }
}

impl InstrumentRules {
    /// Rules for an instrument whose filters are not known: prices are not rounded, the step is
    /// 1e-8 of the base asset, and the liquidation fee is 1.25 % as of BTCUSDT.
    #[must_use]
    pub fn unknown() -> Self {
        let step = Quantity::new(Decimal::new(1, 8)).expect("1e-8 is a quantity");
        Self {
            tick: None,
            price_min: None,
            price_max: None,
            lot: LotRules { min: step, max: Quantity::max_value(), step },
            market_quantity_max: None,
            notional_min: Money::ZERO,
            band_up: None,
            band_down: None,
            market_bound: None,
            liquidation_fee: Rate::new(Decimal::new(125, 4)).expect("1.25 % is a rate"),
        }
    }

    /// The price on its tick; `None` when nothing is left of it.
    #[inline]
    #[must_use]
    pub fn on_tick(&self, price: Price, rounding: Rounding) -> Option<Price> {
        match self.tick {
            Some(tick) => price.on_tick(tick, rounding == Rounding::Up),
            None => Some(price),
        }
    }

    /// The largest quantity on its step that is not above this one; `None` below the smallest lot.
    #[inline]
    #[must_use]
    pub fn on_step(&self, quantity: Quantity) -> Option<Quantity> {
        quantity.round_down(self.lot.step).filter(|stepped| *stepped >= self.lot.min)
    }

    /// The largest quantity of one market order.
    #[must_use]
    pub fn market_max(&self) -> Quantity {
        self.market_quantity_max.map_or(self.lot.max, |market| market.min(self.lot.max))
    }

    /// Checks an order as the venue would on its arrival. `reference` is the price that decides the
    /// notional of orders without one: the mark price.
    ///
    /// # Errors
    /// The first filter that refuses it.
    #[inline]
    pub fn check(
        &self,
        kind: &OrderKind,
        side: Side,
        amount: &OrderAmount,
        reference: Price,
    ) -> Result<(), FilterBreach> {
        if *kind == OrderKind::Market {
            return self.check_amount(amount, (reference, true));
        }
        self.check_priced(kind, side, amount, reference)
    }

    /// The same for orders that state a price.
    fn check_priced(
        &self,
        kind: &OrderKind,
        side: Side,
        amount: &OrderAmount,
        reference: Price,
    ) -> Result<(), FilterBreach> {
        let (limit, trigger) = prices(kind);
        if let Some(price) = limit {
            self.check_price(price)?;
            if !kind.is_conditional() {
                self.check_band(side, price, reference)?;
            }
        }
        if let Some(price) = trigger {
            self.check_price(price)?;
        }
        self.check_amount(amount, (limit.or(trigger).unwrap_or(reference), limit.is_none()))
    }

    /// Checks quantity and notional at the price that decides it.
    #[inline]
    fn check_amount(
        &self,
        amount: &OrderAmount,
        (price, is_market): (Price, bool),
    ) -> Result<(), FilterBreach> {
        let Some(quantity) = amount.quantity() else { return Ok(()) };
        self.check_quantity(quantity, is_market)?;
        if amount.only_reduces() {
            return Ok(());
        }
        let was = price * quantity;
        if was < self.notional_min {
            return Err(FilterBreach::NotionalMin { minimum: self.notional_min, was });
        }
        Ok(())
    }

    /// The same rules, their quantities written in the decimals of the step and their prices in those
    /// of the tick.
    fn in_equal_decimals(self) -> Self {
        let LotRules { min, max, step } = self.lot;
        let price = |price: Option<Price>| match (price, self.tick) {
            (Some(price), Some(tick)) => Some(price.in_decimals_of(tick)),
            (price, _) => price,
        };
        Self {
            lot: LotRules { min: min.in_decimals_of(step), max: max.in_decimals_of(step), step },
            market_quantity_max: self.market_quantity_max.map(|it| it.in_decimals_of(step)),
            price_min: price(self.price_min),
            price_max: price(self.price_max),
            ..self
        }
    }

    fn check_price(&self, was: Price) -> Result<(), FilterBreach> {
        if let Some(bound) = self.price_min.filter(|bound| was < *bound) {
            return Err(FilterBreach::PriceRange { bound, was });
        }
        if let Some(bound) = self.price_max.filter(|bound| was > *bound) {
            return Err(FilterBreach::PriceRange { bound, was });
        }
        match self.tick {
            Some(tick) if self.on_tick(was, Rounding::Down) != Some(was) => {
                Err(FilterBreach::Tick { tick, was })
            }
            _ => Ok(()),
        }
    }

    fn check_band(&self, side: Side, was: Price, mark: Price) -> Result<(), FilterBreach> {
        let (band, is_past_mark) = match side {
            Side::Buy => (self.band_up, was > mark),
            Side::Sell => (self.band_down, was < mark),
        };
        let Some(band) = band else { return Ok(()) };
        if !is_past_mark && !band.is_negative() {
            return Ok(());
        }
        let bound = mark.shifted(match side {
            Side::Buy => band,
            Side::Sell => -band,
        });
        let beyond = |bound: &Price| match side {
            Side::Buy => was > *bound,
            Side::Sell => was < *bound,
        };
        match bound.filter(beyond) {
            Some(bound) => Err(FilterBreach::PriceBand { bound, was }),
            None => Ok(()),
        }
    }

    #[inline]
    fn check_quantity(&self, was: Quantity, is_market: bool) -> Result<(), FilterBreach> {
        if was < self.lot.min {
            return Err(FilterBreach::QuantityMin { minimum: self.lot.min, was });
        }
        let is_beyond = |maximum: Quantity| was > maximum;
        if is_beyond(self.lot.max) || (is_market && self.market_quantity_max.is_some_and(is_beyond))
        {
            let maximum = if is_market { self.market_max() } else { self.lot.max };
            return Err(FilterBreach::QuantityMax { maximum, was });
        }
        if !was.is_on_step(self.lot.step) {
            return Err(FilterBreach::Step { step: self.lot.step, was });
        }
        Ok(())
    }
}

/// Limit price and trigger of an order.
fn prices(kind: &OrderKind) -> (Option<Price>, Option<Price>) {
    match *kind {
        OrderKind::Market => (None, None),
        OrderKind::Limit { price, .. } => (Some(price), None),
        OrderKind::StopMarket { trigger, .. } | OrderKind::TakeProfitMarket { trigger, .. } => {
            (None, Some(trigger))
        }
        OrderKind::StopLimit { trigger, price, .. }
        | OrderKind::TakeProfitLimit { trigger, price, .. } => (Some(price), Some(trigger)),
        OrderKind::TrailingStop { activation, .. } => (None, activation),
    }
}

/// An instrument of an account with the history of its rules.
#[derive(Clone, Debug, PartialEq)]
pub struct Instrument {
    /// Its name.
    pub symbol: Symbol,
    /// Decimals of its candle prices.
    pub scale: PriceScale,
    /// Rules with the instant from which they hold, ascending; never empty.
    history: Vec<(Timestamp, InstrumentRules)>,
}

impl Instrument {
    /// An instrument with one set of rules for all times.
    #[must_use]
    pub fn new(symbol: Symbol, scale: PriceScale, rules: InstrumentRules) -> Self {
        let rules = rules.in_equal_decimals();
        Self { symbol, scale, history: vec![(Timestamp::from_millis(i64::MIN), rules)] }
    }

    /// An instrument whose filters are not known: see [`InstrumentRules::unknown`].
    #[must_use]
    pub fn without_filters(symbol: Symbol, scale: PriceScale) -> Self {
        Self::new(symbol, scale, InstrumentRules::unknown())
    }

    /// Adds rules that hold from `since` on; a later call with an equal instant replaces them.
    #[must_use]
    pub fn with_rules_since(mut self, since: Timestamp, rules: InstrumentRules) -> Self {
        let rules = rules.in_equal_decimals();
        match self.history.binary_search_by_key(&since, |(since, _)| *since) {
            Ok(place) => self.history[place].1 = rules,
            Err(place) => self.history.insert(place, (since, rules)),
        }
        self
    }

    /// The rules that hold at some time from `first` to `last`, both included, the oldest first.
    pub fn rules_between(
        &self,
        first: Timestamp,
        last: Timestamp,
    ) -> impl Iterator<Item = &InstrumentRules> {
        let within =
            move |(since, _): &&(Timestamp, InstrumentRules)| *since > first && *since <= last;
        let later = self.history.iter().filter(within).map(|(_, rules)| rules);
        std::iter::once(self.rules(first)).chain(later)
    }

    /// The rules that hold at `time`; before the first known ones those.
    #[inline]
    #[must_use]
    pub fn rules(&self, time: Timestamp) -> &InstrumentRules {
        match self.history.as_slice() {
            [(_, only)] => only,
            all => {
                let later = all.partition_point(|(since, _)| *since <= time);
                &all[later.saturating_sub(1)].1
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn price(text: &str) -> Price {
        Price::new(decimal(text)).unwrap()
    }

    fn quantity(text: &str) -> Quantity {
        Quantity::new(decimal(text)).unwrap()
    }

    /// BTCUSDT as of 2026-09-11.
    fn btcusdt() -> InstrumentRules {
        InstrumentRules {
            tick: Some(price("0.1")),
            price_min: Some(price("556.8")),
            price_max: Some(price("4529764")),
            lot: LotRules {
                min: quantity("0.001"),
                max: quantity("1000"),
                step: quantity("0.001"),
            },
            market_quantity_max: Some(quantity("120")),
            notional_min: Money::new(decimal("50")),
            band_up: Some(Rate::new(decimal("0.05")).unwrap()),
            band_down: Some(Rate::new(decimal("0.05")).unwrap()),
            market_bound: Some(Rate::new(decimal("0.05")).unwrap()),
            liquidation_fee: Rate::new(decimal("0.0125")).unwrap(),
        }
    }

    #[test]
    fn prices_move_onto_the_tick_in_the_named_direction() {
        let rules = btcusdt();
        let on_tick = |text, rounding| rules.on_tick(price(text), rounding).unwrap();
        assert_eq!(on_tick("100.19", Rounding::Down), price("100.1"));
        assert_eq!(on_tick("100.11", Rounding::Up), price("100.2"));
        assert_eq!(on_tick("100.2", Rounding::Up), price("100.2"));
        let odd = InstrumentRules { tick: Some(price("0.25")), ..rules };
        assert_eq!(odd.on_tick(price("100.3"), Rounding::Up), Some(price("100.5")));
        assert_eq!(odd.on_tick(price("0.2"), Rounding::Down), None);
        assert_eq!(Rounding::toward_safety(Side::Sell), Rounding::Up);
        assert_eq!(Rounding::not_worse(Side::Buy), Rounding::Down);
    }

    #[test]
    fn quantities_below_the_smallest_lot_are_none() {
        let rules = btcusdt();
        assert_eq!(rules.on_step(quantity("0.0019")), Some(quantity("0.001")));
        assert_eq!(rules.on_step(quantity("0.0009")), None);
    }

    /// What the filters say to a buy of one kind at a mark price of 60000.
    fn check(kind: OrderKind, amount: OrderAmount) -> Result<(), FilterBreach> {
        btcusdt().check(&kind, Side::Buy, &amount, price("60000"))
    }

    #[test]
    fn each_filter_names_its_bound() {
        let one = OrderAmount::Trade(quantity("1"));
        let limit = |text| OrderKind::limit(price(text));
        assert_eq!(check(limit("60000.1"), one), Ok(()));
        assert!(matches!(check(limit("60000.15"), one), Err(FilterBreach::Tick { .. })));
        assert!(matches!(check(limit("500"), one), Err(FilterBreach::PriceRange { .. })));
        let band = Err(FilterBreach::PriceBand { bound: price("63000"), was: price("63000.1") });
        assert_eq!(check(limit("63000.1"), one), band);
        let of = |text| OrderAmount::Trade(quantity(text));
        assert!(matches!(
            check(limit("60000"), of("0.0001")),
            Err(FilterBreach::QuantityMin { .. })
        ));
        assert!(matches!(check(limit("60000"), of("0.0015")), Err(FilterBreach::Step { .. })));
        assert_eq!(check(limit("60000"), of("1000")), Ok(()));
        assert!(matches!(
            check(OrderKind::Market, of("121")),
            Err(FilterBreach::QuantityMax { .. })
        ));
    }

    #[test]
    fn small_notionals_may_only_reduce() {
        let rules = InstrumentRules { notional_min: Money::new(decimal("100")), ..btcusdt() };
        let check = |amount| rules.check(&OrderKind::Market, Side::Sell, &amount, price("60000"));
        let was = Money::new(decimal("60"));
        let minimum = Money::new(decimal("100"));
        let small = quantity("0.001");
        assert_eq!(
            check(OrderAmount::Trade(small)),
            Err(FilterBreach::NotionalMin { minimum, was })
        );
        assert_eq!(check(OrderAmount::Reduce(small)), Ok(()));
        assert_eq!(check(OrderAmount::ClosePosition), Ok(()));
    }

    #[test]
    fn rules_hold_from_their_date() {
        let at = Timestamp::from_millis;
        let finer = InstrumentRules { tick: Some(price("0.01")), ..btcusdt() };
        let instrument = Instrument::new("BTCUSDT".parse().unwrap(), PriceScale::new(2), btcusdt())
            .with_rules_since(at(1000), finer);
        assert_eq!(instrument.rules(at(999)).tick, Some(price("0.1")));
        assert_eq!(instrument.rules(at(1000)).tick, Some(price("0.01")));
    }
}
