//! A list of steps that goes on after a failure, and its summary.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::program::Failure;

/// Steps done so far, in order.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<Step>,
}

/// One step of this run, to be named as a condition of later ones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StepId(usize);

struct Step {
    name: &'static str,
    outcome: Outcome,
    duration: Duration,
}

enum Outcome {
    Passed,
    Failed(String),
    /// A step it depends on did not pass.
    NotRun(&'static str),
}

impl Steps {
    /// Carries out a step unless one of `needs` did not pass.
    pub(crate) fn step(
        &mut self,
        name: &'static str,
        needs: &[StepId],
        action: impl FnOnce() -> Result<(), Failure>,
    ) -> StepId {
        if let Some(missing) = needs.iter().find(|need| !self.passed(**need)) {
            let outcome = Outcome::NotRun(self.done[missing.0].name);
            return self.record(name, outcome, Duration::ZERO);
        }
        eprintln!("\n== {name}");
        let start = now();
        let outcome = match action() {
            Ok(()) => Outcome::Passed,
            Err(failure) => {
                eprintln!("xtask: {failure}");
                Outcome::Failed(failure.to_string())
            }
        };
        self.record(name, outcome, start.elapsed())
    }

    /// Prints the table and the closing line; the exit code tells whether everything passed.
    #[expect(clippy::print_stdout, reason = "the summary is the output of the command")]
    pub(crate) fn finish(&self) -> ExitCode {
        println!("\n{}", self.summary());
        if self.failures() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn record(&mut self, name: &'static str, outcome: Outcome, duration: Duration) -> StepId {
        self.done.push(Step { name, outcome, duration });
        StepId(self.done.len() - 1)
    }

    fn passed(&self, step: StepId) -> bool {
        matches!(self.done[step.0].outcome, Outcome::Passed)
    }

    fn failures(&self) -> usize {
        (0..self.done.len()).filter(|place| !self.passed(StepId(*place))).count()
    }

    fn summary(&self) -> String {
        let mut lines: Vec<String> = self.done.iter().map(Step::line).collect();
        let failed = self.failures();
        lines.push(format!("{} passed, {failed} failed", self.done.len() - failed));
        lines.join("\n")
    }
}

impl Step {
    fn line(&self) -> String {
        let seconds = self.duration.as_secs_f64();
        let (word, remark) = match &self.outcome {
            Outcome::Passed => ("passed", String::new()),
            Outcome::Failed(reason) => {
                ("FAILED", reason.lines().next().unwrap_or_default().to_owned())
            }
            Outcome::NotRun(need) => ("NOT RUN", format!("needs `{need}`")),
        };
        format!("{word:<8}{seconds:>8.1} s  {:<24} {remark}", self.name).trim_end().to_owned()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the time a step took is shown, nothing depends on it"
)]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failing() -> Result<(), Failure> {
        Err(Failure::new("it broke\nin detail"))
    }

    #[test]
    fn a_failure_stops_only_what_depends_on_it() {
        let mut steps = Steps::default();
        let broken = steps.step("broken", &[], failing);
        let sound = steps.step("sound", &[], || Ok(()));
        let dependent = steps.step("dependent", &[sound, broken], || panic!("must not run"));
        steps.step("second dependent", &[dependent], || panic!("must not run"));
        steps.step("last", &[sound], || Ok(()));
        let summary = steps.summary();
        assert!(summary.contains("NOT RUN") && summary.contains("needs `broken`"), "{summary}");
        assert!(summary.contains("it broke") && !summary.contains("in detail"), "{summary}");
        assert_eq!(summary.lines().last(), Some("2 passed, 3 failed"));
        assert_eq!(steps.finish(), ExitCode::FAILURE);
    }

    #[test]
    fn all_passed_is_a_success() {
        let mut steps = Steps::default();
        steps.step("only", &[], || Ok(()));
        assert_eq!(steps.finish(), ExitCode::SUCCESS);
        assert!(steps.summary().ends_with("1 passed, 0 failed"));
    }
}
