//! `stb strategy test`: a backtest in a folder of its own that is gone afterwards.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use api::BacktestBody;
use api::dto::drawings::LogLine;
use api::dto::result::{BacktestResult, TruncationBadge};
use desk::data::{FileStatus, ImportRequestDraft};
use desk::strategies::{Definition, FOLDER};
use desk::{Desk, DeskError, Purpose};
use domain::{Role, TimeRange, Timeframe};
use serde::Serialize;
use serde_json::{Value, json};

use super::{loaded, read};
use crate::arguments::TestStrategy;
use crate::commands::backtest::{finished, request, stopped, summary};
use crate::failure::Failure;
use crate::output::Output;
use crate::workplace::{block_on, log};

/// The instrument that candles of a file are taken for when its name tells none.
const OF_FILE: &str = "TESTUSDT";

/// The demo symbol whose made-up candles are run over.
const OF_DEMO: &str = "BTCUSDT";

/// Most candles of the shortest timeframe that are run over, the newest.
const CANDLES_MAX: i64 = 20_000;

/// Made-up candles of the longest timeframe before the run.
const CANDLES_BEFORE: i64 = 500;

/// Lines of the strategy's log that are shown.
const LINES_MAX: usize = 200;

/// The result as the API gives it, with the whole log.
#[derive(Serialize)]
struct Document {
    #[serde(flatten)]
    result: BacktestResult,
    log: Vec<LogLine>,
}

/// Runs a strategy and says whether it did what a strategy may.
pub(super) fn run(
    data_dir: Option<&Path>,
    test: &TestStrategy,
    output: &Output,
) -> Result<(), Failure> {
    log("warn");
    let (name, text) = read(data_dir, &test.file)?;
    let definition = loaded(&name, &text)?;
    let folder = tempfile::tempdir()
        .map_err(|error| Failure::work("FILE", format!("a folder could not be made: {error}")))?;
    let desk = desk_with(folder.path(), (&name, &text))?;
    import(&desk, &definition, test.csv.as_deref())?;
    let body = body(&desk, &definition, test)?;
    let wrong = |error| Failure::of(error, request::flag);
    let body =
        BacktestBody::parse(&body).map_err(|error| wrong(DeskError::Invalid(vec![error])))?;
    let submitted = desk.backtests().submit(body.draft());
    let id = body.joined(submitted).map_err(wrong)?;
    let result = finished(&desk, &id)?;
    let verdict = verdict(&result);
    let log: Vec<LogLine> = desk.backtests().log(&id)?.into_iter().map(LogLine::from).collect();
    if output.is_json() {
        output.json(&Document { result, log })?;
    } else {
        let shown = log.iter().take(LINES_MAX).map(|line| format!("{} {}\n", line.time, line.text));
        let mut lines: String = shown.collect();
        if log.len() > LINES_MAX {
            lines.push_str(&format!("... and {} more lines\n", log.len() - LINES_MAX));
        }
        output.text(&format!("{lines}{}", summary::of_trial(&result)))?;
    }
    verdict.map_err(|failure| if output.is_json() { failure.in_document() } else { failure })
}

fn desk_with(folder: &Path, (name, text): (&str, &str)) -> Result<Desk, Failure> {
    let strategies = folder.join(FOLDER);
    fs::create_dir_all(&strategies).and_then(|()| fs::write(strategies.join(name), text)).map_err(
        |error| Failure::work("FILE", format!("the strategy could not be copied: {error}")),
    )?;
    let purpose = Purpose::Command("strategy test");
    Ok(Desk::open(desk::DeskOptions { data_dir: folder.to_owned(), purpose })?)
}

