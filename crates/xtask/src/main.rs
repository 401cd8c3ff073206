//! The project's own commands: set up the machine, build, run, test, check, measure, bundle.
//!
//! Called as `cargo xtask COMMAND`. It is the first thing a fresh machine builds, so it uses the
//! standard library only. What it announces goes to standard error; results go to standard output.

mod bench;
mod bundle;
mod check;
mod command_line;
mod machine;
mod node;
mod packages;
mod program;
mod project;
mod run;
mod steps;
mod test;
mod ui;
#[cfg(target_os = "linux")]
mod virtual_screen;
#[cfg(target_os = "linux")]
mod window_test;

use std::process::ExitCode;

use command_line::{Command, UsageError};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match command_line::parse(&words) {
        Ok(command) => carry_out(command),
        Err(UsageError(message)) => {
            eprintln!("{message}\n\n{}", command_line::OVERVIEW);
            ExitCode::from(2)
        }
    }
}

fn carry_out(command: Command) -> ExitCode {
    let outcome = match command {
        Command::Help(text) => {
            announce_help(text);
            Ok(ExitCode::SUCCESS)
        }
        Command::Run(options) => run::run(&options),
        Command::Test { only } => test::test(&only),
        Command::Check => check::check(),
        Command::Bench(arguments) => bench::bench(&arguments),
        Command::Bundle(arguments) => bundle::bundle(&arguments),
    };
    outcome.unwrap_or_else(|failure| {
        eprintln!("\nxtask: {failure}");
        ExitCode::FAILURE
    })
}

#[expect(clippy::print_stdout, reason = "help that was asked for is the output of the command")]
fn announce_help(text: &str) {
    println!("{text}");
}
