//! Words of the command line to one of our commands, and the help texts.

use crate::test::Part;

/// What the user asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Print this text.
    Help(&'static str),
    /// Build and start the application.
    Run(RunOptions),
    /// Run every test, or only the parts named.
    Test { only: Vec<Part> },
    /// Run every check that needs no running program.
    Check,
    /// Run the benchmark set with these arguments.
    Bench(Vec<String>),
    /// Build installable packages, with these arguments for the Tauri command line.
    Bundle(Vec<String>),
}

/// How `run` starts the application.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct RunOptions {
    /// Where the door to the application is.
    pub(crate) door: Door,
    /// Passed to the application unchanged.
    pub(crate) arguments: Vec<String>,
}

/// Where the user meets the application.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Door {
    /// The window where there is a display, else a local address.
    #[default]
    Whichever,
    /// A local address, even with a display.
    LocalAddress,
}

/// A command line that makes no sense, in words for the user.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UsageError(pub(crate) String);

pub(crate) const OVERVIEW: &str = "\
Usage: cargo xtask COMMAND

Commands:
  run      set up the machine, build, and start the application
  test     set up the machine, build, and run every test
  check    formatting, lints, documentation, tidiness, UI checks
  bench    the benchmark set in release mode, one JSON object per line
  bundle   installable packages for this system

`cargo xtask COMMAND --help` tells more about one of them.";

const RUN: &str = "\
Usage: cargo xtask run [--serve] [--data-dir DIR] [-- ARGUMENTS...]

Installs missing system packages (Debian and Ubuntu; elsewhere it says what is missing),
installs the UI's packages from its lock file, builds, and starts the application: in a
window where there is a display, otherwise as `stb serve`, which prints a local address.

Options:
  --serve          serve a local address even though there is a display
  --data-dir DIR   keep the application's data here
  -- ARGUMENTS     passed to the application unchanged, for example `-- --port 9000`";

const TEST: &str = "\
Usage: cargo xtask test [--only PART]...

Sets up and builds as `run` does, then runs all tests. A failure does not stop the parts
that do not depend on it. Ends with a table and the line `N passed, N failed`; parts that
could not run because of another failure count as failed. Screenshots and logs are kept in
artefacts/.

Options:
  --only PART   rust | ui | e2e | window; may be repeated
                  rust     cargo test --workspace
                  ui       unit tests of the UI
                  e2e      a browser against `stb serve`
                  window   the real window, driven on a virtual screen (Linux)";

const CHECK: &str = "\
Usage: cargo xtask check

Formatting, clippy and documentation with warnings denied, the tidy test, and the UI's
type check, lint and format. Ends with a table and the line `N passed, N failed`.";

const BENCH: &str = "\
Usage: cargo xtask bench [-- ARGUMENTS...]

Runs the benchmark set in release mode. Prints one JSON object per line on standard output.";

const BUNDLE: &str = "\
Usage: cargo xtask bundle [-- ARGUMENTS...]

Builds the release application and its packages (deb and rpm on Linux, the system's default
elsewhere) and prints where they are. ARGUMENTS go to `tauri build`.";

/// Reads the words after `cargo xtask`.
///
/// # Errors
/// [`UsageError`] with the word that was not understood.
pub(crate) fn parse(words: &[String]) -> Result<Command, UsageError> {
    let Some((name, rest)) = words.split_first() else {
        return Err(UsageError("a command is missing".to_owned()));
    };
    let (own, passed_on) = split_at_dashes(rest);
    match name.as_str() {
        "help" | "--help" | "-h" => Ok(Command::Help(OVERVIEW)),
        "run" => with_help(RUN, own, || parse_run(own, passed_on)),
        "test" => with_help(TEST, own, || parse_test(own, passed_on)),
        "check" => {
            with_help(CHECK, own, || nothing_else("check", own, passed_on).map(|()| Command::Check))
        }
        "bench" => with_help(BENCH, own, || Ok(Command::Bench([own, passed_on].concat()))),
        "bundle" => with_help(BUNDLE, own, || Ok(Command::Bundle([own, passed_on].concat()))),
        unknown => Err(UsageError(format!("there is no command `{unknown}`"))),
    }
}

