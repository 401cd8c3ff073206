//! Candles beside those that carry the fills: mark prices, and finer ones for the `drill` policy.

use domain::{MarketKind, PriceKind};
use simulator::IntrabarPolicy;
use storage::Coverage;

use super::Cut;
use crate::backtests::outcome::Remark;
use crate::backtests::request::RunRequest;
use crate::data::coverage::{best_source, gaps_in_range, need};

/// Mark price candles of the length that carries the fills, where any are stored in its range.
pub(super) fn mark(warnings: &mut Vec<Remark>, carrying: &Cut, stored: &[Coverage]) -> Option<Cut> {
    let key = &carrying.source;
    match key.market {
        MarketKind::UsdM | MarketKind::Demo => {}
        MarketKind::Spot => return None,
    }
    let of_mark = |one: &&Coverage| {
        one.key.price == PriceKind::Mark
            && one.key.market == key.market
            && one.key.symbol == key.symbol
    };
    let (cut, is_whole) = cut_of(stored.iter().filter(of_mark), carrying)?;
    if !is_whole {
        let message = "mark price candles are stored for a part of the range only: elsewhere \
            liquidation goes by the last price"
            .to_owned();
        warnings.push(Remark { code: "MARK_PARTLY_FROM_LAST".to_owned(), message });
    }
    Some(cut)
}

/// The finest candles shorter than those that carry the fills, when the policy asks for them.
pub(super) fn finer(
    warnings: &mut Vec<Remark>,
    (request, carrying): (&RunRequest, &Cut),
    series: &[&Coverage],
) -> Option<Cut> {
    if request.intrabar_policy != IntrabarPolicy::Drill {
        return None;
    }
    let shorter = series.iter().copied().filter(|one| {
        one.key.timeframe < carrying.wanted && one.key.timeframe.divides(carrying.wanted)
    });
    let finest = shorter.min_by_key(|one| one.key.timeframe);
    let wanted = finest.map(|one| Cut { wanted: one.key.timeframe, ..carrying.clone() });
    let found = finest.zip(wanted).and_then(|(one, wanted)| cut_of([one], &wanted));
    let Some((cut, is_whole)) = found else {
        let message = format!(
            "no candles shorter than {} are stored in the range: the drill policy had nothing to \
             look into and decided as the pessimistic one",
            carrying.wanted
        );
        warnings.push(Remark { code: "DRILL_WITHOUT_FINER".to_owned(), message });
        return None;
    };
    if !is_whole {
        let message = format!(
            "{} candles to look into are stored for a part of the range only: elsewhere the drill \
             policy decided as the pessimistic one",
            cut.wanted
        );
        warnings.push(Remark { code: "DRILL_PARTLY_WITHOUT_FINER".to_owned(), message });
    }
    Some(cut)
}

/// Candles as long as `wanted` in its range, and whether none of them is missing.
fn cut_of<'a>(stored: impl IntoIterator<Item = &'a Coverage>, wanted: &Cut) -> Option<(Cut, bool)> {
    let source = best_source(stored, wanted.wanted, wanted.range)?;
    let need = need(source, wanted.wanted, wanted.range);
    if need.range.start >= need.range.end {
        return None;
    }
    let is_whole = !need.cut_short && gaps_in_range(source, need.range).is_empty();
    let cut = Cut { wanted: wanted.wanted, source: source.key.clone(), range: need.range };
    Some((cut, is_whole))
}
