//! `stb strategy check`.

use std::path::Path;

use api::dto::strategy::StrategyInfo;

use desk::strategies::Registry;

use super::{loaded, read};
use crate::arguments::CheckStrategy;
use crate::commands::strategies::described;
use crate::failure::Failure;
use crate::output::Output;

/// Loads a strategy and shows what it declares.
pub(super) fn run(
    data_dir: Option<&Path>,
    check: &CheckStrategy,
    output: &Output,
) -> Result<(), Failure> {
    let (name, text) = read(data_dir, &check.file)?;
    let definition = loaded(&name, &text)?;
    if let Some(known) = Registry::built_in().find(&definition.info.id) {
        let (id, known) = (&definition.info.id, &known.info.id);
        let message = format!(
            "{name}: the name {id} is taken by the built-in strategy {known}: choose another id"
        );
        return Err(Failure::work("STRATEGY_INVALID", message));
    }
    if output.is_json() {
        return output.json(&StrategyInfo::from(&definition));
    }
    let roles = definition.info.role_constraints.iter();
    let roles = roles.map(|it| format!("    {} from {} to {}", it.role, it.min, it.max));
    let lines: Vec<String> = described(&definition).into_iter().chain(roles).collect();
    output.text(&format!("{}\n{name} can be run", lines.join("\n")))
}
