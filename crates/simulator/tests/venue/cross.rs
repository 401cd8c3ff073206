//! Several cross positions on one wallet.

use domain::{
    Candle, Direction, Instrument, InstrumentId, Liquidation, Money, OrderId, OrderKind,
    OrderRequest, PositionKey, PositionMode, PositionSide, PriceScale, Side, VenueReport,
};
use margin::{BracketHistory, BracketTable, Leverage, MarginMode};
use simulator::{CrossMark, FundingRate, IntrabarPolicy, Listing, Tape, Venue, VenueSettings};

use crate::support::{MINUTE, at, decimal, money, price, quantity, rate, trade};

/// A venue with two instruments at ten times leverage, both opened at 100.
struct Account {
    venue: Venue,
    orders: u64,
    minute: i64,
}

fn account(settings: VenueSettings, wallet: &str) -> Account {
    let listing = |symbol: &str| {
        let symbol = symbol.parse().unwrap();
        Listing {
            instrument: Instrument::without_filters(symbol, PriceScale::new(2)),
            leverage: Leverage::new(decimal("10")).unwrap(),
            margin_mode: MarginMode::Cross,
            brackets: BracketHistory::new(BracketTable::cautious()),
        }
    };
    let listings = vec![listing("ONEUSDT"), listing("TWOUSDT")];
    Account { venue: Venue::new(settings, listings, money(wallet)), orders: 0, minute: 0 }
}

impl Account {
    fn open(&mut self, instrument: u16, side: Side, position: PositionSide, amount: &str) {
        self.orders += 1;
        let instrument = InstrumentId::new(instrument);
        let request = OrderRequest {
            id: OrderId::new(self.orders),
            position: PositionKey { instrument, side: position },
            side,
            kind: OrderKind::Market,
            amount: trade(amount),
        };
        self.venue.place(&request, at(self.minute * MINUTE));
    }

    /// One candle on an instrument; everything the venue says.
    fn candle(&mut self, instrument: u16, [open, high, low, close]: [f64; 4]) -> Vec<VenueReport> {
        let open_time = at(self.minute * MINUTE);
        let last = Candle { open_time, open, high, low, close, volume: 1000.0 };
        let instrument = InstrumentId::new(instrument);
        let tape = Tape { last, mark: None };
        self.venue.begin(instrument, &tape, open_time.plus_millis(MINUTE));
        std::iter::from_fn(|| self.venue.next_report(instrument)).collect()
    }

    fn judge(&mut self, marks: &[(f64, f64, f64)]) -> Vec<Liquidation> {
        let marks: Vec<CrossMark> =
            marks.iter().map(|&(low, high, close)| CrossMark { low, high, close }).collect();
        self.venue.judge_cross(&marks, at(MINUTE));
        std::iter::from_fn(|| self.venue.told())
            .filter_map(|report| match report {
                VenueReport::Liquidation(liquidation) => Some(liquidation),
                VenueReport::Order(_) | VenueReport::Funding(_) => None,
            })
            .collect()
    }
}

fn under(intrabar: IntrabarPolicy) -> VenueSettings {
    VenueSettings { intrabar, ..VenueSettings::default() }
}

/// Long 10 of each at 100, with 300 in the wallet: 20 of maintenance at 100.
fn two_longs(policy: IntrabarPolicy) -> Account {
    let mut account = account(under(policy), "300");
    for instrument in 0..2 {
        account.open(instrument, Side::Buy, PositionSide::Both, "10");
        assert_eq!(account.candle(instrument, [100.0; 4]).len(), 1);
    }
    assert!(account.venue.shares_wallet());
    account
}

#[test]
fn a_shared_wallet_carries_one_loss_with_the_other_gain() {
    let mut account = two_longs(IntrabarPolicy::Pessimistic);
    // Alone, 300 would not carry a loss of 400.
    assert!(account.candle(0, [100.0, 100.0, 60.0, 60.0]).is_empty());
    assert!(account.judge(&[(60.0, 60.0, 60.0), (120.0, 120.0, 120.0)]).is_empty());
}

