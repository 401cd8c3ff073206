//! Random candles, wishes and venue settings for the laws, all of them from one seed.

use std::sync::Arc;

use domain::{
    BreakEven, Decimal, Direction, EntryOrder, Instrument, InstrumentRules, LotRules, Money, Price,
    Role, TimeInForce, Timeframe,
};
use margin::{Leverage, MarginMode};
use simulator::{Costs, FillTime, IntrabarPolicy, Latency, LimitFill, Slippage, VenueSettings};

use crate::scripts::{Script, Stage, Wish, exit_share, fives, quantity, stage_on, wish};
use crate::support::{Seeded, rate, series};

/// A price of so many cents.
pub(crate) fn cents(value: i64) -> Price {
    Price::new(Decimal::new(value, 2)).unwrap()
}

/// Candles without jumps: each opens where the one before has closed. Near 100, in whole cents.
pub(crate) fn continuous(random: &mut Seeded, rows: usize, step: i64) -> Vec<[i64; 4]> {
    let mut open = 10_000;
    let mut candles = Vec::with_capacity(rows);
    for _ in 0..rows {
        let close = (open + random.below(2 * step + 1) - step).max(2_000);
        let high = open.max(close) + random.below(step);
        let low = (open.min(close) - random.below(step)).max(1_000);
        candles.push([open, high, low, close]);
        open = close;
    }
    candles
}

/// The same with jumps between the candles.
pub(crate) fn jumping(random: &mut Seeded, rows: usize, step: i64) -> Vec<[i64; 4]> {
    let mut candles = continuous(random, rows, step);
    for candle in &mut candles {
        let jump = if random.below(3) == 0 { random.below(2 * step) - step } else { 0 };
        *candle = candle.map(|price| (price + jump).max(500));
    }
    candles
}

/// How an entry and its levels lie around a price, in cents; for a long, mirrored for a short.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bracket {
    direction: Direction,
    order: i64,
    entry: i64,
    stop: i64,
    target: i64,
}

impl Bracket {
    pub(crate) fn random(random: &mut Seeded, reach: i64) -> Self {
        Self {
            direction: if random.below(2) == 0 { Direction::Long } else { Direction::Short },
            order: random.below(3),
            entry: 1 + random.below(reach),
            stop: 1 + random.below(2 * reach),
            target: 1 + random.below(2 * reach),
        }
    }

    pub(crate) fn opposite(self) -> Self {
        Self { direction: self.direction.opposite(), ..self }
    }

    /// The wish at a price of so many cents: at market, by a limit order on the better side, or by a
    /// stop order on the worse one.
    pub(crate) fn wish(&self, price: i64) -> Wish {
        let up = match self.direction {
            Direction::Long => 1,
            Direction::Short => -1,
        };
        let (order, entry) = match self.order {
            0 => (EntryOrder::Market, price),
            1 => {
                let time_in_force = TimeInForce::GoodTilCancelled;
                (EntryOrder::Limit { time_in_force }, price - up * self.entry)
            }
            _ => (EntryOrder::Stop { until: None }, price + up * self.entry),
        };
        wish(self.direction, cents(entry))
            .stop_at(cents(entry - up * self.stop))
            .target_at(cents(entry + up * self.target))
            .by(order)
    }
}

/// Brackets now and then, with an exit by the strategy in between.
pub(crate) fn script(random: &mut Seeded, candles: &[[i64; 4]], reach: i64) -> Script {
    let mut script = Script::new();
    for (row, candle) in candles.iter().enumerate() {
        match random.below(8) {
            0 | 1 => {
                let bracket = Bracket::random(random, reach);
                let wish = bracket.wish(candle[3]).units(["1", "0.7", "2.5"][row % 3]);
                script.push(match random.below(4) {
                    0 => wish.break_even(BreakEven::AtReward(rate("0.5"))).at(row),
                    1 => wish.trailing("0.02").at(row),
                    _ => wish.at(row),
                });
            }
            2 => script.push(exit_share(row, rate(["1", "0.5", "0.3"][row % 3]))),
            _ => {}
        }
    }
    script
}

