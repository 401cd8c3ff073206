//! `cargo xtask check`: everything that can be judged without running the application.

use std::process::ExitCode;

use crate::machine;
use crate::packages::{ENGINE, WINDOW};
use crate::program::{Failure, Program};
use crate::steps::Steps;
use crate::ui;

/// Runs all checks.
///
/// # Errors
/// Never; failures are in the table and in the exit code.
pub(crate) fn check() -> Result<ExitCode, Failure> {
    let mut steps = Steps::default();
    let set_up = steps.step("set-up", &[], || machine::set_up(&[ENGINE, WINDOW].concat()));
    let ui_packages = steps.step("UI packages", &[set_up], ui::install);
    // The desktop package embeds the built UI and does not compile without it.
    let ui_build = steps.step("UI build", &[ui_packages], ui::build);
    steps.step("format", &[], || Program::cargo(&["fmt", "--all", "--check"]).run());
    steps.step("tidy", &[], tidy);
    steps.step("clippy", &[ui_build], clippy);
    steps.step("documentation", &[ui_build], documentation);
    steps
        .step("UI check", &[ui_packages], || Program::npm(&["run", "check"]).without_input().run());
    Ok(steps.finish())
}

fn tidy() -> Result<(), Failure> {
    Program::cargo(&["test", "--package", "system-tests", "--test", "tidy", "--", "--nocapture"])
        .run()
}

fn clippy() -> Result<(), Failure> {
    Program::cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]).run()
}

fn documentation() -> Result<(), Failure> {
    Program::cargo(&["doc", "--workspace", "--no-deps"])
        .variable("RUSTDOCFLAGS", "-Dwarnings")
        .run()
}
