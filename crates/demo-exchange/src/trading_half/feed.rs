//! Which symbols trading must see, up to when it has seen each, and when it must see it next.
//!
//! A symbol that something depends on is shown at every public trade, at the step of the book that follows
//! one, and every full second where the mark price matters; between such seconds mark prices are straight
//! lines. Others are shown when a call is about them.

use std::collections::BTreeMap;

use domain::{Symbol, Timestamp};

use super::market_steps::{show_step, shown_trades};
use crate::market::book::{LEVELS, STEP, step_of};
use crate::private_door::PrivateView;
use crate::trading::{Trading, Watched};

/// Levels of each side that resting orders are held against.
const LEVELS_WATCHED: usize = 20;
const SECOND: i64 = 1_000;

/// All symbols that trading has been shown.
#[derive(Debug, Default)]
pub(super) struct Feeds {
    watches: BTreeMap<Symbol, Watch>,
    /// The step and the depth of the book that trading has of each symbol.
    books: BTreeMap<Symbol, (i64, usize)>,
}

/// A symbol that something depends on.
#[derive(Clone, Copy, Debug)]
struct Watch {
    watched: Watched,
    /// Trades up to here have been shown.
    shown: Timestamp,
    /// When the book after the last trade is to be shown.
    book_at: Option<Timestamp>,
    funding_at: Timestamp,
    due: Timestamp,
}

impl Feeds {
    /// When something must be shown next.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.watches.values().map(|watch| watch.due).min()
    }

    /// Shows what is due, and books funding that is.
    pub(super) fn show_what_is_due(&mut self, trading: &mut Trading, view: &mut PrivateView<'_>) {
        let now = view.now();
        let due = self.watches.iter().filter(|(_, watch)| watch.due <= now);
        let due: Vec<(Symbol, Watch)> = due.map(|(name, watch)| (name.clone(), *watch)).collect();
        for (symbol, watch) in due {
            let levels = if watch.watched.whole_book { LEVELS } else { LEVELS_WATCHED };
            self.show(&symbol, levels, (trading, view));
            if watch.funding_at <= now {
                let before = watch.funding_at.plus_millis(-1);
                for funding in view.funding(symbol.as_str(), before, now) {
                    trading.settle_funding(&symbol, funding.rate, funding.mark, now);
                }
            }
        }
    }

    /// Shows the whole book of a symbol before a call that may take from it.
    pub(super) fn show_whole(
        &mut self,
        symbol: &Symbol,
        (trading, view): (&mut Trading, &mut PrivateView<'_>),
    ) {
        self.show(symbol, LEVELS, (trading, view));
    }

    /// Shows the prices of a symbol before a call that reads. What depends on a symbol is shown at times of
    /// its own, so that nothing changes because somebody looks.
    pub(super) fn show_prices(
        &mut self,
        symbol: &Symbol,
        (trading, view): (&mut Trading, &mut PrivateView<'_>),
    ) {
        if !self.watches.contains_key(symbol) {
            self.show(symbol, 1, (trading, view));
        }
    }

    /// Follows what trading depends on now.
    pub(super) fn follow(&mut self, trading: &Trading, view: &mut PrivateView<'_>) {
        let now = view.now();
        let watched = trading.watched_symbols();
        self.watches.retain(|symbol, _| watched.contains_key(symbol));
        for (symbol, watched) in watched {
            let fresh = Watch { watched, shown: now, book_at: None, funding_at: now, due: now };
            let watch = self.watches.entry(symbol.clone()).or_insert(fresh);
            watch.watched = watched;
            if watch.funding_at <= now {
                let next = view.next_funding_time(symbol.as_str(), now);
                watch.funding_at = next.unwrap_or_else(|| now.plus_millis(SECOND));
            }
            watch.due = watch.next_due(&symbol, view);
        }
    }

    fn show(
        &mut self,
        symbol: &Symbol,
        levels: usize,
        (trading, view): (&mut Trading, &mut PrivateView<'_>),
    ) {
        let now = view.now();
        let step = step_of(now.millis());
        let mut trades = Vec::new();
        if let Some(watch) = self.watches.get_mut(symbol) {
            trades = shown_trades(symbol, (watch.shown, now), view);
            watch.shown = now;
            watch.book_at = if trades.is_empty() {
                watch.book_at.filter(|at| *at > now)
            } else {
                Some(Timestamp::from_millis((step + 1) * STEP))
            };
        }
        // Within one step of the book, what an account has taken from it stays taken.
        let has_book = self.books.get(symbol);
        let has_book = has_book.is_some_and(|(known, depth)| *known == step && *depth >= levels);
        if has_book && trades.is_empty() {
            return;
        }
        if show_step(symbol, (&trades, levels), (trading, view)).is_some() {
            self.books.insert(symbol.clone(), (step, levels));
        }
    }
}

impl Watch {
    fn next_due(&self, symbol: &Symbol, view: &mut PrivateView<'_>) -> Timestamp {
        let second = (view.now().millis().div_euclid(SECOND) + 1) * SECOND;
        let second = self.watched.mark_price.then(|| Timestamp::from_millis(second));
        let trade = view.next_trade_time(symbol.as_str(), self.shown);
        let times = [trade, self.book_at, second];
        times.into_iter().flatten().fold(self.funding_at, Timestamp::min)
    }
}
