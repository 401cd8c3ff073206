//! What commands need around them: the desk, a runtime, the log.

use std::future::Future;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use desk::{Desk, DeskOptions, Purpose};
use tracing_subscriber::EnvFilter;

use crate::failure::Failure;

/// Opens the desk of the named or the default data directory.
pub(crate) fn open(data_dir: Option<&Path>, purpose: Purpose) -> Result<Desk, Failure> {
    let data_dir =
        data_dir.map(PathBuf::from).or_else(desk::default_data_dir).ok_or_else(|| {
            Failure::usage(
                "there is no folder for application data on this system: name one with --data-dir",
            )
        })?;
    Ok(Desk::open(DeskOptions { data_dir, purpose })?)
}

/// Runs `work` to its end.
pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| {
        Failure::work("RUNTIME", format!("threads could not be started: {error}"))
    })?;
    let result = runtime.block_on(work);
    // Open event streams must not hold up the end.
    runtime.shutdown_background();
    Ok(result)
}

/// Sends the log to stderr; `STB_LOG` chooses, such as `debug` or `desk=debug`.
pub(crate) fn log(default: &str) {
    let filter = EnvFilter::try_from_env("STB_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        // A closed stderr loses the log; telling so on stderr would panic.
        .log_internal_errors(false)
        .try_init();
    // Fails only when there is a log already.
    drop(started);
}
