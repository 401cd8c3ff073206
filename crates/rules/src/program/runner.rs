//! A compiled rule set as a strategy.

use domain::{Direction, Entry, ExitReason, Intent, Price, Rate, Role, Timestamp};
use market::Candles;
use strategy::{Context, Output, PositionView, Strategy};

use super::feed::{Feed, Plotted};
use super::signal::{EntryPlan, Moment};
use super::standing::Standing;
use super::{Scene, Truths, Values};
use crate::model::{EitherSide, IfOpen};

/// An exit rule, compiled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exit {
    pub(crate) side: EitherSide,
    pub(crate) when: usize,
    pub(crate) share: Rate,
}

/// A move of the stop, compiled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Move {
    pub(crate) side: EitherSide,
    pub(crate) when: usize,
    pub(crate) to: usize,
    pub(crate) only_tighter: bool,
}

/// A rule that takes waiting entries back, compiled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cancel {
    pub(crate) when: usize,
}

/// A rule set, compiled.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) feeds: [Feed; 2],
    pub(crate) values: Values,
    pub(crate) truths: Truths,
    pub(crate) entries: Vec<EntryPlan>,
    pub(crate) exits: Vec<Exit>,
    pub(crate) moves: Vec<Move>,
    pub(crate) cancels: Vec<Cancel>,
    pub(crate) plots: Vec<Plotted>,
}

/// A program that runs.
#[derive(Debug)]
pub(crate) struct Runner {
    feeds: [Feed; 2],
    values: Values,
    truths: Truths,
    actions: Actions,
    plots: Vec<Plotted>,
    standing: Standing,
    output: Output,
    is_mute: bool,
}

/// What rules do, and what of it may still wait.
#[derive(Debug)]
struct Actions {
    entries: Vec<EntryPlan>,
    exits: Vec<Exit>,
    moves: Vec<Move>,
    cancels: Vec<Cancel>,
    /// Whether an entry order was given that may wait.
    may_wait: bool,
}

impl Runner {
    pub(crate) fn new(program: Program) -> Self {
        let Program { feeds, values, truths, entries, exits, moves, cancels, plots } = program;
        Self {
            feeds,
            values,
            truths,
            actions: Actions { entries, exits, moves, cancels, may_wait: false },
            plots,
            standing: Standing::default(),
            output: Output::default(),
            is_mute: false,
        }
    }

    #[inline(never)]
    fn draw(&mut self, candles: &[Option<Candles<'_>>; 2]) {
        for plot in &self.plots {
            if let Some(point) = plot.point(&self.feeds, candles) {
                self.output.plot(&plot.name, plot.pane, point);
            }
        }
    }
}

impl Strategy for Runner {
    fn on_candle(&mut self, context: &Context<'_>, intents: &mut Vec<Intent>) {
        let Some(lower) = context.just_closed(Role::Ltf) else { return };
        let Some(newest) = lower.last() else { return };
        let candles = [Some(lower), context.candles(Role::Htf)];
        for (feed, candles) in self.feeds.iter_mut().zip(candles) {
            feed.advance(candles);
        }
        self.standing.update(context.position(), &newest);
        let now = context.now();
        let scene = Scene { candles, feeds: &self.feeds, standing: &self.standing, newest };
        self.values.update(&scene);
        self.truths.update(&self.values, now, &scene);
        if !self.plots.is_empty() && !self.is_mute {
            self.draw(&candles);
        }
        if !self.actions.any_holds(&self.truths) {
            return;
        }
        let scene = Scene { candles, feeds: &self.feeds, standing: &self.standing, newest };
        self.values.update_late(&scene);
        let log = (!self.is_mute).then_some(&mut self.output);
        let moment = Moment { values: &self.values, scene: &scene, now };
        let mut turn = Turn { position: context.position(), log, is_leaving: false, intents };
        let asked = self.actions.act(&self.truths, &moment, &mut turn);
        // A stop on the wrong side of the price is refused, so that the one in force stays.
        let stands = |stop: &Price| match context.position().map(|it| it.direction) {
            Some(Direction::Long) => stop.to_f64() < newest.close,
            Some(Direction::Short) => stop.to_f64() > newest.close,
            None => false,
        };
        if let Some(stop) = asked.stop.filter(stands) {
            self.standing.moved_stop(stop);
        }
        if let Some((direction, stop)) = asked.entry {
            self.standing.asked_for(direction, stop);
        }
    }

    fn take_output(&mut self) -> Output {
        std::mem::take(&mut self.output)
    }

    fn omit_output(&mut self) {
        self.is_mute = true;
    }
}

/// What is wished for at one close.
struct Turn<'t> {
    position: Option<&'t PositionView>,
    log: Option<&'t mut Output>,
    /// Whether all of the position is being closed.
    is_leaving: bool,
    intents: &'t mut Vec<Intent>,
}

/// What the position is to remember.
#[derive(Clone, Copy, Debug, Default)]
struct Asked {
    stop: Option<Price>,
    entry: Option<(Direction, Option<Price>)>,
}

