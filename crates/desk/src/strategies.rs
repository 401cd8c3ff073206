//! What can be run: the built-in strategies and those of the strategies folder.
//!
//! The folder is read when the desk opens and again when something in it changes. A run keeps to the text
//! that its strategy had when the run was asked for; that text is stored with it.

mod folder;
mod watch;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use backtest::StrategyPrint;
use storage::{StrategySource, TradingStore};

pub use folder::{EXTENSIONS, load, read_folder, template, without_mark};
pub use strategy::{
    Definition, InvalidStrategy, Origin, ParameterInput, ParameterKind, ParameterSpec,
    ParameterValue, Registry, RoleConstraint, StrategyInfo,
};

use crate::backtests::RunRequest;
use crate::error::{DeskError, Refusal, RefusalCode};
use crate::events::{Event, EventBus};
use crate::lock::lock;
use watch::Watch;

/// Name of the strategies folder in the data directory.
pub const FOLDER: &str = "strategies";

/// The strategies of a data directory.
#[derive(Debug)]
pub struct Strategies {
    shelf: Arc<Shelf>,
    store: Arc<TradingStore>,
    watch: Mutex<Option<Watch>>,
}

/// What is known of the folder.
#[derive(Debug)]
struct Shelf {
    folder: PathBuf,
    /// Strategies that come from no file.
    base: Registry,
    registry: Mutex<Arc<Registry>>,
    /// Held while the folder is read.
    reading: Mutex<()>,
    events: Arc<EventBus>,
}

impl Strategies {
    /// Reads the strategies folder of a data directory and puts its strategies beside those of `base`; makes
    /// the folder when it is missing.
    pub(crate) fn open(
        (data_dir, base): (&Path, Registry),
        store: Arc<TradingStore>,
        events: Arc<EventBus>,
    ) -> Result<Self, DeskError> {
        let folder = data_dir.join(FOLDER);
        folder::make(&folder).map_err(|source| DeskError::File {
            action: "the strategies folder could not be made".to_owned(),
            source,
        })?;
        let registry = Mutex::new(Arc::new(read_folder(&folder, &base, &base)));
        let shelf = Arc::new(Shelf { folder, base, registry, reading: Mutex::new(()), events });
        Ok(Self { shelf, store, watch: Mutex::new(None) })
    }

    /// From here on changes in the folder are noticed by themselves.
    pub(crate) fn watch(&self) {
        let shelf = Arc::clone(&self.shelf);
        match Watch::start(&self.shelf.folder, move || shelf.refresh()) {
            Ok(watch) => *lock(&self.watch) = Some(watch),
            Err(error) => {
                tracing::warn!(%error, "changes in the strategies folder are not noticed by themselves");
            }
        }
    }

    /// Notices no more changes.
    pub(crate) fn close(&self) {
        drop(lock(&self.watch).take());
    }

    /// The folder of the user's own strategies.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.shelf.folder
    }

    /// The strategies as they are now.
    #[must_use]
    pub fn registry(&self) -> Arc<Registry> {
        Arc::clone(&lock(&self.shelf.registry))
    }

    /// Reads the folder again.
    pub fn refresh(&self) -> Arc<Registry> {
        self.shelf.refresh();
        self.registry()
    }

    /// The texts of a request's own strategies, to be stored with its run.
    pub(crate) fn sources(registry: &Registry, request: &RunRequest) -> Vec<StrategySource> {
        let own = request.sources.keys().filter_map(|id| registry.find(id));
        own.filter_map(stored_form).collect()
    }

    /// The strategies with which a request was checked, although their files may have changed since.
    pub(crate) fn of_request(&self, request: &RunRequest) -> Result<Arc<Registry>, DeskError> {
        let current = self.registry();
        let is_current = |(id, hash): (&String, &String)| {
            current.find(id).is_some_and(|found| found.source().hash() == hash)
        };
        if request.sources.iter().all(is_current) {
            return Ok(current);
        }
        let mut registry = current.as_ref().clone();
        for (id, hash) in request.sources.iter().filter(|it| !is_current(*it)) {
            let source = self.store.strategy_source(hash)?.ok_or_else(|| {
                Refusal::new(
                    RefusalCode::UnknownStrategy,
                    format!(
                        "the text of {id} that the run was made with is not stored (hash {hash})"
                    ),
                )
            })?;
            registry = registry.replacing(loaded(&source.file, &source.text)?);
        }
        Ok(Arc::new(registry))
    }

    /// The strategies with those of a capsule in the place of the ones of the same name.
    pub(crate) fn of_capsule(&self, prints: &[StrategyPrint]) -> Result<Arc<Registry>, DeskError> {
        let mut registry = self.registry().as_ref().clone();
        for print in prints {
            let Some(file) = &print.file else { continue };
            let definition = loaded(&file.name, &file.text)?;
            check_print(print, &definition, &registry)?;
            registry = registry.replacing(definition);
        }
        Ok(Arc::new(registry))
    }
}

/// By strategy that comes from a file: the hash of its text.
pub(crate) fn hashes<'a>(
    registry: &Registry,
    ids: impl Iterator<Item = &'a str>,
) -> BTreeMap<String, String> {
    let own = ids.filter_map(|id| Some((id, stored_form(registry.find(id)?)?)));
    own.map(|(id, source)| (id.to_owned(), source.hash)).collect()
}

fn stored_form(definition: &Definition) -> Option<StrategySource> {
    let source = definition.source();
    match source.origin() {
        Origin::BuiltIn => None,
        Origin::File(file) => Some(StrategySource {
            hash: source.hash().to_owned(),
            file: file.clone(),
            text: source.text().to_owned(),
        }),
    }
}

/// A capsule's text must be what the capsule says it is, and cannot stand in for a built-in strategy.
fn check_print(
    print: &StrategyPrint,
    found: &Definition,
    registry: &Registry,
) -> Result<(), DeskError> {
    let hash = print.file.as_ref().map_or("", |file| &file.hash);
    let is_built_in =
        registry.find(&print.id).is_some_and(|it| *it.source().origin() == Origin::BuiltIn);
    let wrong = if found.info.id != print.id {
        format!("the capsule says {}, its text declares {}", print.id, found.info.id)
    } else if found.source().hash() != hash {
        format!("the text of {} in the capsule is not the one of its hash", print.id)
    } else if is_built_in {
        format!("the capsule brings a text of its own for the built-in strategy {}", print.id)
    } else {
        return Ok(());
    };
    Err(Refusal::new(RefusalCode::UnknownStrategy, wrong).into())
}

fn loaded(file: &str, text: &str) -> Result<Definition, DeskError> {
    load(file, text).map_err(|error| Refusal::new(RefusalCode::UnknownStrategy, error).into())
}

impl Shelf {
    /// Reads the folder; tells when its strategies are others than before. Loading runs what is in the files,
    /// so that nobody who asks for the strategies waits for it.
    fn refresh(&self) {
        let _one_at_a_time = lock(&self.reading);
        let before = Arc::clone(&lock(&self.registry));
        let read = Arc::new(read_folder(&self.folder, &self.base, &before));
        if prints(&before) == prints(&read) {
            return;
        }
        *lock(&self.registry) = read;
        self.events.send(Event::StrategiesChanged);
    }
}

/// What tells two states of the folder apart.
fn prints(registry: &Registry) -> Vec<(&str, &str)> {
    let valid = registry.list().map(|it| (&*it.info.id, it.source().hash()));
    let invalid = registry.invalid().iter().map(|it| (&*it.file, &*it.error));
    valid.chain(invalid).collect()
}
