//! `stb strategy`: new, check, test.

mod check;
mod new;
mod test;

use std::fs;
use std::path::{Path, PathBuf};

use desk::strategies::{Definition, FOLDER, load, without_mark};

use crate::arguments::StrategyCommand;
use crate::failure::Failure;
use crate::output::Output;

/// Writes, checks or tries a strategy.
pub(crate) fn run(
    data_dir: Option<&Path>,
    command: &StrategyCommand,
    output: &Output,
) -> Result<(), Failure> {
    match command {
        StrategyCommand::New(new) => new::run(data_dir, new, output),
        StrategyCommand::Check(check) => check::run(data_dir, check, output),
        StrategyCommand::Test(test) => test::run(data_dir, test, output),
    }
}

/// The name of a file as strategies are listed by it, and its text. A name without a folder that is not here
/// is looked for in the strategies folder, where `new` writes it.
fn read(data_dir: Option<&Path>, file: &Path) -> Result<(String, String), Failure> {
    // As `new` takes it.
    let named = if file.extension().is_none() && !file.exists() {
        file.with_extension("luau")
    } else {
        file.to_owned()
    };
    let file = named.as_path();
    let is_plain = file.parent().is_some_and(|folder| folder == Path::new(""));
    let data_dir = data_dir.map(PathBuf::from).or_else(desk::default_data_dir);
    let kept = data_dir.map(|dir| dir.join(FOLDER).join(file));
    let kept = kept.filter(|kept| is_plain && !file.exists() && kept.exists());
    let file = kept.as_deref().unwrap_or(file);
    let shown = file.display();
    let text = fs::read_to_string(file)
        .map_err(|error| Failure::usage(format!("{shown} cannot be read: {error}")))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok((name, without_mark(&text).to_owned()))
}

fn loaded(name: &str, text: &str) -> Result<Definition, Failure> {
    load(name, text).map_err(|error| Failure::work("STRATEGY_INVALID", error))
}
