//! `stb strategies`.

use api::dto::strategy::StrategyInfo;
use desk::strategies::{ParameterKind, ParameterSpec, Registry};

use crate::failure::Failure;
use crate::output::Output;

/// Lists strategies. Needs no data directory.
pub(crate) fn run(output: &Output) -> Result<(), Failure> {
    let registry = Registry::built_in();
    if output.is_json() {
        return output.json(&registry.list().map(StrategyInfo::from).collect::<Vec<_>>());
    }
    let mut lines = Vec::new();
    for definition in registry.list() {
        let info = &definition.info;
        lines.push(format!("{} {}  {}", info.id, info.version, info.summary));
        lines.extend(info.parameters.iter().map(|spec| format!("    {}", parameter(spec))));
    }
    output.text(&lines.join("\n"))
}

fn parameter(spec: &ParameterSpec) -> String {
    let range = match &spec.kind {
        ParameterKind::Integer { default, min, max, .. } => format!("{min} to {max}, {default}"),
        ParameterKind::Decimal { default, min, max, .. } => format!("{min} to {max}, {default}"),
        ParameterKind::Boolean { default } => format!("true or false, {default}"),
        ParameterKind::Choice { default, choices } => {
            format!("{}, {default}", choices.join(" or "))
        }
    };
    format!("--param {}=  {range}  {}", spec.name, spec.help)
}
