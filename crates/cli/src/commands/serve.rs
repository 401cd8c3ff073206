//! `stb serve`.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use api::{Assets, Door};
use desk::Purpose;

use crate::arguments::Serve;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::output::Output;
use crate::workplace::{block_on, log, open};

/// Serves until it is interrupted.
pub(crate) fn run(data_dir: Option<&Path>, serve: &Serve, output: &Output) -> Result<(), Failure> {
    log("info,rusqlite_migration=warn");
    let desk = Arc::new(open(data_dir, Purpose::Server)?);
    desk.ensure_demo_data()?;
    desk.follow_market()?;
    let served = block_on(answer(&desk, serve.port, *output));
    // Whatever a cut-off request still holds, no work goes on after this.
    desk.close();
    served?
}

async fn answer(desk: &Arc<desk::Desk>, port: u16, output: Output) -> Result<(), Failure> {
    let mut interrupt = Interrupt::listen()?;
    let listener = api::bind(port).await.map_err(|error| refused(port, &error))?;
    let port = listener.local_addr().map_err(|error| refused(port, &error))?.port();
    let router = api::router(Arc::clone(desk), Door::Http { port }, Assets::embedded());
    output.text(&format!("Serving http://127.0.0.1:{port}"))?;
    api::serve(listener, router, interrupt.wait()).await;
    Ok(())
}

fn refused(port: u16, error: &std::io::Error) -> Failure {
    let message = if error.kind() == ErrorKind::AddrInUse {
        format!("port {port} is in use by another program: choose another one with --port")
    } else {
        format!("port {port} cannot be opened: {error}")
    };
    Failure::work("PORT", message)
}