#[test]
fn all_cross_positions_are_liquidated_together() {
    let mut account = two_longs(IntrabarPolicy::Optimistic);
    let told = account.judge(&[(80.0, 90.0, 85.0), (80.0, 90.0, 86.0)]);
    // A balance of 300 - 150 - 140 = 10 is below the maintenance of 17.1.
    let prices: Vec<_> = told.iter().map(|it| it.price).collect();
    assert_eq!(prices, [price(85.0), price(86.0)]);
    assert!(told.iter().all(|it| !it.ambiguous));
    assert!(account.venue.account().is_flat());
    // The fees of 1.25 % take what is left.
    assert_eq!(account.venue.account().wallet(), Money::ZERO);
}

#[test]
fn the_insurance_fund_pays_for_the_account_as_a_whole() {
    let mut account = two_longs(IntrabarPolicy::Optimistic);
    let told = account.judge(&[(50.0, 90.0, 50.0), (100.0, 100.0, 100.0)]);
    let insurance: Money = told.iter().map(|it| it.insurance).sum();
    let fees: Money = told.iter().map(|it| it.commission + it.fee).sum();
    assert_eq!(money("300") - money("500") - fees + insurance, Money::ZERO);
    assert_eq!(account.venue.account().wallet(), Money::ZERO);
}

#[test]
fn careful_policies_take_the_worst_of_every_instrument() {
    let marks = [(85.0, 101.0, 100.0), (84.0, 101.0, 100.0)];
    for (policy, liquidated) in [
        (IntrabarPolicy::Pessimistic, 2),
        (IntrabarPolicy::Drill, 2),
        (IntrabarPolicy::Optimistic, 0),
        (IntrabarPolicy::Adaptive, 0),
    ] {
        let told = two_longs(policy).judge(&marks);
        assert_eq!(told.len(), liquidated, "{policy:?}");
        assert!(told.iter().all(|it| it.ambiguous), "nobody knows whether both lows came together");
    }
}

/// Long and short of the same instrument with equal sizes.
fn locked(wallet: &str) -> Account {
    let hedge = VenueSettings { position_mode: PositionMode::Hedge, ..VenueSettings::default() };
    let mut account = account(hedge, wallet);
    account.open(0, Side::Buy, PositionSide::Long, "10");
    account.open(0, Side::Sell, PositionSide::Short, "10");
    assert_eq!(account.candle(0, [100.0; 4]).len(), 2);
    account
}

#[test]
fn a_hedged_pair_is_not_at_the_high_and_at_the_low_at_once() {
    let mut account = locked("250");
    assert!(account.candle(0, [100.0, 130.0, 70.0, 100.0]).is_empty());
    let told = account.judge(&[(70.0, 130.0, 100.0), (100.0, 100.0, 100.0)]);
    assert!(told.is_empty(), "profit and loss cancel out at every price: {told:?}");
}

#[test]
fn a_hedged_pair_is_liquidated_when_its_maintenance_grows_beyond_the_wallet() {
    let mut account = locked("250");
    // At 1300, 10 of each side ask for 2 x 13000 x 2.5 % - 2 x 75 = 500.
    let told = account.judge(&[(100.0, 1300.0, 100.0), (100.0, 100.0, 100.0)]);
    assert!(told.iter().all(|it| it.ambiguous && it.price == price(1300.0)));
    let sides: Vec<PositionSide> = told.iter().map(|it| it.position.side).collect();
    assert_eq!(sides, [PositionSide::Long, PositionSide::Short]);
    assert!(account.venue.account().wallet() >= Money::ZERO);
}