/// Settings of a venue without latency.
pub(crate) fn settings(random: &mut Seeded) -> VenueSettings {
    let policies = IntrabarPolicy::ALL;
    let slippages = [
        Slippage::None,
        Slippage::Fixed(rate("0.0007")),
        Slippage::VolumeShare { spread: rate("0.0002"), impact: rate("0.003") },
    ];
    let pick = |random: &mut Seeded, count: usize| {
        usize::try_from(random.below(i64::try_from(count).unwrap())).unwrap()
    };
    VenueSettings {
        fill_time: FillTime::ALL[pick(random, 3)],
        intrabar: policies[pick(random, policies.len())],
        limit_fill: LimitFill::ALL[pick(random, 2)],
        costs: Costs {
            maker: rate("0.0002"),
            taker: rate("0.00047"),
            slippage: slippages[pick(random, slippages.len())],
        },
        participation_max: [None, Some(rate("0.31")), Some(rate("1"))][pick(random, 3)],
        ..VenueSettings::default()
    }
}

/// A run of one sleeve with everything that one can have: gaps or a higher timeframe, funding on and off
/// the minute, delays, thin volume, leverage, several entries, small market orders, a small wallet.
pub(crate) fn all_at_once(seed: u64) -> Stage {
    let random = &mut Seeded(seed);
    let step = 20 + random.below(180);
    let candles = jumping(random, 300, step);
    let mut script = script(random, &candles, 3 * step);
    script.truncate(usize::try_from(random.below(60)).unwrap());
    let (mut time, gap) = (0, random.below(3));
    let mut rows = Vec::with_capacity(candles.len());
    for candle in &candles {
        rows.push((time, *candle));
        let skips = gap > 0 && random.below(20) == 0;
        time += 60_000 * if skips { 1 + random.below(300) } else { 1 };
    }
    let mut settlements: Vec<(i64, &str)> = (0..30)
        .map(|_| {
            let any = random.below(time + 120_000);
            (if random.below(2) == 0 { any / 60_000 * 60_000 } else { any }, "0.003")
        })
        .collect();
    settlements.sort_unstable();
    settlements.dedup();
    let series = series(Timeframe::M1, rows.into_iter());
    let mut stage = stage_on(series, script).funding(&settlements);
    let spec = &mut stage.spec;
    spec.venue = settings(random);
    if random.below(2) == 0 {
        let [orders_ms, reports_ms] = [0; 2].map(|_| random.below(200_000));
        spec.venue.fill_time = FillTime::NextOpen;
        spec.venue.latency = Latency { orders_ms, reports_ms, jitter_ms: random.below(70_000) };
    }
    spec.rules.entries_max = u32::try_from(1 + random.below(3)).ok();
    spec.initial_balance = Money::whole((100 + random.below(400)).into());
    let listing = &mut stage.data.instruments[0].listing;
    listing.leverage = Leverage::new((1 + random.below(20)).into()).unwrap();
    listing.margin_mode =
        if random.below(2) == 0 { MarginMode::Cross } else { MarginMode::Isolated };
    let lot = LotRules { min: quantity("0.1"), max: quantity("100"), step: quantity("0.1") };
    let market = ["1", "2", "50"][usize::try_from(random.below(3)).unwrap()];
    let market_quantity_max = Some(quantity(market));
    let rules = InstrumentRules { lot, market_quantity_max, ..InstrumentRules::unknown() };
    let listed = &mut listing.instrument;
    *listed = Instrument::new(listed.symbol.clone(), listed.scale, rules);
    if gap == 0 {
        stage.data.timeframes[0].push((Role::Htf, Arc::new(fives(&candles))));
    }
    stage
}
