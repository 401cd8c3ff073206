//! The virtual machine of one run: libraries without holes, the functions of a strategy, and the script.

use domain::Role;
use mlua::chunk::{ChunkMode, Compiler};
use mlua::{Buffer, Function, Lua, LuaOptions, Result, StdLib, Table, Value};
use strategy::Parameters;

use crate::budget::Budget;
use crate::candles::{Column, ColumnsByRole};
use crate::failure::Failure;
use crate::feed::Readings;
use crate::functions::{Functions, Hosted};
use crate::host::{Host, Phase};
use crate::limits::{SERIES_MAX, STEPS_CANDLE, STEPS_LOAD};
use crate::random;
use crate::words::Words;

const SANDBOX: &str = include_str!("prelude/sandbox.luau");
const SERIES: &str = include_str!("prelude/series.luau");
const STRUCTURES: &str = include_str!("prelude/smc.luau");
const API: &str = include_str!("prelude/api.luau");

/// A script and what it mentions.
#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) file: String,
    pub(crate) text: String,
    columns: Vec<Column>,
    pub(crate) reads_htf: bool,
    pub(crate) sees_account: bool,
    pub(crate) sees_funding: bool,
    asks_engines: bool,
}

/// A script that has been run once and waits for candles.
pub(crate) struct Vm {
    pub(crate) lua: Lua,
    pub(crate) host: Host,
    pub(crate) budget: Budget,
    /// The newest reading of each series and the one before on their way in.
    pub(crate) frame: Buffer,
    pub(crate) shift: Function,
    pub(crate) step: Function,
    /// The tables behind `candle` and `htf`, and behind `account`.
    pub(crate) roles: Table,
    pub(crate) account: Table,
    pub(crate) show_position: Function,
    /// Columns of the roles with their series, and the series of funding.
    pub(crate) columns: ColumnsByRole,
    pub(crate) funding: Option<usize>,
    attempt: Function,
    pub(crate) on_candle: Function,
}

impl Script {
    pub(crate) fn new(file: &str, text: &str) -> Self {
        let words = Words::of(text);
        Self {
            columns: Column::mentioned(&words),
            reads_htf: words.mention("htf"),
            sees_account: words.mention("account"),
            sees_funding: words.mention("funding"),
            asks_engines: words.mention("smc"),
            file: file.to_owned(),
            text: text.to_owned(),
        }
    }

    /// The columns that it mentions of the roles that it mentions.
    pub(crate) fn roles(&self) -> Vec<(Role, &[Column])> {
        let htf = self.reads_htf.then_some((Role::Htf, &self.columns[..]));
        std::iter::once((Role::Ltf, &self.columns[..])).chain(htf).collect()
    }

    /// Runs the file with these values, or with its defaults.
    pub(crate) fn start(&self, given: Option<&Parameters>) -> std::result::Result<Vm, Failure> {
        let host = Host::new(given.cloned(), random::seeded(given));
        let made = self.prepare(&host).map_err(|error| Failure::of(&self.file, &error))?;
        // As text whatever it begins with: the interpreter does not check bytecode.
        let main = made.lua.load(&self.text).set_mode(ChunkMode::Text);
        let main = main.set_name(format!("={}", self.file)).into_function();
        let main = main.map_err(|error| Failure::of(&self.file, &error))?;
        made.budget.spare(&made.lua);
        made.budget.begin(STEPS_LOAD);
        if let Err(failure) = made.attempted(&self.file, &main) {
            return Err(Failure { refused: host.state().refused.take(), ..failure });
        }
        self.finish(made)
    }

    fn prepare(&self, host: &Host) -> Result<Made> {
        let libraries = StdLib::COROUTINE
            | StdLib::TABLE
            | StdLib::STRING
            | StdLib::UTF8
            | StdLib::BIT
            | StdLib::MATH
            | StdLib::BUFFER
            | StdLib::VECTOR;
        let lua = Lua::new_with(libraries, LuaOptions::new().catch_rust_panics(false))?;
        lua.set_compiler(compiler());
        let frame = lua.create_buffer_with_capacity(SERIES_MAX * Readings::BYTES)?;
        Readings::new(SERIES_MAX).write(&frame);
        let budget = Budget::install(&lua, &self.file)?;
        let functions = Functions { script: self, lua: &lua, host, budget: &budget }.table()?;
        // Making native code takes longer than what runs seldom.
        lua.enable_jit(false);
        let shown: Function = chunk(&lua, "(sandbox)", SANDBOX)?.call(&functions.table)?;
        lua.enable_jit(true);
        let kit: Table =
            chunk(&lua, "(series)", SERIES)?.call((&functions.table, &frame, &shown))?;
        if self.asks_engines {
            let arguments = (&functions.table, &kit, &shown);
            let structure: Function = chunk(&lua, "(smc)", STRUCTURES)?.call(arguments)?;
            kit.raw_set("structure", structure)?;
        }
        lua.enable_jit(false);
        let api: Table = chunk(&lua, "(functions)", API)?.call((&functions.table, &kit, shown))?;
        lua.enable_jit(true);
        lua.sandbox(true)?;
        let Hosted { columns, funding, .. } = functions;
        Ok(Made { lua, host: host.clone(), budget, frame, kit, api, columns, funding })
    }