impl Actions {
    #[inline]
    fn any_holds(&self, truths: &Truths) -> bool {
        self.entries.iter().any(|it| truths.holds(it.when))
            || self.exits.iter().any(|it| truths.holds(it.when))
            || self.moves.iter().any(|it| truths.holds(it.when))
            || self.cancels.iter().any(|it| truths.holds(it.when))
    }

    #[inline(never)]
    fn act(&mut self, truths: &Truths, moment: &Moment<'_>, turn: &mut Turn<'_>) -> Asked {
        self.exit(truths, turn);
        if self.may_wait && self.cancels.iter().any(|it| truths.holds(it.when)) {
            self.cancel(turn);
        }
        let entry = self.enter(truths, moment, turn);
        let stop = if turn.is_leaving { None } else { self.move_stop(truths, moment, turn) };
        Asked { stop, entry }
    }

    fn exit(&self, truths: &Truths, turn: &mut Turn<'_>) {
        let Some(position) = turn.position else { return };
        for rule in &self.exits {
            if rule.side.includes(position.direction) && truths.holds(rule.when) {
                turn.intents.push(Intent::Exit { reason: ExitReason::Signal, share: rule.share });
                if rule.share == Rate::ONE {
                    turn.is_leaving = true;
                    return;
                }
            }
        }
    }

    fn cancel(&mut self, turn: &mut Turn<'_>) {
        turn.intents.push(Intent::CancelEntries);
        self.may_wait = false;
    }

    /// The first entry that holds, may act and is a signal.
    fn enter(
        &mut self,
        truths: &Truths,
        moment: &Moment<'_>,
        turn: &mut Turn<'_>,
    ) -> Option<(Direction, Option<Price>)> {
        let standing = moment.scene.standing;
        let mut found = None;
        for rule in self.entries.iter_mut().filter(|it| truths.holds(it.when)) {
            if !rule.is_rested(standing) || !rule.fits(turn) {
                continue;
            }
            match rule.entry(moment) {
                Ok(entry) => {
                    found = Some((rule, entry));
                    break;
                }
                Err(reason) => turn.tell(moment.now, || {
                    format!("{}: {} entry left out: {reason}", rule.name, rule.side)
                }),
            }
        }
        let (rule, entry) = found?;
        rule.last_signal = Some(standing.candle());
        let waits = rule.order.waits();
        let asked = (rule.side, entry.signal.stop_loss());
        if self.may_wait {
            self.cancel(turn);
        }
        self.may_wait = waits;
        turn.enter(entry);
        Some(asked)
    }

    /// The last move that holds and has a price.
    fn move_stop(
        &self,
        truths: &Truths,
        moment: &Moment<'_>,
        turn: &mut Turn<'_>,
    ) -> Option<Price> {
        let direction = turn.position?.direction;
        let scale = moment.scene.candles[0]?.scale();
        let before = moment.scene.standing.stop();
        let rules = self.moves.iter().rev();
        let mut holding =
            rules.filter(|rule| rule.side.includes(direction) && truths.holds(rule.when));
        let stop = holding.find_map(|rule| {
            let to = moment.values.get(rule.to);
            let is_tighter = match direction {
                Direction::Long => to > before,
                Direction::Short => to < before,
            };
            let is_allowed = !rule.only_tighter || before.is_nan() || is_tighter;
            if is_allowed { scale.price(to) } else { None }
        })?;
        turn.intents.push(Intent::MoveStop(stop));
        Some(stop)
    }
}

impl EntryPlan {
    /// Whether its cool-down is over.
    fn is_rested(&self, standing: &Standing) -> bool {
        let since_signal = self.last_signal.map(|last| standing.candle() - last);
        let is_over = |since: Option<u64>| since.is_none_or(|since| since >= self.cool_down);
        is_over(since_signal) && is_over(standing.since_exit())
    }

    /// Whether the position lets it act.
    fn fits(&self, turn: &Turn<'_>) -> bool {
        let Some(position) = turn.position else { return true };
        let is_same = position.direction == self.side;
        match self.if_open {
            IfOpen::Ignore => turn.is_leaving && !is_same,
            IfOpen::Reverse => !is_same,
            IfOpen::Add => {
                if turn.is_leaving {
                    !is_same
                } else {
                    is_same
                }
            }
        }
    }
}

impl Turn<'_> {
    /// Wishes to enter; a position of the other side is closed first.
    fn enter(&mut self, entry: Entry) {
        let is_against = self.position.is_some_and(|it| it.direction != entry.signal.direction());
        if is_against && !self.is_leaving {
            self.intents.push(Intent::Exit { reason: ExitReason::Signal, share: Rate::ONE });
            self.is_leaving = true;
        }
        self.intents.push(Intent::enter(entry));
    }

    fn tell(&mut self, now: Timestamp, text: impl FnOnce() -> String) {
        if let Some(output) = &mut self.log {
            output.log(now, text());
        }
    }
}

impl EitherSide {
    fn includes(self, direction: Direction) -> bool {
        match self {
            Self::Both => true,
            Self::Long => direction == Direction::Long,
            Self::Short => direction == Direction::Short,
        }
    }
}
