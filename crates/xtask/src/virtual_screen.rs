//! A virtual X screen of our own, on a display number nobody else uses.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use crate::program::{Failure, Program};

/// A running Xvfb; it ends with this value.
pub(crate) struct VirtualScreen {
    server: Child,
    display: String,
}

impl VirtualScreen {
    /// Starts the server and waits until it accepts connections.
    ///
    /// # Errors
    /// When Xvfb cannot be started or ends before it is ready.
    pub(crate) fn start() -> Result<Self, Failure> {
        // The server picks a free display and writes its number to standard output when ready.
        let arguments = ["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp"];
        let mut command = Program::new("Xvfb").arguments(&arguments).into_command();
        let mut server = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| Failure::new(format!("Xvfb could not be started: {error}")))?;
        let mut number = String::new();
        if let Some(output) = server.stdout.take() {
            // An error leaves the number empty, which is handled below.
            let _ = BufReader::new(output).read_line(&mut number);
        }
        let screen = Self { server, display: format!(":{}", number.trim()) };
        if number.trim().is_empty() {
            return Err(Failure::new("Xvfb ended before it was ready"));
        }
        Ok(screen)
    }

    /// The value of `DISPLAY` for programs that shall appear on this screen.
    pub(crate) fn display(&self) -> &str {
        &self.display
    }
}

impl Drop for VirtualScreen {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing left to do then.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
