//! Opens the engine at start and says so natively when it cannot.

use std::path::PathBuf;
use std::sync::Arc;

use api::{Door, router};
use axum::Router;
use desk::{Desk, DeskOptions, Purpose};
use tauri::{App, Manager};
use tauri_plugin_dialog::{DialogExt, MessageDialogKind};

/// The running engine and the router in front of it.
pub(crate) struct Engine {
    desk: Arc<Desk>,
    router: Router,
}

impl Engine {
    /// The router of the window's door.
    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    /// The desk, for the event stream.
    pub(crate) fn desk(&self) -> Arc<Desk> {
        Arc::clone(&self.desk)
    }

    /// Ends all work in an orderly way.
    pub(crate) fn close(&self) {
        self.desk.close();
    }
}

/// Opens the data folder and hands the engine to the commands. When that fails, a native
/// message names the reason and the application ends with it.
pub(crate) fn open(app: &App, data_dir: Option<PathBuf>) {
    match engine(data_dir) {
        Ok(engine) => {
            let desk = engine.desk();
            app.manage(engine);
            tauri::async_runtime::spawn_blocking(move || {
                if let Err(error) = desk.ensure_demo_data() {
                    tracing::error!(%error, "the demo data could not be written");
                }
                if let Err(error) = desk.follow_market() {
                    tracing::error!(%error, "the market cannot be followed");
                }
            });
        }
        Err(reason) => {
            tracing::error!(%reason, "the engine could not be started");
            let handle = app.handle().clone();
            app.dialog()
                .message(reason)
                .title("Smart Trading Bot cannot start")
                .kind(MessageDialogKind::Error)
                .show(move |_| handle.exit(1));
        }
    }
}

fn engine(data_dir: Option<PathBuf>) -> Result<Engine, String> {
    let data_dir = match data_dir {
        Some(given) => given,
        None => desk::default_data_dir()
            .ok_or("this system names no folder for application data; start with --data-dir")?,
    };
    let options = DeskOptions { data_dir, purpose: Purpose::Window };
    let desk = Arc::new(Desk::open(options).map_err(|error| error.to_string())?);
    let router = router(Arc::clone(&desk), Door::Window, None);
    Ok(Engine { desk, router })
}
