//! Running other programs: announced before, judged by their exit status.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};

/// What went wrong, in words for the user.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A program with its arguments, folder and environment, not started yet.
pub(crate) struct Program {
    command: Command,
    shown: String,
}

impl Program {
    pub(crate) fn new(name: impl AsRef<OsStr>) -> Self {
        let shown = name.as_ref().to_string_lossy().into_owned();
        Self { command: Command::new(name), shown }
    }

    /// Cargo, the same that runs us, in the repository's folder.
    pub(crate) fn cargo(arguments: &[&str]) -> Self {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let mut program = Self::new(cargo).arguments(arguments).folder(&crate::project::root());
        program.shown = format!("cargo {}", arguments.join(" "));
        program
    }

    /// npm in the UI's folder.
    pub(crate) fn npm(arguments: &[&str]) -> Self {
        let name = if cfg!(windows) { "npm.cmd" } else { "npm" };
        Self::new(name).arguments(arguments).folder(&crate::project::ui())
    }

    pub(crate) fn arguments<A: AsRef<OsStr>>(mut self, arguments: &[A]) -> Self {
        for argument in arguments {
            self.shown.push(' ');
            self.shown.push_str(&argument.as_ref().to_string_lossy());
            self.command.arg(argument);
        }
        self
    }

    /// Shows this to the user instead of the words it is started with.
    pub(crate) fn shown_as(mut self, words: &[&str]) -> Self {
        self.shown = words.join(" ");
        self
    }

    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn without_variable(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub(crate) fn without_input(mut self) -> Self {
        self.command.stdin(Stdio::null());
        self
    }

    /// Runs the program to its end, its output going where ours goes.
    ///
    /// # Errors
    /// When it cannot be started or ends with a failure.
    pub(crate) fn run(mut self) -> Result<(), Failure> {
        self.announce();
        let status = self.command.status().map_err(|error| not_started(&self.shown, &error))?;
        if status.success() {
            return Ok(());
        }
        Err(Failure::new(format!("`{}` failed ({status})", self.shown)))
    }

    /// Runs the program silently and returns its standard output.
    ///
    /// # Errors
    /// When it cannot be started or ends with a failure.
    pub(crate) fn output(mut self) -> Result<String, Failure> {
        let answer = self
            .command
            .stdin(Stdio::null())
            .output()
            .map_err(|error| not_started(&self.shown, &error))?;
        if !answer.status.success() {
            return Err(Failure::new(format!("`{}` failed ({})", self.shown, answer.status)));
        }
        Ok(String::from_utf8_lossy(&answer.stdout).into_owned())
    }

    /// Runs the program silently and returns its standard output whatever its exit status; empty
    /// when it cannot be started.
    pub(crate) fn answer(mut self) -> String {
        let answer = self.command.stdin(Stdio::null()).stderr(Stdio::null()).output();
        answer.map_or_else(
            |_| String::new(),
            |answer| String::from_utf8_lossy(&answer.stdout).into_owned(),
        )
    }

    /// Becomes the program where the system can do that (so that Ctrl-C and signals reach it and
    /// nothing else); elsewhere runs it to its end.
    ///
    /// # Errors
    /// When it cannot be started or ends with a failure.
    #[cfg(unix)]
    pub(crate) fn become_it(mut self) -> Result<(), Failure> {
        use std::os::unix::process::CommandExt;
        self.announce();
        let error = self.command.exec();
        Err(not_started(&self.shown, &error))
    }

    /// See the form for Unix.
    ///
    /// # Errors
    /// When it cannot be started or ends with a failure.
    #[cfg(not(unix))]
    pub(crate) fn become_it(self) -> Result<(), Failure> {
        self.run()
    }

    /// Hands out the command for uses that need more than running to the end.
    pub(crate) fn into_command(self) -> Command {
        self.announce();
        self.command
    }

    fn announce(&self) {
        eprintln!("$ {}", self.shown);
    }
}

/// The first of these programs that is on the search path.
pub(crate) fn first_on_path(names: &[&str]) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<_> = std::env::split_paths(&path).collect();
    names.iter().find_map(|name| {
        folders.iter().map(|folder| folder.join(name)).find(|candidate| candidate.is_file())
    })
}

fn not_started(shown: &str, error: &std::io::Error) -> Failure {
    Failure::new(format!("`{shown}` could not be started: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_does_not_exist_is_named() {
        let failure = Program::new("no-such-program-here").arguments(&["x"]).run().unwrap_err();
        assert!(failure.to_string().contains("`no-such-program-here x`"), "{failure}");
    }

    #[test]
    fn a_failing_program_is_named_with_its_status() {
        let failure = Program::cargo(&["no-such-command"]).output().unwrap_err();
        assert!(failure.to_string().contains("`cargo no-such-command` failed"), "{failure}");
    }
}
