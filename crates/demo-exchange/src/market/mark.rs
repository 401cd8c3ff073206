//! Index and mark price, premium and funding of a perpetual.
//!
//! Rates are in units of 1e-8, prices in units of 1e-8 of the quote asset. The index is the mean of the last
//! price 10, 20 and 30 seconds ago without the premium; the mark price is the median of index with funding,
//! index with the mean premium, and last price (§9.7). Between knots of 10 seconds both are straight lines.

use super::hash::{Purpose, chance};
use super::series::Series;
use super::trade::MINUTE;

/// Units of one.
pub(crate) const UNIT: i64 = 100_000_000;
/// Milliseconds between knots.
const KNOT: i64 = 10_000;
const HOUR: i64 = 3_600_000;
/// Interest of 8 hours: 0.01 % (§9.6).
const INTEREST: i64 = 10_000;
/// How far interest pulls the premium: 0.05 % (§9.6).
const PULL: i64 = 50_000;

/// The prices that are not of trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MarkPrices {
    pub(crate) mark: i64,
    pub(crate) index: i64,
}

/// Which price a candle is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Indirect {
    Mark,
    Index,
    Premium,
}

/// A settlement of funding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FundingSettlement {
    /// When it is booked, a few milliseconds after the hour.
    pub(crate) time: i64,
    pub(crate) rate: i64,
    pub(crate) mark: i64,
}

/// Mark and index price at a time.
pub(crate) fn prices_at(series: &mut Series, time: i64) -> MarkPrices {
    let knot = time.div_euclid(KNOT);
    let (before, after) = (at_knot(series, knot), at_knot(series, knot + 1));
    let part = i128::from(time.rem_euclid(KNOT));
    let between = |from: i64, to: i64| {
        let step = i128::from(to - from) * part / i128::from(KNOT);
        from + i64::try_from(step).unwrap_or(0)
    };
    MarkPrices { mark: between(before.mark, after.mark), index: between(before.index, after.index) }
}

/// Prices at a knot; the last price it looks at is the one of the knot before.
fn at_knot(series: &mut Series, knot: i64) -> MarkPrices {
    let [last, second, third] = [1, 2, 3].map(|back| last_price(series, knot - back));
    let smooth = (last + second + third) / 3;
    let time = knot * KNOT;
    let premium = premium_at(series.spec().seed, time);
    let index = scaled(smooth, UNIT, UNIT + premium);
    let interval = interval_millis(series);
    let begun = time.div_euclid(interval) * interval;
    let rate = rate_of(series, begun - interval, begun);
    let left = interval - (time - begun);
    let with_funding = index + scaled(scaled(index, rate, UNIT), left, interval);
    let mut candidates = [with_funding, smooth, last];
    candidates.sort_unstable();
    MarkPrices { mark: candidates[1], index }
}

fn last_price(series: &mut Series, knot: i64) -> i64 {
    let decimals = u32::from(series.spec().price_decimals.min(8));
    let time = (knot * KNOT).max(series.first_time());
    let minute = series.days().minute(time.div_euclid(MINUTE));
    let place = usize::try_from(time.rem_euclid(MINUTE) / KNOT).unwrap_or(0);
    let ticks = minute.map(|minute| minute.knots[place]);
    let ticks = ticks.unwrap_or_else(|| series.price_at(time));
    ticks.saturating_mul(10i64.pow(8 - decimals))
}

fn scaled(value: i64, by: i64, of: i64) -> i64 {
    i64::try_from(i128::from(value) * i128::from(by) / i128::from(of)).unwrap_or(i64::MAX)
}

fn interval_millis(series: &Series) -> i64 {
    i64::from(series.spec().funding_hours.max(1)) * HOUR
}

/// How much dearer the contract is than the index: a slow and a fast wave.
pub(crate) fn premium_at(seed: u64, time: i64) -> i64 {
    3_000
        + wave(seed, Purpose::PremiumSlow, time, 64 * HOUR) * 6 / 10
        + wave(seed, Purpose::PremiumFast, time, HOUR) * 3 / 10
}

