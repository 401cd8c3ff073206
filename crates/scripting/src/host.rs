//! What the functions of a script work on, and when each may be called.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{Intent, PriceScale, Seeded, Timeframe, Timestamp};
use mlua::{Function, IntoLuaMulti, Lua, MultiValue, Result, Value};
use strategy::Parameters;

use crate::declarations::Declarations;
use crate::drawings::Shown;
use crate::failure::Failure;
use crate::limits::WISHES_MAX;
use crate::smc::Study;
use crate::ta::Wired;

/// When a script is running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The file is being run.
    Top,
    /// `on_candle` is being run.
    Candle,
}

/// The newest candle of LTF.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// When it closed.
    pub(crate) now: Timestamp,
    pub(crate) open_time: Timestamp,
    pub(crate) close: f64,
    pub(crate) scale: PriceScale,
    pub(crate) timeframe: Timeframe,
}

/// What the prelude has of the readings of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    Nothing,
    /// Some that are true until the next candle.
    ForOneCandle,
    /// Some that it keeps up to date.
    ForGood,
}

/// On how many candles a series was read with [n].
#[derive(Clone, Copy, Debug, Default)]
struct Reads {
    first: usize,
    last: usize,
    candles: usize,
}

impl Reads {
    /// So often before a series is kept up to date, and then on one of so many candles.
    const CANDLES_MIN: usize = 16;
    const OF_CANDLES: usize = 4;

    /// One more, on this candle; whether it is read all the time.
    fn add(&mut self, row: usize) -> bool {
        if self.candles == 0 {
            self.first = row;
        }
        if self.candles == 0 || row != self.last {
            self.candles += 1;
        }
        self.last = row;
        let passed = row - self.first + 1;
        self.candles >= Self::CANDLES_MIN && self.candles * Self::OF_CANDLES >= passed
    }
}

/// All that functions of a script read and write.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) phase: Phase,
    /// Values of this run; the defaults count when there are none.
    pub(crate) given: Option<Parameters>,
    pub(crate) declared: Declarations,
    /// The first complaint of a script about its parameters.
    pub(crate) refused: Option<strategy::ParameterError>,
    /// What a call that is watched failed with.
    pub(crate) told: Option<Failure>,
    /// Indicators that the file asked for and nobody has taken yet.
    pub(crate) wired: Vec<Wired>,
    /// Engines of Smart Money Concepts.
    pub(crate) studies: Vec<Study>,
    /// Tables that the script asked them for at this candle.
    pub(crate) asked: usize,
    /// All readings by series, oldest first.
    pub(crate) histories: Vec<Vec<f64>>,
    /// How often each of them was read with [n].
    reads: Vec<Reads>,
    /// By group of series what the prelude has of their readings.
    kept: [Kept; 3],
    pub(crate) moment: Moment,
    wishes: Vec<Intent>,
    has_wishes: Arc<AtomicBool>,
    pub(crate) shown: Shown,
    pub(crate) random: Seeded,
}

/// The state, shared with the functions of one VM.
#[derive(Clone, Debug)]
pub(crate) struct Host(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// Whether there are wishes: spares looking at each candle.
    has_wishes: Arc<AtomicBool>,
}

/// What a function answers: a complaint, or a value.
type Answer<T> = std::result::Result<T, String>;

impl Moment {
    /// Before the first candle.
    fn before() -> Self {
        let time = Timestamp::from_millis(0);
        Self {
            now: time,
            open_time: time,
            close: f64::NAN,
            scale: PriceScale::new(0),
            timeframe: Timeframe::M1,
        }
    }
}

impl State {
    /// Adds a wish of this candle.
    pub(crate) fn wish(&mut self, call: &str, intent: Intent) -> Answer<()> {
        if self.wishes.len() >= WISHES_MAX {
            return Err(format!("{call}: more than {WISHES_MAX} orders at one candle"));
        }
        self.wishes.push(intent);
        self.has_wishes.store(true, Relaxed);
        Ok(())
    }

    /// A series is read with [n]; whether that happens so often, or so far back, that it is worth keeping its readings
    /// up to date.
    pub(crate) fn is_wanted(&mut self, slot: usize, group: usize, is_far: bool) -> bool {
        let (Some(history), Some(reads)) = (self.histories.get(slot), self.reads.get_mut(slot))
        else {
            return false;
        };
        let is_wanted = reads.add(history.len()) || is_far;
        if let Some(kept) = group.checked_sub(1).and_then(|group| self.kept.get_mut(group)) {
            *kept = match (*kept, is_wanted) {
                (Kept::ForGood, _) | (_, true) => Kept::ForGood,
                (Kept::Nothing | Kept::ForOneCandle, false) => Kept::ForOneCandle,
            };
        }
        is_wanted
    }

    /// What the prelude has of the readings of a group that takes a candle; what is true for one candle goes.
    #[inline]
    pub(crate) fn pass(&mut self, group: usize) -> Kept {
        let kept = &mut self.kept[group - 1];
        let before = *kept;
        if before == Kept::ForOneCandle {
            *kept = Kept::Nothing;
        }
        before
    }

    /// A place for a series.
    pub(crate) fn new_series(&mut self) -> usize {
        self.histories.push(Vec::new());
        self.reads.push(Reads::default());
        self.histories.len() - 1
    }
}

impl Host {
    /// The state before the file is run.
    pub(crate) fn new(given: Option<Parameters>, random: Seeded) -> Self {
        let has_wishes = Arc::new(AtomicBool::new(false));
        let state = Mutex::new(State {
            phase: Phase::Top,
            given,
            declared: Declarations::default(),
            refused: None,
            told: None,
            wired: Vec::new(),
            studies: Vec::new(),
            asked: 0,
            histories: Vec::new(),
            reads: Vec::new(),
            kept: [Kept::Nothing; 3],
            moment: Moment::before(),
            wishes: Vec::new(),
            has_wishes: Arc::clone(&has_wishes),
            shown: Shown::default(),
            random,
        });
        Self(Arc::new(Shared { state, has_wishes }))
    }

    /// The state; nobody else holds it, as a VM runs in one thread.
    #[inline]
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the wishes of this candle.
    #[inline]
    pub(crate) fn hand_over(&self, intents: &mut Vec<Intent>) {
        if self.0.has_wishes.load(Relaxed) {
            self.0.has_wishes.store(false, Relaxed);
            intents.append(&mut self.state().wishes);
        }
    }

    /// A function of the script that may be called in this phase. It answers with a complaint or nil, and a value.
    pub(crate) fn function<T: IntoLuaMulti + 'static>(
        &self,
        lua: &Lua,
        (name, phase): (&'static str, Phase),
        act: fn(&Lua, &mut State, &MultiValue) -> Answer<T>,
    ) -> Result<Function> {
        let host = self.clone();
        lua.create_function(move |lua, arguments: MultiValue| {
            let mut state = host.state();
            let answer = if state.phase == phase {
                act(lua, &mut state, &arguments)
            } else {
                Err(wrong_phase(name, phase))
            };
            drop(state);
            match answer {
                Ok(value) => {
                    let mut values = value.into_lua_multi(lua)?;
                    // Nothing at all is nil too.
                    if !values.is_empty() {
                        values.push_front(Value::Nil);
                    }
                    Ok(values)
                }
                Err(problem) => problem.into_lua_multi(lua),
            }
        })
    }
}

fn wrong_phase(name: &str, phase: Phase) -> String {
    match phase {
        Phase::Top => {
            format!("{name} belongs to the top of the file: call it before on_candle runs")
        }
        Phase::Candle => format!("{name} works inside on_candle only"),
    }
}
