//! `stb strategy new`.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use desk::strategies::{EXTENSIONS, FOLDER, template};
use serde_json::json;

use crate::arguments::NewStrategy;
use crate::failure::Failure;
use crate::output::Output;

/// Writes a strategy to begin with; never over a file that is there.
pub(super) fn run(
    data_dir: Option<&Path>,
    new: &NewStrategy,
    output: &Output,
) -> Result<(), Failure> {
    let file = place(data_dir, &new.file)?;
    let id = id_of(&file)?;
    let shown = file.display().to_string();
    let failed = |error: std::io::Error| {
        Failure::work("FILE", format!("{shown} cannot be written: {error}"))
    };
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut made = OpenOptions::new().write(true).create_new(true).open(&file).map_err(failed)?;
    made.write_all(template(&shown, &id).as_bytes()).map_err(failed)?;
    if output.is_json() {
        return output.json(&json!({ "file": shown, "name": id }));
    }
    output.text(&format!("{shown}\nTry it: stb strategy test {shown}"))
}

/// A name without a folder goes into the strategies folder.
fn place(data_dir: Option<&Path>, file: &Path) -> Result<PathBuf, Failure> {
    let file =
        if file.extension().is_some() { file.to_owned() } else { file.with_extension("luau") };
    let is_known =
        |end: &std::ffi::OsStr| EXTENSIONS.iter().any(|known| end.eq_ignore_ascii_case(known));
    if !file.extension().is_some_and(is_known) {
        return Err(Failure::usage(format!(
            "FILE: expected a name that ends in .luau (a script) or .json (rules), was {}",
            file.display()
        )));
    }
    if file.parent().is_some_and(|folder| folder != Path::new("")) {
        return Ok(file);
    }
    let data_dir = data_dir.map(PathBuf::from).or_else(desk::default_data_dir);
    let data_dir = data_dir.ok_or_else(|| {
        Failure::usage(
            "there is no folder for application data on this system: name one with --data-dir",
        )
    })?;
    Ok(data_dir.join(FOLDER).join(file))
}

/// The name of the strategy from that of its file.
fn id_of(file: &Path) -> Result<String, Failure> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let id: String = stem
        .chars()
        .map(
            |letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' },
        )
        .collect();
    if id.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return Ok(id);
    }
    Err(Failure::usage(format!("FILE: expected a name that begins with a letter, was {stem:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: Option<(&str, &str)>) {
        let file = place(Some(Path::new("data")), Path::new(name));
        let found = file.and_then(|file| Ok((id_of(&file)?, file))).ok();
        let expected = expected.map(|(id, file)| (id.to_owned(), PathBuf::from(file)));
        assert_eq!(found, expected, "{name}");
    }

    #[test]
    fn names_become_files_and_strategies() {
        check("my cross", Some(("MY_CROSS", "data/strategies/my cross.luau")));
        check("ideas/a-1.luau", Some(("A_1", "ideas/a-1.luau")));
        check("x.json", Some(("X", "data/strategies/x.json")));
        check("x.lua", None);
        check("1st", None);
    }
}