fn split_at_dashes(words: &[String]) -> (&[String], &[String]) {
    match words.iter().position(|word| word == "--") {
        Some(place) => (&words[..place], &words[place + 1..]),
        None => (words, &[]),
    }
}

fn with_help(
    text: &'static str,
    own: &[String],
    parse: impl FnOnce() -> Result<Command, UsageError>,
) -> Result<Command, UsageError> {
    if own.iter().any(|word| word == "--help" || word == "-h") {
        return Ok(Command::Help(text));
    }
    parse()
}

fn parse_run(own: &[String], passed_on: &[String]) -> Result<Command, UsageError> {
    let mut options = RunOptions::default();
    let mut words = own.iter();
    while let Some(word) = words.next() {
        if word == "--serve" {
            options.door = Door::LocalAddress;
        } else if word == "--data-dir" {
            let directory = value_of(word, words.next())?;
            options.arguments.extend([word.clone(), directory]);
        } else if word.starts_with("--data-dir=") {
            options.arguments.push(word.clone());
        } else {
            return Err(unexpected("run", word));
        }
    }
    options.arguments.extend_from_slice(passed_on);
    Ok(Command::Run(options))
}

fn parse_test(own: &[String], passed_on: &[String]) -> Result<Command, UsageError> {
    nothing_else("test", &[], passed_on)?;
    let mut only = Vec::new();
    let mut words = own.iter();
    while let Some(word) = words.next() {
        if word != "--only" {
            return Err(unexpected("test", word));
        }
        let name = value_of(word, words.next())?;
        only.push(Part::from_name(&name).ok_or_else(|| {
            UsageError(format!("--only takes rust, ui, e2e or window; it was `{name}`"))
        })?);
    }
    Ok(Command::Test { only })
}

fn value_of(option: &str, word: Option<&String>) -> Result<String, UsageError> {
    word.cloned().ok_or_else(|| UsageError(format!("{option} needs a value")))
}

fn nothing_else(name: &str, own: &[String], passed_on: &[String]) -> Result<(), UsageError> {
    match own.iter().chain(passed_on).next() {
        Some(word) => Err(unexpected(name, word)),
        None => Ok(()),
    }
}

fn unexpected(name: &str, word: &str) -> UsageError {
    UsageError(format!(
        "`cargo xtask {name}` does not take `{word}` (see `cargo xtask {name} --help`)"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, UsageError> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        parse(&words)
    }

    fn strings(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn every_command_has_help() {
        for name in ["run", "test", "check", "bench", "bundle"] {
            let Ok(Command::Help(text)) = parsed(&format!("{name} --help")) else {
                panic!("{name} --help gives no help");
            };
            assert!(text.contains(&format!("cargo xtask {name}")), "help of {name}: {text}");
        }
    }

    #[test]
    fn data_directory_and_the_rest_pass_through_run() {
        let options = RunOptions {
            door: Door::Whichever,
            arguments: strings(&["--data-dir", "here", "--port", "9000"]),
        };
        assert_eq!(parsed("run --data-dir here -- --port 9000"), Ok(Command::Run(options)));
    }

    #[test]
    fn serve_chooses_the_local_address() {
        let options =
            RunOptions { door: Door::LocalAddress, arguments: strings(&["--data-dir=x"]) };
        assert_eq!(parsed("run --serve --data-dir=x"), Ok(Command::Run(options)));
    }

    #[test]
    fn help_after_the_dashes_belongs_to_the_application() {
        let options = RunOptions { door: Door::Whichever, arguments: strings(&["--help"]) };
        assert_eq!(parsed("run -- --help"), Ok(Command::Run(options)));
    }

    #[test]
    fn parts_of_the_test_are_chosen_by_name() {
        let only = vec![Part::Rust, Part::Window];
        assert_eq!(parsed("test --only rust --only window"), Ok(Command::Test { only }));
    }

    #[test]
    fn unknown_words_are_named() {
        for (line, word) in [
            ("", "missing"),
            ("walk", "`walk`"),
            ("run --fast", "`--fast`"),
            ("run --data-dir", "--data-dir"),
            ("test --only moon", "`moon`"),
            ("check -- x", "`x`"),
        ] {
            let Err(UsageError(message)) = parsed(line) else { panic!("`{line}` was accepted") };
            assert!(message.contains(word), "`{line}`: {message}");
        }
    }
}
