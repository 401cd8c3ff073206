//! The strategies folder: one file, one strategy.
//!
//! Files whose names begin with a point or an underscore are left alone, as are folders and files of other kinds.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use strategy::{Definition, InvalidStrategy, Registry};

/// Kinds of files that are read.
pub const EXTENSIONS: &[&str] = &["json", "luau"];

/// Largest file that is read, in bytes.
const SIZE_MAX: u64 = 256 * 1024;

/// Makes a strategy of a file's text: of rules when its name ends in `.json`, else of a script.
///
/// # Errors
/// What is wrong with it, with the place.
pub fn load(file: &str, text: &str) -> Result<Definition, String> {
    if is_rules(file) {
        return rules::load(file, text).map_err(|error| error.to_string());
    }
    scripting::load(file, text).map_err(|error| error.to_string())
}

/// The text of a strategy to begin with: rules when the file's name ends in `.json`, else a script.
#[must_use]
pub fn template(file: &str, id: &str) -> String {
    if is_rules(file) {
        return rules::EXAMPLE.replace(rules::EXAMPLE_ID, id);
    }
    scripting::TEMPLATE.replace("MY_STRATEGY", id)
}

fn is_rules(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|end| end.eq_ignore_ascii_case("json"))
}

/// The strategies of `base` and those of a folder, in the order of the names of their files. A folder that
/// cannot be read counts as an invalid file. Files whose texts are those `before` are not loaded again.
#[must_use]
pub fn read_folder(folder: &Path, base: &Registry, before: &Registry) -> Registry {
    let names = match names(folder) {
        Ok(names) => names,
        Err(error) => {
            let file = folder.display().to_string();
            return base.clone().with_file(
                &file,
                Err(InvalidStrategy::new(&*file, format!("the folder cannot be read: {error}"))),
            );
        }
    };
    let found: Vec<Loaded> = names.iter().map(|name| loaded(folder, name, before)).collect();
    let clashes: Vec<Option<InvalidStrategy>> = found.iter().map(|it| clash(it, &found)).collect();
    found.into_iter().zip(clashes).fold(base.clone(), |registry, (file, clash)| {
        registry.with_file(&file.name, clash.map_or(file.found, Err))
    })
}

/// A file and what came of loading it.
struct Loaded {
    name: String,
    found: Result<Arc<Definition>, InvalidStrategy>,
}

/// Loads a file, unless its text is the one of before.
fn loaded(folder: &Path, name: &str, before: &Registry) -> Loaded {
    let found = read(&folder.join(name)).map_err(|error| InvalidStrategy::new(name, error));
    let found = found.and_then(|text| {
        let known = before.find_file(name).filter(|known| known.source().text() == text);
        let failed = before.invalid().iter().find(|it| it.file == name && it.text == text);
        match (known, failed) {
            (Some(known), _) => Ok(Arc::clone(known)),
            (None, Some(failed)) if !text.is_empty() => Err(failed.clone()),
            (None, _) => match load(name, &text) {
                Ok(definition) => Ok(Arc::new(definition)),
                Err(error) => Err(InvalidStrategy::of_text(name, error, text)),
            },
        }
    });
    Loaded { name: name.to_owned(), found }
}

/// Why a file cannot be told from others: a copy must never run in the place of what is being worked on, so
/// that none of them does.
fn clash(file: &Loaded, all: &[Loaded]) -> Option<InvalidStrategy> {
    let id = &file.found.as_ref().ok()?.info.id;
    let is_same = |other: &&Loaded| {
        other.name != file.name
            && other.found.as_ref().is_ok_and(|other| other.info.id.eq_ignore_ascii_case(id))
    };
    let others: Vec<&str> = all.iter().filter(is_same).map(|other| &*other.name).collect();
    let error =
        format!("the id {id} is declared by {} as well: give each its own", others.join(", "));
    (!others.is_empty()).then(|| InvalidStrategy::new(&*file.name, error))
}

/// Makes the folder when it is missing.
pub(super) fn make(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_strategy = Path::new(&name)
            .extension()
            .is_some_and(|end| EXTENSIONS.iter().any(|known| end.eq_ignore_ascii_case(known)));
        // Whatever is no plain file, a pipe for instance, might never answer.
        let is_file = || fs::metadata(entry.path()).is_ok_and(|it| it.is_file());
        if is_strategy && !name.starts_with(['.', '_']) && is_file() {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn read(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| format!("the file cannot be read: {error}"))?;
    file.take(SIZE_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("the file cannot be read: {error}"))?;
    if bytes.len() as u64 > SIZE_MAX {
        return Err(format!("expected a file of at most {} KiB", SIZE_MAX / 1024));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        format!(
            "expected text in UTF-8, was something else at byte {}",
            error.utf8_error().valid_up_to()
        )
    })?;
    Ok(without_mark(&text).to_owned())
}

/// A text without the mark that some editors put before it.
#[must_use]
pub fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}