#[test]
fn after_one_side_is_gone_the_other_is_watched_alone() {
    let mut account = locked("250");
    account.orders += 1;
    let exit = OrderRequest {
        id: OrderId::new(account.orders),
        position: PositionKey { instrument: InstrumentId::new(0), side: PositionSide::Short },
        side: Side::Buy,
        kind: OrderKind::Market,
        amount: domain::OrderAmount::ClosePosition,
    };
    account.venue.place(&exit, at(0));
    assert_eq!(account.candle(0, [100.0; 4]).len(), 1);
    assert!(!account.venue.shares_wallet());
    // (1000 - 250) / 9.9 = 75.757...
    let told = account.candle(0, [100.0, 101.0, 70.0, 90.0]);
    assert!(matches!(told[..], [VenueReport::Liquidation(_)]), "{told:?}");
}

#[test]
fn a_wallet_that_becomes_unshared_is_watched_again_on_the_other_instrument() {
    let mut account = two_longs(IntrabarPolicy::Pessimistic);
    account.orders += 1;
    let exit = OrderRequest {
        id: OrderId::new(account.orders),
        position: PositionKey::one_way(InstrumentId::new(0)),
        side: Side::Sell,
        kind: OrderKind::Market,
        amount: domain::OrderAmount::Reduce(quantity("10")),
    };
    account.venue.place(&exit, at(0));
    account.candle(0, [80.0; 4]);
    // 100 are left for 10 at 100: (1000 - 100) / 9.9 = 90.9.
    let told = account.candle(1, [100.0, 100.0, 90.0, 95.0]);
    assert!(matches!(told[..], [VenueReport::Liquidation(_)]), "{told:?}");
}

#[test]
fn margin_of_one_instrument_is_not_free_for_another() {
    let mut account = account(VenueSettings::default(), "150");
    account.open(0, Side::Buy, PositionSide::Both, "10");
    account.candle(0, [100.0; 4]);
    account.open(1, Side::Buy, PositionSide::Both, "6");
    assert!(matches!(
        account.candle(1, [100.0; 4])[..],
        [VenueReport::Order(domain::ExecutionReport::Rejected { .. })]
    ));
    // The loss of the first is not free either.
    account.candle(0, [98.0; 4]);
    account.open(1, Side::Sell, PositionSide::Both, "3.3");
    assert!(matches!(
        account.candle(1, [100.0; 4])[..],
        [VenueReport::Order(domain::ExecutionReport::Rejected { .. })]
    ));
    account.open(1, Side::Sell, PositionSide::Both, "3.2");
    assert!(matches!(
        account.candle(1, [100.0; 4])[..],
        [VenueReport::Order(domain::ExecutionReport::Filled(_))]
    ));
}

#[test]
fn funding_touches_its_own_instrument() {
    let mut account = two_longs(IntrabarPolicy::Pessimistic);
    let settlement = FundingRate { time: at(0), rate: rate("0.001"), mark: price(100.0) };
    account.venue.fund(InstrumentId::new(1), settlement);
    let told: Vec<VenueReport> = std::iter::from_fn(|| account.venue.told()).collect();
    assert!(
        matches!(told[..], [VenueReport::Funding(paid)] if paid.amount == money("-1")),
        "{told:?}"
    );
    let held = account.venue.account().holding(PositionKey::one_way(InstrumentId::new(1)));
    assert_eq!(held.unwrap().position.direction, Direction::Long);
}

#[test]
fn marks_are_judged_on_the_decimals_of_their_instrument() {
    // 0.8849 stands for 0.88: what is lost is 2400 of 2620, less than the maintenance margin of both.
    let mut account = account(under(IntrabarPolicy::Pessimistic), "2620");
    for instrument in 0..2 {
        account.open(instrument, Side::Buy, PositionSide::Both, "10000");
        account.candle(instrument, [1.0; 4]);
    }
    assert!(!account.judge(&[(0.8849, 1.0, 1.0), (0.8849, 1.0, 1.0)]).is_empty());
}
