//! What the page may ask of the shell.

use std::path::PathBuf;
use std::sync::Mutex;

use api::Answer;
use api::dto::event::EventEnvelope;
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::Value;
use tauri::ipc::Channel;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::{DialogExt, FilePath};
use tokio::task::JoinHandle;

use crate::start::Engine;

/// One request of the page, as it would go to the local HTTP port.
#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    method: String,
    /// Path from the root, without a query.
    path: String,
    /// Encoded query without its question mark.
    query: Option<String>,
    body: Option<Value>,
}

/// The task that forwards events to the page; a reloaded page replaces it.
#[derive(Default)]
pub(crate) struct EventForwarder(Mutex<Option<JoinHandle<()>>>);

/// Carries one request to the engine's router.
#[tauri::command]
pub(crate) async fn api(engine: State<'_, Engine>, request: Request) -> Result<Answer, String> {
    let Request { method, path, query, body } = request;
    Ok(api::call(engine.router(), &method, &path, query.as_deref(), body.as_ref()).await)
}

/// Streams the engine's events into `channel` until the page goes away or asks anew.
#[tauri::command]
pub(crate) async fn events(
    engine: State<'_, Engine>,
    forwarder: State<'_, EventForwarder>,
    channel: Channel<EventEnvelope>,
) -> Result<(), String> {
    let mut stream = Box::pin(api::event_stream(&engine.desk()));
    let task = tokio::spawn(async move {
        while let Some(event) = stream.next().await {
            if channel.send(event).is_err() {
                break; // The page is gone.
            }
        }
    });
    let mut current = forwarder.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(previous) = current.replace(task) {
        previous.abort();
    }
    Ok(())
}

/// Opens the native picker for candle files.
#[tauri::command]
pub(crate) async fn pick_import_paths(app: AppHandle) -> Result<Vec<String>, String> {
    let (answer, picked) = tokio::sync::oneshot::channel();
    app.dialog()
        .file()
        .set_title("Import candles")
        .add_filter("Candle files (CSV, gzip, zip)", &["csv", "gz", "zip"])
        .pick_files(move |files| {
            // The page may have gone away while the picker was open.
            let _ = answer.send(files.unwrap_or_default());
        });
    texts(picked.await.unwrap_or_default())
}

/// Opens the native picker for a folder of candle files.
#[tauri::command]
pub(crate) async fn pick_import_folder(app: AppHandle) -> Result<Vec<String>, String> {
    let (answer, picked) = tokio::sync::oneshot::channel();
    app.dialog().file().set_title("Import a folder of candles").pick_folder(move |folder| {
        // The page may have gone away while the picker was open.
        let _ = answer.send(folder);
    });
    texts(picked.await.ok().flatten().into_iter().collect())
}

fn texts(paths: Vec<FilePath>) -> Result<Vec<String>, String> {
    let text = |path: FilePath| -> Result<String, String> {
        let path: PathBuf = path.into_path().map_err(|error| error.to_string())?;
        path.into_os_string()
            .into_string()
            .map_err(|path| format!("the name {path:?} is not valid Unicode"))
    };
    paths.into_iter().map(text).collect()
}
