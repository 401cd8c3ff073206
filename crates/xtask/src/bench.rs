//! `cargo xtask bench`: the benchmark set, optimised as in a release.

use std::process::ExitCode;

use crate::program::{Failure, Program};

/// Runs the benchmark program; its JSON lines go to standard output.
///
/// # Errors
/// When it cannot be built or fails.
pub(crate) fn bench(arguments: &[String]) -> Result<ExitCode, Failure> {
    Program::cargo(&["run", "--release", "--package", "bench", "--"]).arguments(arguments).run()?;
    Ok(ExitCode::SUCCESS)
}
