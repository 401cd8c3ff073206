//! The desktop shell: one window over the engine, which runs in this process.
//!
//! Thin on purpose: it opens the desk, hands requests to the one router that every door
//! uses, forwards events, and owns the native file pickers. No rule and no sum lives here.

mod commands;
pub mod graphics;
mod start;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tauri::webview::PageLoadEvent;
use tauri::{Manager, RunEvent, WebviewWindow};
use tauri_plugin_window_state::StateFlags;

use crate::commands::EventForwarder;
use crate::start::Engine;

/// Research, rehearse and run futures strategies.
#[derive(Debug, Parser)]
#[command(name = "smart-trading-bot", version)]
struct Arguments {
    /// Folder of the application's data; the system's application data folder by default.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

/// Runs the application until its window is closed.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info")),
        )
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    let remembered = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED;
    let application = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _, _| {
            if let Some(window) = app.get_webview_window("main") {
                bring_to_front(&window);
            }
        }))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_window_state::Builder::new().with_state_flags(remembered).build())
        .manage(EventForwarder::default())
        .setup(move |app| {
            start::open(app, arguments.data_dir);
            Ok(())
        })
        .on_page_load(|webview, payload| {
            if payload.event() == PageLoadEvent::Finished {
                show(&webview.window());
            }
        })
        .invoke_handler(tauri::generate_handler![
            commands::api,
            commands::events,
            commands::pick_import_paths,
            commands::pick_import_folder,
        ])
        .build(context());
    match application {
        Ok(application) => {
            let code = application.run_return(|app, event| {
                if matches!(event, RunEvent::Exit)
                    && let Some(engine) = app.try_state::<Engine>()
                {
                    engine.close();
                }
            });
            ExitCode::from(u8::try_from(code).unwrap_or(1))
        }
        Err(error) => {
            tracing::error!(%error, "the window could not be opened");
            ExitCode::FAILURE
        }
    }
}

/// Configuration, page and icons, embedded when this was built.
#[expect(clippy::disallowed_types, reason = "the macro's own code uses a hash map")]
fn context() -> tauri::Context {
    tauri::generate_context!()
}

fn show(window: &tauri::Window) {
    if let Err(error) = window.show() {
        tracing::error!(%error, "the window could not be shown");
    }
}

fn bring_to_front(window: &WebviewWindow) {
    let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!(%error, "the window could not be brought to the front");
    }
}
