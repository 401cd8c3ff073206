//! `cargo xtask run`: from a fresh checkout to the open window, or to a local address.

use std::process::ExitCode;

use crate::command_line::{Door, RunOptions};
use crate::machine;
use crate::packages::{ENGINE, WINDOW};
use crate::program::{Failure, Program};
use crate::project;
use crate::ui;

/// Sets up, builds and becomes the application.
///
/// # Errors
/// When a step before the application's start fails, or the application cannot be started.
pub(crate) fn run(options: &RunOptions) -> Result<ExitCode, Failure> {
    if options.door == Door::Whichever && has_display() {
        open_window(&options.arguments)?;
    } else {
        serve(&options.arguments)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn open_window(arguments: &[String]) -> Result<(), Failure> {
    machine::set_up(&[ENGINE, WINDOW].concat())?;
    ui::build()?;
    build(&[project::WINDOW_PROGRAM])?;
    Program::new(project::built(project::WINDOW_PROGRAM)?).arguments(arguments).become_it()
}

fn serve(arguments: &[String]) -> Result<(), Failure> {
    eprintln!("Serving the application at a local address instead of opening a window.");
    machine::set_up(ENGINE)?;
    ui::build()?;
    build(&[project::CLI_PROGRAM])?;
    let stb = Program::new(project::built(project::CLI_PROGRAM)?);
    stb.arguments(&["serve"]).arguments(arguments).become_it()
}

/// Builds programs of ours. The whole workspace is selected, so that every command of ours agrees
/// on the features of shared dependencies and none of them is compiled twice.
pub(crate) fn build(programs: &[&str]) -> Result<(), Failure> {
    let mut arguments = vec!["build", "--workspace"];
    for program in programs {
        arguments.extend(["--bin", program]);
    }
    Program::cargo(&arguments).run()
}

fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}
