//! The desktop application's entry point.

#![cfg_attr(all(not(debug_assertions), windows), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    stb_app::graphics::prepare();
    stb_app::run()
}
