//! `stb strategies`.

use std::path::{Path, PathBuf};

use api::dto::strategy::StrategyInfo;
use desk::strategies::{Definition, FOLDER, ParameterKind, ParameterSpec, Registry, read_folder};

use crate::failure::Failure;
use crate::output::Output;

/// Lists strategies: the built-in ones, and those of the data directory's strategies folder, if there is one.
pub(crate) fn run(data_dir: Option<&Path>, output: &Output) -> Result<(), Failure> {
    let folder = data_dir.map(PathBuf::from).or_else(desk::default_data_dir);
    let folder = folder.map(|dir| dir.join(FOLDER)).filter(|folder| folder.is_dir());
    let built_in = Registry::built_in();
    let registry =
        folder.map_or_else(|| built_in.clone(), |it| read_folder(&it, &built_in, &built_in));
    if output.is_json() {
        return output.json(&StrategyInfo::all(&registry));
    }
    let mut lines: Vec<String> = Vec::new();
    lines.extend(registry.list().flat_map(described));
    let invalid = registry.invalid().iter();
    lines.extend(invalid.map(|it| format!("{}  cannot be run: {}", it.file, it.error)));
    output.text(&lines.join("\n"))
}

/// A strategy in lines: name and summary, then its parameters.
pub(super) fn described(definition: &Definition) -> Vec<String> {
    let info = &definition.info;
    let head = format!("{} {}  {}", info.id, info.version, info.summary);
    let parameters = info.parameters.iter().map(|spec| format!("    {}", parameter(spec)));
    std::iter::once(head).chain(parameters).collect()
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
