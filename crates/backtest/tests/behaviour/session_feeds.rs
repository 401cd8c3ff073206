//! Stages played as sessions: their candles told one instant after another, whole or in parts.

use std::sync::Arc;

use backtest::{
    CandlePart, CandleWatcher, ClosedCandle, RunResult, Session, SessionInput, SessionInstrument,
    SessionStart,
};
use domain::{Candle, InstrumentId, Timeframe, Timestamp};
use market::{Columns, Series};

use crate::scripts::{Stage, registry};

/// An observer that lets everything go on.
pub(crate) fn go_on(_: backtest::Progress) -> std::ops::ControlFlow<()> {
    std::ops::ControlFlow::Continue(())
}

/// A series of the same kind without candles.
pub(crate) fn emptied(series: &Series) -> Series {
    Series::new(series.key().clone(), series.scale(), Columns::default()).unwrap()
}

/// The candles that close until then.
pub(crate) fn until(series: &Series, time: Timestamp) -> Series {
    let mut before = emptied(series);
    for row in (0..series.len()).take_while(|row| series.close_time(*row) <= time) {
        before.push(&series.candle(row)).unwrap();
    }
    before
}

impl Stage {
    /// What a session of this stage begins with when everything until `time` is history.
    pub(crate) fn start(&self, time: Timestamp) -> SessionStart {
        let fills = self.data.carrying(&self.spec);
        let instruments = fills.iter().zip(&self.data.instruments).enumerate();
        let instruments = instruments.map(|(place, (_, data))| {
            let sleeves = self.spec.sleeves.iter().zip(&self.data.timeframes);
            let own = sleeves.filter(|(sleeve, _)| sleeve.instrument.index() == place);
            let mut series: Vec<&Arc<Series>> =
                own.flat_map(|(_, roles)| roles.iter().map(|(_, series)| series)).collect();
            series.sort_by_key(|series| series.timeframe());
            series.dedup_by_key(|series| series.timeframe());
            SessionInstrument {
                listing: data.listing.clone(),
                history: series.iter().map(|series| until(series, time)).collect(),
                funding: data.funding.iter().filter(|it| it.time <= time).copied().collect(),
            }
        });
        SessionStart {
            instruments: instruments.collect(),
            timeframes: self
                .data
                .timeframes
                .iter()
                .map(|roles| roles.iter().map(|(role, it)| (*role, it.timeframe())).collect())
                .collect(),
        }
    }

    /// A session of this stage that begins at `time`.
    pub(crate) fn begin(&self, time: Timestamp) -> Session {
        self.tell_scripts();
        Session::begin(&self.spec, self.start(time), &registry(), None).unwrap()
    }

    /// A session from the first candle on, without history.
    pub(crate) fn begin_fresh(&self) -> Session {
        self.begin(Timestamp::from_millis(i64::MIN))
    }

    /// All that happens after `time`: whole candles by instant, funding before the candles it falls into.
    pub(crate) fn feed(&self, time: Timestamp) -> Vec<SessionInput> {
        let fills: Vec<&Arc<Series>> =
            self.data.carrying(&self.spec).into_iter().map(Option::unwrap).collect();
        let mut closes: Vec<Timestamp> = fills
            .iter()
            .flat_map(|series| (0..series.len()).map(|row| series.close_time(row)))
            .filter(|close| *close > time)
            .collect();
        closes.sort_unstable();
        closes.dedup();
        let firsts: Vec<i64> = fills
            .iter()
            .map(|series| {
                let row = (0..series.len()).find(|row| series.close_time(*row) > time);
                row.map_or(i64::MAX, |row| series.open_times()[row])
            })
            .collect();
        let mut inputs = Vec::new();
        let mut before = Timestamp::from_millis(i64::MIN);
        for close in closes {
            for (number, data) in (0u16..).zip(&self.data.instruments) {
                let first = firsts[usize::from(number)];
                let due = data
                    .funding
                    .iter()
                    .filter(|it| it.time > before && it.time <= close && it.time.millis() >= first);
                inputs.extend(due.map(|settlement| SessionInput::Funding {
                    instrument: InstrumentId::new(number),
                    settlement: *settlement,
                }));
            }
            before = close;
            let candles = (0u16..).zip(&fills).filter_map(|(number, series)| {
                let row = (0..series.len()).find(|row| series.close_time(*row) == close)?;
                Some(whole(number, series.candle(row)))
            });
            inputs.push(SessionInput::Closed {
                time: close,
                candles: candles.collect(),
                is_missed: false,
            });
        }
        inputs
    }
}

pub(crate) fn whole(instrument: u16, candle: Candle) -> ClosedCandle {
    let instrument = InstrumentId::new(instrument);
    ClosedCandle { instrument, candle, mark: None, rest: None }
}

/// Applies all of them.
pub(crate) fn tell(session: &mut Session, inputs: &[SessionInput]) {
    for input in inputs {
        session.apply(input).unwrap();
    }
}

/// Everything of two results but the way in which their instants are kept.
#[track_caller]
pub(crate) fn assert_equal(session: &RunResult, run: &RunResult) {
    assert_eq!(session.trades, run.trades);
    assert_eq!(session.fills, run.fills);
    assert_eq!(session.skips, run.skips);
    assert_eq!(session.notices, run.notices);
    assert_eq!(session.equity_curve(), run.equity_curve());
    assert_eq!(session.metrics, run.metrics);
    let run = RunResult { instants: session.instants.clone(), ..run.clone() };
    assert_eq!(*session, run);
}

/// A part as the only one of its moment.
pub(crate) fn told(part: CandlePart) -> SessionInput {
    SessionInput::Parts { time: part.until, parts: vec![part] }
}

/// A candle of five minutes told in parts, each of them one finer candle; what of it is told last comes with its close.
pub(crate) fn in_parts(instrument: u16, finer: &[Candle], length_ms: i64) -> Vec<SessionInput> {
    let id = InstrumentId::new(instrument);
    let mut watcher = CandleWatcher::new(id, Timeframe::M5, None);
    let mut so_far = finer[0];
    let mut inputs = Vec::new();
    for (place, candle) in finer.iter().enumerate() {
        so_far = merged(&so_far, candle);
        let until = candle.open_time.plus_millis(length_ms);
        if place + 1 < finer.len() {
            let part = watcher.part(so_far, None, until).unwrap();
            watcher.take(&part);
            inputs.push(told(part));
        } else {
            let rest = watcher.rest(&so_far, None);
            let closed = ClosedCandle { instrument: id, candle: so_far, mark: None, rest };
            inputs.push(SessionInput::Closed {
                time: until,
                candles: vec![closed],
                is_missed: false,
            });
        }
    }
    inputs
}

/// A candle and the one that goes on from it.
pub(crate) fn merged(before: &Candle, next: &Candle) -> Candle {
    Candle {
        high: before.high.max(next.high),
        low: before.low.min(next.low),
        close: next.close,
        ..*before
    }
}

/// A part of a candle from one price straight to another.
pub(crate) fn part(
    instrument: u16,
    so_far: Candle,
    from: (Timestamp, f64),
    until: Timestamp,
) -> CandlePart {
    let (open_time, open) = from;
    let close = so_far.close;
    let last =
        Candle { open_time, open, high: open.max(close), low: open.min(close), close, volume: 0.0 };
    let tape = simulator::Tape { last, mark: None };
    CandlePart { instrument: InstrumentId::new(instrument), tape, until, so_far }
}