/// Between -100,000 and 100,000, straight between knots.
fn wave(seed: u64, purpose: Purpose, time: i64, period: i64) -> i64 {
    let knot = time.div_euclid(period);
    let at = |knot| i64::try_from(chance(seed, purpose, knot) % 200_001).unwrap_or(0) - 100_000;
    let (from, to) = (at(knot), at(knot + 1));
    from + (to - from) * (time.rem_euclid(period) / 1000) / (period / 1000)
}

/// The rate of the interval from `start` as it is known at `time` (§9.6): twelve samples of the premium, later
/// ones weighing more unless the interval is an hour.
pub(crate) fn rate_of(series: &Series, start: i64, time: i64) -> i64 {
    let spec = series.spec();
    let interval = interval_millis(series);
    let (mut sum, mut weights) = (0, 0);
    for sample in 1..=12 {
        let at = start + interval * sample / 12;
        if at > time && weights > 0 {
            break;
        }
        let weight = if spec.funding_hours > 1 { sample } else { 1 };
        sum += weight * premium_at(spec.seed, at.min(time.max(start)));
        weights += weight;
    }
    let premium = sum / weights;
    let pulled = premium + (INTEREST - premium).clamp(-PULL, PULL);
    let rate = pulled * i64::from(spec.funding_hours.max(1)) / 8;
    rate.clamp(-spec.funding_cap, spec.funding_cap)
}

/// The running rate and the time at which it will be settled.
pub(crate) fn running_rate(series: &Series, time: i64) -> (i64, i64) {
    let interval = interval_millis(series);
    let start = time.div_euclid(interval) * interval;
    (rate_of(series, start, time), start + interval)
}

/// Settlements that are booked in `from..=until`, ascending.
pub(crate) fn settlements(series: &mut Series, from: i64, until: i64) -> Vec<FundingSettlement> {
    let interval = interval_millis(series);
    let first = series.first_time();
    let mut boundary = (from.max(first).div_euclid(interval)) * interval;
    let mut found = Vec::new();
    while boundary <= until {
        let time = boundary + delay(series, boundary);
        if boundary > first && time >= from && time <= until {
            let rate = rate_of(series, boundary - interval, boundary);
            let mark = prices_at(series, boundary).mark;
            found.push(FundingSettlement { time, rate, mark });
        }
        boundary += interval;
    }
    found
}

/// When funding is booked next after `after`.
pub(crate) fn next_settlement_time(series: &Series, after: i64) -> i64 {
    let interval = interval_millis(series);
    let first = series.first_time();
    let mut boundary = after.max(first).div_euclid(interval) * interval;
    loop {
        let time = boundary + delay(series, boundary);
        if boundary > first && time > after {
            return time;
        }
        boundary += interval;
    }
}

/// The booked time lies a few milliseconds after the hour (§2.2).
fn delay(series: &Series, boundary: i64) -> i64 {
    i64::try_from(chance(series.spec().seed, Purpose::FundingDelay, boundary) % 9).unwrap_or(0)
}

/// Open, high, low and close of a price that is not of trades, over `from..until` in whole minutes or up to
/// `until`. Exact, for these prices are straight between knots; `None` for an empty range.
pub(crate) fn indirect_candle(
    series: &mut Series,
    price: Indirect,
    from: i64,
    until: i64,
) -> Option<[i64; 4]> {
    let from = from.max(series.first_time());
    if from >= until {
        return None;
    }
    let open = indirect_at(series, price, from);
    let (mut high, mut low) = (open, open);
    let mut time = (from.div_euclid(KNOT) + 1) * KNOT;
    let close = indirect_at(series, price, until - 1);
    while time < until {
        let value = indirect_at(series, price, time);
        (high, low) = (high.max(value), low.min(value));
        time += KNOT;
    }
    Some([open, high.max(close), low.min(close), close])
}

fn indirect_at(series: &mut Series, price: Indirect, time: i64) -> i64 {
    match price {
        Indirect::Mark => prices_at(series, time).mark,
        Indirect::Index => prices_at(series, time).index,
        Indirect::Premium => premium_at(series.spec().seed, time),
    }
}
