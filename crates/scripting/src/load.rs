//! From a file's text to a definition.

use std::sync::Arc;

use strategy::{Definition, Kept, ParameterError, Parameters, RiskDemands, Source};

use crate::error::ScriptError;
use crate::failure::Failure;
use crate::limits::SOURCE_BYTES_MAX;
use crate::names;
use crate::running::Running;
use crate::vm::Script;

/// Reads the strategy that the text of a file declares. `file` is its name in the strategies folder.
///
/// The text is compiled and run once, with the defaults of its parameters; each strategy made of the definition runs
/// it again with its own values, in a machine of its own.
///
/// # Errors
/// [`ScriptError`] when the text does not compile, fails when it is run, takes too much, or declares no strategy.
pub fn load(file: &str, text: &str) -> Result<Definition, ScriptError> {
    read(file, text)
        .map_err(|failure| ScriptError::new(file, text, &names::explained(text, failure)))
}

fn read(file: &str, text: &str) -> Result<Definition, Failure> {
    if text.len() > SOURCE_BYTES_MAX {
        let most = SOURCE_BYTES_MAX / 1024;
        return Err(Failure::at(None, format!("the file is longer than {most} KiB")));
    }
    let script = Arc::new(Script::new(file, text));
    let vm = script.start(None)?;
    let state = vm.host.state();
    let info = state.declared.info().map_err(|message| Failure::at(line_of_role(text), message))?;
    let declared = state.declared.strategy.as_ref();
    let demands =
        declared.is_some_and(|it| it.reward_to_risk_min.is_some() || it.entries_max.is_some());
    drop(state);
    let made = Arc::clone(&script);
    let definition = Definition::new(info, Source::of_file(file, text), move |parameters| {
        make(&made, parameters)
    });
    if !demands {
        return Ok(definition);
    }
    Ok(definition.demanding(move |parameters| demanded(&script, parameters)))
}

fn make(script: &Arc<Script>, parameters: &Parameters) -> Result<Box<dyn Kept>, ParameterError> {
    match script.start(Some(parameters)) {
        Ok(vm) => Ok(Box::new(Running::new(Arc::clone(script), vm))),
        Err(failure) => Err(refusal(script, &failure)),
    }
}

/// What a script says about values that it cannot use.
fn refusal(script: &Script, failure: &Failure) -> ParameterError {
    failure.refused.clone().unwrap_or_else(|| ParameterError {
        name: script.file.clone(),
        expected: "values with which the file can be run".to_owned(),
        was: failure.told(&script.file),
    })
}

fn demanded(script: &Script, parameters: &Parameters) -> RiskDemands {
    let vm = script.start(Some(parameters)).ok();
    let declared = vm.and_then(|vm| vm.host.state().declared.strategy.clone());
    declared.map_or_else(RiskDemands::default, |it| RiskDemands {
        reward_to_risk_min: it.reward_to_risk_min,
        entries_max: it.entries_max,
    })
}

/// Where a file first reads HTF.
fn line_of_role(text: &str) -> Option<usize> {
    text.lines()
        .position(|line| line.contains("htf") || line.contains("HTF"))
        .map(|place| place + 1)
}
