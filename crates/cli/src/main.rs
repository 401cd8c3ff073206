//! `stb`: the command line of Smart Trading Bot.
//!
//! Results on stdout (JSON with `--json`), progress and errors on stderr. Exit codes: `arguments`.

mod arguments;
mod commands;
mod failure;
mod interrupt;
mod output;
mod progress;
mod workplace;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command, DataCommand};
use failure::Failure;
use output::Output;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Nobody may be reading; the exit code still tells.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let output = Output::new(arguments.json());
    match run(&arguments, &output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.failure(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}

fn run(arguments: &Arguments, output: &Output) -> Result<(), Failure> {
    let data_dir = arguments.data_dir.as_deref();
    match &arguments.command {
        Command::Data { command: DataCommand::Import(import) } => {
            commands::import::run(data_dir, import, output)
        }
        Command::Data { command: DataCommand::Download(download) } => {
            commands::download::run(data_dir, download, output)
        }
        Command::Data { command: DataCommand::List(list) } => {
            commands::list::run(data_dir, list, output)
        }
        Command::Data { command: DataCommand::Integrity(integrity) } => {
            commands::integrity::run(data_dir, integrity, output)
        }
        Command::Pairs { command } => commands::pairs::run(data_dir, command, output),
        Command::Strategies(_) => commands::strategies::run(data_dir, output),
        Command::Strategy { command } => commands::strategy::run(data_dir, command, output),
        Command::Smc(smc) => commands::smc::run(data_dir, smc, output),
        Command::Backtest(backtest) => commands::backtest::run(data_dir, backtest, output),
        Command::Verify(verify) => commands::verify::run(data_dir, verify, output),
        Command::Serve(serve) => commands::serve::run(data_dir, serve, output),
        Command::DemoExchange(demo) => commands::demo_exchange::run(demo, output),
    }
}