/// Candles of a file, or made-up ones: those of the run and some before it.
fn import(desk: &Desk, definition: &Definition, csv: Option<&Path>) -> Result<(), Failure> {
    let ids = match csv {
        None => {
            let roles = roles(definition, Timeframe::M1);
            let ltf = roles.first_key_value().map_or(0, |(it, _)| it.longest_millis());
            let longest = roles.last_key_value().map_or(0, |(it, _)| it.longest_millis());
            let length = ltf.saturating_mul(CANDLES_MAX).saturating_add(longest * CANDLES_BEFORE);
            let end = Timeframe::M1.open_of(desk::clock::now());
            let range = TimeRange { start: end.plus_millis(-length), end };
            desk.make_demo_data(&[OF_DEMO], range)?
        }
        Some(file) => {
            let named = desk::data::symbol_named(file).map(|symbol| symbol.to_string());
            let draft = ImportRequestDraft {
                symbol: Some(named.unwrap_or_else(|| OF_FILE.to_owned())),
                ..ImportRequestDraft::default()
            };
            let imported = desk.imports().import_paths(&[file.to_owned()], &draft);
            vec![imported.map_err(|error| Failure::of(error, |_| "--csv".to_owned()))?]
        }
    };
    for id in &ids {
        block_on(desk.imports().wait(id))?;
        let job = desk.imports().progress(id)?;
        let failed = job.files.iter().find(|file| file.status != FileStatus::Imported);
        if let Some(file) = failed {
            let error = file.error.as_ref().map_or("it was not imported", |error| &error.message);
            return Err(Failure::usage(format!("--csv: {error}")));
        }
    }
    Ok(())
}

/// The newest candles there are, in timeframes that the strategy accepts.
fn body(desk: &Desk, definition: &Definition, test: &TestStrategy) -> Result<Vec<u8>, Failure> {
    let coverage = desk.data().coverage()?;
    let shortest = coverage.iter().min_by_key(|one| one.key.timeframe);
    let shortest = shortest.ok_or_else(|| Failure::work("NO_DATA", "there are no candles"))?;
    let roles = roles(definition, shortest.key.timeframe);
    let ltf = roles.keys().next().map_or(shortest.key.timeframe, |it| *it);
    let end = shortest.last.plus_millis(shortest.key.timeframe.longest_millis());
    let length = ltf.longest_millis().saturating_mul(CANDLES_MAX);
    let start = ltf.open_of(end.plus_millis(-length).max(shortest.first));
    let request = json!({
        "symbol": shortest.key.symbol.to_string(),
        "market": shortest.key.market.name(),
        "strategy": definition.info.id,
        "start_date": start.to_string(),
        "end_date": end.to_string(),
        "timeframes": roles.keys().map(ToString::to_string).collect::<Vec<_>>(),
        "tf_roles": roles.iter().map(|(timeframe, role)| (timeframe.to_string(), json!(role.to_string()))).collect::<serde_json::Map<String, Value>>(),
        "parameters": request::pairs("--param", "NAME=VALUE", &test.parameters)?.into_iter().collect::<BTreeMap<_, _>>(),
        "checks": { "truncation": true },
    });
    serde_json::to_vec(&request)
        .map_err(|error| Failure::usage(format!("the request cannot be written: {error}")))
}

/// The shortest timeframes that the strategy accepts, made from candles of `shortest`.
fn roles(definition: &Definition, shortest: Timeframe) -> BTreeMap<Timeframe, Role> {
    let ltf = Timeframe::max(shortest, limits(definition, Role::Ltf).0);
    let mut roles = BTreeMap::from([(ltf, Role::Ltf)]);
    if definition.info.required_roles.contains(&Role::Htf) {
        let above = Timeframe::max(limits(definition, Role::Htf).0, Timeframe::H1);
        roles.insert(Timeframe::max(above, ltf), Role::Htf);
    }
    roles
}

fn limits(definition: &Definition, role: Role) -> (Timeframe, Timeframe) {
    let found = definition.info.role_constraints.iter().find(|it| it.role == role);
    found.map_or((Timeframe::M1, Timeframe::Month1), |it| (it.min, it.max))
}

/// Whether the strategy ran to the end and looked at nothing ahead.
fn verdict(result: &BacktestResult) -> Result<(), Failure> {
    if let Some(stopped) = stopped(result) {
        return Err(stopped);
    }
    match result.truncation.as_ref().map(|it| it.badge) {
        Some(TruncationBadge::Failed) => Err(Failure::work(
            "LOOKS_AHEAD",
            "the strategy decides otherwise when the future is another: it looks ahead, or remembers earlier runs",
        )),
        Some(_) | None => Ok(()),
    }
}
