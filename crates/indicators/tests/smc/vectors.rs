//! Reading test vectors: folders of one series each, with `input` and one file per function and parameter set.
//!
//! Files are found by their names, `.csv` or `.csv.gz`; a file whose name has no known form is kept by name. A file that
//! does not hold what its name promises is an error with file and line. Nothing is computed here.

mod candles;
mod causal;
mod names;
mod table;

use std::fs;
use std::path::{Path, PathBuf};

use domain::Candle;

pub(crate) use causal::{Action, CausalBreak, CausalSwing, read_breaks, read_known, read_swings};
pub(crate) use names::{Concept, Form, Function};
pub(crate) use table::{Malformed, Row, Table};

/// One series and what was computed from it.
pub(crate) struct Folder {
    pub(crate) name: String,
    pub(crate) candles: Vec<Candle>,
    /// Ascending by name.
    pub(crate) files: Vec<VectorFile>,
    /// Names that have no known form, ascending.
    pub(crate) unknown: Vec<String>,
}

/// A file and what its name says.
pub(crate) struct VectorFile {
    pub(crate) path: PathBuf,
    pub(crate) form: Form,
}

/// The vectors of our own, which are always there.
pub(crate) fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/smc/fixture")
}

/// The folder that `STB_SMC_VECTORS` names, by default one beside the repository.
pub(crate) fn shared() -> PathBuf {
    std::env::var_os("STB_SMC_VECTORS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/smc"),
        PathBuf::from,
    )
}

/// Every sub-folder of `root`, ascending by name.
pub(crate) fn folders(root: &Path) -> Result<Vec<Folder>, Malformed> {
    let folders = entries(root)?.into_iter().filter(|path| path.is_dir());
    folders.map(|path| folder(&path)).collect()
}

fn folder(path: &Path) -> Result<Folder, Malformed> {
    let (mut files, mut unknown, mut candles) = (Vec::new(), Vec::new(), None);
    for path in entries(path)? {
        match Form::from_file_name(&file_name(&path)) {
            None => unknown.push(file_name(&path)),
            Some(Form { function: Function::Input, .. }) => {
                candles = Some(candles::read(&Table::open(&path)?)?);
            }
            Some(form) => files.push(VectorFile { path, form }),
        }
    }
    let candles = candles.ok_or_else(|| Malformed::new(path, 0, "holds no input".to_owned()))?;
    Ok(Folder { name: file_name(path), candles, files, unknown })
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Malformed> {
    let failed = |error: std::io::Error| Malformed::new(folder, 0, error.to_string());
    let entries = fs::read_dir(folder).map_err(failed)?;
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| Ok(entry.map_err(failed)?.path())).collect::<Result<_, _>>()?;
    paths.sort();
    Ok(paths)
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
