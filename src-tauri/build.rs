//! Embeds the window's configuration and the list of commands it may call.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let commands = tauri_build::AppManifest::new().commands(&[
        "api",
        "events",
        "pick_import_paths",
        "pick_import_folder",
    ]);
    tauri_build::try_build(
        tauri_build::Attributes::new()
            .capabilities_path_pattern("./src-tauri/capabilities/**/*.json")
            .app_manifest(commands),
    )?;
    Ok(())
}
