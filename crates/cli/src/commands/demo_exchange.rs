//! `stb demo-exchange`.

use desk::demo_venue::{VenueDraft, VenueError, start};

use crate::arguments::DemoExchange;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::output::Output;
use crate::workplace::{block_on, log};

/// Runs a demo exchange until it is interrupted.
pub(crate) fn run(arguments: &DemoExchange, output: &Output) -> Result<(), Failure> {
    log("warn");
    let draft = VenueDraft {
        port: arguments.port,
        seed: arguments.seed,
        speed: arguments.speed,
        replay: arguments.replay.clone(),
        faults: arguments.faults.clone(),
    };
    block_on(answer(&draft, *output))?
}

async fn answer(draft: &VenueDraft, output: Output) -> Result<(), Failure> {
    let mut interrupt = Interrupt::listen()?;
    let server = start(draft).await.map_err(|error| refused(&error))?;
    output.text(&format!("Demo exchange on http://{}", server.address()))?;
    interrupt.wait().await;
    server.stop().await;
    Ok(())
}

fn refused(error: &VenueError) -> Failure {
    match error {
        VenueError::Speed(_) | VenueError::Faults(_) => Failure::usage(format!("--{error}")),
        VenueError::File { .. } | VenueError::Replay { .. } | VenueError::Options(_) => {
            Failure::usage(error.to_string())
        }
        VenueError::Port { .. } => Failure::work("PORT", error.to_string()),
    }
}