    /// What is left to do after the file has been run.
    fn finish(&self, made: Made) -> std::result::Result<Vm, Failure> {
        let failed = |error| Failure::of(&self.file, &error);
        let global: Value = made.lua.globals().raw_get("on_candle").map_err(failed)?;
        let Some(on_candle) = global.as_function().cloned() else {
            let message = "on_candle is missing: expected function on_candle() ... end";
            return Err(Failure::at(None, message));
        };
        if self.reads_htf {
            made.host.state().declared.uses(Role::Htf);
        }
        made.host.state().phase = Phase::Candle;
        made.into_vm(on_candle).map_err(failed)
    }
}

/// A VM before the file is run.
struct Made {
    lua: Lua,
    host: Host,
    budget: Budget,
    frame: Buffer,
    kit: Table,
    api: Table,
    columns: ColumnsByRole,
    funding: Option<usize>,
}

impl Made {
    /// Calls a function so that a failure has its place.
    fn attempted(&self, file: &str, callback: &Function) -> std::result::Result<(), Failure> {
        let attempt: Function =
            self.api.raw_get("attempt").map_err(|error| Failure::of(file, &error))?;
        attempted(&self.host, &self.budget, file, (&attempt, callback))
    }

    fn into_vm(self, on_candle: Function) -> Result<Vm> {
        self.kit.raw_get::<Function>("attend")?.call::<()>(&on_candle)?;
        self.budget.settle(&self.lua)?;
        Ok(Vm {
            shift: self.kit.raw_get("shift")?,
            step: self.kit.raw_get("step")?,
            roles: self.api.raw_get("roles")?,
            account: self.api.raw_get("account")?,
            show_position: self.api.raw_get("show_position")?,
            attempt: self.api.raw_get("attempt")?,
            columns: self.columns,
            funding: self.funding,
            frame: self.frame,
            budget: self.budget,
            host: self.host,
            lua: self.lua,
            on_candle,
        })
    }
}

impl Vm {
    /// The failure of a call, with its place: where none is known, the candle is shown once more to
    /// see where it fails.
    #[cold]
    pub(crate) fn failure(&self, file: &str, error: Option<&mlua::Error>) -> Option<Failure> {
        let failure =
            self.budget.stopped().or_else(|| error.map(|error| Failure::of(file, error)))?;
        if failure.line.is_some() {
            return Some(failure);
        }
        self.budget.resume();
        // Without room to look there is no place to be found; the failure itself is known.
        if self.budget.narrow(&self.lua).is_err() {
            return Some(failure);
        }
        self.budget.begin(STEPS_CANDLE);
        let again = attempted(&self.host, &self.budget, file, (&self.attempt, &self.on_candle));
        match again {
            Err(again) if failure.is_out_of_memory() => {
                Some(Failure { line: again.line, ..failure })
            }
            Err(again) if again.line.is_some() => Some(again),
            Ok(()) | Err(_) => Some(failure),
        }
    }
}

fn attempted(
    host: &Host,
    budget: &Budget,
    file: &str,
    (attempt, callback): (&Function, &Function),
) -> std::result::Result<(), Failure> {
    let result = attempt.call::<bool>(callback);
    let told = host.state().told.take();
    if let Some(stop) = budget.stopped() {
        return Err(stop);
    }
    match result {
        Ok(true) => Ok(()),
        Ok(false) => Err(told.unwrap_or_else(|| Failure::at(None, "failed without a word"))),
        Err(error) => Err(told.unwrap_or_else(|| Failure::of(file, &error))),
    }
}

fn chunk(lua: &Lua, name: &str, text: &str) -> Result<Function> {
    lua.load(text).set_name(format!("={name}")).into_function()
}

/// Replaced functions must not be taken for the built-in ones, and what changes must be read each
/// time: fields of other globals are looked up once, when the file is loaded.
fn compiler() -> Compiler {
    Compiler::new()
        .set_optimization_level(1)
        .set_debug_level(1)
        .set_mutable_globals(["account", "htf", "position"])
        .set_disabled_builtins(["tostring"])
}
