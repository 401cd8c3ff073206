//! Which trades two runs of the same strategies do not have in common.

use engine::Trade;

/// A trade that is not the same with a cause and without it.
#[derive(Clone, Debug, PartialEq)]
pub enum TradeDifference {
    /// There is none without the cause.
    OnlyWith(Box<Trade>),
    /// There is none with the cause.
    OnlyWithout(Box<Trade>),
    /// Both made one, with other prices, times, sizes or costs.
    Changed {
        /// With the cause.
        with: Box<Trade>,
        /// Without it.
        without: Box<Trade>,
    },
}

/// Pairs trades of the same sleeve and direction, by equal entries first, by the longest time together then; equal
/// pairs are left out.
pub(super) fn differences(with: Vec<&Trade>, without: Vec<&Trade>) -> Vec<TradeDifference> {
    let (mut with, mut without) = (with, without);
    let mut pairs: Vec<(&Trade, &Trade)> = Vec::new();
    take_pairs(&mut with, &mut without, &mut pairs, |one, other| {
        (one.entry_time == other.entry_time).then_some(0)
    });
    take_pairs(&mut with, &mut without, &mut pairs, |one, other| {
        let from = one.entry_time.max(other.entry_time);
        let together = one.exit_time.min(other.exit_time).millis() - from.millis();
        (together >= 0).then_some(together)
    });
    let changed = pairs.into_iter().filter(|(one, other)| !is_same(one, other));
    let mut differences: Vec<TradeDifference> = changed
        .map(|(one, other)| TradeDifference::Changed {
            with: Box::new(one.clone()),
            without: Box::new(other.clone()),
        })
        .collect();
    let boxed = |trade: &Trade| Box::new(trade.clone());
    differences.extend(with.into_iter().map(|it| TradeDifference::OnlyWith(boxed(it))));
    differences.extend(without.into_iter().map(|it| TradeDifference::OnlyWithout(boxed(it))));
    differences.sort_by_key(|difference| difference.first().exit_time);
    differences
}

/// Takes each trade out with the one that it is nearest to, as far as there is one.
fn take_pairs<'t>(
    with: &mut Vec<&'t Trade>,
    without: &mut Vec<&'t Trade>,
    pairs: &mut Vec<(&'t Trade, &'t Trade)>,
    nearness: impl Fn(&Trade, &Trade) -> Option<i64>,
) {
    with.retain(|one| {
        let fits = |other: &Trade| {
            let alike = one.sleeve == other.sleeve && one.direction == other.direction;
            if alike { nearness(one, other) } else { None }
        };
        let nearest = without
            .iter()
            .enumerate()
            .filter_map(|(place, other)| Some((fits(other)?, place)))
            .max_by_key(|(near, place)| (*near, std::cmp::Reverse(*place)));
        let Some((_, place)) = nearest else { return true };
        pairs.push((one, without.remove(place)));
        false
    });
}

/// Equal in prices, times, size and costs; what the account held besides is no part of a trade.
fn is_same(one: &Trade, other: &Trade) -> bool {
    let told = |it: &Trade| {
        (
            (it.direction, it.quantity, it.fills, it.exit_reason),
            (it.entry_time, it.entry_price, it.exit_time, it.exit_price),
            (it.gross, it.costs, it.insurance),
        )
    };
    told(one) == told(other)
}

impl TradeDifference {
    /// The trade with the cause, where there is one.
    fn first(&self) -> &Trade {
        match self {
            Self::OnlyWith(trade)
            | Self::OnlyWithout(trade)
            | Self::Changed { with: trade, .. } => trade,
        }
    }
}
