//! `cargo xtask test`: every test there is, from the kernel to the real window.

use std::process::ExitCode;

use crate::machine;
use crate::packages::{BROWSERS, ENGINE, Need, TESTS, WINDOW};
use crate::program::{Failure, Program, first_on_path};
use crate::project;
use crate::run;
use crate::steps::Steps;
use crate::ui;

/// A part of the tests that can be chosen alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// `cargo test --workspace`.
    Rust,
    /// The UI's unit tests.
    Ui,
    /// A browser against `stb serve`.
    EndToEnd,
    /// The real window on a virtual screen.
    Window,
}

impl Part {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "rust" => Some(Self::Rust),
            "ui" => Some(Self::Ui),
            "e2e" => Some(Self::EndToEnd),
            "window" => Some(Self::Window),
            _ => None,
        }
    }
}

/// Runs the parts in `only`, or all of them when it is empty.
///
/// # Errors
/// Never; failures are in the table and in the exit code.
pub(crate) fn test(only: &[Part]) -> Result<ExitCode, Failure> {
    let wanted = |part| only.is_empty() || only.contains(&part);
    let mut steps = Steps::default();
    let set_up = steps.step("set-up", &[], || machine::set_up(&needs(wanted)));
    let ui_packages = steps.step("UI packages", &[set_up], ui::install);
    let ui_build = steps.step("UI build", &[ui_packages], ui::build);
    if wanted(Part::Rust) {
        steps.step("Rust tests", &[ui_build], || {
            Program::cargo(&["test", "--workspace", "--no-fail-fast"]).run()
        });
    }
    if wanted(Part::Ui) {
        steps.step("UI unit tests", &[ui_packages], || {
            Program::npm(&["test"]).without_input().run()
        });
    }
    if wanted(Part::EndToEnd) {
        let stb = steps.step("build stb", &[ui_build], || run::build(&[project::CLI_PROGRAM]));
        steps.step("browser tests", &[stb], browser_tests);
    }
    if wanted(Part::Window) {
        let window =
            steps.step("build the window", &[ui_build], || run::build(&[project::WINDOW_PROGRAM]));
        steps.step("window test", &[window], window_test);
    }
    Ok(steps.finish())
}

fn needs(wanted: impl Fn(Part) -> bool) -> Vec<Need> {
    let mut needs = ENGINE.to_vec();
    if wanted(Part::Rust) || wanted(Part::Window) {
        needs.extend_from_slice(WINDOW);
    }
    if wanted(Part::EndToEnd) || wanted(Part::Window) {
        needs.extend_from_slice(TESTS);
    }
    needs
}

fn browser_tests() -> Result<(), Failure> {
    let mut npm = Program::npm(&["run", "e2e"])
        .variable("STB_BIN", project::built(project::CLI_PROGRAM)?)
        .variable("STB_ARTEFACTS", project::artefacts()?)
        .without_input();
    if let Some(browser) = first_on_path(BROWSERS) {
        npm = npm.variable("STB_BROWSER", browser);
    }
    npm.run()
}

#[cfg(target_os = "linux")]
fn window_test() -> Result<(), Failure> {
    crate::window_test::drive()
}

/// The web views of the other systems have no driver that runs on a virtual screen.
#[cfg(not(target_os = "linux"))]
fn window_test() -> Result<(), Failure> {
    eprintln!("The window test needs Linux (Xvfb and WebKitWebDriver): nothing was tested here.");
    Ok(())
}
