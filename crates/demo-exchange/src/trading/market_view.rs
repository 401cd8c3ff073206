//! What trading sees of the market: the rules of a symbol and one step of its prices.
//!
//! Plain values; the market that makes them is elsewhere. Prices are in quote asset per unit of the base
//! asset, rates are fractions.

use domain::{Decimal, Symbol};

/// One displayed price level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// Price of the level.
    pub price: Decimal,
    /// Displayed quantity, greater than zero.
    pub quantity: Decimal,
}

/// One public trade of the made-up market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicTrade {
    /// Trade id, ascending.
    pub id: u64,
    /// Price.
    pub price: Decimal,
    /// Quantity.
    pub quantity: Decimal,
    /// Whether the buyer was resting, that is, the taker sold.
    pub buyer_is_maker: bool,
}

/// A symbol's prices at the end of one step, and the trades that led there.
#[derive(Clone, Copy, Debug)]
pub struct MarketStep<'a> {
    /// The symbol.
    pub symbol: &'a Symbol,
    /// Displayed bids, best (highest) first.
    pub bids: &'a [Level],
    /// Displayed asks, best (lowest) first.
    pub asks: &'a [Level],
    /// Public trades of the step in order.
    pub trades: &'a [PublicTrade],
    /// Last traded price.
    pub last_price: Decimal,
    /// Mark price.
    pub mark_price: Decimal,
}

/// Status of a symbol (D:Public Endpoints Info).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SymbolStatus {
    /// Orders are taken.
    #[default]
    Trading,
    /// No order may be placed, cancelled or changed, as during a tick-size change.
    PendingTrading,
    /// Likewise, because of an incident.
    Halted,
    /// Orders may only be cancelled.
    CancelOnly,
    /// Delisted.
    Closed,
}

/// Bounds and step of a price; a zero switches that rule off (D:Exchange Information).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceFilter {
    /// Lowest price.
    pub min: Decimal,
    /// Highest price.
    pub max: Decimal,
    /// Step above the lowest price.
    pub tick: Decimal,
}

/// Bounds and step of a quantity; a zero switches that rule off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LotFilter {
    /// Smallest quantity.
    pub min: Decimal,
    /// Largest quantity.
    pub max: Decimal,
    /// Step above the smallest quantity.
    pub step: Decimal,
}

/// One row of the leverage table (D:Notional and Leverage Brackets).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bracket {
    /// Number of the row, from one.
    pub number: u32,
    /// Highest leverage of positions in this row.
    pub leverage_max: u32,
    /// Notionals above this one belong to the row.
    pub notional_floor: Decimal,
    /// The row's largest notional.
    pub notional_cap: Decimal,
    /// Maintenance margin rate.
    pub maintenance_rate: Decimal,
    /// Amount subtracted from rate times notional.
    pub cum: Decimal,
}

/// The trading rules of one symbol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SymbolRules {
    /// Status.
    pub status: SymbolStatus,
    /// Most decimals of a price; not the tick.
    pub price_precision: u32,
    /// Most decimals of a quantity; not the step.
    pub quantity_precision: u32,
    /// Rules of limit and trigger prices.
    pub price: PriceFilter,
    /// Rules of quantities of limit orders.
    pub lot: LotFilter,
    /// Rules of quantities of market orders.
    pub market_lot: LotFilter,
    /// Smallest notional of orders that may open.
    pub min_notional: Decimal,
    /// Highest buy price as a multiple of the mark price; a zero switches the rule off.
    pub percent_up: Decimal,
    /// Lowest sell price as a multiple of the mark price; likewise.
    pub percent_down: Decimal,
    /// Most open orders of the symbol.
    pub max_orders: usize,
    /// Largest gap between mark and last price at which protected triggers fire.
    pub trigger_protect: Decimal,
    /// How far from the mark price a market order may go.
    pub market_take_bound: Decimal,
    /// Clearance fee of liquidations.
    pub liquidation_fee: Decimal,
    /// Fee rate of resting orders.
    pub maker_fee: Decimal,
    /// Fee rate of orders that take.
    pub taker_fee: Decimal,
    /// Leverage table, ascending by notional, without holes.
    pub brackets: Vec<Bracket>,
}
